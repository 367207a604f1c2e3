"""The guarded client: the only way in which anything of ours asks a stranger for anything.

Strangers choose the URLs (a DID document names its PDS), the addresses that names lead to, the
redirects and the answers. `target` judges a URL as it is written, `address` what it led to, at the
moment of connecting; `host` keeps what is remembered of each host; `answer` reads, with a cap.
"""

from indexer.coordinator.http.answer import Answer, Stream
from indexer.coordinator.http.client import Client, opened
from indexer.coordinator.http.errors import (
    Forbidden,
    NoAnswer,
    Resting,
    TooBig,
    TooSlow,
    Unreachable,
    Unreadable,
)

__all__ = [
    "Answer",
    "Client",
    "Forbidden",
    "NoAnswer",
    "Resting",
    "Stream",
    "TooBig",
    "TooSlow",
    "Unreachable",
    "Unreadable",
    "opened",
]
