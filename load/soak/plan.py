"""How long, among how many."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Plan:
    minutes: float
    seed: int
    commits: int
    people: int
    pds: int
    sample_s: float = 10.0
    samples: Path | None = None  # None: they go when all is well
