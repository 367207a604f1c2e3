"""What a host answered, read no further than it was wanted.

We ask for plain bytes and decompress nothing, so no small answer can grow into a large one. A
failure that the server admits (5xx, 429) is a failure; every other status is an answer, 501 among
them: the method is not there and will not be.
"""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from aiohttp import ClientConnectorError, ClientError, ClientResponse, ClientResponseError

from indexer.coordinator.http.connecting import NotPublic
from indexer.coordinator.http.errors import Forbidden, TooBig, TooSlow, Unreachable, Unreadable

KEPT = ("content-type", "atproto-repo-rev", "ratelimit-remaining", "ratelimit-reset")
NOT_IMPLEMENTED, TOO_MANY = 501, 429


@dataclass(frozen=True, slots=True)
class Answer:
    """`headers` are those in `KEPT` that came, by their names in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Stream:
    """An answer whose body has yet to come. Reading `chunks` raises what reading may."""

    status: int
    headers: Mapping[str, str]
    chunks: AsyncIterator[bytes]


async def read(host: str, response: ClientResponse, most_bytes: int) -> Answer:
    body = b"".join([chunk async for chunk in chunks(host, response, most_bytes)])
    return Answer(response.status, kept_headers(response), body)


async def chunks(host: str, response: ClientResponse, most_bytes: int) -> AsyncIterator[bytes]:
    """What `Content-Length` promises may spare us the reading, and is not believed otherwise."""
    left = most_bytes
    if (response.content_length or 0) > most_bytes:
        raise TooBig(host, f"more than {most_bytes} bytes")
    while chunk := await _next_chunk(host, response):
        left -= len(chunk)
        if left < 0:
            raise TooBig(host, f"more than {most_bytes} bytes")
        yield chunk


async def _next_chunk(host: str, response: ClientResponse) -> bytes:
    with translated(host):
        return await response.content.readany()


def check(host: str, response: ClientResponse) -> None:
    """Raises `Unreachable`, `Unreadable`."""
    status = response.status
    if status == TOO_MANY or (status >= 500 and status != NOT_IMPLEMENTED):
        raise Unreachable(host, f"answered {status}", retry_after(response.headers))
    if status < 200:
        raise Unreadable(host, f"answered {status}")
    if (coding := response.headers.get("Content-Encoding", "identity").lower()) != "identity":
        raise Unreadable(host, f"answered in {coding}")


def kept_headers(response: ClientResponse) -> dict[str, str]:
    return {name: response.headers[name] for name in KEPT if name in response.headers}


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds from now, whether the host gave seconds or a date; None when it gave neither."""
    text = headers.get("Retry-After", "")
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        then = parsedate_to_datetime(text)
    except (ValueError, OverflowError):  # the latter for numbers that no date can have
        return None
    if then.tzinfo is None:
        then = then.replace(tzinfo=UTC)
    return max(0.0, (then - datetime.now(UTC)).total_seconds())


@contextmanager
def translated(host: str) -> Iterator[None]:
    """The client library's errors in our words, without the URLs that stand in some of them."""
    try:
        yield
    except TimeoutError as error:
        raise TooSlow(host, "took too long") from error
    except ClientConnectorError as error:
        if isinstance(error.os_error, NotPublic):
            raise Forbidden(host, str(error.os_error.args[-1])) from error
        raise Unreachable(host, f"no connection: {error.os_error}") from error
    except ClientResponseError as error:
        raise Unreachable(host, "answered in no HTTP") from error
    except (ClientError, OSError) as error:
        raise Unreachable(host, f"{type(error).__name__}: {error}") from error
