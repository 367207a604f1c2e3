"""An indexer for the AT Protocol: the firehose as rows in PostgreSQL."""
