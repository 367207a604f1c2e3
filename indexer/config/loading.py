"""Reads the settings: the shipped file, over it one's own, over both the environment.

A key nobody knows, or a value of the wrong type, is an error that names it and where it stands.
"""

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta

from indexer.config.sections import Config

SHIPPED = Path(__file__).parents[2] / "config" / "indexer.toml"
OBSOLETE = (
    "REDIS_URL",
    "REDIS_STREAM_KEY",
    "REDIS_CONSUMER_GROUP",
    "REDIS_MAX_STREAM_LEN",
    "BACKFILL_DAYS",
)


VARIABLE = "the variable"  # begins the origin of a value that comes from one


class ConfigError(ValueError):
    """A setting that cannot be; the text names the key, where it stands and its value."""


class Setting(NamedTuple):
    """One key: the type of its value and the variable that sets it, if one does."""

    type: Any
    variable: str | None
    secret: bool


class Given(NamedTuple):
    """A value as it was found, and where."""

    value: Any
    origin: str


def load(environ: Mapping[str, str] = os.environ) -> Config:
    """What the files and the environment say together. Raises `ConfigError`."""
    values: dict[str, dict[str, Any]] = {}
    for key, found in given(environ).items():
        section, _, name = key.partition(".")
        values.setdefault(section, {})[name] = found.value
    sections = get_type_hints(Config)
    return Config(**{name: sections[name](**keys) for name, keys in values.items()})


def given(environ: Mapping[str, str] = os.environ) -> dict[str, Given]:
    """The value of every key, of the type that it has, and where it was found. Raises
    `ConfigError`."""
    known = settings()
    found = _from_file(SHIPPED)
    if own := environ.get("INDEXER_CONFIG"):
        found |= _from_file(Path(own))
    found |= _from_environment(environ, known)
    for key, one in found.items():
        if key not in known:
            raise ConfigError(f"unknown key {key} = {harmless(key, one.value)!r} in {one.origin}")
    return {
        key: Given(_converted(key, known[key].type, one), one.origin) for key, one in found.items()
    }


def settings() -> dict[str, Setting]:
    """Every key there is, as `section.name`."""
    return {
        f"{section}.{name}": _setting(kind)
        for section, struct in get_type_hints(Config).items()
        for name, kind in get_type_hints(struct, include_extras=True).items()
    }


def obsolete(environ: Mapping[str, str] = os.environ) -> list[str]:
    """The variables of the older system that are set and have no meaning here."""
    return [name for name in OBSOLETE if environ.get(name)]


def _setting(kind: Any) -> Setting:
    metas = [meta.extra for meta in get_args(kind) if isinstance(meta, Meta) and meta.extra]
    extra = metas[0] if metas else {}
    return Setting(kind, extra.get("variable"), bool(extra.get("secret")))


def _from_file(path: Path) -> dict[str, Given]:
    try:
        sections = tomllib.loads(path.read_text(encoding="utf-8"))
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
            yield key, Given(value, f"{VARIABLE} {setting.variable}")


def _converted(key: str, kind: Any, found: Given) -> Any:
    """Variables are text, which a number or a truth value is read from; files have types."""
    from_text = found.origin.startswith(VARIABLE)
    try:
        return msgspec.convert(found.value, kind, strict=not from_text)
    except msgspec.ValidationError as error:
        known = f" (words that it knows: {', '.join(words)})" if (words := _words(kind)) else ""
        said = f"{key} = {harmless(key, found.value)!r} in {found.origin}: {error}{known}"
        raise ConfigError(said) from None


def _words(kind: Any) -> list[str]:
    if get_origin(kind) is Literal:
        return list(get_args(kind))
    return [word for part in get_args(kind) for word in _words(part)]


def harmless(key: str, value: Any) -> Any:
    """Without what may be a secret, also under a misspelt name; without the password in a URL."""
    setting = settings().get(key)
    if setting.secret if setting else key.startswith("labels."):
        return value and "***"
    return re.sub(r"://.*@", "://***@", value) if isinstance(value, str) else value
