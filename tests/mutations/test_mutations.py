"""Break the code where it matters, one invariant at a time: a named test notices, by asserting.

A copy of the tree is broken and tested by a process of its own, on the PostgreSQL of this run.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.util import cache_from_source
from pathlib import Path
from xml.etree import ElementTree

import pytest

from indexer import postgres
from tests.mutations.mutations import MUTATIONS, Edit, Mutation

ROOT = Path(__file__).parents[2]
COPIED = ("indexer", "load", "sql", "config", "tests")
LEFT_OUT = shutil.ignore_patterns("__pycache__", ".hypothesis")
PLUGINS = ("-p", "pytest_asyncio.plugin", "-p", "pytest_timeout", "-p", "no:cacheprovider")
PATIENCE_S = 100
NOTICED = ("assert", "Assertion", "Failed: DID NOT RAISE")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tree, to be broken and mended."""
    directory = tmp_path_factory.mktemp("broken")
    for name in COPIED:
        shutil.copytree(ROOT / name, directory / name, ignore=LEFT_OUT)
    shutil.copy(ROOT / "pyproject.toml", directory)
    return directory


@pytest.mark.parametrize("mutation", MUTATIONS.values(), ids=MUTATIONS)
def test_a_broken_invariant_is_noticed(
    mutation: Mutation, copy: Path, postgres_server: postgres.Server
) -> None:
    with broken(copy, mutation.edits):
        failed = failures(copy, mutation.caught_by, postgres_server)
    assert len(failed) == len(mutation.caught_by), f"nobody noticed: {mutation.invariant}"
    for said in failed:
        assert said.startswith(NOTICED)


@contextmanager
def broken(copy: Path, edits: Iterable[Edit]) -> Iterator[None]:
    whole = {file: (copy / file).read_text() for file, _, _ in edits}
    for file, text, instead in edits:
        assert whole[file].count(text) == 1, f"{file} has changed: say anew how to break it"
        write(copy / file, whole[file].replace(text, instead))
    try:
        yield
    finally:
        for file, content in whole.items():
            write(copy / file, content)


def write(path: Path, content: str) -> None:
    """Python compares its cache with a file by size and second: a mutation may change neither."""
    path.write_text(content)
    Path(cache_from_source(str(path))).unlink(missing_ok=True)


def failures(copy: Path, tests: Iterable[str], server: postgres.Server) -> list[str]:
    """What the tests said that ran and failed."""
    report = copy / "report.xml"
    options = ("-q", "--tb=line", f"--junitxml={report}", *PLUGINS)
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", *options, *tests],
        cwd=copy,
        env={
            **os.environ,
            "TEST_PG_DATA": str(server.data_dir),
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        },
        timeout=PATIENCE_S,
        capture_output=True,
        text=True,
    )
    assert ran.returncode in (0, 1), ran.stdout + ran.stderr
    found = ElementTree.parse(report).iter("testcase")
    return [said.get("message", "") for case in found for said in case.findall("failure")]
