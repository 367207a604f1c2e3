"""The invariants that matter, each with a way to break it, and the test that has to notice.

A mutation that no test here notices is a hole in the tests, not in the code.
"""

from typing import NamedTuple

SHARD, QUERIES = "tests/shard/test_", "sql/queries/"
WALK = "tests/shard/retention/test_walk.py"


class Edit(NamedTuple):
    file: str
    text: str  # stands there exactly once
    instead: str


class Mutation(NamedTuple):
    invariant: str
    edits: tuple[Edit, ...]
    caught_by: tuple[str, ...]  # every one of these fails


def one(invariant: str, file: str, text: str, instead: str, *caught_by: str) -> Mutation:
    return Mutation(invariant, (Edit(file, text, instead),), caught_by)


MUTATIONS = {
    "cursor ahead by one": one(
        "The cursor never passes an event that is not committed.",
        "indexer/parent/cursor.py",
        "self.received if oldest is None else oldest[1]",
        "self.received if oldest is None else Mark(oldest[0], None)",
        "tests/parent/test_cursor.py::test_waits_for_the_slowest_shard",
        "tests/parent/test_cursor.py::test_all_up_to_it_is_done_whatever_the_order",
    ),
    "ack before commit": one(
        "Only what is committed is acknowledged.",
        "indexer/shard/loop.py",
        "            events, ops = await self._write(",
        "            self.end.ack(last.epoch, last.id, 0, 0)\n"
        "            events, ops = await self._write(",
        SHARD + "loop.py::test_a_batch_is_acknowledged_when_it_is_committed",
    ),
    "a count without its row": one(
        "A count changes only with a row that appeared: a replay counts nothing.",
        "indexer/shard/rows.py",
        "self.deltas.move(table, 0, stand, table.index)",
        "self.deltas.move(table, +1, stand, table.index)",
        "tests/records/test_every_type.py::test_a_replay_changes_nothing[app.bsky.feed.like]",
    ),
    "a row without its count": one(
        "A count changes with every row that goes.",
        "indexer/shard/rows.py",
        "self.deltas.move(table, -1, [",
        "self.deltas.move(table, 0, [",
        "tests/records/test_every_type.py::test_a_delete_undoes_a_create[app.bsky.feed.like]",
    ),
    "no rev gate": one(
        "A commit passes once.",
        "indexer/shard/repo.py",
        "if self.rev is not None and commit.rev <= self.rev:",
        "if False:",
        SHARD + "repo.py::test_a_commit_passes_once",
        SHARD + "repo.py::test_an_older_commit_does_not_pass",
    ),
    "no seq gate": one(
        "An #account event passes once.",
        "indexer/shard/repo.py",
        "if self.account_source == source and (self.account_seq or 0) >= event.seq:",
        "if False:",
        SHARD + "repo.py::test_an_account_event_passes_once_for_each_source",
    ),
    "repos not locked": one(
        "One DID's events are applied by one writer at a time, who sees what the last one left.",
        QUERIES + "lock_repos.sql",
        "FOR UPDATE",
        "",
        SHARD + "writer.py::test_of_two_who_write_one_account_the_later_sees_what_the_first_wrote",
    ),
    "repos not saved": one(
        "Where a repo stands is written in the transaction that brought it there.",
        "indexer/shard/writer.py",
        "                await save_repos(connection, repos.values())\n",
        "",
        SHARD + "writer.py::test_of_two_who_write_one_account_the_later_sees_what_the_first_wrote",
    ),
    "locks of counters unsorted": Mutation(
        "Locks are taken in one order in every shard.",
        (
            Edit(
                "indexer/shard/batch.py",
                "= sorted(self._moves[counters]",
                "= list(self._moves[counters]",
            ),
            Edit("indexer/shard/statements.py", 'f"ORDER BY {counters.key}\\n"', 'f""'),
        ),
        (SHARD + "writer.py::test_all_who_count_lock_in_one_order",),
    ),
    "a subject that does not come to meet": one(
        "Two shards that write the two halves of an effect meet, and the second sees the first.",
        "indexer/records/graph_starterpack.py",
        'counts=(Count(post_counts, None, by="uri"),),',
        "",
        SHARD + "pending_crossing.py::test_who_waits_is_not_passed_by_what_arrives"
        "[True-a profile, for its pack]",
    ),
    "an arrival without its effects": one(
        "Whichever of two records comes second makes the effect.",
        "indexer/shard/effects.py",
        "            subjects[name].append(uri)",
        "            pass",
        SHARD + "effects.py::test_notices_do_not_depend_on_the_order[like of a post]",
    ),
    "flush without sweep": one(
        "The sweep makes the effects of what it takes out of the queue.",
        "indexer/shard/pending.py",
        "            await effects.run(connection, subjects)\n",
        "",
        SHARD + "pending.py::test_the_sweep_makes_the_effects_that_were_missed",
    ),
    "sweep without meeting": one(
        "The sweep meets whoever writes what it makes effects of.",
        "indexer/shard/pending.py",
        "            await rows.count()\n",
        "",
        SHARD + "pending_crossing.py::test_the_sweep_tells_of_nothing_that_goes_at_this_moment"
        "[the like]",
    ),
    "cancelled though somebody waits": one(
        "A subject stays in the queue as long as one record waits for it.",
        "indexer/shard/statements.py",
        "for column in table.awaits\n",
        "for column in table.awaits[1:]\n",
        SHARD + "pending.py::test_it_stays_while_somebody_else_waits",
    ),
    "duplicates not promoted": one(
        "Of two records that make one edge the second counts when the first goes.",
        "indexer/shard/rows.py",
        "        if freed:\n            await self._promote(freed)\n",
        "",
        SHARD + "rows.py::test_when_the_one_that_counts_goes_the_next_is_promoted",
    ),
    "an epoch that rests on what was forgotten": one(
        "A shard writes nothing of an epoch in which PostgreSQL has forgotten something.",
        "indexer/shard/loop.py",
        "if not await patiently(known)",
        "if await patiently(known) is None",
        SHARD + "loop.py::test_what_rests_on_what_postgresql_forgot_is_not_written",
    ),
    "guard not tripped": one(
        "After a lost connection nothing is written until the stream begins again.",
        "indexer/shard/writer.py",
        "            self.broken = True\n",
        "",
        SHARD + "writer.py::test_after_a_lost_connection_nothing_is_written_until_a_new_epoch",
    ),
    "opt-out not read": one(
        "Nothing is stored of those who opted out.",
        QUERIES + "lock_repos.sql",
        "AND s.data_collection_forbidden",
        "AND false",
        SHARD + "accounts.py"
        "::test_nothing_is_stored_of_those_who_opted_out_but_where_their_repo_stands",
    ),
    "a purge that forgets a table": one(
        "A deleted account leaves nothing behind, in any table.",
        "indexer/shard/accounts.py",
        "for record in ALL}",
        'for record in ALL if record.nsid != "app.bsky.graph.block"}',
        SHARD + "accounts.py::test_a_deleted_account_leaves_nothing_behind",
    ),
    "a verdict that a late follow does not change": one(
        "A verdict is judged again whenever something it depends on changes.",
        QUERIES + "reopen.sql",
        "    WHERE follower <> followed\n",
        "    WHERE false\n",
        SHARD + "verdicts.py::test_a_verdict_does_not_depend_on_the_order[followed]",
    ),
    "what is refused is dropped": one(
        "Bad input is kept aside with its reason.",
        "indexer/shard/writer.py",
        "        kept = [*admitted.kept, *refused]\n"
        "        await quarantine(self.connection, self.writer.source, kept)\n",
        "        kept = [*admitted.kept, *refused]\n",
        SHARD + "refusal.py::test_somebody_elses_gate_or_list_is_refused",
    ),
    "an old answer counts": one(
        "A fetched record never undoes what the stream has brought since.",
        "indexer/shard/repo.py",
        "return self.rev is None or event.rev >= self.rev",
        "return True",
        SHARD + "fetched.py::test_a_stale_answer_does_not_undo_a_live_deletion[2222222222222]",
    ),
    "nothing is held back": one(
        "What is stored of a repo stands still while it is fetched.",
        "indexer/shard/repo.py",
        "return self.rev is None or event.rev > self.rev\n\n    def admit_commit",
        "return False\n\n    def admit_commit",
        SHARD + "resync.py::test_what_comes_while_a_repo_is_fetched_is_applied_behind_it",
    ),
    "a part out of its turn": one(
        "The parts of a repo are applied in their order, each once.",
        "indexer/shard/repo.py",
        "(resync.token, resync.parts) != (event.token, event.number - 1)",
        "resync.token != event.token",
        SHARD + "resync.py::test_only_the_next_part_of_this_fetching_is_applied",
    ),
    "what is too old comes in again": one(
        "Content older than the horizon is not stored, from wherever it comes.",
        "indexer/shard/writer.py",
        "ops = await age.kept(self.connection, admitted.ops, kept_from)",
        "ops = admitted.ops",
        SHARD + "age.py::test_a_replay_brings_nothing_back",
        SHARD + "age.py::test_an_old_version_takes_away_the_one_that_it_replaces",
    ),
    "a date that does not count": one(
        "A walk takes just what would not be let in.",
        "indexer/shard/retention/statements.py",
        'arrival = "commit_time < $1" if',
        'arrival = "false" if',
        WALK + "::test_a_walk_takes_what_would_not_be_let_in",
    ),
    "taken though it changed": one(
        "A walk looks again at what it takes, behind the locks of the repos.",
        "indexer/shard/retention/statements.py",
        "  AND {old(table)}\\n  AND {_UNPROTECTED}",
        "  AND $1::timestamptz <= now() AND $2::text <> ''",
        WALK + "::test_what_changes_while_a_walk_waits_for_it_stays[protected]",
        WALK + "::test_what_changes_while_a_walk_waits_for_it_stays[written anew]",
    ),
    "too old to wait for the edge": one(
        "What is too old does not take the place of what goes for its age.",
        "indexer/shard/retention/statements.py",
        'return f"split_part(uri',
        'return f"false AND split_part(uri',
        WALK + "::test_who_made_the_same_edge_later_counts_when_the_first_goes",
    ),
    "a longer memory that comes too late": one(
        "A walk takes nothing that is to be kept by now.",
        "indexer/shard/retention/walk.py",
        "horizon=min(walk.horizon, horizon.time)",
        "horizon=walk.horizon",
        WALK + "::test_what_is_kept_longer_by_now_is_kept",
    ),
    "protected, and not fetched": one(
        "Who becomes protected gets back what had gone, also while its repo is fetched.",
        "indexer/shard/retention/protection.py",
        'repo.want_whole("protected")',
        "pass",
        "tests/coordinator/test_repos_retention.py"
        "::test_who_is_protected_while_its_repo_is_fetched_gets_all_of_it",
    ),
}
