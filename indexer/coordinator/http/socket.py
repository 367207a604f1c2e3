"""A stranger's WebSocket: connected to under the same guard as all else, then read by message.

A redirect is refused: the library would follow it, with only the address judged.
"""

from collections.abc import AsyncIterator
from types import SimpleNamespace

from aiohttp import (
    ClientSession,
    ClientWebSocketResponse,
    ClientWSTimeout,
    ServerTimeoutError,
    TraceConfig,
    TraceRequestRedirectParams,
    WebSocketError,
    WSCloseCode,
    WSMsgType,
    WSServerHandshakeError,
)
from yarl import URL

from indexer.coordinator.http.answer import translated
from indexer.coordinator.http.errors import (
    Forbidden,
    NoAnswer,
    TooBig,
    TooSlow,
    Unreachable,
    Unreadable,
)

HEARTBEAT_S = 30.0  # a host that answers no ping is gone, however long its silences are
CLOSE_S = 1.0  # for the host to say goodbye
MOST = 1000  # of a kind: they last, and shall take no connections from requests

_SCHEMES = {"wss": "https", "ws": "http"}


def as_http(url: str) -> str:
    """How a WebSocket's URL is judged."""
    scheme, colon, rest = url.partition(":")
    return _SCHEMES.get(scheme, "?") + colon + rest


def unredirected() -> TraceConfig:
    trace = TraceConfig()
    trace.on_request_redirect.append(_refuse)
    return trace


async def connect(
    session: ClientSession, host: str, url: URL, most_bytes: int
) -> ClientWebSocketResponse:
    """Raises `NoAnswer`."""
    try:
        with translated(host):
            most = most_bytes + 1  # the library refuses what is as large as it may be
            return await session.ws_connect(
                url,
                heartbeat=HEARTBEAT_S,
                max_msg_size=most,
                timeout=ClientWSTimeout(ws_close=CLOSE_S),
            )
    except Unreachable as error:
        if isinstance(error.__cause__, WSServerHandshakeError):
            raise _refused(host, error.__cause__.status) from error
        raise


async def messages(host: str, socket: ClientWebSocketResponse) -> AsyncIterator[bytes]:
    """Until the host ends it in order. Raises `NoAnswer`."""
    while True:
        with translated(host):
            message = await socket.receive()
        match message.type:
            case WSMsgType.BINARY:
                yield message.data
            case WSMsgType.CLOSE | WSMsgType.CLOSING | WSMsgType.CLOSED:
                return
            case WSMsgType.ERROR:
                raise _broken(host, message.data)
            case _:
                raise Unreadable(host, "sent text")


def _refused(host: str, status: int) -> NoAnswer:
    said = f"answered {status} where a WebSocket was wanted"
    return Unreachable(host, said) if status == 429 or status >= 500 else Unreadable(host, said)


def _broken(host: str, error: object) -> NoAnswer:
    if isinstance(error, WebSocketError) and error.code == WSCloseCode.MESSAGE_TOO_BIG:
        return TooBig(host, "sent a message larger than may be")
    if isinstance(error, ServerTimeoutError):
        return TooSlow(host, "answers no ping")
    return Unreachable(host, f"{type(error).__name__}: {error}")


async def _refuse(
    _session: ClientSession, _context: SimpleNamespace, found: TraceRequestRedirectParams
) -> None:
    raise Forbidden(found.url.raw_host or "?", "redirects a WebSocket")
