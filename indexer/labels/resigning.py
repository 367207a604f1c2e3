"""A new key: what was said before is signed again, and told again, as it was said."""

from asyncpg import Pool, Record

from indexer.database import load_query
from indexer.labels.author import Author, Unable
from indexer.labels.service import MOST_AT_ONCE, TAKE_TURNS
from indexer.protocol.label import fields_of, read_label, signed_by

OWN, SIGN = load_query("own_labels"), load_query("sign_labels")


async def resign(pool: "Pool[Record]", author: Author) -> int:
    """How many of our labels were not signed with the key that we have. Raises `Unable`."""
    if author.signer is None:
        raise Unable("to sign labels, set [labels] signing_key (LABEL_SIGNING_KEY)")
    signed, after = 0, ""
    while True:
        async with pool.acquire() as connection, connection.transaction():
            await connection.execute(TAKE_TURNS)
            rows = await connection.fetch(OWN, author.did, after, MOST_AT_ONCE)
            labels = [read_label({**fields_of(row["block"]), "sig": row["sig"]}) for row in rows]
            unsigned = [one for one in labels if not signed_by(one, author.signer.public)]
            sigs = [author.signer.sign(label).sig for label in unsigned]
            await connection.execute(SIGN, [label.key for label in unsigned], sigs)
        signed += len(unsigned)
        if not rows:
            return signed
        after = rows[-1]["uri"]
