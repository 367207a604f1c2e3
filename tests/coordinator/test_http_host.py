"""When a host is left alone, for how long, and how many ask it at once."""

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from email.utils import formatdate

import msgspec
import pytest
from prometheus_client import REGISTRY

from indexer.coordinator.http import Resting, Unreachable, opened
from indexer.coordinator.http.answer import retry_after
from load.network.names import naming
from tests.coordinator.asking import LIMITS, ONCE, asking
from tests.coordinator.strangers import Stranger, answer, living


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


async def test_a_host_that_keeps_failing_rests_and_then_one_request_tries_it():
    clock = Clock()
    stranger = Stranger(*[answer(500)] * ONCE.rest_after, [0.1, answer(500)], answer(body=b"yes"))
    async with asking(stranger, ONCE, clock=clock) as (client, url):
        for _ in range(ONCE.rest_after):
            with pytest.raises(Unreachable):
                await client.get(url, most_bytes=3)
        with pytest.raises(Resting) as caught:
            await client.get(url, most_bytes=3)
        assert caught.value.again_in_s == ONCE.rest_s
        assert REGISTRY.get_sample_value("indexer_http_resting_hosts") == 1
        clock.now += ONCE.rest_s
        both = (client.get(url, most_bytes=3) for _ in range(2))
        outcomes = await asyncio.gather(*both, return_exceptions=True)
        assert [type(outcome) for outcome in outcomes] == [Unreachable, Resting]
        clock.now += ONCE.rest_s
        assert (await client.get(url, most_bytes=3)).body == b"yes"
        assert (await client.get(url, most_bytes=3)).body == b"yes"
    assert len(stranger.heard) == ONCE.rest_after + 3


async def test_a_probe_that_is_given_up_leaves_room_for_another():
    clock = Clock()
    limits = msgspec.structs.replace(ONCE, rest_after=1)
    async with asking(Stranger(answer(500), [2], answer()), limits, clock=clock) as (client, url):
        with pytest.raises(Unreachable):
            await client.get(url, most_bytes=3)
        clock.now += limits.rest_s
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(client.get(url, most_bytes=3), 0.1)
        assert (await client.get(url, most_bytes=3)).status == 200


async def test_a_host_that_names_a_short_rest_is_asked_again_after_it():
    stranger = Stranger(answer(429, Retry_After=0), answer(503, Retry_After=0), answer())
    async with asking(stranger) as (client, url):
        assert (await client.get(url, most_bytes=3)).status == 200


@pytest.mark.parametrize("status", [429, 503])
async def test_a_host_that_names_a_long_rest_is_left_alone_but_not_for_ever(status):
    clock = Clock()
    stranger = Stranger(answer(status, Retry_After=10**8), answer())
    async with asking(stranger, clock=clock) as (client, url):
        with pytest.raises(Unreachable) as caught:
            await client.get(url, most_bytes=3)
        assert caught.value.again_in_s == 3600, "whoever asked does not stay away longer, either"
        with pytest.raises(Resting):
            await client.get(url, most_bytes=3)
        clock.now += 3600
        assert (await client.get(url, most_bytes=3)).status == 200
    assert len(stranger.heard) == 2


def test_retry_after_is_a_number_or_a_date_or_nothing():
    assert retry_after({}) is None
    assert retry_after({"Retry-After": "120"}) == 120
    assert retry_after({"Retry-After": "9" * 5000}) == 999999999
    assert retry_after({"Retry-After": formatdate(0, usegmt=True)}) == 0
    assert retry_after({"Retry-After": "Wed, 01 Jan 3000 00:00:00 GMT"}) > 10**9
    for text in ("soon", "-1", "1.5", "²", "Wed, 99 Jan 3000 00:00:00 GMT", "nan", "1e9"):
        assert retry_after({"Retry-After": text}) is None


@pytest.mark.parametrize(
    "date", ["1 Jan {} 00:00:00 GMT", "1 Jan 2030 {}:00:00", "1 Jan 2030 00:00:00 +{}"]
)
async def test_a_date_that_no_clock_can_show_is_none(date):
    stranger = Stranger(answer(503, Retry_After=date.format("9" * 20)))
    async with asking(stranger, ONCE) as (client, url):
        with pytest.raises(Unreachable) as caught:
            await client.get(url, most_bytes=3)
    assert caught.value.again_in_s is None


async def test_few_requests_are_under_way_at_one_host():
    stranger = Stranger([0.05, answer()])
    async with asking(stranger) as (client, url):
        await asyncio.gather(*(client.get(url, most_bytes=3) for _ in range(12)))
    assert stranger.busiest == LIMITS.at_once_per_host


async def test_few_requests_are_under_way_at_all_hosts_and_fewer_at_new_ones():
    stranger = Stranger([0.05, answer()])
    async with many(stranger, 30) as (client, urls):
        await asyncio.gather(*(client.get(url, most_bytes=3) for url in urls))
        assert stranger.busiest == LIMITS.at_once // 2
        await asyncio.gather(*(client.get(url, most_bytes=3) for url in urls))
        assert stranger.busiest == LIMITS.at_once


async def test_hosts_that_hang_hold_up_none_that_answers():
    stranger = Stranger(answer(), [60, answer()])
    async with many(stranger, 80) as (client, (known, *others)):
        await client.get(known, most_bytes=3)
        asked = [asyncio.create_task(client.get(url, most_bytes=3)) for url in others]
        while sum(task.done() for task in asked) < 79 - 2 * LIMITS.at_once - LIMITS.at_once // 2:
            await asyncio.sleep(0.01)
        assert all(isinstance(task.exception(), Resting) for task in asked if task.done())
        stranger.does = (answer(),)
        assert (await client.get(known, most_bytes=3)).status == 200
        for task in asked:
            task.cancel()
        await asyncio.gather(*asked, return_exceptions=True)


async def test_a_stream_gives_its_place_up_once_it_has_begun():
    stranger = Stranger([answer(body=b"a" * 3)[:-1], 60])
    async with many(stranger, LIMITS.at_once + 1) as (client, urls), AsyncExitStack() as stack:
        for url in urls:
            await stack.enter_async_context(client.stream(url, most_bytes=10, within_s=60))
        assert stranger.busy == LIMITS.at_once + 1


@asynccontextmanager
async def many(stranger, count):
    """A client, and URLs of so many hosts."""
    async with naming() as (names, dns), living(stranger) as port:
        hosts = [f"pds{n}.test" for n in range(count)]
        names.says |= {host: [["127.0.0.1"]] for host in hosts}
        async with opened(LIMITS, [f"{host}:{port}" for host in hosts], dns=dns) as client:
            yield client, [f"http://{host}:{port}/" for host in hosts]


async def test_the_failure_of_one_host_is_not_that_of_another_whose_answer_is_being_read():
    async with asking(Stranger(answer(body=b"good")), ONCE) as (client, url):
        for _ in range(ONCE.rest_after + 1):
            with pytest.raises(Unreachable, match="nobody"):
                async with client.stream(url, most_bytes=10, within_s=5):
                    raise Unreachable("nobody.example.com", "is somebody else")
        assert (await client.get(url, most_bytes=10)).status == 200
