"""Whatever is done to a frame, it is an event, or nothing, or refused; and so is all that follows.

`FUZZ_EXAMPLES=100000 pytest tests/protocol/test_fuzz.py` tries so many instead of a few; with
CORPUS, real frames are changed too.
"""

import json
import os
from pathlib import Path

from hypothesis import given, settings

from indexer.protocol.errors import Invalid
from indexer.protocol.event import Commit, Event
from indexer.protocol.frame import decode
from indexer.protocol.peek import peek
from indexer.shard.admission import admit
from indexer.shard.batch import plan
from indexer.shard.loop import refused_frame
from indexer.shard.repo import Repo
from load.generate import generate
from tests.frames import NOW_US, Draft, account, create, delete, identity, sync, update
from tests.protocol.mutants import mutants
from tests.protocol.test_frame import frames_of
from tests.records.samples import SAMPLES

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "0"))
REASONS = {
    *("bad_frame", "bad_car", "bad_commit", "bad_op", "bad_path", "bad_record", "bad_rev"),
    *("duplicate_path", "foreign_gate", "foreign_list", "future_rev", "missing_block"),
    *("too_big", "too_many_ops", "type_mismatch", "wrong_hash"),
}
LARGE = Draft(*(create(f"{nsid}/{sample.rkey}", sample.first) for nsid, sample in SAMPLES.items()))
SMALL = Draft(
    delete("app.bsky.feed.post/3kaaaaaaaac2a"),
    update("app.bsky.actor.profile/self", {"bytes": {"$bytes": "AQID"}, "displayName": "a"}),
)
SEEDS = [
    LARGE.frame(),
    SMALL.frame(),
    *(Draft(create(f"{nsid}/self", sample.edited)).frame() for nsid, sample in SAMPLES.items()),
    sync(),
    identity(handle="a.test"),
    account(active=False, status="suspended"),
    *(frame for _, frame in generate(seed=5, commits=40)),
]


def follow(frame: bytes) -> None:
    """Decode it, and go on with what it is up to where PostgreSQL comes in."""
    try:
        event = decode(frame, NOW_US)
    except Invalid as error:
        kept = refused_frame(1, frame, error)
        explained(kept.reason, kept.detail)
        return
    if event is not None:
        applied(event)
        peeked = peek(frame)
        assert (peeked.kind, peeked.did) == (f"#{type(event).__name__.lower()}", event.did)
        assert peeked.seq == event.seq


def applied(event: Event) -> None:
    repos = {event.did: Repo(event.did)}
    admitted = admit([event], repos, "relay.test")
    planned = plan(admitted.ops)
    for kept in admitted.kept:
        explained(kept.reason, kept.detail)
    for _, error in planned.refused:
        explained(error.reason, error.detail)
    if isinstance(event, Commit):
        assert len(event.ops) <= len(admitted.ops) <= 200
        for op in event.ops:
            assert json.loads(op.record_json) is not None
    assert not admit([event], repos, "relay.test").ops


def explained(reason: str, detail: str) -> None:
    assert reason in REASONS
    assert 5 < len(detail) < 1000
    detail.encode()


@settings(max_examples=EXAMPLES or 1500, deadline=None)
@given(mutants(SEEDS))
def test_a_changed_frame_is_an_event_or_refused_with_a_reason(frame: bytes) -> None:
    follow(frame)


def test_a_changed_real_frame_likewise(corpus: Path) -> None:
    @settings(max_examples=EXAMPLES or 500, deadline=None)
    @given(mutants([*frames_of(corpus, "relay"), *frames_of(corpus, "devnet")[:500]]))
    def holds(frame: bytes) -> None:
        follow(frame)

    holds()
