"""What events say of an account: where its repo stands, whether it is active, what it wants.

An event that is not newer than the last of its kind says nothing. The row of `repos` outlives the
account.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from indexer.protocol.event import Account, Commit, Sync
from indexer.protocol.syntax import cid_text
from tests.model.live import Live
from tests.model.records import Row

EMPTY_TREE = "bafyreie5737gdxlw5i64vzichcalba3z2v5n6icifvx5xytvske7mr3hpm"
NAMING = {  # the columns that make somebody a user, beside their own records
    "follows": "following_did",
    "blocks": "blocked_did",
    "list_items": "subject_did",
    "verifications": "subject_did",
}
NO_PROFILE = dict.fromkeys(
    "display_name avatar_url banner_url description profile_record profile_cid profile_created_at"
    " pinned_post joined_via_starter_pack".split()
)


@dataclass(slots=True)
class Standing:
    """An account, from one source of events."""

    rev: str | None = None
    data: str | None = None
    state: str = "partial"
    active: bool = True
    status: str | None = None
    seq: int | None = None  # of the last #account
    heard: bool = False  # by any event
    forbidden: bool = False  # it has opted out
    opted: bool = False  # it has ever said so, or taken it back

    @property
    def deleted(self) -> bool:
        return not self.active and self.status == "deleted"

    def takes_commit(self, commit: Commit) -> bool:
        if self.rev is not None and commit.rev <= self.rev:
            return False
        self.state = "partial" if self.forbidden else self._state_after(commit)
        self.rev, self.data = commit.rev, cid_text(commit.data)
        return True

    def _state_after(self, commit: Commit) -> str:
        """Synchronized is what was seen from its first commit on, without a break."""
        before = cid_text(commit.prev_data) if commit.prev_data else None
        if self.rev is None:
            first = before == EMPTY_TREE or (before is None and commit.since is None)
            return "synchronized" if first else self.state
        unbroken = commit.since == self.rev and before in (None, self.data)
        return self.state if unbroken else "desynchronized"

    def takes_account(self, event: Account) -> bool:
        if self.seq is not None and event.seq <= self.seq:
            return False
        was_deleted = self.deleted
        self.active, self.status, self.seq = event.active, event.status, event.seq
        if was_deleted and not self.deleted:
            self.state = "desynchronized"  # what it had is gone; only a fetch brings it
        return True

    def takes_sync(self, event: Sync) -> None:
        data = cid_text(event.data)
        if self.rev is None and data == EMPTY_TREE:
            self.rev, self.data, self.state = event.rev, data, "synchronized"
        elif self.rev is None or (event.rev >= self.rev and (event.rev, data) != self._head):
            self.state = "desynchronized"

    @property
    def _head(self) -> tuple[str | None, str | None]:
        return self.rev, self.data


def repos(accounts: dict[str, Standing], source: str) -> Iterator[Row]:
    for did, account in accounts.items():
        if not account.heard:
            continue
        yield {
            "did": did,
            "rev": account.rev,
            "data": account.data,
            "state": account.state,
            "active": account.active,
            "status": account.status,
            "account_source": source if account.seq is not None else None,
            "account_seq": account.seq,
            "deleted_at": None,
        }


def people(live: Live, accounts: dict[str, Standing]) -> set[str]:
    """Who must have a row in `users`. Others may: nobody knows any more who named them.

    Nor is it said of those who once opted out, whom others may have named meanwhile.
    """
    found = {op.did for op in live.ops.values()}
    found.update(did for did, account in accounts.items() if account.seq is not None)
    for table, column in NAMING.items():
        found.update(row[column] for row in live[table].values())
    found.update(row["row"][NAMING[row["kept_from"]]] for row in named(live.duplicates))
    return {did for did in found if did not in accounts or not accounts[did].opted}


def named(duplicates: Iterable[Row]) -> Iterable[Row]:
    return (row for row in duplicates if row["kept_from"] in NAMING)


def users(live: Live, accounts: dict[str, Standing], dids: Iterable[str]) -> Iterator[Row]:
    for did in dids:
        account = accounts.get(did, Standing())
        profile = live["profiles"].get(f"at://{did}/app.bsky.actor.profile/self", NO_PROFILE)
        status = None if account.active else account.status or "inactive"
        yield {"did": did, "handle": "handle.invalid", "status": status, **profile}
