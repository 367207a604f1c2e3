"""Alerts and the dashboard ask for what there is, and each alert goes off when it should."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from indexer import metrics
from tests.config.served import served, targets
from tests.parent.frames import identity
from tests.parent.relay import relay, sends
from tests.system.program import free_port, running
from tests.test_main import begun

ROOT = Path(__file__).parents[2]
CONFIG = ROOT / "config"
ALERTS = msgspec.yaml.decode((CONFIG / "prometheus/alerts.yml").read_bytes())["groups"][0]["rules"]
PANELS = json.loads((CONFIG / "grafana/dashboard.json").read_text())["panels"]
METRIC = re.compile(r"\b(?:indexer|process)_[a-z_]+")
SELECTED = re.compile(r"\b((?:indexer|process)_[a-z_]+|up)\{([^}]*)\}")
GIVEN = {"job", "process", "instance", "le"}  # by Prometheus, or by every histogram
OF_PARENT = {"indexer_frames_total", "indexer_frame_lag_seconds", "indexer_lag_seconds"}


def expressions() -> Iterator[Any]:
    for alert in ALERTS:
        yield pytest.param(alert["expr"], id=alert["alert"])
    for panel in PANELS:
        for number, target in enumerate(panel["targets"]):
            yield pytest.param(target["expr"], id=f"{panel['title']} {number}")


def labels() -> dict[str, set[str]]:
    """Of each metric that this project declares."""
    declared = [value for value in vars(metrics).values() if hasattr(value, "_labelnames")]
    return {one.describe()[0].name: set(one._labelnames) for one in declared}


def family(name: str, known: dict[str, set[str]]) -> str:
    plain = re.sub(r"_(total|bucket|sum|count)$", "", name)
    return plain if plain in known else name


@pytest.mark.parametrize("expression", list(expressions()))
def test_an_expression_selects_by_labels_that_its_metric_has(expression: str) -> None:
    known = labels()
    for name, selectors in SELECTED.findall(expression):
        asked = set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", selectors))
        assert asked <= known.get(family(name, known), set()) | GIVEN, name
    for name in METRIC.findall(expression):
        if name.startswith("indexer"):
            assert family(name, known) in known, name


async def test_everything_that_is_asked_for_is_served(database_url: str, tmp_path: Path) -> None:
    port = free_port()
    wanted = {name for one in expressions() for name in METRIC.findall(one.values[0])}
    async with (
        relay(sends(identity(5))) as server,
        running(tmp_path, database_url, server.url, METRICS_PORT=str(port), SHARDS="2") as program,
    ):
        await begun(program)
        everybody = {"parent", "coordinator", "shard 0", "shard 1"}
        while set(await targets(port)) != everybody:
            program.check()
        found = await served(port)
        assert await program.end() == 0
    assert wanted <= set().union(*found.values())
    assert found["parent"] >= OF_PARENT


def test_every_alert_says_what_it_means_and_what_to_do() -> None:
    for alert in ALERTS:
        assert alert["labels"]["severity"] in ("page", "ticket")
        assert set(alert["annotations"]) == {"summary", "meaning", "action"}
    recipes = (ROOT / "docs/operations.md").read_text()
    for name in re.findall(r"docs/operations\.md, ([A-Z][^,;.]+)", json.dumps(ALERTS)):
        assert f"## {name.strip()}\n" in recipes


def test_every_panel_has_its_own_place_and_a_sentence() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in PANELS:
        at = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(at["x"], at["x"] + at["w"])
            for y in range(at["y"], at["y"] + at["h"])
        }
        assert not cells & taken and max(x for x, _ in cells) < 24
        taken |= cells
        assert panel["description"].endswith(".")


@pytest.fixture(scope="module")
def promtool() -> str:
    found = shutil.which(os.environ.get("PROMTOOL", "promtool"))
    if found is None:
        pytest.skip("promtool, of Prometheus, is not here: PROMTOOL may name it")
    return found


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "config", "config/prometheus/prometheus.yml"),
        ("check", "rules", "config/prometheus/alerts.yml"),
        ("test", "rules", "tests/config/alerts_test.yml"),
    ],
    ids=" ".join,
)
def test_its_makers_tool_agrees(promtool: str, arguments: tuple[str, ...]) -> None:
    ended = subprocess.run([promtool, *arguments], cwd=ROOT, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_its_makers_tool_reads_what_the_dashboard_asks(promtool: str, tmp_path: Path) -> None:
    asked = [target["expr"] for panel in PANELS for target in panel["targets"]]
    rules = [
        {"record": f"asked:{n}", "expr": expr.replace("$__rate_interval", "1m")}
        for n, expr in enumerate(asked)
    ]
    file = tmp_path / "asked.yml"
    file.write_text(json.dumps({"groups": [{"name": "asked", "rules": rules}]}))
    ended = subprocess.run([promtool, "check", "rules", file], capture_output=True, text=True)
    assert ended.returncode == 0 and f"{len(asked)} rules found" in ended.stdout, ended.stderr


def test_every_alert_is_set_off_in_a_test() -> None:
    tried = (ROOT / "tests/config/alerts_test.yml").read_text()
    for alert in ALERTS:
        assert f"name: {alert['alert']}\n" in tried
