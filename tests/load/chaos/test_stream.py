"""What is known of the stream before it is indexed."""

from pathlib import Path

import pytest
from rich.console import Console

from indexer.protocol.errors import Invalid
from indexer.protocol.event import Commit
from indexer.protocol.frame import decode
from load.capture import write_capture
from load.chaos.stream import make, survey
from load.generate import generate


def test_a_world_is_made_and_its_operations_counted(tmp_path: Path) -> None:
    stream = make(Console(quiet=True), tmp_path / "world.zst", commits=200, seed=4)
    events = [decode(frame, received_us) for received_us, frame in generate(4, 200)]
    assert stream.ops == sum(len(event.ops) for event in events if isinstance(event, Commit))
    assert stream.seqs == tuple(range(1, len(events) + 1))


def test_a_cursor_has_so_many_frames_behind_it(tmp_path: Path) -> None:
    path = tmp_path / "part.zst"
    write_capture(path, list(generate(4, 200))[10:20])
    stream = survey(path)
    assert (stream.seqs[0], stream.last) == (11, 20)
    assert [stream.done(cursor) for cursor in (None, 10, 11, 19, 20, 99)] == [0, 0, 1, 9, 10, 10]


def test_what_holds_no_event_is_no_stream(tmp_path: Path) -> None:
    with pytest.raises(Invalid):
        survey(write_capture(tmp_path / "empty.zst", []))
