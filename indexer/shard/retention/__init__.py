"""Content that has grown too old is taken away, but that of protected accounts.

What is too old when it comes is not let in: see `age`, beside this. `walk` goes through what is
stored, page by page, and takes away what has grown too old since, as if its authors had deleted it:
`places` says where content stands, `statements` how it is found there. `background` walks at low
priority while the indexer runs, and `protection` says of whom everything is kept. So what is stored
does not depend on when a record came, or how often.
"""
