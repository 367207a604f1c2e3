"""Asks for the document of a DID: of its directory, or of its own host."""

from indexer.coordinator.http import Answer, Client, Forbidden, TooBig, Unreadable
from indexer.coordinator.resolver.found import Gone, Unknown
from indexer.protocol.errors import Invalid
from indexer.protocol.identity import MOST_BYTES, Document, decode_document
from indexer.protocol.resolution import document_url, is_plc


class Documents:
    def __init__(self, client: Client, plc_url: str, development: bool) -> None:
        self._client = client
        self._plc_url = plc_url
        self._development = development

    async def ask(self, did: str) -> Document | Gone | Unknown:
        """Raises `NoAnswer`, also for a status that says nothing of the DID."""
        try:
            url = document_url(did, self._plc_url, self._development)
            answer = await self._client.get(url, most_bytes=MOST_BYTES)
            return _read(did, answer)
        except (Invalid, TooBig) as error:
            return Unknown(did, str(error))
        except Forbidden as error:
            if is_plc(did):  # not the stranger's doing: nobody at all could be resolved
                raise
            return Unknown(did, str(error))


def _read(did: str, answer: Answer) -> Document | Gone | Unknown:
    match answer.status:
        case 200:
            return decode_document(answer.body, did)
        case 410 if is_plc(did):
            return Gone(did)
        case 404 | 410:
            return Unknown(did, "there is no document")
    raise Unreadable("its document", f"answered {answer.status}")
