"""What the database says, but for what may differ between two runs over the same records."""

from collections.abc import Iterable
from typing import NamedTuple

from asyncpg import Connection, Record

TABLES = (
    "users posts likes reposts bookmarks quotes follows blocks list_blocks lists list_items"
    " feed_generator_records labeler_service_records starter_packs verifications thread_gates"
    " post_gates generic_records labels duplicates notifications post_aggregations"
    " user_aggregations repos feed_items feed_generators labeler_services label_definitions"
    " thread_contexts post_viewer_states"
).split()
# When and how we acted.
OURS = {"id", "indexed_at", "updated_at", "is_read", "confirmed_at", "expired"}
ALSO = {
    "users": {"created_at"},
    "post_aggregations": {"created_at"},
    "user_aggregations": {"created_at"},
    "post_viewer_states": set(),
}
ONLY = {
    "notifications": "reason <> 'unverified'",
    "post_aggregations": "like_count + repost_count + reply_count + bookmark_count"
    " + quote_count > 0",
    "user_aggregations": "followers_count + follows_count + posts_count > 0",
}

Snapshot = dict[str, list[str]]


class Checksum(NamedTuple):
    """Of a table's rows in any order; equal rows are not folded."""

    rows: int
    sum: int


async def snapshot(connection: "Connection[Record]", *tables: str) -> Snapshot:
    """Each table's rows as sorted JSON texts."""
    result = {}
    for table in tables or TABLES:
        found = await connection.fetch(*_rows(table))
        result[table] = sorted(row[0] for row in found)
    return result


async def checksums(
    connection: "Connection[Record]", tables: Iterable[str] = TABLES
) -> dict[str, Checksum]:
    result = {}
    for table in tables:
        statement, left_out = _rows(table)
        found = await connection.fetchrow(
            "SELECT count(*), coalesce(sum(hashtextextended(row, 0)::numeric), 0)"
            f" FROM ({statement}) AS rows (row)",
            left_out,
        )
        assert found is not None  # An aggregate is always one row.
        result[table] = Checksum(found[0], int(found[1]))
    return result


def difference(before: Snapshot, after: Snapshot) -> list[str]:
    """Rows that only one of the two has, each with the table and a sign."""
    lines = []
    for table in before.keys() | after.keys():
        old, new = set(before.get(table, ())), set(after.get(table, ()))
        lines += [f"- {table} {row}" for row in sorted(old - new)]
        lines += [f"+ {table} {row}" for row in sorted(new - old)]
        if not old ^ new and before.get(table) != after.get(table):
            lines.append(f"# {table}: rows repeat differently")
    return lines


def _rows(table: str) -> tuple[str, list[str]]:
    """A statement that gives a JSON text a row, and its argument."""
    left_out = sorted(OURS | ALSO.get(table, set()))
    where = ONLY.get(table, "true")
    return f"SELECT (to_jsonb(t) - $1::text[])::text FROM {table} t WHERE {where}", left_out
