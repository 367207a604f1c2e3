"""What becomes of a claimed row: the repo is mended, or when that is tried again, or neither.

An answer that cannot be used is a failure, and after some the row is given up. A host that cannot
be reached is only asked later and later. A row with a token has to be let go by a shard before it
can be dropped: it is offered to be, and claimed again soon.
"""

import random
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog

from indexer.channel import CoordinatorEnd
from indexer.config import Repos as Settings
from indexer.coordinator.http import NoAnswer
from indexer.coordinator.http.errors import Failed
from indexer.coordinator.repos.download import Declined, Unusable
from indexer.coordinator.repos.mending import Mending, Withdrawn
from indexer.coordinator.repos.queue import Job, Queue
from indexer.coordinator.repos.road import Lost
from indexer.protocol.synthetic import release_frame

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Trying:
    settings: Settings
    queue: Queue
    mending: Mending
    end: CoordinatorEnd

    async def do(self, job: Job, is_busy: Callable[[Job], bool]) -> str:
        """How it came out, as metrics count it. `is_busy` tells of the host, once it is known."""
        if job.token is not None and (job.complete or not job.fetching):
            return await self._settle(job, "settled")
        if not job.wanted:
            return await self._done_without(job, "unwanted")
        if job.attempts >= self.settings.attempts:
            log.warning("a repo is given up", did=job.did)
            return await self._done_without(job, "given_up")
        left = job.token
        try:
            identity = await self.mending.find(job)
            if is_busy(job):
                await self._soon(job)
                return "host_busy"
            await self.mending.mend(job, identity)
            return "mended"
        except Declined as error:
            if job.token != left:  # a mirror had one, though it could not be used
                return await self._failed(job, error)
            log.info("there is no such repo", did=job.did, why=str(error))
            return await self._done_without(job, "declined")
        except Withdrawn:
            return await self._settle(job, "withdrawn")
        except (Unusable, NoAnswer) as error:
            if isinstance(error, Failed):
                return await self._later(job, "unreachable", error, error.again_in_s)
            return await self._failed(job, error)
        except Lost as error:
            return await self._later(job, "lost", error)
        except sqlite3.OperationalError as error:
            return await self._later(job, "no_room", error)

    async def _failed(self, job: Job, error: Exception) -> str:
        doubled = self.settings.backoff_first_s * 2.0**job.attempts
        wait_s = min(doubled, self.settings.backoff_max_s) * (0.75 + random.random() / 2)
        log.info("a repo cannot be used", did=job.did, why=str(error), again_in_s=round(wait_s))
        await self.queue.defer(job.did, 1, timedelta(seconds=wait_s))
        await self._let_go(job)
        return "unusable"

    async def _later(
        self, job: Job, outcome: str, error: Exception, least_s: float | None = None
    ) -> str:
        log.info("a repo is fetched later", did=job.did, why=str(error))
        await self.queue.postpone(job.did, least_s or 0.0)
        await self._let_go(job)
        return outcome

    async def _done_without(self, job: Job, outcome: str) -> str:
        if job.token is not None:
            return await self._settle(job, "settled")
        await self.queue.drop(job.did)
        return outcome

    async def _settle(self, job: Job, outcome: str) -> str:
        await self._soon(job)
        await self._let_go(job)
        return outcome

    async def _soon(self, job: Job) -> None:
        wait_s = self.settings.look_every_s * (1 + random.random())
        await self.queue.defer(job.did, 0, timedelta(seconds=wait_s))

    async def _let_go(self, job: Job) -> None:
        if job.token is not None:
            await self.end.offer(release_frame(job.did, job.token))
