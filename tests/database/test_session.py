"""Sessions are set as we need them, and lost ones are told from wrong statements."""

import asyncpg
import pytest

from indexer import database
from indexer.database import DatabaseRefused


async def error_of(statement: str, connection: asyncpg.Connection) -> BaseException:
    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)) as error:
        await connection.execute(statement)
    return error.value


async def killed(connection: asyncpg.Connection, url: str) -> None:
    """Ends the session from outside, as an operator or a failing server does."""
    other = await asyncpg.connect(url)
    await other.execute("SELECT pg_terminate_backend($1, 5000)", connection.get_server_pid())
    await other.close()


@pytest.mark.parametrize("synchronous_commit", ["on", "off"])
async def test_a_session_speaks_utc_has_a_name_and_commits_as_asked(
    database_url, synchronous_commit
):
    connection = await database.connect(
        database_url, "indexer shard-1", synchronous_commit=synchronous_commit
    )
    names = ("timezone", "application_name", "synchronous_commit", "jit")
    found = [await connection.fetchval("SELECT current_setting($1)", name) for name in names]
    await connection.close()
    assert found == ["UTC", "indexer shard-1", synchronous_commit, "off"]


async def test_transactions_are_as_we_need_them_whatever_the_database_says(
    database_url, connection
):
    name = await connection.fetchval("SELECT current_database()")
    stricter = "SET default_transaction_isolation = 'repeatable read'"
    await connection.execute(f"ALTER DATABASE {name} {stricter}")
    ours = await database.connect(database_url, "test")
    assert await ours.fetchval("SHOW transaction_isolation") == "read committed"
    await ours.close()


async def test_a_pool_opens_its_first_connection_and_no_more_than_its_size(database_url):
    pool = await database.open_pool(database_url, "pool", 2)
    assert (pool.get_size(), pool.get_max_size()) == (1, 2)
    assert await pool.fetchval("SHOW timezone") == "UTC"
    await pool.close()


async def test_what_a_returned_connection_left_open_is_rolled_back(database_url):
    pool = await database.open_pool(database_url, "pool", 1)
    async with pool.acquire() as connection:
        await connection.execute("BEGIN; CREATE TABLE half_done ()")
    assert await pool.fetchval("SELECT to_regclass('half_done') IS NULL")
    await pool.close()


async def test_a_session_that_was_ended_is_lost(connection, database_url):
    await killed(connection, database_url)
    first = await error_of("SELECT 1", connection)
    then = await error_of("SELECT 1", connection)
    assert database.lost(first)
    assert database.lost(then)


async def test_a_session_that_ends_inside_a_transaction_is_lost(connection, database_url):
    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError)) as error:
        async with connection.transaction():
            await killed(connection, database_url)
            await connection.execute("SELECT 1")
    assert database.lost(error.value)


async def test_a_session_is_left_as_it_is_by_the_pool(database_url):
    pool = await database.open_pool(database_url, "pool", 1, settings=database.BY_KEY)
    await pool.execute("SET work_mem = '7MB'")
    assert await pool.fetchval("SHOW work_mem") == "7MB"
    assert await pool.fetchval("SHOW plan_cache_mode") == "force_generic_plan"
    await pool.close()


async def test_a_closed_pool_is_lost(database_url):
    pool = await database.open_pool(database_url, "pool", 1)
    await pool.close()
    with pytest.raises(asyncpg.InterfaceError) as error:
        await pool.fetchval("SELECT 1")
    assert database.lost(error.value)


async def test_a_server_that_is_not_there_is_lost(tmp_path):
    with pytest.raises(OSError) as error:
        await database.connect(f"postgresql://me@/db?host={tmp_path}", "test")
    assert database.lost(error.value)


@pytest.mark.parametrize("statement", ["SELECT 1/0", "SELEC", "SELECT * FROM nothing"])
async def test_a_wrong_statement_is_not_lost(connection, statement):
    assert not database.lost(await error_of(statement, connection))


async def test_a_wrong_call_is_not_lost(connection):
    with pytest.raises(asyncpg.InterfaceError) as error:
        await connection.fetchval("SELECT $1::int")
    assert not database.lost(error.value)


async def test_more_connections_than_the_server_allows_are_refused_by_number(connection):
    allowed = await connection.fetchval(database.load_query("connections_allowed"))
    await database.check_room(connection, allowed)
    with pytest.raises(DatabaseRefused, match=rf"{allowed + 1} .* allows {allowed}.*DB_POOL_SIZE"):
        await database.check_room(connection, allowed + 1)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://me:s3cret/x@db/name",
        "postgresql://me:s3cret@db:port/name",
        "postgresql://me:s3cret@[db/name",
        "mysql://me:s3cret@db/name",
        "me:s3cret@db",
        "",
    ],
)
async def test_a_url_that_cannot_be_read_is_refused_without_its_password(url):
    with pytest.raises(DatabaseRefused, match="postgresql://user:password@host") as error:
        await database.connect(url, "test")
    assert "s3cret" not in str(error.value)
    assert error.value.__cause__ is error.value.__context__ is None


async def test_a_refused_password_is_not_told(database_url):
    url = database_url.replace("indexer@", "nobody_here:s3cret@")
    with pytest.raises(asyncpg.InvalidAuthorizationSpecificationError) as error:
        await database.connect(url, "test")
    assert "s3cret" not in str(error.value)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("postgresql://me:s3cret@db:5433/name?sslmode=off", "postgresql://db:5433/name"),
        ("postgresql://db/name", "postgresql://db/name"),
        ("postgresql://me@/name?host=/run/pg", "postgresql:///name"),
        ("postgresql://me:s3cret@db:x/name", "a URL that cannot be read"),
    ],
)
def test_what_is_shown_of_a_url_holds_no_secret(url, told):
    assert database.shown(url) == told


def test_a_named_statement_is_the_file_of_that_name():
    statements = database.load_queries()
    assert statements["hold_lock"] == database.load_query("hold_lock")
    assert "pg_try_advisory_lock" in statements["hold_lock"]
