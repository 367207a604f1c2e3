"""Asks an indexer's metrics port what goes on there, over one connection as long as it lasts."""

import http.client
import json
from typing import Any
from urllib.parse import urlsplit

ANSWER_S = 3.0
LARGEST = 2_000_000
ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # who listens everywhere is asked here
NEEDED = ("seconds", "minutes", "shards", "coordinator", "facts")


class Asker:
    def __init__(self, host: str, port: int) -> None:
        self.trouble: str | None = None
        """Why the last question was not answered."""
        self._where = f"{host}:{port}"
        # It asks there directly, whatever http_proxy says.
        self._connection = http.client.HTTPConnection(
            ANYWHERE.get(host, host), port, timeout=ANSWER_S
        )

    def ask(self) -> dict[str, Any] | None:
        """What /live says, None when it does not."""
        try:
            live = self._asked()
        except (OSError, http.client.HTTPException, ValueError) as error:
            self._connection.close()
            why = str(error) or type(error).__name__
            self.trouble = f"no indexer answers at {self._where} ({why})"
            return None
        self.trouble = None
        return live

    def _asked(self) -> dict[str, Any]:
        self._connection.request("GET", "/live")
        answer = self._connection.getresponse()
        body = answer.read(LARGEST)
        if answer.status != 200:
            raise ValueError(f"it says {answer.status} {answer.reason}")
        live = json.loads(body)
        if not isinstance(live, dict) or not all(name in live for name in NEEDED):
            raise ValueError("it is no indexer of this version")
        return live


def read_place(text: str) -> tuple[str, int]:
    """Of `host:port` or a URL. Raises ValueError."""
    try:
        parts = urlsplit(text if "//" in text else f"//{text}")
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise ValueError(f"{text} is no address: {error}") from None
    if not host or not port:
        raise ValueError(f"{text} is no address: it is HOST:PORT, the metrics port of an indexer")
    return host, port
