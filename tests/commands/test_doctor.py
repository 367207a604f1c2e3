"""`indexer doctor` and `indexer config`, as somebody at a terminal meets them."""

import asyncio
import json
from pathlib import Path
from typing import Any

from tests.parent.frames import identity
from tests.parent.relay import relay, sends
from tests.test_main import indexer, refusal

ALONE = {"SKIP_PDS_FETCHING": "true", "SHARDS": "1"}


async def doctor(*arguments: str, **environment: str) -> Any:
    return await asyncio.to_thread(indexer, "doctor", *arguments, **ALONE | environment)


async def test_each_line_has_its_mark_and_one_wrong_is_an_error(database_url: str) -> None:
    async with relay(sends(identity(5))) as server:
        ended = await doctor(DATABASE_URL=database_url, RELAY_URL=server.url)
    marks = {line[2:14].strip(): line[0] for line in ended.stdout.splitlines() if line[0] != " "}
    assert marks["relay"] == "✓" and marks["schema"] == "✓"
    assert marks["setting"] in "✗!"  # tests' server is set to be quick, not to be safe
    assert ended.returncode == 1


async def test_an_embedded_database_is_not_made_and_all_may_be_well(tmp_path: Path) -> None:
    own = {"DATABASE_URL": "", "DATA_DIR": str(tmp_path / "data")}
    async with relay(sends(identity(5))) as server:
        ended = await doctor("--json", RELAY_URL=server.url, **own)
    found = {one["about"]: one for one in json.loads(ended.stdout)}
    assert ended.returncode == 0, ended.stdout
    assert "none yet" in found["PostgreSQL"]["found"] and "disk" in found
    assert not (tmp_path / "data").exists()


def test_config_shows_what_is_set_and_where(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text("[log]\nevery_s = 3\n")
    set_here = {"INDEXER_CONFIG": str(own), "SHARDS": "3", "LABEL_TOKEN": "s3cret"}
    ended = indexer("config", "--changed", "--json", **set_here, METRICS_PORT="")
    assert {one["key"]: (one["value"], one["origin"]) for one in json.loads(ended.stdout)} == {
        "shards.count": (3, "SHARDS"),
        "labels.token": ("***", "LABEL_TOKEN"),
        "log.every_s": (3.0, str(own)),
    }
    shown = indexer("config", "shards.count", **set_here).stdout
    assert "SHARDS" in shown and "processes" in shown
    everything = indexer("config", **set_here)
    assert "relay.url" in everything.stdout and "s3cret" not in everything.stdout


def test_config_names_what_it_does_not_know() -> None:
    assert refusal("config", "shard") == "no section, key or variable is called 'shard'"
    assert "as shipped" in indexer("config", "--changed", METRICS_PORT="").stdout
