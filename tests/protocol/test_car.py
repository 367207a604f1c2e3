"""A CAR gives its roots and blocks, each block the one that its CID says."""

from collections.abc import Iterator
from pathlib import Path

import libipld
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.protocol.car import read_car
from indexer.protocol.errors import Invalid
from indexer.protocol.syntax import cid_text
from tests.frames import DAG_CBOR, RAW, car, cid_of

SMALL, MEDIUM, LARGE = b"\xa0", b"b" * 300, b"c" * 70_000
BLOCKS = {cid_of(SMALL): SMALL, cid_of(MEDIUM, RAW): MEDIUM, cid_of(LARGE): LARGE}
ROOT = cid_of(SMALL)


def refusal(data: bytes) -> str:
    with pytest.raises(Invalid) as refused:
        read_car(data)
    return refused.value.reason


def test_blocks_of_every_size_are_found() -> None:
    assert read_car(car(BLOCKS)) == ([ROOT], BLOCKS)


def test_several_roots_are_found() -> None:
    assert read_car(car(BLOCKS, roots=BLOCKS)) == (list(BLOCKS), BLOCKS)


def test_a_car_may_be_empty_but_for_its_root() -> None:
    assert read_car(car({}, roots=[ROOT])) == ([ROOT], {})


def test_a_block_that_is_not_what_its_cid_says_is_refused() -> None:
    data = car(BLOCKS)
    for block in (SMALL, MEDIUM, LARGE):
        at = data.rindex(block)
        assert refusal(data[:at] + b"X" + data[at + 1 :]) == "wrong_hash"


def test_a_block_under_the_cid_of_another_is_refused() -> None:
    assert refusal(car({ROOT: MEDIUM})) == "wrong_hash"


@pytest.mark.parametrize(
    "kind",
    [
        b"\x01\x70\x12\x20",  # dag-pb
        b"\x01\x71\x13\x20",  # SHA-512
        b"\x01\x71\x12\x10",  # half a hash
        b"\x01\x71\x00\x20",  # the identity
        b"\x02\x71\x12\x20",
    ],
)
def test_a_cid_of_another_kind_is_refused(kind: bytes) -> None:
    assert refusal(car({cid_of(SMALL, kind): SMALL}, roots=[ROOT])) == "bad_car"


def test_a_file_that_ends_early_is_refused() -> None:
    data = car(BLOCKS)
    whole = {len(car(dict(list(BLOCKS.items())[:n]), roots=[ROOT])) for n in range(4)}
    for end in (*range(400), *range(len(data) - 50, len(data))):
        if end not in whole:
            assert refusal(data[:end]) == "bad_car"


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"\xff",
        b"\xa0",
        b"\x81" * 9000 + b"\x00",
        libipld.encode_dag_cbor({"version": 1}),
        libipld.encode_dag_cbor({"version": 1, "roots": []}),
        libipld.encode_dag_cbor({"version": 1, "roots": ["bafy"]}),
        libipld.encode_dag_cbor({"version": 2, "roots": [ROOT]}),
    ],
)
def test_a_header_of_another_kind_is_refused(header: bytes) -> None:
    size = len(header)
    head = bytes((size,)) if size < 128 else bytes((size & 127 | 128, size >> 7))
    assert refusal(head + header) == "bad_car"


@pytest.mark.parametrize(
    "tail", [b"\0", b"\x23" + bytes(35), b"\x80", b"\xff" * 12, b"\xff" * 8 + b"\1"]
)
def test_a_length_that_cannot_be_is_refused(tail: bytes) -> None:
    assert refusal(car(BLOCKS) + tail) == "bad_car"


def test_the_usual_header_reads_as_any_other() -> None:
    usual = car(BLOCKS)
    assert usual[:1] == b"\x3a"
    widened = b"\xba\x00" + usual[1:]  # the same length, spelled in two bytes
    assert read_car(widened) == read_car(usual)


@given(st.binary() | st.binary().map(lambda tail: car(BLOCKS) + tail))
def test_no_bytes_raise_anything_but_invalid(data: bytes) -> None:
    try:
        roots, _ = read_car(data)
    except Invalid:
        return
    assert roots


@pytest.fixture(scope="module")
def repo(corpus: Path) -> tuple[list[bytes], dict[bytes, bytes]]:
    return read_car((corpus / "relay" / "repo.car").read_bytes())


def test_a_real_repo_has_the_commit_it_should(
    repo: tuple[list[bytes], dict[bytes, bytes]], corpus: Path
) -> None:
    (root,), blocks = repo
    commit = libipld.decode_dag_cbor(blocks[root])
    lines = (corpus / "relay" / "car_expected_commit.txt").read_text().splitlines()
    expected = dict(line.split(": ") for line in lines)
    assert commit["did"] == expected["DID"]
    assert commit["rev"] == expected["Revision"]
    assert cid_text(commit["data"]) == expected["Data CID"]


def test_a_real_repo_has_the_records_it_should(
    repo: tuple[list[bytes], dict[bytes, bytes]], corpus: Path
) -> None:
    (root,), blocks = repo
    lines = (corpus / "relay" / "car_expected_records.tsv").read_text().splitlines()
    expected = dict(line.split("\t") for line in lines)
    records = dict(leaves(libipld.decode_dag_cbor(blocks[root])["data"], blocks))
    assert {path: cid_text(cid) for path, cid in records.items()} == expected
    assert all(cid.startswith(DAG_CBOR) and cid in blocks for cid in records.values())


def leaves(node: bytes | None, blocks: dict[bytes, bytes]) -> Iterator[tuple[str, bytes]]:
    """Of a Merkle search tree: paths and the CIDs of their records."""
    if node is None:
        return
    decoded = libipld.decode_dag_cbor(blocks[node])
    yield from leaves(decoded["l"], blocks)
    path = b""
    for entry in decoded["e"]:
        path = path[: entry["p"]] + entry["k"]
        yield path.decode(), entry["v"]
        yield from leaves(entry["t"], blocks)
