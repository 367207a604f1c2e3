"""A server at an address of its own. It counts what it is asked, can go down and come back."""

from collections import Counter
from collections.abc import Mapping
from ssl import SSLContext

from aiohttp import web

from load.network.answer import Question, Service, question_of
from load.network.asked import Asked, Live
from load.network.faults import Faults
from load.network.network import Network

HTTPS = 443
_SHUTDOWN_S = 0.05


class Host:
    """`asked` counts requests by kind, `asked_for` by (kind, subject); `busy` are under way, and
    `busiest` is the most there ever were."""

    def __init__(
        self,
        name: str,
        address: str,
        service: Service,
        network: Network,
        faults: Faults,
        live: Mapping[str, Live] | None = None,
    ) -> None:
        self.name, self.address, self.port = name, address, 0
        self.asked: Counter[str] = Counter()
        self.asked_for: Counter[tuple[str, str]] = Counter()
        self.busy = self.busiest = 0
        self._service = service
        self._network, self._faults = network, faults
        self._live = live or {}
        self.tls: SSLContext | None = None  # with one it is at the port of https, too
        self._runner: web.AppRunner | None = None

    @property
    def place(self) -> str:
        """As ALLOW_PRIVATE_HOSTS lists it."""
        return f"{self.address}:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.place}"

    async def up(self) -> None:
        """At the port where it was before."""
        app = web.Application()
        app.router.add_get("/{path:.*}", self._meet)
        # Who hangs up is not answered any longer: some answers have no end.
        self._runner = web.AppRunner(
            app, access_log=None, shutdown_timeout=_SHUTDOWN_S, handler_cancellation=True
        )
        await self._runner.setup()
        await web.TCPSite(self._runner, self.address, self.port).start()
        self.port = self._runner.addresses[0][1]
        if self.tls is not None:
            await web.TCPSite(self._runner, self.address, HTTPS, ssl_context=self.tls).start()

    async def down(self) -> None:
        """Who asks now is refused; who was being answered is cut off."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def forget(self) -> None:
        """Counts from nothing again."""
        self.asked.clear()
        self.asked_for.clear()
        self.busiest = self.busy

    async def _meet(self, request: web.Request) -> web.StreamResponse:
        question = question_of(request)
        self.asked[question.kind] += 1
        self.asked_for[question.kind, question.subject] += 1
        self.busy += 1
        self.busiest = max(self.busiest, self.busy)
        try:
            return await self._answer(request, question)
        except ConnectionResetError:
            return web.Response()  # to nobody: who asked has left, as from an answer without end
        finally:
            self.busy -= 1

    async def _answer(self, request: web.Request, question: Question) -> web.StreamResponse:
        live = self._live.get(question.kind)
        asked = Asked(request, question, self._service, live, self._network)
        if fault := self._faults.next(self.name, question):
            return await fault(asked)
        return await asked.honest()
