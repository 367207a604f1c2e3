"""One record, as its author's PDS has it: with a proof, or where there is none to be had, without.

A proof is the account's own word, whoever passes it on. Without one it is the PDS that is believed,
in what it says is the record under the URI that we asked for, as long as the record is what its CID
says.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

from indexer.config import Fetcher as Settings
from indexer.coordinator.fetcher.asking import (
    NO_RECORD,
    Declined,
    NotServed,
    Unusable,
    ask,
    read_json,
)
from indexer.coordinator.fetcher.queue import Account, Queue
from indexer.coordinator.http import Client
from indexer.coordinator.resolver import Identity, Resolver
from indexer.protocol.dagjson import block_of_json
from indexer.protocol.errors import Invalid
from indexer.protocol.key import parse_did_key
from indexer.protocol.proof import Proof, read_proof
from indexer.protocol.syntax import AtUri

PROVEN, UNPROVEN = "com.atproto.sync.getRecord", "com.atproto.repo.getRecord"
CAR = "application/vnd.ipld.car"
DAG_CBOR = b"\x01\x71\x12\x20"


class Doubted(Unusable):
    """The key that we know has not signed it."""


class Stale(Exception):
    """The repo stands further on here."""


class Record(NamedTuple):
    cid: bytes
    block: bytes
    rev: str | None  # of the proof
    known: str | None  # that stood here before it was asked


@dataclass(frozen=True, slots=True)
class Records:
    settings: Settings
    client: Client
    resolver: Resolver
    queue: Queue

    async def find(self, uri: AtUri, account: Account, identity: Identity) -> Record:
        """Raises `Declined`, also when a proof says that there is none; `Stale`, `Unusable`,
        `NoAnswer`."""
        try:
            return await self._asked(uri, account, identity)
        except (Declined, Doubted) as error:
            if isinstance(error, Declined) and error.word == NO_RECORD:
                raise
            again = await self.resolver.resolve(account.did, account.now)
            if not isinstance(again, Identity) or _same(again, identity):
                raise
            return await self._asked(uri, account, again)  # it has moved, or has a new key

    async def _asked(self, uri: AtUri, account: Account, identity: Identity) -> Record:
        if identity.pds is None:
            raise Unusable("its document names no PDS")
        try:
            return await self._proven(uri, account, identity, identity.pds)
        except NotServed:
            known = await self.queue.rev(account.did)
        try:
            return await self._unproven(uri, known, identity.pds)
        except NotServed as error:
            raise Unusable(str(error)) from error

    async def _proven(self, uri: AtUri, account: Account, identity: Identity, pds: str) -> Record:
        query = {"did": uri.did, "collection": uri.collection, "rkey": uri.rkey}
        answer = await ask(self.client, pds, PROVEN, self.settings.max_bytes, **query)
        if answer.headers.get("content-type", "").partition(";")[0].strip().lower() != CAR:
            raise NotServed("answered with no CAR")
        proof = _checked(answer.body, uri, identity.signing_key)
        if account.rev is not None and proof.head.rev < account.rev:
            raise Stale(f"it stands at {proof.head.rev}, and we at {account.rev}")
        if proof.cid is None:
            raise Declined(NO_RECORD)
        return Record(proof.cid, proof.block, proof.head.rev, account.rev)

    async def _unproven(self, uri: AtUri, known: str | None, pds: str) -> Record:
        query = {"repo": uri.did, "collection": uri.collection, "rkey": uri.rkey}
        answer = await ask(self.client, pds, UNPROVEN, self.settings.max_bytes, **query)
        match read_json(answer):
            case {"uri": str(other)} if other != uri:
                raise Unusable("answered with another record")
            case {"cid": str(cid), "value": dict(value)}:
                block = _encoded(value, cid)
                return Record(DAG_CBOR + sha256(block).digest(), block, None, known)
        raise Unusable("answered with no record")


def _checked(car: bytes, uri: AtUri, key: str | None) -> Proof:
    if key is None:
        raise Doubted("its document names no key")
    try:
        return read_proof(car, uri.did, parse_did_key(key), f"{uri.collection}/{uri.rkey}")
    except Invalid as error:
        kind = Doubted if error.reason == "bad_signature" else Unusable
        raise kind(f"{error.reason}: {error.detail}") from error


def _encoded(value: object, cid: str) -> bytes:
    try:
        return block_of_json(value, cid)
    except Invalid as error:
        raise Unusable(f"{error.reason}: {error.detail}") from error


def _same(one: Identity, other: Identity) -> bool:
    return (one.pds, one.signing_key) == (other.pds, other.signing_key)
