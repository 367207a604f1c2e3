"""All that there is: accounts with their repos, and the log of their directory.

It is learned from frames, as an indexer learns it, so the older states of every repo are known too.
"""

from copy import deepcopy
from typing import Any

from indexer.protocol.drisl import decode
from load.network.account import Account
from load.network.directory import Log, operation_of
from load.network.repo import Repo

_WEB = "did:web:"


class Network:
    def __init__(self) -> None:
        self.accounts: dict[str, Account] = {}
        self.log = Log()

    @property
    def names(self) -> list[str]:
        """Of all hosts that are asked who somebody is: handles, and those of did:web."""
        webs = {did.removeprefix(_WEB) for did in self.accounts if did.startswith(_WEB)}
        handles = {account.handle for account in self.accounts.values()}
        return sorted((handles | webs) - {""})

    def add(self, document: dict[str, Any], logged: bool = True) -> Account:
        """An account, or what its document says from now on."""
        did: str = document["id"]
        account = self._account(did)
        account.document = deepcopy(document)
        if logged and did.startswith("did:plc:"):
            self.log.add(did, operation_of(document))
        return account

    def learn(self, frame: bytes) -> None:
        """What a frame says of a repo, or of an account's status."""
        match decode(frame):
            case [{"t": "#commit"}, {"repo": str(did), "blocks": bytes(blocks)}]:
                self._account(did).repo.add(blocks)
            case [{"t": "#sync"}, {"did": str(did), "blocks": bytes(blocks)}]:
                self._account(did).repo.add(blocks)
            case [{"t": "#account"}, {"did": str(did), "active": bool(active)} as body]:
                self._account(did).status = None if active else body.get("status")

    def find(self, name: str) -> Account | None:
        """By DID or by handle, which only those have that nobody else claims before them."""
        if name in self.accounts:
            return self.accounts[name]
        return next((a for a in self.accounts.values() if a.handle == name), None)

    def bury(self, did: str) -> None:
        """Its DID is no more."""
        self.accounts[did].gone = True
        self.log.add(did, {"type": "plc_tombstone"})

    def _account(self, did: str) -> Account:
        if did not in self.accounts:
            self.accounts[did] = Account(did, {"id": did}, Repo(did))
        return self.accounts[did]
