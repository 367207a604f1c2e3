"""A past into a database that has the schema and nothing else."""

from collections.abc import Callable
from itertools import islice

from asyncpg import Connection
from asyncpg import Record as Found

from indexer import database
from indexer.audit.statements import COUNTERS
from indexer.database import load_query
from indexer.protocol.op import Op
from indexer.records import TABLES
from indexer.records.base import Columns
from indexer.shard import statements as shard
from indexer.shard.batch import plan as planned
from load.encoding.border import Border, Crossing
from load.past import accounts, indexes, notices, statements
from load.past.plan import Plan, past_of
from load.past.rows import Survivors

_OPS_AT_ONCE = 10_000
Progress = Callable[[str, int, int], None]
"""What is being done, how far, of how much."""


async def fill(url: str, plan: Plan, told: Progress = lambda *_: None) -> Border:
    """Returns where the stream begins."""
    survivors, border = _look_ahead(plan, told)
    connection = await database.connect(url, "past", synchronous_commit="off")
    try:
        await connection.execute("SET maintenance_work_mem = '512MB'; SET work_mem = '256MB'")
        await accounts.identify(connection, plan)
        await _write(connection, plan, survivors, told)
        await accounts.open_repos(connection, plan, border, told)
        for number, counters in enumerate(COUNTERS):
            told("counting", number, len(COUNTERS))
            await connection.execute(statements.count(counters))
        await connection.execute("ANALYZE")
    finally:
        await connection.close()
    await notices.tell(url, told)
    return border


def _look_ahead(plan: Plan, told: Progress) -> tuple[Survivors, Border]:
    world = plan.world()
    survivors, crossing = Survivors(), Crossing()
    for number, happening in enumerate(past_of(iter(world), plan.past)):
        survivors.note(happening)
        crossing.note(happening)
        if number % _OPS_AT_ONCE == 0:
            told("looking ahead", number, plan.past)
    return survivors, crossing.border(world.edges)


async def _write(
    connection: "Connection[Found]", plan: Plan, survivors: Survivors, told: Progress
) -> None:
    tables = [table for table in TABLES if not isinstance(table, Columns)]
    ops = survivors.ops(past_of(iter(plan.world()), plan.past))
    people: set[str] = set()
    async with indexes.dropped(connection, [table.name for table in tables], told):
        written = 0
        while some := list(islice(ops, _OPS_AT_ONCE)):
            await _copy(connection, some, people)
            written += len(some)
            told("writing", written, plan.past)
        for table in tables:
            if table.edge:
                uris = [uri for (uri,) in await connection.fetch(statements.beaten(table))]
                await connection.execute(shard.displace(table), uris)


async def _copy(connection: "Connection[Found]", ops: list[Op], people: set[str]) -> None:
    made = planned(ops)
    if made.refused:
        op, error = made.refused[0]
        raise ValueError(f"{op.uri}: {error}")
    await connection.execute(load_query("create_users"), sorted(made.people - people))
    people |= made.people
    for table, rows in made.insert.items():
        if isinstance(table, Columns):
            await connection.execute(shard.insert(table), *zip(*rows, strict=True))
        else:
            await connection.copy_records_to_table(table.name, records=rows, columns=table.columns)
