"""The SQL that is made, kept where it can be read.

`python -m tests.shard.test_statements` writes it anew.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.records import TABLES
from indexer.records.base import Columns, Table, post_counts, user_counts
from indexer.records.feed_post import posts, quotes
from indexer.shard import statements
from indexer.shard.retention import places
from indexer.shard.retention import statements as retention

GOLDEN = Path(__file__).parents[1] / "golden"


def statements_of(table: Table) -> Iterator[str]:
    yield statements.insert(table)
    yield statements.purge(table)
    yield statements.versions(table)
    if not isinstance(table, Columns):
        yield statements.stored(table)
    if table.edge:
        for make in (statements.rivals, statements.displace, statements.shelve, statements.promote):
            yield make(table)
    if table in (posts, quotes):
        yield statements.standing(table)
    if "uri" in table.columns or isinstance(table, Columns):
        yield statements.uris_of(table)


def texts() -> dict[str, str]:
    made = {table.name: ";\n\n".join(statements_of(table)) for table in TABLES}
    made |= {counters.name: statements.add(counters) for counters in (post_counts, user_counts)}
    made["pending"] = statements.cancel(TABLES)
    made["retention"] = ";\n\n".join(
        [
            *(place.find for place in places.PLACES if place.preview),
            *(retention.among(table) for table in places.CONTENT),
            places.AMONG_SHELVED,
            *(place.preview for place in places.PLACES if place.preview),
        ]
    )
    return {name: f"{text};\n" for name, text in made.items()}


@pytest.mark.parametrize("name", sorted(texts()))
def test_the_statements_of_a_table_are_those_on_file(name: str) -> None:
    assert texts()[name] == (GOLDEN / f"{name}.sql").read_text()


def test_no_statements_are_on_file_for_tables_that_are_gone() -> None:
    assert {path.stem for path in GOLDEN.glob("*.sql")} == texts().keys()


if __name__ == "__main__":
    for name, text in texts().items():
        (GOLDEN / f"{name}.sql").write_text(text)
