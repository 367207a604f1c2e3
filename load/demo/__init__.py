"""A world made on the spot, indexed into a PostgreSQL, and looked at.

Nothing of it stays: the capture and the embedded PostgreSQL live in a temporary directory. With
DATABASE_URL set, the rows go into a scratch database on that server, which is dropped in the end;
the database named there is left alone.
"""

from load.demo.stage import demo

__all__ = ["demo"]
