"""What moderators say becomes labels, signed, each later than what was said before."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from indexer.labels import (
    Author,
    Unable,
    Wish,
    active,
    apply,
    define,
    definitions,
    negate,
    put,
    query,
    read_wish,
    redefine,
    remove,
    resign,
)
from indexer.protocol.label import fields_of, key_of, read_label, signed_by
from tests.labels.conftest import ALICE, AUTHOR, OURS, POST, STRANGER, THEIRS, log, said

SPAM = Wish(POST, "spam")


async def held(pool):
    return [(label.src, label.val) for label in (await active(pool, [POST]))[POST]]


async def test_a_label_is_stored_signed_and_verifies_as_it_is_stored(pool):
    ((label, changed),) = await apply(pool, AUTHOR, [SPAM])
    assert changed
    (found,) = await query(pool)
    stored = read_label({**found.fields, "sig": found.sig})
    assert stored == label
    assert signed_by(stored, AUTHOR.signer.public)
    assert found.fields.keys() == {"ver", "src", "uri", "val", "cts"}


async def test_without_a_key_labels_are_not_signed(pool):
    ((label, _),) = await apply(pool, Author(OURS, None), [SPAM])
    assert label.sig is None


async def test_what_holds_already_is_not_said_again(pool):
    await apply(pool, AUTHOR, [SPAM])
    assert [said.changed for said in await apply(pool, AUTHOR, [SPAM])] == [False]
    assert await log(pool) == [(OURS, "created")]


async def test_a_label_is_taken_back_and_said_again(pool):
    await apply(pool, AUTHOR, [SPAM])
    (negation,) = await negate(pool, AUTHOR, [SPAM])
    assert negation.neg and signed_by(negation, AUTHOR.signer.public)
    assert await held(pool) == []
    assert await negate(pool, AUTHOR, [SPAM]) == [], "there is nothing to take back"
    await apply(pool, AUTHOR, [SPAM])
    assert await held(pool) == [(OURS, "spam")]


async def test_nobody_takes_back_what_another_labeler_said(pool):
    await put(pool, [said("spam")])
    assert await negate(pool, AUTHOR, [SPAM]) == []
    assert await remove(pool, AUTHOR, [SPAM]) == 0
    assert await held(pool) == [(THEIRS, "spam")]


async def test_what_is_said_within_one_millisecond_has_times_that_rise(pool):
    times = []
    for _ in range(10):
        times += [said.label.cts for said in await apply(pool, AUTHOR, [SPAM])]
        times += [label.cts for label in await negate(pool, AUTHOR, [SPAM])]
        await remove(pool, AUTHOR, [SPAM])
    assert len(times) == 20
    assert times == sorted(set(times))


async def test_many_moderators_at_once_make_one_history(pool):
    async def one(n):
        await (apply if n % 2 else negate)(pool, AUTHOR, [SPAM, Wish(POST, f"by-{n}")])

    await asyncio.gather(*(one(n) for n in range(20)))
    rows = await pool.fetch(
        "SELECT block FROM label_events WHERE label_uri = $1 ORDER BY id",
        key_of(OURS, POST, "spam"),
    )
    times = [fields_of(row["block"])["cts"] for row in rows]
    assert times == sorted(set(times))


async def test_what_is_removed_is_taken_back_first(pool):
    await apply(pool, AUTHOR, [SPAM])
    assert await remove(pool, AUTHOR, [SPAM]) == 1
    assert await query(pool) == []
    assert await log(pool) == [(OURS, "created"), (OURS, "deleted")]
    (block,) = await pool.fetch("SELECT block FROM label_events WHERE action = 'deleted'")
    assert fields_of(block[0])["neg"] is True


async def test_a_label_may_end_by_itself_and_may_be_of_one_version(pool):
    soon = datetime.now(UTC) + timedelta(hours=1)
    wish = Wish(POST, "spam", "bafyreigh2akiscaildc", soon)
    await apply(pool, AUTHOR, [wish])
    assert [said.changed for said in await apply(pool, AUTHOR, [wish])] == [False]
    (found,) = await query(pool)
    assert found.cid == wish.cid
    assert abs(found.exp - soon) < timedelta(milliseconds=1)


@pytest.mark.parametrize(
    ("wish", "why"),
    [
        (Wish(POST, "a" * 129), "longer than 128 bytes"),
        (Wish(POST, "Not Kebab"), "small letters"),
        (Wish(POST, ""), "small letters"),
        (Wish("https://a.test", "spam"), "neither a DID nor an at:// URI"),
        (Wish("at://did:plc:alice/nope", "spam"), "no URI of a record"),
        (Wish(POST, "spam", "no cid"), "cid"),
        (Wish(POST, "spam", None, datetime(2020, 1, 1, tzinfo=UTC)), "2020-01-01 00:00:00 is past"),
    ],
)
async def test_what_cannot_be_said_is_refused_with_the_reason_and_nothing_of_it_is(pool, wish, why):
    with pytest.raises(Unable, match=why):
        await apply(pool, AUTHOR, [SPAM, wish])
    assert await query(pool) == []


def test_a_wish_is_read_of_json():
    assert read_wish({"uri": ALICE, "val": "spam"}) == Wish(ALICE, "spam")
    assert read_wish({"uri": ALICE, "val": "a", "exp": "2030-01-01T00:00:00Z"}).exp.year == 2030
    for value in ([], {"uri": 1, "val": "a"}, {"uri": ALICE}, {"uri": "a", "val": "a", "exp": "x"}):
        with pytest.raises(Unable):
            read_wish(value)


async def test_labels_are_found_by_source_subject_value_and_prefix_page_by_page(pool):
    subjects = [ALICE, POST, f"{POST}1"]
    await apply(pool, AUTHOR, [Wish(uri, val) for uri in subjects for val in ("a", "b", "c")])
    await put(pool, [said("a")])

    async def found(**wanted):
        return [(row.subject, row.val, row.src) for row in await query(pool, **wanted)]

    everything = await found()
    assert len(everything) == 10 and everything == sorted(everything)
    assert await found(subjects=[POST], values=["a"]) == [(POST, "a", OURS), (POST, "a", THEIRS)]
    assert await found(sources=[THEIRS]) == [(POST, "a", THEIRS)]
    assert len(await found(subjects=[f"{POST}*", POST, "at://*"])) == 7
    pages, after = [], ("", "", "")
    while page := await found(limit=3, after=after):
        pages, after = pages + page, page[-1]
    assert pages == everything


async def test_labels_of_many_subjects_are_given_by_subject(pool):
    await apply(pool, AUTHOR, [Wish(ALICE, f"v-{n}") for n in range(300)])
    found = await active(pool, [ALICE, POST])
    assert len(found[ALICE]) == 300
    assert found[POST] == []


async def test_definitions_are_made_changed_and_go_before_those_of_labelers(pool):
    policies = '{"labelValueDefinitions": [{"identifier": "spam"}, {"identifier": "rude"}]}'
    await pool.execute(
        "INSERT INTO labeler_service_records (uri, cid, creator_did, policies, created_at)"
        " VALUES ('at://x', 'c', 'did:plc:x', $1, now())",
        policies,
    )
    await define(pool, "spam", description="junk", severity="alert", localized=[{"lang": "en"}])
    await redefine(pool, "spam", description="unwanted")
    spam, rude = sorted(await definitions(pool), key=lambda row: row["value"], reverse=True)
    assert (spam["description"], spam["severity"]) == ("unwanted", "alert")
    assert spam["localized_strings"] == [{"lang": "en"}]
    assert (rude["value"], rude["severity"]) == ("rude", "warn")
    assert [row["value"] for row in await definitions(pool, ["rude"])] == ["rude"]


async def test_definitions_that_cannot_be_are_refused(pool):
    await define(pool, "spam")
    with pytest.raises(Unable, match="defined already"):
        await define(pool, "spam")
    with pytest.raises(Unable, match="info, warn, alert or none"):
        await define(pool, "rude", severity="grave")
    with pytest.raises(Unable, match="have not defined"):
        await redefine(pool, "other")


async def test_with_a_new_key_what_was_said_is_signed_again_and_its_time_stays(pool):
    await put(pool, [said("spam")])
    ((old, _),) = await apply(pool, AUTHOR, [SPAM])
    await apply(pool, Author(OURS, None), [Wish(POST, "rude")])
    renewed = Author(OURS, STRANGER.signer)
    assert await resign(pool, renewed) == 2
    assert await resign(pool, renewed) == 0
    for found in await query(pool):
        label = read_label({**found.fields, "sig": found.sig})
        assert signed_by(label, STRANGER.signer.public)
        assert label.val != "spam" or label.src == THEIRS or label.cts == old.cts
    with pytest.raises(Unable, match="signing_key"):
        await resign(pool, Author(OURS, None))
