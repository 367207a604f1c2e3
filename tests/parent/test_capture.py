"""A capture is read like a relay, from behind the cursor to its end."""

from contextlib import aclosing
from pathlib import Path

import pytest
from backports import zstd

from indexer.parent.capture import Capture
from indexer.parent.source import Broken
from indexer.protocol.dump import encode_entry
from tests.parent.frames import GARBAGE, identity

FRAMES = [identity(seq) for seq in range(1, 6)]


def capture(path: Path, frames: list[bytes]) -> Capture:
    data = b"".join(encode_entry(1, frame) for frame in frames)
    path.write_bytes(data if path.suffix == ".cborseq" else zstd.compress(data))
    return Capture(f"file:{path}", path)


async def read(source: Capture, after: int | None) -> list[bytes]:
    async with aclosing(source.frames(after)) as frames:
        return [frame async for arrival in frames for frame in arrival.frames]


@pytest.mark.parametrize("name", ["a.cborseq.zst", "a.cborseq", "a"])
@pytest.mark.parametrize(("after", "left"), [(None, 5), (0, 5), (2, 3), (5, 0), (99, 0)])
async def test_it_begins_behind_the_cursor(
    tmp_path: Path, name: str, after: int | None, left: int
) -> None:
    source = capture(tmp_path / name, FRAMES)
    assert await read(source, after) == FRAMES[5 - left :]


async def test_what_cannot_be_read_right_behind_the_cursor_is_not_skipped(tmp_path: Path) -> None:
    frames = [GARBAGE, identity(1), GARBAGE, identity(5), GARBAGE, identity(6)]
    source = capture(tmp_path / "a", frames)
    assert await read(source, 0) == frames
    assert await read(source, 5) == frames[4:]
    assert await read(source, 3) == frames[3:]


async def test_a_capture_that_breaks_off_says_so_behind_its_frames(tmp_path: Path) -> None:
    source = capture(tmp_path / "a.zst", FRAMES)
    whole = (tmp_path / "a.zst").read_bytes()
    (tmp_path / "a.zst").write_bytes(whole[:-5])
    with pytest.raises(Broken, match=r"a\.zst cannot be read"):
        await read(source, None)
    with pytest.raises(Broken, match="No such file"):
        await read(Capture("file:/nowhere", tmp_path / "nowhere"), None)


async def test_the_capture_of_the_devnet_is_read_whole(corpus: Path) -> None:
    source = Capture("file:devnet", corpus / "devnet" / "frames.cborseq.zst")
    assert len(await read(source, None)) == 3958
