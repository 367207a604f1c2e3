"""What a host is asked, and what it answers."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import unquote

import orjson
from aiohttp import web

JSON, TEXT = "application/json", "text/plain"
CAR, DOCUMENT = "application/vnd.ipld.car", "application/did+ld+json"


class Question(NamedTuple):
    """`kind` is the method's NSID, or the last part of the path; a DID in the path is `did`."""

    kind: str
    host: str  # without its port
    path: str
    params: Mapping[str, str]

    @property
    def subject(self) -> str:
        """Whom or what it is about: `did`, `did/collection/rkey`, a handle; empty without any."""
        params = self.params
        names = ("did", "repo", "handle", "collection", "rkey")
        about = "/".join(params[name] for name in names if name in params)
        return about or (self.path.strip("/") if self.kind == "did" else "")


class Answer(NamedTuple):
    status: int
    body: bytes
    kind: str = JSON
    headers: Mapping[str, str] = {}


Service = Callable[[Question], Answer]


def question_of(request: web.Request) -> Question:
    path = unquote(request.path)
    last = path.rpartition("/")[2]
    host = request.headers.get("Host", "").rpartition(":")
    return Question(
        "did" if last.startswith("did:") else last, host[0] or host[2], path, dict(request.query)
    )


def said(value: Any, status: int = 200) -> Answer:
    return Answer(status, orjson.dumps(value))


def refused(error: str, message: str = "", status: int = 400) -> Answer:
    return said({"error": error, "message": message or error}, status)
