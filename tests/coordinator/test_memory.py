"""Whether freed buffers leave the process, in a process of its own."""

import platform
import subprocess
import sys
import textwrap

import pytest

PROGRAM = textwrap.dedent("""
    import sys
    from indexer.coordinator.memory import give_back_large_buffers

    def resident():
        with open("/proc/self/statm") as statm:
            return int(statm.read().split()[1]) * 4096

    if sys.argv[1] == "knob":
        assert give_back_large_buffers()
    bytes(4 << 20)  # freed at once: from this the allocator learns
    before = resident()
    answers = [(b"x" * 100_000, b"y" * 1_000) for _ in range(500)]
    kept = [small for _, small in answers]
    del answers
    print(resident() - before)
""")


def _left(mode: str) -> int:
    command = [sys.executable, "-c", PROGRAM, mode]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the knob is glibc's")
def test_what_large_buffers_took_is_given_back() -> None:
    assert _left("none") > 40_000_000, "the allocator keeps it, or nothing is to be mended here"
    assert _left("knob") < 5_000_000
