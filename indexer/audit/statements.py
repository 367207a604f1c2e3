"""The SQL of an audit, made from the declarations of tables and records. Pure text; kept on file in
`tests/golden/audit/`.

What compares takes two arrays, the ends of ranges of keys, and gives rows of (name, key, stored,
due): what is compared, what is stored, and what should be. What locks and what mends takes keys.
"""

from collections.abc import Iterable, Iterator
from functools import cache

from indexer.records import ALL, TABLES
from indexer.records.base import Columns, Counters, Record, Table, post_counts, user_counts

COUNTERS = (post_counts, user_counts)
FEWEST_PAGES, PAGE_BYTES = 32, 8192
Walk = tuple[str, str]  # a table, and the indexed column by which it is gone through


def tallied(comparison: str) -> str:
    """For each name: how many were compared, and which differ."""
    differs = "FILTER (WHERE stored IS DISTINCT FROM due)"
    lists = ", ".join(
        f"array_agg({c} ORDER BY key) {differs} AS {c}" for c in ("key", "stored", "due")
    )
    return (
        f"SELECT name, count(*) AS compared, {lists}\n"
        f"FROM (\n{comparison}\n) AS compared\n"
        f"GROUP BY name ORDER BY name"
    )


def bound(walks: Iterable[Walk]) -> str:
    """The last key of a part that begins at $1 and has about $2 rows of each table; NULL if it has
    no end."""
    ends = ",\n".join(
        f"    (SELECT {column} FROM {table} WHERE {column} >= $1 ORDER BY {column}"
        f" OFFSET $2 LIMIT 1)"
        for table, column in walks
    )
    return f"SELECT least(\n{ends}\n)"


def draw(walk: Walk) -> str:
    """$1 keys at random, from as many pages: fewer would give neighbours."""
    table, column = walk
    return (
        f"SELECT {column} FROM {table}\n"
        f"TABLESAMPLE SYSTEM ({_share(table, f'greatest({FEWEST_PAGES}, $1::bigint)')})\n"
        f"WHERE {column} IS NOT NULL\n"
        f"ORDER BY random() LIMIT $1"
    )


def size(walk: Walk) -> str:
    """About how many rows there are, judged by some pages."""
    table, _ = walk
    share = _share(table, str(FEWEST_PAGES))
    return f"SELECT count(*) * 100 / {share}\nFROM {table} TABLESAMPLE SYSTEM ({share})"


def counted(counters: Counters) -> Iterator[tuple[str, Table, str]]:
    """Each column, the table whose rows it counts, and by which of their columns."""
    for table in TABLES:
        for count in table.counts:
            if count.counters is counters and count.column is not None:
                yield count.column, table, count.by


@cache
def compare_counts(counters: Counters) -> str:
    """Each count with the rows it stands for. No row of counts is as good as one of zeros."""
    sides = [_rows_counted(*one) for one in counted(counters)]
    values = ", ".join(f"('{column}', t.{column})" for column in counters.columns)
    sides.append(
        f"    SELECT v.name, t.{counters.key}, v.stored, 0\n"
        f"    FROM {_among(counters.name, counters.key)},\n"
        f"         LATERAL (VALUES {values}) AS v (name, stored)\n"
        f"    WHERE v.stored <> 0"
    )
    union = "\n    UNION ALL\n".join(sides)
    return (
        f"SELECT name, key, sum(stored)::text AS stored, sum(due)::text AS due\n"
        f"FROM (\n{union}\n) AS side\n"
        f"GROUP BY name, key"
    )


@cache
def lock_counts(counters: Counters) -> str:
    return (
        f"INSERT INTO {counters.name} ({counters.key})\n"
        f"SELECT key FROM unnest($1::text[]) AS key ORDER BY key\n"
        f"ON CONFLICT ({counters.key}) DO UPDATE SET updated_at = now()"
    )


@cache
def mend_counts(counters: Counters) -> str:
    sums: dict[str, list[str]] = {}
    for column, table, by in counted(counters):
        live = _adopted(table, " AND s.")
        sums.setdefault(column, []).append(
            f"(SELECT count(*) FROM {table.name} s WHERE s.{by} = c.{counters.key}{live})"
        )
    sets = ",\n    ".join(f"{column} = {' + '.join(parts)}" for column, parts in sums.items())
    return f"UPDATE {counters.name} c SET\n    {sets}\nWHERE {counters.key} = ANY($1::text[])"


@cache
def compare_leftovers(record: Record, table: Table) -> str:
    """Rows that a record made beside its own, and whether it is there at all."""
    own = record.owns[0]
    here = f"(SELECT true FROM {own.name} o WHERE o.{own.key} = t.{table.key}) IS TRUE"
    return (
        f"SELECT '{table.key}' AS name, t.{table.key} AS key, 'there' AS stored,\n"
        f"       CASE WHEN {here} THEN 'there' ELSE 'gone' END AS due\n"
        f"FROM {_among(table.name, table.key)}"
    )


@cache
def mend_leftovers(table: Table) -> str:
    """Take rows out, and out of their counts."""
    counts = [count for count in table.counts if count.column is not None]
    lessen = "".join(
        f", lessened_{n} AS (\n"
        f"    INSERT INTO {c.counters.name} AS t ({c.counters.key}, {c.column})\n"
        f"    SELECT {c.by}, -count(*) FROM gone GROUP BY {c.by} ORDER BY {c.by}\n"
        f"    ON CONFLICT ({c.counters.key}) DO UPDATE\n"
        f"    SET {c.column} = t.{c.column} + excluded.{c.column}, updated_at = now()\n"
        f")"
        for n, c in enumerate(counts)
    )
    return (
        f"WITH gone AS (\n"
        f"    DELETE FROM {table.name} WHERE {table.key} = ANY($1::text[]) RETURNING *\n"
        f"){lessen}\n"
        f"SELECT count(*) FROM gone"
    )


@cache
def compare_duplicates() -> str:
    """Edges that wait, and whether another record with a smaller URI holds theirs."""
    return "\nUNION ALL\n".join(_duplicates(table) for table in TABLES if table.edge)


@cache
def compare_notices() -> str:
    """Notices with the record that tells, and with the one told of. Of kinds that are not ours
    nothing is due. `unverified` tells of a record that is gone."""
    telling = [record for record in ALL if any(e.startswith("notify_") for e in record.effects)]
    told_of = [record for record in ALL if record.subject_of]
    return (
        f"SELECT v.name, n.uri AS key, 'there' AS stored,\n"
        f"       CASE WHEN v.here THEN 'there' ELSE 'gone' END AS due\n"
        f"FROM {_among('notifications', 'uri', 'n')},\n"
        f"LATERAL (\n"
        f"    SELECT 'uri' AS name, {_live(telling, 'source.uri')} AS here\n"
        f"    FROM (SELECT split_part(n.uri, '#', 1) AS uri) AS source\n"
        f"    UNION ALL\n"
        f"    SELECT 'reason_subject', {_live(told_of, 'n.reason_subject')}\n"
        f"    WHERE n.reason_subject IS NOT NULL\n"
        f") AS v\n"
        f"WHERE n.reason <> 'unverified'"
    )


@cache
def compare_people() -> str:
    """Who wrote a post, follows or is followed has a row in `users`. Whoever ever opted out may be
    named without one."""
    known = "(SELECT true FROM users u WHERE u.did = t.did) IS TRUE"
    return (
        f"SELECT 'did' AS name, t.did AS key,\n"
        f"       CASE WHEN {known} THEN 'there' ELSE 'missing' END AS stored, 'there' AS due\n"
        f"FROM {_among(user_counts.name, user_counts.key)}\n"
        f"WHERE {' + '.join('t.' + c for c in user_counts.columns)} > 0\n"
        f"  AND (SELECT true FROM user_settings s WHERE s.user_did = t.did) IS NOT TRUE"
    )


def _rows_counted(column: str, table: Table, by: str) -> str:
    return (
        f"    SELECT '{column}' AS name, t.{by} AS key, 0 AS stored, count(*) AS due\n"
        f"    FROM {_among(table.name, by, where=_adopted(table, ' AND '))}\n"
        f"    GROUP BY t.{by}"
    )


def _duplicates(table: Table) -> str:
    on = " AND ".join(f"h.{column} = t.edge[{n}]" for n, column in enumerate(table.edge, 1))
    holder = f"SELECT h.uri < t.uri FROM {table.name} h WHERE {on}{_adopted(table, ' AND h.')}"
    kept_from = f" AND kept_from = '{table.name}'"
    return (
        f"SELECT '{table.name}' AS name, t.uri AS key, 'waits' AS stored,\n"
        f"       CASE WHEN ({holder}) THEN 'waits' ELSE 'counts' END AS due\n"
        f"FROM {_among('duplicates', 'uri', where=kept_from)}"
    )


def _live(records: Iterable[Record], uri: str) -> str:
    """Whether a record is, by its URI; as good as true for those of other types."""
    whens = "".join(
        f"        WHEN '{record.nsid}' THEN ({_row_of(record.owns[0], uri)}) IS TRUE\n"
        for record in records
    )
    return f"CASE split_part({uri}, '/', 4)\n{whens}        ELSE true END"


def _row_of(table: Table, uri: str) -> str:
    if isinstance(table, Columns):
        return (
            f"SELECT true FROM {table.name} r WHERE r.{table.key} = split_part({uri}, '/', 3)"
            f" AND r.profile_record IS NOT NULL"
        )
    live = _adopted(table, " AND r.")
    return f"SELECT true FROM {table.name} r WHERE r.{table.key} = {uri}{live}"


def _among(table: str, key: str, name: str = "t", where: str = "") -> str:
    """The rows of a table in the ranges asked for, reached by the key's index."""
    return (
        f"unnest($1::text[], $2::text[]) AS part (low, high), LATERAL (\n"
        f"        SELECT * FROM {table}\n"
        f"        WHERE {key} >= part.low AND {key} <= part.high{where} OFFSET 0\n"
        f"    ) AS {name}"
    )


def _adopted(table: Table, before: str) -> str:
    """What readers stored ahead of the firehose is no record yet, and counts nothing."""
    return f"{before}commit_rev IS NOT NULL" if table.adoptable else ""


def _share(table: str, pages: str) -> str:
    """Per cent of a table's pages that make so many."""
    size = f"greatest(1, pg_relation_size('{table}'))"
    return f"least(100, {100 * PAGE_BYTES}.0 * {pages} / {size})"
