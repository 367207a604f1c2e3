"""What a record type is: the tables it owns, and the rows one record makes in them.

A record module is data plus one pure function. It never deletes, counts, retries or waits: it
declares, and the shard derives those the same way for every type.

- create  insert the rows
- delete  remove every row the record made, in every table its type owns
- update  delete, then create

Counts move only with rows that really appear or disappear. What depends on two records, such as
a notice, is an effect: a named query (`sql/queries/`) over the URIs that a batch touched, on either
side, so that it does not matter which of the two came second.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, NamedTuple

from indexer.protocol.op import Op
from indexer.protocol.syntax import AtUri


@dataclass(frozen=True, eq=False, slots=True)
class Counters:
    """A table of counts. A row of zeros and no row are the same."""

    name: str
    key: str
    columns: tuple[str, ...]


class Count(NamedTuple):
    """`counters.column` is the number of a table's rows that share `by`.

    With `column` None nothing is counted, but the counters' row is locked all the same: it is
    where two shards meet that write the two halves of an effect at the same time. `through` says
    how the query `look_through` makes more keys, of posts' counters, of those in `by`.
    """

    counters: Counters
    column: str | None
    by: str
    through: str | None = None


class Row(NamedTuple):
    table: "Table"
    values: tuple[Any, ...]


@dataclass(frozen=True, eq=False, slots=True)
class Table:
    """Rows made by records.

    `spelled` lists the columns, each `name` (text) or `name:type`, in the order written.
    `key` is the column that says which record made a row, `key_of` its value for a URI.
    `edge` names the columns that only one live record may share; the smallest URI counts.
    `reopens` names the columns by which the query `reopen` finds the verdicts that depend on a row.
    `people` names the columns that hold DIDs of other accounts, who get a row in `users`.
    `awaits` names the columns that hold URIs of subjects, which effects wait for.
    `version` is the column that holds the record's CID.
    `news` is the one that is NULL in rows that tell nobody: they were old when they were fetched.
    """

    name: str
    spelled: str
    key: str = "uri"
    key_of: Callable[[AtUri], str] = str
    edge: tuple[str, ...] = ()
    counts: tuple[Count, ...] = ()
    reopens: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    awaits: tuple[str, ...] = ()
    version: str = "cid"
    news: str | None = None
    columns: tuple[str, ...] = field(init=False)
    types: tuple[str, ...] = field(init=False)
    _index: dict[str, int] = field(init=False)
    _in_order: Callable[[dict[str, Any]], tuple[Any, ...]] = field(init=False)

    def __post_init__(self) -> None:
        pairs = [column.partition(":") for column in self.spelled.split()]
        object.__setattr__(self, "columns", tuple(name for name, _, _ in pairs))
        object.__setattr__(self, "types", tuple(type or "text" for _, _, type in pairs))
        object.__setattr__(self, "_index", {name: i for i, name in enumerate(self.columns)})
        object.__setattr__(self, "_in_order", itemgetter(*self.columns))

    @property
    def adoptable(self) -> bool:
        """Whether readers store rows here ahead of the firehose, with `commit_rev` NULL."""
        return "commit_rev" in self._index

    def index(self, column: str) -> int:
        return self._index[column]

    def row(self, **values: Any) -> Row:
        return Row(self, self._in_order(values))


@dataclass(frozen=True, eq=False, slots=True)
class Columns(Table):
    """Columns of a row that outlives the record: set by create, NULL after delete."""


@dataclass(frozen=True, eq=False, slots=True)
class Record:
    """One collection.

    `owns` begins with the table that has one row for every live record.
    `effects` are the queries in which this record is the source: the one who tells.
    `subject_of` are those in which it is the subject: what is told about.
    `on_delete` is a query over URIs about to go, for what outlives its record.
    `rkey` is the only record key allowed.
    """

    nsid: str
    rows: Callable[[Op], Iterable[Row]]
    owns: tuple[Table, ...]
    effects: tuple[str, ...] = ()
    subject_of: tuple[str, ...] = ()
    on_delete: str | None = None
    rkey: str | None = None


COMMITTED = "created_at:timestamptz commit_time:timestamptz commit_seq:bigint commit_rev"


def committed(op: Op) -> dict[str, Any]:
    """The columns of `COMMITTED`: those of tables that readers may write ahead of the firehose."""
    return {
        "created_at": op.created_at,
        "commit_time": op.time,
        "commit_seq": op.seq,
        "commit_rev": op.rev,
    }


post_counts = Counters(
    "post_aggregations",
    "post_uri",
    ("like_count", "repost_count", "reply_count", "bookmark_count", "quote_count"),
)

user_counts = Counters(
    "user_aggregations", "did", ("followers_count", "follows_count", "posts_count")
)
