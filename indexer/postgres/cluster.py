"""The directory that PostgreSQL keeps its data in: made, looked at, cleared of dead locks."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from indexer.postgres.binaries import NoPostgres, major
from indexer.postgres.identity import Identity, command, environment

NAME = "indexer"  # of the superuser and of the database
SOCKET = ".s.PGSQL.5432"
LEAVING_S = 10


class Running(NamedTuple):
    """A live server, as its postmaster.pid tells of it."""

    pid: int
    socket_directory: Path
    status: str  # starting, ready, stopping


def look(cluster: Path) -> Running | None:
    """The server that runs on this cluster."""
    try:
        lines = (cluster / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return None
    except PermissionError as error:
        raise NoPostgres(f"{cluster} belongs to another user") from error
    lines += [""] * (8 - len(lines))  # it is written little by little
    if not lines[0].isdecimal() or not _is_postgres(int(lines[0])):
        return None
    return Running(int(lines[0]), Path(lines[4]), lines[7].strip() or "starting")


def create(cluster: Path, binaries: Path, identity: Identity) -> None:
    """A new cluster, whole or not at all, with our database in it. Anybody who can reach its
    socket is let in: the socket is for one user only."""
    fresh = cluster.with_name(f"{cluster.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    if identity.foreign:
        os.chown(fresh, identity.user, identity.group)
    locale = (
        ["--locale=C"]
        if major(binaries) < 17
        else ["--locale-provider=builtin", "--locale=C.UTF-8"]
    )
    initdb = ["--auth=trust", f"--username={NAME}", "--encoding=UTF8", *locale, "--no-instructions"]
    with opened(fresh, identity) as (path, descriptors):
        _run(command(identity, binaries / "initdb", "-D", path, *initdb), descriptors)
        alone = command(identity, binaries / "postgres", "--single", "-D", path, "postgres")
        _run(alone, descriptors, f"CREATE DATABASE {NAME};\n")
    fresh.rename(cluster)


@contextmanager
def opened(cluster: Path, identity: Identity) -> Iterator[tuple[str, tuple[int, ...]]]:
    """The path that the server knows the cluster by, and the descriptors that it must inherit.
    To a user who cannot enter the folders above, the cluster is handed as an open directory."""
    if not identity.foreign:
        yield str(cluster), ()
        return
    descriptor = os.open(cluster, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{descriptor}", (descriptor,)
    finally:
        os.close(descriptor)


def check_version(cluster: Path, binaries: Path) -> None:
    made_by = int((cluster / "PG_VERSION").read_text())
    if made_by != major(binaries):
        raise NoPostgres(
            f"{cluster} was made by PostgreSQL {made_by}, and {binaries} holds {major(binaries)}: "
            f"set PG_BIN to the programs of {made_by}, or move the data elsewhere"
        )


def mark(cluster: Path) -> str:
    """A name for `cluster_name`, which the titles of all the server's processes show: by it they
    are known, even to a root that may not look into other users' processes."""
    status = cluster.stat()
    return f"indexer-{status.st_dev:x}-{status.st_ino:x}"


def clear(cluster: Path, socket_directory: Path) -> None:
    """Takes away a dead server's lock files: the pid in them may be somebody else's by now, most
    of all in containers, which count from 1. Not before the last process of that server is gone;
    where one stays too long, PostgreSQL itself refuses to start beside it."""
    deadline = time.monotonic() + LEAVING_S
    while any(_shows(mark(cluster), int(path.name)) for path in Path("/proc").glob("[0-9]*")):
        if time.monotonic() > deadline:
            return
        time.sleep(0.05)
    (cluster / "postmaster.pid").unlink(missing_ok=True)
    (socket_directory / f"{SOCKET}.lock").unlink(missing_ok=True)


def end_at_once(cluster: Path, pid: int) -> None:
    """What the server has not written to the tables, the next start recovers."""
    if _shows(mark(cluster), pid):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGQUIT)


def _run(arguments: list[str], descriptors: tuple[int, ...], said: str = "") -> None:
    done = subprocess.run(
        arguments,
        input=said,
        text=True,
        pass_fds=descriptors,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        check=False,
    )
    if done.returncode != 0:
        raise NoPostgres(f"PostgreSQL cannot make its data directory: {done.stdout.strip()}")


def _is_postgres(pid: int) -> bool:
    """A zombie is none."""
    with suppress(OSError):
        stat = Path(f"/proc/{pid}/stat").read_text()
        return stat.startswith(f"{pid} (postgres) ") and ") Z " not in stat
    return False


def _shows(mark: str, pid: int) -> bool:
    with suppress(OSError):
        return _is_postgres(pid) and mark in Path(f"/proc/{pid}/cmdline").read_text()
    return False
