"""Numbers as people read them, in few columns."""

UNITS = ("B", "KB", "MB", "GB", "TB")
TIMES = ((2, 1, "s", 1), (100, 1, "s", 0), (6000, 60, "min", 0), (172_800, 3600, "h", 0))
DAY_S = 86_400


def count(number: float | None) -> str:
    return "-" if number is None else f"{number:,.0f}"


def size(number: float | None) -> str:
    """Bytes, in thousands."""
    if number is None:
        return "-"
    value, unit = float(abs(number)), 0
    while value >= 1000 and unit < len(UNITS) - 1:
        value, unit = value / 1000, unit + 1
    sign = "-" if number < 0 else ""
    return f"{sign}{value:.{1 if value < 10 and unit else 0}f} {UNITS[unit]}"


def duration(seconds: float | None) -> str:
    if seconds is None:
        return "-"
    if seconds < 1:
        return f"{max(0.0, seconds) * 1000:.0f} ms"
    for below, divisor, unit, digits in TIMES:
        if seconds < below:
            return f"{seconds / divisor:.{digits}f} {unit}"
    return f"{seconds / DAY_S:.0f} days"
