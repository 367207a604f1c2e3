"""Parts of a table: all keys are in one of them, none in two."""

import pytest

from indexer.audit.checks import Check
from indexer.audit.parts import LAST, Sample, parts, position, read_sample
from indexer.database import open_pool

LETTERS = Check("letters", (("letters", "letter"), ("more", "letter")), "")


async def ranges(url: str, rows: int) -> list[tuple[str, str]]:
    """Of the letters a, b, c, c, c, d and of e in another table."""
    async with await open_pool(url, "test", 1) as pool:
        for table, letters in (("letters", "abcccd"), ("more", "e")):
            await pool.execute(f'CREATE TABLE {table} (letter text COLLATE "C")')
            await pool.executemany(f"INSERT INTO {table} VALUES ($1)", [(x,) for x in letters])
        found = [part async for part in parts(pool, LETTERS, None, rows)]
    assert found[-1].done == 1.0
    return [(low, high) for part in found for low, high in zip(*part[:2], strict=True)]


async def test_a_part_ends_where_it_has_enough_rows(database_url: str) -> None:
    assert await ranges(database_url, 2) == [("", "c"), ("c\x01", LAST)]


async def test_a_key_with_many_rows_is_in_one_part(database_url: str) -> None:
    assert await ranges(database_url, 1) == [("", "b"), ("b\x01", "c"), ("c\x01", LAST)]


def test_keys_tell_how_far_an_audit_is() -> None:
    keys = ["at://did:plc:2a/x", "at://did:plc:7aaa", "at://did:plc:aa", "at://did:plc:zz"]
    places = [position(key) for key in keys]
    assert places == sorted(set(places))
    assert places[0] >= 0 and places[-1] < position("at://did:web:a") == 1


@pytest.mark.parametrize("text", ["x", "0", "-1", "0%", "101%", "nan%", "1.5", "%", ""])
def test_a_sample_is_a_number_or_a_percentage(text: str) -> None:
    assert read_sample("12") == Sample(keys=12)
    assert read_sample("0.5%") == Sample(percent=0.5)
    with pytest.raises(ValueError, match="neither a number of keys nor a percentage"):
        read_sample(text)
