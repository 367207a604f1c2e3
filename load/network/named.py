"""Faults by name, as they are set from outside: `HOST:KIND:NAME` or `HOST:KIND:NAME:CHANCE`."""

from collections.abc import Callable

from load.network import delays, lies, misdeeds, pretences, refusals
from load.network.faults import Fault, Faults, Plan

NAMED: dict[str, Callable[[], Fault]] = {
    "slow": lambda: delays.slow(3),
    "silent": delays.silent,
    "halting": lambda: misdeeds.halting(1),
    "trickling": misdeeds.trickling,
    "cut": misdeeds.cut,
    "oversize": lambda: misdeeds.oversize(2_000_000_000),
    "hang-up": misdeeds.hang_up,
    "500": refusals.failing,
    "429": lambda: refusals.too_many(5),
    "garbage": refusals.garbage,
    "redirect-loop": lambda: refusals.redirect(""),
    "redirect-private": lambda: refusals.redirect("http://169.254.169.254/latest/meta-data/"),
    "stale": lies.stale,
    "flipped": lies.flipped,
    "lacking": lies.lacking,
    "forged": lies.forged,
    "another": lies.of_another,
    "another-record": lies.of_another_record,
    "claiming": lambda: pretences.claiming("alma-0.test"),
    "private-pds": lambda: pretences.living_at("http://169.254.169.254"),
}


def set_named(faults: Faults, text: str) -> Plan:
    """`pds0:*.getRepo:slow:0.2` makes one in five slow. Raises ValueError."""
    match text.split(":"):
        case [host, kind, name] if name in NAMED:
            return faults.set(NAMED[name](), host, kind)
        case [host, kind, name, chance] if name in NAMED:
            return faults.set(NAMED[name](), host, kind, chance=float(chance))
    raise ValueError(f"{text!r} is not HOST:KIND:NAME[:CHANCE], NAME one of {', '.join(NAMED)}")
