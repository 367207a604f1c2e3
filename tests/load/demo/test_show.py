"""What the demo prints can be read in a terminal, and its queries run on our schema."""

from io import StringIO

import asyncpg
import pytest
from rich.console import Console

from load.demo.show import QUERIES, show_counts, show_query


@pytest.fixture
def console() -> Console:
    return Console(file=StringIO(), width=120)


def printed(console: Console) -> str:
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def test_all_tables_are_shown(console: Console) -> None:
    show_counts(console, [(f"table_{number}", number * 1000) for number in range(31)])
    for number in range(1, 31):
        assert f"table_{number} " in printed(console)
        assert f"{number},000" in printed(console)


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query[3:20])
async def test_queries_run_and_can_be_copied(
    query: str, console: Console, connection: asyncpg.Connection
) -> None:
    await show_query(console, connection, query)
    for line in query.splitlines()[1:]:
        assert line.strip() in printed(console)
