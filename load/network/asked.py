"""One request, and the honest answer to it."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from aiohttp import web

from load.network.answer import Answer, Question, Service

Live = Callable[[web.Request], Awaitable[web.StreamResponse]]
"""Answers by a WebSocket."""


class Asked(NamedTuple):
    request: web.Request
    question: Question
    service: Service
    live: Live | None

    def answer(self) -> Answer:
        return self.service(self.question)

    async def honestly(self) -> web.StreamResponse:
        return await self.live(self.request) if self.live else sent(self.answer())


Fault = Callable[[Asked], Awaitable[web.StreamResponse]]
"""Answers in another way."""


def sent(answer: Answer) -> web.Response:
    return web.Response(status=answer.status, body=answer.body, headers=headers_of(answer))


def headers_of(answer: Answer) -> dict[str, str]:
    return {"Content-Type": answer.kind, **answer.headers}
