"""What is shipped to run it elsewhere names what there is: files, ports, variables, commands."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import msgspec
import pytest

from indexer import config
from tests.test_main import indexer

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
COMPOSE = msgspec.yaml.decode((ROOT / "config/compose.yml").read_bytes())
UNIT = (ROOT / "config/systemd/indexer.service").read_text()
VARIABLES = {setting.variable for setting in config.settings().values()}


def ignored_but() -> set[str]:
    """What .dockerignore lets in."""
    return {
        line[1:].rstrip("/")
        for line in (ROOT / ".dockerignore").read_text().splitlines()
        if line.startswith("!")
    }


def test_the_image_copies_files_that_are_there_and_let_in() -> None:
    copied = [
        name.rstrip("/")
        for line in re.findall(r"^COPY (?!--from)(.*)$", DOCKERFILE, re.MULTILINE)
        for name in line.split()[:-1]
    ]
    assert "requirements.lock" in copied and "sql" in copied
    for name in copied:
        assert (ROOT / name).exists(), name
        assert name in ignored_but(), name


def test_the_image_sets_variables_that_there_are_and_runs_a_command_that_there_is() -> None:
    (said,) = re.findall(r"^ENV (.*)$", DOCKERFILE, re.MULTILINE)
    assert {pair.split("=")[0] for pair in said.split()} - {"PATH"} <= VARIABLES
    assert 'CMD ["indexer", "run"]' in DOCKERFILE and "USER indexer" in DOCKERFILE
    assert " run " in indexer("--help").stdout
    port = config.load({}).metrics.port
    assert f"EXPOSE {port}" in DOCKERFILE and f"127.0.0.1:{port}/health" in DOCKERFILE


def test_the_image_leaves_out_what_only_tests_need() -> None:
    (dev,) = re.findall(r"^dev = \[(.*)\]", (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    needed = {re.split("[<>=]", name)[0] for name in re.findall(r'"([^"]+)"', dev)} - {"flit_core"}
    (removed,) = re.findall(r"uninstall --quiet --yes \\\n\s+(.*) \\", DOCKERFILE)
    assert set(removed.split()) == needed


def test_the_composition_sets_variables_that_there_are_and_mounts_what_is_there() -> None:
    services = COMPOSE["services"]
    assert set(services["indexer"]["environment"]) <= VARIABLES
    for service in services.values():
        for mount in service.get("volumes", []):
            source = mount.partition(":")[0]
            if source.startswith("."):
                assert (ROOT / "config" / source).exists(), source
            else:
                assert source in COMPOSE["volumes"]
    assert (ROOT / "config" / services["indexer"]["build"] / "Dockerfile").exists()


def test_its_makers_tool_reads_the_composition() -> None:
    compose = shutil.which(os.environ.get("DOCKER_COMPOSE", "docker-compose"))
    if compose is None:
        pytest.skip("docker-compose is not here: DOCKER_COMPOSE may name it; it needs no engine")
    command = [compose, "--file", "config/compose.yml", "config", "--quiet"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr


def test_names_by_which_services_know_one_another_are_theirs() -> None:
    services = COMPOSE["services"]
    assert "@postgres/" in services["indexer"]["environment"]["DATABASE_URL"]
    scraped = (ROOT / "config/prometheus/prometheus.yml").read_text()
    sources = (ROOT / "config/grafana/provisioning/datasources/prometheus.yml").read_text()
    assert "//indexer:9400/targets" in scraped and "//prometheus:9090" in sources
    assert {"indexer", "postgres", "prometheus", "grafana"} == set(services)


def test_the_unit_gives_time_to_end_and_sets_variables_that_there_are() -> None:
    (patience,) = re.findall(r"^TimeoutStopSec=(\d+)$", UNIT, re.MULTILINE)
    grace = int(COMPOSE["services"]["indexer"]["stop_grace_period"].rstrip("s"))
    assert min(int(patience), grace) > 2 * config.load({}).shards.drain_s
    set_here = re.findall(r"^Environment=(\w+)=", UNIT, re.MULTILINE)
    assert set(set_here) <= VARIABLES
