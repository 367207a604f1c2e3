"""Repos fetched whole: what is stored is brought to what they are, with what came meanwhile."""

import json
import random
from collections.abc import AsyncIterator

import pytest

from indexer.database import BY_KEY, open_pool
from indexer.protocol.peek import peek
from indexer.protocol.synthetic import release_frame
from indexer.shard import repo as gate
from indexer.shard.pending import Pending
from indexer.shard.refusal import Trial
from indexer.shard.release import END, HELD, _let_go, release
from indexer.shard.writer import Writer
from load.generate import generate
from load.snapshot import snapshot
from tests.shard.whole import begin, commits_of, deliver, head_of, loop_of, parts_of

HOW_IT_CAME = {"commit_time", "commit_seq", "commit_rev", "sort_at", "kept_from", "row"}
TOKEN = 7


@pytest.fixture(scope="module")
def frames() -> list[bytes]:
    return [frame for _, frame in generate(seed=8, commits=400)]


@pytest.fixture(scope="module")
def busiest(frames: list[bytes]) -> str:
    dids = [peek(frame).did or "" for frame in frames]
    return max(dids, key=dids.count)


@pytest.fixture
async def reference(other_url: str, pending: Pending) -> AsyncIterator[Writer]:
    """A writer to another database."""
    pool = await open_pool(other_url, "test", 4, synchronous_commit="off", settings=BY_KEY)
    yield Writer(pool, "relay.test", pending)
    await pool.close()


@pytest.fixture
def pending(writer: Writer) -> Pending:
    return writer.pending


async def test_what_was_missed_is_brought_in_and_what_went_is_taken_away(
    writer: Writer, reference: Writer, frames: list[bytes], busiest: str
) -> None:
    await deliver(loop_of(reference), *frames)
    own = [frame for frame in frames if peek(frame).did == busiest]
    missed = set(own[10 : len(own) // 2])
    await deliver(loop_of(writer), *(frame for frame in frames if frame not in missed))
    assert await state_of(writer, busiest) == "desynchronized"
    assert await writer.pool.fetchval("SELECT reason FROM resyncs") == "gap"
    assert await stored(writer) != await stored(reference)

    head = head_of(commits_of(frames, busiest))
    await begin(writer, busiest, TOKEN)
    stays = set(head.records)
    gone = {path for c in commits_of(own) for op in c.ops if (path := path_of(op.uri)) not in stays}
    parts = parts_of(head, TOKEN, gone, at_once=20, tell=True)
    await deliver(loop_of(writer), *parts, relayed=False)
    assert await state_of(writer, busiest) == "synchronized"
    assert await writer.pool.fetchval("SELECT count(*) FROM resyncs") == 0
    assert await stored(writer) == await stored(reference)


async def test_what_comes_while_a_repo_is_fetched_is_applied_behind_it(
    writer: Writer, reference: Writer, frames: list[bytes], busiest: str
) -> None:
    await deliver(loop_of(reference), *frames)
    half, later = len(frames) // 2, len(frames) * 3 // 4
    loop = loop_of(writer)
    await deliver(loop, *frames[:half])
    await begin(writer, busiest, TOKEN)
    before = await own_records(writer, busiest)
    await deliver(loop, *frames[half:])
    assert await own_records(writer, busiest) == before
    held = await writer.pool.fetchval("SELECT count(*) FROM held_commits")
    assert held == await writer.pool.fetchval("SELECT held FROM resyncs") > 10

    fetched = commits_of(frames[:later], busiest)
    gone = {path_of(op.uri) for c in fetched for op in c.ops} - head_of(fetched).records.keys()
    for part in parts_of(head_of(fetched), TOKEN, gone, at_once=25, tell=True):
        await deliver(loop, part, part, relayed=False)  # each of them twice
    assert await state_of(writer, busiest) == "synchronized"
    assert await left(writer) == 0
    assert await stored(writer) == await stored(reference)


async def test_only_the_next_part_of_this_fetching_is_applied(
    writer: Writer, frames: list[bytes], busiest: str
) -> None:
    loop = loop_of(writer)
    await deliver(loop, *frames)
    before = await stored(writer)
    head = head_of(commits_of(frames, busiest))
    gone = parts_of(head._replace(records={}), TOKEN, head.records)
    await deliver(loop, *gone, relayed=False)
    assert await stored(writer) == before, "nobody is fetching it"
    await begin(writer, busiest, TOKEN + 1)
    await deliver(loop, *gone, relayed=False)
    second = parts_of(head._replace(records={}), TOKEN + 1, head.records, at_once=10)[1]
    await deliver(loop, second, release_frame(busiest, TOKEN), relayed=False)
    last = parts_of(head._replace(records={}), TOKEN + 1, head.records, at_once=10)[-1]
    await deliver(loop, last, relayed=False)  # whose forerunners were lost
    assert await state_of(writer, busiest) == "fetching"
    assert await writer.pool.fetchval("SELECT parts FROM resyncs") == 0
    await deliver(loop, release_frame(busiest, TOKEN + 1), relayed=False)
    assert await state_of(writer, busiest) == "desynchronized"
    await writer.pool.execute("UPDATE repos SET state = 'synchronized' WHERE did = $1", busiest)
    assert await stored(writer) == before


async def test_a_fetching_that_is_given_up_loses_nothing_of_what_came(
    writer: Writer, reference: Writer, frames: list[bytes], busiest: str
) -> None:
    await deliver(loop_of(reference), *frames)
    loop, half = loop_of(writer), len(frames) // 2
    await deliver(loop, *frames[:half])
    await begin(writer, busiest, TOKEN)
    await deliver(loop, *frames[half:])
    await deliver(loop, release_frame(busiest, TOKEN), relayed=False)
    row = await writer.pool.fetchrow("SELECT token, parts, held FROM resyncs")
    assert row is not None and tuple(row) == (None, 0, 0), "it is tried again"
    assert await state_of(writer, busiest) == "desynchronized"
    await writer.pool.execute("UPDATE repos SET state = 'synchronized' WHERE did = $1", busiest)
    assert await stored(writer) == await stored(reference)


async def test_who_dies_while_letting_go_is_followed_by_one_who_finishes(
    writer: Writer, reference: Writer, frames: list[bytes], busiest: str
) -> None:
    await deliver(loop_of(reference), *frames)
    loop, half = loop_of(writer), len(frames) // 2
    await deliver(loop, *frames[:half])
    await begin(writer, busiest, TOKEN)
    await deliver(loop, *frames[half:])
    await writer.pool.execute("UPDATE resyncs SET complete = true")
    assert await _let_go(writer, busiest, TOKEN, False) == TOKEN
    assert await left(writer) == 1
    await release(Trial(writer), busiest, TOKEN)
    assert await left(writer) == 0
    assert await writer.pool.fetchval("SELECT count(*) FROM held_commits") == 0
    assert await stored(writer) == await stored(reference)


async def test_the_late_end_of_one_fetching_takes_nothing_from_the_next(
    writer: Writer, frames: list[bytes], busiest: str
) -> None:
    """Where two indexers with two relays write to one database, both may end the same one."""
    loop, half = loop_of(writer), len(frames) // 2
    await deliver(loop, *frames[:half])
    await begin(writer, busiest, TOKEN)
    await deliver(loop, *frames[half:])
    held = await writer.pool.fetchval("SELECT count(*) FROM held_commits")
    await writer.pool.execute(END, busiest, TOKEN - 1)
    assert await writer.pool.fetchval("SELECT count(*) FROM held_commits") == held > 0
    assert await writer.pool.fetchval("SELECT token FROM resyncs") == TOKEN


async def test_with_too_much_held_back_the_fetching_is_given_up(
    writer: Writer,
    reference: Writer,
    frames: list[bytes],
    busiest: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await deliver(loop_of(reference), *frames)
    loop, half = loop_of(writer), len(frames) // 2
    await deliver(loop, *frames[:half])
    await begin(writer, busiest, TOKEN)
    monkeypatch.setattr(gate, "MOST_HELD", 5)
    await deliver(loop, *frames[half:])
    assert await state_of(writer, busiest) == "desynchronized"
    assert await writer.pool.fetchval("SELECT count(*) FROM held_commits") == 0
    await writer.pool.execute("UPDATE repos SET state = 'synchronized' WHERE did = $1", busiest)
    assert await stored(writer) == await stored(reference)


async def test_large_frames_that_were_held_back_are_read_by_few(writer: Writer) -> None:
    await writer.pool.execute(
        "INSERT INTO held_commits SELECT 'did:web:a', n::text, decode(repeat('aa', 600), 'hex'), 0 "
        "FROM generate_series(1, 5) AS n"
    )
    pages, rev = [], ""
    while page := await writer.pool.fetch(HELD, "did:web:a", rev, 50, 1000):
        rev = page[-1]["rev"]
        pages.append([row["rev"] for row in page])
    assert pages == [["1", "2"], ["3", "4"], ["5"]]


@pytest.mark.parametrize("why", ["deleted", "opted out"])
async def test_nothing_is_stored_of_an_account_that_left_meanwhile(
    writer: Writer, frames: list[bytes], busiest: str, why: str
) -> None:
    loop = loop_of(writer)
    await begin_anew(writer, busiest)
    if why == "deleted":
        await writer.pool.execute(
            "UPDATE repos SET active = false, status = 'deleted', deleted_at = now()"
        )
    else:
        await writer.pool.execute("INSERT INTO user_settings VALUES ($1, true)", busiest)
    await deliver(loop, *parts_of(head_of(commits_of(frames, busiest)), TOKEN), relayed=False)
    assert await own_records(writer, busiest) == []


async def test_old_records_tell_nobody_and_new_ones_do(
    writer: Writer, reference: Writer, frames: list[bytes]
) -> None:
    for writing, tell in ((writer, False), (reference, True)):
        loop = loop_of(writing)
        for token, did in enumerate(sorted({commit.did for commit in commits_of(frames)})):
            await begin_anew(writing, did, token)
            head = head_of(commits_of(frames, did))
            await deliver(loop, *parts_of(head, token, tell=tell), relayed=False)
    quiet, loud = await stored(writer), await stored(reference)
    assert not quiet.pop("notifications") and len(loud.pop("notifications")) > 50
    quiet.pop("users"), loud.pop("users")  # profile_created_at is only there to tell
    assert quiet == loud
    kinds = await writer.pool.fetchval("SELECT array_agg(DISTINCT kind) FROM pending")
    assert not {"app.bsky.feed.post", "app.bsky.feed.repost"} & set(kinds), "nor wait they"


@pytest.mark.parametrize("seed", range(4))
async def test_however_fetchings_and_commits_cross_the_repo_is_right_in_the_end(
    writer: Writer, reference: Writer, frames: list[bytes], busiest: str, seed: int
) -> None:
    """Commits are lost, parts are lost and come twice, fetchings are given up: one after that
    brings all of it."""
    await deliver(loop_of(reference), *frames)
    chance, loop = random.Random(seed), loop_of(writer)
    await writer.pool.execute("INSERT INTO repos (did) VALUES ($1)", busiest)
    token = 0
    for at in range(0, len(frames), 40):
        some = frames[at : at + 40]
        heard = [f for f in some if not is_commit(f, busiest) or chance.random() < 0.8]
        await deliver(loop, *heard)
        if chance.random() < 0.5:
            token += 1
            await begin(writer, busiest, token)
        parts = await parts_since(writer, frames[: at + chance.randrange(120)], busiest, token)
        sent = [
            part for part in parts if chance.random() < 0.9 for _ in range(chance.choice((1, 2)))
        ]
        await deliver(loop, *sent, relayed=False)
        if chance.random() < 0.3:
            await deliver(loop, release_frame(busiest, token), relayed=False)
    await begin(writer, busiest, token + 1)
    await deliver(loop, *await parts_since(writer, frames, busiest, token + 1), relayed=False)
    assert await state_of(writer, busiest) == "synchronized"
    assert await writer.pool.fetchval("SELECT count(*) FROM held_commits") == 0
    assert await left(writer) == 0
    assert await stored(writer) == await stored(reference)


def is_commit(frame: bytes, did: str) -> bool:
    return peek(frame).kind == "#commit" and peek(frame).did == did


async def parts_since(writer: Writer, frames: list[bytes], did: str, token: int) -> list[bytes]:
    """Of the repo as these frames leave it, unless more than that is stored already."""
    fetched = commits_of(frames, did)
    rev = await writer.pool.fetchval("SELECT rev FROM repos WHERE did = $1", did)
    if not fetched or (rev is not None and fetched[-1].rev < rev):
        return []
    head = head_of(fetched)
    stands = await writer.pool.fetch("SELECT uri FROM feed_items WHERE originator_did = $1", did)
    gone = {path_of(op.uri) for commit in fetched for op in commit.ops}
    gone |= {path_of(uri) for (uri,) in stands}
    return parts_of(head, token, sorted(gone - head.records.keys()), at_once=30, tell=True)


async def begin_anew(writer: Writer, did: str, token: int = TOKEN) -> None:
    await writer.pool.execute("INSERT INTO repos (did) VALUES ($1) ON CONFLICT DO NOTHING", did)
    await begin(writer, did, token)


async def state_of(writer: Writer, did: str) -> str:
    state: str = await writer.pool.fetchval("SELECT state FROM repos WHERE did = $1", did)
    return state


async def left(writer: Writer) -> int:
    count: int = await writer.pool.fetchval("SELECT count(*) FROM resyncs")
    return count


async def own_records(writer: Writer, did: str) -> list[str]:
    rows = await writer.pool.fetch("SELECT uri FROM feed_items WHERE originator_did = $1", did)
    return sorted(uri for (uri,) in rows)


def path_of(uri: str) -> str:
    return "/".join(uri.split("/")[3:])


async def stored(writer: Writer) -> dict[str, list[str]]:
    """All that does not tell how it came. A notice bears the earlier of two times, one its own."""
    async with writer.pool.acquire() as connection:
        found = await snapshot(connection)
    less = {"notifications": HOW_IT_CAME | {"created_at"}}
    return {table: _without(less.get(table, HOW_IT_CAME), rows) for table, rows in found.items()}


def _without(columns: set[str], rows: list[str]) -> list[str]:
    loaded = [json.loads(row) for row in rows]
    return sorted(
        json.dumps({key: value for key, value in row.items() if key not in columns})
        for row in loaded
    )
