"""Figures are added, taken apart and compared as they should be."""

import pytest

from load.bench.ceiling.take import cut
from load.bench.compare import verdict
from load.bench.flat import flatness
from load.bench.plan import Plan, World
from load.bench.scrape import LATENCY, mean, quantile, read, since, total
from load.bench.summary import summarize

TEXT = f"""# HELP {LATENCY} From receipt to commit.
{LATENCY}_bucket{{le="0.01"}} 10.0
{LATENCY}_bucket{{le="0.1"}} 90.0
{LATENCY}_bucket{{le="+Inf"}} 100.0
{LATENCY}_count 100.0
{LATENCY}_sum 5.0
indexer_frames_total 7.0
"""


def test_a_quantile_lies_within_its_bucket() -> None:
    figures = read(TEXT)
    assert "indexer_frames_total" not in figures
    assert quantile(figures, LATENCY, 0.5) == pytest.approx(0.055)
    assert quantile(figures, LATENCY, 0.05) == pytest.approx(0.005)
    assert quantile(figures, LATENCY, 0.99) == pytest.approx(0.1)  # no more is known
    assert quantile({}, LATENCY, 0.5) is None
    assert mean(figures, LATENCY) == pytest.approx(0.05)


def test_what_several_processes_counted_between_two_looks() -> None:
    once = read(TEXT)
    twice = total([once, once])
    assert since(once, twice) == once
    assert since({}, twice)[f"{LATENCY}_count"] == 200


def test_parts_hold_whole_transactions_and_all_of_them() -> None:
    born = {1: 40, 2: 70, 5: 10, 9: 120, 11: 30}
    bounds = list(cut(born, 100))
    assert bounds == [(1, 3), (3, 10), (10, 12)]
    assert list(cut({}, 100)) == []


def test_a_summary_is_the_median_and_how_far_runs_lie_apart() -> None:
    runs = [{"label": "two", "ops_per_s": rate} for rate in (10.0, 30.0, 20.0)]
    runs.append({"label": "one", "ops_per_s": 10.0})
    summary = summarize(runs)
    assert summary["two"]["ops_per_s"] == {"median": 20.0, "low": 10.0, "high": 30.0}
    assert "ratio" not in summary["two"]
    assert list(summary) == ["two", "one"]


def test_only_what_lies_beyond_the_spread_is_judged() -> None:
    slow, wide, fast = ({"low": a, "median": b, "high": c} for a, b, c in SPREADS)
    assert verdict(slow, wide, more_is_better=True) == ""
    assert verdict(slow, fast, more_is_better=True) == "better"
    assert verdict(slow, fast, more_is_better=False) == "worse"
    one, other = ({"low": n, "median": n, "high": n} for n in (1.0, 2.0))
    assert verdict(one, other, more_is_better=True) == "one run each"


SPREADS = ((1.0, 2.0, 3.0), (2.0, 4.0, 6.0), (5.0, 6.0, 7.0))


def test_a_run_is_named_by_what_others_have_otherwise() -> None:
    one = Plan(World(10))
    assert [one.label(world, 2) for world in one.worlds()] == ["SHARDS=2"]
    many = Plan(World(10), rows=(1_000_000, 5_000_000), viral=(0.0, 0.3))
    labels = [many.label(world, 1) for world in many.worlds()]
    assert len(set(labels)) == 4
    assert labels[-1] == "SHARDS=1, 5 million rows, 30% on one post"


def test_what_grows_is_not_flat() -> None:
    at_s = [float(n) for n in range(100)]
    series = {"at_s": at_s, "shard mb": [100 + n for n in at_s], "p99_ms": [40.0] * 100}
    found = flatness(series)
    assert not found["shard mb"]["flat"]
    assert found["shard mb"]["per_h"] == pytest.approx(3600)
    assert found["p99_ms"]["flat"]
    assert flatness({"at_s": at_s[:4], "shard mb": at_s[:4]}) == {}
