"""What is compared, in order: first rows, then the counts of rows, then what depends on either."""

from collections.abc import Iterator
from dataclasses import dataclass

from indexer.audit import statements
from indexer.audit.statements import COUNTERS, Walk
from indexer.database import load_query
from indexer.records import ALL
from indexer.records.base import Counters, user_counts


@dataclass(frozen=True, slots=True)
class Check:
    """A table, the tables whose keys are gone through for it, and the statements: see
    `statements`. A check that mends nothing only reports."""

    table: str
    walks: tuple[Walk, ...]
    compare: str
    locks: tuple[str, ...] = ()
    mends: tuple[str, ...] = ()


def leftovers() -> Iterator[Check]:
    for record in ALL:
        for table in record.owns[1:]:
            yield Check(
                table.name,
                ((table.name, table.key),),
                statements.compare_leftovers(record, table),
                locks=(load_query("audit_lock_authors"),),
                mends=(statements.mend_leftovers(table),),
            )


def counts(counters: Counters) -> Check:
    """Gone through by every table that is counted too: a row of counts may be missing."""
    walks = [(table.name, by) for _, table, by in statements.counted(counters)]
    return Check(
        counters.name,
        ((counters.name, counters.key), *dict.fromkeys(walks)),
        statements.compare_counts(counters),
        locks=(statements.lock_counts(counters),),
        mends=(statements.mend_counts(counters),),
    )


DUPLICATES = Check("duplicates", (("duplicates", "uri"),), statements.compare_duplicates())

NOTICES = Check(
    "notifications",
    (("notifications", "uri"),),
    statements.compare_notices(),
    locks=(load_query("audit_lock_told"),),
    mends=(load_query("audit_drop_notices"),),
)

PEOPLE = Check(
    "users",
    ((user_counts.name, user_counts.key),),
    statements.compare_people(),
    mends=(load_query("create_users"),),
)

STATUSES = Check(
    "users",
    (("users", "did"),),
    load_query("audit_statuses"),
    locks=(load_query("lock_repos"), load_query("audit_lock_users")),
    mends=(load_query("audit_mend_statuses"),),
)

VERDICTS = Check(
    "posts",
    (("posts", "uri"),),
    load_query("audit_verdicts"),
    locks=(load_query("audit_lock_authors"), load_query("audit_lock_posts")),
    mends=(load_query("judge_posts"), load_query("audit_reopen")),
)

CHECKS = (
    *leftovers(),
    DUPLICATES,
    NOTICES,
    *map(counts, COUNTERS),
    PEOPLE,
    STATUSES,
    VERDICTS,
)
