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


def changing(change: Callable[[Answer], Answer]) -> Fault:
    """Refusals stay as they are."""

    def tell(asked: Asked) -> Answer:
        answer = asked.answer()
        return change(answer) if answer.status == 200 else answer

    return telling(tell)
