"""A record's block, decoded and held against the data model.

The native decoder refuses what is no DAG-CBOR. It lets through what is refused here: floats,
integers that PostgreSQL cannot hold, nesting without end. Links it gives as bytes.
"""

from collections.abc import Iterable
from typing import Any

import cbor2
import libipld

from indexer.protocol.errors import Invalid
from indexer.protocol.json import Link, Octets, is_unclear
from indexer.protocol.syntax import shown

MOST_BYTES = 1_000_000
DEEPEST = 32
MOST_LOOKED_FOR = 16  # links and byte strings; to look for one is to walk over the block
_LINK_TAG = 42
_LOWEST, _HIGHEST = -(1 << 63), (1 << 63) - 1


def decode_record(block: bytes, collection: str) -> dict[str, Any]:
    """Links are bytes. They are of the type `Link`, and byte strings `Octets`, only where the block
    leaves unclear which is which, or where there are many.

    Raises Invalid: `too_big`, `bad_record`, `type_mismatch`.
    """
    if len(block) > MOST_BYTES:
        raise Invalid("too_big", f"a record of {len(block)} bytes")
    record = _map(decode_block(block, "bad_record"))
    if record.get("$type") != collection:
        raise Invalid("type_mismatch", f"$type is {shown(record.get('$type'))}")
    byte_strings: list[bytes] = []
    _inspect(record.values(), byte_strings, 1)
    if byte_strings and _are_unclear(byte_strings, block):
        record = _map(cbor2.loads(block, tag_hook=_link))
        _mark(record)
    return record


def decode_block(block: bytes, reason: str) -> Any:
    try:
        return libipld.decode_dag_cbor(block)
    except ValueError as error:
        raise Invalid(reason, str(error)) from None
    except RecursionError:
        raise Invalid(reason, "nested without end") from None


def _map(value: Any) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    raise Invalid("bad_record", f"{type(value).__name__}, not a map")


def _inspect(values: Iterable[Any], byte_strings: list[bytes], depth: int) -> None:
    """Every value below, once. `depth` counts the maps and lists around these."""
    if depth > DEEPEST:
        raise Invalid("bad_record", f"nested more than {DEEPEST} deep")
    for value in values:
        kind = type(value)
        if kind is str:
            continue
        if kind is dict:
            _inspect(value.values(), byte_strings, depth + 1)
        elif kind is list:
            _inspect(value, byte_strings, depth + 1)
        elif kind is bytes:
            byte_strings.append(value)
        elif kind is float:
            raise Invalid("bad_record", f"a float: {value}")
        elif kind is int and not _LOWEST <= value <= _HIGHEST:
            raise Invalid("bad_record", f"an integer of more than 64 bits: {value}")


def _are_unclear(values: list[bytes], block: bytes) -> bool:
    return len(values) > MOST_LOOKED_FOR or any(is_unclear(value, block) for value in values)


def _mark(holder: Any) -> None:
    """Every byte string below a map or a list, in its place."""
    places: Iterable[Any] = holder.items() if isinstance(holder, dict) else enumerate(holder)
    for key, value in places:
        kind = type(value)
        if kind is bytes:
            holder[key] = Octets(value)
        elif kind is dict or kind is list:
            _mark(value)


def _link(tag: cbor2.CBORTag, _immutable: bool) -> Link:
    """The decoder before us knows of no other tag. A zero byte stands before every CID."""
    assert tag.tag == _LINK_TAG
    return Link(tag.value[1:])
