"""What moderators do over HTTP, with the token that they have to show.

POST /labels/apply, /labels/negate, /labels/remove   {"labels": [{"uri", "val", "cid"?, "exp"?}]}
GET  /labels/query?subjects=&sources=&values=&limit=&cursor=
GET  /labels/active?subjects=
GET  /labels/definitions?values=
POST /labels/definitions, PUT to change one   {"value", "description"?, "severity"?, "localized"?}
"""

import hmac
from collections.abc import Callable, Coroutine
from typing import Any

import orjson
from aiohttp import web

from indexer.coordinator.labels.answers import (
    Refused,
    answer,
    found_json,
    label_json,
    limit_of,
    paged,
    place_of,
    several,
)
from indexer.coordinator.labels.desk import Desk
from indexer.labels import (
    Author,
    Unable,
    Wish,
    active,
    apply,
    define,
    definitions,
    negate,
    query,
    read_wish,
    redefine,
    remove,
)

Doing = Callable[[web.Request], Coroutine[Any, Any, web.Response]]


class Moderators:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> list[web.RouteDef]:
        """None where no token is set."""
        if not self._desk.settings.token:
            return []
        return [
            web.post("/labels/apply", self._guarded(self._apply)),
            web.post("/labels/negate", self._guarded(self._negate)),
            web.post("/labels/remove", self._guarded(self._remove)),
            web.get("/labels/query", self._guarded(self._query)),
            web.get("/labels/active", self._guarded(self._active)),
            web.get("/labels/definitions", self._guarded(self._definitions)),
            web.post("/labels/definitions", self._guarded(self._define)),
            web.put("/labels/definitions", self._guarded(self._redefine)),
        ]

    def _guarded(self, doing: Doing) -> Doing:
        """Compared in constant time, so that nobody learns the token by the clock."""
        wanted = f"Bearer {self._desk.settings.token}".encode()

        async def guarded(request: web.Request) -> web.Response:
            shown = request.headers.get("Authorization", "")
            if not hmac.compare_digest(shown.encode("utf-8", "surrogateescape"), wanted):
                raise Refused(401, "show the token: Authorization: Bearer …")
            return await doing(request)

        return guarded

    def _author(self) -> Author:
        if self._desk.author is None:
            raise Unable("we say no labels: [labels] did is not set")
        return self._desk.author

    async def _apply(self, request: web.Request) -> web.Response:
        said = await apply(self._desk.pool, self._author(), await _wishes(request))
        labels = [{**label_json(one.label), "changed": one.changed} for one in said]
        return answer({"labels": labels})

    async def _negate(self, request: web.Request) -> web.Response:
        negations = await negate(self._desk.pool, self._author(), await _wishes(request))
        return answer({"labels": [label_json(label) for label in negations]})

    async def _remove(self, request: web.Request) -> web.Response:
        gone = await remove(self._desk.pool, self._author(), await _wishes(request))
        return answer({"removed": gone})

    async def _query(self, request: web.Request) -> web.Response:
        limit = limit_of(request)
        found = await query(
            self._desk.pool,
            subjects=several(request, "subjects"),
            sources=several(request, "sources"),
            values=several(request, "values"),
            limit=limit,
            after=place_of(request),
        )
        return answer(paged(found, limit))

    async def _active(self, request: web.Request) -> web.Response:
        subjects = several(request, "subjects")
        if any(subject.endswith("*") for subject in subjects):
            raise Unable("subjects: whole ones")
        found = await active(self._desk.pool, subjects)
        by_subject = {uri: [found_json(one) for one in labels] for uri, labels in found.items()}
        return answer({"subjects": by_subject})

    async def _definitions(self, request: web.Request) -> web.Response:
        found = await definitions(self._desk.pool, several(request, "values") or None)
        return answer({"definitions": found})

    async def _define(self, request: web.Request) -> web.Response:
        value, fields = await _definition(request)
        await define(self._desk.pool, value, **fields)
        return answer({"definitions": await definitions(self._desk.pool, [value])}, 201)

    async def _redefine(self, request: web.Request) -> web.Response:
        value, fields = await _definition(request)
        await redefine(self._desk.pool, value, **fields)
        return answer({"definitions": await definitions(self._desk.pool, [value])})


async def _json(request: web.Request) -> Any:
    try:
        return orjson.loads(await request.read())
    except orjson.JSONDecodeError as error:
        raise Unable(f"no JSON: {error}") from None


async def _wishes(request: web.Request) -> list[Wish]:
    match await _json(request):
        case {"labels": [*labels]}:
            return [read_wish(label) for label in labels]
    raise Unable('what is wanted is an object: {"labels": [{"uri": …, "val": …}]}')


async def _definition(request: web.Request) -> tuple[str, dict[str, Any]]:
    body = await _json(request)
    match body:
        case {"value": str(value)}:
            kinds = {"description": str, "severity": str, "localized": list}
            odd = [
                name for name, kind in kinds.items() if not isinstance(body.get(name), kind | None)
            ]
            if odd:
                raise Unable(f"{odd[0]}: of the wrong type")
            return value, {name: body.get(name) for name in kinds}
    raise Unable('what is wanted is an object: {"value": …, "description": …, "severity": …}')
