"""A record's JSON has the form of the data model, whatever its bytes look like."""

import json
from base64 import b64decode
from hashlib import sha256
from pathlib import Path
from typing import Any

import cbor2
import libipld
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.protocol.json import Link, is_link, is_unclear, json_text
from indexer.protocol.record import decode_record
from indexer.protocol.syntax import cid_text
from tests.frames import DAG_CBOR, RAW, encode, link

TYPE = "com.example.thing"
CIDS = [kind + sha256(bytes((n,))).digest() for n in range(2) for kind in (DAG_CBOR, RAW)]
CID = CIDS[0]


def record_json(record: dict[str, Any]) -> Any:
    block = encode({"$type": TYPE, **record})
    return json.loads(json_text(decode_record(block, TYPE), block))


def test_the_fixtures_have_the_json_they_should(corpus: Path) -> None:
    path = corpus / "interop" / "data-model" / "data-model-fixtures.json"
    for fixture in json.loads(path.read_text()):
        text = fixture["cbor_base64"]
        block = b64decode(text + "=" * (-len(text) % 4))
        assert cid_text(DAG_CBOR + sha256(block).digest()) == fixture["cid"]
        decoded = libipld.decode_dag_cbor(block)
        assert json.loads(json_text(decoded, block)) == fixture["json"]


def test_links_and_bytes_have_their_form() -> None:
    record = record_json({"link": link(CID), "bytes": b"\1\2", "none": None, "empty": b""})
    assert record["link"] == {"$link": cid_text(CID)}
    assert record["bytes"] == {"$bytes": "AQI"}
    assert record["empty"] == {"$bytes": ""}
    assert record["none"] is None


def test_bytes_that_look_like_a_cid_stay_bytes() -> None:
    assert "$bytes" in record_json({"bytes": CID})["bytes"]


def test_bytes_that_look_like_a_cid_beside_a_link_to_it_stay_bytes() -> None:
    record = record_json({"bytes": CID, "deep": [{"link": link(CID)}]})
    assert "$bytes" in record["bytes"]
    assert "$link" in record["deep"][0]["link"]


def test_bytes_within_bytes_do_not_hide_a_link() -> None:
    """The block says of these bytes both what it says of a link and of a byte string."""
    record = record_json({"bytes": b"\x58\x24" + CID, "link": link(CID)})
    assert record["link"] == {"$link": cid_text(CID)}


@pytest.mark.parametrize("head", [b"\x58\x24", b"\x59\0\x24", b"\x5a\0\0\0\x24"])
def test_bytes_are_told_from_links_however_wide_their_head_is(head: bytes) -> None:
    block = encode({"$type": TYPE, "a": link(CID), "b": CID})
    wide = block.replace(b"\x58\x24" + CID, head + CID)
    record = json.loads(json_text(decode_record(wide, TYPE), wide))
    assert "$link" in record["a"]
    assert "$bytes" in record["b"]


def test_a_part_of_a_record_is_spelled_as_in_the_whole() -> None:
    block = encode({"$type": TYPE, "a": {"x": link(CID)}, "b": {"x": CID}})
    record = decode_record(block, TYPE)
    assert "$link" in json_text(record["a"], block)
    assert "$bytes" in json_text(record["b"], block)


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(1 << 63), (1 << 63) - 1)
    | st.text()
    | st.binary(max_size=40)
    | st.sampled_from([*CIDS, *map(link, CIDS), b"\x24" + CID, b"\0" + CID, b"\x58\x24" + CID])
    | st.builds(lambda before: link(DAG_CBOR + before[:32].ljust(32)), st.binary(max_size=32)),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def plain(value: Any) -> Any:
    """By the tags themselves: slow, and no art of ours."""
    match value:
        case cbor2.CBORTag():
            return {"$link": cid_text(value.value[1:])}
        case bytes():
            return {"$bytes": json.loads(json_text(value, b""))["$bytes"]}
        case str():
            return value.replace("\0", "\ufffd")
        case dict():
            return {key.replace("\0", "\ufffd"): plain(inner) for key, inner in value.items()}
        case list():
            return [plain(inner) for inner in value]
    return value


@given(st.dictionaries(st.text(), values, max_size=5))
def test_any_record_has_the_json_that_its_tags_say(record: dict[str, Any]) -> None:
    record.pop("$type", None)
    block = cbor2.dumps({"$type": TYPE, **record}, canonical=True)
    text = json_text(decode_record(block, TYPE), block)
    assert json.loads(text) == plain(cbor2.loads(block))
    assert "\\u0000" not in text.replace("\\\\", "")


@given(st.text(alphabet='\0\\u0"n'))
def test_nul_is_replaced_and_nothing_else(text: str) -> None:
    assert json.loads(json_text([text], b"")) == [text.replace("\0", "\ufffd")]


def test_a_record_full_of_nul_takes_no_long_time() -> None:
    assert json.loads(json_text("\0\\" * 400_000, b"")) == "\ufffd\\" * 400_000


def test_a_record_full_of_bytes_takes_no_long_time() -> None:
    """Each would be looked for in a megabyte."""
    record = {str(n): n.to_bytes(4, "big") for n in range(80_000)} | {"link": link(CID)}
    told = record_json(record)
    assert told["link"] == {"$link": cid_text(CID)}
    assert told["258"] == {"$bytes": "AAABAg"}


def test_what_has_no_json_is_a_mistake_of_ours() -> None:
    with pytest.raises(TypeError):
        json_text({"set": {1}}, b"")


def test_a_link_is_known_where_the_block_leaves_it_unclear() -> None:
    block = encode({"a": link(CID), "b": CID})
    assert is_unclear(CID, block)
    assert is_link(Link(CID), block)
    assert not is_link(CID, block)
