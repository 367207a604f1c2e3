"""Are whole repos here as they are at home?"""

import asyncpg

from indexer.coordinator.repos.queue import STORED
from indexer.protocol.syntax import cid_text
from load.network import Network
from load.network.account import Account
from load.soak.found import Verdict


async def judge_repos(
    connection: asyncpg.Connection, network: Network, verdict: Verdict, waiting: set[str]
) -> None:
    rows = await connection.fetch(
        "SELECT did, r.state, r.rev FROM soak.repos LEFT JOIN repos r USING (did)"
    )
    for did, state, rev in rows:
        account = network.accounts.get(did)
        if did.startswith("did:web:"):
            verdict.repos["of did:web, whom nobody serves"] += 1
        elif did in waiting:
            verdict.repos["waiting"] += 1
        elif account is None or not serves(account):
            verdict.repos["absent: no such account, or not active"] += 1
        elif state != "synchronized":
            verdict.repos[f"given up, {state}"] += 1
            verdict.unlike.append(did)
        elif rev != account.repo.commit().rev:
            verdict.repos["synchronized, behind"] += 1
            verdict.unlike.append(did)
        elif not await _equal(connection, account):
            verdict.repos["synchronized, other rows"] += 1
            verdict.unlike.append(did)
        else:
            verdict.repos["synchronized, all rows equal"] += 1


async def _equal(connection: asyncpg.Connection, account: Account) -> bool:
    async with connection.transaction():
        await connection.execute("SET LOCAL enable_seqscan = off")
        stored = dict(await connection.fetch(STORED, account.did))
    uris = {f"at://{account.did}/{path}": path for path in account.repo.paths()}
    refused = {
        uri
        for (uri,) in await connection.fetch(
            "SELECT uri FROM quarantine WHERE did = $1 AND uri IS NOT NULL", account.did
        )
    }
    if set(uris) - refused != set(stored) - refused:
        return False
    records = {uri: account.repo.record(path) for uri, path in uris.items() if uri in stored}
    return all(r is not None and stored[u] in (None, cid_text(r.cid)) for u, r in records.items())


def serves(account: Account) -> bool:
    return account.status is None and not account.gone and len(account.repo) > 0
