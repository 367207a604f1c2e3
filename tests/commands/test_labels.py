"""`indexer labels`, as a moderator at a terminal meets it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from indexer.commands import app
from tests.labels.conftest import ALICE, OURS, POST
from tests.test_main import refusal

KEY = "01" * 32


@pytest.fixture
def moderate(database_url: str, monkeypatch: pytest.MonkeyPatch):
    """Calls the command; the exit code is 0 unless `refused`."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("LABEL_DID", OURS)
    monkeypatch.setenv("LABEL_SIGNING_KEY", KEY)

    def call(*arguments: str, refused: bool = False) -> Result:
        ended = CliRunner().invoke(app, ["labels", *arguments])
        assert ended.exit_code == (1 if refused else 0), ended.output
        assert KEY not in ended.output
        return ended

    return call


def found(ended: Result) -> list[tuple[str, str]]:
    return [(label["uri"], label["val"]) for label in json.loads(ended.stdout)]


def test_a_label_is_said_looked_up_taken_back_and_removed(moderate):
    assert "1 said" in moderate("apply", POST, "spam").stdout
    assert "all of it holds already" in moderate("apply", POST, "spam").stdout
    (label,) = json.loads(moderate("active", POST, "--json").stdout)
    assert label["val"] == "spam" and label["sig"]["$bytes"]
    assert "spam" in moderate("active", POST).stdout
    assert found(moderate("negate", POST, "spam", "--json")) == [(POST, "spam")]
    assert "nothing" in moderate("active", POST).stdout
    assert found(moderate("query", "--subject", "at://*", "--json")) == [(POST, "spam")]
    assert "back" in moderate("query", "--source", OURS).stdout
    assert "1 removed" in moderate("remove", POST, "spam").stdout
    assert found(moderate("query", "--json")) == []


def test_labels_are_signed_again_with_a_new_key(moderate, monkeypatch):
    moderate("apply", POST, "spam")
    monkeypatch.setenv("LABEL_SIGNING_KEY", "02" * 32)
    assert "1 signed" in moderate("resign").stdout
    assert "0 signed" in moderate("resign").stdout


def test_many_are_said_and_taken_back_from_a_file(moderate, tmp_path: Path):
    file = tmp_path / "spam.txt"
    lines = [f"{POST}{n} spam" for n in range(1200)]
    file.write_text("\n".join(["# of today", "", *lines, f"{ALICE} rude - 2099-01-01T00:00:00Z"]))
    assert "1,201 said" in moderate("apply", "--file", str(file)).stdout
    (rude,) = json.loads(moderate("active", ALICE, "--json").stdout)
    assert rude["exp"] == "2099-01-01T00:00:00.000Z"
    assert "1,201 taken back" in moderate("negate", "-f", str(file)).stdout


def test_values_are_defined_redefined_and_listed(moderate):
    moderate("definitions", "create", "spam", "--description", "junk", "--severity", "alert")
    moderate("definitions", "update", "spam", "--localized", '[{"lang": "de"}]')
    (spam,) = json.loads(moderate("definitions", "list", "--json").stdout)
    assert (spam["value"], spam["description"], spam["severity"]) == ("spam", "junk", "alert")
    assert "de" in moderate("definitions", "list", "spam").stdout
    assert "defined already" in moderate("definitions", "create", "spam", refused=True).output


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["apply", POST], "a URI and a value"),
        (["apply", POST, "No Kebab"], "small letters"),
        (["apply", "https://a.test", "spam"], "neither a DID nor"),
        (["apply", POST, "spam", "--exp", "soon"], "no datetime"),
        (["apply", POST, "spam", "--exp", "2020-01-01T00:00:00Z"], "is past"),
        (["apply", "--file", "/nowhere"], "cannot be read"),
        (["definitions", "create", "spam", "--localized", "{"], "no JSON"),
        (["definitions", "create", "spam", "--localized", "{}"], "no JSON list"),
        (["definitions", "create", "spam", "--severity", "grave"], "info, warn, alert"),
        (["rewind", OURS], "no cursor"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(moderate, arguments, why):
    ended = moderate(*arguments, refused=True)
    assert why in ended.output and "Traceback" not in ended.output


def test_a_bad_line_of_a_file_is_named_and_nothing_of_the_file_is_said(moderate, tmp_path: Path):
    file = tmp_path / "spam.txt"
    file.write_text(f"{POST} spam\n{POST}\n")
    assert "line 2" in moderate("apply", "-f", str(file), refused=True).output
    assert found(moderate("query", "--json")) == []


def test_without_a_did_or_with_a_key_that_is_none_nothing_is_said(moderate, monkeypatch):
    monkeypatch.setenv("LABEL_SIGNING_KEY", "s3cret")
    ended = moderate("apply", POST, "spam", refused=True)
    assert "no secret key" in ended.output and "s3cret" not in ended.output
    monkeypatch.setenv("LABEL_DID", "")
    assert "LABEL_DID" in moderate("apply", POST, "spam", refused=True).output


def test_an_indexer_with_a_key_that_is_none_says_so_and_does_not_begin():
    said = refusal(
        "run", LABEL_DID=OURS, LABEL_SIGNING_KEY="s3cret", DATABASE_URL="postgresql://x/y"
    )
    assert "no secret key" in said and "s3cret" not in said
