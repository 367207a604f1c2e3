"""Whatever stands in a record, it becomes rows that PostgreSQL takes, or is refused with a reason.

`FUZZ_EXAMPLES=20000 pytest tests/records/test_fuzz.py` tries so many instead of a few.
"""

import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.protocol.event import Commit
from indexer.protocol.frame import decode
from indexer.shard import accounts
from indexer.shard.batch import plan
from indexer.shard.refusal import REASON
from indexer.shard.writer import Writer
from tests.frames import NOW_US, Draft, Write, account, delete
from tests.hostile_values import FIELDS, writes
from tests.ops import tid
from tests.shard.conftest import write
from tests.snapshot import TABLES, snapshot

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "0"))
REASONS = {"bad_record", "bad_path", "foreign_gate", "foreign_list", "too_big", "type_mismatch"}
STAY = {"users", "repos"}
PROFILES = "SELECT count(*) FROM users WHERE profile_record IS NOT NULL"
FORGET = "; ".join(
    f"DELETE FROM {table}" for table in ("repos", "users", "quarantine", "notifications", "pending")
)


def commit(number: int, did: str, *written: Write) -> Commit:
    event = decode(Draft(*written, did=did, rev=tid(number), seq=number).frame(), NOW_US)
    assert isinstance(event, Commit)
    return event


@pytest.mark.parametrize("collection", sorted(FIELDS))
def test_a_record_becomes_rows_or_is_refused_with_a_reason(collection: str) -> None:
    @settings(max_examples=EXAMPLES or 60, deadline=None)
    @given(writes(collection))
    def holds(made: tuple[str, Write]) -> None:
        event = commit(1, *made)
        planned = plan(event.ops)
        kept = [(error.reason, error.detail) for _, error in planned.refused]
        kept += [(refused.reason, refused.detail) for refused in event.refused]
        assert bool(kept) != bool(planned.insert)
        for reason, detail in kept:
            assert reason in REASONS
            assert 5 < len(detail) < 1000

    holds()


batches = st.lists(st.sampled_from(sorted(FIELDS)).flatmap(writes), min_size=10, max_size=40)


@settings(
    max_examples=EXAMPLES // 20 or 25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(made=batches, with_account=st.booleans())
async def test_postgresql_takes_every_row_and_gives_back_all_of_it(
    made: list[tuple[str, Write]], with_account: bool, writer: Writer
) -> None:
    await writer.pool.execute(FORGET)
    events = [commit(number, did, written) for number, (did, written) in enumerate(made, 1)]
    trial = await write(writer, *events, at_once=7)
    assert [kept for kept in trial.kept if kept.reason == REASON] == []
    async with writer.pool.acquire() as connection:
        await snapshot(connection)  # views can be read, too
    if with_account:
        await delete_accounts(writer, {event.did for event in events}, len(made))
    else:
        gone = sorted({op.uri for event in events for op in event.ops})
        deletions = [deletion(len(made) + n, uri) for n, uri in enumerate(gone, 1)]
        assert not (await write(writer, *deletions, at_once=5)).kept
    async with writer.pool.acquire() as connection:
        left = await snapshot(connection, *(table for table in TABLES if table not in STAY))
        assert {table: rows for table, rows in left.items() if rows} == {}
        assert await connection.fetchval(PROFILES) == 0


async def delete_accounts(writer: Writer, dids: set[str], last: int) -> None:
    for number, did in enumerate(sorted(dids), last + 1):
        event = decode(account(did, number, False, status="deleted"), NOW_US)
        assert event is not None
        await write(writer, event)
        await accounts.purge(writer, did)


def deletion(number: int, uri: str) -> Commit:
    _, _, did, path = uri.split("/", 3)
    return commit(number, did, delete(path))
