"""What one claimed entry takes, and what becomes of it.

An answer takes it out, whatever it says; a record that was offered stays until its shard has
written it. An answer that cannot be used is a failure, as is one that no shard could take in, and
after some the entry is given up. A host that cannot be reached is no failure: the entry is asked
for later and later, until it expires.
"""

import random
from dataclasses import dataclass

from indexer.channel import CoordinatorEnd
from indexer.config import Fetcher as Settings
from indexer.coordinator.fetcher.accounts import Accounts, is_doubtful
from indexer.coordinator.fetcher.asking import Declined, Unusable
from indexer.coordinator.fetcher.hosts import Hosts
from indexer.coordinator.fetcher.ledger import Ledger
from indexer.coordinator.fetcher.queue import Entry
from indexer.coordinator.fetcher.records import Records, Stale
from indexer.coordinator.http import NoAnswer
from indexer.coordinator.http.errors import Failed
from indexer.coordinator.resolver import Found, Gone, Identity, Resolver
from indexer.protocol.syntax import AtUri, is_did
from indexer.protocol.synthetic import record_frame

PROFILE = "app.bsky.actor.profile/self"
REPO_BUSY_S = 10.0


@dataclass(frozen=True, slots=True)
class Trying:
    settings: Settings
    resolver: Resolver
    records: Records
    accounts: Accounts
    hosts: Hosts
    ledger: Ledger
    end: CoordinatorEnd

    async def do(self, entry: Entry) -> str:
        """How it came out, as metrics count it."""
        account = entry.account
        if not is_did(account.did) or (account.deleted and not entry.is_user):
            return self._done(entry, "absent")
        if entry.attempts > self.settings.retries:  # the last was lost on its way
            return self._done(entry, "given_up")
        try:
            found = await self._resolve(entry)
        except NoAnswer as error:
            return self._unreachable(entry, error)
        match found:
            case Gone():
                await self.accounts.bury(account)
                return self._done(entry, "absent")
            case Identity(pds=str(pds)) if _is_asked(entry):
                if account.fetching and not is_doubtful(account):
                    return self._later(entry, "repo_busy", _spread(REPO_BUSY_S))
                return await self._at_host(entry, found, pds)
            case Identity() if entry.is_user:
                return self._done(entry, "settled")
        return self._done(entry, "absent")

    async def _resolve(self, entry: Entry) -> Found:
        did = entry.account.did
        found = await self.resolver.resolve(did, entry.not_before)
        if isinstance(found, Gone):  # it may have been taken back; what follows may not
            return await self.resolver.resolve(did, entry.account.now)
        return found

    async def _at_host(self, entry: Entry, identity: Identity, pds: str) -> str:
        try:
            with self.hosts.entering(pds, first=entry.is_user) as wait_s:
                if wait_s is not None:
                    return self._later(entry, "host_busy", wait_s)
                return await self._ask(entry, identity, pds)
        except Declined:
            return self._done(entry, "absent")
        except Failed as error:
            return self._unreachable(entry, error)
        except Stale:
            return self._failed(entry, "stale")
        except (Unusable, NoAnswer):
            return self._failed(entry, "refused")

    async def _ask(self, entry: Entry, identity: Identity, pds: str) -> str:
        account = entry.account
        if entry.is_user and is_doubtful(account):
            outcome = await self.accounts.settle(account, pds)
            if outcome == "contradicted" and account.bare:  # as any other's its profile is missing
                return self._later(entry, "settled", 0.0)
            return self._done(entry, "settled")
        uri = AtUri(f"at://{account.did}/{PROFILE}" if entry.is_user else entry.subject)
        found = await self.records.find(uri, account, identity)
        frame = record_frame(
            uri,
            found.cid,
            found.block,
            subject=entry.subject,
            claim=entry.claim,
            rev=found.rev,
            known=found.known,
        )
        await self.end.offer(frame)
        return "stored"

    def _done(self, entry: Entry, outcome: str) -> str:
        self.ledger.done(entry)
        return outcome

    def _later(self, entry: Entry, outcome: str, wait_s: float) -> str:
        self.ledger.put_off(entry, wait_s)
        return outcome

    def _failed(self, entry: Entry, outcome: str) -> str:
        if entry.attempts >= self.settings.retries:
            return self._done(entry, "given_up")
        wait_s = self.settings.backoff_first_s * 2.0**entry.attempts
        self.ledger.put_off(entry, _spread(min(wait_s, self.settings.backoff_max_s)), failed=1)
        return outcome

    def _unreachable(self, entry: Entry, error: NoAnswer) -> str:
        """Within half as long again as it has waited, at any moment, so that many who waited for
        one host do not come back together; and not before the host wants to hear of us."""
        first_s, last_s = self.settings.backoff_first_s, self.settings.backoff_max_s
        within_s = min(max(first_s, entry.waited.total_seconds() / 2), last_s)
        rest_s = error.again_in_s if isinstance(error, Failed) else None
        return self._later(entry, "unreachable", (rest_s or 0.0) + random.uniform(0, within_s))


def _is_asked(entry: Entry) -> bool:
    """Whether its PDS has to be: a record, a profile that is not here, an account in doubt."""
    if not entry.is_user:
        return True
    account = entry.account
    return account.bare if account.active else is_doubtful(account)


def _spread(wait_s: float) -> float:
    return wait_s * random.uniform(0.75, 1.25)
