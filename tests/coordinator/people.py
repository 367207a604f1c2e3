"""A small world of accounts on loopback: their directory, their hosts, their DNS; and a resolver.

Hosts are asked over plain HTTP and at the one port there is, by a client that is told so: only the
scheme and the port of its URLs are other than they would be.
"""

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta

import msgspec
import orjson

from indexer import config
from indexer.coordinator.http import opened
from indexer.coordinator.resolver import Resolver
from indexer.database import BY_KEY, open_pool
from load.network.names import naming
from tests.coordinator.asking import ONCE
from tests.coordinator.strangers import Stranger, answer, living

PLC = "plc.test"
ALICE, BOB = "did:plc:" + "a" * 24, "did:plc:" + "b" * 24
KEY = "did:key:zQ3shpKnbdPx3g3CmPf5cRVTPe1HtSwVn5ish3wSnDPQCbLJK"
HOSTS = [PLC, "alice.test", "bob.test", "web.test"]
SOON = msgspec.structs.replace(ONCE, rest_after=1000)


def document(did, *handles, pds="https://pds.test", key=KEY, **more):
    return {
        "id": did,
        "alsoKnownAs": [f"at://{handle}" for handle in handles],
        "verificationMethod": [
            {
                "id": f"{did}#atproto",
                "type": "Multikey",
                "controller": did,
                "publicKeyMultibase": key.removeprefix("did:key:"),
            }
        ],
        "service": [
            {"id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": pds}
        ],
        **more,
    }


class Web(Stranger):
    """`pages["host/path"]` is what is answered there for ever: bytes, JSON, or as a stranger does;
    404 elsewhere."""

    def __init__(self):
        super().__init__()
        self.pages = {}

    async def meet(self, reader, writer):
        try:
            while head := (await reader.readuntil(b"\r\n\r\n")).decode():
                path = head.split(" ")[1]
                host = head.lower().split("\r\nhost: ")[1].partition("\r\n")[0].partition(":")[0]
                self.heard.append(host + path)
                doing = self.page(host + path)
                if isinstance(doing, dict):
                    doing = answer(body=orjson.dumps(doing))
                await self.answer(doing if isinstance(doing, list) else [doing], writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        except asyncio.CancelledError:
            writer.transport.abort()
        finally:
            writer.close()

    def page(self, address):
        return self.pages.get(address, answer(404))


class Detour:
    """The guarded client, with everybody's port 443 at another."""

    def __init__(self, client, port):
        self.client, self.port = client, port
        self.dns, self.hosts = client.dns, client.hosts

    async def get(self, url, *, most_bytes):
        if url.startswith("https://"):
            host, _, path = url.removeprefix("https://").partition("/")
            url = f"http://{host}:{self.port}/{path}"
        return await self.client.get(url, most_bytes=most_bytes)


class People:
    def __init__(self, pool, names, web, client, settings):
        self.pool, self.names, self.web, self.client = pool, names, web, client
        self.config = settings
        self.restart()

    def restart(self, **resolver):
        """A resolver that remembers nothing."""
        known = msgspec.structs.replace(self.config.resolver, **resolver)
        self.config = msgspec.structs.replace(self.config, resolver=known)
        self.resolver = Resolver(self.client, self.pool, self.config)

    async def resolve(self, did, not_before=None):
        return await self.resolver.resolve(did, not_before)

    def publish(self, did, *handles, **more):
        self.web.pages[f"{PLC}/{did}"] = document(did, *handles, **more)

    def name(self, handle, *dids):
        """By DNS."""
        self.names.writes[f"_atproto.{handle}"] = [[f"did={did}" for did in dids]]

    async def exist(self, *dids):
        rows = [(did,) for did in dids]
        await self.pool.executemany("INSERT INTO users (did) VALUES ($1)", rows)

    async def shown(self, did):
        return await self.pool.fetchval("SELECT handle FROM users WHERE did = $1", did)

    async def now(self):
        return await self.pool.fetchval("SELECT clock_timestamp()")

    async def age(self, did, **by):
        await self.pool.execute(
            "UPDATE identities SET resolved_at = resolved_at - $2::interval,"
            " handle_checked_at = handle_checked_at - $2::interval,"
            " renew_at = renew_at - $2::interval WHERE did = $1",
            did,
            timedelta(**by),
        )
        self.restart()

    async def deadlocks(self):
        """As each session of the pool counted them."""
        async with AsyncExitStack() as stack:
            for _ in range(self.pool.get_max_size()):
                one = await stack.enter_async_context(self.pool.acquire())
                await one.execute("SELECT pg_stat_force_next_flush()")
        return await self.pool.fetchval(
            "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
        )

    def asked(self, did):
        return self.web.heard.count(f"{PLC}/{did}")


@asynccontextmanager
async def living_people(database_url, limits=SOON, **resolver):
    web = Web()
    async with naming() as (names, dns), living(web) as port:
        for host in HOSTS:
            names.says[host] = [["127.0.0.1"]]
        shipped = config.load({"PLC_URL": f"http://{PLC}:{port}"})
        known = msgspec.structs.replace(shipped.resolver, development=True, **resolver)
        settings = msgspec.structs.replace(shipped, resolver=known, http=limits)
        pool = await open_pool(database_url, "test", 4, settings=BY_KEY)
        async with opened(limits, [f"{host}:{port}" for host in HOSTS], dns=dns) as client:
            people = People(pool, names, web, Detour(client, port), settings)
            yield people
            await people.resolver.close()
        await pool.close()
