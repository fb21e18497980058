import os
from pathlib import Path

import pytest

from local.lambda_runtime.memory import PeakMemory, ps_kilobytes


@pytest.mark.skipif(not Path("/bin/ps").exists(), reason="no ps on this machine")
def test_ps_tells_what_proc_would() -> None:
    """Where there is no /proc, ps says how much memory a process has: this one, more than 10 MB and less than 4 GB."""
    assert 10_000 < ps_kilobytes(os.getpid()) < 4_000_000


def test_a_peak_stays_when_the_memory_is_given_back() -> None:
    """100 MB taken and given back are still in the peak."""
    memory = PeakMemory(os.getpid())
    before = memory.mb()
    taken = bytearray(os.urandom(1)) * (100 * 1024 * 1024 + before * 1024 * 1024)
    del taken
    assert memory.mb() >= before + 90


def test_a_process_that_is_gone_has_used_nothing() -> None:
    """No such process: 0, not an error."""
    assert PeakMemory(2**22 + 1).mb() == 0
