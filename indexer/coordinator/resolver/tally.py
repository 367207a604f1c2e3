"""How often the network was spared."""

import structlog

from indexer import metrics

log = structlog.get_logger()

SAID_EVERY = 5000


class Tally:
    def __init__(self) -> None:
        self.resolved = 0
        self._hits = 0

    def looked(self, level: str, hit: bool) -> None:
        """At `memory` or `database`. What is answered by either was a look-up without network."""
        metrics.RESOLVER_CACHE.labels(level, "hit" if hit else "miss").inc()
        self._hits += hit

    def count(self) -> None:
        """One more DID was resolved, or could not be."""
        self.resolved += 1
        if self.resolved % SAID_EVERY == 0:
            rate = f"{100 * self._hits / SAID_EVERY:.1f}%"
            log.info("DIDs resolved", total=self.resolved, cache_hit_rate=rate)
            self._hits = 0
