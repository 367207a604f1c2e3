"""Keeps work coming: records, accounts, repos, and a world that goes on."""

import asyncio
from random import Random

import asyncpg

from indexer.shard.pending import SUBJECTS
from load.network import Running
from load.network.account import Account
from load.soak import ledger
from load.soak.story import Story

EVERY_S, FEW_SUBJECTS, FEW_REPOS = 1.0, 100, 8
RECORDS, USERS = 16, 4  # asked for each time
REPOS, EVERY = 6, 3  # and each third time
INVENTED, HASTY, HASTE_S = 0.1, 0.05, 20.0  # shares of them, and how long the hasty wait
_LETTERS = "abcdefghijklmnopqrstuvwxyz234567"


class Work:
    def __init__(
        self, connection: asyncpg.Connection, there: Running, story: Story, seed: int
    ) -> None:
        self._connection, self._there, self._story = connection, there, story
        self._random = Random(f"work {seed}")
        self._turns = 0
        accounts = story.network.accounts.values()
        # Whoever joins later is found by what the firehose says.
        self._people = [a for a in accounts if len(a.repo) and a.did.startswith("did:plc:")]

    async def run(self, for_s: float) -> None:
        """The world has come to its end when the time is over."""
        loop = asyncio.get_running_loop()
        began, count = loop.time(), self._story.left
        while (over := (loop.time() - began) / for_s) < 1:
            self._tell(count - int(count * over))
            await self._ask()
            await asyncio.sleep(EVERY_S)
        self._tell(0)

    def _tell(self, but: int) -> None:
        """What has happened meanwhile, but for so much."""
        while self._story.left > but and (told := self._story.next()):
            self._there.firehose.add(*told)
        if self._random.random() < 0.02:  # somebody moves
            account = self._random.choice(self._people)
            self._there.settle(account, self._random.choice(self._there.pds))
        if self._random.random() < 0.2:
            val = self._random.choice(["spam", "nudity", "rude"])
            forged = self._random.random() < 0.2
            self._there.labeler.say(self._random.choice(self._people).did, val, forged=forged)

    async def _ask(self) -> None:
        waiting = await ledger.sizes(self._connection)
        if waiting["pending"] < FEW_SUBJECTS:
            subjects = dict(self._record() for _ in range(RECORDS))
            subjects |= {self._did(): "user" for _ in range(USERS)}
            hasty = self._random.random() < HASTY
            await ledger.ask(self._connection, subjects, HASTE_S if hasty else ledger.DAY_S)
        self._turns += 1
        if self._turns % EVERY == 0 and waiting["resyncs"] < FEW_REPOS:
            await ledger.fetch(self._connection, [self._did() for _ in range(REPOS)])

    def _record(self) -> tuple[str, str]:
        account: Account = self._random.choice(self._people)
        paths = [p for p in account.repo.paths() if p.partition("/")[0] in SUBJECTS]
        path = self._random.choice(paths) if paths else "app.bsky.feed.post/3aaaaaaaaaaaa"
        if self._random.random() < INVENTED:
            path = f"app.bsky.feed.post/3{self._invented(12)}"
        return f"at://{account.did}/{path}", path.partition("/")[0]

    def _did(self) -> str:
        if self._random.random() < INVENTED:
            return f"did:plc:{self._invented(24)}"
        return self._random.choice(self._people).did

    def _invented(self, length: int) -> str:
        return "".join(self._random.choices(_LETTERS, k=length))
