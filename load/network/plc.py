"""The directory of did:plc: documents, and the log page by page."""

from datetime import datetime

import orjson

from load.network.answer import DOCUMENT, Answer, Question, refused, said
from load.network.network import Network

_USUAL, _MOST = 10, 1000


class Plc:
    def __init__(self, network: Network) -> None:
        self._network = network

    def __call__(self, question: Question) -> Answer:
        match question.kind:
            case "did":
                return self._document(question.path.strip("/"))
            case "export":
                return self._export(question)
            case "_health":
                return said({"version": "local"})
        return refused("NotFound", status=404)

    def _document(self, did: str) -> Answer:
        account = self._network.accounts.get(did)
        if account is None or not did.startswith("did:plc:"):
            return said({"message": f"DID not registered: {did}"}, 404)
        if account.gone:
            return said({"message": f"DID not available: {did}"}, 410)
        return said(account.document)._replace(kind=DOCUMENT)

    def _export(self, question: Question) -> Answer:
        after = question.params.get("after")
        try:
            count = int(question.params.get("count", _USUAL))
            moment = datetime.fromisoformat(after) if after else None
        except ValueError:
            return refused("InvalidRequest")
        lines: list[bytes] = []
        for line in self._network.log.after(moment):
            if len(lines) == min(count, _MOST):
                break
            account = self._network.accounts.get(line.did)
            lines.append(orjson.dumps(line.json(account.pds if account else "")))
        return Answer(200, b"\n".join(lines), "application/jsonlines")
