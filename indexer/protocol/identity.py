"""DID documents: what of them an indexer wants to know.

A document is refused when it is none, or not that of the DID asked for. An entry in it that cannot
be used is passed over, as is what it has beside; what it lacks is None.
"""

from dataclasses import dataclass
from typing import Any

import orjson

from indexer.protocol.endpoint import parse_endpoint
from indexer.protocol.errors import Invalid
from indexer.protocol.key import parse_key
from indexer.protocol.syntax import is_handle, shown

MOST_BYTES = 1 << 16
MOST_ENTRIES = 256  # of one list; the directory's documents have a handful

KEY, LABEL_KEY = "atproto", "atproto_label"
PDS, PDS_TYPE = "atproto_pds", "AtprotoPersonalDataServer"
LABELER, LABELER_TYPE = "atproto_labeler", "AtprotoLabeler"

_SCHEME = "at://"


@dataclass(frozen=True, slots=True)
class Document:
    did: str
    handle: str | None  # claimed, in lower case; verified by nobody, of any top-level domain
    pds: str | None  # scheme and host, and port if it is not the usual one; http, too
    signing_key: str | None  # as did:key
    labeler: str | None  # like `pds`
    label_key: str | None


def decode_document(data: bytes, did: str) -> Document:
    """Raises Invalid: `too_big`, `bad_document`, `wrong_did`."""
    if len(data) > MOST_BYTES:
        raise Invalid("too_big", f"a DID document of {len(data)} bytes")
    try:
        return read_document(orjson.loads(data), did)
    except orjson.JSONDecodeError as error:
        raise Invalid("bad_document", str(error)) from None


def read_document(value: object, did: str) -> Document:
    """Out of JSON that is decoded. Raises Invalid: `too_big`, `bad_document`, `wrong_did`."""
    if not isinstance(value, dict):
        raise Invalid("bad_document", f"{type(value).__name__}, not an object")
    if value.get("id") != did:
        raise Invalid("wrong_did", f"the document of {shown(value.get('id'))}, not of {did}")
    methods, services = _list(value, "verificationMethod"), _list(value, "service")
    return Document(
        did,
        claimed_handle(_list(value, "alsoKnownAs")),
        _endpoint(services, PDS, PDS_TYPE, did),
        _key(methods, KEY, did),
        _endpoint(services, LABELER, LABELER_TYPE, did),
        _key(methods, LABEL_KEY, did),
    )


def claimed_handle(names: list[Any]) -> str | None:
    """The first that is a handle counts, whether it resolves or not."""
    for name in names:
        if isinstance(name, str) and name.startswith(_SCHEME):
            handle = name.removeprefix(_SCHEME)
            if is_handle(handle):
                return handle.lower()
    return None


def _list(document: dict[str, Any], name: str) -> list[Any]:
    entries = document.get(name)
    if entries is None:
        return []
    if not isinstance(entries, list):
        raise Invalid("bad_document", f"{name}: {type(entries).__name__}, not list")
    if len(entries) > MOST_ENTRIES:
        raise Invalid("too_big", f"{name} of {len(entries)} entries")
    return entries


def _key(methods: list[Any], name: str, did: str) -> str | None:
    """The first that can be used, and that the DID itself controls."""
    for method in methods:
        match method:
            case {"type": str(kind), "publicKeyMultibase": str(text)} if (
                _is_named(method, name, did) and method.get("controller", did) == did
            ):
                try:
                    return parse_key(kind, text).text
                except Invalid:
                    continue
    return None


def _endpoint(services: list[Any], name: str, kind: str, did: str) -> str | None:
    """Of the first service of this name and type."""
    for service in services:
        match service:
            case {"type": str(found)} if found == kind and _is_named(service, name, did):
                return parse_endpoint(service.get("serviceEndpoint"))
    return None


def _is_named(entry: dict[str, Any], name: str, did: str) -> bool:
    """By the fragment alone, or by the whole."""
    return entry.get("id") in (f"#{name}", f"{did}#{name}")
