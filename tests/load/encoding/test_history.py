"""A history makes frames of the network's size, and is never touched."""

from statistics import mean

import libipld
import pytest

from indexer.protocol.event import Commit
from indexer.protocol.frame import decode
from indexer.shard.trees import checked
from load.encoding.frames import Encoder
from load.encoding.history import history
from load.encoding.mst import Unknown, cid_of
from load.generate import generate

DID = "did:plc:ewvi7nxzyoun6zhxrhs64oiz"
VALUE = cid_of(b"a record")


@pytest.fixture(scope="module")
def commits() -> list[Commit]:
    frames = generate(seed=1, commits=800, encoder=Encoder(1, records=10_000))
    events = [decode(frame, time) for time, frame in frames]
    return [event for event in events if isinstance(event, Commit)]


def test_frames_have_the_size_and_shape_of_the_network(commits: list[Commit]) -> None:
    told = [commit for commit in commits if commit.ops]
    assert 4300 < mean(len(commit.frame) for commit in told) < 6000
    assert 8.5 < mean(blocks_in(commit) for commit in told) < 11.5
    assert sum(len(commit.ops) == 1 for commit in told) > 0.97 * len(told)


def blocks_in(commit: Commit) -> int:
    _, body = libipld.decode_dag_cbor_multi(commit.frame)
    return len(libipld.decode_car(body["blocks"])[1])


def test_every_commit_can_be_taken_back(commits: list[Commit]) -> None:
    assert sum(commit.prev_data is not None for commit in commits) > 700
    for commit in commits:
        assert checked(commit) is commit


def test_no_two_accounts_have_a_record_in_common() -> None:
    trees = [history(did, 500) for did in (DID, DID, DID + "a")]
    for tree in trees:
        tree.write()
    assert trees[0].root.cid == trees[1].root.cid != trees[2].root.cid


def test_looking_where_nothing_is_known_is_an_error() -> None:
    tree = history(DID, 3000)
    behind = tree.put(b"app.bsky.feed.like/3zzzzzzzzzzzz", VALUE)
    assert behind.remove(b"app.bsky.feed.like/3zzzzzzzzzzzz").height == tree.height
    with pytest.raises(Unknown):
        tree.put(b"app.bsky.feed.like/3ladgh43ipk22", VALUE)
    with pytest.raises(Unknown):
        list(tree.items())
