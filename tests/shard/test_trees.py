"""Commits held against the trees that were signed."""

from pathlib import Path

import libipld
import pytest
from libipld import encode_dag_cbor

from indexer.protocol.event import Commit, Event, Forged
from indexer.protocol.frame import decode
from indexer.shard.trees import checked
from indexer.shard.writer import Writer
from load.capture import read_capture
from load.generate import generate
from tests.shard.whole import LATER_US, deliver, loop_of


def events_of(frames: list[bytes]) -> list[Event]:
    return [event for frame in frames if (event := decode(frame, LATER_US))]


def with_an_op_less(frame: bytes) -> bytes:
    header, body = libipld.decode_dag_cbor_multi(frame)
    body["ops"] = body["ops"][1:]
    return bytes(encode_dag_cbor(header) + encode_dag_cbor(body))


def test_commits_that_say_all_that_changed_pass(corpus: Path) -> None:
    frames = [frame for _, frame in read_capture(corpus / "relay" / "frames.cborseq.zst")]
    frames += [frame for _, frame in generate(seed=8, commits=200)]
    for event in events_of(frames):
        assert checked(event) is event


@pytest.mark.parametrize("prev", [5, "x", b"x", [1], {"a": 1}, True])
def test_a_version_before_that_is_no_cid_ends_no_shard(prev: object) -> None:
    frame = next(
        event.frame
        for event in events_of([frame for _, frame in generate(seed=8, commits=50)])
        if isinstance(event, Commit) and event.prev_data and event.ops
    )
    header, body = libipld.decode_dag_cbor_multi(frame)
    body["ops"][0]["prev"] = prev
    [event] = events_of([bytes(encode_dag_cbor(header) + encode_dag_cbor(body))])
    assert isinstance(checked(event), Forged)


async def test_a_commit_with_an_op_left_out_is_kept_aside_and_its_repo_fetched(
    writer: Writer,
) -> None:
    frames = [frame for _, frame in generate(seed=8, commits=50)]
    whole = [event.frame for event in events_of(frames) if isinstance(event, Commit) and event.ops]
    less = with_an_op_less(next(frame for frame in whole if b"prevData" in frame))
    [event] = events_of([less])
    assert isinstance(event, Commit)
    found = checked(event)
    assert isinstance(found, Forged) and found.reason == "bad_tree"
    loop = loop_of(writer)
    loop.check_trees = True
    await deliver(loop, less)
    assert await writer.pool.fetchval("SELECT reason FROM quarantine") == "bad_tree"
    assert await writer.pool.fetchval("SELECT reason FROM resyncs") == "bad_tree"
