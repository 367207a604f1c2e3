"""Each fault does what it says, where it was set, as often as it was said, and not beyond."""

import asyncio
from contextlib import suppress

import orjson
import pytest
from aiohttp import ClientError, ClientTimeout

from indexer.protocol.car import read_car
from indexer.protocol.errors import Invalid
from indexer.protocol.key import parse_did_key
from indexer.protocol.proof import read_proof
from indexer.protocol.signature import verify_commit
from load.network import delays, lies, misdeeds, pretences, refusals
from load.network.directory import operation_of
from load.network.named import NAMED, set_named
from tests.polling import until

REPO, PROOF, RECORD = (
    "com.atproto.sync.getRepo",
    "com.atproto.sync.getRecord",
    "com.atproto.repo.getRecord",
)
LONG = {"silent", "slow", "halting", "trickling", "oversize"}


class Asker:
    """Asks for one account, and one record of its."""

    def __init__(self, session, there, did):
        self.session, self.there, self.did = session, there, did
        self.account, self.host = there.network.accounts[did], there.host_of(did)
        self.repo, self.path = self.account.repo, self.account.repo.paths()[0]
        self.key = parse_did_key(
            operation_of(self.account.document)["verificationMethods"]["atproto"]
        )

    async def ask(self, kind, **how):
        collection, rkey = self.path.split("/")
        params = {"repo" if kind == RECORD else "did": self.did}
        params |= {} if kind == REPO else {"collection": collection, "rkey": rkey}
        url = f"{self.host.url}/xrpc/{kind}"
        async with self.session.get(url, params=params, allow_redirects=False, **how) as answer:
            return answer.status, await answer.read(), answer.headers

    async def document(self):
        async with self.session.get(f"{self.there.plc.url}/{self.did}") as answer:
            return orjson.loads(await answer.read())

    def prove(self, car):
        return read_proof(car, self.did, self.key, self.path)


@pytest.fixture
def asker(session, there, writers):
    plc = [did for did in writers if did.startswith("did:plc:")]
    return Asker(session, there, max(plc, key=lambda d: len(there.network.accounts[d].repo)))


async def test_a_fault_strikes_so_often_and_where_it_was_set(asker, there):
    name = asker.host.name
    plan = there.faults.set(refusals.failing(503), name, "*.sync.getRecord", times=2)
    assert [(await asker.ask(PROOF))[0] for _ in range(3)] == [503, 503, 200]
    assert plan.struck == 2
    plan = there.faults.set(refusals.failing(), name, about=f"{asker.did}/*")
    assert [(await asker.ask(kind))[0] for kind in (REPO, PROOF, RECORD)] == [200, 500, 500]
    plan.lift()
    assert (await asker.ask(PROOF))[0] == 200
    there.faults.set(refusals.failing(), "plc")
    assert (await asker.ask(REPO))[0] == 200
    there.faults.lift()
    assert (await asker.document())["id"] == asker.did


async def test_a_fault_strikes_by_chance_and_the_newest_first(asker, there):
    there.faults.set(refusals.failing(500))
    plan = there.faults.set(refusals.failing(503), chance=0.5)
    said = [(await asker.ask(REPO))[0] for _ in range(40)]
    assert {*said} == {500, 503} and said.count(503) == plan.struck


async def test_what_was_asked_and_how_many_at_once_is_counted(asker, there):
    let_go = asyncio.Event()
    there.faults.set(delays.held(let_go), kind=REPO)
    asking = [asyncio.create_task(asker.ask(REPO)) for _ in range(5)]
    await until(lambda: asker.host.busy == 5)
    await asker.ask(PROOF)
    let_go.set()
    await asyncio.gather(*asking)
    assert asker.host.asked == {REPO: 5, PROOF: 1}
    assert asker.host.asked_for[REPO, asker.did] == 5
    assert asker.host.busiest == 6 and asker.host.busy == 0
    asker.host.forget()
    assert not asker.host.asked and asker.host.busiest == 0


async def test_refusals_come_with_their_status_and_headers(asker, there):
    there.faults.set(refusals.too_many(7))
    status, _, headers = await asker.ask(REPO)
    assert (status, headers["Retry-After"]) == (429, "7")
    there.faults.set(refusals.redirect("http://10.0.0.1/x", 307))
    status, _, headers = await asker.ask(REPO)
    assert (status, headers["Location"]) == (307, "http://10.0.0.1/x")
    there.faults.set(refusals.redirect(""))
    assert (await asker.ask(REPO))[2]["Location"] == f"/xrpc/{REPO}?did={asker.did}"
    there.faults.set(refusals.garbage(100))
    status, body, headers = await asker.ask(REPO)
    assert (status, len(body)) == (200, 100) and headers["Content-Type"].endswith("car")


async def test_what_is_late_is_whole_nevertheless(asker, there):
    for fault in (delays.slow(0.04), misdeeds.halting(0.02, pieces=3)):
        there.faults.set(fault)
        started = asyncio.get_running_loop().time()
        assert (await asker.ask(REPO))[1] == asker.repo.car()
        assert asyncio.get_running_loop().time() - started >= 0.04


@pytest.mark.parametrize("fault", [misdeeds.cut(), misdeeds.cut(0), misdeeds.hang_up()])
async def test_what_breaks_off_is_no_answer(asker, there, fault):
    there.faults.set(fault)
    with pytest.raises(ClientError):
        await asker.ask(REPO)


@pytest.mark.parametrize("fault", [misdeeds.trickling(0.01), delays.silent()])
async def test_what_never_ends_ends_when_the_other_side_leaves(asker, there, fault):
    there.faults.set(fault)
    with pytest.raises(TimeoutError):
        await asker.ask(REPO, timeout=ClientTimeout(0.1))
    await until(lambda: asker.host.busy == 0)


async def test_an_answer_can_be_larger_than_it_ought_to_be(asker, there):
    there.faults.set(misdeeds.oversize(1_000_000))
    _, body, headers = await asker.ask(REPO)
    assert len(body) > 1_000_000 and "Content-Length" not in headers


@pytest.mark.parametrize(
    ("lie", "reason"),
    [
        (lies.flipped(), "wrong_hash"),
        (lies.lacking(), "missing_block"),
        (lies.forged(), "bad_signature"),
        (lies.of_another(), "bad_commit"),
        (lies.of_another_record(), "wrong_hash"),
    ],
)
async def test_a_lie_about_a_record_is_found_by_its_proof(asker, there, lie, reason):
    assert asker.prove((await asker.ask(PROOF))[1]).cid
    there.faults.set(lie)
    status, body, _ = await asker.ask(PROOF)
    assert status == 200
    with pytest.raises(Invalid) as refused:
        asker.prove(body)
    assert refused.value.reason == reason


async def test_a_lie_about_the_past_is_true_of_the_past(asker, there):
    there.faults.set(lies.stale(2))
    body = (await asker.ask(REPO))[1]
    assert body == asker.repo.car(2) != asker.repo.car()
    head = asker.prove((await asker.ask(PROOF))[1]).head
    assert head.rev == asker.repo.commit(2).rev < asker.repo.commit().rev


async def test_a_forged_repo_is_whole_but_for_its_signature(asker, there):
    there.faults.set(lies.forged())
    roots, blocks = read_car((await asker.ask(REPO))[1])
    assert not verify_commit(blocks[roots[0]], asker.key)
    assert set(read_car(asker.repo.car())[1]) - set(blocks) == {asker.repo.commit().cid}


async def test_json_can_be_that_of_another_record_or_account(asker, there):
    true = orjson.loads((await asker.ask(RECORD))[1])
    there.faults.set(lies.of_another_record())
    mixed = orjson.loads((await asker.ask(RECORD))[1])
    assert mixed["cid"] == true["cid"] and mixed["value"] != true["value"]


async def test_documents_can_name_other_peoples_handles_and_any_host(asker, there):
    there.faults.set(pretences.claiming("somebody.test"), "plc", "did", about=asker.did, times=1)
    assert (await asker.document())["alsoKnownAs"] == ["at://somebody.test"]
    there.faults.set(pretences.living_at("http://169.254.169.254"), "plc", "did")
    document = await asker.document()
    assert document["service"][0]["serviceEndpoint"] == "http://169.254.169.254"
    assert document["alsoKnownAs"] == asker.account.document["alsoKnownAs"]
    assert asker.account.pds == asker.host.url


@pytest.mark.parametrize("name", sorted({*NAMED} - LONG))
async def test_every_fault_that_has_a_name_can_strike_anything(asker, there, session, name):
    plan = set_named(there.faults, f"*:*:{name}")
    paths = ("did:plc:none", "export", "xrpc/com.atproto.sync.listRepos", f"xrpc/{REPO}", "x")
    for host in (there.plc, asker.host):
        for path in (*paths, asker.did, f"xrpc/{PROOF}?did={asker.did}"):
            with suppress(ClientError):
                async with session.get(f"{host.url}/{path}", allow_redirects=False) as answer:
                    assert answer.status != 500 or name == "500"
                    await answer.read()
    assert plan.struck >= 14, "a client asks again when he is hung up on"
