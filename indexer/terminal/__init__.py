"""What a terminal shows of an indexer that runs: figures and small graphs, drawn anew every second.

It is a process of its own, which asks the indexer's metrics port like any other onlooker.
"""
