"""What label values mean. Those of labelers come by themselves, from their records."""

from collections.abc import Sequence
from typing import Any

import orjson
from asyncpg import CheckViolationError, Pool, Record

from indexer.database import load_query
from indexer.labels.author import Unable
from indexer.protocol.errors import Invalid
from indexer.protocol.label import check_value

CREATE, UPDATE, GET = (
    load_query(name)
    for name in ("create_label_definition", "update_label_definition", "label_definitions")
)


async def define(
    pool: "Pool[Record]",
    value: str,
    *,
    description: str | None = None,
    severity: str | None = None,
    localized: list[Any] | None = None,
) -> None:
    """A definition of our own, which goes before those of labelers. Raises `Unable`."""
    try:
        check_value(value)
    except Invalid as error:
        raise Unable(error.detail) from None
    if not await _write(pool, CREATE, value, description, severity or "warn", localized):
        raise Unable(f"{value} is defined already")


async def redefine(
    pool: "Pool[Record]",
    value: str,
    *,
    description: str | None = None,
    severity: str | None = None,
    localized: list[Any] | None = None,
) -> None:
    """What is None stays as it is. Raises `Unable`."""
    if not await _write(pool, UPDATE, value, description, severity, localized):
        raise Unable(f"we have not defined {value}")


async def definitions(
    pool: "Pool[Record]", values: Sequence[str] | None = None
) -> list[dict[str, Any]]:
    """All, or those of these values, labelers' among them."""
    found = [dict(row) for row in await pool.fetch(GET, values)]
    for row in found:
        row["localized_strings"] = orjson.loads(row["localized_strings"] or b"null")
    return found


async def _write(
    pool: "Pool[Record]",
    statement: str,
    value: str,
    description: str | None,
    severity: str | None,
    localized: list[Any] | None,
) -> bool:
    strings = None if localized is None else orjson.dumps(localized).decode()
    try:
        return bool(await pool.fetch(statement, value, description, severity, strings))
    except CheckViolationError:
        raise Unable(f"severity: {severity!r} is not info, warn, alert or none") from None
