"""Of what labelers said, the latest counts, in whatever order it comes."""

import random
from itertools import permutations

from indexer.database import load_query
from indexer.labels import active, keep_up, put, query
from indexer.protocol.label import read_label
from tests.labels.conftest import OURS, POST, THEIRS, log, said


async def vals(pool):
    return [label.val for label in (await active(pool, [POST]))[POST]]


async def test_a_negation_takes_back_the_label_of_its_own_source_only(pool):
    await put(pool, [said("spam"), said("spam", src=OURS)])
    await put(pool, [said("spam", 1, neg=True)])
    assert [label.src for label in (await active(pool, [POST]))[POST]] == [OURS]


async def test_a_negation_applies_whatever_version_the_label_was_of(pool):
    await put(pool, [said("spam", cid="bafyreigh2akiscaildc")])
    await put(pool, [said("spam", 1, neg=True)])
    assert await vals(pool) == []


async def test_an_older_label_does_not_come_back_after_its_negation(pool):
    await put(pool, [said("spam", 1, neg=True)])
    assert await put(pool, [said("spam")]) == set()
    assert await vals(pool) == []


async def test_the_order_in_which_labels_come_does_not_matter(pool):
    history = [said("spam"), said("spam", 1, neg=True), said("spam", 2, cid="bafyreigh2akis")]
    for order in permutations(history):
        await pool.execute("TRUNCATE labels")
        for label in order:
            await put(pool, [label])
        (found,) = await query(pool)
        assert (found.neg, found.cid) == (False, "bafyreigh2akis")


async def test_two_labels_in_one_millisecond_are_two_and_of_one_identity_the_later_counts(pool):
    await put(pool, [said("spam"), said("rude")], seq=1)
    assert await vals(pool) == ["rude", "spam"]
    await put(pool, [said("spam", cid="bafyreione"), said("spam", neg=True)], seq=2)
    assert await vals(pool) == ["rude"]
    await put(pool, [said("spam", cid="bafyreitwo")], seq=1)
    assert await vals(pool) == ["rude"], "a message that came before it in the stream"


async def test_what_comes_again_changes_nothing_and_is_not_logged_again(pool):
    for _ in range(3):
        await put(pool, [said("spam"), said("rude")], seq=7)
    assert await log(pool) == [(THEIRS, "created")] * 2


async def test_every_change_is_logged(pool):
    for label in (said("spam"), said("spam", 1, neg=True), said("spam", 2)):
        await put(pool, [label])
    await pool.execute("DELETE FROM labels")
    assert [action for _, action in await log(pool)] == [
        "created",
        "deleted",
        "created",
        "deleted",
    ]


async def test_the_removal_of_what_was_taken_back_is_no_second_deletion(pool):
    await put(pool, [said("spam")])
    await put(pool, [said("spam", 1, neg=True)])
    await pool.execute("DELETE FROM labels")
    assert [action for _, action in await log(pool)] == ["created", "deleted"]


async def test_a_label_ends_when_it_said_so_and_that_is_logged_once(pool):
    await put(pool, [said("spam", exp=said("x", 60).cts), said("rude")])
    assert await vals(pool) == ["rude"]
    for _ in range(2):
        await keep_up(pool, 0)
    assert [action for _, action in await log(pool)] == ["created", "created", "deleted"]


async def test_of_a_labeler_who_opted_out_nothing_is_stored(pool):
    await pool.execute(
        "INSERT INTO user_settings (user_did, data_collection_forbidden) VALUES ($1, true)", THEIRS
    )
    assert await put(pool, [said("spam"), said("spam", src=OURS)]) == {said("spam", src=OURS).key}


async def test_what_a_deleted_labeler_said_goes(pool):
    await put(pool, [said("spam"), said("spam", src=OURS)])
    await pool.execute(
        "INSERT INTO label_cursors (did, endpoint, cursor) VALUES ($1, 'https://x.test', 1)", THEIRS
    )
    await pool.execute(
        "INSERT INTO repos (did, active, status, state) VALUES ($1, false, 'deleted', 'partial')",
        THEIRS,
    )
    await keep_up(pool, 0)
    assert [label.src for label in await query(pool)] == [OURS]


async def test_a_label_kept_as_a_record_counts_beside_what_is_said(pool):
    """The newer of the two, though they are two rows."""
    await put(pool, [said("spam")])
    record = "at://did:web:labels.theirs.test/com.atproto.label.label/1"
    await pool.execute(
        "INSERT INTO labels (uri, src, subject, val, neg, created_at)"
        " VALUES ($1, $2, $3, 'spam', true, now())",
        *(record, THEIRS, POST),
    )
    assert await vals(pool) == []
    (found,) = await query(pool)
    assert found.fields | {"cts": ""} == {
        "src": THEIRS,
        "uri": POST,
        "val": "spam",
        "neg": True,
        "cts": "",
    }


async def test_a_forgotten_labeler_leaves_in_the_log_only_that_there_was_something(pool):
    await put(pool, [said("spam"), said("spam", src=OURS)])
    forget = load_query("forget_rest")
    assert dict(await pool.fetch(forget, THEIRS, 10)) == {"labels": 1, "label_events": 1}
    assert await pool.fetch(forget, THEIRS, 10) == []
    assert [label.src for label in await query(pool)] == [OURS]
    assert sorted(await log(pool)) == [(OURS, "created"), (THEIRS, "created"), (THEIRS, "deleted")]


async def test_the_largest_and_oddest_labels_that_are_taken_can_be_stored(pool):
    odd = "".join(chr(random.Random(n).randint(1, 0x10FFFF - 0x800)) for n in range(2000))
    odd = odd.encode("utf-8", "ignore").decode()
    largest = {
        "src": "did:web:" + "".join(random.Random(1).choices("abcdefgh0123456789", k=792)),
        "uri": odd.encode()[:1690].decode("utf-8", "ignore") + "\0",
        "val": odd.encode()[2000:2120].decode("utf-8", "ignore") + "\0",
        "cid": "\0" * 80,
        "cts": "9999-12-31T23:59:59.999999999Z",
        "exp": "0001-01-01T00:00:00Z",
    }
    label = read_label(largest)
    assert await put(pool, [label]) == {label.key}
    assert (await query(pool))[0].fields == largest | {"ver": 1}
