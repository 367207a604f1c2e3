"""Whether what should stay as it is does so: memory and latency over a run."""

from collections.abc import Sequence
from statistics import linear_regression, median
from typing import Any

FEWEST, LEAST_S = 8, 60.0  # looks, and seconds, for anything to be said
GROWN = 1.1  # the last quarter against the second: more is not flat
ROOM = {" mb": 5.0, "_ms": 20.0}  # and by more than this


def flatness(series: dict[str, list[Any]]) -> dict[str, dict[str, Any]]:
    """Of memory and latencies: medians of the second and the last quarter, how much more an hour
    by the slope of the last half, and whether that is flat."""
    found = {}
    for name, values in series.items():
        room = next((room for end, room in ROOM.items() if name.endswith(end)), None)
        points = [p for p in zip(series["at_s"], values, strict=True) if p[1] is not None]
        long = len(points) >= FEWEST and points[-1][0] - points[0][0] >= LEAST_S
        if room is not None and long:
            found[name] = _judged(points, room)
    return found


def _judged(points: Sequence[tuple[float, float]], room: float) -> dict[str, Any]:
    quarter = len(points) // 4
    values = [value for _, value in points]
    before, after = median(values[quarter : 2 * quarter]), median(values[-quarter:])
    times, late = zip(*points[2 * quarter :], strict=True)
    flat = after <= before * GROWN or after - before <= room
    slope = linear_regression(times, late).slope * 3600
    return {"before": before, "after": after, "per_h": slope, "flat": flat}
