"""Faults of hosts, by name, and which of them strikes next."""

from collections.abc import Callable
from random import Random
from typing import NamedTuple

from load.network import delays, lies, misdeeds, pretences, refusals
from load.network.faults import Fault

PRIVATE = "http://169.254.169.254/latest/meta-data/"
EVERYWHERE: dict[str, Callable[[], Fault]] = {
    "slow": lambda: delays.slow(1.5),
    "silent": delays.silent,
    "halting": lambda: misdeeds.halting(0.5),
    "trickling": misdeeds.trickling,
    "cut": misdeeds.cut,
    "hang-up": misdeeds.hang_up,
    "oversize": lambda: misdeeds.oversize(12_000_000),
    "500": refusals.failing,
    "429": lambda: refusals.too_many(3),
    "garbage": refusals.garbage,
    "redirect-loop": lambda: refusals.redirect(""),
    "redirect-private": lambda: refusals.redirect(PRIVATE),
    "flipped": lies.flipped,
    "another": lies.of_another,
}
OF_PDS = EVERYWHERE | {
    "stale": lies.stale,
    "lacking": lies.lacking,
    "forged": lies.forged,
    "another-record": lies.of_another_record,
}
OF_PLC = EVERYWHERE | {
    "claiming": lambda: pretences.claiming("alma-0.test"),
    "private-pds": lambda: pretences.living_at(PRIVATE),
}
GUST_S = (5.0, 60.0)
KINDS = ("*", "*.getRepo", "*.getRecord", "com.atproto.repo.getRecord")


class Gust(NamedTuple):
    name: str
    host: str
    kind: str
    chance: float
    lasts_s: float

    def fault(self) -> Fault:
        return (OF_PDS | OF_PLC)[self.name]()


def next_gust(random: Random, pds: list[str]) -> Gust:
    """Three in four strike a PDS, or all of them."""
    one = random.choice([*pds, "pds*"])
    host = random.choice([one, one, one, "plc"])
    name = random.choice(sorted(OF_PLC if host == "plc" else OF_PDS))
    kind = "*" if host == "plc" else random.choice(KINDS)
    return Gust(name, host, kind, random.uniform(0.1, 0.9), random.uniform(*GUST_S))
