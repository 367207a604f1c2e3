"""What there is to say about one account's repo."""

from typing import Any

import orjson

from indexer.protocol.drisl import decode
from indexer.protocol.syntax import cid_text
from load.network.account import Account
from load.network.answer import CAR, Answer, Question, refused, said
from load.network.values import json_of


def _path(question: Question) -> str:
    return f"{question.params.get('collection', '')}/{question.params.get('rkey', '')}"


def _back(question: Question) -> int:
    """No real host reads this one: lies about the past are told by it."""
    return int(question.params.get("back", 0))


def whole(account: Account, question: Question) -> Answer:
    return Answer(200, account.repo.car(_back(question)), CAR)


def proof(account: Account, question: Question) -> Answer:
    return Answer(200, account.repo.proof(_path(question), _back(question)), CAR)


def latest(account: Account, question: Question) -> Answer:
    commit = account.repo.commit(_back(question))
    return said({"cid": cid_text(commit.cid), "rev": commit.rev})


def record(account: Account, question: Question) -> Answer:
    path = _path(question)
    uri = f"at://{account.did}/{path}"
    found = account.repo.record(path, _back(question))
    if found is None:
        return refused("RecordNotFound", f"Could not locate record: {uri}")
    value = json_of(decode(found.block)[0])
    return said({"uri": uri, "cid": cid_text(found.cid), "value": orjson.Fragment(value)})


def head(account: Account) -> dict[str, Any]:
    commit = account.repo.commit()
    return {"head": cid_text(commit.cid), "rev": commit.rev}


def state(account: Account) -> dict[str, Any]:
    state: dict[str, Any] = {"did": account.did, "active": account.status is None}
    if account.status is not None:
        return state | {"status": account.status}
    return state | ({"rev": account.repo.commit().rev} if len(account.repo) else {})
