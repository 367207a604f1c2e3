"""Who we are as a labeler; and that secrets stay secret."""

import pytest

from indexer import config
from indexer.config import ConfigError
from indexer.labels import Unable, author_of
from tests.labels.conftest import OURS

SECRETS = {"LABEL_SIGNING_KEY": "5ec3e7" + "01" * 29, "LABEL_TOKEN": "t0k3n"}


def test_an_author_has_a_did_and_perhaps_a_key():
    assert author_of(config.load({"LABEL_DID": OURS}).labels).signer is None
    author = author_of(config.load({"LABEL_DID": OURS, **SECRETS}).labels)
    assert author.did == OURS and author.signer.public.curve == "k256"


@pytest.mark.parametrize("did", ["", "labels.test", "did:"])
def test_without_a_did_nobody_says_labels(did):
    with pytest.raises(Unable, match="LABEL_DID"):
        author_of(config.load({"LABEL_DID": did}).labels)


def test_secrets_are_not_shown_with_the_settings():
    settings = config.load({"LABEL_DID": OURS, **SECRETS})
    author = author_of(settings.labels)
    for secret in SECRETS.values():
        assert secret not in repr(settings) + str(settings.labels) + repr(author)


@pytest.mark.parametrize("line", ["token = 5335", "signing_kye = '5335'", "signing_key = ['5335']"])
def test_secrets_are_not_shown_with_what_is_wrong_about_them(tmp_path, line):
    path = tmp_path / "own.toml"
    path.write_text(f"[labels]\n{line}\n")
    with pytest.raises(ConfigError) as error:
        config.load({"INDEXER_CONFIG": str(path)})
    assert "5335" not in str(error.value)
