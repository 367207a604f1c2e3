import resource
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer import config
from indexer.config import Config
from indexer.doctor import machine
from indexer.doctor.finding import Finding
from tests.system.program import free_port


def look(settings: Config, data_dir: Path | None = None) -> dict[str, Finding]:
    return {one.about: one for one in machine.look(settings, "somewhere", data_dir)}


def settings(**variables: str) -> Config:
    return config.load({"METRICS_PORT": str(free_port()), "SHARDS": "1"} | variables)


def test_a_machine_that_fits_is_well(tmp_path: Path) -> None:
    found = look(settings(), tmp_path / "not" / "yet")
    assert {"cores", "memory", "open files", "ports"} <= found.keys()
    assert all(found[about].level == "well" for about in ("cores", "memory", "ports"))
    assert str(tmp_path) in found["disk"].found


def test_the_disk_of_a_server_elsewhere_is_not_looked_at() -> None:
    assert "disk" not in look(settings())


def test_many_more_shards_than_cores_could_be_better() -> None:
    found = look(settings(SHARDS="250"))
    assert found["cores"].level == "better" and "SHARDS" in found["cores"].advice
    assert "250 shards" in found["cores"].found


@pytest.fixture
def few_files() -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (200, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


@pytest.mark.usefixtures("few_files")
def test_a_low_limit_of_open_files_is_wrong() -> None:
    found = look(settings())["open files"]
    assert found.level == "wrong" and "LimitNOFILE" in found.advice and "200" in found.found


def test_a_full_disk_is_wrong(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(machine, "DISK_LEFT", 1e18)
    assert look(settings(), tmp_path)["disk"].level == "wrong"
    monkeypatch.setattr(machine, "DISK_LEFT", 0)
    monkeypatch.setattr(machine, "DAY", 1e18)
    assert look(settings(), tmp_path)["disk"].level == "better"


def test_a_port_that_somebody_has_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        found = look(settings(METRICS_PORT=str(port - 1)))["ports"]
    assert found.level == "wrong" and f":{port}" in found.found
