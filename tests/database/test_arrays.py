"""Arrays arrive as they were sent, and what is none is refused."""

import asyncio
from datetime import UTC, datetime, timedelta, timezone

import asyncpg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer import database
from indexer.database.arrays import ARRAYS

ZONES = st.timedeltas(timedelta(hours=-14), timedelta(hours=14)).map(timezone)
ODD = ["", "NULL", "null", "{}", '"', "\\", ",", " ", "\x1e", "\x1f", "\ufeff", "é", "𝄞"]
ELEMENTS = {
    "text": st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
    | st.sampled_from(ODD),
    "bigint": st.integers(-(2**63), 2**63 - 1),
    "boolean": st.booleans(),
    "timestamptz": st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=ZONES),
}
WRONG = {
    "text": [1, b"bytes", ["nested"], "\ud800", "\0"],
    "bigint": ["1", 2**63, 1.5, [1]],
    "boolean": [2, "t", [True]],
    "timestamptz": ["2024-01-01", 0, datetime(2024, 1, 1), [datetime(2024, 1, 1, tzinfo=UTC)]],
}


@pytest.mark.parametrize("kind", ELEMENTS)
def test_an_array_of_anything_arrives_and_comes_back_as_it_was_sent(database_url, kind):
    loop = asyncio.new_event_loop()
    connection = loop.run_until_complete(database.connect(database_url, "test"))

    @settings(max_examples=50, deadline=None)
    @given(st.lists(st.none() | ELEMENTS[kind]))
    def check(values):
        rows = connection.fetch(f"SELECT unnest($1::{kind}[]), $1::{kind}[]", values)
        found = loop.run_until_complete(rows)
        assert [element for element, _ in found] == values
        assert all(array == values for _, array in found)

    check()
    loop.run_until_complete(connection.close())
    loop.close()


@pytest.mark.parametrize(("kind", "value"), [(k, v) for k, values in WRONG.items() for v in values])
async def test_what_is_no_element_is_refused_as_data(connection, kind, value):
    with pytest.raises(asyncpg.DataError):
        await connection.fetch(f"SELECT $1::{kind}[]", [value])


async def test_a_single_value_is_no_array(connection):
    with pytest.raises(asyncpg.DataError, match="a single value"):
        await connection.fetch("SELECT $1::text[]", "did:plc:someone")


async def test_an_array_may_be_null_or_empty(connection):
    for array in ARRAYS:
        kind = array.name.removeprefix("_")
        found = await connection.fetchrow(f"SELECT $1::{kind}[], $2::{kind}[]", None, [])
        assert tuple(found) == (None, [])


async def test_an_array_of_several_dimensions_is_not_read(connection):
    with pytest.raises(ValueError, match="2 dimensions"):
        await connection.fetch("SELECT ARRAY[['a'], ['b']]")
