"""What the system says of processes: the CPU they have used, and their memory."""

import os
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

PROC = Path("/proc")
TICK = os.sysconf("SC_CLK_TCK")
GONE = (FileNotFoundError, ProcessLookupError)


class Usage(NamedTuple):
    """Seconds of CPU, user and system; `reaped_s` is what its ended children had used."""

    parent: int
    cpu_s: float
    reaped_s: float


class Memory(NamedTuple):
    now_mb: float
    peak_mb: float


def usage(pid: int) -> Usage | None:
    """None when there is no such process, or it is another machine's."""
    with suppress(*GONE):
        fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
        user, system, reaped_user, reaped_system = (int(field) / TICK for field in fields[11:15])
        return Usage(int(fields[1]), user + system, reaped_user + reaped_system)
    return None


def memory(pid: int) -> Memory | None:
    """None when it has ended, also when nobody has looked after it yet."""
    with suppress(*GONE):
        lines = (PROC / str(pid) / "status").read_text().splitlines()
        sizes = dict(line.split(":", 1) for line in lines if line.startswith("Vm"))
        if "VmRSS" in sizes:
            return Memory(_megabytes(sizes["VmRSS"]), _megabytes(sizes["VmHWM"]))
    return None


def children(pid: int) -> dict[int, Usage]:
    """Of this process, by their pid."""
    pids = (int(path.name) for path in PROC.iterdir() if path.name.isdecimal())
    found = ((child, usage(child)) for child in pids)
    return {child: used for child, used in found if used is not None and used.parent == pid}


def machine_s() -> float:
    """Seconds that all processors together have worked, for whomever."""
    fields = (PROC / "stat").read_text().split("\n", 1)[0].split()[1:]
    user, nice, system, _, _, irq, softirq, *_ = (int(field) / TICK for field in fields)
    return user + nice + system + irq + softirq


def postmaster(backend: int) -> int | None:
    """The server's first process, by one of its backends; None when they run elsewhere."""
    with suppress(*GONE):
        if (PROC / str(backend) / "comm").read_text().strip().startswith("postgres"):
            used = usage(backend)
            return used.parent if used else None
    return None


def _megabytes(text: str) -> float:
    """Of what stands there as `1234 kB`."""
    return int(text.split()[0]) * 1024 / 1e6
