"""The coordinator's own parts find in such a network what they look for."""

import errno
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from ssl import create_default_context

import msgspec
import pytest

from indexer import config
from indexer.coordinator.http import Forbidden, Resting, Unreachable, opened
from indexer.coordinator.repos.fetching import Desk, receive
from indexer.coordinator.resolver.asking import Asking
from indexer.coordinator.resolver.found import Gone, Unknown
from load.network import environment, misdeeds, pretences, refusals, running, settings
from load.network.names import TXT

NOW = datetime(2026, 1, 1, tzinfo=UTC)
REPO = "com.atproto.sync.getRepo"


@asynccontextmanager
async def asking(there, directory, tls=True, **limits):
    """As an indexer is told to by the network, but for the waits."""
    file = settings(there, directory / "indexer.toml")
    told = config.load(environment(there) | {"INDEXER_CONFIG": str(file)})
    hasty = {"backoff_first_s": 0.001, "backoff_max_s": 0.01, "rest_after": 3} | limits
    told = msgspec.structs.replace(told, http=msgspec.structs.replace(told.http, **hasty))
    async with opened(told.http, told.services.allow_private_hosts, tls=tls) as client:
        yield client, Asking(client, told)


async def resolved(ours, did):
    return (await ours.ask(did, NOW, None)).found


def plc(dids):
    return [did for did in dids if did.startswith("did:plc:")]


async def test_everybody_is_resolved_and_every_repo_received(there, writers, tmp_path):
    async with asking(there, tmp_path) as (client, ours):
        for did in plc(writers):
            found = await resolved(ours, did)
            account = there.network.accounts[did]
            assert (found.handle, found.pds) == (account.handle, there.host_of(did).url)
            desk = Desk()
            url = f"{found.pds}/xrpc/{REPO}?did={did}"
            async with client.stream(url, most_bytes=1_000_000, within_s=9) as stream:
                block = await receive(desk, stream.chunks)
            assert block in account.repo.car()
            desk.close()
    assert there.plc.asked == {"did": len(plc(writers))}


async def test_who_moves_is_found_where_he_lives_now_under_his_new_name(there, writers, tmp_path):
    did = plc(writers)[0]
    account, new = there.network.accounts[did], there.hosts["pds1"]
    old = account.handle
    there.settle(account, new)
    account.rename("renamed.test")
    there.publish(account)
    async with asking(there, tmp_path) as (client, ours):
        found = await resolved(ours, did)
        assert (found.handle, found.pds) == ("renamed.test", new.url)
        answer = await client.get(f"{new.url}/xrpc/{REPO}?did={did}", most_bytes=1_000_000)
        assert answer.body == account.repo.car()
        there.network.bury(did)
        assert isinstance(await resolved(ours, did), Gone)
        assert isinstance(await resolved(ours, f"did:plc:{'2' * 24}"), Unknown)
    assert there.names.asked.count((f"_atproto.{old}", TXT)) == 0


async def test_who_claims_anothers_handle_has_none(there, writers, tmp_path):
    alice, mallory = plc(writers)[:2]
    handle = there.network.accounts[alice].handle
    there.faults.set(pretences.claiming(handle), "plc", "did", about=mallory)
    async with asking(there, tmp_path) as (_, ours):
        assert (await resolved(ours, mallory)).handle is None
        assert (await resolved(ours, alice)).handle == handle


async def test_who_redirects_to_private_places_is_not_followed(there, writers, tmp_path):
    url = f"{there.host_of(writers[0]).url}/xrpc/{REPO}?did={writers[0]}"
    async with asking(there, tmp_path, rest_after=9) as (client, _):
        for to in ("http://10.0.0.1/", "https://127.0.0.1/", "https://[::1]/", "file:///x", ""):
            there.faults.set(refusals.redirect(to), "pds*")
            with pytest.raises(Forbidden):
                await client.get(url, most_bytes=1_000_000)


async def test_a_host_that_is_down_is_left_alone_and_others_are_not(there, tmp_path):
    down, up = there.pds
    await down.down()
    async with asking(there, tmp_path) as (client, _):
        with pytest.raises((Unreachable, Resting)):
            await client.get(f"{down.url}/xrpc/_health", most_bytes=100)
        with pytest.raises(Resting):
            await client.get(f"{down.url}/xrpc/_health", most_bytes=100)
        assert (await client.get(f"{up.url}/xrpc/_health", most_bytes=100)).status == 200
        there.faults.set(misdeeds.cut(), up.name, times=1)
        assert (await client.get(f"{up.url}/xrpc/_health", most_bytes=100)).status == 200
    assert up.asked == {"_health": 3} and not down.asked


async def test_handles_and_did_web_are_found_where_everybody_asks(world, writers, tmp_path):
    did = next(did for did in writers if did.startswith("did:web:"))
    handle = world.network.accounts[did].handle
    try:
        async with running(world.network, https=tmp_path) as there:
            del there.names.writes[f"_atproto.{handle}"]
            tls = create_default_context(cafile=there.authority)
            async with asking(there, tmp_path, tls=tls) as (_, ours):
                found = await resolved(ours, did)
                assert (found.handle, found.pds) == (handle, there.pds[0].url)
            assert there.pds[0].asked == {"did.json": 1, "atproto-did": 1}
    except OSError as error:
        if error.errno not in (errno.EACCES, errno.EADDRINUSE):
            raise
        pytest.skip("port 443 is not ours to take")
