"""How the reading goes, over all connections: what health, status and the log say of it."""

from dataclasses import dataclass, field
from hashlib import sha256
from time import monotonic

REMEMBERED = 64


@dataclass(slots=True)
class Reading:
    idle_after_s: float
    trouble: str | None = None
    """Why the source gives nothing now."""
    held_by: int | None = None
    """The shard that we wait for before reading on."""
    received_frames: int = 0
    received_bytes: int = 0
    reconnects: int = 0
    gaps: int = 0
    last_event_at: float = field(default_factory=monotonic)
    bad: dict[bytes, int] = field(default_factory=dict)

    def reasons(self) -> list[str]:
        """Why it does not go well."""
        if self.trouble:
            return [self.trouble]
        silent_s = monotonic() - self.last_event_at
        if silent_s < self.idle_after_s:
            return []
        why = "" if self.held_by is None else f": shard {self.held_by} has no room"
        return [f"nothing was received in {silent_s:.0f} s{why}"]

    def failed_before(self, frame: bytes) -> int:
        """How often a frame of just these bytes failed before; counts this time."""
        digest = sha256(frame).digest()
        times = self.bad.pop(digest, 0)
        self.bad[digest] = times + 1
        if len(self.bad) > REMEMBERED:
            del self.bad[next(iter(self.bad))]
        return times
