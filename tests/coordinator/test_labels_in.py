"""Labels in: what labelers say is stored, and whatever they do harms nobody but them."""

import asyncio

import cbor2

from indexer import metrics
from indexer.coordinator.http import Unreachable
from indexer.coordinator.labels import subscription
from indexer.coordinator.labels.inbox import Inbox
from indexer.coordinator.resolver import Gone, Unknown
from indexer.database import open_pool
from indexer.labels import Wish, apply, negate, query, rewind
from indexer.protocol.label_stream import error_message, info_message
from tests.coordinator.labelers import (
    Directory,
    Speaker,
    known,
    message,
    ours,
    speaking,
    subscribed,
    who,
)
from tests.labels.conftest import AUTHOR, OURS, POST, THEIRS, said
from tests.labels.conftest import pool as pool
from tests.polling import until


async def stored(pool, rows, within_s=20.0):
    """Wait until so many labels are there, and give their values."""
    async with asyncio.timeout(within_s):
        while len(found := await query(pool)) < rows:
            await asyncio.sleep(0.02)
    return [label.val for label in found]


async def cursor(pool, value):
    async with asyncio.timeout(20):
        while await pool.fetchval("SELECT cursor FROM label_cursors") != value:
            await asyncio.sleep(0.02)


async def aside(pool):
    rows = await pool.fetch("SELECT reason, did, record FROM quarantine ORDER BY id")
    return [tuple(row) for row in rows]


async def test_labels_come_with_their_cursor_which_the_next_connection_begins_at(pool):
    speaker = Speaker(
        message(3, said("spam"), said("rude")), message(9, said("spam", 1, neg=True)), leaves=True
    )
    async with speaking(speaker) as endpoint, subscribed(pool, Directory(who(endpoint)), endpoint):
        await cursor(pool, 9)
        await until(lambda: len(speaker.cursors) > 1)
    assert speaker.cursors[:2] == [0, 9]
    assert [(label.val, label.neg) for label in await query(pool)] == [
        ("rude", False),
        ("spam", True),
    ]


async def test_what_is_tampered_with_is_kept_aside_and_the_rest_goes_on(pool):
    bad = said("spam")._replace(sig=bytes(64))
    foreign = said("spam", src=OURS)
    speaker = Speaker(message(1, bad, foreign, said("good")), message(2, said("after")))
    async with speaking(speaker) as endpoint:
        directory = Directory(who(endpoint))
        async with subscribed(pool, directory, endpoint):
            assert await stored(pool, 2) == ["after", "good"]
            await cursor(pool, 2)
    kept = await aside(pool)
    assert [(reason, did) for reason, did, _ in kept] == [
        ("bad_signature", THEIRS),
        ("foreign_label", THEIRS),
    ]
    assert cbor2.loads(kept[0][2])["sig"] == bytes(64)
    assert len(directory.asked) == 2 and directory.asked[1][1] is not None, "asked again, once"


async def test_a_new_key_is_found_when_signatures_fail(pool):
    speaker = Speaker(message(1, said("spam")))
    async with (
        speaking(speaker) as endpoint,
        subscribed(pool, Directory(who(endpoint, AUTHOR), who(endpoint)), endpoint),
    ):
        assert await stored(pool, 1) == ["spam"]
    assert await aside(pool) == []


async def test_unsigned_floods_are_counted_and_kept_only_so_far(pool, monkeypatch):
    monkeypatch.setattr(subscription, "MOST_KEPT", 5)
    bad = [said(f"v-{n}")._replace(sig=None) for n in range(40)]
    counted = metrics.LABELS_IN.labels("bad_signature")
    before = counted._value.get()
    async with (
        speaking(Speaker(message(1, *bad))) as endpoint,
        subscribed(pool, Directory(who(endpoint)), endpoint),
    ):
        await cursor(pool, 1)
    assert len(await aside(pool)) == 5
    assert counted._value.get() - before == 40


async def test_what_one_labeler_does_harms_no_other(pool):
    worst = Speaker((1, b"\xff" * 1000), (2, bytes(6_000_000)), leaves=True)
    async with speaking(worst) as bad_end, speaking(Speaker(message(1, said("spam")))) as end:
        other = Directory(who(bad_end, AUTHOR))
        async with subscribed(pool, other, bad_end, did=OURS) as failing:
            async with subscribed(pool, Directory(who(end)), end):
                assert await stored(pool, 1) == ["spam"]
            await until(lambda: len(worst.cursors) > 3)
            assert not failing.done()


async def test_a_message_behind_good_ones_that_is_none_loses_nothing_of_them(pool):
    speaker = Speaker(message(1, said("spam")), (2, b"\xff"))
    async with speaking(speaker) as endpoint, subscribed(pool, Directory(who(endpoint)), endpoint):
        await until(lambda: len(speaker.cursors) > 1)
        assert await stored(pool, 1) == ["spam"]
    assert speaker.cursors[1] == 1


async def test_what_is_of_a_later_version_is_passed_over(pool):
    strange = (1, cbor2.dumps({"op": 1, "t": "#new"}) + cbor2.dumps({"a": 1}))
    speaker = Speaker(strange, message(2, said("spam")))
    async with speaking(speaker) as endpoint, subscribed(pool, Directory(who(endpoint)), endpoint):
        assert await stored(pool, 1) == ["spam"]
    assert len(speaker.cursors) == 1


async def test_a_cursor_in_the_future_is_not_reset_without_anybodys_say(pool):
    speaker = Speaker((99, error_message("FutureCursor", "x")), leaves=True)
    lost = metrics.LABELER_RECONNECTS.labels("FutureCursor")
    before = lost._value.get()
    async with speaking(speaker) as endpoint:
        await pool.execute("INSERT INTO label_cursors VALUES ($1, $2, 7)", THEIRS, endpoint)
        async with subscribed(pool, Directory(who(endpoint)), endpoint):
            await until(lambda: len(speaker.cursors) > 2)
    assert set(speaker.cursors) == {7}
    assert lost._value.get() - before >= 2
    await cursor(pool, 7)


async def test_a_cursor_that_is_too_old_is_noted_as_a_gap_and_the_stream_goes_on(pool):
    speaker = Speaker((1, info_message("OutdatedCursor", "x")), message(2, said("spam")))
    async with speaking(speaker) as endpoint, subscribed(pool, Directory(who(endpoint)), endpoint):
        await stored(pool, 1)
    assert await pool.fetchval("SELECT reason FROM gaps") == "outdated_cursor"


async def test_a_labeler_that_moves_is_read_from_the_beginning_at_its_new_place(pool):
    old, new = Speaker(message(50, said("old")), leaves=True), Speaker(message(3, said("new")))
    async with (
        speaking(old) as was,
        speaking(new) as now,
        subscribed(pool, Directory(who(was), who(now)), was, now),
    ):
        assert await stored(pool, 2) == ["new", "old"]
    assert new.cursors == [0]


async def test_who_is_not_to_be_found_is_looked_up_again(pool):
    async with speaking(Speaker(message(1, said("spam")))) as endpoint:
        nowhere = Directory(
            Unreachable("plc.test", "down"),
            Unknown(THEIRS, "no document"),
            Gone(THEIRS),
            known(endpoint, None),
            known(None, None),
            who(endpoint),
        )
        async with subscribed(pool, nowhere, endpoint):
            assert await stored(pool, 1) == ["spam"]


async def test_the_document_of_one_who_is_lost_is_asked_for_anew_but_not_all_the_time(pool):
    async with speaking(Speaker(message(1, said("spam")))) as endpoint:
        directory = Directory(known(None, None), known(None, None), who(endpoint))
        async with subscribed(pool, directory, endpoint):
            assert await stored(pool, 1) == ["spam"]
    assert [not_before is not None for _, not_before in directory.asked] == [False, True, False]


async def test_when_the_directory_is_down_a_labeler_is_where_it_was(pool):
    async with speaking(Speaker(message(1, said("spam")))) as endpoint:
        down = Unreachable("plc.test", "down")
        directory = Directory(known(None, None), down, who(endpoint))
        async with subscribed(pool, directory, endpoint):
            assert await stored(pool, 1) == ["spam"]
    assert [not_before is not None for _, not_before in directory.asked] == [False, True, False]


async def test_our_own_server_is_read_by_our_own_subscriber(pool, database_url, other_url):
    spam = Wish(POST, "spam")
    await apply(pool, AUTHOR, [spam, Wish(POST, "rude")])
    async with await open_pool(other_url, "test", 4) as there:
        async with ours(pool, database_url) as endpoint:
            directory = Directory(who(endpoint, AUTHOR))
            async with subscribed(there, directory, endpoint, did=OURS):
                assert await stored(there, 2) == ["rude", "spam"]
                await negate(pool, AUTHOR, [spam])
                await apply(pool, AUTHOR, [Wish(POST, "more")])
                assert await stored(there, 3) == ["more", "rude", "spam"]
        assert await aside(there) == []
        mine = [(label.subject, label.val, label.neg, label.sig) for label in await query(pool)]
        theirs = [(label.subject, label.val, label.neg, label.sig) for label in await query(there)]
    assert mine == theirs


async def test_a_full_inbox_stops_the_reading_until_it_is_emptied():
    inbox = Inbox(most_bytes=10)
    for size in (6, 4):
        await inbox.put(bytes(size))
    third = asyncio.create_task(inbox.put(bytes(100)))
    await asyncio.sleep(0)
    assert not third.done()
    assert [len(frame) for frame in await inbox.take()] == [6, 4]
    await third
    inbox.close()
    assert [len(frame) for frame in await inbox.take()] == [100]
    assert await inbox.take() == []


async def test_a_labeler_that_is_rewound_while_it_is_read_is_read_from_its_beginning(pool):
    speaker = Speaker(message(1, said("one")), message(2, said("two")))
    async with (
        speaking(speaker) as endpoint,
        subscribed(pool, Directory(who(endpoint)), endpoint),
    ):
        await cursor(pool, 2)
        assert await rewind(pool, THEIRS) == 1
        await pool.execute("DELETE FROM labels")
        await speaker.say(message(3, said("three")))
        assert await stored(pool, 3) == ["one", "three", "two"]
        await cursor(pool, 3)
    assert speaker.cursors == [0, 0]
