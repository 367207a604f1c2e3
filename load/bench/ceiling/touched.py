"""Rows that every transaction writes anew for whatever it writes: counters, and repos for their
revision. Which those are follows from the declarations of records."""

from collections.abc import Collection

from indexer.records import TABLES

REPOS = "repos"
URI = "uri"


def touching(there: Collection[str]) -> dict[str, list[tuple[str, str]]]:
    """By table: the tables whose rows touch its rows, each with what in them says which."""
    found: dict[str, list[tuple[str, str]]] = {}
    for table in TABLES:
        if table.name not in there:
            continue
        for count in table.counts:
            if count.column is not None and count.counters.name in there:
                found.setdefault(count.counters.name, []).append((table.name, count.by))
        if REPOS in there and table.key == URI:
            found.setdefault(REPOS, []).append((table.name, f"split_part({URI}, '/', 3)"))
    return found
