"""Who is there to be hit: the processes of one indexer and of its PostgreSQL, as they are now.

Found by who started whom, so that nothing is ever hit that is not ours.
"""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple


class Seen(NamedTuple):
    pid: int
    parent: int
    title: str


class Targets(NamedTuple):
    parent: tuple[int, ...] = ()
    shards: tuple[int, ...] = ()
    coordinator: tuple[int, ...] = ()
    children: tuple[int, ...] = ()  # of the parent, whoever they are
    postmaster: tuple[int, ...] = ()
    backends: tuple[int, ...] = ()  # of any kind, those that write in the background too
    sessions: tuple[int, ...] = ()  # backends that serve a connection; those at work, if any

    @property
    def pair(self) -> tuple[int, ...]:
        """Who begins while PostgreSQL does, and may be sent what rests on what it has forgotten."""
        both = self.shards and self.backends
        return self.shards[-1:] + self.backends[-1:] if both else ()

    @property
    def everybody(self) -> tuple[int, ...]:
        return self.parent + self.children + self.postmaster + self.backends


def find(parent: int | None, status: Mapping[str, Any] | None, data_dir: Path) -> Targets:
    """`status` is what the indexer says of itself: without it, no child has a name."""
    everybody = [*processes()]
    children = {one.pid for one in everybody if one.parent == parent}
    postmaster = _postmaster(data_dir)
    servers = [one for one in everybody if one.parent == postmaster]
    sessions = [one for one in servers if "[local]" in one.title]
    busy = [one for one in sessions if not one.title.endswith(("idle", "[local]"))]
    shards = {shard["pid"] for shard in status["shards"]} if status else set()
    coordinator = {status["coordinator"]["pid"]} if status else set()
    return Targets(
        parent=(parent,) if any(one.pid == parent for one in everybody) and parent else (),
        shards=tuple(sorted(children & shards)),
        coordinator=tuple(children & coordinator),
        children=tuple(sorted(children)),
        postmaster=(postmaster,) if postmaster else (),
        backends=tuple(one.pid for one in servers),
        sessions=tuple(one.pid for one in busy or sessions),
    )


def processes() -> "list[Seen]":
    """All of this machine that live."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # It has just left.
            stat = (path / "stat").read_text().rpartition(")")[2].split()
            title = (path / "cmdline").read_text(errors="replace")
            if stat[0] != "Z":
                found.append(Seen(int(path.name), int(stat[1]), title.rstrip(" \0")))
    return found


def _postmaster(data_dir: Path) -> int | None:
    """The one that says it serves this directory, if it lives and does."""
    with suppress(OSError):
        lines = (data_dir / "postgres" / "postmaster.pid").read_text().splitlines()
        if lines and lines[0].isdecimal():
            command = Path(f"/proc/{lines[0]}/cmdline").read_text(errors="replace")
            return int(lines[0]) if str(data_dir) in command else None
    return None
