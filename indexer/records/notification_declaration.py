"""app.bsky.notification.declaration: who may subscribe to an account's posts."""

from indexer.records.generic import declaration

RECORD = declaration("app.bsky.notification.declaration")
