"""The schema of the oldest version that `indexer migrate` leads on from, in one file.

It is of a version that is out there, and changes no more when there is one. Until then, and only
then, `python -m tests.database.baseline` makes it of today's files.
"""

import re
from pathlib import Path

from indexer.database.files import read_files
from indexer.database.session import SQL

BASELINE = Path(__file__).with_suffix(".sql")
HEADING = re.compile(r"^-- file: (\S+)\n", re.MULTILINE)


def unpack(into: Path) -> Path:
    """As that version had them in `sql/`."""
    _, *named = HEADING.split(BASELINE.read_text())
    for name, text in zip(named[::2], named[1::2], strict=True):
        path = into / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return into


def pack() -> str:
    return "".join(
        f"-- file: {path.relative_to(SQL)}\n{path.read_text()}" for path in read_files(SQL).schema
    )


if __name__ == "__main__":
    BASELINE.write_text(pack())
