"""Events in, tables out. One thread, no database, nothing kept but what is live."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from indexer.protocol.errors import Invalid
from indexer.protocol.event import Account, Commit, Event, Sync
from indexer.protocol.op import Op
from indexer.protocol.syntax import AtUri, at_uri
from tests.model import accounts
from tests.model.accounts import Standing
from tests.model.age import Memory
from tests.model.live import settle
from tests.model.records import Row, kind_of
from tests.model.tables import TABLES


@dataclass(frozen=True, slots=True)
class OptOut:
    """Not of the stream: an account forbids that anything of it is stored, or allows it again."""

    did: str
    forbidden: bool


Happened = Event | OptOut


@dataclass(slots=True)
class Model:
    source: str
    memory: Memory | None = None  # None: nothing is too old
    records: dict[AtUri, Op] = field(default_factory=dict)  # the live ones
    accounts: dict[str, Standing] = field(default_factory=dict)

    def see(self, event: Happened) -> None:
        account = self.accounts.setdefault(event.did, Standing())
        account.heard |= not isinstance(event, OptOut)
        match event:
            case OptOut():
                account.forbidden, account.opted = event.forbidden, True
            case Commit():
                if account.takes_commit(event) and not account.deleted:
                    self._apply(event, account.forbidden)
            case Account():
                if account.takes_account(event) and account.deleted:
                    self._delete_all_of(event.did)
            case Sync():
                account.takes_sync(event)

    def tables(self, users: Iterable[str] = ()) -> dict[str, list[Row]]:
        """Every table's rows, in no order. `users` are such as may have a row beside those who
        must."""
        live = settle({uri: op for uri, op in self.records.items() if self._keeps(op)})
        everybody = accounts.people(live, self.accounts) | set(users)
        return {
            **{table: list(rows(live)) for table, rows in TABLES.items()},
            "users": list(accounts.users(live, self.accounts, everybody)),
            "repos": list(accounts.repos(self.accounts, self.source)),
        }

    def _keeps(self, op: Op) -> bool:
        return self.memory is None or self.memory.keeps(op)

    def _apply(self, commit: Commit, forbidden: bool) -> None:
        for op in commit.ops:
            if op.action != "delete" and not forbidden and acceptable(op):
                self.records[op.uri] = op
            else:
                self.records.pop(op.uri, None)  # also what a refused record would have replaced
        for refused in commit.refused:
            if refused.uri is not None:
                self.records.pop(at_uri(refused.uri), None)

    def _delete_all_of(self, did: str) -> None:
        self.records = {uri: op for uri, op in self.records.items() if op.did != did}


def acceptable(op: Op) -> bool:
    kind = kind_of(op.uri)
    if kind.rkey not in (None, op.uri.rkey):
        return False
    try:
        kind.read(op)
    except Invalid:
        return False
    return True
