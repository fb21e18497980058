import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from local.lambda_runtime import Limits, Outcome
from local.lambda_runtime.cgroup import sweep
from local.lambda_runtime.cgroup_places import v1_place, v2_place
from local.lambda_runtime.limits import cgroup_v2, enable_controllers, systemd_scopes
from local.lambda_runtime.shape import quota_us
from local.lambda_runtime.systemd_scope import Systemd
from tests.local.lambda_runtime.conftest import LIMITS, control_groups_of, needs_cgroups
from tests.local.lambda_runtime.stage import Stage

BURN = """
import time
def handler(event, context):
    used, began = time.process_time(), time.monotonic()
    while time.process_time() - used < event: pass
    return (time.process_time() - used) / (time.monotonic() - began)
"""


@pytest.mark.parametrize(("memory_mb", "quota"), [(1769, 20_000), (128, 1_447), (3538, 40_000), (10_240, 115_772)])
def test_cpu_grows_with_memory(memory_mb: int, quota: int) -> None:
    """One vCPU at 1,769 MB, in proportion below and above, per period of 20 ms (AWS page "Configure memory")."""
    assert quota_us(memory_mb) == quota


def test_limits_can_be_turned_off() -> None:
    """The setting `off` gives no limits, and says whose decision it was."""
    assert Limits.detect("off").description == "none: turned off by setting"


def _may_make_groups() -> bool:
    """Tries by hand, so that a mistake of ours can't turn the tests of control groups into skipped ones."""
    for controller in ("cpu", "memory"):
        folder = Path(f"/sys/fs/cgroup/{controller}/glasshouse-by-hand-{os.getpid()}")
        try:
            folder.mkdir()
            folder.rmdir()
        except OSError:
            return False
    return Path("/sys/fs/cgroup/memory/memory.limit_in_bytes").exists()


@pytest.mark.skipif(not _may_make_groups(), reason="no cgroup v1 folders that this user may write")
def test_control_groups_are_used_where_they_can_be() -> None:
    """Where cgroup v1 lets this user make groups, it is what limits sandboxes, and the start-up line says so."""
    assert LIMITS.description == "cgroup v1"


@needs_cgroups
def test_a_small_function_gets_a_small_part_of_a_cpu(stage: Stage) -> None:
    """At 128 MB a busy handler gets about 7 % of a CPU, by the kernel's own throttling."""
    (result,) = stage.play(BURN, 0.1, limits=LIMITS, memory_mb=128)
    assert json.loads(result.payload) < 0.2


@needs_cgroups
def test_an_initialisation_runs_at_full_speed(stage: Stage) -> None:
    """The kernel throttles the group of a busy function, and not while it is initialised.

    Read from the group itself: its quota while the module is imported and while the handler runs.
    """
    source = """
from pathlib import Path
def group():
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        if controllers in ("", "cpu") or "cpu" in controllers.split(","):
            if "glasshouse-" in path: return controllers, path
def quota():
    controllers, path = group()
    if controllers: return int(Path("/sys/fs/cgroup/cpu" + path, "cpu.cfs_quota_us").read_text())
    return Path("/sys/fs/cgroup" + path, "cpu.max").read_text().split()[0]
AT_INIT = quota()
def handler(event, context): return [AT_INIT, quota()]
"""
    assert stage.answer(source, limits=LIMITS, memory_mb=256) in ([-1, 2894], ["max", "2894"])


@needs_cgroups
def test_a_function_that_takes_more_than_its_memory_is_killed(stage: Stage) -> None:
    """The kernel's kill is told from others by its counter: Runtime.OutOfMemory, and all of the memory used.

    Source: the AWS page "Troubleshoot execution issues in Lambda".
    """
    source = "def handler(event, context): return len(bytearray(event * 1024 * 1024))"
    killed, after = stage.play(source, 400, 1, limits=LIMITS, memory_mb=200, timeout_s=60.0, tracing=False)
    assert killed.outcome is Outcome.OUT_OF_MEMORY
    assert json.loads(killed.payload) == {
        "errorType": "Runtime.OutOfMemory",
        "errorMessage": f"RequestId: {killed.request_id} Error: Runtime exited with error: signal: killed",
    }
    report = stage.recorder.starting("REPORT")[0]
    assert "\tMemory Size: 200 MB\tMax Memory Used: 200 MB\t" in report
    assert report.endswith("\tStatus: error\tError Type: Runtime.OutOfMemory")
    assert after.outcome is Outcome.OK


@needs_cgroups
def test_out_of_memory_while_initialising_is_told(stage: Stage) -> None:
    """A module that takes too much is killed in both initialisations."""
    (result,) = stage.play("x = bytearray(400 * 1024 * 1024)", None, limits=LIMITS, memory_mb=200, timeout_s=60.0)
    assert result.outcome is Outcome.OUT_OF_MEMORY
    first, second = stage.recorder.starting("INIT_REPORT")
    assert first.endswith("\tPhase: init\tStatus: error\tError Type: Runtime.OutOfMemory")
    assert second.endswith("\tPhase: invoke\tStatus: error\tError Type: Runtime.OutOfMemory")


@needs_cgroups
def test_a_kill_from_outside_is_a_crash_under_limits_too(stage: Stage) -> None:
    """SIGKILL by somebody else leaves the kernel's counter alone."""
    source = "import os\ndef handler(event, context): os.kill(os.getpid(), 9)"
    (result,) = stage.play(source, None, limits=LIMITS, memory_mb=200)
    assert result.outcome is Outcome.CRASH


@needs_cgroups
def test_what_leaves_the_process_group_is_ended_by_its_control_group(stage: Stage) -> None:
    """A child in a session of its own is out of reach of a kill of the process group, not of the limits'."""
    source = """
import subprocess, time
def handler(event, context):
    print(subprocess.Popen(["sleep", "600"], start_new_session=True).pid)
    time.sleep(600)
"""
    stage.play(source, None, limits=LIMITS, timeout_s=1.0)
    pid = int(stage.recorder.function[0])
    assert not Path(f"/proc/{pid}").exists() or "Z" in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2]


@needs_cgroups
def test_no_control_group_is_left(stage: Stage) -> None:
    """After stop() none of this process's groups exists, whatever became of the sandboxes."""
    source = "import os\ndef handler(event, context): return os._exit(1) if event else 0"
    stage.play(source, 0, 1, 0, limits=LIMITS)
    assert control_groups_of(os.getpid()) == []


def test_groups_of_dead_runs_are_removed(tmp_path: Path) -> None:
    """The next run removes what a killed one left: its groups carry its process id. Others' are let be."""
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    stale = tmp_path / f"glasshouse-{dead.pid}-0123abcd"
    kept = [tmp_path / f"glasshouse-{os.getpid()}-0123abcd", tmp_path / "glasshouse-mine", tmp_path / "other"]
    for folder in (stale, *kept):
        folder.mkdir()
    sweep(tmp_path)
    assert not stale.exists()
    assert all(folder.exists() for folder in kept)


V1_MOUNTS = """\
25 1 0:22 / /sys rw,nosuid - sysfs sysfs rw
31 25 0:26 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
33 25 0:28 / /sys/fs/cgroup/memory rw,relatime shared:10 - cgroup cgroup rw,memory
34 25 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct
"""
V1_OWN = "4:memory:/user/me\n3:cpu,cpuacct:/\n0::/\n"
V2_MOUNTS = "30 25 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n"


def test_the_folders_of_version_1_are_found() -> None:
    """Each controller's mount and this process's own group in it, mounted together with others or not."""
    assert v1_place(V1_MOUNTS, V1_OWN, "memory") == Path("/sys/fs/cgroup/memory/user/me")
    assert v1_place(V1_MOUNTS, V1_OWN, "cpu") == Path("/sys/fs/cgroup/cpu,cpuacct")
    assert v1_place(V2_MOUNTS, "0::/user.slice\n", "cpu") is None


def test_the_folder_of_version_1_in_a_container_is_found() -> None:
    """A container's mount begins at its own group: the host's path is not repeated in it."""
    mounts = "33 25 0:28 /docker/abc /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n"
    assert v1_place(mounts, "4:memory:/docker/abc/inner\n", "memory") == Path("/sys/fs/cgroup/memory/inner")


def test_the_folder_of_version_2_is_found() -> None:
    """Beside this process's group, for a group that holds processes can't limit children; the root can."""
    own = "0::/user.slice/user-1000.slice/user@1000.service/app.slice/terminal.scope\n"
    beside = "/sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service/app.slice"
    assert v2_place(V2_MOUNTS, own) == Path(beside)
    assert v2_place(V2_MOUNTS, "0::/\n") == Path("/sys/fs/cgroup")
    assert v2_place("33 25 0:28 / /m rw - cgroup cgroup rw,memory\n", "4:memory:/\n") is None


def test_controllers_of_version_2_are_enabled_where_they_are_not(tmp_path: Path) -> None:
    """The children of a group have limits when cgroup.subtree_control names the controllers."""
    control = tmp_path / "cgroup.subtree_control"
    control.write_text("memory pids")
    enable_controllers(tmp_path)
    assert control.read_text() == "+cpu"


def test_the_limits_of_version_2_are_written(stage: Stage, tmp_path: Path) -> None:
    """memory.max, cpu.max with 20 ms periods, and the process in cgroup.procs (kernel document cgroup-v2.rst)."""
    parent = tmp_path / "groups"
    parent.mkdir()
    source = f"""
import os
from pathlib import Path
(folder,) = Path({str(parent)!r}).glob("glasshouse-*")
def see(): return {{file.name: file.read_text() for file in sorted(folder.iterdir())}}
AT_INIT = see()["cpu.max"]
def handler(event, context): return [AT_INIT, see(), os.getpid()]
"""
    at_init, files, pid = stage.answer(source, limits=cgroup_v2(parent), memory_mb=512)
    assert at_init == "max 20000"
    assert files == {"cgroup.procs": str(pid), "cpu.max": "5789 20000", "memory.max": "536870912"}


def test_out_of_memory_in_version_2_is_read_from_its_events(tmp_path: Path) -> None:
    """oom_kill in memory.events counts; what was counted before is not counted again."""
    shape = cgroup_v2(tmp_path).shape(128)
    (folder,) = tmp_path.glob("glasshouse-*")
    events = folder / "memory.events"

    async def story() -> list[bool]:
        found = []
        for count in (0, 1, 1, 2):
            events.write_text(f"low 0\nhigh 0\nmax 12\noom 3\noom_kill {count}\noom_group_kill 0\n")
            found.append(await shape.out_of_memory())
        return found

    assert asyncio.run(story()) == [False, True, False, True]


@pytest.fixture
def systemd(tmp_path: Path) -> Systemd:
    """Stand-ins for systemd-run, which becomes its command, and systemctl; both note what they were asked."""
    notes = tmp_path / "notes"
    run, control = tmp_path / "systemd-run", tmp_path / "systemctl"
    run.write_text(f'#!/bin/sh\necho "run $*" >> {notes}\nwhile [ "$1" != "--" ]; do shift; done\nshift\nexec "$@"\n')
    control.write_text(
        f'#!/bin/sh\necho "control $*" >> {notes}\ncase "$*" in *Result*) cat {tmp_path}/result;; esac\n'
    )
    for file in (run, control):
        file.chmod(0o755)
    (tmp_path / "result").write_text("success\n")
    return Systemd(str(run), str(control), {"XDG_RUNTIME_DIR": "/run/user/1000"})


def test_the_users_systemd_is_asked_for_a_scope(stage: Stage, systemd: Systemd, tmp_path: Path) -> None:
    """MemoryMax and 20 ms periods from the start, CPUQuota before the first invocation, nothing remembered after.

    Source: the manual pages systemd-run(1) and systemd.resource-control(5).
    """
    source = "import os\ndef handler(event, context): return sorted(os.environ)"
    assert systemd.answers()
    (tmp_path / "notes").unlink()
    seen = stage.answer(source, limits=systemd_scopes(systemd), memory_mb=512)
    run, throttle, *after = (tmp_path / "notes").read_text().splitlines()
    unit = run.split("--unit=")[1].split()[0]
    assert run.startswith(
        f"run --user --scope --quiet --unit={unit} -p MemoryMax=512M -p MemorySwapMax=0 -p CPUQuotaPeriodSec=20ms -- "
    )
    assert throttle == f"control --user set-property --runtime {unit} CPUQuota=28.9%"
    assert after[0] == f"control --user kill --signal=SIGKILL {unit}"
    assert after[-1] == f"control --user reset-failed {unit}"
    assert "XDG_RUNTIME_DIR" not in seen


def test_a_scope_that_ran_out_of_memory_says_so(stage: Stage, systemd: Systemd, tmp_path: Path) -> None:
    """systemd's own result of the scope tells a kill for memory from another."""
    (tmp_path / "result").write_text("oom-kill\n")
    source = "import os\ndef handler(event, context): os.kill(os.getpid(), 9)"
    (result,) = stage.play(source, None, limits=systemd_scopes(systemd))
    assert result.outcome is Outcome.OUT_OF_MEMORY


def test_a_systemd_that_does_not_answer_is_not_used(tmp_path: Path) -> None:
    """No user's systemd (a container, a plain ssh command): the probe fails and so does the choice."""
    assert not Systemd(str(tmp_path / "missing"), "systemctl", {}).answers()
    assert not Systemd("/bin/false", "systemctl", {}).answers()
