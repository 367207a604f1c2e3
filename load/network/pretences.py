"""Faults of DID documents: they say what anybody can say of himself."""

from collections.abc import Callable
from typing import Any

import orjson

from load.network.answer import DOCUMENT, Answer
from load.network.faults import Fault
from load.network.telling import changing


def claiming(handle: str) -> Fault:
    """A DID document that claims somebody's handle."""
    return _amending(lambda document: document | {"alsoKnownAs": [f"at://{handle}"]})


def living_at(url: str) -> Fault:
    """A DID document that says its services, PDS and labeler, are there."""

    def amend(document: dict[str, Any]) -> dict[str, Any]:
        moved = [service | {"serviceEndpoint": url} for service in document.get("service", [])]
        return document | {"service": moved}

    return _amending(amend)


def _amending(amend: Callable[[dict[str, Any]], dict[str, Any]]) -> Fault:
    def change(answer: Answer) -> Answer:
        return answer._replace(body=orjson.dumps(amend(orjson.loads(answer.body))))

    return changing(change, DOCUMENT)
