"""The gate, as a state machine."""

import libipld
from msgspec.structs import replace

from indexer.shard.repo import EMPTY_TREE, Repo
from tests.ops import ROOT, START, Stream

DID = "did:plc:aliceaaaaaaaaaaaaaaaaaaa"
EMPTY = bytes(libipld.decode_multibase(EMPTY_TREE)[1])


def test_a_commit_passes_once() -> None:
    repo, commit = Repo(DID), Stream().commit(DID)
    assert repo.admit_commit(commit)
    assert not repo.admit_commit(commit)
    assert repo.rev == commit.rev


def test_an_older_commit_does_not_pass() -> None:
    repo, stream = Repo(DID), Stream()
    older, newer = stream.commit(DID), stream.commit(DID)
    assert repo.admit_commit(newer)
    assert not repo.admit_commit(older)


def test_a_repo_seen_from_its_first_commit_on_is_whole() -> None:
    repo, stream = Repo(DID), Stream()
    repo.admit_commit(stream.commit(DID))
    repo.admit_commit(stream.commit(DID))
    assert repo.state == "synchronized"


def test_a_repo_first_seen_later_is_partial() -> None:
    repo, stream = Repo(DID), Stream()
    stream.commit(DID)
    repo.admit_commit(stream.commit(DID))
    assert repo.state == "partial"


def test_a_repo_with_a_break_is_out_of_step_but_goes_on() -> None:
    repo, stream = Repo(DID), Stream()
    repo.admit_commit(stream.commit(DID))
    stream.commit(DID)
    assert repo.admit_commit(stream.commit(DID))
    assert repo.state == "desynchronized"


def test_another_tree_than_ours_is_a_break() -> None:
    repo, stream = Repo(DID), Stream()
    repo.admit_commit(stream.commit(DID))
    repo.admit_commit(replace(stream.commit(DID), prev_data=EMPTY))
    assert repo.state == "desynchronized"


def test_an_account_event_passes_once_for_each_source() -> None:
    repo, stream = Repo(DID), Stream()
    down, up = stream.account(DID, False, "takendown"), stream.account(DID, True)
    assert repo.admit_account(up, "here")
    assert not repo.admit_account(up, "here")
    assert not repo.admit_account(down, "here")
    assert repo.active
    assert repo.admit_account(down, "elsewhere")
    assert (repo.active, repo.status) == (False, "takendown")


def test_visibility_follows_active_and_never_the_name_of_the_status() -> None:
    repo, stream = Repo(DID), Stream()
    repo.admit_account(stream.account(DID, True, "deleted"), "here")
    assert not repo.deleted
    repo.admit_account(stream.account(DID, False, "never heard of"), "here")
    assert (repo.active, repo.status, repo.deleted) == (False, "never heard of", False)


def test_an_account_that_comes_back_has_to_be_fetched() -> None:
    repo, stream = Repo(DID), Stream()
    repo.admit_account(stream.account(DID, False, "deleted"), "here")
    assert repo.deleted and repo.deleted_at is not None and repo.deleted_at > START
    repo.admit_account(stream.account(DID, True), "here")
    assert (repo.deleted_at, repo.state) == (None, "desynchronized")


def test_a_sync_to_what_we_have_is_nothing() -> None:
    repo, stream = Repo(DID), Stream()
    commit = stream.commit(DID)
    repo.admit_commit(commit)
    assert not repo.admit_sync(replace(stream.sync(DID), rev=commit.rev))
    assert repo.state == "synchronized"


def test_a_sync_from_the_past_is_nothing() -> None:
    repo, stream = Repo(DID), Stream()
    sync = stream.sync(DID)
    repo.admit_commit(stream.commit(DID))
    assert not repo.admit_sync(sync)


def test_a_sync_to_elsewhere_means_fetching_and_moves_nothing() -> None:
    repo, stream = Repo(DID), Stream()
    commit = stream.commit(DID)
    repo.admit_commit(commit)
    assert repo.admit_sync(stream.sync(DID))
    assert (repo.rev, repo.state) == (commit.rev, "desynchronized")
    assert Repo(DID, rev="3k", data="x").admit_sync(replace(stream.sync(DID), rev="3k", data=ROOT))


def test_a_sync_to_an_empty_repo_leaves_nothing_to_fetch() -> None:
    repo, stream = Repo(DID), Stream()
    assert repo.admit_sync(stream.sync(DID, EMPTY))
    assert (repo.state, repo.data) == ("synchronized", EMPTY_TREE)
