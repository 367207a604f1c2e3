"""Whether an account is what was said of it: its PDS knows, and its directory.

That it is deleted is asked, since its records go for good; that it is deactivated, since the host
that it moved away from says so, too, and late. What else a relay says is obeyed.
"""

from dataclasses import dataclass

from indexer import metrics
from indexer.config import Fetcher as Settings
from indexer.coordinator.fetcher.asking import (
    NO_REPO,
    Declined,
    NotServed,
    Unusable,
    ask,
    read_json,
)
from indexer.coordinator.fetcher.queue import Account, Queue
from indexer.coordinator.http import Client

STATUS = "com.atproto.sync.getRepoStatus"
ACTIVE, DELETED, DEACTIVATED, UNSAID = "active", "deleted", "deactivated", "unsaid"


def is_doubtful(account: Account) -> bool:
    """Whether its PDS is to be asked."""
    return not account.active and account.status in (DELETED, DEACTIVATED)


@dataclass(frozen=True, slots=True)
class Accounts:
    settings: Settings
    client: Client
    queue: Queue

    async def settle(self, account: Account, pds: str) -> str:
        """How it came out: `confirmed`, `contradicted`, or `left` as it was. The PDS is the one
        that is said to be its since. Raises `Unusable`, `NoAnswer`."""
        status = await self._status(account.did, pds)
        if status == ACTIVE:
            revived = await self.queue.revive(account)
            if revived and account.deleted:
                metrics.DIVERGED.labels("reactivated").inc()
            return self._counted("contradicted", revived)
        if status == account.status == DELETED:
            return self._counted("confirmed", await self.queue.confirm(account))
        return self._counted("left", True)

    async def bury(self, account: Account) -> str:
        """The directory has a tombstone."""
        if account.deleted:
            return self._counted("confirmed", await self.queue.confirm(account))
        return self._counted("tombstone", await self.queue.bury(account))

    async def _status(self, did: str, pds: str) -> str:
        try:
            answer = await ask(self.client, pds, STATUS, self.settings.max_bytes, did=did)
        except Declined as error:
            return DELETED if error.word == NO_REPO else UNSAID
        except NotServed:
            return UNSAID
        match read_json(answer):
            case {"did": said} if said != did:
                raise Unusable("answered of another account")
            case {"active": True}:
                return ACTIVE
            case {"active": False, "status": str(status)}:
                return status
            case {"active": False}:
                return UNSAID
        raise Unusable("answered with no status")

    def _counted(self, outcome: str, moved: bool) -> str:
        """Nothing moves when something else was said meanwhile, which comes to be asked, too."""
        outcome = outcome if moved else "left"
        metrics.ACCOUNTS_SETTLED.labels(outcome).inc()
        return outcome
