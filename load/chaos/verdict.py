"""Whether two databases say the same, and where they do not."""

from dataclasses import dataclass

import asyncpg

from indexer import database
from load.snapshot import Checksum, checksums, difference, snapshot

QUARANTINE = "SELECT DISTINCT seq, uri, reason FROM quarantine"


@dataclass(frozen=True, slots=True)
class Verdict:
    tables: dict[str, Checksum]  # of the first
    rows: list[str]  # that only one of them has: - the first, + the second

    @property
    def equal(self) -> bool:
        return not self.rows


async def compare(peace_url: str, war_url: str) -> Verdict:
    peace = await database.connect(peace_url, "chaos")
    try:
        war = await database.connect(war_url, "chaos")
        try:
            return await _compare(peace, war)
        finally:
            await war.close()
    finally:
        await peace.close()


async def _compare(peace: asyncpg.Connection, war: asyncpg.Connection) -> Verdict:
    before, after = await checksums(peace), await checksums(war)
    rows = []
    for table in before:
        if before[table] != after[table]:
            rows += difference(await snapshot(peace, table), await snapshot(war, table))
    return Verdict(before, rows + await _refused(peace, war))


async def _refused(peace: asyncpg.Connection, war: asyncpg.Connection) -> list[str]:
    """What was kept aside, and why; when is no part of it."""
    before, after = [
        {str(dict(row)) for row in await connection.fetch(QUARANTINE)}
        for connection in (peace, war)
    ]
    lines = [f"- quarantine {row}" for row in sorted(before - after)]
    return lines + [f"+ quarantine {row}" for row in sorted(after - before)]
