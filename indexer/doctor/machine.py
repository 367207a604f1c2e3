"""The machine that the indexer's own processes run on."""

import os
import resource
import shutil
from collections.abc import Iterator
from pathlib import Path

from indexer.config import Config
from indexer.doctor.finding import Finding, better, well, wrong
from indexer.status import ask
from indexer.web import PortTaken, check_free

GB = 1e9
A_PROCESS = 0.15 * GB  # at full speed
FILES_NEEDED, FILES_WISHED = 256, 1024
DAY = 50 * GB  # of growth, at the network's average
DISK_LEFT = 2 * GB


def look(config: Config, service: str, data_dir: Path | None) -> Iterator[Finding]:
    yield _cores(config.shards.total())
    yield _memory(config.shards.total() + 2)
    yield _files()
    if data_dir is not None:
        yield _disk(data_dir.absolute())
    yield _ports(config, service)


def _cores(shards: int) -> Finding:
    cores = len(os.sched_getaffinity(0))
    found = f"{shards} shards on {cores} cores"
    if shards > cores + 1:
        return better("cores", found, "more processes than cores only take turns: lower SHARDS")
    return well("cores", found)


def _memory(processes: int) -> Finding:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    needed = processes * A_PROCESS
    found = f"{memory / GB:.1f} GB, of which {processes} processes want {needed / GB:.1f} at most"
    if needed > memory / 2:
        return better("memory", found, "too little is left for PostgreSQL: lower SHARDS")
    return well("memory", found)


def _files() -> Finding:
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    found = f"each process may open {'any number' if limit < 0 else limit}"
    advice = "raise it: ulimit -n, or LimitNOFILE= of a systemd unit"
    if 0 <= limit < FILES_NEEDED:
        return wrong("open files", found, advice)
    return (
        better("open files", found, advice)
        if 0 <= limit < FILES_WISHED
        else well("open files", found)
    )


def _disk(data_dir: Path) -> Finding:
    """Of the embedded server: nobody can ask another one."""
    place = next(path for path in (data_dir, *data_dir.parents) if path.exists())
    free = shutil.disk_usage(place).free
    found = f"{free / GB:.0f} GB free at {place}"
    if free < DISK_LEFT:
        return wrong("disk", found, "the indexer waits when there is none: make room")
    if free < DAY:
        return better("disk", found, f"a day of the whole network takes about {DAY / GB:.0f} GB")
    return well("disk", found)


def _ports(config: Config, service: str) -> Finding:
    metrics = config.metrics
    live, _ = ask(metrics, service)
    if live is not None:
        return well(
            "ports", f"the indexer with pid {live['pid']} serves {metrics.host}:{metrics.port}"
        )
    if not metrics.port:
        return better("ports", "METRICS_PORT is 0: any free one", "nobody will know where to look")
    last = metrics.port + config.shards.total() + 1
    try:
        check_free(metrics.host, range(metrics.port, last + 1))
    except PortTaken as error:
        return wrong("ports", str(error), "or end whoever has it")
    return well("ports", f"{metrics.host}:{metrics.port} to {last} are free")
