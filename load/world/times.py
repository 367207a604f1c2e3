"""Microseconds since 1970 as the protocol spells them."""

from datetime import UTC, datetime, timedelta, timezone

from indexer.protocol.syntax import make_tid

EPOCH_US = 1_735_689_600_000_000  # 2025-01-01: long enough ago for every clock that will read it.

_START = datetime(1970, 1, 1, tzinfo=UTC)


def rev_of(time_us: int) -> str:
    """Of a commit made then."""
    return make_tid(time_us)


def iso(time_us: int, places: str = "milliseconds", hours: int = 0) -> str:
    zone = timezone(timedelta(hours=hours)) if hours else UTC
    moment = (_START + timedelta(microseconds=time_us)).astimezone(zone)
    return moment.isoformat(timespec=places).replace("+00:00", "Z")
