"""What became of everything."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Verdict:
    """`subjects` and `repos` count outcomes; `missing` are those that are to be had, and are not
    here; `wrong` says what must not be."""

    subjects: Counter[str] = field(default_factory=Counter)
    repos: Counter[str] = field(default_factory=Counter)
    missing: dict[str, str] = field(default_factory=dict)  # subjects, each with its kind
    examples: list[str] = field(default_factory=list)  # of those, each with its outcome
    unlike: list[str] = field(default_factory=list)  # DIDs whose rows are not what their repos hold
    wrong: list[str] = field(default_factory=list)
