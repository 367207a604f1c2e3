"""What a world tells of: one happening becomes one frame."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

Kind = Literal["commit", "identity", "account", "sync"]
Action = Literal["create", "update", "delete"]


@dataclass(frozen=True, slots=True)
class Write:
    """One change of one record; `block` is the record in DAG-CBOR, empty when it is deleted."""

    action: Action
    collection: str
    rkey: str
    block: bytes = b""
    cid: bytes | None = None

    @property
    def path(self) -> str:
        return f"{self.collection}/{self.rkey}"


class Happening(NamedTuple):
    time_us: int
    kind: Kind
    did: str
    handle: str
    writes: tuple[Write, ...] = ()
    status: str | None = None  # Of an account that is not active.
