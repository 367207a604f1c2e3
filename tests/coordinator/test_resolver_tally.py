"""The line that operators know: DIDs resolved, with the cache hit rate."""

from structlog.testing import capture_logs

from indexer.coordinator.resolver.tally import SAID_EVERY, Tally


def test_every_5000_dids_a_line_says_how_many_the_network_was_spared():
    tally = Tally()
    with capture_logs() as said:
        for n in range(2 * SAID_EVERY):
            tally.looked("memory", n % 4 == 0)
            if n % 4:
                tally.looked("database", n >= SAID_EVERY)
            tally.count()
    assert [(line["event"], line["total"], line["cache_hit_rate"]) for line in said] == [
        ("DIDs resolved", 5000, "25.0%"),
        ("DIDs resolved", 10000, "100.0%"),
    ]
