"""Handles: verified in both directions, one account's each, and what cannot be checked now."""

import asyncio

import pytest

from tests.coordinator.people import ALICE, BOB, PLC
from tests.coordinator.strangers import answer

SERVFAIL, REFUSED = 2, 5
TXT, WELL_KNOWN = "_atproto.alice.test", "alice.test/.well-known/atproto-did"


async def test_a_handle_that_is_only_claimed_is_none_or_anybody_could_be_anybody(people):
    people.publish(BOB, "alice.test")
    people.name("alice.test", ALICE)
    await people.exist(BOB)
    assert (await people.resolve(BOB)).handle is None
    assert await people.shown(BOB) == "handle.invalid"
    row = await people.pool.fetchrow("SELECT handle, claimed FROM identities")
    assert tuple(row) == (None, "alice.test")


async def test_a_handle_that_names_us_unclaimed_is_none(people):
    people.publish(ALICE)
    people.name("alice.test", ALICE)
    assert (await people.resolve(ALICE)).handle is None


@pytest.mark.parametrize(
    ("texts", "handle"),
    [
        ([f"did={ALICE}"], "alice.test"),
        ([f"did:{ALICE}"], None),
        ([ALICE], None),
        (["v=spf1 -all", f"did={ALICE}"], "alice.test"),
        ([[f"did={ALICE[:20]}", ALICE[20:]]], "alice.test"),
        ([f"did={ALICE}", f"did={ALICE}"], "alice.test"),
        ([f"did={BOB}"], None),
    ],
)
async def test_a_record_of_the_dns_says_did_equals(people, texts, handle):
    people.publish(ALICE, "alice.test")
    people.names.writes[TXT] = [texts]
    assert (await people.resolve(ALICE)).handle == handle


async def test_several_different_records_name_nobody_whatever_the_host_says(people):
    people.publish(ALICE, "alice.test")
    people.name("alice.test", ALICE, BOB)
    people.web.pages[WELL_KNOWN] = answer(body=ALICE.encode())
    assert (await people.resolve(ALICE)).handle is None
    assert WELL_KNOWN not in people.web.heard


@pytest.mark.parametrize("texts", [None, [], ["v=spf1"]], ids=["no name", "no record", "others"])
async def test_where_the_dns_has_no_word_the_host_of_that_name_is_asked(people, texts):
    people.publish(ALICE, "alice.test")
    if texts is not None:
        people.names.writes[TXT] = [texts]
    people.web.pages[WELL_KNOWN] = answer(body=ALICE.encode() + b"\n")
    assert (await people.resolve(ALICE)).handle == "alice.test"


async def test_the_dns_goes_before_the_host(people):
    people.publish(ALICE, "alice.test")
    people.name("alice.test", BOB)
    people.web.pages[WELL_KNOWN] = answer(body=ALICE.encode())
    assert (await people.resolve(ALICE)).handle is None


@pytest.mark.parametrize(
    "page",
    [
        answer(404),
        answer(404, body=ALICE.encode()),
        answer(body=b"<html>"),
        answer(body=BOB.encode()),
        answer(body=ALICE.encode() + b" " * 9000),
        answer(302, Location="http://127.0.0.1/"),
    ],
)
async def test_a_host_that_does_not_name_us_takes_the_handle(people, page):
    people.publish(ALICE, "alice.test")
    people.web.pages[WELL_KNOWN] = answer(body=ALICE.encode())
    await people.exist(ALICE)
    await people.resolve(ALICE)
    people.web.pages[WELL_KNOWN] = page
    assert (await people.resolve(ALICE, await people.now())).handle is None
    assert await people.shown(ALICE) == "handle.invalid"


async def test_a_domain_that_is_no_more_takes_the_handle(people):
    people.publish(ALICE, "alice.test")
    people.name("alice.test", ALICE)
    await people.resolve(ALICE)
    people.names.writes.clear()
    del people.names.says["alice.test"]
    assert (await people.resolve(ALICE, await people.now())).handle is None


FAILURES = {
    "the DNS fails": ([SERVFAIL], answer(404)),
    "the DNS refuses": ([REFUSED], answer(404)),
    "the host fails": ([[]], answer(503)),
    "the host hangs up": ([[]], None),
}
ForFailures = pytest.mark.parametrize(("texts", "page"), FAILURES.values(), ids=FAILURES)


@ForFailures
async def test_a_handle_that_cannot_be_checked_now_stays_verified(people, texts, page):
    people.publish(ALICE, "alice.test")
    people.name("alice.test", ALICE)
    await people.exist(ALICE)
    await people.resolve(ALICE)
    people.names.writes[TXT], people.web.pages[WELL_KNOWN] = texts, page
    people.publish(ALICE, "alice.test", pds="https://new.test")
    found = await people.resolve(ALICE, await people.now())
    assert (found.handle, found.pds) == ("alice.test", "https://new.test")
    assert await people.shown(ALICE) == "alice.test"


@ForFailures
async def test_a_handle_never_verified_does_not_become_so_by_a_failure(people, texts, page):
    people.publish(ALICE, "alice.test")
    people.names.writes[TXT], people.web.pages[WELL_KNOWN] = texts, page
    await people.exist(ALICE)
    assert (await people.resolve(ALICE)).handle is None
    row = await people.pool.fetchrow("SELECT *, renew_at - resolved_at AS wait FROM identities")
    assert row["handle_checked_at"] is None and row["wait"].total_seconds() == 3600


async def test_another_handle_than_was_verified_has_to_be_verified(people):
    people.publish(ALICE, "alice.test")
    people.name("alice.test", ALICE)
    await people.resolve(ALICE)
    people.publish(ALICE, "bob.test")
    people.names.writes["_atproto.bob.test"] = [SERVFAIL]
    people.web.pages["bob.test/.well-known/atproto-did"] = answer(500)
    assert (await people.resolve(ALICE, await people.now())).handle is None


async def test_a_handle_that_could_not_be_checked_is_checked_again_without_the_directory(people):
    people.publish(ALICE, "alice.test")
    people.names.writes[TXT] = [SERVFAIL, [f"did={ALICE}"]]
    people.web.pages[WELL_KNOWN] = answer(500)
    await people.exist(ALICE)
    assert (await people.resolve(ALICE)).handle is None
    people.restart()
    assert (await people.resolve(ALICE)).handle == "alice.test"
    assert await people.shown(ALICE) == "alice.test"
    assert people.asked(ALICE) == 1


async def test_while_the_dns_fails_who_is_named_by_the_host_is_named(people):
    people.publish(ALICE, "alice.test")
    people.names.writes[TXT] = [SERVFAIL]
    people.web.pages[WELL_KNOWN] = answer(body=ALICE.encode())
    assert (await people.resolve(ALICE)).handle == "alice.test"


async def test_a_handle_moves_to_another_account(people):
    people.publish(ALICE, "alice.test")
    people.name("alice.test", ALICE)
    await people.exist(ALICE, BOB)
    await people.resolve(ALICE)
    people.publish(BOB, "alice.test")
    people.name("alice.test", BOB)
    assert (await people.resolve(BOB)).handle == "alice.test"
    assert (await people.shown(BOB), await people.shown(ALICE)) == ("alice.test", "handle.invalid")
    prodded = await people.pool.fetch("SELECT subject, kind, due <= now() AS due FROM pending")
    assert [tuple(row) for row in prodded] == [(ALICE, "user", True)]
    assert (await people.resolve(ALICE)).handle is None


async def test_who_lost_a_handle_is_checked_again_and_may_have_it_back(people):
    for did in (ALICE, BOB):
        people.publish(did, "alice.test")
        people.name("alice.test", did)
        await people.resolve(did)
    people.name("alice.test", ALICE)
    assert (await people.resolve(ALICE)).handle == "alice.test"
    assert people.asked(ALICE) == 1


async def test_of_two_who_claim_one_handle_it_has_whom_it_names(people):
    for did in (ALICE, BOB):
        people.publish(did, "alice.test")
    people.name("alice.test", BOB)
    await people.exist(ALICE, BOB)
    found = await asyncio.gather(*(people.resolve(did) for did in (ALICE, BOB)))
    assert [identity.handle for identity in found] == [None, "alice.test"]
    assert (await people.shown(ALICE), await people.shown(BOB)) == ("handle.invalid", "alice.test")


async def test_a_handle_shown_by_an_account_of_whom_nothing_is_known_is_taken_too(people):
    await people.exist(BOB)
    await people.pool.execute("UPDATE users SET handle = 'alice.test'")
    people.publish(ALICE, "alice.test")
    people.name("alice.test", ALICE)
    await people.resolve(ALICE)
    assert await people.shown(BOB) == "handle.invalid"


async def test_many_who_take_handles_from_one_another_at_once_do_not_deadlock(people):
    """Each handle goes round: whoever asks next is named."""
    dids = [f"did:plc:{letter * 24}" for letter in "abcdefgh"]
    await people.exist(*dids)
    handles = ["alice.test", "bob.test"]
    for handle in handles:
        names = [[f"did={did}"] for did in dids]
        people.names.writes[f"_atproto.{handle}"] = names * 20
    for turn in range(4):
        for n, did in enumerate(dids):
            people.publish(did, handles[(n + turn) % 2])
        now = await people.now()
        await asyncio.gather(*(people.resolve(did, now) for did in dids))
    shown = await people.pool.fetch(
        "SELECT u.did, u.handle, coalesce(i.handle, 'handle.invalid') FROM users u"
        " JOIN identities i USING (did)"
    )
    assert await people.deadlocks() == 0
    assert all(handle == stored for _, handle, stored in shown)
    held = [handle for _, handle, _ in shown if handle != "handle.invalid"]
    assert len(held) == len(set(held))
    assert people.asked(dids[0]) == 4 and f"{PLC}/{dids[0]}" in people.web.heard
