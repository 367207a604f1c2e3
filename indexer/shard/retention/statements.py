"""The SQL that finds what has grown too old, made from a table's declaration; `tests/golden/` holds
the result. $1 is the horizon's time, $2 its key: see `Horizon.has_passed`.
"""

from functools import cache

from indexer.protocol.age import CONTENT
from indexer.records.base import Table

_UNPROTECTED = "(SELECT true FROM protected_accounts WHERE did = split_part(uri, '/', 3)) IS NULL"
_PAGES = "ctid >= $3 AND ctid < $4"


@cache
def find(table: Table) -> str:
    """In the pages from $3 up to $4, $5 rows at most, in no order."""
    return _find(table.name, old(table))


@cache
def among(table: Table) -> str:
    """Of the keys $3."""
    return (
        f"SELECT uri FROM {table.name}\n"
        f"WHERE {table.key} = ANY($3::text[])\n  AND {old(table)}\n  AND {_UNPROTECTED}"
    )


@cache
def preview(table: Table) -> str:
    """How many there are in the pages from $3 up to $4, and how many more that are protected."""
    return _preview(table.name, old(table))


def find_shelved() -> str:
    """As `find`, of records that wait for their edge."""
    return _find("duplicates", _old_shelved())


def among_shelved() -> str:
    return (
        f"SELECT uri FROM duplicates\n"
        f"WHERE uri = ANY($3::text[])\n  AND {_old_shelved()}\n  AND {_UNPROTECTED}"
    )


def preview_shelved() -> str:
    return _preview("duplicates", _old_shelved())


def old(table: Table) -> str:
    arrival = "commit_time < $1" if "commit_time" in table.columns else None
    return _any("created_at < $1", arrival)


def _any(*times: str | None) -> str:
    any_of = [*filter(None, times), "right(uri, 13) < $2 AND uri ~ '/[2-7a-j][2-7a-z]{12}$'"]
    return "(" + "\n    OR ".join(any_of) + ")"


def _old_shelved() -> str:
    """Not by `kept_from`: that has an index, all of which would be read for every few pages."""
    nsids = ", ".join(f"'{nsid}'" for nsid in sorted(CONTENT))
    times = [f"(row ->> '{column}')::timestamptz < $1" for column in ("created_at", "commit_time")]
    return f"split_part(uri, '/', 4) IN ({nsids})\n  AND {_any(*times)}"


def _find(name: str, is_old: str) -> str:
    return f"SELECT uri FROM {name}\nWHERE {_PAGES}\n  AND {is_old}\n  AND {_UNPROTECTED}\nLIMIT $5"


def _preview(name: str, is_old: str) -> str:
    return (
        f"SELECT count(*) FILTER (WHERE {_UNPROTECTED}) AS going, count(*) AS old\n"
        f"FROM {name}\nWHERE {_PAGES}\n  AND {is_old}"
    )
