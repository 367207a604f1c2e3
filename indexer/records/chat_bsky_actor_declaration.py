"""chat.bsky.actor.declaration: from whom an account takes messages."""

from indexer.records.generic import declaration

RECORD = declaration("chat.bsky.actor.declaration")
