"""Repos put together from frames are what other ways of making them give."""

from pathlib import Path

import orjson

from indexer.protocol.car import read_car
from indexer.protocol.key import parse_did_key
from indexer.protocol.proof import read_proof
from indexer.protocol.signature import verify_commit
from indexer.protocol.tree import walk
from load.encoding.mst import Tree
from load.network import World
from load.network.account import Account
from load.network.directory import operation_of


def tree_of(account: Account, back: int = 0) -> Tree:
    tree = Tree()
    for path in account.repo.paths(back):
        record = account.repo.record(path, back)
        assert record
        tree = tree.put(path.encode(), record.cid)
    tree.write()
    return tree


def test_the_repos_of_a_made_world_have_the_trees_that_their_records_make(world: World) -> None:
    for account in world.network.accounts.values():
        for back in range(len(account.repo)):
            assert tree_of(account, back).root.cid == account.repo.commit(back).data


def test_a_whole_repo_is_its_commit_its_tree_and_its_records(world: World) -> None:
    for account in world.network.accounts.values():
        if not len(account.repo):
            continue
        roots, blocks = read_car(account.repo.car())
        commit = account.repo.commit()
        key = parse_did_key(operation_of(account.document)["verificationMethods"]["atproto"])
        assert roots == [commit.cid] and verify_commit(blocks[commit.cid], key)
        found = dict(walk(commit.data, blocks.get))
        assert list(found) == account.repo.paths() and set(found.values()) <= set(blocks)


def test_proofs_hold_and_are_no_larger_than_the_tree_of_another_hand_says(world: World) -> None:
    for account in world.network.accounts.values():
        if not len(account.repo):
            continue
        tree = tree_of(account)
        key = parse_did_key(operation_of(account.document)["verificationMethods"]["atproto"])
        absent = "app.bsky.feed.post/3aaaaaaaaaaaa"
        for path in [*account.repo.paths(), absent]:
            car = account.repo.proof(path)
            proof = read_proof(car, account.did, key, path)
            assert proof.cid == tree.get(path.encode()) and (path == absent) == (proof.cid is None)
            nodes = set(read_car(car)[1]) - {account.repo.commit().cid, proof.cid}
            assert nodes <= set(tree.proof(path.encode()))


def test_a_recorded_network_has_the_repos_that_its_host_exported(
    devnet: World, corpus: Path
) -> None:
    exported = orjson.loads((corpus / "devnet" / "repos.json").read_bytes())
    assert set(exported) == set(devnet.network.accounts)
    for did, said in exported.items():
        account = devnet.network.accounts[did]
        file = corpus / "devnet" / "cars" / f"{did.replace(':', '_')}.car"
        assert read_car(file.read_bytes()) == read_car(account.repo.car())
        assert account.repo.commit().rev == said["latestCommit"]["rev"]
        assert account.handle == said["handle"] and account.status is None


def test_all_states_of_a_recorded_repo_are_there(devnet: World) -> None:
    for account in devnet.network.accounts.values():
        for back in (1, len(account.repo) // 2, len(account.repo) - 1):
            assert read_car(account.repo.car(back))[0] == [account.repo.commit(back).cid]
