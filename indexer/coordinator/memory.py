"""Memory that strangers made us use is given back.

glibc learns from what is freed: after the first large buffers it takes the next ones from its heap,
where whatever outlives them keeps their pages. A minute of answers that are too big then leaves the
process half as large again for good (45 MB to 95 MB by forty of them at once). With the threshold
fixed, large buffers are mappings of their own and go when they are freed.
"""

import ctypes

_M_MMAP_THRESHOLD = -3  # malloc.h of glibc
LARGE = 1 << 16


def give_back_large_buffers() -> bool:
    """From now on, in this process. False where the C library is not glibc and has no such knob."""
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError):
        return False
    return bool(mallopt(_M_MMAP_THRESHOLD, LARGE))
