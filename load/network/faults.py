"""What goes wrong at a host, and when. Plans may be made and lifted while it runs."""

from dataclasses import dataclass
from random import Random

from load.network.answer import Question
from load.network.asked import Fault


@dataclass(slots=True, eq=False)
class Plan:
    """`kind` is a method's NSID or its last part, `subject` what a request's begins with, such as a
    DID; empty is any. `left` is how often it still happens, None until it is lifted; `met` how
    often it has."""

    fault: Fault
    kind: str = ""
    subject: str = ""
    left: int | None = None
    chance: float = 1.0
    met: int = 0

    def concerns(self, question: Question) -> bool:
        is_kind = not self.kind or f".{question.kind}".endswith(f".{self.kind}")
        return self.left != 0 and is_kind and question.subject.startswith(self.subject)


class Faults:
    """Of several plans that concern a request, the one made last is followed. What is left to
    chance is the same for the same seed and the same requests."""

    def __init__(self, seed: int = 0) -> None:
        self._random = Random(seed)
        self._plans: list[Plan] = []

    def plan(
        self,
        fault: Fault,
        kind: str = "",
        subject: str = "",
        times: int | None = None,
        chance: float = 1.0,
    ) -> Plan:
        plan = Plan(fault, kind, subject, times, chance)
        self._plans.insert(0, plan)
        return plan

    def lift(self, plan: Plan | None = None) -> None:
        """One of them, or all."""
        self._plans = [other for other in self._plans if plan is not None and other is not plan]

    def met_by(self, question: Question) -> Fault | None:
        for plan in self._plans:
            if plan.concerns(question) and self._random.random() < plan.chance:
                plan.met += 1
                plan.left = None if plan.left is None else plan.left - 1
                return plan.fault
        return None
