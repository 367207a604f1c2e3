"""Who lives in a world: the keys that their commits verify with, and where their repos stand."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from asyncpg import Connection, Record
from libipld import encode_cid

from load.encoding.border import Border
from load.encoding.frames import PDS, Encoder, document
from load.past.plan import Plan
from load.world.memory import Memory
from load.world.people import person

_TOLD_EVERY = 1000


async def identify(connection: "Connection[Record]", plan: Plan) -> None:
    """Also those who join only later: so that nobody has to be asked who they are."""
    now = datetime.now(UTC)
    memory = Memory(0)
    rows = []
    for number in range(plan.population):
        someone = person(plan.seed, number, memory)
        said = document(plan.seed, someone.did, someone.handle)
        key = "did:key:" + said["verificationMethod"][0]["publicKeyMultibase"]
        rows.append((someone.did, someone.handle, someone.handle, PDS, key, now, now))
    columns = "did handle claimed pds signing_key resolved_at handle_checked_at".split()
    await connection.copy_records_to_table("identities", records=rows, columns=columns)


async def open_repos(
    connection: "Connection[Record]",
    plan: Plan,
    border: Border,
    told: Callable[[str, int, int], None],
) -> None:
    def rows() -> Iterator[tuple[str, str, str, str]]:
        encoder = Encoder(plan.seed, plan.history, border)
        for number, did in enumerate(border.standing):
            if number % _TOLD_EVERY == 0:
                told("planting trees", number, len(border.standing))
            repository = encoder.begun(did)
            data = encode_cid(repository.tree.root.cid)
            yield did, border.standing[did].rev, data, "synchronized"

    columns = "did rev data state".split()
    await connection.copy_records_to_table("repos", records=rows(), columns=columns)
