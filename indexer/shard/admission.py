"""What of a batch's events is to be applied. Pure: repos in, decisions out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from indexer.protocol.event import (
    Account,
    Changes,
    Commit,
    Event,
    Fetched,
    Forged,
    Identity,
    Part,
    Refused,
    Release,
    Sync,
)
from indexer.protocol.op import Op, deletion
from indexer.protocol.syntax import AtUri, at_uri
from indexer.shard.repo import Repo

FORGED = {
    "bad_signature": "the key that we know of its author has not signed it",
    "bad_tree": "what it says it changed is not what changed in the tree that was signed",
}


@dataclass(frozen=True, slots=True)
class Kept:
    """One thing refused, for the quarantine."""

    seq: int | None
    did: str | None
    uri: str | None
    reason: str
    detail: str
    frame: bytes | None = None
    record: bytes | None = None
    rev: str | None = None  # of the record's commit
    time: datetime | None = None  # likewise


@dataclass(slots=True)
class Admitted:
    ops: list[Op] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)
    statuses: set[str] = field(default_factory=set)  # DIDs whose account status is news
    prodded: set[str] = field(default_factory=set)  # DIDs to resolve, again
    held: list[Commit | Sync] = field(default_factory=list)  # until their repo is fetched
    answered: list[Fetched] = field(default_factory=list)  # what waits for these is done
    stale: list[Fetched] = field(default_factory=list)  # to be asked again


def admit(events: Iterable[Event], repos: Mapping[str, Repo], source: str) -> Admitted:
    """Walk the events in order, moving each one's repo along. `repos` must hold every DID."""
    result = Admitted()
    for event in events:
        _admit(event, repos[event.did], source, result)
    return result


def _admit(event: Event, repo: Repo, source: str, result: Admitted) -> None:
    match event:
        case Commit() | Sync() if repo.resync is not None and repo.holds(event):
            repo.resync.held += 1
            result.held.append(event)
        case Commit():
            if repo.admit_commit(event) and not repo.deleted:
                _take(event, repo, result)
        case Account():
            if repo.admit_account(event, source):
                result.statuses.add(event.did)
                _prod(repo, result)
        case Identity():
            _prod(repo, result)
        case Sync():
            repo.admit_sync(event)
        case Forged():
            if repo.admit_forged(event) and not repo.opted_out:
                result.kept.append(_forged(event))
                _prod(repo, result)
        case Fetched():
            _answer(event, repo, result)
        case Part():
            if repo.admit_part(event):
                _take(event, repo, result)
        case Release():
            """It changes nothing in a repo's own row; see `resync`."""


def _take(event: Changes, repo: Repo, result: Admitted) -> None:
    """What may not be stored, refused or unwanted, still takes away what stood there."""
    if repo.opted_out:
        result.ops += [
            op if op.action == "delete" else _deletion(op.uri, event) for op in event.ops
        ]
    else:
        result.ops += event.ops
        result.kept += [_kept(event, refused) for refused in event.refused]
    result.ops += [
        _deletion(at_uri(one.uri), event) for one in event.refused if one.uri is not None
    ]


def _prod(repo: Repo, result: Admitted) -> None:
    if not repo.opted_out:
        result.prodded.add(repo.did)


def _answer(event: Fetched, repo: Repo, result: Admitted) -> None:
    if repo.deleted or repo.opted_out:
        result.answered.append(event)
    elif repo.admit_fetched(event):
        result.answered.append(event)
        _take(event, repo, result)
    else:
        result.stale.append(event)


def _deletion(uri: AtUri, event: Changes) -> Op:
    return deletion(uri, event.rev or "", event.seq, event.time)


def _kept(event: Changes, refused: Refused) -> Kept:
    return Kept(
        event.seq,
        event.did,
        refused.uri,
        refused.reason,
        refused.detail,
        record=refused.record,
        rev=event.rev,
        time=event.time,
    )


def _forged(event: Forged) -> Kept:
    return Kept(event.seq, event.did, None, event.reason, FORGED[event.reason], frame=event.frame)
