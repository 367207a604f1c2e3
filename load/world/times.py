"""Microseconds since 1970 as the protocol spells them."""

from datetime import UTC, datetime, timedelta, timezone

EPOCH_US = 1_735_689_600_000_000  # 2025-01-01: long enough ago for every clock that will read it.

_START = datetime(1970, 1, 1, tzinfo=UTC)
_DIGITS = "234567abcdefghijklmnopqrstuvwxyz"


def tid(time_us: int, clock: int) -> str:
    """A TID: 53 bits of time, 10 that tell apart who wrote in the same microsecond."""
    value = time_us << 10 | clock
    return "".join([_DIGITS[value >> shift & 31] for shift in range(60, -1, -5)])


def rev_of(time_us: int) -> str:
    """Of a commit made then."""
    return tid(time_us, 0)


def iso(time_us: int, places: str = "milliseconds", hours: int = 0) -> str:
    zone = timezone(timedelta(hours=hours)) if hours else UTC
    moment = (_START + timedelta(microseconds=time_us)).astimezone(zone)
    return moment.isoformat(timespec=places).replace("+00:00", "Z")
