"""`indexer quarantine retry`: what was refused, judged by today's code, and written if it passes.

A frame that was refused whole never moved its repo on: it passes the gate as it would have then,
unless a later commit has. A record was kept aside by a commit that passed: it is written past the
gate, with the `rev` of its commit, and only where nothing later can have changed or deleted it. The
writer marks such as overtaken, under the lock of the repos row that is held here too.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from hashlib import sha256
from time import time
from typing import Literal, NamedTuple

from asyncpg import Record as Found
from asyncpg import UniqueViolationError

from indexer.database import load_query
from indexer.protocol.errors import Invalid
from indexer.protocol.event import Account, Commit, Event, Forged, Sync
from indexer.protocol.frame import decode
from indexer.protocol.op import Op
from indexer.protocol.record import decode_record
from indexer.protocol.syntax import at_uri, cid_text
from indexer.shard import age
from indexer.shard.admission import FORGED, Admitted, Kept
from indexer.shard.batch import plan
from indexer.shard.keys import Keys
from indexer.shard.patience import patiently
from indexer.shard.refusal import GUILTY, REASON, Trial, said
from indexer.shard.repo import Repo
from indexer.shard.taste import survives
from indexer.shard.trees import checked
from indexer.shard.writer import Known, Writer

ENTRY, IDS, RELEASE, REFUSE_AGAIN = (
    load_query(name)
    for name in ("quarantined", "quarantined_ids", "release_quarantine", "refuse_again")
)
DROP = "DELETE FROM quarantine WHERE id = $1"
CRASHED, NOT_A_RECORD = "crashed_decoder", "bad_cid"
_DAG_CBOR = b"\x01\x71\x12\x20"

Word = Literal["brought back", "dropped", "refused again", "too late"]


class Outcome(NamedTuple):
    word: Word  # of the first two nothing is left in quarantine
    said: str


OPTED_OUT = Outcome("dropped", "its author has opted out")
APPLIED = Outcome("dropped", "it has been applied since")
TOO_OLD = Outcome("dropped", "it is older than what is kept")
OVERTAKEN = Outcome("too late", "a later commit has changed or deleted it, or may have")


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of `quarantine`."""

    id: int
    source: str
    seq: int | None
    did: str | None
    uri: str | None
    reason: str
    detail: str
    frame: bytes | None
    record: bytes | None
    rev: str | None
    time: datetime | None
    overtaken: bool
    unclear: bool


async def ids(writer: Writer, reason: str | None) -> list[int]:
    """In the order in which they came, which is the one to retry them in."""
    return [number for (number,) in await writer.pool.fetch(IDS, reason)]


async def retry(writer: Writer, number: int, most_bytes: int) -> Outcome | None:
    """None when there is nothing of this id. `most_bytes` is what a frame may have."""
    row = await writer.pool.fetchrow(ENTRY, number)
    if row is None:
        return None
    entry = Entry(**row)
    writer = replace(writer, source=entry.source)
    try:
        if entry.frame is not None:
            return await _retry_frame(writer, entry, entry.frame, most_bytes)
        return await _retry_record(writer, entry)
    except Invalid as error:
        return await _refused_again(writer, entry, error.reason, error.detail)


async def _refused_again(writer: Writer, entry: Entry, reason: str, detail: str) -> Outcome:
    try:
        await writer.pool.execute(REFUSE_AGAIN, entry.id, reason, detail)
    except UniqueViolationError:  # another entry says so already
        await writer.pool.execute(DROP, entry.id)
    return Outcome("refused again", f"{reason}: {detail}")


async def _retry_record(writer: Writer, entry: Entry) -> Outcome:
    if entry.overtaken:
        return OVERTAKEN
    op = _op_of(entry)
    if op is None:
        return Outcome("too late", "there is no telling which record it was; a backfill brings it")
    for _, error in plan([op]).refused:
        raise error
    try:
        return await patiently(partial(_write_record, writer, entry, op))
    except GUILTY as error:
        return await _refused_again(writer, entry, REASON, said(error))


def _op_of(entry: Entry) -> Op | None:
    """None when it is not known which record of which commit it was. Raises Invalid."""
    if entry.uri is None or entry.record is None or entry.rev is None or entry.time is None:
        return None
    if entry.reason == NOT_A_RECORD:
        raise Invalid(entry.reason, entry.detail)
    uri = at_uri(entry.uri)
    record = decode_record(entry.record, uri.collection)
    cid = cid_text(_DAG_CBOR + sha256(entry.record).digest())
    return Op("update", uri, cid, record, entry.record, entry.rev, entry.seq, entry.time)


async def _write_record(writer: Writer, entry: Entry, op: Op) -> Outcome:
    async with writer.transaction([op.did]) as known:
        now = await _as_it_stands(known, entry)
        repo = known.repos[op.did]
        if now is None:
            return Outcome("dropped", "somebody else has just taken it out")
        if repo.opted_out:
            await known.connection.execute(RELEASE, entry.id)
            return OPTED_OUT
        if repo.deleted:
            return Outcome("too late", "the account is deleted")
        if now.overtaken:
            return OVERTAKEN
        if now.unclear:
            return Outcome("too late", "something later of the account is kept aside: retry that")
        [op] = await age.kept(known.connection, [op], writer.horizon())
        await known.write(Admitted(ops=[op]))
        await known.connection.execute(RELEASE, entry.id)
    return TOO_OLD if op.action == "delete" else Outcome("brought back", op.uri)


async def _as_it_stands(known: Known, entry: Entry) -> Entry | None:
    """Read again behind the lock of the repos row, where every writer marks what it overtakes."""
    row: Found | None = await known.connection.fetchrow(ENTRY, entry.id)
    return row and Entry(**row)


async def _retry_frame(writer: Writer, entry: Entry, frame: bytes, most_bytes: int) -> Outcome:
    received_us = int(time() * 1_000_000)
    if entry.reason == CRASHED and not await survives(frame, received_us):
        raise Invalid(CRASHED, "the process that decoded it died, once more")
    if len(frame) > most_bytes:
        raise Invalid("bad_frame", f"{len(frame)} bytes where {most_bytes} are allowed")
    event = decode(frame, received_us)
    if event is None:
        await writer.pool.execute(RELEASE, entry.id)
        return Outcome("dropped", "there is nothing in it to be applied")
    [event] = await Keys(writer.pool).verified([event])
    if entry.reason == "bad_tree":
        event = checked(event)
    if isinstance(event, Forged):
        raise Invalid(event.reason, FORGED[event.reason])
    apply: Callable[[], Awaitable[Outcome]] = partial(_apply, writer, entry, event)
    try:
        return await patiently(apply)
    except GUILTY:
        # Something in it: that is kept aside by itself, and all else is applied.
        trial = Trial(writer)
        await trial.write([event])
        outcome = await patiently(apply)
        return _brought_back(event, trial.kept) if outcome == APPLIED else outcome


async def _apply(writer: Writer, entry: Entry, event: Event) -> Outcome:
    async with writer.transaction([event.did]) as known:
        repo = known.repos[event.did]
        if late := too_late(event, repo, entry.source):
            return Outcome("too late", late)
        applied = isinstance(event, Commit) and event.rev == repo.rev
        admitted = known.admits([event])
        kept = await known.write(admitted)
        await known.connection.execute(RELEASE, entry.id)
    if repo.opted_out:
        return OPTED_OUT
    return APPLIED if applied else _brought_back(event, kept)


def _brought_back(event: Event, kept: Sequence[Kept]) -> Outcome:
    less = f", but for {len(kept)} of its records, kept aside by themselves" if kept else ""
    return Outcome("brought back", f"#{type(event).__name__.lower()} of {event.did}{less}")


def too_late(event: Event, repo: Repo, source: str) -> str | None:
    """Why the gate would let it pass unseen, though it has not been applied."""
    match event:
        case Commit() if repo.deleted:
            return "the account is deleted"
        case Commit() if repo.rev is not None and event.rev < repo.rev:
            return "a later commit has been applied; a backfill brings what this one brought"
        case Sync() if repo.rev is not None and event.rev < repo.rev:
            return "a later commit has been applied"
        case Account() if repo.account_source not in (None, source):
            return f"its status has since come from {repo.account_source}"
        case Account() if (repo.account_seq or 0) > event.seq:
            return "a later status of the account has been applied"
    return None
