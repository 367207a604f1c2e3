"""A real browser without a window, driven by its own protocol of tools for developers."""

import asyncio
import base64
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any

import aiohttp

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
PATIENCE_S = 40
LARGEST_ANSWER = 2**26  # a picture


def find() -> str | None:
    """BROWSER_BIN, or the first there is of the usual names."""
    return os.environ.get("BROWSER_BIN") or next(filter(None, map(shutil.which, NAMES)), None)


class Tab:
    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.complaints: list[str] = []
        """What the page's console and the browser's log said that is no mere information."""
        self.asked: list[str] = []
        """Every address that was asked for."""
        self._socket = socket
        self._numbers = count(1)

    async def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        number = next(self._numbers)
        await self._socket.send_json({"id": number, "method": method, "params": parameters})
        async with asyncio.timeout(PATIENCE_S):
            while (answer := await self._socket.receive_json()).get("id") != number:
                self._note(answer)
        assert "error" not in answer, answer
        return dict(answer["result"])

    async def evaluate(self, script: str) -> Any:
        """The value of an expression; a promise's, when that is kept."""
        answer = await self.call(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
        )
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    async def until(self, script: str) -> None:
        """Until that is true in the page."""
        async with asyncio.timeout(PATIENCE_S):
            while not await self.evaluate(script):
                await asyncio.sleep(0.05)

    async def go(self, url: str) -> None:
        await self.call("Page.navigate", url=url)
        await self.until("document.readyState === 'complete'")

    async def resize(self, width: int, height: int, *, phone: bool = False) -> None:
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": phone}
        await self.call("Emulation.setDeviceMetricsOverride", **size)

    async def darken(self, dark: bool = True) -> None:
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        await self.call("Emulation.setEmulatedMedia", features=[scheme])

    async def picture(self, *, whole: bool = False) -> bytes:
        """As PNG; `whole` is also what one would have to scroll to."""
        answer = await self.call("Page.captureScreenshot", captureBeyondViewport=whole)
        return base64.b64decode(answer["data"])

    def _note(self, event: dict[str, Any]) -> None:
        match event:
            case {"method": "Runtime.exceptionThrown", "params": {"exceptionDetails": details}}:
                self.complaints.append(str(details))
            case {
                "method": "Log.entryAdded",
                "params": {"entry": {"level": "error" | "warning"} as entry},
            }:
                self.complaints.append(str(entry))
            case {"method": "Network.requestWillBeSent", "params": {"request": {"url": url}}}:
                self.asked.append(url)


@contextmanager
def running(program: str) -> Iterator[int]:
    """A browser without tabs; the port that its tools are at."""
    home = Path(tempfile.mkdtemp(prefix="browser-"))
    process = subprocess.Popen(
        [
            *(program, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"),
            *("--disable-dev-shm-usage", "--no-first-run", "--no-proxy-server", "--mute-audio"),
            *("--disable-background-networking", "--disable-component-update"),
            *("--disable-extensions", "--remote-debugging-port=0", f"--user-data-dir={home}"),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        deadline = time.monotonic() + PATIENCE_S
        while (port := _port(home)) is None:
            assert time.monotonic() < deadline and process.poll() is None, "no browser came up"
            time.sleep(0.05)
        yield port
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        shutil.rmtree(home, ignore_errors=True)


@asynccontextmanager
async def tab(port: int) -> AsyncIterator[Tab]:
    """A new one in that browser."""
    tools = f"http://127.0.0.1:{port}/json"
    async with aiohttp.ClientSession() as session:
        async with session.put(f"{tools}/new?about:blank") as answer:
            target = await answer.json()
        url = target["webSocketDebuggerUrl"]
        async with session.ws_connect(url, max_msg_size=LARGEST_ANSWER) as socket:
            made = Tab(socket)
            for domain in ("Page", "Runtime", "Log", "Network"):
                await made.call(f"{domain}.enable")
            yield made
        async with session.get(f"{tools}/close/{target['id']}"):
            pass


def _port(home: Path) -> int | None:
    try:
        return int((home / "DevToolsActivePort").read_text().splitlines()[0])
    except (FileNotFoundError, IndexError):
        return None
