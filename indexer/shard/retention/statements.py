"""The SQL that finds what has grown too old, made from a table's declaration; `tests/golden/` holds
the result. $1 is the horizon's time, $2 its key: see `Horizon.has_passed`.
"""

from collections.abc import Iterable
from functools import cache

from indexer.records.base import Table

_UNPROTECTED = "split_part(uri, '/', 3) NOT IN (SELECT did FROM protected_accounts)"
_PAGES = "ctid >= $3 AND ctid < $4"
_PAGE = "(ctid::text::point)[0]::bigint AS page"


@cache
def find(table: Table) -> str:
    """In the pages from $3 up to $4, $5 rows at most: whose they are, and on which page."""
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


def find_shelved(tables: Iterable[Table]) -> str:
    """As `find`, of rows that wait for their edge in one of the tables."""
    return _find("duplicates", _old_shelved(tables))


def among_shelved(tables: Iterable[Table]) -> str:
    return (
        f"SELECT uri FROM duplicates\n"
        f"WHERE uri = ANY($3::text[])\n  AND {_old_shelved(tables)}\n  AND {_UNPROTECTED}"
    )


def preview_shelved(tables: Iterable[Table]) -> str:
    return _preview("duplicates", _old_shelved(tables))


def old(table: Table) -> str:
    arrival = "commit_time < $1" if "commit_time" in table.columns else None
    return _any("created_at < $1", arrival)


def _old_shelved(tables: Iterable[Table]) -> str:
    names = ", ".join(f"'{table.name}'" for table in tables)
    times = [f"(row ->> '{column}')::timestamptz < $1" for column in ("created_at", "commit_time")]
    return f"kept_from IN ({names})\n  AND {_any(*times)}"


def _any(*times: str | None) -> str:
    any_of = [*filter(None, times), "right(uri, 13) < $2 AND uri ~ '/[2-7a-j][2-7a-z]{12}$'"]
    return "(" + "\n    OR ".join(any_of) + ")"


def _find(name: str, is_old: str) -> str:
    return (
        f"SELECT uri, {_PAGE} FROM {name}\n"
        f"WHERE {_PAGES}\n  AND {is_old}\n  AND {_UNPROTECTED}\nLIMIT $5"
    )


def _preview(name: str, is_old: str) -> str:
    return (
        f"SELECT count(*) FILTER (WHERE {_UNPROTECTED}) AS going, count(*) AS old\n"
        f"FROM {name}\nWHERE {_PAGES}\n  AND {is_old}"
    )
