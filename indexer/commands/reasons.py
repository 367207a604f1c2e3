"""What the words mean that say why something was refused."""

REASONS = {
    "bad_frame": "bytes that are no message, or a message without what it must have",
    "bad_car": "the blocks of a message cannot be read",
    "wrong_hash": "a block is not what its CID says: damaged on the way, or made up",
    "missing_block": "a message names a record or commit that does not come with it",
    "bad_commit": "what is signed is not what the message says",
    "bad_rev": "the revision of a commit is no TID",
    "future_rev": "the revision of a commit is from the future",
    "too_big": "larger than the protocol allows",
    "too_many_ops": "a commit of more than 200 records",
    "duplicate_path": "a commit that changes one record twice",
    "bad_path": "a collection or record key that is not well formed, or not allowed there",
    "bad_op": "neither create nor update nor delete",
    "bad_cid": "a record that says of itself that it is none",
    "bad_record": "a record without a field that its type must have, or with one of the wrong type",
    "type_mismatch": "a record that calls itself of another type than its collection",
    "foreign_gate": "a gate on somebody else's post",
    "foreign_list": "an item on somebody else's list",
    "refused_by_database": "PostgreSQL would not store it",
    "crashed_decoder": "its bytes took down the process that read them, twice",
}
