"""Frames made from frames: changed anywhere, and hashed again so that the change gets through.

A change of raw bytes is mostly stopped by the first check that there is. So a frame is taken apart
into header, body, CAR, signed commit and records; something in one of these is changed; and it is
put together as somebody would who knows the protocol, with the CIDs and lengths that belong to it.
"""

from collections.abc import Callable
from typing import Any

import cbor2
from hypothesis import strategies as st

from indexer.protocol.car import read_car
from tests.frames import DAG_CBOR, RAW, car, cid_of, link
from tests.hostile_values import NO_DIDS, NO_NUMBERS, NUMBERS, ODD_DIDS, TEXTS, TIMES, nested

Draw = st.DrawFn
# Items as no encoder of ours would spell them.
SPELLINGS = [
    b"\x9f\xff",  # of indefinite length
    b"\x7f\x61a\xff",
    b"\xff",  # a break
    b"\xf7",  # undefined
    b"\xf8\x20",  # a simple value
    b"\xf9\x7e\x00",  # a NaN of 16 bits
    b"\xfa\x7f\x80\x00\x00",
    b"\xfb\x7f\xf8" + bytes(6),
    b"\xfb\x3f\xe0" + bytes(6),
    b"\x18\x01",  # longer than need be
    b"\x1b" + bytes(7) + b"\x01",
    b"\x3b" + b"\xff" * 8,  # integers of 65 bits
    b"\x1b" + b"\xff" * 8,
    b"\x9b" + b"\xff" * 8,  # lengths beyond all memory
    b"\x5b\x7f" + b"\xff" * 7,
    b"\xbb\x00\x00\x00\x10" + bytes(4),
    b"\x7a\x7f\xff\xff\xff",
    b"\xa2\x61a\0\x61a\0",  # a key twice
    b"\xa2\x61b\0\x61a\0",  # keys in disorder
    b"\xa1\x01\x01",  # a key that is no text
    b"\x63\xed\xa0\x80",  # half a surrogate pair
    b"\xa1\x63\xed\xb0\x80\x01",
    b"\x62\xc3\x28",  # no UTF-8
    b"\xc1\x00",  # another tag
    b"\xc2\x49\x01" + bytes(8),  # a big number
    b"\xd8\x2a\x40",  # links to nothing
    b"\xd8\x2a\x41\x00",
    b"\xd8\x2a\x61\x00",
    b"\xd8\x2a\x58\x25\x01" + RAW + bytes(32),
    b"\xd8\x2a\x58\x23\x00\x12\x20" + bytes(32),
    b"\xd8\x2a\xd8\x2a\x41\x00",
    *(b"\x81" * depth + b"\0" for depth in (31, 32, 300, 980, 1000, 1100, 20_000)),
    b"\xa1\x61a" * 990 + b"\0",
    b"",
]
MARK = "stands for other bytes, "


def mark(number: int) -> str:
    return f"{MARK}{number:02}"


values = (
    st.sampled_from([*TEXTS[:12], *TIMES, *NUMBERS, *NO_NUMBERS, *ODD_DIDS, *NO_DIDS, b"", {}, []])
    | st.sampled_from([nested(3), nested(31), link(DAG_CBOR + bytes(32)), DAG_CBOR + bytes(32)])
    | st.builds(mark, st.integers(0, len(SPELLINGS) - 1))
    | st.binary(max_size=40)
    | st.text(max_size=10)
)


def spell(value: Any) -> bytes:
    data = cbor2.dumps(value, canonical=True)
    if MARK.encode() in data:
        for number, spelling in enumerate(SPELLINGS):
            data = data.replace(cbor2.dumps(mark(number)), spelling)
    return data


def fresh(tree: Any) -> Any:
    """A copy: what is put in may be changed, and nothing may stand within itself."""
    match tree:
        case dict():
            return {key: fresh(value) for key, value in tree.items()}
        case list():
            return [fresh(value) for value in tree]
    return tree


def spoil(draw: Draw, tree: Any) -> None:
    """Change one place in a map or list, or further below."""
    holder = tree
    while True:
        places = sorted(holder) if isinstance(holder, dict) else list(range(len(holder)))
        if not places:
            return
        at = draw(st.sampled_from(places))
        below = holder[at]
        if not (isinstance(below, dict | list) and below and draw(st.booleans())):
            break
        holder = below
    match draw(st.integers(0, 4)):
        case 0:
            del holder[at]
        case 1:
            other = draw(st.sampled_from(places))
            holder[at], holder[other] = holder[other], holder[at]
        case 2 if isinstance(holder, list):
            holder.append(fresh(holder[at]))
        case _:
            holder[at] = fresh(draw(values))


def damage(draw: Draw, data: bytes) -> bytes:
    """Some bytes changed, left out or put in."""
    damaged = bytearray(data)
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(damaged)))
        end = at + draw(st.integers(0, 3))
        damaged[at:end] = draw(st.binary(max_size=3) | st.sampled_from(SPELLINGS[:30]))
    return bytes(damaged)


class Parts:
    """A frame, taken apart."""

    def __init__(self, frame: bytes) -> None:
        size = len(cbor2.dumps(cbor2.loads(frame[:64] + bytes(64))))
        self.header, self.body = cbor2.loads(frame[:size]), cbor2.loads(frame[size:])
        self.blocks: dict[bytes, bytes] = {}
        self.root = b""
        if "blocks" in self.body:
            (self.root,), self.blocks = read_car(self.body["blocks"])

    def in_body(self, draw: Draw) -> None:
        spoil(draw, self.body)

    def in_header(self, draw: Draw) -> None:
        spoil(draw, self.header)

    def in_a_block(self, draw: Draw) -> None:
        """The signed commit or a record; the CIDs that name it are changed as well."""
        named = [op["cid"].value[1:] for op in self._ops() if op.get("cid")]
        old = draw(st.sampled_from([cid for cid in (self.root, *named) if cid in self.blocks]))
        if draw(st.integers(0, 3)):
            tree = cbor2.loads(self.blocks[old])
            spoil(draw, tree)
            block = spell(tree)
        else:
            block = damage(draw, self.blocks[old])
        new = cid_of(block)
        self.blocks = {
            new if cid == old else cid: block if cid == old else other
            for cid, other in self.blocks.items()
        }
        self.body["blocks"] = car(self.blocks)
        if old == self.root:
            self.root = new
            self.body["commit"] = link(new)
        for op in self._ops():
            if op.get("cid") and op["cid"].value[1:] == old:
                op["cid"] = link(new)

    def in_the_car(self, draw: Draw) -> None:
        cids = draw(st.permutations(list(self.blocks)))
        roots = cids[: draw(st.integers(0, 2))]
        made = car({cid: self.blocks[cid] for cid in cids}, roots or [self.root])
        self.body["blocks"] = damage(draw, made) if draw(st.booleans()) else made

    def _ops(self) -> list[dict[str, Any]]:
        return list(self.body.get("ops", []))

    def frame(self) -> bytes:
        return spell(self.header) + spell(self.body)


def mutants(frames: list[bytes]) -> st.SearchStrategy[bytes]:
    @st.composite
    def mutate(draw: Draw) -> bytes:
        parts = Parts(draw(st.sampled_from(frames)))
        ways: list[Callable[[Draw], None]] = [parts.in_body, parts.in_body, parts.in_header]
        if parts.blocks:
            ways += [parts.in_a_block] * 4 + [parts.in_the_car]
        draw(st.sampled_from(ways))(draw)
        if not draw(st.integers(0, 2)):
            parts.in_body(draw)
        frame = parts.frame()
        return frame if draw(st.integers(0, 9)) else damage(draw, frame)

    return mutate()
