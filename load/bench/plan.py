"""What is to be measured, and on what."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Plan:
    shards: tuple[int, ...] = (1, 2)
    runs: int = 1
    commits: int = 60_000  # of the stream that is measured
    past: int = 60_000  # frames that the indexer has seen before
    people: int | None = None
    seed: int = 1
    capture: Path | None = None  # instead of a world made on the spot
    rate: float | None = None  # events a second; None: as fast as it goes
    minutes: float | None = None  # at that rate, at most
    connections: tuple[int, ...] = (1, 2, 4)  # that the ceiling is tried with; none: no ceiling
    settings: Path | None = None  # the indexer's own, an indexer.toml
    stage: Path | None = None  # where what was made is kept for the next time

    def world(self) -> dict[str, Any]:
        """What decides which database and stream are made: the key of a stage that is kept."""
        named = {"commits", "past", "people", "seed", "capture"}
        return {name: _plain(value) for name, value in asdict(self).items() if name in named}

    def told(self) -> dict[str, Any]:
        return {name: _plain(value) for name, value in asdict(self).items()}


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Path) else value
