"""com.germnetwork.declaration: how an account is reached by Germ."""

from indexer.records.generic import declaration

RECORD = declaration("com.germnetwork.declaration")
