"""One repo: fetched, compared with what is stored, and brought right by the shard that owns it.

What is stored stands still from `begin` on: commits are held back until all parts are applied, or
the repo is let go.
"""

from contextlib import closing
from dataclasses import dataclass

from indexer import metrics
from indexer.channel import CoordinatorEnd
from indexer.config import Repos as Settings
from indexer.coordinator.http import Client, NoAnswer
from indexer.coordinator.repos.download import Declined, Unusable, asking
from indexer.coordinator.repos.fetching import Desk, check, lay_beside, receive, unfold
from indexer.coordinator.repos.parts import Telling, frames, wanted
from indexer.coordinator.repos.queue import Job, Queue
from indexer.coordinator.repos.road import Road
from indexer.coordinator.repos.watch import Watch
from indexer.coordinator.resolver import Gone, Identity, Resolver
from indexer.protocol.errors import Invalid
from indexer.protocol.proof import Head


class Withdrawn(Exception):
    """There is nothing to fetch any more, or something has to end first."""


@dataclass(frozen=True, slots=True)
class Mending:
    settings: Settings
    client: Client
    resolver: Resolver
    queue: Queue
    watch: Watch
    end: CoordinatorEnd
    keep_days: int = 0  # that content is kept; 0 is for ever

    async def mend(self, job: Job, identity: Identity) -> None:
        """Raises `Declined`, `Unusable`, `NoAnswer`, `Withdrawn`, `Lost`."""
        if mirror := self.settings.mirror:
            try:
                return await self._mend_from(mirror, job, identity)
            except (Declined, Unusable, NoAnswer):
                metrics.RESYNCS.labels("not_at_mirror").inc()
        try:
            await self._mend_from(_pds(identity), job, identity)
        except Declined:
            again = await self.find(job, anew=True)
            if again.pds == identity.pds:
                raise
            await self._mend_from(_pds(again), job, again)

    async def find(self, job: Job, *, anew: bool = False) -> Identity:
        """Whose repo it is. Raises `Declined`, `NoAnswer`."""
        not_before = await self.queue.now() if anew else None
        match await self.resolver.resolve(job.did, not_before):
            case Identity() as found:
                job.pds = found.pds
                return found
            case Gone():
                raise Declined("its directory says that it is gone")
            case unknown:  # an answer, too: it is not to be had by asking again
                raise Declined(unknown.why)

    async def _mend_from(self, base: str, job: Job, identity: Identity) -> None:
        with closing(Desk()) as desk:
            try:
                async with asking(self.client, base, job.did, self.settings) as pieces:
                    rev = await self._begin(job)
                    block = await receive(desk, pieces)
                head = await check(block, identity, rev, self.resolver, self.queue)
                await unfold(desk, head)
            except Invalid as error:
                raise Unusable(f"{error.reason}: {error.detail}") from error
            await lay_beside(desk, self.queue, job.did)
            await self._bring(desk, job, head, Telling(job.tell, rev))

    async def _begin(self, job: Job) -> str | None:
        """The revision that is stored."""
        begun = await self.queue.begin(job.did)
        if begun is None:
            raise Withdrawn
        job.token = begun.token
        return begun.rev

    async def _bring(self, desk: Desk, job: Job, head: Head, telling: Telling) -> None:
        if job.token is None:
            raise Withdrawn
        horizon = await self.queue.horizon(job.did, self.keep_days)
        changes = wanted(desk.spool.changes(), horizon)
        made = frames(job.did, job.token, head, changes, telling)
        with self.watch.following(job.did, job.token) as way:
            road = Road(job.did, way, self.end, self.settings.stall_s)
            while (part := await desk.run(lambda: next(made, None))) is not None:
                await road.send(*part)
            await road.arrived()


def _pds(identity: Identity) -> str:
    if identity.pds is None:
        raise Unusable("its document names no PDS")
    return identity.pds
