"""The benchmark works from end to end; how fast anything is, is no test's business."""

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.load.demo.test_database import names

ROOT = Path(__file__).parents[3]
STREAM = "indexer-bench-*/stream.cborseq.zst"
SMALL = ("--quick", "--shards", "1", "--ceiling", "2")


@asynccontextmanager
async def benched(directory: Path, url: str, *options: str) -> AsyncIterator[Process]:
    """`directory` is where it may put what it needs for a while."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "load", "bench", *options),
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(directory), "COLUMNS": "120", "DATABASE_URL": url},
        stdout=PIPE,
        stderr=STDOUT,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def test_it_runs_to_its_end_and_leaves_its_figures(
    tmp_path: Path, empty_database_url: str
) -> None:
    before = await names(empty_database_url)
    scratch, out = tmp_path / "scratch", tmp_path / "out" / "figures.json"
    scratch.mkdir()
    async with benched(scratch, empty_database_url, *SMALL, "--out", str(out)) as process:
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
    async with benched(
        tmp_path, empty_database_url, "--capture", str(bad), "--out", str(out)
    ) as process:
        said = (await process.communicate())[0].decode()
    assert process.returncode == 1
    assert "It failed" in said
    assert "Traceback" not in said
    assert not out.exists()


async def test_it_can_be_stopped_at_any_time(tmp_path: Path, empty_database_url: str) -> None:
    before = await names(empty_database_url)
    out = tmp_path / "figures.json"
    options = ("--rows", "0", "--commits", "100000", "--out", str(out))
    async with benched(tmp_path, empty_database_url, *options) as process:
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
