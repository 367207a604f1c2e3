"""The SQL of an audit, kept where it can be read.

`python -m tests.audit.test_statements` writes it anew.
"""

from pathlib import Path

import pytest

from indexer.audit.checks import CHECKS, Check
from indexer.audit.statements import bound, draw, size, tallied
from indexer.database import load_queries

GOLDEN = Path(__file__).parents[1] / "golden" / "audit"
NAMED = set(load_queries().values())


def statements_of(check: Check) -> list[str]:
    """But for those that stand in a file of their own."""
    walk = check.walks[0]
    made = [bound(check.walks), draw(walk), size(walk)]
    if check.compare not in NAMED:
        made.append(tallied(check.compare))
    return [*made, *(sql for sql in (*check.locks, *check.mends) if sql not in NAMED)]


def texts() -> dict[str, str]:
    """Several checks of one table differ in where they go through it."""
    return {
        f"{check.table}_by_{check.walks[0][0]}": ";\n\n".join(statements_of(check)) + ";\n"
        for check in CHECKS
    }


@pytest.mark.parametrize("name", sorted(texts()))
def test_the_statements_of_a_check_are_those_on_file(name: str) -> None:
    assert texts()[name] == (GOLDEN / f"{name}.sql").read_text()


def test_no_statements_are_on_file_for_checks_that_are_gone() -> None:
    assert {path.stem for path in GOLDEN.glob("*.sql")} == texts().keys()
    assert len(texts()) == len(CHECKS)


if __name__ == "__main__":
    for name, text in texts().items():
        (GOLDEN / f"{name}.sql").write_text(text)
