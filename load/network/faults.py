"""What goes wrong, where and how often. It is set and lifted while the hosts run."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from random import Random

from aiohttp import web

from load.network.answer import Question
from load.network.asked import Asked

Fault = Callable[[Asked], Awaitable[web.StreamResponse]]
"""Answers in a way of its own."""


@dataclass(slots=True, eq=False)
class Plan:
    """`host`, `kind` and `about`, a question's subject, are patterns. `left` is how often it is
    still to strike, None for as long as it is not lifted; `struck` is how often it has."""

    fault: Fault
    host: str
    kind: str
    about: str
    left: int | None
    chance: float
    struck: int = 0

    def lift(self) -> None:
        self.left = 0

    def concerns(self, host: str, question: Question) -> bool:
        return (
            self.left != 0
            and fnmatchcase(host, self.host)
            and fnmatchcase(question.kind, self.kind)
            and fnmatchcase(question.subject, self.about)
        )

    def strike(self) -> Fault:
        self.struck += 1
        if self.left is not None:
            self.left -= 1
        return self.fault


class Faults:
    """Of those that concern a request, the newest strikes. Chance is the same for one seed and the
    same requests in the same order."""

    def __init__(self, seed: int = 0) -> None:
        self._random = Random(seed)
        self._plans: list[Plan] = []

    def set(
        self,
        fault: Fault,
        host: str = "*",
        kind: str = "*",
        about: str = "*",
        times: int | None = None,
        chance: float = 1.0,
    ) -> Plan:
        plan = Plan(fault, host, kind, about, times, chance)
        self._plans = [plan, *(other for other in self._plans if other.left != 0)]
        return plan

    def lift(self) -> None:
        """All of them."""
        for plan in self._plans:
            plan.lift()
        self._plans.clear()

    def next(self, host: str, question: Question) -> Fault | None:
        for plan in self._plans:
            if plan.concerns(host, question) and self._random.random() < plan.chance:
                return plan.strike()
        return None
