"""Faults in which there is an answer of some kind, and nothing of what was asked for in it."""

from random import Random

from load.network.answer import Answer, refused
from load.network.asked import Asked
from load.network.faults import Fault
from load.network.telling import telling


def failing(status: int = 500) -> Fault:
    return telling(lambda _: refused("InternalServerError", status=status))


def too_many(retry_after: int | None = None) -> Fault:
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return telling(lambda _: refused("RateLimitExceeded", status=429)._replace(headers=headers))


def garbage(size: int = 1000, seed: int = 0) -> Fault:
    """Bytes that mean nothing, of the kind that was asked for."""
    return telling(lambda asked: Answer(200, Random(seed).randbytes(size), asked.answer().kind))


def redirect(to: str, status: int = 302) -> Fault:
    """`to` may be relative. An empty one is the place itself, without an end."""

    def tell(asked: Asked) -> Answer:
        location = to or str(asked.request.rel_url)
        return Answer(status, b"", headers={"Location": location})

    return telling(tell)
