"""A repository that was put away is the one that it was."""

from load.encoding.frames import Encoder
from load.encoding.shelf import Shelf
from load.generate import generate


def test_repositories_put_away_make_the_same_frames() -> None:
    want = list(generate(seed=2, commits=400, encoder=Encoder(2, records=300)))
    assert list(generate(seed=2, commits=400, encoder=Encoder(2, records=300, at_hand=2))) == want


def test_what_was_dropped_begins_anew() -> None:
    encoder = Encoder(1)
    shelf = Shelf(encoder.begun, encoder.bare, at_hand=1)
    first = shelf.take("did:plc:a")
    shelf.take("did:plc:b")
    shelf.drop("did:plc:a")
    assert shelf.take("did:plc:a").head is None is first.head
