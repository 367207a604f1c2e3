"""Rows of `identities` as values, and back. Pure."""

from collections.abc import Mapping
from typing import Any

from indexer.coordinator.resolver.found import Entry, Found, Gone, Identity, Unknown


def entry_of(did: str, row: Mapping[str, Any]) -> Entry:
    return Entry(_found(did, row), row["claimed"], row["resolved_at"], row["handle_checked_at"])


def columns_of(entry: Entry) -> tuple[object, ...]:
    """As `save_identity` takes them, without the last."""
    match entry.found:
        case Identity(did, handle, pds, key, labeler, label_key):
            said = (did, handle, entry.claimed, pds, key, labeler, label_key, False)
        case found:
            said = (found.did, None, None, None, None, None, None, True)
    return (*said, entry.asked_at, entry.checked_at)


def _found(did: str, row: Mapping[str, Any]) -> Found:
    if row["gone"]:
        return Gone(did)
    if all(row[name] is None for name in ("claimed", "pds", "signing_key", "label_key")):
        return Unknown(did, "there was no document")
    return Identity(
        did, row["handle"], row["pds"], row["signing_key"], row["labeler"], row["label_key"]
    )
