"""The files of `sql/adopt/`: those with a number are run in their order, the others are asked for
by name."""

from functools import cache
from pathlib import Path

from indexer.database.session import SQL

ADOPT = SQL / "adopt"


@cache
def load(name: str) -> str:
    """The statement in `sql/adopt/<name>.sql`."""
    return (ADOPT / f"{name}.sql").read_text(encoding="utf-8")


@cache
def numbered(first: str) -> dict[str, str]:
    """What the files say whose number begins with one of these digits, by the rest of the name."""
    return {
        _name(path): path.read_text(encoding="utf-8")
        for path in sorted(ADOPT.glob(f"[{first}][0-9]_*.sql"))
    }


def _name(path: Path) -> str:
    return path.stem.partition("_")[2]
