"""What a PDS answers about the accounts that live there; a relay says it of all there are."""

from collections.abc import Callable, Mapping

from load.network import holdings
from load.network.account import Account
from load.network.answer import DOCUMENT, TEXT, Answer, Question, refused, said
from load.network.network import Network

_LISTED = 500
_WHY = {
    "deleted": "RepoNotFound",
    "deactivated": "RepoDeactivated",
    "suspended": "RepoSuspended",
    "takendown": "RepoTakendown",
}
_OF_REPO: Mapping[str, Callable[[Account, Question], Answer]] = {
    "com.atproto.sync.getRepo": holdings.whole,
    "com.atproto.sync.getRecord": holdings.proof,
    "com.atproto.sync.getLatestCommit": holdings.latest,
    "com.atproto.repo.getRecord": holdings.record,
}


class Pds:
    """`name` is the host that accounts have as their home; None has everybody."""

    def __init__(self, network: Network, name: str | None) -> None:
        self._network = network
        self._name = name

    def __call__(self, question: Question) -> Answer:
        if question.kind in _OF_REPO:
            return self._about(question)
        match question.kind:
            case "com.atproto.sync.getRepoStatus":
                account = self._here(question.params.get("did", ""))
                return said(holdings.state(account)) if account else refused("RepoNotFound")
            case "com.atproto.sync.listRepos":
                return self._list(question)
            case "com.atproto.identity.resolveHandle":
                account = self._here(question.params.get("handle", ""))
                return said({"did": account.did}) if account else refused("HandleNotFound")
            case "atproto-did":
                account = self._here(question.host)
                return Answer(200, account.did.encode(), TEXT) if account else _nothing()
            case "did.json":
                account = self._here(f"did:web:{question.host}")
                if account is None or account.gone:
                    return _nothing()
                return said(account.document)._replace(kind=DOCUMENT)
            case "_health":
                return said({"version": "local"})
        return refused("MethodNotImplemented", status=501)

    def _here(self, name: str) -> Account | None:
        account = self._network.find(name)
        lives_here = account and self._name in (None, account.home)
        return account if lives_here else None

    def _about(self, question: Question) -> Answer:
        account = self._here(question.params.get("did") or question.params.get("repo", ""))
        if account is None or not len(account.repo):
            return refused("RepoNotFound", "Could not find repo")
        if account.status in _WHY:
            return refused(_WHY[account.status])
        return _OF_REPO[question.kind](account, question)

    def _list(self, question: Question) -> Answer:
        """The cursor is the number of the first that was not listed."""
        try:
            limit = min(int(question.params.get("limit", _LISTED)), 2 * _LISTED)
            start = int(question.params.get("cursor", 0))
        except ValueError:
            return refused("InvalidRequest")
        here = [a for a in self._network.accounts.values() if len(a.repo) and self._here(a.did)]
        repos = [
            holdings.state(account) | holdings.head(account)
            for account in here[start : start + limit]
        ]
        more = start + limit < len(here)
        return said({"repos": repos} | ({"cursor": str(start + limit)} if more else {}))


def _nothing() -> Answer:
    return Answer(404, b"not found", TEXT)
