"""What the database says, but for what may differ between two runs over the same records."""

from asyncpg import Connection, Record

TABLES = (
    "users posts likes reposts bookmarks quotes follows blocks list_blocks lists list_items"
    " feed_generator_records labeler_service_records starter_packs verifications thread_gates"
    " post_gates generic_records labels duplicates notifications post_aggregations"
    " user_aggregations repos feed_items feed_generators labeler_services label_definitions"
    " thread_contexts post_viewer_states"
).split()
OURS = {"id", "indexed_at", "updated_at", "is_read"}  # when and how we acted
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


async def snapshot(connection: "Connection[Record]", *tables: str) -> Snapshot:
    """Each table's rows as sorted JSON texts."""
    result = {}
    for table in tables or TABLES:
        left_out = sorted(OURS | ALSO.get(table, set()))
        found = await connection.fetch(
            f"SELECT (to_jsonb(t) - $1::text[])::text FROM {table} t"
            f" WHERE {ONLY.get(table, 'true')}",
            left_out,
        )
        result[table] = sorted(row[0] for row in found)
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
