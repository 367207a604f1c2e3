"""Log lines to stderr: one fact each, with its fields, the same from us and from libraries.

    2026-08-01 12:00:00 INFO    parent: connected relay=wss://bsky.network cursor=31530000000

Users: `log = structlog.get_logger()`, then `log.info("connected", relay=…, cursor=…)`.
"""

import json
import logging
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog
from aiohttp.http_exceptions import HttpProcessingError
from structlog.stdlib import ProcessorFormatter

SHARED = (
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="%Y-%m-%d %H:%M:%S", utc=True),
    structlog.processors.format_exc_info,
)


def configure(level: str, process: str, stream: TextIO = sys.stderr) -> None:
    """For this process (`parent`, `shard-0`): what is of `level` or above. Libraries: warnings."""
    least = logging.getLevelNamesMapping()[level.upper()]

    def line(_logger: object, _method: str, fields: MutableMapping[str, Any]) -> str:
        return _line(process, fields)

    structlog.configure(
        processors=[*SHARED, line],
        wrapper_class=structlog.make_filtering_bound_logger(least),
        logger_factory=structlog.PrintLoggerFactory(stream),
    )
    handler = logging.StreamHandler(stream)
    remove_meta = ProcessorFormatter.remove_processors_meta
    handler.setFormatter(
        ProcessorFormatter(foreign_pre_chain=SHARED, processors=[remove_meta, line])
    )
    logging.basicConfig(level=max(least, logging.WARNING), handlers=[handler], force=True)
    logging.getLogger("aiohttp.server").addFilter(_is_no_strangers_mistake)


def _is_no_strangers_mistake(record: logging.LogRecord) -> bool:
    """What is no request is answered so: whoever can reach a port shall not fill the log."""
    return not (record.exc_info and isinstance(record.exc_info[1], HttpProcessingError))


def _line(process: str, fields: MutableMapping[str, Any]) -> str:
    when, level = fields.pop("timestamp"), fields.pop("level").upper()
    event, trace = fields.pop("event"), fields.pop("exception", None)
    told = "".join(f" {name}={_value(value)}" for name, value in fields.items())
    first = f"{when} {level:<7} {process}: {_printable(str(event))}{told}"
    return f"{first}\n{trace}" if trace else first


def _value(value: object) -> str:
    text = f"{value:.4g}" if isinstance(value, float) else str(value)
    return _printable(text) if text and not set(text) & set(' "=') else json.dumps(text)


def _printable(text: str) -> str:
    """Strangers' words reach the log: they shall not begin a line of their own."""
    return text if text.isprintable() else json.dumps(text)
