"""Faults made out of the answer that would be true."""

from collections.abc import Callable

from aiohttp import web

from load.network.answer import Answer
from load.network.asked import Asked, whole
from load.network.faults import Fault


def telling(tell: Callable[[Asked], Answer]) -> Fault:
    async def do(asked: Asked) -> web.StreamResponse:
        return whole(tell(asked))

    return do


def changing(change: Callable[[Answer], Answer], kind: str | None = None) -> Fault:
    """Refusals stay as they are, and what is not of this kind."""

    def tell(asked: Asked) -> Answer:
        answer = asked.answer()
        is_meant = answer.status == 200 and kind in (None, answer.kind)
        return change(answer) if is_meant else answer

    return telling(tell)
