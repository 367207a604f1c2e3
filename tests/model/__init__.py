"""The tests' oracle: the specification once more, small and obvious, in memory.

It is told every event, each account's in order, and says what every table must hold. It shares
nothing with what it judges but the decoder and its values (`Op`, `AtUri`): where the two disagree,
the specification decides who is wrong.

`model.py`     events in; keeps the live records and the accounts
`records.py`   what one record says
`age.py`       what has grown too old
`live.py`      which records count, where several make the same edge
`gates.py`     who may reply and quote
`notices.py`   who is told
`tables.py`    each table as a function of the live records
`accounts.py`  statuses and revs; the tables `users` and `repos`

`worlds.py` makes up what happens, `delivery.py` brings it to a database in any order, and
`agreement.py` holds what became of it against the model.
"""
