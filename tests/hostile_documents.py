"""DID documents as nobody should write them.

`REFUSED` are bytes and the reason that they are refused for. `PASSED_OVER` are fields that make a
document like any other, but for what of it cannot be used: it is as if it were not there.
"""

from typing import Any

import orjson

from tests.frames import DID
from tests.keys import K256

Fields = dict[str, Any]

METHOD: Fields = {
    "id": f"{DID}#atproto",
    "type": "Multikey",
    "controller": DID,
    "publicKeyMultibase": K256.multikey,
}
SERVICE: Fields = {
    "id": "#atproto_pds",
    "type": "AtprotoPersonalDataServer",
    "serviceEndpoint": "https://pds.example",
}


def spelled(**fields: Any) -> bytes:
    return orjson.dumps({"id": DID, **fields})


REFUSED: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "bad_document"),
    "a page": (b"<!doctype html><title>Not found</title>", "bad_document"),
    "cut short": (spelled()[:-1], "bad_document"),
    "two documents": (spelled() * 2, "bad_document"),
    "not UTF-8": (spelled(alsoKnownAs=["at://a"]).replace(b"at", b"\xff\xfe"), "bad_document"),
    "half a surrogate": (b'{"id": "\\ud800"}', "bad_document"),
    "not a number": (b'{"id": NaN}', "bad_document"),
    "a number": (b"1e999999", "bad_document"),
    "null": (b"null", "bad_document"),
    "a list": (b"[" + spelled() + b"]", "bad_document"),
    "a text": (b'"' + DID.encode() + b'"', "bad_document"),
    "nested without end": (b'{"id":' * 10_000, "bad_document"),
    "lists without end": (b"[" * 60_000, "bad_document"),
    "nested deep": (b"[" * 30_000 + b"]" * 30_000, "bad_document"),
    "too large": (spelled(padding=" " * 70_000), "too_big"),
    "too large by entries": (b"[" + b"{}," * 30_000 + b"{}]", "too_big"),
    "no id": (b"{}", "wrong_did"),
    "another's": (spelled().replace(DID.encode(), b"did:web:example.com"), "wrong_did"),
    "nobody's": (b'{"id": null}', "wrong_did"),
    "several people's": (b'{"id": ["' + DID.encode() + b'"]}', "wrong_did"),
    "in capitals": (spelled().replace(b"did:plc", b"DID:PLC"), "wrong_did"),
    "with a fragment": (spelled().replace(b'"}', b'#"}'), "wrong_did"),
    "with a NUL": (spelled().replace(b'"}', b'\\u0000"}'), "wrong_did"),
    "whose last id is another": (spelled()[:-1] + b',"id":"x"}', "wrong_did"),
    **{
        f"{name} is {kind}": (spelled(**{name: value}), "bad_document")
        for name in ("alsoKnownAs", "verificationMethod", "service")
        for kind, value in {
            "a text": "at://alice.example",
            "a map": {"0": METHOD},
            "a number": 7,
            "true": True,
            "false": False,
        }.items()
    },
    **{
        f"thousands in {name}": (spelled(**{name: [entry] * 2_000}), "too_big")
        for name, entry in {
            "alsoKnownAs": "at://a.b",
            "verificationMethod": {},
            "service": 0,
        }.items()
    },
}
JUNK: list[Any] = [
    None,
    True,
    0,
    1.5,
    "",
    "at://",
    DID,
    [],
    [METHOD],
    {},
    {"id": None},
    "\0",
    {"": 0},
]
KEYS: dict[str, Fields] = {
    "another's name": {"id": "did:plc:2222222222222222222222ab#atproto"},
    "no fragment": {"id": "atproto"},
    "another fragment": {"id": f"{DID}#atproto_old"},
    "a list for a name": {"id": ["#atproto"]},
    "controlled by another": {"controller": "did:web:example.com"},
    "controlled by a list": {"controller": [DID]},
    "no type": {"type": None},
    "types": {"type": ["Multikey"]},
    "an unknown type": {"type": "JsonWebKey2020"},
    "no text": {"publicKeyMultibase": None},
    "bytes": {"publicKeyMultibase": [1, 2, 3]},
    "long": {"publicKeyMultibase": "z" + "Q" * 50_000},
    "did:key": {"publicKeyMultibase": K256.did_key},
}
SERVICES: dict[str, Fields] = {
    "another's name": {"id": "did:plc:2222222222222222222222ab#atproto_pds"},
    "no fragment": {"id": "atproto_pds"},
    "a map for a name": {"id": {}},
    "another type": {"type": "AtprotoLabeler"},
    "types": {"type": ["AtprotoPersonalDataServer"]},
    "no endpoint": {"serviceEndpoint": None},
    "endpoints": {"serviceEndpoint": ["https://pds.example"]},
    "a map": {"serviceEndpoint": {"uri": "https://pds.example"}},
    "a path": {"serviceEndpoint": "https://pds.example/xrpc"},
    "a user": {"serviceEndpoint": "https://pds.example@evil.example"},
    "a file": {"serviceEndpoint": "file:///etc/passwd"},
    "long": {"serviceEndpoint": "https://" + "a." * 20_000 + "example"},
}
PASSED_OVER: dict[str, Fields] = {
    "nothing": {},
    "nulls": {"alsoKnownAs": None, "verificationMethod": None, "service": None},
    "empty lists": {"alsoKnownAs": [], "verificationMethod": [], "service": []},
    "junk": {"alsoKnownAs": JUNK, "verificationMethod": JUNK, "service": JUNK},
    "names of others": {"alsoKnownAs": ["https://alice.example", "acct:a@b.c", f"at://{DID}"]},
    "names with more": {"alsoKnownAs": ["at://a.example/", "at://a.example?b", "at://a.example:1"]},
    "names that are none": {"alsoKnownAs": ["at://alice", "at://-a.example", "at://ä.example"]},
    "a long name": {"alsoKnownAs": ["at://" + "a." * 130 + "example"]},
    "a scheme in capitals": {"alsoKnownAs": ["AT://alice.example"]},
    **{
        f"a key: {name}": {"verificationMethod": [METHOD | change]} for name, change in KEYS.items()
    },
    **{f"a service: {name}": {"service": [SERVICE | change]} for name, change in SERVICES.items()},
}
