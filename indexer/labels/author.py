"""Who we are as a labeler."""

from dataclasses import dataclass

from indexer.config import Labels
from indexer.labels.signer import Signer, read_signer
from indexer.protocol.syntax import is_did


class Unable(ValueError):
    """What was asked for cannot be done with labels, and why; for whoever asked to read."""


@dataclass(frozen=True, slots=True)
class Author:
    did: str
    signer: Signer | None


def author_of(config: Labels) -> Author:
    """Raises `Unable`."""
    if not is_did(config.did):
        raise Unable("to say labels of our own, set [labels] did (LABEL_DID) to our DID")
    try:
        return Author(config.did, read_signer(config.signing_key))
    except ValueError as error:
        raise Unable(str(error)) from None
