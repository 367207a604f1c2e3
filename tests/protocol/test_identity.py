"""A DID document says who somebody is, where, and with which keys; or it is refused."""

from pathlib import Path
from typing import Any

import orjson
import pytest
from backports import zstd
from hypothesis import given
from hypothesis import strategies as st

from indexer.protocol.errors import Invalid
from indexer.protocol.identity import Document, decode_document, read_document
from load.encoding.frames import document
from tests.frames import DID
from tests.hostile_documents import METHOD, PASSED_OVER, REFUSED, SERVICE
from tests.keys import K256, P256

EMPTY = Document(DID, None, None, None, None, None)
NAMES = ("alsoKnownAs", "verificationMethod", "service")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=7),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=8,
)


def read(**fields: Any) -> Document:
    return read_document({"id": DID, **fields}, DID)


def key_of(*changes: dict[str, Any]) -> str | None:
    return read(verificationMethod=[METHOD | change for change in changes]).signing_key


def pds_of(*changes: dict[str, Any]) -> str | None:
    return read(service=[SERVICE | change for change in changes]).pds


def test_a_document_says_all_there_is_to_know() -> None:
    labels = {"id": "#atproto_label", "type": "Multikey", "publicKeyMultibase": P256.multikey}
    labeler = {"id": f"{DID}#atproto_labeler", "type": "AtprotoLabeler"}
    whole = {
        "@context": ["https://www.w3.org/ns/did/v1"],
        "id": DID,
        "alsoKnownAs": ["https://alice.example", "at://Alice.Example", "at://bob.example"],
        "verificationMethod": [labels, METHOD],
        "service": [labeler | {"serviceEndpoint": "https://mod.example:8443/"}, SERVICE],
    }
    assert decode_document(orjson.dumps(whole), DID) == Document(
        DID,
        "alice.example",
        "https://pds.example",
        K256.did_key,
        "https://mod.example:8443",
        P256.did_key,
    )


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_document_of_this_did_is_refused(name: str) -> None:
    data, reason = REFUSED[name]
    with pytest.raises(Invalid) as refused:
        decode_document(data, DID)
    assert refused.value.reason == reason
    assert len(refused.value.detail) < 500


@pytest.mark.parametrize("name", PASSED_OVER)
def test_what_cannot_be_used_is_as_if_it_were_not_there(name: str) -> None:
    assert decode_document(orjson.dumps({"id": DID, **PASSED_OVER[name]}), DID) == EMPTY


def test_the_first_name_that_is_a_handle_is_the_one_claimed() -> None:
    assert read(alsoKnownAs=["at://no", 7, "at://a.test", "at://b.test"]).handle == "a.test"
    assert read(alsoKnownAs=["at://handle.invalid", "at://a.test"]).handle == "handle.invalid"


def test_a_name_may_be_relative_or_whole() -> None:
    for name in ("#atproto", f"{DID}#atproto"):
        assert key_of({"id": name}) == K256.did_key
    for name in ("#atproto_pds", f"{DID}#atproto_pds"):
        assert pds_of({"id": name}) == "https://pds.example"


@pytest.mark.parametrize("sample", [K256, P256], ids=lambda sample: sample.curve)
def test_a_key_may_be_of_any_known_type(sample: Any) -> None:
    for kind, text in (
        ("Multikey", sample.multikey),
        (sample.older_type, sample.uncompressed),
        (sample.older_type, sample.compressed),
    ):
        assert key_of({"type": kind, "publicKeyMultibase": text}) == sample.did_key


def test_of_several_keys_the_first_that_can_be_used_counts() -> None:
    other = {"publicKeyMultibase": P256.multikey}
    assert key_of({"publicKeyMultibase": "z"}, {"controller": "did:x:y"}, other, {}) == P256.did_key


def test_a_key_without_a_controller_is_the_dids_own() -> None:
    method = {name: METHOD[name] for name in METHOD if name != "controller"}
    assert read(verificationMethod=[method]).signing_key == K256.did_key


def test_of_several_services_the_first_counts_even_if_it_is_nowhere() -> None:
    other = {"serviceEndpoint": "https://other.example"}
    assert pds_of({"type": "Other"}, other, {}) == "https://other.example"
    assert pds_of({"serviceEndpoint": "https://pds.example/path"}, other) is None


def test_the_key_of_labels_is_not_that_of_commits() -> None:
    assert read(verificationMethod=[METHOD]).label_key is None
    alone = read(verificationMethod=[METHOD | {"id": "#atproto_label"}])
    assert (alone.signing_key, alone.label_key) == (None, K256.did_key)


@given(st.binary(max_size=200))
def test_no_bytes_do_anything_else(data: bytes) -> None:
    with pytest.raises(Invalid):
        decode_document(data, DID)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(NAMES, st.lists(JSON))))
def test_no_entries_do_anything_else(fields: dict[str, Any]) -> None:
    assert read(**fields) == EMPTY


@given(
    st.dictionaries(st.sampled_from(list(METHOD)), JSON),
    st.dictionaries(st.sampled_from(list(SERVICE)), JSON),
)
def test_a_changed_entry_is_used_or_passed_over(key: dict[str, Any], pds: dict[str, Any]) -> None:
    assert key_of(key) in (K256.did_key, None)
    assert pds_of(pds) in ("https://pds.example", None)


def test_a_document_of_the_harness_is_whole() -> None:
    made = read_document(document(1, DID, "alma-0.test"), DID)
    assert (made.handle, made.pds) == ("alma-0.test", "https://pds.test")
    assert made.signing_key is not None


def test_every_document_of_the_network_is_whole(corpus: Path) -> None:
    documents = orjson.loads(zstd.decompress((corpus / "relay/did_docs.json.zst").read_bytes()))
    for did, value in documents.items():
        found = read_document(value, did)
        assert found.handle
        assert found.pds
        assert found.pds == value["service"][0]["serviceEndpoint"]
        assert (
            found.signing_key == f"did:key:{value['verificationMethod'][0]['publicKeyMultibase']}"
        )
        assert found.labeler is found.label_key is None
    assert len(documents) == 148


def test_documents_in_the_older_form_name_the_keys_of_the_log(corpus: Path) -> None:
    for path in (corpus / "devnet/plc").glob("*.audit.json"):
        data = path.with_name(path.name.replace(".audit", "")).read_bytes()
        newest = orjson.loads(path.read_bytes())[-1]
        found = decode_document(data, newest["did"])
        keys = newest["operation"]["verificationMethods"]
        assert (found.signing_key, found.label_key) == (keys["atproto"], keys.get("atproto_label"))
        assert (found.labeler is None) == (found.label_key is None)
        assert found.pds == "http://localhost:2583"
