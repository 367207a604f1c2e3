"""Where and with what a result was had: a rate means nothing without it."""

import os
import platform
import shlex
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from indexer import database
from load.bench.cluster import NAME

ROOT = Path(__file__).parents[2]
SET = (
    "SELECT name, current_setting(name) FROM pg_settings WHERE source NOT IN ('default', 'client')"
)
PRIVATE = (
    "unix_socket_directories",
    "cluster_name",
    "data_directory",
    "hba_file",
    "ident_file",
    "config_file",
)


async def machine(url: str) -> dict[str, Any]:
    connection = await database.connect(url, NAME)
    try:
        settings = dict(await connection.fetch(SET))
        version = await connection.fetchval("SHOW server_version")
    finally:
        await connection.close()
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": shlex.join(["python", "-m", "load", *sys.argv[1:]]),
        "commit": _git("rev-parse", "HEAD"),
        "changed": bool(_git("status", "--porcelain", "--untracked-files=no")),
        "cores": len(os.sched_getaffinity(0)),
        "cpu": next(_told("/proc/cpuinfo", "model name"), platform.machine()),
        "memory": next(_told("/proc/meminfo", "MemTotal"), ""),
        "kernel": f"{platform.system()} {platform.release()}",
        "load_before": os.getloadavg()[0],
        "python": platform.python_version(),
        "postgres": version,
        "postgres_settings": {k: v for k, v in settings.items() if k not in PRIVATE},
    }


def _told(file: str, name: str) -> Iterator[str]:
    for line in Path(file).read_text().splitlines():
        key, _, value = line.partition(":")
        if key.strip() == name:
            yield value.strip()


def _git(*arguments: str) -> str | None:
    """None where this is no clone, or there is no git."""
    try:
        done = subprocess.run(
            ["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()
