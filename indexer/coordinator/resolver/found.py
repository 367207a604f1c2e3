"""What a look-up finds, and how long it may be believed."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from indexer.config import Resolver as Settings

EVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Identity:
    did: str
    handle: str | None  # verified in both directions
    pds: str | None  # scheme, host, and port if it is not the usual one
    signing_key: str | None  # as did:key
    labeler: str | None
    label_key: str | None


@dataclass(frozen=True, slots=True)
class Gone:
    """The directory has a tombstone: the account is deleted."""

    did: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """No document, or one that cannot be used."""

    did: str
    why: str


Found = Identity | Gone | Unknown


@dataclass(frozen=True, slots=True)
class Entry:
    """Moments are by PostgreSQL's clock, which all processes and hosts share."""

    found: Found
    claimed: str | None
    asked_at: datetime  # when the document was, or a moment since which it has not changed
    checked_at: datetime | None  # when the world last said whether the handle is right

    @property
    def handle(self) -> str | None:
        return self.found.handle if isinstance(self.found, Identity) else None

    @property
    def doubtful(self) -> bool:
        """What it says of the handle is from before, or nothing."""
        return self.claimed is not None and (
            self.checked_at is None or self.checked_at < self.asked_at
        )


@dataclass(frozen=True, slots=True)
class Lifetimes:
    good: timedelta
    negative: timedelta
    renewal: timedelta

    def is_fresh(self, entry: Entry, now: datetime, since: datetime) -> bool:
        """Its document, at least."""
        recent = now < entry.asked_at + self.good
        return recent and entry.asked_at >= since and not isinstance(entry.found, Unknown)

    def renew_at(self, entry: Entry) -> datetime:
        """A handle that cannot be checked is checked again soon, then after twice as long."""
        if not entry.doubtful:
            return entry.asked_at + self.renewal
        since = entry.asked_at - entry.checked_at if entry.checked_at else timedelta(hours=1)
        return entry.asked_at + min(max(since, self.negative), self.renewal)


def read_lifetimes(settings: Settings) -> Lifetimes:
    return Lifetimes(
        timedelta(hours=settings.cache_h),
        timedelta(seconds=settings.negative_s),
        timedelta(hours=settings.renew_h),
    )
