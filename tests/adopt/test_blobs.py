"""The CID of a blob is read however it was written."""

import libipld
import pytest

from indexer.adopt.blobs import blob_cid
from indexer.protocol.syntax import cid_text
from tests.records.samples import BLOB

DIGEST = libipld.decode_cid(BLOB)["hash"]["digest"]
RAW = b"\x01\x55\x12\x20" + DIGEST


@pytest.mark.parametrize(
    "written",
    [
        BLOB,
        repr(RAW),
        f'b"{repr(RAW)[2:-1]}"' if '"' not in repr(RAW) else repr(RAW),
        repr(b"\0" + RAW),
        RAW.hex(),
        RAW.hex().upper(),
        f"\\x{RAW.hex()}",
        f"https://cdn.test/img/did:plc:x/{BLOB}@jpeg",
    ],
)
def test_a_cid_is_read_as_bytes_hex_or_url(written: str) -> None:
    assert cid_text(RAW) == BLOB
    assert blob_cid(written) == BLOB


@pytest.mark.parametrize(
    "written",
    ["", "None", "b'", "b'\\x01'", "b'\\xzz'", "0155", "https://x.test/a.png", "__import__('os')"],
)
def test_what_is_none_is_none(written: str) -> None:
    assert blob_cid(written) is None
