"""The signing keys of accounts, as the shard that owns them knows them.

Kept in memory over the table of identities, which the coordinator fills; nobody is asked here. A
commit of an account whose key is not known passes: its relay has checked it, and the account is on
its way to being resolved.
"""

from collections.abc import Iterable, Sequence

from asyncpg import Pool
from asyncpg import Record as Found
from cachebox import TTLCache

from indexer import metrics
from indexer.database import load_query
from indexer.protocol.errors import Invalid
from indexer.protocol.event import Commit, Event, Forged, Identity
from indexer.protocol.key import Key, parse_did_key
from indexer.protocol.signature import verify_commit
from indexer.shard.patience import patiently

KEYS = load_query("signing_keys")
MOST_KEYS = 100_000
KEPT_S, MISSED_S = 24 * 3600.0, 60.0
_NO_KEY, _GOOD, _BAD = map(metrics.SIGNATURES.labels, ("no_key", "good", "bad"))


class Keys:
    def __init__(self, pool: "Pool[Found]") -> None:
        self._pool = pool
        self._known: TTLCache[str, Key] = TTLCache(MOST_KEYS, KEPT_S)
        self._missed: TTLCache[str, None] = TTLCache(MOST_KEYS, MISSED_S)

    async def verified(self, events: Sequence[Event]) -> list[Event]:
        """The same events, but for the commits that are not signed by whom they say."""
        commits = [event for event in events if isinstance(event, Commit)]
        for event in events:
            if isinstance(event, Identity):
                self._forget(event.did)
        await self._learn({commit.did for commit in commits})
        forged = {id(commit) for commit in commits if not self._signed(commit)}
        if forged:  # perhaps they have new keys, and we old ones
            doubted = [commit for commit in commits if id(commit) in forged]
            for commit in doubted:
                self._forget(commit.did)
            await self._learn({commit.did for commit in doubted})
            forged = {id(commit) for commit in doubted if not self._signed(commit)}
        return [_forged(e) if id(e) in forged and isinstance(e, Commit) else e for e in events]

    def _signed(self, commit: Commit) -> bool:
        key = self._known.get(commit.did)
        if key is None:
            _NO_KEY.inc()
            return True
        good = verify_commit(commit.block, key)
        (_GOOD if good else _BAD).inc()
        return good

    async def _learn(self, dids: Iterable[str]) -> None:
        wanted = [did for did in dids if did not in self._known and did not in self._missed]
        if not wanted:
            return
        found = dict(await patiently(lambda: self._pool.fetch(KEYS, wanted)))
        for did in wanted:
            key = _key(found.get(did))
            if key is None:
                self._missed[did] = None
            else:
                self._known[did] = key

    def _forget(self, did: str) -> None:
        self._known.pop(did, None)
        self._missed.pop(did, None)


def _key(text: str | None) -> Key | None:
    """Of a kind that we cannot read: none, as if it were not known."""
    if text is None:
        return None
    try:
        return parse_did_key(text)
    except Invalid:
        return None


def _forged(commit: Commit) -> Forged:
    return Forged(commit.seq, commit.did, commit.time, commit.rev, commit.frame, "bad_signature")
