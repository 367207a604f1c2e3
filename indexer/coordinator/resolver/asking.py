"""Asks the world who somebody is: a document, then whether the handle it claims is right.

A handle is verified in both directions or not at all: whoever writes a document could claim any.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from indexer import metrics
from indexer.config import Config
from indexer.coordinator.http import Client, NoAnswer
from indexer.coordinator.resolver.documents import Documents
from indexer.coordinator.resolver.found import Entry, Gone, Identity, Unknown
from indexer.coordinator.resolver.handles import Handles


class Asking:
    def __init__(self, client: Client, config: Config) -> None:
        development = config.resolver.development
        self._documents = Documents(client, config.services.plc_url, development)
        self._handles = Handles(client, config.http.at_once, development)

    async def ask(self, did: str, now: datetime, before: Entry | None) -> Entry:
        """`now` by PostgreSQL's clock; `before` is what was known. Raises `NoAnswer`."""
        with _counted() as outcomes:
            document = await self._documents.ask(did)
            outcomes.append(_outcome(document))
        if isinstance(document, Gone | Unknown):
            return Entry(document, None, now, now)
        identity = Identity(
            did, None, document.pds, document.signing_key, document.labeler, document.label_key
        )
        return await self.check_handle(Entry(identity, document.handle, now, None), now, before)

    async def check_handle(self, entry: Entry, now: datetime, before: Entry | None) -> Entry:
        """When that cannot be done now, what was verified before stays so, of the same handle."""
        if not isinstance(identity := entry.found, Identity):
            return entry
        if entry.claimed is None:
            return replace(entry, found=replace(identity, handle=None), checked_at=now)
        try:
            right = await self._handles.did_of(entry.claimed) == identity.did
        except NoAnswer:
            metrics.HANDLES_CHECKED.labels("no_answer").inc()
            same = before if before and before.claimed == entry.claimed else None
            kept = replace(identity, handle=same.handle if same else None)
            return replace(entry, found=kept, checked_at=same.checked_at if same else None)
        metrics.HANDLES_CHECKED.labels("verified" if right else "refuted").inc()
        checked = replace(identity, handle=entry.claimed if right else None)
        return replace(entry, found=checked, checked_at=now)


@contextmanager
def _counted() -> Iterator[list[str]]:
    """Takes the outcome from the list; none is none."""
    outcomes: list[str] = []
    began = time.monotonic()
    try:
        with metrics.RESOLVING.track_inprogress():
            yield outcomes
    finally:
        metrics.RESOLUTIONS.labels(outcomes[0] if outcomes else "no_answer").inc()
        metrics.RESOLVE_SECONDS.observe(time.monotonic() - began)


def _outcome(document: object) -> str:
    match document:
        case Gone():
            return "gone"
        case Unknown():
            return "unknown"
    return "found"
