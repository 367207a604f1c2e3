"""Faults of servers that answer well-formed, in time, and not the truth."""

from collections.abc import Callable
from typing import Any

import orjson
from aiohttp import web
from coincurve import PrivateKey
from libipld import decode_dag_cbor, encode_dag_cbor

from indexer.protocol.car import read_car
from load.frames import car
from load.mst import cid_of
from load.network.answer import Answer, Question
from load.network.asked import Asked, Fault, sent
from load.repository import signature

_NOT_THEIRS = PrivateKey(b"\x07" * 32)


def another(did: str) -> Fault:
    """Somebody else's document, repo or record; one who lives at the same host."""

    def asked_so(question: Question) -> Question:
        names = [name for name in ("did", "repo") if name in question.params]
        params = {**question.params, **dict.fromkeys(names, did)}
        path = f"/{did}" if question.kind == "did" else question.path
        return question._replace(params=params, path=path)

    return _asked(asked_so)


def another_record(path: str) -> Fault:
    """`collection/rkey` of the same repo, whatever record was asked for."""
    collection, rkey = path.split("/")
    return _with(collection=collection, rkey=rkey)


def stale(back: int = 1) -> Fault:
    """What was true so many commits ago."""
    return _with(back=str(back))


def flipped(at: float = 0.5) -> Fault:
    """One bit, after that share of the body."""

    def change(body: bytes) -> bytes:
        place = min(int(len(body) * at), len(body) - 1)
        return body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :]

    return _changed(change)


def halved(share: float = 0.5) -> Fault:
    """The beginning, as if it were all."""
    return _changed(lambda body: body[: int(len(body) * share)])


def forged() -> Fault:
    """The commit is signed by somebody else; all else is right."""

    def change(body: bytes) -> bytes:
        (root, *_), blocks = read_car(body)
        commit = decode_dag_cbor(blocks.pop(root))
        del commit["sig"]
        block = encode_dag_cbor(
            commit | {"sig": signature(_NOT_THEIRS, encode_dag_cbor(commit))},
        )
        return car(cid_of(block), {cid_of(block): block, **blocks})

    return _changed(change)


def lacking(number: int = -1) -> Fault:
    """A CAR without one of its blocks; the first is the commit."""

    def change(body: bytes) -> bytes:
        (root, *_), blocks = read_car(body)
        del blocks[list(blocks)[number]]
        return car(root, blocks)

    return _changed(change)


def claiming(handle: str) -> Fault:
    """Documents name it as their own."""
    return telling(lambda document: document | {"alsoKnownAs": [f"at://{handle}"]})


def living_at(url: str) -> Fault:
    """Documents name this PDS."""

    def change(document: Any) -> Any:
        return document | {
            "service": [
                service | {"serviceEndpoint": url}
                if service["id"].endswith("#atproto_pds")
                else service
                for service in document.get("service", [])
            ]
        }

    return telling(change)


def telling(change: Callable[[Any], Any]) -> Fault:
    """Of JSON."""
    return _changed(lambda body: orjson.dumps(change(orjson.loads(body))))


def _with(**params: str) -> Fault:
    return _asked(lambda question: question._replace(params={**question.params, **params}))


def _asked(change: Callable[[Question], Question]) -> Fault:
    """The answer to another question."""

    async def fault(asked: Asked) -> web.StreamResponse:
        return sent(asked.service(change(asked.question)))

    return fault


def _changed(change: Callable[[bytes], bytes]) -> Fault:
    """Refusals are left as they are."""

    async def fault(asked: Asked) -> web.StreamResponse:
        answer: Answer = asked.answer()
        if answer.status == 200 and answer.body:
            answer = answer._replace(body=change(answer.body))
        return sent(answer)

    return fault
