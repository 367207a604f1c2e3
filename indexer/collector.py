"""How often Python looks for garbage in cycles: seldom, for hardly any of what we make is in one.

A batch makes thousands of objects, and thousands of frames are held at a time; by default all of
that is gone through again and again.
"""

import gc

COLLECT_AFTER = 20_000  # objects more than before, about those of a batch


def collect_seldom() -> None:
    """From now on. What there is already lives as long as the process, and is passed over."""
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER)
