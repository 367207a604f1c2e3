"""Settings come from one file of defaults, a file of one's own and the environment."""

import re
from pathlib import Path

import pytest

from indexer import config
from indexer.config import SHIPPED, ConfigError, explain, load, obsolete, settings

KEY = re.compile(r"(\w+) = ")
SECTION = re.compile(r"\[(\w+)\]")
OLDER = {
    "DATABASE_URL": ("database", "url", "postgresql://db/x", "postgresql://db/x"),
    "RELAY_URL": ("relay", "url", "bsky.network", "bsky.network"),
    "SHARDS": ("shards", "count", "4", 4),
    "DB_POOL_SIZE": ("database", "pool_size", "7", 7),
    "LOG_LEVEL": ("log", "level", "debug", "debug"),
    "PLC_URL": ("services", "plc_url", "http://plc.test", "http://plc.test"),
    "SKIP_PDS_FETCHING": ("services", "skip_pds_fetching", "true", True),
    "MAX_CONCURRENT_USER_CREATIONS": ("writer", "user_creations", "3", 3),
    "METRICS_PORT": ("metrics", "port", "0", 0),
    "ALLOW_PRIVATE_HOSTS": ("services", "allow_private_hosts", "a:1, b", ("a:1", "b")),
    "START_CURSOR": ("relay", "start_cursor", "12", 12),
    "LABELERS": ("services", "labelers", "did:web:a.b", ("did:web:a.b",)),
    "PENDING_TTL": ("pending", "ttl_h", "0.5", 0.5),
    "DATA_DIR": ("database", "data_dir", "elsewhere", "elsewhere"),
}


def shipped_keys() -> dict[str, list[str]]:
    """Every key of the shipped file with the comment lines above it."""
    found: dict[str, list[str]] = {}
    section, comment = "", []
    for line in SHIPPED.read_text().splitlines():
        if line.startswith("#"):
            comment.append(line.lstrip("# "))
        elif opened := SECTION.fullmatch(line):
            section, comment = opened[1], []
        elif key := KEY.match(line):
            found[f"{section}.{key[1]}"], comment = comment, []
    return found


def own_file(directory: Path, text: str) -> dict[str, str]:
    path = directory / "own.toml"
    path.write_text(text)
    return {"INDEXER_CONFIG": str(path)}


def test_the_shipped_file_holds_every_setting_and_no_other():
    assert list(shipped_keys()) == list(settings())


@pytest.mark.parametrize("key", settings())
def test_every_key_has_a_sentence_which_names_its_variable(key):
    said = " ".join(shipped_keys()[key])
    variable = settings()[key].variable
    assert re.match(r"[A-Z].*\.", said)
    assert said.endswith(f" [{variable}]" if variable else ".")


def test_no_default_stands_in_python():
    with pytest.raises(TypeError):
        config.Log()  # type: ignore[call-arg]


def test_without_anything_the_defaults_hold():
    defaults = load({})
    assert defaults.relay.url == "wss://bsky.network"
    assert defaults.relay.start_cursor == "live"
    assert defaults.database.pool_size == 20
    assert defaults.shards.total() >= 1


@pytest.mark.parametrize("name", OLDER)
def test_a_variable_sets_its_key(name):
    section, key, text, value = OLDER[name]
    assert getattr(getattr(load({name: text}), section), key) == value


def test_an_empty_variable_counts_as_unset():
    assert load({"SHARDS": "", "DATABASE_URL": ""}) == load({})


def test_a_file_of_ones_own_goes_over_the_defaults_and_the_environment_over_both(tmp_path):
    environ = own_file(tmp_path, "[shards]\ncount = 3\nqueue_batches = 5\n")
    assert load(environ).shards.count == 3
    both = load({**environ, "SHARDS": "2"}).shards
    assert (both.count, both.queue_batches, both.batch_frames) == (2, 5, 64)


@pytest.mark.parametrize(
    ("text", "key", "value"),
    [
        ("[relay]\nhost = 'x'", "relay.host", "'x'"),
        ("[redis]\nurl = 'x'", "redis.url", "'x'"),
        ("shards = 4", "shards", "4"),
        ("[relay.more]\na = 1", "relay.more", "{'a': 1}"),
        ("[shards]\ncount = '4'", "shards.count", "'4'"),
        ("[shards]\ncount = -1", "shards.count", "-1"),
        ("[shards]\ndrain_s = 0", "shards.drain_s", "0"),
        ("[services]\nlabelers = 'did:web:a.b'", "services.labelers", "'did:web:a.b'"),
        ("[log]\nlevel = 'LOUD'", "log.level", "'LOUD'"),
        ("[relay]\nstart_cursor = 'now'", "relay.start_cursor", "'now'"),
    ],
)
def test_what_cannot_be_names_the_key_the_file_and_the_value(tmp_path, text, key, value):
    environ = own_file(tmp_path, text)
    with pytest.raises(ConfigError) as error:
        load(environ)
    assert f"{key} = {value} in {environ['INDEXER_CONFIG']}" in str(error.value)


def test_a_wrong_variable_names_the_key_the_variable_and_the_value():
    with pytest.raises(ConfigError, match=r"shards.count = 'many' in the variable SHARDS: .*int"):
        load({"SHARDS": "many"})


@pytest.mark.parametrize("text", ["not toml", "[log\n"])
def test_a_file_that_is_no_toml_is_named(tmp_path, text):
    with pytest.raises(ConfigError, match=r"own\.toml cannot be read"):
        load(own_file(tmp_path, text))


def test_a_missing_file_is_named():
    with pytest.raises(ConfigError, match=r"/nowhere/x\.toml cannot be read"):
        load({"INDEXER_CONFIG": "/nowhere/x.toml"})


def test_a_password_is_not_told(tmp_path):
    environ = own_file(tmp_path, "[database]\nuri = 'postgresql://me:s3c@ret@db/x'")
    with pytest.raises(ConfigError) as error:
        load(environ)
    assert "ret" not in str(error.value)
    assert "'postgresql://***@db/x'" in str(error.value)


def test_variables_of_the_older_system_are_known_as_such():
    assert obsolete({"REDIS_URL": "x", "BACKFILL_DAYS": "", "SHARDS": "2"}) == ["REDIS_URL"]


def test_every_setting_is_explained_with_its_value_and_its_default():
    explained = {one.key: one for one in explain({"SHARDS": "4"})}
    assert list(explained) == list(settings())
    shards = explained["shards.count"]
    assert (shards.value, shards.default, shards.origin, shards.variable) == (
        4,
        0,
        "SHARDS",
        "SHARDS",
    )
    assert shards.sentence.startswith("How many processes") and "[" not in shards.sentence
    assert explained["relay.url"].origin == "default"


def test_no_secret_is_explained():
    secrets = {
        "LABEL_TOKEN": "t0p",
        "LABEL_SIGNING_KEY": "k3y",
        "DATABASE_URL": "postgresql://a:b@c/d",
    }
    shown = {one.key: one.value for one in explain(secrets)}
    assert shown["labels.token"] == shown["labels.signing_key"] == "***"
    assert shown["database.url"] == "postgresql://***@c/d" and shown["labels.did"] == ""
