"""What somebody waits for, asked of whoever has it: accounts, and records of every kind.

`queue` is what PostgreSQL knows of it, `ledger` writes down what became of what was claimed.
`fetching` keeps as many under way as may be, `hosts` sees that few of them are at one host,
`trying` does what one entry takes. `asking` puts a question to a PDS, `records` judges what it says
of a record, `accounts` what it says of an account.
"""

from indexer.coordinator.fetcher.fetching import keep_fetching

__all__ = ["keep_fetching"]
