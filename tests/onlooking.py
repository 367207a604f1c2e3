"""The figures of an indexer, as they are really made, without its processes."""

from typing import Any

from indexer.config import Config
from indexer.parent.history import Minute, Second
from indexer.parent.meter import Meter
from indexer.parent.process import Parent
from indexer.supervisor.child import Child
from indexer.supervisor.duties import CoordinatorDuty, ShardDuty
from indexer.supervisor.looking import Looker
from indexer.supervisor.report import live
from tests.parent.parents import make_parent, settings

SHOWN_SECONDS = 60


class Indexer:
    """One whose shards do nothing, and which has a past."""

    def __init__(self, database_url: str = "unset", shards: int = 2) -> None:
        self.config: Config = settings(
            database_url, "wss://relay.test", shards, idle_timeout_s=600.0
        )
        self.parent: Parent = make_parent(self.config)
        self.meter = Meter(self.parent, self.config)
        duties = [ShardDuty(self.config, self.parent, n) for n in range(shards)]
        every = [CoordinatorDuty(self.config, self.parent), *duties]
        self.children = [Child(duty, 30.0) for duty in every]
        self.looker = Looker("127.0.0.1", self.children)

    def happens(self, *, behind_s: float = 1.0, gains: float = 0.0) -> None:
        """A minute of 100 events a second."""
        for n in range(SHOWN_SECONDS + 1):
            behind = behind_s + gains * (SHOWN_SECONDS - n)
            self.meter.history.add(Second(float(n), 100 * n, 120 * n, 0.2, behind))

    def counts(self, **facts: Any) -> None:
        """What PostgreSQL is supposed to have said."""
        self.meter.facts = {
            "cursor": 5,
            "last_event_time": None,
            "pending": {},
            "quarantine": {},
            "gaps": 0,
            "repos": {},
            "resyncs": {},
            "bytes": 5_000_000_000,
        } | facts  # type: ignore[assignment]
        for minute in range(3):
            size = 4_000_000_000 + minute * 500_000_000
            self.meter.history.add_facts(Minute(60.0 * minute, size, 0, 0))

    def live(self) -> dict[str, Any]:
        return live(self.config, self.parent, self.children, self.meter, self.looker)
