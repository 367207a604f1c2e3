"""Who somebody is: what is asked, what is remembered, what is stored."""

import asyncio

import pytest

from indexer.coordinator.http import Resting, Unreachable, Unreadable
from indexer.coordinator.resolver import Gone, Identity, Unknown
from indexer.database import load_query
from tests.coordinator.people import ALICE, BOB, KEY, PLC, document, living_people
from tests.coordinator.strangers import answer

WEB = "did:web:web.test"


async def test_a_did_is_resolved_with_its_handle_stored_and_shown(people):
    people.publish(ALICE, "Alice.test")
    people.name("alice.test", ALICE)
    await people.exist(ALICE)
    found = await people.resolve(ALICE)
    assert found == Identity(ALICE, "alice.test", "https://pds.test", KEY, None, None)
    assert await people.shown(ALICE) == "alice.test"
    row = await people.pool.fetchrow("SELECT * FROM identities")
    assert (row["handle"], row["claimed"], row["signing_key"]) == ("alice.test", "alice.test", KEY)
    assert row["handle_checked_at"] >= row["resolved_at"]


async def test_a_did_of_the_web_is_asked_of_its_host(people):
    people.web.pages["web.test/.well-known/did.json"] = document(WEB, "web.test")
    people.web.pages["web.test/.well-known/atproto-did"] = answer(body=WEB.encode())
    assert (await people.resolve(WEB)).handle == "web.test"


async def test_labelers_have_an_endpoint_and_a_key(people):
    page = document(ALICE)
    page["verificationMethod"].append(page["verificationMethod"][0] | {"id": "#atproto_label"})
    service = {"id": "#atproto_labeler", "type": "AtprotoLabeler"}
    page["service"].append(service | {"serviceEndpoint": "https://mod.test"})
    people.web.pages[f"{PLC}/{ALICE}"] = page
    found = await people.resolve(ALICE)
    people.restart()
    assert await people.resolve(ALICE) == found
    assert (found.labeler, found.label_key) == ("https://mod.test", KEY)


async def test_a_tombstone_says_that_the_account_is_gone(people):
    people.web.pages[f"{PLC}/{ALICE}"] = answer(410)
    await people.exist(ALICE)
    assert await people.resolve(ALICE) == Gone(ALICE)
    people.restart()
    assert await people.resolve(ALICE) == Gone(ALICE)
    assert people.asked(ALICE) == 1


@pytest.mark.parametrize(
    ("page", "why"),
    [
        (answer(404), "no document"),
        (document(BOB), "wrong_did"),
        (answer(body=b'{"pad": "' + b"x" * 70_000 + b'"}'), "bytes"),
        (answer(body=b"<html>"), "bad_document"),
        (answer(body=b"[" * 60_000), "bad_document"),
        (document(ALICE, verificationMethod="x"), "bad_document"),
        (document(ALICE, service=[{}] * 300), "too_big"),
    ],
)
async def test_a_document_that_cannot_be_used_is_none(people, page, why):
    people.web.pages[f"{PLC}/{ALICE}"] = page
    found = await people.resolve(ALICE)
    assert isinstance(found, Unknown) and why in found.why
    assert await people.pool.fetchval("SELECT count(*) FROM identities") == 0


@pytest.mark.parametrize(
    "did",
    [
        "did:web:web.test:users:alice",
        "did:web:web.test%3A8080",
        "did:web:127.0.0.1",
        "did:web:metadata.internal",
        "did:web:other.test",  # which nobody listed
        "did:key:" + KEY.removeprefix("did:key:"),
        "did:plc:short",
    ],
)
async def test_what_may_not_be_asked_is_unknown_and_not_asked(people, did):
    assert isinstance(await people.resolve(did), Unknown)
    assert people.web.heard == []


async def test_without_the_flag_of_development_no_name_in_test_counts(people):
    people.web.pages["web.test/.well-known/did.json"] = document(WEB)
    people.publish(ALICE, "alice.test")
    people.name("alice.test", ALICE)
    people.restart(development=False)
    assert isinstance(await people.resolve(WEB), Unknown)
    assert (await people.resolve(ALICE)).handle is None


async def test_a_negative_answer_is_remembered_for_a_while_only(people):
    for _ in range(3):
        assert isinstance(await people.resolve(ALICE), Unknown)
    assert people.asked(ALICE) == 1
    people.restart(negative_s=1e-6)
    people.publish(ALICE)
    await people.resolve(BOB)
    assert isinstance(await people.resolve(ALICE), Identity)
    await people.resolve(BOB)
    assert people.asked(BOB) == 2


async def test_an_account_whose_document_is_gone_loses_its_handle_and_is_asked_for_again(people):
    people.publish(ALICE, "alice.test")
    people.name("alice.test", ALICE)
    await people.exist(ALICE)
    await people.resolve(ALICE)
    people.web.pages[f"{PLC}/{ALICE}"] = answer(404)
    assert isinstance(await people.resolve(ALICE, await people.now()), Unknown)
    assert await people.shown(ALICE) == "handle.invalid"
    people.publish(ALICE, "alice.test")
    people.restart()
    assert (await people.resolve(ALICE)).handle == await people.shown(ALICE) == "alice.test"


async def test_what_cannot_be_known_now_is_no_answer_and_changes_nothing(people):
    people.publish(ALICE, "alice.test")
    people.name("alice.test", ALICE)
    await people.resolve(ALICE)
    before = await people.pool.fetch("SELECT * FROM identities")
    now = await people.now()
    for page, error in ((answer(500), Unreachable), (answer(403), Unreadable), (None, Unreachable)):
        people.web.pages[f"{PLC}/{ALICE}"] = page
        with pytest.raises(error):
            await people.resolve(ALICE, now)
    assert await people.pool.fetch("SELECT * FROM identities") == before


async def test_a_directory_that_says_when_to_come_again_is_left_alone_until_then(people):
    people.publish(BOB)
    people.web.pages[f"{PLC}/{ALICE}"] = answer(429, Retry_After=3600)
    with pytest.raises(Unreachable):
        await people.resolve(ALICE)
    for did in (ALICE, BOB):
        with pytest.raises(Resting):
            await people.resolve(did)
    assert people.asked(ALICE) + people.asked(BOB) == 1


async def test_a_restart_asks_nobody(people):
    people.publish(ALICE, "alice.test")
    people.name("alice.test", ALICE)
    found = await people.resolve(ALICE)
    asked = list(people.names.asked)
    people.restart()
    assert await people.resolve(ALICE) == found
    assert people.asked(ALICE) == 1 and people.names.asked == asked


async def test_what_is_a_day_old_is_asked_again(people):
    people.publish(ALICE)
    await people.resolve(ALICE)
    await people.age(ALICE, hours=23)
    await people.resolve(ALICE)
    assert people.asked(ALICE) == 1
    await people.age(ALICE, hours=2)
    await people.resolve(ALICE)
    assert people.asked(ALICE) == 2


async def test_an_identity_event_drops_what_was_known_before_it(people):
    people.publish(ALICE, pds="https://old.test")
    await people.resolve(ALICE)
    people.publish(ALICE, pds="https://new.test")
    moved_at = await people.now()
    assert (await people.resolve(ALICE)).pds == "https://old.test"
    assert (await people.resolve(ALICE, moved_at)).pds == "https://new.test"
    assert (await people.resolve(ALICE, moved_at)).pds == "https://new.test"
    people.restart()
    await people.resolve(ALICE, moved_at)
    assert people.asked(ALICE) == 2


async def test_a_look_up_that_began_before_the_event_is_not_good_enough(people):
    slow = [0.2, answer(404)]
    people.web.pages[f"{PLC}/{ALICE}"] = slow
    early = asyncio.create_task(people.resolve(ALICE))
    while not people.asked(ALICE):
        await asyncio.sleep(0.01)
    people.publish(ALICE)
    now = await people.now()
    late = [people.resolve(ALICE, now) for _ in range(10)]
    assert {type(found) for found in await asyncio.gather(*late)} == {Identity}
    assert isinstance(await early, Unknown)
    assert people.asked(ALICE) == 2


async def test_a_hundred_look_ups_at_once_are_one(people):
    people.publish(ALICE, "alice.test")
    people.name("alice.test", ALICE)
    found = await asyncio.gather(*(people.resolve(ALICE) for _ in range(100)))
    assert len(set(found)) == 1
    assert people.asked(ALICE) == 1 and len(people.names.asked) == 3  # TXT, then A and AAAA of PLC


async def test_who_gives_up_waiting_does_not_take_the_others_along(people):
    people.web.pages[f"{PLC}/{ALICE}"] = [0.1, answer(404)]
    waiting = [asyncio.create_task(people.resolve(ALICE)) for _ in range(3)]
    while not people.asked(ALICE):
        await asyncio.sleep(0.01)
    waiting[0].cancel()
    assert await waiting[1] == await waiting[2]
    assert waiting[0].cancelled() and people.asked(ALICE) == 1


async def test_all_who_wait_hear_that_there_is_no_answer(people):
    people.web.pages[f"{PLC}/{ALICE}"] = answer(500)
    waiting = (people.resolve(ALICE) for _ in range(3))
    answers = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(error) for error in answers] == [Unreachable] * 3
    assert people.asked(ALICE) == 1


async def test_memory_is_bounded(database_url):
    async with living_people(database_url, cache_entries=2) as people:
        dids = [f"did:plc:{letter * 24}" for letter in "abc"]
        for did in (*dids, *reversed(dids)):
            await people.resolve(did)
        assert [people.asked(did) for did in dids] == [2, 1, 1]


async def test_an_account_that_opted_out_is_neither_asked_for_nor_stored(people):
    people.publish(ALICE, "alice.test")
    await people.pool.execute(load_query("forbid_collection"), ALICE)
    assert isinstance(await people.resolve(ALICE), Unknown)
    assert people.web.heard == people.names.asked == []
    assert await people.pool.fetchval("SELECT count(*) FROM identities") == 0


async def test_who_opts_out_while_asked_for_is_not_stored(people):
    people.web.pages[f"{PLC}/{ALICE}"] = [0.1, answer(410)]
    asking = asyncio.create_task(people.resolve(ALICE))
    while not people.asked(ALICE):
        await asyncio.sleep(0.01)
    await people.pool.execute(load_query("forbid_collection"), ALICE)
    await asking
    assert await people.pool.fetchval("SELECT count(*) FROM identities") == 0


async def test_a_user_made_later_shows_the_handle_at_once(people):
    people.publish(ALICE, "alice.test")
    people.name("alice.test", ALICE)
    await people.resolve(ALICE)
    await people.pool.fetch(load_query("create_users"), [ALICE, BOB])
    assert (await people.shown(ALICE), await people.shown(BOB)) == ("alice.test", "handle.invalid")


async def test_a_user_made_while_the_handle_was_verified_shows_it_when_next_resolved(people):
    people.publish(ALICE, "alice.test")
    people.name("alice.test", ALICE)
    await people.resolve(ALICE)
    await people.exist(ALICE)
    await people.resolve(ALICE)
    assert await people.shown(ALICE) == "alice.test"
    assert people.asked(ALICE) == 1


async def test_the_database_being_away_is_not_taken_for_an_answer(people):
    people.publish(ALICE)
    await people.pool.execute("ALTER TABLE identities RENAME TO away")
    with pytest.raises(Exception, match="identities"):
        await people.resolve(ALICE)
    await people.pool.execute("ALTER TABLE away RENAME TO identities")
    assert isinstance(await people.resolve(ALICE), Identity)
