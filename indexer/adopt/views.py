"""The SQL through which `sql/adopt/` reads the older tables: a view of each in the schema `older`,
with every column of `OLDER`, of the type that ours has. Pure text.

Beside them a view has `refused`, why a row cannot be ours (NULL: it can); `whole`, the row as it
stands; and, where readers stored rows ahead of the firehose, `rev`: NULL says that its commit has
not come yet. A row without a `commit_rev` has one all the same when the older system had read on
past it: it did not always note one. Its rev is the first there is, so that whatever comes is newer.
"""

from collections.abc import Iterable, Iterator, Mapping

from indexer.adopt.older import OLDER, Column, Older
from indexer.records import RECORDS

FIRST_TID = "2" * 13
DID, RKEY = r"did:[a-z]+:[a-zA-Z0-9._:%-]*[a-zA-Z0-9._-]", r"[a-zA-Z0-9._:~-]+"
NSID = r"[a-zA-Z][a-zA-Z0-9-]*(\.[a-zA-Z0-9-]+)+\.[a-zA-Z][a-zA-Z0-9]*"
TID = "[2-7a-j][2-7a-z]{12}"
MADE = {"id", "search_vector", "like_count"}  # theirs, of rows that are carried without them
MOST_BYTES = 1700  # of a key
INTEGERS = ("smallint", "integer", "bigint", "numeric")
STRINGS = ("character varying", "text", "character", "citext", "uuid")
ACCEPTED = {  # where ours is of the one type, theirs may be of these
    "text": STRINGS,
    "blob": STRINGS,
    "bigint": (*INTEGERS, *STRINGS),
    "boolean": ("boolean",),
    "timestamptz": ("timestamp with time zone", "timestamp without time zone"),
    "json": ("json", "jsonb", "text", "character varying", "ARRAY"),
    "jsonb": ("json", "jsonb", "text", "character varying", "ARRAY"),
}
OURS_ALONE = sorted(n for n, r in RECORDS.items() if r.owns[0].name != "generic_records")
ONE_KEY = {nsid: record.rkey for nsid, record in sorted(RECORDS.items()) if record.rkey}
SNAKE = "'\"[a-z]+_[a-z_]+\" ?:'"


def view(home: str, table: Older, types: Mapping[str, str]) -> str:
    """`types` says what stands: of each column, its type's name in the catalogue."""
    columns = [f"{_read(column, types)} AS {column.name}" for column in table.columns]
    if table.committed:
        columns.append(f"{_rev(types)} AS rev")
    return (
        f"CREATE VIEW older.{table.name} AS\n"
        f"SELECT o.*, {_refused(table)} AS refused\n"
        f"FROM (\n    SELECT {f',{chr(10)}           '.join(columns)},\n"
        f'           row_to_json(o) AS whole\n    FROM "{home}".{table.name} o\n) AS o'
    )


def nothing(table: Older) -> str:
    """The view of a table that is not there."""
    columns = [f"NULL::{_type(column)} AS {column.name}" for column in table.columns]
    if table.committed:
        columns.append("NULL::text AS rev")
    columns += ["NULL::json AS whole", "NULL::text AS refused"]
    return f"CREATE VIEW older.{table.name} AS SELECT {', '.join(columns)} LIMIT 0"


def unreadable(table: Older, types: Mapping[str, str]) -> Iterator[str]:
    """What is wrong with the columns of a table."""
    for column in table.columns:
        found = types.get(column.name)
        if found is None and column.needed:
            yield f"{table.name} has no column {column.name}"
        elif found is not None and found not in ACCEPTED[column.type]:
            yield f"{table.name}.{column.name} is of type {found}"


def extras(table: Older, types: Iterable[str]) -> list[str]:
    """Columns that neither we have nor the older system, as far as it can be told from here."""
    return sorted(set(types) - {column.name for column in table.columns} - MADE)


def by_name(name: str) -> Older:
    return next(table for table in OLDER if table.name == name)


def _read(column: Column, types: Mapping[str, str]) -> str:
    found, name = types.get(column.name), f"o.{column.name}"
    if column.name == "indexed_at":
        at = [
            _cast("timestamptz", types[c], f"o.{c}")
            for c in ("indexed_at", "created_at")
            if c in types
        ]
        # What comes of fetched repos is told apart by it: it is indexed later than all this.
        return f"least(coalesce({', '.join(at)}), now())"
    if found is None:
        return f"NULL::{_type(column)}"
    return _cast(column.type, found, name)


def _cast(type: str, found: str, name: str) -> str:
    match type:
        case "text":
            return f'{name}::text COLLATE "C"'
        case "blob":
            readable = f"{name} ~ '^baf[a-z2-7]+$'"
            known = f"(SELECT b.cid FROM older.blobs b WHERE b.written = {name}::text)"
            return f'(CASE WHEN {readable} THEN {name}::text ELSE {known} END) COLLATE "C"'
        case "timestamptz" if found == "timestamp without time zone":
            return f"{name} AT TIME ZONE 'UTC'"
        case "bigint" if found not in INTEGERS:
            return f"CASE WHEN {name} ~ '^[0-9]{{1,18}}$' THEN {name}::bigint END"
        case "bigint":
            return f"{name}::bigint"
        case "boolean":
            return f"coalesce({name}, false)"
        case "json" | "jsonb":
            return _json(type, found, name)
    return name


def _json(type: str, found: str, name: str) -> str:
    """Names as in the lexicon, where they are not the operator's own."""
    if found == "ARRAY":
        return f"to_jsonb({name})"
    read = name if found == "jsonb" else f"older.read_json({name}::text)"
    if type == "json":
        return read
    return f"CASE WHEN {name}::text ~ {SNAKE} THEN older.lexicon({read}) ELSE {read} END"


def _rev(types: Mapping[str, str]) -> str:
    indexed = _read(Column("indexed_at", "timestamptz", False), types)
    seen = f"CASE WHEN {indexed} <= (SELECT passed FROM older.adoption) THEN '{FIRST_TID}' END"
    if "commit_rev" not in types:
        return f'({seen}) COLLATE "C"'
    # What is no rev says all the same that the firehose brought the row.
    noted = f"CASE WHEN o.commit_rev ~ '^{TID}$' THEN o.commit_rev::text ELSE '{FIRST_TID}' END"
    return f"(CASE WHEN o.commit_rev <> '' THEN {noted} ELSE {seen} END) COLLATE \"C\""


def _refused(table: Older) -> str:
    empty = " OR ".join(f"o.{column.name} IS NULL" for column in table.columns if column.needed)
    whens = [(empty, "a column is empty that must not be")]
    if table.of is not None:
        collection = NSID if table.of == "*" else table.of.replace(".", r"\.")
        whens.append(
            (f"o.{table.key} !~ '^at://{DID}/{collection}/{RKEY}$'", f"no URI of {table.of}")
        )
    if table.of == "*":
        typed = ", ".join(f"'{nsid}'" for nsid in OURS_ALONE)
        whens.append(
            (f"split_part(o.{table.key}, '/', 4) IN ({typed})", "of a type that is no generic one")
        )
    whens += _misplaced(table)
    if table.owner is not None:
        whens.append(
            (f"o.{table.owner} <> split_part(o.{table.key}, '/', 3)", "somebody else's record")
        )
    whens += [(f"o.{column} !~ '^{DID}$'", f"{column} is no DID") for column in table.dids]
    if table.key not in ("id", "value"):
        whens.append((f"octet_length(o.{table.key}) > {MOST_BYTES}", "too long"))
    cases = "\n".join(f"            WHEN {when} THEN {_quoted(why)}" for when, why in whens if when)
    return f"CASE\n{cases}\n        END"


def _misplaced(table: Older) -> Iterator[tuple[str, str]]:
    """No commit writes such a record, nor is one heeded that takes it away."""
    alone = {nsid: rkey for nsid, rkey in ONE_KEY.items() if table.of in ("*", nsid)}
    if alone:
        collection, rkey = (f"split_part(o.{table.key}, '/', {n})" for n in (4, 5))
        typed = ", ".join(f"'{nsid}'" for nsid in alone)
        paths = ", ".join(f"'{nsid}/{rkey}'" for nsid, rkey in alone.items())
        yield (
            f"{collection} IN ({typed}) AND {collection} || '/' || {rkey} NOT IN ({paths})",
            "under a key that its type may not have",
        )


def _type(column: Column) -> str:
    return {"json": "jsonb", "blob": 'text COLLATE "C"', "text": 'text COLLATE "C"'}.get(
        column.type, column.type
    )


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
