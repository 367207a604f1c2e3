"""Where to ask for a DID's document and a handle's DID, and what the answers say.

`development` lets in what no public host can be called: the names ending in `.test`, and for
did:web `localhost`, with a port and without encryption.
"""

import re
from collections.abc import Iterable

from indexer.protocol.errors import Invalid
from indexer.protocol.syntax import is_did, is_handle, shown

MOST_BODY_BYTES = 4096  # as much of an answer as is looked at; a DID has up to 2,048

_PLC, _WEB = re.compile(r"did:plc:[a-z2-7]{24}"), "did:web:"
_LOCALHOST = re.compile(r"localhost(?:%3[Aa]([0-9]{1,5}))?")
_NOBODYS = frozenset(
    ("alt", "arpa", "example", "internal", "invalid", "local", "localhost", "onion")
)
_DEVELOPERS = "test"
_TXT = "did="


def document_url(did: str, plc_url: str, development: bool = False) -> str:
    """Raises Invalid: `bad_did` for methods that the protocol does not know, for a did:web with a
    path, and for one whose host cannot be."""
    if is_plc(did):
        return f"{plc_url.rstrip('/')}/{did}"
    host = did.removeprefix(_WEB)
    if did.startswith(_WEB) and is_allowed(host, development):
        return f"https://{host.lower()}/.well-known/did.json"
    if did.startswith(_WEB) and development and (found := _LOCALHOST.fullmatch(host)):
        port = f":{found[1]}" if found[1] else ""
        return f"http://localhost{port}/.well-known/did.json"
    raise Invalid("bad_did", f"not to be resolved: {shown(did)}")


def is_plc(did: str) -> bool:
    return _PLC.fullmatch(did) is not None


def is_allowed(handle: str, development: bool = False) -> bool:
    """Whether it is a handle (or the host of a did:web) that somebody may have."""
    top = handle.rpartition(".")[2].lower()
    return is_handle(handle) and top not in _NOBODYS and (development or top != _DEVELOPERS)


def txt_name(handle: str) -> str:
    """More than 253 characters for the longest of handles, which no DNS has."""
    return f"_atproto.{handle}"


def well_known_url(handle: str) -> str:
    return f"https://{handle}/.well-known/atproto-did"


def did_of_txt(values: Iterable[str]) -> str | None:
    """The values of TXT records, the parts of each joined; whatever names no DID is passed over.
    Raises Invalid: `bad_handle` when there are several DIDs."""
    named = {value.removeprefix(_TXT).strip() for value in values if value.startswith(_TXT)}
    dids = sorted(filter(is_did, named))
    if len(dids) > 1:
        raise Invalid("bad_handle", f"{len(dids)} DIDs of one handle: {shown(dids[:4])}")
    return dids[0] if dids else None


def did_of_body(body: bytes) -> str | None:
    """What stands at a handle's well-known address."""
    line, _, _ = body[:MOST_BODY_BYTES].strip().partition(b"\n")
    did = line.strip().decode("latin-1")
    return did if is_did(did) else None
