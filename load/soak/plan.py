"""How long, among how many."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Plan:
    minutes: float
    seed: int
    commits: int
    people: int
    pds: int
    sample_s: float = 10.0
