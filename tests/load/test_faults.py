"""Each fault on demand is what it says, and nothing else is wrong."""

from itertools import pairwise

import pytest

from indexer.protocol.errors import Invalid
from indexer.protocol.event import Account, Commit, Event, Sync
from indexer.protocol.frame import decode
from indexer.protocol.key import Key
from indexer.protocol.peek import peek
from indexer.protocol.signature import verify_commit
from indexer.shard.trees import checked
from load.encoding.frames import Encoder
from load.encoding.repository import Repository, secret_of
from load.faults import Faults, read_faults, troubled
from load.world import World

COMMITS = 400


def frames_with(faults: Faults) -> list[tuple[int, bytes]]:
    return list(troubled(World(1, COMMITS), Encoder(1), faults))


def events_with(faults: Faults) -> list[Event]:
    return [event for time, frame in frames_with(faults) if (event := decode(frame, time))]


def numbers(frames: list[tuple[int, bytes]]) -> list[int]:
    return [peek(frame).seq or 0 for _, frame in frames]


def test_without_faults_nothing_is_wrong() -> None:
    found = numbers(frames_with(Faults()))
    assert found == list(range(1, len(found) + 1))


def test_gaps_are_numbers_that_nothing_has() -> None:
    frames = frames_with(Faults(gaps=0.1))
    found = numbers(frames)
    assert len(frames) == len(frames_with(Faults()))
    assert found == sorted(set(found))
    assert 20 < sum(b - a > 1 for a, b in pairwise(found)) < 60


def test_lost_commits_leave_numbers_out() -> None:
    found = numbers(frames_with(Faults(lost=0.1)))
    whole = numbers(frames_with(Faults()))
    assert 20 < len(set(whole) - set(found)) < 60


def test_repeats_are_the_same_frame_twice() -> None:
    frames = [frame for _, frame in frames_with(Faults(repeats=0.1))]
    assert 20 < sum(a == b for a, b in pairwise(frames)) < 60


def test_bad_signatures_do_not_verify_and_all_else_does() -> None:
    frames = frames_with(Faults(signatures=0.1))
    good = {frame for _, frame in frames_with(Faults())}
    bad = 0
    for time, frame in frames:
        event = decode(frame, time)
        if isinstance(event, Commit):
            assert checked(event) is event
            assert verifies(event) == (frame in good)
            bad += frame not in good
    assert 20 < bad < 60


def verifies(commit: Commit) -> bool:
    key = Repository(commit.did, secret_of(1, commit.did)).key.public_key.format()
    return verify_commit(commit.block, Key("k256", key))


def test_missing_blocks_are_refused_as_such() -> None:
    refused = 0
    for time, frame in frames_with(Faults(blocks=0.1)):
        try:
            decode(frame, time)
        except Invalid as error:
            assert error.reason == "missing_block"
            refused += 1
    assert 20 < refused < 60


def test_syncs_stand_behind_a_commit_that_never_came() -> None:
    last: dict[str, str] = {}
    surprises = breaks = 0
    for event in events_with(Faults(syncs=0.1)):
        if isinstance(event, Commit):
            breaks += last.get(event.did) != event.since
            last[event.did] = event.rev
        elif isinstance(event, Sync):
            surprises += event.rev != last[event.did]
    assert 20 < surprises < 60
    assert 10 < breaks <= surprises


def test_accounts_that_flip_come_back() -> None:
    away: set[str] = set()
    flips = 0
    for event in events_with(Faults(flips=0.1)):
        if isinstance(event, Account):
            flips += event.status == "deactivated"
            (away.discard if event.active else away.add)(event.did)
    assert 20 < flips < 80
    assert len(away) < 20


def test_faults_are_read_from_text() -> None:
    assert read_faults(["gaps=0.5", "lost=0.25"]) == Faults(gaps=0.5, lost=0.25)
    for wrong in ("gap=0.5", "gaps=2", "gaps", "gaps=many"):
        with pytest.raises(ValueError, match=r"gap"):
            read_faults([wrong])
