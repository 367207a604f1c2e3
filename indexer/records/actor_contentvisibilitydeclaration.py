"""app.bsky.actor.contentVisibilityDeclaration: who may see an account's content."""

from indexer.records.generic import declaration

RECORD = declaration("app.bsky.actor.contentVisibilityDeclaration")
