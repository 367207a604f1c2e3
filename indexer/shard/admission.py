"""What of a batch's events is to be applied. Pure: repos in, decisions out."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from indexer.protocol.event import Account, Commit, Event, Identity, Refused
from indexer.protocol.op import Op
from indexer.protocol.syntax import AtUri, at_uri
from indexer.shard.repo import Repo


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


def admit(events: Iterable[Event], repos: Mapping[str, Repo], source: str) -> Admitted:
    """Walk the events in order, moving each one's repo along. `repos` must hold every DID."""
    result = Admitted()
    for event in events:
        repo = repos[event.did]
        match event:
            case Commit():
                if repo.admit_commit(event) and not repo.deleted:
                    result.ops.extend(_ops(event, repo))
                    if not repo.opted_out:
                        result.kept.extend(_kept(event, refused) for refused in event.refused)
            case Account():
                if repo.admit_account(event, source):
                    result.statuses.add(event.did)
                    if repo.active and not repo.opted_out:
                        result.prodded.add(event.did)
            case Identity():
                if not repo.opted_out:
                    result.prodded.add(event.did)
            case _:
                repo.admit_sync(event)
    return result


def _ops(commit: Commit, repo: Repo) -> Iterator[Op]:
    """What may not be stored, refused or unwanted, still takes away what stood there."""
    for op in commit.ops:
        if repo.opted_out and op.action != "delete":
            yield _deletion(op.uri, commit)
        else:
            yield op
    for refused in commit.refused:
        if refused.uri is not None:
            yield _deletion(at_uri(refused.uri), commit)


def _deletion(uri: AtUri, commit: Commit) -> Op:
    return Op("delete", uri, None, {}, b"", commit.rev, commit.seq, commit.time)


def _kept(commit: Commit, refused: Refused) -> Kept:
    return Kept(
        commit.seq,
        commit.did,
        refused.uri,
        refused.reason,
        refused.detail,
        record=refused.record,
        rev=commit.rev,
        time=commit.time,
    )
