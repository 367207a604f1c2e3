"""The display fits where it is shown, whatever there is to show."""

from typing import Any

import pytest
from rich.text import Text

from indexer.terminal.drawing import draw
from tests.onlooking import Indexer

LOG = [f"2026-01-01 00:00:{n:02} INFO    parent: line={n}" for n in range(50)]
SIZES = [(40, 10), (60, 20), (80, 24), (100, 30), (120, 40), (200, 60), (1, 1), (20, 3)]


def drawn(live: Any, width: int, height: int, trouble: str | None = None) -> list[str]:
    lines = draw(live, trouble, LOG, width, height)
    assert all(isinstance(line, Text) for line in lines)
    return [line.plain for line in lines]


def busy(shards: int) -> dict[str, Any]:
    indexer = Indexer(shards=shards)
    indexer.happens(behind_s=600, gains=9)
    kinds = {f"app.bsky.feed.kind{n}": 10**n for n in range(12)}
    indexer.counts(pending=kinds, quarantine=kinds, repos={"partial": 4})
    return indexer.live()


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("shards", [1, 40])
async def test_it_is_never_higher_than_the_terminal(width: int, height: int, shards: int) -> None:
    assert len(drawn(busy(shards), width, height)) <= height


async def test_all_there_is_to_say_is_said_where_there_is_room() -> None:
    picture = "\n".join(drawn(busy(2), 120, 45))
    for said in (
        *("● well", "relay.test", "events/s", "operations/s", "lag", "≤ 100", "≤ 120"),
        *("behind the source, caught up in 67 s at 10 times its speed", "shard 1"),
        *("0/32", "0/100", "coordinator", "starting", "bsky.feed.kind11", "others"),
        *("database  5.0 GB, +720 GB a day", "last hour", "00:00:49 INFO    parent: line=49"),
    ):
        assert said in picture, said


async def test_the_newest_of_the_log_has_room_in_a_small_terminal() -> None:
    rows = drawn(busy(2), 80, 24)
    assert "line=49" in rows[-1] and "line=47" in rows[-3]
    assert "shard 1" in "\n".join(rows)


async def test_an_indexer_that_has_just_begun_and_one_that_is_gone_are_shown_too() -> None:
    assert drawn(None, 80, 24, "no indexer answers")[0] == "indexer no indexer answers"
    begun = "\n".join(drawn(Indexer().live(), 100, 30))
    assert "PostgreSQL was not asked yet" in begun
    gone = "\n".join(drawn(busy(1), 100, 30, "no indexer answers"))
    assert "● no answer" in gone and "no indexer answers" in gone


async def test_words_from_elsewhere_move_no_cursor() -> None:
    live = busy(1) | {"reasons": ["\x1b[2Jbad\r\n"], "source": "a\x9bb"}
    live["facts"]["quarantine"] = {"\x1b]0;title\x07": 3}
    rows = draw(live, None, ["\x1b[31mred\tand\x00"], 100, 40)
    assert all(part.isprintable() for row in rows for part in row.plain)


async def test_shards_for_which_there_is_no_room_are_counted() -> None:
    rows = drawn(busy(40), 100, 30)
    (more,) = (row for row in rows if row.startswith("… and"))
    shown = [row for row in rows if row.startswith("shard ")]
    assert more == f"… and {40 - len(shown)} more"
