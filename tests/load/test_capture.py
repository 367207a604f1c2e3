"""Captures on disk read back, and say where they are cut off or damaged."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from backports import zstd

from indexer.protocol.dump import Entry, encode_entry
from indexer.protocol.errors import Invalid
from load.capture import CaptureWriter, read_capture, write_capture
from load.generate import generate


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    return write_capture(tmp_path / "world.cborseq.zst", generate(commits=400))


def readable(path: Path) -> tuple[list[Entry], str]:
    """What can be read, and why it goes no further."""
    found: list[Entry] = []
    with pytest.raises(Invalid) as refused:
        take(found, read_capture(path))
    assert refused.value.reason == "bad_dump"
    return found, refused.value.detail


def take(found: list[Entry], entries: Iterator[Entry]) -> None:
    for entry in entries:
        found.append(entry)


def test_a_capture_reads_back(capture: Path) -> None:
    assert list(read_capture(capture)) == list(generate(commits=400))


def test_the_captures_of_the_corpus_are_read(corpus: Path) -> None:
    assert sum(1 for _ in read_capture(corpus / "devnet" / "frames.cborseq.zst")) == 3958


def test_a_window_of_128_megabytes_is_accepted(tmp_path: Path) -> None:
    path = tmp_path / "wide.zst"
    options: dict[int, int] = {
        zstd.CompressionParameter.window_log: 27,
        zstd.CompressionParameter.enable_long_distance_matching: 1,
    }
    with zstd.ZstdFile(path, "wb", options=options) as file:
        file.write(encode_entry(1, b"frame"))
    assert list(read_capture(path)) == [(1, b"frame")]


def test_an_empty_capture_has_no_entries(tmp_path: Path) -> None:
    assert list(read_capture(write_capture(tmp_path / "empty.zst", []))) == []


def test_a_capture_cut_off_gives_what_is_there_and_says_so(capture: Path) -> None:
    whole = list(read_capture(capture))
    capture.write_bytes(capture.read_bytes()[:-40_000])
    found, why = readable(capture)
    assert why.startswith("truncated: compressed data ends after byte")
    assert 0 < len(found) < len(whole)
    assert found == whole[: len(found)]


def test_a_sequence_cut_off_says_so(tmp_path: Path) -> None:
    path = tmp_path / "cut.zst"
    with zstd.ZstdFile(path, "wb") as file:
        file.write(encode_entry(1, b"frame") + encode_entry(2, b"frame")[:-1])
    assert readable(path) == ([(1, b"frame")], "truncated: 7 bytes of an entry at byte 8")


def test_damage_in_compressed_data_is_found(capture: Path) -> None:
    data = bytearray(capture.read_bytes())
    data[len(data) // 2] ^= 0xFF
    capture.write_bytes(data)
    _, why = readable(capture)
    assert "after byte" in why


def test_captures_put_behind_one_another_are_one(capture: Path) -> None:
    whole = list(read_capture(capture))
    capture.write_bytes(capture.read_bytes() * 2)
    assert list(read_capture(capture)) == whole * 2


def test_rubbish_behind_a_capture_is_refused(capture: Path) -> None:
    whole = list(read_capture(capture))
    capture.write_bytes(capture.read_bytes() + b"rubbish")
    assert readable(capture)[0] == whole


def test_what_is_no_zstd_at_all_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "not.zst"
    path.write_bytes(b"no capture at all")
    assert readable(path)[0] == []


def test_a_capture_is_whole_when_its_writing_is_interrupted(tmp_path: Path) -> None:
    path = tmp_path / "interrupted.zst"
    with pytest.raises(KeyboardInterrupt), CaptureWriter(path) as writer:
        writer.write(1, b"frame")
        raise KeyboardInterrupt
    assert list(read_capture(path)) == [(1, b"frame")]
