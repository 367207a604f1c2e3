"""Hosts that are slow, dead, overwhelmed or not to be asked: nobody waits for them but who must."""

from collections.abc import AsyncIterator

import msgspec
import pytest

from indexer.coordinator.fetcher.hosts import BURST_S, Hosts
from indexer.coordinator.http import Unreachable
from load.network.answer import Answer, refused
from tests.coordinator.waiting import PROVEN, Place, answering, hanging, living_place
from tests.shard.conftest import writer

__all__ = ["writer"]

CUT = Answer(200, b"", "application/vnd.ipld.car", {"Content-Length": "1000"})


@pytest.fixture
async def place(writer, database_url) -> AsyncIterator[Place]:
    async with living_place(writer, database_url, hosts=2) as place:
        yield place


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def hosts_of(place: Place, newcomers: int = 10, **settings) -> tuple[Hosts, Clock]:
    clock = Clock()
    changed = msgspec.structs.replace(place.config.fetcher, backoff_max_s=60, **settings)
    return Hosts(changed, newcomers, clock), clock


async def test_few_are_at_one_host_and_the_others_come_one_after_the_other(place):
    hosts, clock = hosts_of(place, at_once_per_host=2, per_host_per_s=10)
    with hosts.entering("a", True) as first, hosts.entering("a", False) as second:
        assert first is second is None
        waits = []
        for is_user in (True, True, False, True):
            with hosts.entering("a", is_user) as wait_s:
                waits.append(wait_s)
        assert waits == pytest.approx([0.1, 0.2, 0.1, 0.3]), "accounts have a line of their own"
        with hosts.entering("b", True) as other:
            assert (other, hosts.busy) == (None, 2)
    assert hosts.busy == 0
    clock.now += 1
    with hosts.entering("a", True) as again:
        assert again is None


async def test_a_host_is_asked_so_often_a_second_and_nobody_is_put_off_for_ever(place):
    hosts, clock = hosts_of(place, at_once_per_host=2, per_host_per_s=8)

    def enter() -> float | None:
        with hosts.entering("a", True) as wait_s:
            return wait_s

    assert sum(enter() is None for _ in range(100)) == 9
    clock.now += BURST_S
    assert sum(enter() is None for _ in range(100)) == 8
    assert max(enter() or 0 for _ in range(1000)) == 60


async def test_hosts_that_do_not_answer_hold_up_only_one_another(place):
    hosts, _ = hosts_of(place, newcomers=2, per_host_per_s=10)

    def enter(name: str) -> float | None:
        with hosts.entering(name, True) as wait_s:
            return wait_s

    assert enter("known") is None
    with hosts.entering("hangs", True) as one, hosts.entering("hangs, too", True) as other:
        assert one is other is None
        assert [enter("new"), enter("newer")] == pytest.approx([0.1, 0.2]), "in one line"
        assert enter("known") is None
    assert enter("new") is None
    with pytest.raises(Unreachable), hosts.entering("known", True):
        raise Unreachable("known", "is down")
    with hosts.entering("hangs, too", True), hosts.entering("newer", True):
        assert enter("known") is None, "these have answered meanwhile"


async def test_a_host_that_answers_nobody_holds_up_no_other(place):
    dead, alive = place.author("a", 0), place.author("b", 1)
    hanging(place.there.pds[0])
    lost = [place.post(dead, f"lost {n}") for n in range(30)]
    await place.await_all(*lost)
    found = [place.post(alive, f"found {n}") for n in range(10)]
    await place.await_all(*found)
    place.set("http", try_s=10)
    async with place.fetching():
        await place.until("SELECT count(*) = 10 FROM posts")
        first = place.config.fetcher.at_once_per_host
        assert place.there.pds[0].asked[PROVEN] <= first, "those who asked it first wait still"
        await place.until("SELECT count(*) = $1 FROM pending", len(lost))  # not the living author
    assert await place.waiting() == sorted(lost)


async def test_what_fails_for_the_hosts_sake_counts_for_nothing(place):
    alice = place.author("a")
    uri = place.post(alice)
    host, honest = place.there.pds[0], place.there.pds[0]._service
    failures = [CUT, *[refused("InternalServerError", status=500)] * 4]
    turns = iter(failures)
    answering(host, PROVEN, lambda question: next(turns, None) or honest(question))
    await place.await_all(uri)
    async with place.fetching():
        await place.until("SELECT due > first_seen AND due < now() + '10 s' FROM pending")
        assert not await place.value("SELECT attempts FROM pending")
        await place.until("SELECT count(*) = 1 FROM posts")
        await place.settled()
    profile = 1
    assert host.asked[PROVEN] == len(failures) + 1 + profile


async def test_a_host_that_wants_to_be_left_alone_is(place):
    alice = place.author("a")
    uris = [place.post(alice), place.post(alice)]
    host = place.there.pds[0]
    answering(host, PROVEN, Answer(429, b"", headers={"Retry-After": "600"}))
    await place.await_all(uris[0])
    rests = "SELECT every(due > now() + '590 s' AND due < now() + '610 s') AND sum(attempts) = 0"
    async with place.fetching():
        await place.until("SELECT due > now() + '590 s' FROM pending")
        await place.await_all(uris[1])
        await place.until(f"{rests} FROM pending")
    assert host.asked[PROVEN] == 1


async def test_after_an_outage_of_all_hosts_nothing_is_lost_and_no_storm_follows(place):
    """While hosts rest nobody knocks, and who waited comes back by and by."""
    authors = [place.author(letter, n % 2) for n, letter in enumerate("abcdef")]
    uris = [place.post(author, f"{n}") for author in authors for n in range(10)]
    await place.await_all(*uris)
    place.set("http", rest_after=3, rest_s=0.3)
    for host in place.there.pds:
        await host.down()
    async with place.fetching():
        await place.until("SELECT every(due > first_seen) FROM pending")
        await place.until("SELECT min(due - first_seen) > '100 ms' FROM pending")
        assert await place.value("SELECT count(*) FROM pending WHERE attempts = 0") == len(uris)
        for host in place.there.pds:
            await host.up()
        await place.settled()
    assert len(await place.texts()) == len(uris)
    for host in place.there.pds:
        assert host.asked[PROVEN] == 3 * (10 + 1), "each once, and three profiles"
        assert host.busiest <= place.config.http.at_once_per_host


async def test_a_host_at_a_private_address_is_not_asked_whatever_a_document_says(place):
    """The older system fetched whatever the document named."""
    alice, bob = place.author("a"), place.author("b", 1)
    wanted, other = place.post(alice), place.post(bob)
    listed = place.config.services.allow_private_hosts
    hidden = place.there.pds[0]
    place.set("services", allow_private_hosts=tuple(one for one in listed if one != hidden.place))
    await place.await_all(wanted, other)
    await place.fetch_all()
    assert await place.texts() == ["hello"]
    assert hidden.asked.total() == 0
    refused = "SELECT count(*) FROM posts WHERE author_did = $1"
    assert await place.value(refused, alice.did) == 0
