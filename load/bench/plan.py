"""What is to be measured, and on what."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class World:
    """What decides which database and which stream are made."""

    commits: int  # of the stream
    rows: int = 0  # that are there before, about
    viral: float = 0.0  # share of all likes that one post gets
    people: int = 0  # 0: as many as fit
    history: int = 10_000  # records in every repo that nobody heard of: they make trees deep
    seed: int = 1
    capture: Path | None = None  # instead of all that
    past: int = 0  # frames of it that the indexer has seen before

    def told(self) -> dict[str, Any]:
        return {name: _plain(value) for name, value in asdict(self).items()}


@dataclass(frozen=True, slots=True)
class Plan:
    world: World
    rows: tuple[int, ...] = (0,)  # a world for each of them
    viral: tuple[float, ...] = (0.0,)  # likewise
    shards: tuple[int, ...] = (1, 2)
    runs: int = 1
    rate: float | None = None  # events a second; None: as fast as it goes
    minutes: float | None = None  # no longer than this
    connections: tuple[int, ...] = (1, 2, 4)  # that the ceiling is tried with; none: no ceiling
    settings: Path | None = None  # the indexer's own, an indexer.toml
    stage: Path | None = None  # where what was made is kept for the next time

    def worlds(self) -> Iterator[World]:
        for rows in self.rows:
            for viral in self.viral:
                yield World(**{**asdict(self.world), "rows": rows, "viral": viral})

    def label(self, world: World, shards: int) -> str:
        """Names a run among those of other worlds and other numbers of shards."""
        parts = [f"SHARDS={shards}"]
        if len(self.rows) > 1:
            parts.append(f"{world.rows / 1e6:g} million rows")
        if len(self.viral) > 1:
            parts.append(f"{world.viral:.0%} on one post" if world.viral else "no viral post")
        return ", ".join(parts)

    def told(self) -> dict[str, Any]:
        """Without the place where things are kept, which changes nothing."""
        told = asdict(self) | self.world.told() | {"rows": self.rows, "viral": self.viral}
        kept = {k: v for k, v in told.items() if k not in ("world", "stage")}
        return {name: _plain(value) for name, value in kept.items()}


def _plain(value: Any) -> Any:
    match value:
        case Path():
            return str(value)
        case tuple():
            return list(value)
        case _:
            return value
