"""The gate: which events of an account still count, and what they make of its repo. Pure.

Every event passes once. A commit whose `rev` is not newer than the stored one has been applied, or
was overtaken; an `#account` whose `seq` is not newer likewise. The decision is taken under the lock
of the repo's row, so a replay, by whomever, finds the door closed.
"""

from dataclasses import dataclass, field
from datetime import datetime

from indexer.protocol.event import Account, Commit, Sync
from indexer.protocol.syntax import cid_text

EMPTY_TREE = "bafyreie5737gdxlw5i64vzichcalba3z2v5n6icifvx5xytvske7mr3hpm"


@dataclass(slots=True)
class Repo:
    """A row of `repos`, as the events of one batch change it."""

    did: str
    rev: str | None = None
    data: str | None = None
    active: bool = True
    status: str | None = None
    account_source: str | None = None
    account_seq: int | None = None
    deleted_at: datetime | None = None
    state: str = "partial"
    opted_out: bool = False
    changed: bool = field(default=False, compare=False)
    missed: str | None = field(
        default=None, compare=False
    )  # rev of what came behind missed commits

    @property
    def deleted(self) -> bool:
        return not self.active and self.status == "deleted"

    def admit_commit(self, commit: Commit) -> bool:
        """Whether the commit is new. Its ops may be applied if the account is not `deleted`."""
        if self.rev is not None and commit.rev <= self.rev:
            return False
        state = self._state_after(commit)
        self.state = "partial" if self.opted_out else state
        self.rev, self.data = commit.rev, cid_text(commit.data)
        self.changed = True
        return True

    def _state_after(self, commit: Commit) -> str:
        """A repo is whole if we saw it from its first commit on, without a break. Notes a break."""
        before = cid_text(commit.prev_data) if commit.prev_data else None
        if self.rev is None:
            whole = before == EMPTY_TREE or (before is None and commit.since is None)
            return "synchronized" if whole else self.state
        if self.deleted:  # what the account writes is not applied
            self.missed = commit.rev
        if commit.since == self.rev and before in (None, self.data):
            return self.state
        self.missed = commit.rev
        return "desynchronized"

    def admit_account(self, event: Account, source: str) -> bool:
        """Whether the status is news. `seq` has a meaning within one source only."""
        if self.account_source == source and (self.account_seq or 0) >= event.seq:
            return False
        was_deleted = self.deleted
        self.account_source, self.account_seq = source, event.seq
        self.active, self.status = event.active, event.status
        if self.deleted:
            self.deleted_at = self.deleted_at or event.time
        elif was_deleted:
            self.deleted_at = None
            self.state = "desynchronized"  # what was purged, or not applied, only a fetch brings
        self.changed = True
        return True

    def admit_sync(self, event: Sync) -> bool:
        """Whether the repo stands elsewhere than we know. It then has to be fetched."""
        data = cid_text(event.data)
        if self.rev is not None and event.rev < self.rev:
            return False
        if (event.rev, data) == (self.rev, self.data):
            return False
        if self.rev is None and data == EMPTY_TREE:
            self.rev, self.data, self.state = event.rev, data, "synchronized"
        else:
            self.state, self.missed = "desynchronized", event.rev
        self.changed = True
        return True
