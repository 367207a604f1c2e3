"""Reads the settings: the shipped file, over it one's own, over both the environment.

A key nobody knows, or a value of the wrong type, is an error that names it and where it stands.
"""

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, get_args, get_type_hints

import msgspec
from msgspec import Meta

from indexer.config.sections import Config

SHIPPED = Path(__file__).parents[2] / "config" / "indexer.toml"
OBSOLETE = (
    "REDIS_URL",
    "REDIS_STREAM_KEY",
    "REDIS_CONSUMER_GROUP",
    "REDIS_MAX_STREAM_LEN",
    "DATA_RETENTION_DAYS",
    "BACKFILL_DAYS",
)


class ConfigError(ValueError):
    """A setting that cannot be; the text names the key, where it stands and its value."""


class Setting(NamedTuple):
    """One key: the type of its value and the variable that sets it, if one does."""

    type: Any
    variable: str | None


class Given(NamedTuple):
    """A value as it was found, and where."""

    value: Any
    origin: str


def load(environ: Mapping[str, str] = os.environ) -> Config:
    """What the files and the environment say together. Raises `ConfigError`."""
    known = settings()
    given = dict(_from_file(SHIPPED))
    if own := environ.get("INDEXER_CONFIG"):
        given |= _from_file(Path(own))
    given |= _from_environment(environ, known)
    values: dict[str, dict[str, Any]] = {}
    for key, found in given.items():
        if key not in known:
            raise ConfigError(f"unknown key {key} = {_shown(key, found.value)} in {found.origin}")
        section, _, name = key.partition(".")
        values.setdefault(section, {})[name] = _converted(key, known[key].type, found)
    sections = get_type_hints(Config)
    return Config(**{name: sections[name](**keys) for name, keys in values.items()})


def settings() -> dict[str, Setting]:
    """Every key there is, as `section.name`."""
    return {
        f"{section}.{name}": Setting(kind, _variable(kind))
        for section, struct in get_type_hints(Config).items()
        for name, kind in get_type_hints(struct, include_extras=True).items()
    }


def obsolete(environ: Mapping[str, str] = os.environ) -> list[str]:
    """The variables of the older system that are set and have no meaning here."""
    return [name for name in OBSOLETE if environ.get(name)]


def _variable(kind: Any) -> str | None:
    extras = [meta.extra for meta in get_args(kind) if isinstance(meta, Meta) and meta.extra]
    return str(extras[0]["variable"]) if extras else None


def _from_file(path: Path) -> dict[str, Given]:
    try:
        sections = tomllib.loads(path.read_text())
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {error}") from error
    return {key: Given(value, str(path)) for key, value in _flat(sections)}


def _flat(sections: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for section, keys in sections.items():
        if isinstance(keys, dict):
            yield from ((f"{section}.{name}", value) for name, value in keys.items())
        else:
            yield section, keys


def _from_environment(
    environ: Mapping[str, str], known: Mapping[str, Setting]
) -> Iterator[tuple[str, Given]]:
    """An empty variable is one that is not set."""
    for key, setting in known.items():
        if setting.variable and (text := environ.get(setting.variable)):
            is_list = tuple[str, ...] in get_args(setting.type)
            value = [part.strip() for part in text.split(",")] if is_list else text
            yield key, Given(value, f"the variable {setting.variable}")


def _converted(key: str, kind: Any, found: Given) -> Any:
    """Variables are text, which a number or a truth value is read from; files have types."""
    from_text = found.origin.startswith("the variable")
    try:
        return msgspec.convert(found.value, kind, strict=not from_text)
    except msgspec.ValidationError as error:
        said = f"{key} = {_shown(key, found.value)} in {found.origin}: {error}"
        raise ConfigError(said) from None


def _shown(key: str, value: Any) -> str:
    """Without what may be a secret, also under a misspelt name; without the password in a URL."""
    if key.startswith("labels.") and not isinstance(value, float | bool):
        return "***"
    return re.sub(r"://.*@", "://***@", repr(value))
