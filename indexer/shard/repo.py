"""The gate: which events of an account still count, and what they make of its repo. Pure.

Every event passes once. A commit whose `rev` is not newer than the stored one has been applied, or
was overtaken; an `#account` whose `seq` is not newer likewise. The decision is taken under the lock
of the repo's row, so a replay, by whomever, finds the door closed.
"""

from dataclasses import dataclass, field
from datetime import datetime

from indexer.protocol.event import Account, Commit, Fetched, Forged, Part, Sync
from indexer.protocol.syntax import cid_text

EMPTY_TREE = "bafyreie5737gdxlw5i64vzichcalba3z2v5n6icifvx5xytvske7mr3hpm"


FETCHING = "fetching"  # what comes of the repo is held back until all of it is here
MOST_HELD = 1000  # commits of one repo; with more, what is being fetched is given up


@dataclass(slots=True)
class Resync:
    """A row of `resyncs`, of a repo that is being fetched."""

    token: int | None
    parts: int
    complete: bool
    held: int


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
    resync: Resync | None = None  # only while it is being fetched
    changed: bool = field(default=False, compare=False)
    # The rev of what came behind missed commits.
    missed: str | None = field(default=None, compare=False)
    # Why it has just turned out that all of it has to be fetched.
    diverged: str | None = field(default=None, compare=False)

    @property
    def deleted(self) -> bool:
        return not self.active and self.status == "deleted"

    @property
    def fetching(self) -> bool:
        return self.state == FETCHING

    @property
    def crowded(self) -> bool:
        """Whether so much is held back that the fetching has to be given up."""
        return self.resync is not None and self.resync.held > MOST_HELD

    def holds(self, event: Commit | Sync) -> bool:
        """Whether it has to wait until the repo is fetched."""
        if self.resync is None or not self.fetching or self.deleted or self.opted_out:
            return False
        return self.rev is None or event.rev > self.rev

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
        self._diverge("gap", commit.rev)
        return self.state

    def _diverge(self, why: str, rev: str | None) -> None:
        """Nothing is asked for of those who opted out."""
        self.state = "desynchronized"
        self.missed = rev or self.missed
        self.diverged = None if self.opted_out else why
        self.changed = True

    def want_whole(self, why: str) -> None:
        """Something of it is not here, though nothing was missed."""
        self._diverge(why, None)

    def admit_account(self, event: Account, source: str) -> bool:
        """Whether the status is news. `seq` has a meaning within one source only."""
        if self.account_source == source and (self.account_seq or 0) >= event.seq:
            return False
        was_active, was_deleted = self.active, self.deleted
        self.account_source, self.account_seq = source, event.seq
        self.active, self.status = event.active, event.status
        if self.deleted:
            self.deleted_at = self.deleted_at or event.time
            if self.fetching:  # what is stored does not stand still any more
                self.state = "desynchronized"
        elif was_deleted:
            self.deleted_at = None
            self._diverge("reactivated", None)  # what was purged, or not applied, must be fetched
        elif self.active and not was_active and self.state == "desynchronized":
            self._diverge("reactivated", None)  # nobody fetches it while the account is not active
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
            self._diverge("sync", event.rev)
        self.changed = True
        return True

    def admit_forged(self, event: Forged) -> bool:
        """Whether it is news. If its author has a new key, a fetch brings what it made."""
        if self.rev is not None and event.rev <= self.rev:
            return False
        if not self.fetching:
            self._diverge(event.reason, None)
        return True

    def admit_fetched(self, event: Fetched) -> bool:
        """Whether it is not older than what we have. It never moves the repo on."""
        if self.fetching:
            return False
        if event.rev is None:
            return event.known == self.rev
        return self.rev is None or event.rev >= self.rev

    def admit_part(self, event: Part) -> bool:
        """Whether it is the next one. With the last the repo stands at the head fetched."""
        resync = self.resync
        if resync is None or not self.fetching or self.deleted or self.opted_out:
            return False
        if resync.complete or (resync.token, resync.parts) != (event.token, event.number - 1):
            return False
        resync.parts = event.number
        if event.last:
            resync.complete = True
            self.rev, self.data, self.missed = event.rev, cid_text(event.data), event.rev
            self.changed = True
        return True
