"""How labels and errors are spelled over HTTP, as XRPC has them."""

from base64 import b64encode, urlsafe_b64decode, urlsafe_b64encode
from typing import Any

import orjson
from aiohttp import web
from aiohttp.typedefs import Handler

from indexer import metrics
from indexer.database import DATABASE_ERRORS, passes
from indexer.labels import Found, Unable
from indexer.labels.matching import MOST, START, Place
from indexer.protocol.label import Label, fields_of

PUBLIC = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, OPTIONS",
    "Access-Control-Allow-Headers": "*",
    "Access-Control-Max-Age": "86400",
}
NAMES = {400: "InvalidRequest", 401: "AuthenticationRequired", 404: "MethodNotImplemented"}
NAMES |= {405: "MethodNotImplemented", 413: "PayloadTooLarge", 501: "MethodNotImplemented"}
ANYTHING_ELSE = "InternalServerError"


class Refused(Exception):
    """The request is answered with this status and sentence."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@web.middleware
async def spelled_out(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Errors in the form of XRPC; counts what was answered."""
    try:
        answer = await handler(request)
    except Unable as error:
        answer = _failure(400, str(error))
    except Refused as error:
        answer = _failure(error.status, str(error))
    except TimeoutError:
        answer = _failure(503, "that took too long: ask for less")
    except web.HTTPException as error:
        answer = _failure(error.status, error.reason)
    except DATABASE_ERRORS as error:
        if not passes(error):
            raise
        answer = _failure(503, "the database cannot be reached")
    if request.path.startswith("/xrpc/") and not answer.prepared:
        answer.headers.update(PUBLIC)
    route = request.match_info.route.resource
    method = route.canonical if route else "unknown"
    metrics.LABEL_REQUESTS.labels(method, str(answer.status)).inc()
    return answer


def answer(body: Any, status: int = 200) -> web.Response:
    return web.Response(
        body=orjson.dumps(body, default=_spelled), status=status, content_type="application/json"
    )


async def allowed(_: web.Request) -> web.Response:
    """To browsers that ask before they ask."""
    return web.Response(status=204)


def found_json(found: Found) -> dict[str, Any]:
    return _json(found.fields, found.sig)


def label_json(label: Label) -> dict[str, Any]:
    return _json(fields_of(label.block), label.sig)


def several(request: web.Request, name: str, most: int = 100) -> list[str]:
    """The values of a parameter that may be given more than once."""
    values: list[str] = request.query.getall(name, [])
    if len(values) > most:
        raise Unable(f"{name}: {len(values)} values, where {most} may be")
    return values


def limit_of(request: web.Request, usual: int = 50) -> int:
    text = request.query.get("limit", str(usual))
    if text.isascii() and text.isdigit() and len(text) <= 9 and 0 < int(text) <= MOST:
        return int(text)
    raise Unable(f"limit: a number from 1 to {MOST}")


def place_of(request: web.Request) -> Place:
    """Where the page before ended."""
    if not (text := request.query.get("cursor")):
        return START
    try:
        match orjson.loads(urlsafe_b64decode(text)):
            case [str(subject), str(val), str(src)]:
                return subject, val, src
    except ValueError:
        pass
    raise Unable("cursor: none of ours")


def paged(page: list[Found], limit: int) -> dict[str, Any]:
    body: dict[str, Any] = {"labels": [found_json(label) for label in page]}
    if len(page) == limit:
        body["cursor"] = urlsafe_b64encode(orjson.dumps(page[-1].place)).decode()
    return body


def _json(fields: dict[str, Any], sig: bytes | None) -> dict[str, Any]:
    whole = fields if sig is None else fields | {"sig": sig}
    return {name: _spelled(field) for name, field in whole.items()}


def _spelled(value: Any) -> Any:
    if isinstance(value, bytes):
        return {"$bytes": b64encode(value).rstrip(b"=").decode()}
    return value


def _failure(status: int, message: str) -> web.Response:
    return answer({"error": NAMES.get(status, ANYTHING_ELSE), "message": message}, status)
