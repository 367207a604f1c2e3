"""A PLC export, stored: what it says is claimed, and nothing newer is overwritten."""

import asyncio
import io
import itertools
from datetime import UTC, datetime, timedelta

import pytest

from indexer.coordinator.http import Unreadable, opened
from indexer.coordinator.resolver import Identity
from indexer.coordinator.resolver.export import pages
from indexer.coordinator.resolver.importing import import_batches, in_a_thread
from indexer.coordinator.resolver.lines import MOST_NAMED, read_batches
from indexer.database import load_query
from indexer.protocol.identity import decode_document
from load.network.names import naming
from tests.coordinator.asking import ONCE
from tests.coordinator.directory import Directory, line, log_of, tombstone
from tests.coordinator.people import ALICE, BOB, KEY
from tests.coordinator.strangers import answer, living

OTHER_KEY = "did:key:zQ3shPtNU7xRAcqEAZs29jrGff6kFEQJEuC4ndYrvfD8BtUEk"
ALL = "SELECT did, claimed, pds, signing_key, gone FROM identities ORDER BY did"


async def bring(connection, *logs, directory=None):
    """Each log a batch."""

    async def batches():
        for log in logs:
            for batch in read_batches(io.BytesIO(log)):
                yield batch

    await connection.execute("DROP TABLE IF EXISTS lines")
    return [batch async for batch in import_batches(connection, batches(), directory)]


async def test_handles_come_in_as_claimed_and_never_as_verified(connection):
    await connection.execute(load_query("create_users"), [ALICE])
    await bring(connection, log_of(line(ALICE, "Alice.test")))
    row = await connection.fetchrow("SELECT * FROM identities")
    assert (row["handle"], row["claimed"], row["handle_checked_at"]) == (None, "alice.test", None)
    assert (row["pds"], row["signing_key"]) == ("https://pds.test", KEY)
    assert row["resolved_at"] == datetime(2024, 1, 1, tzinfo=UTC)
    assert await connection.fetchval("SELECT handle FROM users") == "handle.invalid"


LAST_WINS = [
    line(ALICE, "old.test", at=1),
    line(BOB, "bob.test", at=2),
    line(ALICE, "new.test", at=3, key=OTHER_KEY),
    line(ALICE, "nobodys.test", at=4, nullified=True),
    tombstone(BOB, at=5),
]


@pytest.mark.parametrize("at_once", [5, 1])
@pytest.mark.parametrize("order", [1, -1], ids=["in order", "backwards"])
async def test_of_a_did_the_last_line_that_is_not_nullified_counts(connection, at_once, order):
    lines = LAST_WINS[::order]
    logs = [log_of(*lines[n : n + at_once]) for n in range(0, 5, at_once)]
    expected = [
        (ALICE, "new.test", "https://pds.test", OTHER_KEY, False),
        (BOB, None, None, None, True),
    ]
    for _ in range(2):
        await bring(connection, *logs)
        assert [tuple(row) for row in await connection.fetch(ALL)] == expected


async def test_of_two_lines_of_one_moment_the_later_line_counts(connection):
    lines = [line(ALICE, "old.test", at=1), line(ALICE, "new.test", at=1)]
    for logs in ([log_of(*lines)], map(log_of, lines)):
        await bring(connection, *logs)
        assert await connection.fetchval("SELECT claimed FROM identities") == "new.test"


async def test_what_was_asked_later_is_not_overwritten(people, connection):
    people.publish(ALICE, "alice.test", pds="https://today.test")
    people.name("alice.test", ALICE)
    await people.resolve(ALICE)
    before = await connection.fetch("SELECT * FROM identities")
    await bring(connection, log_of(line(ALICE, "old.test")))
    assert await connection.fetch("SELECT * FROM identities") == before


@pytest.mark.parametrize(("claims", "kept"), [("alice.test", True), ("other.test", False)])
async def test_a_verified_handle_stays_while_it_is_claimed(people, connection, claims, kept):
    people.publish(ALICE, "alice.test")
    people.name("alice.test", ALICE)
    await people.exist(ALICE)
    await people.resolve(ALICE)
    await people.age(ALICE, hours=1)
    now = datetime.now(UTC) - timedelta(minutes=1)
    await bring(connection, log_of(line(ALICE, claims, at=now, pds="https://new.test")))
    row = await connection.fetchrow("SELECT *, renew_at <= now() AS due FROM identities")
    assert (row["handle"], row["pds"]) == ("alice.test" if kept else None, "https://new.test")
    assert row["due"] and (row["handle_checked_at"] is not None) == kept
    assert await people.shown(ALICE) == ("alice.test" if kept else "handle.invalid")


async def test_nothing_is_stored_of_those_who_opted_out(connection):
    await connection.execute(load_query("forbid_collection"), ALICE)
    await bring(connection, log_of(line(ALICE), line(BOB)))
    assert [row["did"] for row in await connection.fetch(ALL)] == [BOB]


async def test_a_line_from_the_future_does_not_outlast_the_present(people, connection):
    await bring(
        connection, log_of(line(ALICE, at=datetime(9000, 1, 1, tzinfo=UTC), pds="https://x.y"))
    )
    people.publish(ALICE)
    assert (await people.resolve(ALICE, await people.now())).pds == "https://pds.test"
    people.restart()
    assert (await people.resolve(ALICE)).pds == "https://pds.test"


async def test_what_a_whole_log_said_of_late_spares_the_directory(people, connection):
    people.name("alice.test", ALICE)
    lately = datetime.now(UTC) - timedelta(hours=1)
    log = log_of(line(ALICE, "alice.test"), line(BOB, at=lately))
    await bring(connection, log, directory=people.config.services.plc_url)
    found = await people.resolve(ALICE)
    assert found == Identity(ALICE, "alice.test", "https://pds.test", KEY, None, None)
    assert people.web.heard == []
    people.restart()
    asked = list(people.names.asked)
    assert await people.resolve(ALICE) == found and people.names.asked == asked


async def test_what_a_part_of_a_log_said_is_asked_again(people, connection):
    await bring(connection, log_of(line(ALICE)))
    people.publish(ALICE, pds="https://today.test")
    assert (await people.resolve(ALICE)).pds == "https://today.test"


async def test_bad_lines_are_counted_and_the_first_named(connection):
    log = log_of(b"{", line(ALICE), b"", b'{"did": 1}', *[b"[]"] * 9, line(BOB))
    (batch,) = await bring(connection, log)
    assert batch.bad == {"bad_operation": 11} and len(batch.named) == MOST_NAMED
    assert [named.split(":")[0] for named in batch.named[:3]] == ["line 1", "line 4", "line 5"]
    assert len(await connection.fetch(ALL)) == 2


class Dribble(io.BytesIO):
    def read(self, size):
        return super().read(min(size, 1000))


def test_lines_may_end_anywhere_in_what_is_read():
    lines = [line(f"did:plc:{n:a>24}".replace("0", "a").replace("1", "b")) for n in (0, 1)] * 3
    whole = list(read_batches(io.BytesIO(log_of(*lines).rstrip(b"\n"))))
    parts = list(read_batches(Dribble(log_of(*lines).rstrip(b"\n"))))
    assert sum(batch.lines for batch in parts) >= sum(batch.lines for batch in whole[:1])
    assert {did for batch in parts for did in batch.changes} == set(whole[0].changes)


def test_an_endless_line_is_refused_and_what_follows_is_read():
    log = b"x" * 300_000 + b"\n" + line(ALICE) + b"\n"
    batches = list(read_batches(Dribble(log)))
    assert sum((batch.bad for batch in batches), start=batches[0].bad)["too_big"] >= 1
    assert [did for batch in batches for did in batch.changes] == [ALICE]


async def test_resolving_and_importing_at_once_do_not_deadlock(people, connection):
    dids = [f"did:plc:{letter * 24}" for letter in "abcdefgh"]
    await people.exist(*dids)
    for did in dids:
        people.publish(did, "alice.test")
    people.names.writes["_atproto.alice.test"] = [[f"did={did}"] for did in dids] * 20

    async def resolve_often():
        for _ in range(5):
            now = await people.now()
            await asyncio.gather(*(people.resolve(did, now) for did in dids))

    now = datetime.now(UTC)
    logs = [log_of(*(line(did, f"{n}.test", at=now) for did in dids)) for n in "abcdefgh"]
    await asyncio.gather(resolve_often(), bring(connection, *logs))
    assert await people.deadlocks() == 0
    wrong = "SELECT count(*) FROM users JOIN identities i USING (did) WHERE users.handle <> "
    assert not await connection.fetchval(wrong + "coalesce(i.handle, 'handle.invalid')")


async def read_log(directory, seen_to=None):
    async with naming() as (names, dns), living(directory) as port:
        names.says["plc.test"] = [["127.0.0.1"]]
        async with opened(ONCE, [f"plc.test:{port}"], dns=dns) as client:
            return [batch async for batch in pages(client, f"http://plc.test:{port}/", seen_to)]


def dids_of(batches):
    return {did for batch in batches for did in batch.changes}


def many(times):
    """Of as many accounts."""
    letters = "abcdefghijklmnopqrstuvwxyz234567"
    names = ("".join(three) for three in itertools.product(letters, repeat=3))
    return [line(f"did:plc:{name:a<24}", at=at) for name, at in zip(names, times, strict=False)]


async def test_a_log_is_read_page_by_page_to_its_end():
    directory = Directory(many(range(2500)))
    batches = await read_log(directory)
    assert len(dids_of(batches)) == 2500 and len(directory.heard) == 4
    assert "after=1970-01-01T00:00:00.000Z" in directory.heard[0]
    resumed = await read_log(directory, batches[-1].last)
    assert len(dids_of(resumed)) == 1


async def test_lines_of_one_moment_on_two_pages_are_all_read():
    directory = Directory(many([0] * 990 + [5] * 20 + [6] * 10))
    assert len(dids_of(await read_log(directory))) == 1020


async def test_a_page_of_nullified_lines_is_not_the_end():
    log = [
        line(ALICE, at=n, nullified=900 <= n < 2500) if n != 2600 else line(BOB, at=n)
        for n in range(2601)
    ]
    assert dids_of(await read_log(Directory(log))) == {ALICE, BOB}


async def test_a_directory_that_repeats_itself_is_not_asked_for_ever():
    directory = Directory(many(range(1000)))
    directory.fails = [answer(body=b"\n".join(directory.log))] * 9
    with pytest.raises(Unreadable, match="again and again"):
        await read_log(directory)
    assert len(directory.heard) == 3


async def test_a_directory_that_wants_a_rest_is_asked_again_after_it():
    directory = Directory(many(range(10)))
    directory.fails = [answer(429, Retry_After=0)]
    assert len(dids_of(await read_log(directory))) == 10


async def test_a_directory_without_an_export_is_no_answer():
    directory = Directory()
    directory.fails = [answer(404)]
    with pytest.raises(Unreadable, match="404"):
        await read_log(directory)


async def test_the_log_of_a_real_network_says_what_its_documents_say(connection, corpus):
    with (corpus / "devnet" / "plc-export.jsonl").open("rb") as file:
        imported = import_batches(connection, in_a_thread(read_batches(file)), None)
        assert not [batch.bad async for batch in imported if batch.bad]
    stored = {row["did"]: tuple(row) for row in await connection.fetch(ALL)}
    for path in (corpus / "devnet" / "plc").glob("*.json"):
        did = path.stem.replace("_", ":")
        if not path.stem.endswith(".audit"):
            said = decode_document(path.read_bytes(), did)
            assert stored[did] == (did, said.handle, said.pds, said.signing_key, False)
