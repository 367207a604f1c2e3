"""What a database's schema is, to be compared with another's."""

from difflib import ndiff
from pathlib import Path

import asyncpg

QUERY = (Path(__file__).parent / "catalogue.sql").read_text()


async def catalogue(url: str) -> list[str]:
    connection = await asyncpg.connect(url)
    try:
        return [line for (line,) in await connection.fetch(QUERY)]
    finally:
        await connection.close()


def difference(left: list[str], right: list[str]) -> list[str]:
    """What only one of them has."""
    return [line for line in ndiff(left, right) if line[0] in "-+"]
