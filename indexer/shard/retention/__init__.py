"""Content that has grown too old is not kept, but that of protected accounts.

`door` turns away what is too old when it comes; `walk` goes through what is stored, page by page,
and takes away what has grown too old since, as if its authors had deleted it: `places` says where
content stands, `statements` how it is found there. `background` walks at low priority while the
indexer runs, and `protection` says of whom everything is kept. So what is stored does not depend on
when a record came, or how often.
"""
