"""A look at a frame that costs little: what kind it is, its number, whose it is.

A scanner of our own over the CBOR, for the parent may not run native decoders: one of them, given
the wrong bytes, takes its process down. It steps over whatever it is not asked for.
"""

from typing import NamedTuple

from indexer.protocol.errors import BadFraming

WANTED = frozenset((b"seq", b"repo", b"did", b"time"))
TOLD = frozenset((b"name", b"error", b"message"))
HEADER = frozenset((b"op", b"t"))
DEEPEST = 64
UNSIGNED, NEGATIVE, BYTES, TEXT, ARRAY, MAP, TAG, SIMPLE = range(8)

Scalar = int | bytes | None
# Of the additional information 24 to 27: how many bytes hold the argument.
ARGUMENT_BYTES = {24: 1, 25: 2, 26: 4, 27: 8}


class Peek(NamedTuple):
    kind: str  # "#commit" and its like; "error"; "" for what nobody has defined
    seq: int | None
    did: str | None
    time: str | None


def peek(frame: bytes) -> Peek:
    """Raises `BadFraming`, and nothing else, whatever the bytes."""
    header, body = _read(frame, WANTED)
    seq = body.get(b"seq")
    return Peek(
        _kind(header),
        seq if isinstance(seq, int) else None,
        _text(body.get(b"repo")) or _text(body.get(b"did")),
        _text(body.get(b"time")),
    )


def notice(frame: bytes) -> tuple[str, str]:
    """What an `#info` or error frame is called, and its message. Raises `BadFraming`."""
    _, body = _read(frame, TOLD)
    name = _text(body.get(b"error")) or _text(body.get(b"name")) or ""
    return name, _text(body.get(b"message")) or ""


def _kind(header: dict[bytes, Scalar]) -> str:
    op = header.get(b"op")
    if op == -1:
        return "error"
    return _text(header.get(b"t")) or "" if op == 1 else ""


def _read(
    frame: bytes, wanted: frozenset[bytes]
) -> tuple[dict[bytes, Scalar], dict[bytes, Scalar]]:
    try:
        header, at = _map(frame, 0, HEADER)
        body, at = _map(frame, at, wanted)
    except IndexError:
        raise BadFraming(f"ends early, after {len(frame)} bytes") from None
    if at != len(frame):
        raise BadFraming(
            f"{len(frame) - at} bytes behind its end" if at < len(frame) else "ends early"
        )
    if not isinstance(header.get(b"op"), int):
        raise BadFraming("header without op")
    return header, body


def _map(data: bytes, at: int, wanted: frozenset[bytes]) -> tuple[dict[bytes, Scalar], int]:
    """The wanted entries of the map at `at`, and where it ends."""
    major, entries, at = _head(data, at)
    if major != MAP:
        raise BadFraming(f"no map at byte {at}")
    found: dict[bytes, Scalar] = {}
    for _ in range(entries):
        major, length, at = _head(data, at)
        if major != TEXT:
            raise BadFraming(f"a key that is no text at byte {at}")
        key = data[at : at + length]
        at += length
        if key in wanted:
            if key in found:
                raise BadFraming(f"{key.decode()} twice")
            found[key], at = _scalar(data, at)
        else:
            at = _skip(data, at)
    return found, at


def _scalar(data: bytes, at: int) -> tuple[Scalar, int]:
    """A number or a text; None for anything else, which is stepped over."""
    major, argument, after = _head(data, at)
    if major == TEXT:
        if after + argument > len(data):
            raise BadFraming(f"a text of {argument} bytes at byte {at} of {len(data)}")
        return data[after : after + argument], after + argument
    if major == UNSIGNED:
        return argument, after
    if major == NEGATIVE:
        return -1 - argument, after
    return None, _skip(data, at)


def _skip(data: bytes, at: int) -> int:
    """Where the value at `at` ends. Counts what is left to step over, level by level."""
    left = [1]
    while left:
        if left[-1] == 0:
            left.pop()
            continue
        left[-1] -= 1
        major, argument, at = _head(data, at)
        if major in (BYTES, TEXT):
            at += argument
        elif major in (ARRAY, MAP):
            left.append(argument if major == ARRAY else 2 * argument)
        elif major == TAG:
            left.append(1)
        if len(left) > DEEPEST:
            raise BadFraming(f"nested deeper than {DEEPEST} at byte {at}")
    return at


def _head(data: bytes, at: int) -> tuple[int, int, int]:
    """Major type, argument, and where what follows begins."""
    initial = data[at]
    argument = initial & 0x1F
    at += 1
    if argument >= 24:
        size = ARGUMENT_BYTES.get(argument)
        if size is None:
            raise BadFraming(f"an item without a length at byte {at - 1}")
        if at + size > len(data):
            raise BadFraming(f"ends early, after {len(data)} bytes")
        argument = int.from_bytes(data[at : at + size], "big")
        at += size
    return initial >> 5, argument, at


def _text(value: Scalar) -> str | None:
    if not isinstance(value, bytes):
        return None
    try:
        return value.decode()
    except UnicodeDecodeError:
        raise BadFraming("text that is not UTF-8") from None
