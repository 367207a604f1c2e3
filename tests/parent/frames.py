"""Frames as a relay sends them, as far as the parent looks into them."""

from typing import Any

import cbor2


def frame(kind: str, **body: Any) -> bytes:
    return cbor2.dumps({"op": 1, "t": kind}) + cbor2.dumps(body)


def identity(seq: int, *, did: str | None = None, minute: int | None = None) -> bytes:
    """A small event; one of a new account every time, and one a second unless told."""
    time = f"2026-07-01T{minute // 60:02}:{minute % 60:02}:00Z" if minute is not None else TIME
    return frame("#identity", seq=seq, did=did or f"did:plc:{seq:024d}", time=time)


def commit(seq: int, size: int = 100) -> bytes:
    did = f"did:plc:{seq:024d}"
    return frame("#commit", seq=seq, repo=did, time=TIME, blocks=bytes(size))


def info(name: str) -> bytes:
    return frame("#info", name=name, message="as you see")


def error(name: str, message: str = "sorry") -> bytes:
    return cbor2.dumps({"op": -1}) + cbor2.dumps({"error": name, "message": message})


TIME = "2026-07-01T00:00:00Z"
GARBAGE = b"\xa1\x62op\x01\xff garbage"
