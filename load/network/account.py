"""An account: what the directory says of it, where it lives, what it holds."""

from dataclasses import dataclass
from typing import Any

from load.network.repo import Repo

PDS = "#atproto_pds"


@dataclass(slots=True, eq=False)
class Account:
    did: str
    document: dict[str, Any]
    repo: Repo
    status: str | None = None  # why it is not active: deactivated, deleted, takendown, suspended
    gone: bool = False  # its DID is tombstoned
    home: str = ""  # the name of the host it lives on

    @property
    def handle(self) -> str:
        """As it is claimed; empty without one."""
        names: list[str] = self.document.get("alsoKnownAs") or []
        return names[0].removeprefix("at://") if names else ""

    @property
    def pds(self) -> str:
        return next((service["serviceEndpoint"] for service in self._homes()), "")

    def move(self, url: str) -> None:
        """Its document names this PDS from now on."""
        for service in self._homes():
            service["serviceEndpoint"] = url

    def rename(self, handle: str) -> None:
        self.document["alsoKnownAs"] = [f"at://{handle}"]

    def _homes(self) -> list[dict[str, Any]]:
        services: list[dict[str, Any]] = self.document.get("service") or []
        return [service for service in services if service["id"].endswith(PDS)]
