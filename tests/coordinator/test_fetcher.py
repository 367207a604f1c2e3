"""What is waited for is fetched, each thing once, and stored as if it had come by the stream."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import orjson
import pytest

from indexer.coordinator.fetcher.fetching import Fetching
from indexer.coordinator.fetcher.ledger import Ledger
from indexer.coordinator.fetcher.queue import PutOff, Queue
from indexer.coordinator.fetcher.trying import Trying
from indexer.database import load_query
from load.encoding.frames import document
from load.network import holdings
from load.network.answer import CAR, Answer, Question, refused, said
from tests.coordinator.waiting import (
    POST,
    PROFILE,
    PROVEN,
    SEED,
    UNPROVEN,
    Place,
    answering,
    answering_each,
    living_place,
)
from tests.shard.conftest import writer

__all__ = ["writer"]


@pytest.fixture
async def place(writer, database_url) -> AsyncIterator[Place]:
    async with living_place(writer, database_url) as place:
        yield place


def like(uri: str):
    subject = {"uri": uri, "cid": "bafyreie5737gdxlw5i64vzichcalba3z2v5n6icifvx5xytvske7mr3hpm"}
    return {"subject": subject, "createdAt": "2026-01-01T00:00:00Z"}


def path_of(uri: str) -> str:
    return uri.removeprefix("at://")


def question_of(author, uri: str) -> Question:
    _, collection, rkey = path_of(uri).split("/")
    return Question(UNPROVEN, "", "", {"repo": author.did, "collection": collection, "rkey": rkey})


async def test_a_post_that_was_liked_before_it_was_known_is_fetched_and_its_author_told(place):
    """The older system threw away what PDSs answered."""
    alice, bob = place.author("a"), place.author("b")
    uri = place.post(alice)
    await place.relay(place.write(bob, "app.bsky.feed.like/1", like(uri)))
    assert await place.waiting() == [uri, bob.did]
    await place.fetch_all()
    assert await place.texts() == ["hello"]
    told = "SELECT reason FROM notifications WHERE recipient_did = $1"
    assert await place.value(told, alice.did) == "like"
    assert place.there.pds[0].asked_for[PROVEN, path_of(uri)] == 1


async def test_the_profile_of_a_new_user_is_fetched_and_who_has_none_is_asked_for_once(place):
    alice, bob = place.author("a"), place.author("b")
    place.profile(alice)
    place.post(bob)
    await place.exist(alice, bob)
    await place.fetch_all()
    names = "SELECT display_name FROM users ORDER BY did"
    assert [name for (name,) in await place.writer.pool.fetch(names)] == ["Alice", None]
    for author in (alice, bob):
        assert place.there.pds[0].asked_for[PROVEN, f"{author.did}/{PROFILE}/self"] == 1
    await place.prod(alice.did)
    await place.fetch_all()
    assert place.there.pds[0].asked[PROVEN] == 2, "it is here"
    assert place.there.plc.asked_for["did", alice.did] == 2, "and who she is may be news"


async def test_where_no_proof_is_to_be_had_the_record_is_taken_as_it_is(place):
    alice = place.author("a")
    answers = {
        path_of(place.post(alice, str(number))): answer
        for number, answer in enumerate(
            [
                refused("MethodNotImplemented", status=501),
                refused("UnknownMethod"),
                Answer(404, b"<p>not here", "text/html"),
                said({"hello": "world"}),
            ]
        )
    }
    profile = f"{alice.did}/{PROFILE}/self"
    answering_each(place.there.pds[0], PROVEN, answers | {profile: refused("RecordNotFound")})
    await place.await_all(*(f"at://{path}" for path in answers))
    await place.fetch_all()
    assert await place.texts() == ["0", "1", "2", "3"]
    assert place.there.pds[0].asked[UNPROVEN] == len(answers)


async def test_a_record_without_proof_is_the_one_that_was_asked_for_or_none(place):
    alice = place.author("a")
    uri = place.post(alice)
    (host,) = place.there.pds
    right = orjson.loads(holdings.record(place.account(alice), question_of(alice, uri)).body)
    other = "bafyreie5737gdxlw5i64vzichcalba3z2v5n6icifvx5xytvske7mr3hpm"
    answers = [
        said(right | {"uri": uri + "0"}),
        said(right | {"cid": other}),
        said(right | {"value": right["value"] | {"text": "another"}}),
        said(right | {"value": right["value"] | {"bytes": {"$bytes": "!"}}}),
        said({"uri": uri, "value": right["value"]}),
        said([]),
        Answer(200, b"{", CAR),
    ]
    place.set("fetcher", retries=len(answers))
    turns = iter(answers)
    answering(host, PROVEN, refused("MethodNotImplemented", status=501))
    answering(host, UNPROVEN, lambda _: next(turns, said(right)))
    await place.await_all(uri)
    async with place.fetching():
        await place.until("SELECT count(*) = 1 FROM posts")
    assert host.asked_for[UNPROVEN, path_of(uri)] == len(answers) + 1, "only the last is taken"


async def test_a_proof_of_something_else_is_refused_and_after_some_the_entry_is_given_up(place):
    """The older system's retry counter counted everything but failures."""
    alice, bob = place.author("a"), place.author("b")
    uris = [place.post(alice, str(number)) for number in range(6)]
    place.post(bob, "another's")
    paths = [path_of(uri).partition("/")[2] for uri in uris]
    repo = place.account(alice).repo
    proofs = [repo.proof(path) for path in paths]
    lies = [
        repo.proof(f"{POST}/5"),
        place.account(bob).repo.proof(paths[1]),
        proofs[2][:-1] + bytes([proofs[2][-1] ^ 1]),
        proofs[3][:-10],
        b"",
        bytes(2_000_001),
    ]
    answers = zip(map(path_of, uris), (Answer(200, lie, CAR) for lie in lies), strict=True)
    (host,) = place.there.pds
    answering_each(host, PROVEN, dict(answers))
    await place.await_all(*uris)
    await place.fetch_all()
    assert await place.texts() == []
    retries = place.config.fetcher.retries
    assert [host.asked_for[PROVEN, path_of(uri)] for uri in uris] == [1 + retries] * len(uris)


async def test_with_a_new_key_or_host_the_account_is_resolved_anew_once(place):
    alice = place.author("a")
    uris = [place.post(alice, str(n)) for n in range(2)]
    await place.await_all(uris[0])
    await place.fetch_all()
    await place.value(
        "UPDATE identities SET signing_key ="
        " 'did:key:zQ3shpKnbdPx3g3CmPf5cRVTPe1HtSwVn5ish3wSnDPQCbLJK'"
    )
    before = place.there.plc.asked_for["did", alice.did]
    await place.await_all(uris[1])
    await place.fetch_all()
    assert await place.texts() == ["0", "1"]
    assert place.there.plc.asked_for["did", alice.did] == before + 1


async def test_what_its_author_has_not_signed_is_never_taken(place):
    alice = place.author("a")
    uri = place.post(alice)
    place.there.network.add(document(SEED + 1, alice.did, "a.test"))
    place.there.settle(place.account(alice), place.there.pds[0])
    await place.await_all(uri)
    await place.fetch_all()
    assert await place.texts() == []
    asked = 1 + place.config.fetcher.retries
    assert place.there.pds[0].asked[PROVEN] == asked
    assert place.there.plc.asked_for["did", alice.did] == asked, "perhaps there is a newer key"


async def test_a_stale_proof_does_not_undo_a_live_deletion_and_is_not_asked_for_ever(place):
    alice = place.author("a")
    uri = place.post(alice)
    old = place.account(alice).repo.proof(path_of(uri).partition("/")[2])
    frame = place.write(alice, path_of(uri).partition("/")[2], None)
    await place.relay(frame)
    answering(place.there.pds[0], PROVEN, Answer(200, old, CAR))
    await place.await_all(uri)
    await place.fetch_all()
    assert await place.texts() == []
    assert place.there.pds[0].asked[PROVEN] == 1 + place.config.fetcher.retries


async def test_a_repo_that_moves_on_faster_than_it_is_asked_is_asked_later_and_later(place):
    uri = f"at://did:web:a.test/{POST}/1"
    await place.await_all(uri)
    since = "UPDATE pending SET first_seen = now() - '100 s'::interval RETURNING due"
    claim = await place.value(since)
    await place.run(load_query("hurry_pending"), [uri], [claim])
    assert await place.value("SELECT due - now() BETWEEN '5 s' AND '11 s' FROM pending")


async def test_that_there_is_no_such_record_is_an_answer(place):
    alice = place.author("a")
    place.post(alice)
    nobody = f"at://did:plc:{'z' * 24}/{POST}/1"
    await place.await_all(f"at://{alice.did}/{POST}/none", nobody, f"at://alice.test/{POST}/1")
    await place.fetch_all()
    answering(place.there.pds[0], PROVEN, refused("RecordNotFound"))
    await place.await_all(f"at://{alice.did}/{POST}/nor-this")
    await place.fetch_all()
    assert place.there.pds[0].asked[PROVEN] == 2
    assert place.there.plc.asked_for["did", alice.did] == 1


async def moved(place):
    """Two posts: the one was fetched, then their author went to the other host with both."""
    alice = place.author("a")
    uris = [place.post(alice, str(n)) for n in range(2)]
    await place.await_all(uris[0])
    await place.fetch_all()
    place.there.settle(place.account(alice), place.there.pds[1])
    return uris


async def test_what_an_account_left_behind_is_asked_of_its_new_host(writer, database_url):
    async with living_place(writer, database_url, hosts=2) as place:
        uris = await moved(place)
        await place.await_all(uris[1])
        await place.fetch_all()
        assert await place.texts() == ["0", "1"]
        assert [host.asked_for[PROVEN, path_of(uris[1])] for host in place.there.pds] == [1, 1]


async def test_who_has_waited_long_for_a_host_that_is_dead_asks_where_the_account_is_now(
    writer, database_url
):
    async with living_place(writer, database_url, hosts=2) as place:
        uris = await moved(place)
        await place.there.pds[0].down()
        await place.await_all(uris[1])
        await place.run("UPDATE pending SET first_seen = now() - interval '2 h'")
        await place.run("UPDATE identities SET resolved_at = now() - interval '2 h'")
        await place.fetch_all()
        assert await place.texts() == ["0", "1"]


async def test_a_repo_that_is_fetched_whole_is_left_alone_meanwhile(place):
    alice = place.author("a")
    uri = place.post(alice)
    await place.run("INSERT INTO repos (did, state) VALUES ($1, 'fetching')", alice.did)
    await place.await_all(uri)
    async with place.fetching():
        await place.until("SELECT due > now() + '5 s' AND due < now() + '15 s' FROM pending")
    assert await place.value("SELECT attempts FROM pending") == 0
    assert place.there.pds[0].asked[PROVEN] == 0


async def test_an_imported_identity_will_do_for_a_new_user_and_not_after_a_prod(place):
    alice = place.author("a")
    found = (
        "INSERT INTO identities (did, pds, resolved_at) VALUES ($1, $2, now() - '1 h'::interval)"
    )
    await place.run(found, alice.did, place.there.pds[0].url)
    await place.await_all(alice.did)
    await place.fetch_all()
    assert place.there.plc.asked["did"] == 0
    await place.prod(alice.did)
    await place.fetch_all()
    assert place.there.plc.asked["did"] == 1


async def test_a_prod_that_comes_meanwhile_is_not_lost(place):
    alice = place.author("a")
    place.post(alice)
    await place.exist(alice)
    asked, going_on = asyncio.Event(), False

    def slowly(_):
        asked.set()
        return refused("RecordNotFound") if going_on else Answer(500, b"")

    answering(place.there.pds[0], PROVEN, slowly)
    async with place.fetching():
        await asked.wait()
        before = place.there.plc.asked["did"]
        await place.prod(alice.did)
        going_on = True
        await place.settled()
    assert place.there.plc.asked["did"] > before


async def test_what_was_asked_for_again_since_it_was_claimed_is_left_alone(place):
    queue = Queue(place.writer.pool, place.config)
    await place.await_all("did:web:a.test", "did:web:b.test")
    claimed = await queue.claim(2)
    await place.prod("did:web:a.test")
    await queue.put_off([PutOff(entry, timedelta(hours=1), 1) for entry in claimed])
    rows = await place.writer.pool.fetch(
        "SELECT due <= now(), attempts FROM pending ORDER BY subject"
    )
    assert [tuple(row) for row in rows] == [(True, 0), (False, 1)]
    (again,) = await queue.claim(2)
    await place.prod("did:web:a.test")
    await queue.settle([again])
    assert len(await place.waiting()) == 2


async def test_accounts_are_fetched_before_records_and_the_longest_due_first(place):
    queue = Queue(place.writer.pool, place.config)
    for number in range(4):
        await place.await_all(f"at://did:web:a.test/{POST}/{number}")
    await place.await_all("did:web:late.test")
    async with place.writer.pool.acquire() as other, other.transaction():
        await other.execute("SELECT FROM pending WHERE subject LIKE '%/0' FOR UPDATE")
        claimed = await queue.claim(3)
    assert [entry.subject for entry in claimed] == [
        "did:web:late.test",
        f"at://did:web:a.test/{POST}/1",
        f"at://did:web:a.test/{POST}/2",
    ]
    assert [entry.subject[-1] for entry in await queue.claim(3)] == ["0", "3"]
    assert await queue.claim(3) == []


async def test_nothing_is_asked_where_nothing_may_be(place):
    alice = place.author("a")
    place.profile(alice)
    uri = place.post(alice)
    await place.exist(alice)
    await place.await_all(uri)
    place.set("services", skip_pds_fetching=True)
    async with place.fetching():
        await asyncio.sleep(0.1)
    assert place.there.plc.asked.total() == 0
    place.set("services", skip_pds_fetching=False)
    place.set("pending", fetch_posts=False)
    async with place.fetching():
        await place.until("SELECT count(*) = 1 FROM pending")
        await asyncio.sleep(0.1)
    assert await place.waiting() == [uri]
    assert place.there.pds[0].asked_for[PROVEN, f"{alice.did}/{PROFILE}/self"] == 1
    assert place.there.pds[0].asked[PROVEN] == 1


async def test_to_be_stopped_in_the_moment_when_a_fetch_ends_is_to_be_stopped(place):
    queue = Queue(place.writer.pool, place.config)
    trying = Trying(place.config.fetcher, *[None] * 6)
    fetching = Fetching(queue, Ledger(queue), trying)
    pausing = asyncio.create_task(fetching._pause())
    while not fetching._ended._waiters:
        await asyncio.sleep(0)
    fetching._ended.set()
    await asyncio.sleep(0)
    pausing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await pausing
