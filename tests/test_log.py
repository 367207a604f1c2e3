"""A log line is one fact with its fields, whoever wrote it."""

import asyncio
import io
import logging
from collections.abc import Iterator

import pytest
import structlog

from indexer import log, web
from tests.test_web import get


@pytest.fixture
def output() -> Iterator[io.StringIO]:
    handlers, level = logging.root.handlers, logging.root.level
    logging.root.handlers = []
    yield io.StringIO()
    logging.root.handlers = handlers
    logging.root.setLevel(level)
    structlog.reset_defaults()


def said(output: io.StringIO) -> list[str]:
    """Lines without the time in front."""
    return [line[20:] for line in output.getvalue().splitlines()]


def test_a_line_holds_level_process_fact_and_fields(output):
    log.configure("INFO", "shard-0", output)
    structlog.get_logger().info("caught up", seq=31_530_000_000, lag_s=0.123456, name="a b")
    assert said(output) == ['INFO    shard-0: caught up seq=31530000000 lag_s=0.1235 name="a b"']


def test_what_is_below_the_level_is_not_said(output):
    log.configure("warning", "parent", output)
    structlog.get_logger().info("unheard")
    structlog.get_logger().warning("heard")
    assert said(output) == ["WARNING parent: heard"]


def test_libraries_speak_in_the_same_manner_and_only_when_something_is_wrong(output):
    log.configure("INFO", "parent", output)
    logging.getLogger("websockets").info("connection open")
    logging.getLogger("asyncio").error("task %s failed", 1)
    assert said(output) == ["ERROR   parent: task 1 failed"]


async def test_what_is_no_request_is_answered_and_not_logged(output):
    log.configure("INFO", "parent", output)
    async with web.serving("127.0.0.1", 0, list) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /h?x=\xd9 HTTP/1.1\r\nHost: a\r\n\r\n")
        assert (await reader.readline()).startswith(b"HTTP/1.0 400 ")
        writer.close()
    assert said(output) == []


async def test_what_fails_in_our_own_answer_is_logged(output):
    async def failing():
        raise LookupError("ours")

    log.configure("INFO", "parent", output)
    async with web.serving("127.0.0.1", 0, list, status=failing) as port:
        assert (await get(port, "/status"))[0] == 500
    assert "Error handling request" in said(output)[0] and "ours" in output.getvalue()


def test_strangers_words_do_not_begin_a_line(output):
    log.configure("INFO", "parent", output)
    structlog.get_logger().info(
        "refused", reason="x\n2026 ERROR parent: \x1b[1mfire", more="a\x1bb"
    )
    assert said(output) == [
        'INFO    parent: refused reason="x\\n2026 ERROR parent: \\u001b[1mfire" more="a\\u001bb"'
    ]


def test_an_error_brings_its_traceback(output):
    log.configure("INFO", "parent", output)
    try:
        raise KeyError("gone")
    except KeyError:
        structlog.get_logger().exception("crashed")
    first, *rest = output.getvalue().splitlines()
    assert first.endswith("ERROR   parent: crashed")
    assert rest[0].startswith("Traceback")
    assert rest[-1] == "KeyError: 'gone'"
