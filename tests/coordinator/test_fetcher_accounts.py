"""What a relay says of an account is held against what its PDS and its directory say."""

from collections.abc import AsyncIterator

import pytest

from load.network.answer import Answer, refused, said
from tests.coordinator.waiting import PROVEN, STATUS, Place, answering, living_place
from tests.shard.conftest import writer

__all__ = ["writer"]


@pytest.fixture
async def place(writer, database_url) -> AsyncIterator[Place]:
    async with living_place(writer, database_url, hosts=2) as place:
        yield place


async def known(place: Place):
    """An account with a post, which has been resolved and has a profile."""
    alice = place.author("a")
    await place.relay(place.write(alice, "app.bsky.actor.profile/self", {"displayName": "A"}))
    await place.fetch_all()
    place.there.pds[0].forget()
    return alice


async def shown(place: Place):
    return await place.value("SELECT status FROM users")


async def test_a_deletion_that_the_host_confirms_is_certain(place):
    alice = await known(place)
    place.account(alice).status = "deleted"
    answering(place.there.pds[0], STATUS, refused("RepoNotFound"))
    await place.relay(place.status(alice, "deleted"))
    await place.fetch_all()
    repo = await place.repo(alice)
    assert repo["confirmed_at"] >= repo["deleted_at"]
    assert (repo["active"], await shown(place)) == (False, "deleted")
    assert place.there.pds[0].asked == {STATUS: 1}


async def test_a_deletion_is_confirmed_by_a_status_and_by_a_tombstone(place):
    alice = await known(place)
    place.account(alice).status = "deleted"
    await place.relay(place.status(alice, "deleted"))
    await place.fetch_all()
    assert (await place.repo(alice))["confirmed_at"]
    await place.run("UPDATE repos SET confirmed_at = NULL")
    place.there.network.bury(alice.did)
    await place.prod(alice.did)
    await place.fetch_all()
    assert (await place.repo(alice))["confirmed_at"]
    assert place.there.pds[0].asked[STATUS] == 1


async def test_a_deletion_that_the_host_contradicts_is_taken_back_and_the_repo_fetched(place):
    alice = await known(place)
    await place.relay(place.status(alice, "deleted"))
    assert await shown(place) == "deleted"
    await place.fetch_all()
    repo = await place.repo(alice)
    assert (repo["active"], repo["status"], repo["deleted_at"]) == (True, None, None)
    assert repo["state"] == "desynchronized"
    assert await place.value("SELECT reason FROM resyncs") == "reactivated"
    assert await shown(place) is None


@pytest.mark.parametrize("status", ["suspended", "deactivated"])
async def test_a_deletion_of_which_the_host_says_something_else_is_left_to_time(place, status):
    alice = await known(place)
    place.account(alice).status = status
    await place.relay(place.status(alice, "deleted"))
    await place.fetch_all()
    repo = await place.repo(alice)
    assert (repo["status"], repo["confirmed_at"]) == ("deleted", None)
    assert repo["deleted_at"]


async def test_a_deletion_is_not_believed_of_a_host_that_the_account_has_left(place):
    """It was resolved when it lived there; the old host knows it no more."""
    alice = await known(place)
    place.there.settle(place.account(alice), place.there.pds[1])
    await place.relay(place.status(alice, "deleted"))
    await place.fetch_all()
    assert (await place.repo(alice))["active"]
    assert [host.asked[STATUS] for host in place.there.pds] == [0, 1]


async def test_while_the_host_cannot_be_reached_nothing_is_decided(place):
    alice = await known(place)
    await place.relay(place.status(alice, "deleted"))
    await place.there.pds[0].down()
    async with place.fetching():
        await place.until("SELECT due > first_seen AND due < now() FROM pending")
    repo = await place.repo(alice)
    assert repo["deleted_at"] and repo["confirmed_at"] is None
    assert await place.waiting() == [alice.did]


async def test_the_late_deactivated_of_a_migration_is_ignored(place):
    alice = await known(place)
    place.there.settle(place.account(alice), place.there.pds[1])
    state = (await place.repo(alice))["state"]
    frame = place.status(alice, "deactivated")
    await place.relay(frame)
    assert await shown(place) == "deactivated"
    await place.fetch_all()
    repo = await place.repo(alice)
    assert (repo["active"], repo["status"], repo["state"]) == (True, None, state)
    assert await shown(place) is None
    await place.relay(frame)
    assert (await place.repo(alice))["active"], "a repeat says nothing new"


@pytest.mark.parametrize("status", ["deactivated", "deleted"])
async def test_a_new_user_of_whom_that_was_not_true_gets_a_profile_all_the_same(place, status):
    alice = place.author("a")
    place.profile(alice)
    await place.exist(alice)
    await place.relay(place.status(alice, status))
    await place.fetch_all()
    assert await place.value("SELECT display_name FROM users") == "Alice"
    assert place.there.pds[0].asked == {STATUS: 1, PROVEN: 1}


async def test_a_deactivation_that_the_host_confirms_stands_and_nothing_is_fetched(place):
    alice = place.author("a")
    place.profile(alice)
    await place.exist(alice)
    place.account(alice).status = "deactivated"
    await place.relay(place.status(alice, "deactivated"))
    await place.fetch_all()
    assert (await place.repo(alice))["status"] == "deactivated"
    assert place.there.pds[0].asked == {STATUS: 1}


async def test_what_a_relay_takes_down_is_not_asked_about(place):
    alice = await known(place)
    await place.relay(place.status(alice, "takendown"))
    await place.fetch_all()
    assert await shown(place) == "takendown"
    assert place.there.pds[0].asked.total() == 0


async def test_an_account_with_a_tombstone_is_deleted_though_nobody_said_so(place):
    alice = await known(place)
    place.there.network.bury(alice.did)
    await place.prod(alice.did)
    await place.fetch_all()
    repo = await place.repo(alice)
    assert (repo["active"], repo["status"], await shown(place)) == (False, "deleted", "deleted")
    assert repo["confirmed_at"] >= repo["deleted_at"]


async def test_a_tombstone_that_was_taken_back_deletes_nobody(place):
    """We have heard of it, and not yet that it is no more."""
    alice = await known(place)
    uri = place.post(alice)
    await place.run("UPDATE identities SET gone = true")
    await place.await_all(uri)
    await place.fetch_all()
    assert (await place.repo(alice))["active"]
    assert await place.texts() == ["hello"]


async def test_what_was_said_meanwhile_counts_for_more_than_an_answer(place):
    alice = await known(place)
    await place.relay(place.status(alice, "deactivated"))

    def answer(_):
        return said({"did": alice.did, "active": True})

    answering(place.there.pds[0], STATUS, answer)
    other = await place.writer.pool.acquire()
    transaction = other.transaction()
    await transaction.start()
    await other.execute("UPDATE repos SET account_seq = account_seq + 1")
    async with place.fetching():
        await place.until("SELECT count(*) > 0 FROM pg_locks WHERE NOT granted")
        await transaction.commit()
        await place.writer.pool.release(other)
        await place.settled()
    assert (await place.repo(alice))["status"] == "deactivated"


async def test_an_answer_that_says_nothing_of_the_account_changes_nothing(place):
    alice = await known(place)
    answers = [
        said({"did": "did:plc:" + "z" * 24, "active": True}),
        said([]),
        Answer(200, b"{"),
        refused("InvalidRequest"),
    ]
    turns = iter(answers)
    answering(place.there.pds[0], STATUS, lambda _: next(turns))
    await place.relay(place.status(alice, "deleted"))
    await place.fetch_all()
    repo = await place.repo(alice)
    assert repo["deleted_at"] and repo["confirmed_at"] is None
    assert place.there.pds[0].asked == {STATUS: len(answers)}
