"""What the hosts of a network say when all is well."""

from datetime import timedelta
from typing import Any

import orjson
from aiohttp import ClientConnectionError, ClientSession

from indexer.protocol.car import read_car
from indexer.protocol.dagjson import block_of_json
from indexer.protocol.identity import read_document
from indexer.protocol.plc import read_line
from load.network import Running, World, environment, running
from load.network.host import Host
from load.network.names import TXT

SYNC, REPO = "com.atproto.sync.", "com.atproto.repo."


async def xrpc(session: ClientSession, host: Host, method: str, **params: Any) -> tuple[int, Any]:
    async with session.get(f"{host.url}/xrpc/{method}", params=params) as answer:
        body = await answer.read()
        is_json = answer.content_type == "application/json"
        return answer.status, orjson.loads(body) if is_json else body


async def text(session: ClientSession, url: str, name: str = "") -> tuple[int, bytes]:
    async with session.get(url, headers={"Host": name} if name else {}) as answer:
        return answer.status, await answer.read()


async def test_documents_name_the_host_that_has_the_account(there, session, world):
    for did, account in world.network.accounts.items():
        if did.startswith("did:plc:"):
            status, body = await text(session, f"{there.plc.url}/{did}")
        else:
            name = did.removeprefix("did:web:")
            url = f"{there.host_of(did).url}/.well-known/did.json"
            status, body = await text(session, url, name)
        document = read_document(orjson.loads(body), did)
        assert status == 200 and document.handle == account.handle
        assert document.pds == there.host_of(did).url
    homes = [there.host_of(did) for did in world.network.accounts]
    assert {homes.count(host) for host in there.pds} == {18}


async def test_the_directory_knows_who_is_unknown_and_who_is_no_more(there, session, writers):
    did = next(did for did in writers if did.startswith("did:plc:"))
    there.network.bury(did)
    assert (await text(session, f"{there.plc.url}/{did}"))[0] == 410
    assert (await text(session, f"{there.plc.url}/did:plc:{'2' * 24}"))[0] == 404


async def test_the_log_is_read_page_by_page(there, session):
    changes, after = [], ""
    while True:
        url = f"{there.plc.url}/export?count=10" + (f"&after={after}" if after else "")
        lines = (await text(session, url))[1].splitlines()
        changes += [read_line(line) for line in lines]
        if len(lines) < 10:
            break
        after = (changes[-1].created_at).isoformat().replace("+00:00", "Z")
    plc = [did for did in there.network.accounts if did.startswith("did:plc:")]
    assert [change.did for change in changes] == plc
    assert all(c.document.pds == there.host_of(c.did).url for c in changes)
    assert changes[1].created_at - changes[0].created_at == timedelta(milliseconds=1)


async def test_whole_repos_are_had_where_they_live(there, session, writers):
    for did in writers:
        status, car = await xrpc(session, there.host_of(did), SYNC + "getRepo", did=did)
        assert status == 200 and read_car(car)[0] == [there.network.accounts[did].repo.commit().cid]
        other = next(host for host in there.pds if host is not there.host_of(did))
        said = await xrpc(session, other, SYNC + "getRepo", did=did)
        assert said[0] == 400 and said[1]["error"] == "RepoNotFound"


async def test_records_are_had_with_their_proof_and_as_json(there, session, writers):
    for did in writers[:5]:
        repo, host = there.network.accounts[did].repo, there.host_of(did)
        for path in repo.paths():
            collection, rkey = path.split("/")
            what = {"collection": collection, "rkey": rkey}
            status, car = await xrpc(session, host, SYNC + "getRecord", did=did, **what)
            assert (status, car) == (200, repo.proof(path))
            status, said = await xrpc(session, host, REPO + "getRecord", repo=did, **what)
            assert status == 200 and said["uri"] == f"at://{did}/{path}"
            assert block_of_json(said["value"], said["cid"]) == repo.record(path).block
            assert there.host_of(did).asked_for[SYNC + "getRecord", f"{did}/{path}"] == 1


async def test_a_record_that_is_not_there_is_not_found_and_shown_not_to_be(there, session, writers):
    did, what = writers[0], {"collection": "app.bsky.feed.post", "rkey": "none"}
    host = there.host_of(did)
    status, said = await xrpc(session, host, REPO + "getRecord", repo=did, **what)
    assert (status, said["error"]) == (400, "RecordNotFound")
    assert (await xrpc(session, host, SYNC + "getRecord", did=did, **what))[0] == 200


async def test_accounts_that_are_away_say_so(there, session, world):
    away = [a for a in world.network.accounts.values() if a.status and len(a.repo)]
    assert {account.status for account in away} == {"deleted", "deactivated"}
    for account in away:
        host = there.host_of(account.did)
        _, said = await xrpc(session, host, SYNC + "getRepoStatus", did=account.did)
        assert said == {"did": account.did, "active": False, "status": account.status}
        status, said = await xrpc(session, host, SYNC + "getRepo", did=account.did)
        assert status == 400 and said["error"] in ("RepoNotFound", "RepoDeactivated")


async def test_repos_are_listed_page_by_page(there, session, writers):
    for host in there.pds:
        found, cursor = [], {}
        while True:
            _, said = await xrpc(session, host, SYNC + "listRepos", limit=5, **cursor)
            found += [repo["did"] for repo in said["repos"] if repo["active"]]
            if "cursor" not in said:
                break
            cursor = {"cursor": said["cursor"]}
        assert found == [did for did in writers if there.host_of(did) is host]
        assert host.asked[SYNC + "listRepos"] == 4


async def test_handles_resolve_by_dns_by_name_and_by_method(there, session, writers):
    for did in writers:
        handle, host = there.network.accounts[did].handle, there.host_of(did)
        found = await there.dns.query_dns(f"_atproto.{handle}", "TXT")
        assert [record.data.data for record in found.answer] == [f"did={did}".encode()]
        status, body = await text(session, f"{host.url}/.well-known/atproto-did", handle)
        assert (status, body) == (200, did.encode())
        method = "com.atproto.identity.resolveHandle"
        assert await xrpc(session, host, method, handle=handle) == (200, {"did": did})
    assert there.names.asked.count((f"_atproto.{handle}", TXT)) == 1


async def test_a_host_that_was_down_comes_back_where_it_was(there, session, writers):
    host = there.host_of(writers[0])
    place = host.place
    await host.down()
    try:
        await xrpc(session, host, "_health")
        raise AssertionError("it answered")
    except ClientConnectionError:
        pass
    await host.up()
    assert host.place == place
    assert await xrpc(session, host, "_health") == (200, {"version": "local"})


async def test_a_recorded_network_answers_too(devnet: World, session: ClientSession) -> None:
    async with running(devnet.network, pds=3) as there:
        for did in list(devnet.network.accounts)[:9]:
            document = read_document(
                orjson.loads((await text(session, f"{there.plc.url}/{did}"))[1]), did
            )
            assert document.pds == there.host_of(did).url
            status, _ = await xrpc(session, there.host_of(did), SYNC + "getRepo", did=did)
            assert status == 200
        lines = (await text(session, f"{there.plc.url}/export?count=1000"))[1].splitlines()
        last = {change.did: change for line in lines if (change := read_line(line))}
        assert all(c.document and c.document.pds == there.host_of(d).url for d, c in last.items())


def test_hosts_are_listed_for_whoever_may_ask_them(there: Running) -> None:
    assert there.private_hosts == [host.place for host in there.hosts.values()]
    said = environment(there)
    assert said["PLC_URL"] == there.plc.url and said["RELAY_URL"] == there.relay_url
    assert said["ALLOW_PRIVATE_HOSTS"].split(",") == there.private_hosts
