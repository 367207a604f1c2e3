"""One request as a host meets it, and the answer that would be true."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from aiohttp import web

from load.network.answer import Answer, Question, Service
from load.network.network import Network

Live = Callable[[web.Request], Awaitable[web.StreamResponse]]
"""Answers by a WebSocket."""


class Asked(NamedTuple):
    request: web.Request
    question: Question
    service: Service
    live: Live | None
    network: Network

    def answer(self, **params: str) -> Answer:
        """What is true, or would be if these parameters had been others."""
        question = self.question
        path = f"/{params['did']}" if question.kind == "did" and "did" in params else question.path
        return self.service(question._replace(path=path, params={**question.params, **params}))

    async def honest(self) -> web.StreamResponse:
        return await self.live(self.request) if self.live else whole(self.answer())


def whole(answer: Answer) -> web.Response:
    return web.Response(
        status=answer.status,
        body=answer.body,
        headers={"Content-Type": answer.kind, **answer.headers},
    )
