"""Identities that nobody asked for are asked for again, when they are old."""

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta

import msgspec
import pytest

from indexer.config import ConfigError, load
from indexer.coordinator.http import NoAnswer
from indexer.coordinator.http.target import read_listed, read_target
from indexer.coordinator.resolver import allowed_hosts, resolving
from tests.coordinator.people import ALICE, BOB, living_people
from tests.coordinator.strangers import answer
from tests.polling import until

CAROL = "did:plc:" + "c" * 24
DUE = "SELECT did FROM identities WHERE renew_at <= now() ORDER BY did"


@pytest.fixture
async def hurried(database_url):
    async with living_people(database_url, renewals_per_minute=6000) as people:
        yield people


@asynccontextmanager
async def renewing(people):
    async with resolving(people.config, people.pool, people.client) as resolver:
        yield resolver


async def test_users_are_renewed_the_longest_due_first_and_others_are_put_off(hurried):
    people = hurried
    for did in (ALICE, BOB, CAROL):
        people.publish(did)
        await people.resolve(did)
    await people.exist(ALICE, BOB)
    await people.age(ALICE, days=8)
    await people.age(BOB, days=9)
    await people.age(CAROL, days=10)
    people.web.heard.clear()
    async with renewing(people):
        await until(lambda: people.asked(ALICE))
    assert people.asked(BOB) == 1 and people.asked(CAROL) == 0
    order = [did for path in people.web.heard for did in (ALICE, BOB) if did in path]
    assert order == [BOB, ALICE]


async def test_what_is_a_week_old_is_due_and_no_sooner(people):
    people.publish(ALICE)
    await people.exist(ALICE)
    await people.resolve(ALICE)
    await people.age(ALICE, hours=167)
    assert await people.pool.fetch(DUE) == []
    await people.age(ALICE, hours=1)
    assert await people.pool.fetch(DUE) == [(ALICE,)]


async def test_what_cannot_be_renewed_is_due_again_after_a_while(hurried):
    people = hurried
    people.publish(ALICE)
    await people.exist(ALICE)
    await people.resolve(ALICE)
    await people.age(ALICE, days=8)
    people.web.pages = {path: answer(500) for path in people.web.pages}
    people.web.heard.clear()
    async with renewing(people):
        await until(lambda: people.asked(ALICE))
    left = await people.pool.fetchval("SELECT renew_at - now() FROM identities")
    assert timedelta(minutes=50) < left <= timedelta(hours=1)


async def test_nobody_is_renewed_while_the_directory_rests(hurried):
    people = hurried
    people.publish(ALICE)
    await people.exist(ALICE)
    await people.resolve(ALICE)
    await people.age(ALICE, days=8)
    people.publish(BOB)
    page = people.web.pages.popitem()
    people.web.pages[page[0]] = answer(429, Retry_After=60)
    with pytest.raises(NoAnswer):
        await people.resolve(BOB)
    people.web.heard.clear()
    async with renewing(people):
        await asyncio.sleep(0.05)
    assert await people.pool.fetch(DUE) == [(ALICE,)] and people.web.heard == []


async def test_look_ups_end_with_the_resolver(hurried):
    people = hurried
    people.web.pages["plc.test/" + ALICE] = [60, answer(404)]
    async with renewing(people) as resolver:
        asking = asyncio.create_task(resolver.resolve(ALICE))
        await until(lambda: people.asked(ALICE))
    with pytest.raises(asyncio.CancelledError):
        await asking


@pytest.mark.parametrize(
    ("plc_url", "listed"),
    [
        ("https://plc.directory", []),
        ("https://plc.directory/", []),
        ("http://plc.directory", ["plc.directory:80"]),
        ("https://plc.directory:8443", ["plc.directory:8443"]),
        ("http://localhost:2582", ["localhost:2582"]),
        ("https://plc.internal", ["plc.internal:443"]),
        ("https://10.0.0.7", ["10.0.0.7:443"]),
        ("http://[::1]:2582/", ["[::1]:2582"]),
    ],
)
def test_the_directory_that_was_configured_may_be_reached(plc_url, listed):
    config = load({"PLC_URL": plc_url, "ALLOW_PRIVATE_HOSTS": "pds.test:1"})
    assert allowed_hosts(config) == ["pds.test:1", *listed]
    target = read_target(plc_url.rstrip("/") + "/" + ALICE, read_listed(allowed_hosts(config)))
    assert target.listed == bool(listed)


@pytest.mark.parametrize("plc_url", ["plc.directory", "ftp://plc.test", "http://", "http://h:x"])
def test_a_directory_that_is_no_url_is_refused_at_the_start(plc_url):
    services = msgspec.structs.replace(load({}).services, plc_url=plc_url)
    with pytest.raises(ConfigError, match="plc_url"):
        allowed_hosts(msgspec.structs.replace(load({}), services=services))
