"""The page and what it asks for, as routes of the parent's server.

The page is one file and needs nothing from outside. What strangers sent reaches the browser as
JSON alone and is written there as text; the page's policy lets no script run but its own. Listening
on loopback, it answers only who calls it so: a name in a hostile zone may point here too.
"""

import base64
import hashlib
import ipaddress
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import orjson
from aiohttp import web

from indexer.page.quarantine import Unanswered, look_into, newest
from indexer.reasons import REASONS

PAGE = Path(__file__).with_name("page.html")
MOST = 2**63 - 1
HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}
NOTHING_ELSE = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

Answer = Callable[[web.Request], Awaitable[web.Response]]
Live = Callable[[], dict[str, Any]]


def make_page(host: str, database_url: str, live: Live) -> Callable[[web.Application], None]:
    """What adds the page to the server that listens on `host`. `live` asks nobody."""
    page = PAGE.read_text(encoding="utf-8")
    guarded = _only_called_so if _is_loopback(host) else _unguarded

    async def show(_: web.Request) -> web.Response:
        headers = HEADERS | {"Content-Security-Policy": policy(page)}
        return web.Response(text=page, content_type="text/html", headers=headers)

    async def figures(_: web.Request) -> web.Response:
        return _json(live())

    async def refused(request: web.Request) -> web.Response:
        reason = request.query.get("reason") or None
        before = _number(request.query.get("before", str(MOST)))
        rows = await newest(database_url, reason, before)
        return _json({"entries": rows, "reasons": REASONS})

    async def entry(request: web.Request) -> web.Response:
        found = await look_into(database_url, _number(request.match_info["id"]))
        if found is None:
            return _json({"error": "nothing in quarantine has this id"}, 404)
        return _json(found | {"meaning": REASONS.get(found["reason"])})

    def add(app: web.Application) -> None:
        app.router.add_get("/", guarded(show))
        app.router.add_get("/live", guarded(figures))
        app.router.add_get("/quarantine", guarded(_answered(refused)))
        app.router.add_get("/quarantine/{id}", guarded(_answered(entry)))

    return add


def policy(page: str) -> str:
    """Only the style and the script that stand in the page itself, and questions to us."""
    allowed = "; ".join(
        f"{kind}-src {' '.join(_digests(page, kind))}" for kind in ("style", "script")
    )
    return f"{NOTHING_ELSE}; connect-src 'self'; img-src data:; {allowed}"


def _digests(page: str, element: str) -> list[str]:
    """Of the inner text of each, as the browser makes them."""
    found = re.findall(rf"<{element}>(.*?)</{element}>", page, re.DOTALL)
    digests = (hashlib.sha256(text.encode()).digest() for text in found)
    return [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]


def _json(value: Any, status: int = 200) -> web.Response:
    headers = HEADERS | {"Content-Security-Policy": NOTHING_ELSE}
    body = orjson.dumps(value, default=str)
    return web.Response(body=body, status=status, content_type="application/json", headers=headers)


def _answered(answer: Answer) -> Answer:
    """What PostgreSQL does not say in time, and what nobody can be asked, are answers too."""

    async def or_why_not(request: web.Request) -> web.Response:
        try:
            return await answer(request)
        except Unanswered as error:
            return _json({"error": str(error)}, 503)
        except ValueError as error:
            return _json({"error": str(error)}, 400)

    return or_why_not


def _number(text: str) -> int:
    if not re.fullmatch("[0-9]{1,19}", text) or int(text) > MOST:
        raise ValueError("an id is a number")
    return int(text)


def _only_called_so(answer: Answer) -> Answer:
    async def or_refused(request: web.Request) -> web.Response:
        if not _is_local(request.host):
            return _json({"error": "it is served as localhost, or by its address, only"}, 403)
        return await answer(request)

    return or_refused


def _unguarded(answer: Answer) -> Answer:
    return answer


def _is_local(called: str) -> bool:
    """`called` is what a browser takes us for: host or host:port."""
    name = re.sub(r":\d+$", "", called).strip("[]").lower()
    return name == "localhost" or _address(name) is not None


def _is_loopback(host: str) -> bool:
    address = _address(host)
    return host == "localhost" or (address is not None and address.is_loopback)


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None
