"""What goes wrong between a repository and us, on demand: each kind with the share of commits
that it befalls."""

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields
from random import Random

from libipld import decode_dag_cbor_multi, encode_dag_cbor

from indexer.protocol.car import read_car
from indexer.protocol.dump import Entry
from load.encoding.frames import Encoder, car
from load.encoding.mst import cid_of
from load.generate import ON_THE_WAY_US
from load.world import Happening

_MOST_SKIPPED = 100
_AWAY = 200  # Happenings between an account's going and its coming back.
_SHARE = re.compile(r"0?\.[0-9]+|[01]")
_SIGNATURE = b"\x63sig\x58\x40"


@dataclass(frozen=True, slots=True)
class Faults:
    gaps: float = 0.0  # Numbers are skipped before it.
    lost: float = 0.0  # It never comes.
    repeats: float = 0.0  # It comes twice.
    signatures: float = 0.0  # Its signature is no signature.
    blocks: float = 0.0  # A record of it is missing.
    syncs: float = 0.0  # Another follows it that never comes; but a #sync says so.
    flips: float = 0.0  # Its author is deactivated behind it, and comes back.


NONE = Faults()
KINDS = [field.name for field in fields(Faults)]


def read_faults(texts: Iterable[str]) -> Faults:
    """Each KIND=SHARE. Raises ValueError."""
    shares: dict[str, float] = {}
    for text in texts:
        kind, _, share = text.partition("=")
        if kind not in KINDS:
            raise ValueError(f"{text!r}: a fault is KIND=SHARE, with one of {', '.join(KINDS)}")
        if not _SHARE.fullmatch(share):
            raise ValueError(f"{text!r}: a share is a number between 0 and 1")
        shares[kind] = float(share)
    return Faults(**shares)


def troubled(
    story: Iterable[Happening], encoder: Encoder, faults: Faults, seed: int = 1
) -> Iterator[Entry]:
    """The frames of a story as they come when much goes wrong. Of repositories themselves all is
    well: what is lost, somebody has."""
    trouble = _Trouble(encoder, faults, Random(f"faults {seed}"))
    for happening in story:
        for frame in trouble.frames(happening):
            yield happening.time_us + ON_THE_WAY_US, frame


class _Trouble:
    def __init__(self, encoder: Encoder, faults: Faults, random: Random) -> None:
        self._encoder = encoder
        self._faults = faults
        self._random = random
        self._happened = 0
        self._away: deque[tuple[int, Happening]] = deque()

    def frames(self, happening: Happening) -> Iterator[bytes]:
        self._happened += 1
        if happening.kind == "commit":
            yield from self._commit(happening)
        else:
            if happening.kind == "account":  # It has the last word.
                self._away = deque(back for back in self._away if back[1].did != happening.did)
            yield self._encoder.encode(happening)
        while self._away and self._away[0][0] <= self._happened:
            _, back = self._away.popleft()
            yield self._encoder.encode(back._replace(time_us=happening.time_us))

    def _commit(self, happening: Happening) -> Iterator[bytes]:
        if self._befalls(self._faults.gaps):
            self._encoder.seq += self._random.randint(1, _MOST_SKIPPED)
        frame = self._encoder.encode(happening)
        if self._befalls(self._faults.signatures):
            frame = altered(frame, _without_signature)
        if self._befalls(self._faults.blocks):
            frame = altered(frame, _without_record)
        if not self._befalls(self._faults.lost):
            yield frame
        if self._befalls(self._faults.repeats):
            yield frame
        if self._befalls(self._faults.syncs):
            yield self._encoder.surprise(happening)
        if self._befalls(self._faults.flips):
            account = Happening(happening.time_us, "account", happening.did, happening.handle)
            self._away.append((self._happened + _AWAY, account))
            yield self._encoder.encode(account._replace(status="deactivated"))

    def _befalls(self, share: float) -> bool:
        return share > 0 and self._random.random() < share


Blocks = dict[bytes, bytes]


def altered(frame: bytes, alter: Callable[[bytes, Blocks, list[bytes]], bytes]) -> bytes:
    """With other blocks: `alter` is given the root, the blocks and the CIDs of records, and returns
    the root."""
    header, body = decode_dag_cbor_multi(frame)
    (root,), blocks = read_car(body["blocks"])
    blocks = dict(blocks)
    records = [op["cid"] for op in body["ops"] if op["cid"]]
    body["commit"] = alter(root, blocks, records)
    body["blocks"] = car(body["commit"], blocks)
    return encode_dag_cbor(header) + encode_dag_cbor(body)


def _without_signature(root: bytes, blocks: Blocks, _: list[bytes]) -> bytes:
    block = bytearray(blocks.pop(root))
    at = block.index(_SIGNATURE) + len(_SIGNATURE)
    block[at + 40] ^= 1  # In its second half.
    cid = cid_of(bytes(block))
    others = dict(blocks)
    blocks.clear()
    blocks |= {cid: bytes(block), **others}
    return cid


def _without_record(root: bytes, blocks: Blocks, records: list[bytes]) -> bytes:
    for cid in records[:1]:
        del blocks[cid]
    return root
