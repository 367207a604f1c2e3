"""Whatever a labeler sends is a label, or is kept aside, or ends its stream."""

from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.coordinator.labels.judging import Judged, judge
from indexer.protocol.errors import BadFraming
from indexer.protocol.label_stream import Labels, decode_message
from tests.protocol.test_drisl import VALUES
from tests.protocol.test_label import DID, FIELDS, POST, SIGNER, two

FIELD = VALUES | st.sampled_from([DID, POST, "spam", FIELDS["cts"], bytes(64)])
ODD = st.dictionaries(st.sampled_from([*FIELDS, "sig", "neg", "exp", "cid", "x"]), FIELD)


@settings(max_examples=80)
@given(ODD.map(lambda odd: FIELDS | odd) | VALUES, st.integers(0, 300), st.binary(max_size=3))
def test_nothing_that_a_labeler_sends_raises_anything_but_what_is_said(value, at, garbage):
    body = {"seq": 1, "labels": [value]}
    frame = two({"op": 1, "t": "#labels"}, body)
    for bytes_ in (frame, frame[:at] + garbage + frame[at + len(garbage) :]):
        try:
            found = decode_message(bytes_)
        except BadFraming:
            continue
        judged = Judged([], [])
        if isinstance(found, Labels):
            judge([(1, label) for label in found.labels], DID, SIGNER.public, judged)
            assert len(judged.refused) == len(found.labels)
