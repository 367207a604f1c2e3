"""One labeler's stream, read for ever, whatever the labeler does.

Its labels, what was kept aside of them and the cursor are one transaction. A labeler can hurt only
itself: its messages are bounded, its errors counted and waited out, and what it says in the name of
others, or does not sign, is kept aside while the rest goes on. A cursor that the labeler calls the
future's is not reset without somebody's say.
"""

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import datetime
from itertools import islice
from typing import NamedTuple, NoReturn, Protocol, runtime_checkable
from urllib.parse import urlsplit

import structlog
from asyncpg import Connection, Pool, Record

from indexer import metrics
from indexer.config import Labels as Settings
from indexer.coordinator.http import Client, NoAnswer
from indexer.coordinator.labels.inbox import Inbox
from indexer.coordinator.labels.judging import BAD_SIGNATURE, Judged, Refused, judge
from indexer.database import DATABASE_ERRORS, load_query, passes
from indexer.labels import put_numbered
from indexer.protocol.errors import BadFraming, Invalid
from indexer.protocol.key import Key, parse_did_key
from indexer.protocol.label_stream import Failure, Info, Labels, decode_message

PATH = "/xrpc/com.atproto.label.subscribeLabels"
MOST_BYTES = 5_000_000  # of a message
MOST_KEPT = 1000  # labels kept aside of one labeler while we run; more are counted
JUDGED_AT_ONCE = 200
LOG_EVERY = 5000  # labels
ASK_AGAIN_S = 60.0  # for its document, at the soonest, whatever goes wrong meanwhile
FUTURE, OUTDATED = "FutureCursor", "OutdatedCursor"

CURSOR, SAVE_CURSOR, KEEP_ASIDE, NOTE_GAP = (
    load_query(name) for name in ("label_cursor", "save_label_cursor", "quarantine", "note_gap")
)
log = structlog.get_logger()


@runtime_checkable
class Known(Protocol):
    """What a document that was resolved says; None what it does not."""

    @property
    def labeler(self) -> str | None: ...

    @property
    def label_key(self) -> str | None: ...


class Resolves(Protocol):
    async def resolve(self, did: str, not_before: datetime | None = None) -> object:
        """`Known` where there is a usable document, as of a moment by PostgreSQL's clock. Raises
        `NoAnswer`."""


class Surroundings(NamedTuple):
    pool: "Pool[Record]"
    client: Client
    resolver: Resolves
    settings: Settings


class Ended(Exception):
    """The stream cannot go on as it is; `cause` is for counting."""

    def __init__(self, cause: str, said: str) -> None:
        super().__init__(said)
        self.cause = cause


class Labeler(NamedTuple):
    endpoint: str
    key: Key

    @property
    def source(self) -> str:
        return urlsplit(self.endpoint).netloc + PATH

    def url(self, cursor: int) -> str:
        return f"ws{self.endpoint.removeprefix('http')}{PATH}?cursor={cursor}"


class Subscription:
    def __init__(self, did: str, around: Surroundings) -> None:
        self.did = did
        self._around = around
        self._failures = 0
        self._kept = self._stored = 0
        self._asked_at = -ASK_AGAIN_S
        self._cursor = 0

    async def keep_reading(self) -> NoReturn:
        while True:
            error = await self._read_until_it_ends()
            self._failures += 1
            wait_s = self._wait_s(error.cause)
            metrics.LABELER_RECONNECTS.labels(error.cause).inc()
            log.warning(
                "labeler lost",
                labeler=self.did,
                why=str(error),
                cursor=self._cursor,
                again_in_s=wait_s,
            )
            await asyncio.sleep(wait_s)

    async def _read_until_it_ends(self) -> Ended:
        try:
            await self._read(await self._find())
        except Ended as error:
            return error
        except NoAnswer as error:
            return Ended(error.outcome, str(error))
        except BadFraming as error:
            return Ended(error.reason, error.detail)
        except DATABASE_ERRORS as error:
            if not passes(error):
                raise
            return Ended("database", f"{type(error).__name__}: {error}")
        return Ended("closed", "the labeler ended the stream")

    def _wait_s(self, cause: str) -> float:
        """Jitter, so that many labelers of one host do not come back together."""
        first, most = self._around.settings.backoff_first_s, self._around.settings.backoff_max_s
        full = most if cause == FUTURE else min(most, first * 2.0 ** min(self._failures - 1, 40))
        return full * random.uniform(0.5, 1.0)

    async def _find(self) -> Labeler:
        """Whoever was lost may be elsewhere by now, or its document was wrong when it was asked."""
        if self._failures and time.monotonic() - self._asked_at > ASK_AGAIN_S:
            with suppress(NoAnswer):
                return await self._resolve_anew()
        return await self._resolve()

    async def _resolve_anew(self) -> Labeler:
        self._asked_at = time.monotonic()
        return await self._resolve(await self._around.pool.fetchval("SELECT now()"))

    async def _resolve(self, not_before: datetime | None = None) -> Labeler:
        found = await self._around.resolver.resolve(self.did, not_before)
        endpoint, key = (
            (found.labeler, found.label_key) if isinstance(found, Known) else (None, None)
        )
        if endpoint is None or key is None:
            raise Ended("no_labeler", "its document names no labeler, or no key for labels")
        try:
            return Labeler(endpoint, parse_did_key(key))
        except Invalid as error:
            raise Ended("no_labeler", str(error)) from None

    async def _read(self, labeler: Labeler) -> None:
        """From the beginning where there is no cursor for this endpoint yet."""
        stored = await self._around.pool.fetchval(CURSOR, self.did, labeler.endpoint)
        self._cursor = stored or 0
        url = labeler.url(self._cursor)
        async with self._around.client.websocket(url, most_bytes=MOST_BYTES) as messages:
            log.info("labeler connected", labeler=self.did, url=url)
            inbox = Inbox()
            reading = asyncio.create_task(_receive(messages, inbox))
            try:
                with metrics.LABELERS_CONNECTED.track_inprogress():
                    await self._store(labeler, inbox)
                await reading
            finally:
                reading.cancel()
                await asyncio.gather(reading, return_exceptions=True)

    async def _store(self, labeler: Labeler, inbox: Inbox) -> None:
        while frames := await inbox.take():
            news: list[Labels] = []
            ended: Ended | BadFraming | None = None
            for frame in frames:
                try:
                    await self._hear(labeler, decode_message(frame), news)
                except (Ended, BadFraming) as error:
                    ended = error  # what came before it is good
                    break
            if news:
                labeler = await self._take(labeler, news)
            if ended:
                raise ended

    async def _hear(
        self, labeler: Labeler, message: Labels | Info | Failure | None, news: list[Labels]
    ) -> None:
        match message:
            case Labels(seq=seq) if seq > (news[-1].seq if news else self._cursor):
                news.append(message)
            case Info(name=name, message=said):
                log.warning("labeler says", labeler=self.did, name=name, message=said)
                if name == OUTDATED:
                    await self._around.pool.execute(
                        NOTE_GAP, labeler.source, self._cursor, None, None, None, "outdated_cursor"
                    )
            case Failure(error=error, message=said):
                cause = FUTURE if error == FUTURE else "error"
                advice = f"; `indexer labels rewind {self.did}` reads it from its beginning"
                raise Ended(cause, f"{error}: {said}{advice if cause == FUTURE else ''}")

    async def _take(self, labeler: Labeler, news: list[Labels]) -> Labeler:
        """The labeler as it is known then."""
        judged = await self._judge(news, labeler.key)
        bad = any(refused.reason == BAD_SIGNATURE for refused in judged.refused)
        if bad and time.monotonic() - self._asked_at > ASK_AGAIN_S:
            now = await self._resolve_anew()
            if now.endpoint != labeler.endpoint:
                raise Ended("moved", f"it is at {now.endpoint} now")
            labeler, judged = now, await self._judge(news, now.key)
        await self._write(labeler, judged, news[-1].seq)
        return labeler

    async def _judge(self, news: list[Labels], key: Key) -> Judged:
        """Some at a time: one message can take seconds, and others shall have their turn."""
        said = iter([(message.seq, value) for message in news for value in message.labels])
        judged = Judged([], [])
        while some := list(islice(said, JUDGED_AT_ONCE)):
            judge(some, self.did, key, judged)
            await asyncio.sleep(0)
        return judged

    async def _write(self, labeler: Labeler, judged: Judged, cursor: int) -> None:
        async with self._around.pool.acquire() as connection, connection.transaction():
            stored = len(await put_numbered(connection, judged.labels))
            await self._keep_aside(connection, labeler, judged.refused)
            place = self.did, labeler.endpoint, cursor, self._cursor
            if not await connection.fetch(SAVE_CURSOR, *place):
                raise Ended("rewound", "somebody changed its cursor")
        self._cursor, self._failures = cursor, 0
        metrics.LABELER_CURSOR.labels(self.did).set(cursor)
        metrics.LABELS_IN.labels("stored").inc(stored)
        metrics.LABELS_IN.labels("unchanged").inc(len(judged.labels) - stored)
        if (self._stored + stored) // LOG_EVERY > self._stored // LOG_EVERY:
            log.info("labels applied", labeler=self.did, labels=self._stored + stored)
        self._stored += stored
        for refused in judged.refused:
            metrics.LABELS_IN.labels(refused.reason).inc()
        if judged.labels:
            delay_s = time.time() - judged.labels[-1][1].cts.timestamp()
            metrics.LABELER_DELAY_SECONDS.labels(self.did).set(delay_s)

    async def _keep_aside(
        self, connection: "Connection[Record]", labeler: Labeler, refused: list[Refused]
    ) -> None:
        some = refused[: max(0, MOST_KEPT - self._kept)]
        self._kept += len(some)
        if some:
            seqs, reasons, details, records = zip(*some, strict=True)
            none = [None] * len(some)
            await connection.execute(
                KEEP_ASIDE,
                *(labeler.source, seqs, [self.did] * len(some), none, reasons, details),
                *(none, records, none, none),
            )


async def _receive(messages: AsyncIterator[bytes], inbox: Inbox) -> None:
    try:
        async for message in messages:
            await inbox.put(message)
    finally:
        inbox.close()
