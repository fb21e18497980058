"""PURE: where this process may make control groups, read from /proc/self/mountinfo and /proc/self/cgroup.

Source: the manual page cgroups(7), "/proc files".
"""

from pathlib import Path, PurePosixPath


def v1_place(mountinfo: str, own_groups: str, controller: str) -> Path | None:
    """The folder of this process's own group of a version 1 controller; None where it isn't mounted."""
    own = _own_group(own_groups, controller)
    for root, mount_point, kind, options in _mounts(mountinfo):
        if kind == "cgroup" and controller in options and own is not None:
            return _inside(mount_point, root, own)
    return None


def v2_place(mountinfo: str, own_groups: str) -> Path | None:
    """The folder beside this process's own group: a group with processes can't have limited children.

    The root group is the exception, and its own place. None where version 2 isn't mounted.
    """
    own = _own_group(own_groups, "")
    for root, mount_point, kind, _ in _mounts(mountinfo):
        if kind == "cgroup2" and own is not None:
            place = _inside(mount_point, root, own)
            return place if place == Path(mount_point) else place.parent
    return None


def _mounts(mountinfo: str) -> list[tuple[str, str, str, list[str]]]:
    """(root, mount point, file system, its options) of each mount."""
    mounts = []
    for line in mountinfo.splitlines():
        before, _, after = line.partition(" - ")
        (root, mount_point), (kind, _, options) = before.split()[3:5], after.split(maxsplit=2)
        mounts.append((root, mount_point, kind, options.split(",")))
    return mounts


def _own_group(own_groups: str, controller: str) -> str | None:
    """Lines are `number:controllers:path`; version 2 has no controllers in its line."""
    for line in own_groups.splitlines():
        _, controllers, path = line.split(":", 2)
        if controller in controllers.split(","):
            return path
    return None


def _inside(mount_point: str, root: str, own: str) -> Path:
    """In a container the mount may show only a part of the tree, from `root` on."""
    path = PurePosixPath(own)
    inner = path.relative_to(root) if path.is_relative_to(root) else PurePosixPath()
    return Path(mount_point) / inner
