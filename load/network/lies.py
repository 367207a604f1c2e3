"""Faults in what an answer says. Those on CARs are as well made as a lie can be: hashes fit."""

from typing import Any

import orjson
from coincurve import PrivateKey
from libipld import decode_dag_cbor, encode_dag_cbor

from indexer.protocol.car import read_car
from load.encoding.frames import car
from load.encoding.mst import cid_of
from load.encoding.repository import with_signature
from load.network.answer import CAR, Answer
from load.network.asked import Asked
from load.network.faults import Fault
from load.network.telling import changing, telling

_ANYBODYS = PrivateKey(b"\x07" * 32)


def stale(back: int = 1) -> Fault:
    """What was true so many commits ago."""
    return telling(lambda asked: asked.answer(back=str(back)))


def of_another() -> Fault:
    """What is true of another account."""

    def tell(asked: Asked) -> Answer:
        here, name = asked.question.params, "repo" if "repo" in asked.question.params else "did"
        others = (did for did in asked.network.accounts if did != here.get(name))
        answers = (asked.answer(**{name: did}) for did in others)
        return next((answer for answer in answers if answer.status == 200), asked.answer())

    return telling(tell)


def of_another_record() -> Fault:
    """The same proof or CID, with what another record holds."""

    def tell(asked: Asked) -> Answer:
        answer, params = asked.answer(), asked.question.params
        account = asked.network.find(params.get("did") or params.get("repo", ""))
        path = f"{params.get('collection')}/{params.get('rkey')}"
        paths = account.repo.paths() if account and answer.status == 200 else []
        others = [other for other in paths if other != path]
        if not others:
            return answer
        collection, _, rkey = others[0].partition("/")
        another = asked.answer(collection=collection, rkey=rkey)
        if answer.kind == CAR:
            return answer._replace(body=_with_last_of(answer.body, another.body))
        mixed = orjson.loads(answer.body) | {"value": orjson.loads(another.body)["value"]}
        return answer._replace(body=orjson.dumps(mixed))

    return telling(tell)


def flipped() -> Fault:
    """One bit in the midst of it is another."""

    def change(answer: Answer) -> Answer:
        middle = len(answer.body) // 2
        flipped = bytes((answer.body[middle] ^ 1,))
        return answer._replace(body=answer.body[:middle] + flipped + answer.body[middle + 1 :])

    return changing(change)


def lacking() -> Fault:
    """A CAR without its last block: a record."""

    def change(answer: Answer) -> Answer:
        roots, blocks = read_car(answer.body)
        return answer._replace(body=car(roots[0], dict(list(blocks.items())[:-1])))

    return changing(change, CAR)


def forged() -> Fault:
    """A CAR whose commit was signed by somebody else."""

    def change(answer: Answer) -> Answer:
        roots, blocks = read_car(answer.body)
        fields: dict[str, Any] = decode_dag_cbor(blocks.pop(roots[0]))
        fields.pop("sig")
        commit = encode_dag_cbor(fields)
        signature = _ANYBODYS.sign_recoverable(commit)[:64]
        at = len(encode_dag_cbor({name: fields[name] for name in ("did", "rev")}))
        block = with_signature(commit, signature, at)
        return answer._replace(body=car(cid_of(block), {cid_of(block): block, **blocks}))

    return changing(change, CAR)


def _with_last_of(one: bytes, other: bytes) -> bytes:
    """A CAR whose last block, the record, is another CAR's, under its own CID."""
    roots, blocks = read_car(one)
    cids = list(blocks)
    return car(roots[0], blocks | {cids[-1]: list(read_car(other)[1].values())[-1]})
