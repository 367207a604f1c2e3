"""What gates make of other people's posts, judged again whenever something it depends on changes.

A verdict depends on the gate, the root, follows, lists and their items. The writer of any of these
leaves a case in `judgements`, in its own transaction; it meets the writer of the gate, and of the
reply, at a counter's row, so that one of them sees the other. (The writer of a list meets no reply:
it leaves a case for every gate that names the list.) The posts are judged in transactions of their
own, for they belong to other repos, which other shards write. What is long is left to the sweep.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from itertools import count
from typing import NamedTuple

from asyncpg import Connection, Pool
from asyncpg import Record as Found

from indexer.database import load_query
from indexer.records import TABLES
from indexer.records.base import Table, post_counts
from indexer.records.feed_post import posts, quotes
from indexer.shard import effects, statements
from indexer.shard.batch import Values
from indexer.shard.patience import patiently
from indexer.shard.rows import Rows

REOPENING = sorted((table for table in TABLES if table.reopens), key=lambda t: t.name)
REOPEN, TO_JUDGE, CLOSE, DUE = (
    load_query(name) for name in ("reopen", "posts_to_judge", "close_judgements", "due_judgements")
)
POSTS_AT_ONCE, CASES_AT_ONCE = 500, 100
LEFT_LYING = timedelta(seconds=10)  # then whoever left a case is not going to judge it
INLINE_CASES, INLINE_TURNS = 20, 4  # what a shard stops for, behind the batch that left them


class Case(NamedTuple):
    """The posts of an account, or of everybody, in the thread of a guarded post or quoting it."""

    post_uri: str
    author_did: str
    number: int


async def reopen(
    connection: "Connection[Found]", moved: Mapping[Table, Iterable[Values]]
) -> list[Case]:
    """Leave the cases that depend on rows that came or went. They are to be judged once this is
    committed."""
    if not moved:
        return []
    columns = [
        [values[at] for values in moved.get(table, ())]
        for table in REOPENING
        for at in range(len(table.reopens))
    ]
    return [Case(*row) for row in await connection.fetch(REOPEN, *columns)]


async def judge_soon(pool: "Pool[Found]", check: Callable[[], None], cases: Sequence[Case]) -> None:
    """As many, and as much of each, as one may wait for. `check` raises when nothing may be written
    any more."""
    if not (cases := cases[:INLINE_CASES]):
        return
    await patiently(partial(_wait_for_writers, pool, check, cases))
    closed = await patiently(partial(_judge_short, pool, check, cases))
    if closed:
        await patiently(partial(_close, pool, check, closed))
    for case in cases:
        if case not in closed:
            await _judge(pool, check, case, INLINE_TURNS)


async def sweep(pool: "Pool[Found]", check: Callable[[], None]) -> None:
    """Judge what was left, also by those who ended before they could."""
    while due := await pool.fetch(DUE, LEFT_LYING, CASES_AT_ONCE):
        for row in due:
            await _judge(pool, check, Case(*row), None)


async def _judge(
    pool: "Pool[Found]", check: Callable[[], None], case: Case, turns: int | None
) -> None:
    await patiently(partial(_wait_for_writers, pool, check, [case]))
    after = ""
    for _ in count() if turns is None else range(turns):
        last = await patiently(partial(_judge_some, pool, check, case, after))
        if last is None:
            await patiently(partial(_close, pool, check, [case]))
            return
        after = last


async def _close(pool: "Pool[Found]", check: Callable[[], None], cases: Iterable[Case]) -> None:
    """Unless they were reopened meanwhile: whoever did so has judged too early."""
    async with pool.acquire() as connection:
        check()
        await connection.execute(CLOSE, *map(list, zip(*cases, strict=True)))


async def _wait_for_writers(
    pool: "Pool[Found]", check: Callable[[], None], cases: Iterable[Case]
) -> None:
    """Who writes a reply at this moment may not have seen what reopened the case, nor be seen."""
    posts = sorted({case.post_uri for case in cases})
    zeros = [[0] * len(posts) for _ in post_counts.columns]
    async with pool.acquire() as connection:
        check()
        await connection.execute(statements.add(post_counts), posts, *zeros)


async def _judge_short(
    pool: "Pool[Found]", check: Callable[[], None], cases: Sequence[Case]
) -> list[Case]:
    """Those that concern few posts, together: mostly one or two. Returns them."""
    few = -(-POSTS_AT_ONCE // INLINE_CASES)
    async with pool.acquire() as connection, connection.transaction():
        check()
        by_case = await _posts_of(connection, cases, "", few)
        short = [n for n, uris in enumerate(by_case) if len(uris) < few]
        await _judge_posts(connection, {uri for n in short for uri in by_case[n]})
    return [cases[n] for n in short]


async def _judge_some(
    pool: "Pool[Found]", check: Callable[[], None], case: Case, after: str
) -> str | None:
    """Returns the last URI judged; None when there is no other."""
    async with pool.acquire() as connection, connection.transaction():
        check()
        [uris] = await _posts_of(connection, [case], after, POSTS_AT_ONCE)
        await _judge_posts(connection, uris)
    return max(uris) if len(uris) == POSTS_AT_ONCE else None


async def _posts_of(
    connection: "Connection[Found]", cases: Sequence[Case], after: str, most: int
) -> list[list[str]]:
    """The first URIs behind `after` of each case."""
    guarded, authors = [case.post_uri for case in cases], [case.author_did for case in cases]
    result: list[list[str]] = [[] for _ in cases]
    for number, uri in await connection.fetch(TO_JUDGE, guarded, authors, after, most):
        result[number - 1].append(uri)
    return result


async def _judge_posts(connection: "Connection[Found]", uris: Collection[str]) -> None:
    if not uris:
        return
    rows = Rows(connection)
    held = await rows.meet(posts, uris)
    await rows.meet(quotes, held)
    await rows.count()
    for name in ("judge_posts", "notify_post"):
        await effects.make(connection, name, held, [])
