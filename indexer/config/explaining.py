"""Every setting as somebody reads it: its value, where that comes from, what it does."""

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from indexer.config.loading import SHIPPED, VARIABLE, given, harmless, settings

DEFAULT = "default"
_SECTION, _KEY = re.compile(r"\[(\w+)\]"), re.compile(r"(\w+) = ")


class Explained(NamedTuple):
    key: str  # section.name
    value: Any  # *** where it may be a secret
    origin: str  # "default", the path of a file, or the name of a variable
    default: Any
    variable: str | None
    sentence: str


def explain(environ: Mapping[str, str] = os.environ) -> list[Explained]:
    """In the order of the shipped file. Raises `ConfigError`."""
    known, said = settings(), dict(_sentences(SHIPPED.read_text(encoding="utf-8")))
    defaults = tomllib.loads(SHIPPED.read_text(encoding="utf-8"))
    found = given(environ)
    explained = []
    for key, sentence in said.items():
        section, _, name = key.partition(".")
        value, origin = found[key]
        explained.append(
            Explained(
                key,
                harmless(key, value),
                DEFAULT if origin == str(SHIPPED) else origin.removeprefix(f"{VARIABLE} "),
                defaults[section][name],
                known[key].variable,
                sentence,
            )
        )
    return explained


def _sentences(text: str) -> Iterator[tuple[str, str]]:
    """By key, the comment lines above it, without the variable in brackets."""
    section, comment = "", list[str]()
    for line in text.splitlines():
        if line.startswith("#"):
            comment.append(line.lstrip("# "))
        elif opened := _SECTION.fullmatch(line):
            section, comment = opened[1], []
        elif key := _KEY.match(line):
            yield f"{section}.{key[1]}", re.sub(r" \[\w+\]$", "", " ".join(comment))
            comment = []
