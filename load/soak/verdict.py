"""Is everything accounted for? What was asked for stands here, or there is no such thing."""

from collections import defaultdict

import asyncpg

from indexer.protocol.syntax import AtUri
from indexer.records import RECORDS
from load.network import Network
from load.soak.found import Verdict
from load.soak.repos import judge_repos, serves

_HAVE = """
SELECT subject FROM unnest($1::text[], $2::text[]) AS asked (subject, key)
WHERE EXISTS (SELECT FROM {table} t WHERE t.{key} = asked.key)
   OR EXISTS (SELECT FROM duplicates d WHERE d.uri = asked.subject)
"""
_WAITING = "SELECT subject FROM pending UNION ALL SELECT did FROM resyncs"
MISSING = ("expired", "misled", "given up", "let go", "lost")  # though it is to be had


async def judge(
    connection: asyncpg.Connection, network: Network, wronged: set[str], asked: set[str]
) -> Verdict:
    """`wronged` are accounts about which lies were told; `asked` those that anybody asked for."""
    verdict = Verdict()
    waiting = {subject for (subject,) in await connection.fetch(_WAITING)}
    rows = await connection.fetch("SELECT subject, kind, tries, expired FROM soak.subjects")
    here = await _here(connection, {row["subject"]: row["kind"] for row in rows})
    for subject, kind, tries, expired in rows:
        did = subject.removeprefix("at://").partition("/")[0]
        outcome = (
            "waiting"
            if subject in waiting
            else _outcome(network, subject, subject in here)
            or ("of did:web, whom nobody serves" if did.startswith("did:web:") else None)
            or ("expired" if expired else None)
            or ("given up" if tries > 2 else None)
            or ("misled" if did in wronged else None)
            or ("lost" if did in asked else "let go")
        )
        verdict.subjects[outcome] += 1
        if outcome in MISSING:
            verdict.missing[subject] = kind
            verdict.examples.append(f"{outcome}: {subject}")
    await judge_repos(connection, network, verdict, waiting)
    return verdict


def _outcome(network: Network, subject: str, is_here: bool) -> str | None:
    """None: it is to be had, and is not here."""
    if is_here:
        return "stored"
    did, _, path = subject.removeprefix("at://").partition("/")
    account = network.accounts.get(did)
    if account is None or not serves(account):
        return "absent: no such account, or not active"
    if path and account.repo.record(path) is None:
        return "absent: no such record"
    return None


async def _here(connection: asyncpg.Connection, kinds: dict[str, str]) -> set[str]:
    by_kind: dict[str, list[str]] = defaultdict(list)
    for subject, kind in kinds.items():
        by_kind[kind].append(subject)
    users = await connection.fetch(
        "SELECT did FROM users WHERE did = ANY($1::text[])", by_kind.pop("user", [])
    )
    found = {did for (did,) in users}
    for kind, subjects in by_kind.items():
        table = RECORDS[kind].owns[0]
        keys = [table.key_of(AtUri(subject)) for subject in subjects]
        query = _HAVE.format(table=table.name, key=table.key)
        found |= {uri for (uri,) in await connection.fetch(query, subjects, keys)}
    return found
