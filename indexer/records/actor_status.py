"""app.bsky.actor.status: what an account is doing just now."""

from indexer.records.generic import declaration

RECORD = declaration("app.bsky.actor.status")
