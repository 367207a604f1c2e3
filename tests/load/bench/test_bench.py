"""The benchmark works from end to end; how fast anything is, is no test's business."""

import asyncio
import json
import signal
from pathlib import Path

import pytest

from tests.load.demo.test_database import names
from tests.load.programs import program

STREAM = "indexer-bench-*/stream.cborseq.zst"
SMALL = ("--quick", "--shards", "1", "--ceiling", "2")


async def test_it_runs_to_its_end_and_leaves_its_figures(
    tmp_path: Path, empty_database_url: str
) -> None:
    before = await names(empty_database_url)
    scratch, out = tmp_path / "scratch", tmp_path / "out" / "figures.json"
    scratch.mkdir()
    async with program(
        scratch, "bench", *SMALL, "--out", str(out), DATABASE_URL=empty_database_url
    ) as process:
        said = (await process.communicate())[0].decode()
    assert process.returncode == 0, said
    assert await names(empty_database_url) == before
    assert list(scratch.iterdir()) == []
    result = json.loads(out.read_bytes())
    (run,) = result["runs"]
    assert run["total"]["ops"] > 2000
    assert 0 < run["ratio"] == pytest.approx(run["ops_per_s"] / run["ceiling"]["ops_per_s"])
    assert run["written"]["wal_bytes_per_op"] > 100
    assert run["cpu"]["ours"]["s"] > 0
    assert run["cpu"]["postgres"]["s"] > 0
    assert set(run["memory_mb"]) == {"parent", "coordinator", "shard 0"}
    assert result["machine"]["postgres"]
    page = out.with_suffix(".html").read_text()
    assert page.count("<svg") >= 6
    assert "<script" not in page
    assert "href=" not in page


async def test_a_capture_that_cannot_be_read_is_said(
    tmp_path: Path, empty_database_url: str
) -> None:
    bad = tmp_path / "bad.cborseq.zst"
    bad.write_bytes(b"no capture")
    out = tmp_path / "figures.json"
    options = ("--capture", str(bad), "--out", str(out))
    async with program(tmp_path, "bench", *options, DATABASE_URL=empty_database_url) as process:
        said = (await process.communicate())[0].decode()
    assert process.returncode == 1
    assert "It failed" in said
    assert "Traceback" not in said
    assert not out.exists()


async def test_it_can_be_stopped_at_any_time(tmp_path: Path, empty_database_url: str) -> None:
    before = await names(empty_database_url)
    out = tmp_path / "figures.json"
    options = ("--rows", "0", "--commits", "100000", "--out", str(out))
    async with program(tmp_path, "bench", *options, DATABASE_URL=empty_database_url) as process:
        assert process.stdout is not None
        while not list(tmp_path.glob(STREAM)):
            assert process.returncode is None
            await asyncio.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        said = (await process.communicate())[0].decode()
    assert process.returncode == 130, said
    assert "Traceback" not in said
    assert await names(empty_database_url) == before
    assert list(tmp_path.iterdir()) == []
