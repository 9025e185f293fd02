# ruff: noqa: PTH101, PTH102, PTH104, PTH108, PTH115, PTH116, PTH123, PTH208, PTH211
"""A parent with a secret, and its child that was taken over.

`python -I attacks.py ROOT USER PROTECTION PORT SOCKET`

USER: `same`, or a number that root becomes first. PROTECTION: `all`, `no-filter`, or `none`, which shows that
the attacks work where nothing protects. A server listens on the TCP port, and one on the Unix socket.
It prints JSON: what is missing, the attacks that succeeded, and whether the parent was changed.
"""

import ctypes
import json
import mmap
import os
import resource
import signal
import socket
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

SECRET = b"secret of the parent"
LIBC = ctypes.CDLL(None, use_errno=True)
PTRACE_SEIZE, PTRACE_DETACH, PR_SET_DUMPABLE, F_SETOWN, PRIO_PROCESS = 0x4206, 17, 4, 8, 0
NUMBERS = {
    "x86_64": {"shmget": 29, "ptrace": 101, "io_uring_setup": 425, "getppid": 110, "add_key": 248},
    "aarch64": {"shmget": 194, "ptrace": 117, "io_uring_setup": 425, "getppid": 173, "add_key": 217},
}[os.uname().machine]
PARENT = os.getpid()
MACHINE, NAME = os.uname().machine, os.uname().nodename.encode()
PROCESSOR = min(os.sched_getaffinity(0))
PROBES = {335, 336} if MACHINE == "x86_64" else set()
"""uretprobe and uprobe: calls of the kernel's own probes, which end a process that has none of them."""
HELD = ctypes.create_string_buffer(64)
"""The parent writes the secret into it once it has a child: its copy of the child's own memory has none."""


class Vector(ctypes.Structure):
    _fields_ = (("base", ctypes.c_void_p), ("length", ctypes.c_size_t))


def checked(result: int) -> int:
    if result < 0:
        raise OSError(ctypes.get_errno(), "refused")
    return result


def system(name: str, *arguments: int) -> int:
    return checked(LIBC.syscall(*map(ctypes.c_long, (NUMBERS[name], *arguments))))


def copied(call: Callable[..., int], content: bytes) -> bytes:
    """Content moved between an own buffer and the parent's memory, by process_vm_readv or -writev."""
    own = ctypes.create_string_buffer(content, len(SECRET))
    near = Vector(ctypes.addressof(own), len(SECRET))
    far = Vector(ctypes.addressof(HELD), len(SECRET))
    checked(call(PARENT, ctypes.byref(near), 1, ctypes.byref(far), 1, 0))
    return own.raw


def read_memory_file() -> None:
    with open(f"/proc/{PARENT}/mem", "rb", buffering=0) as memory:
        memory.seek(ctypes.addressof(HELD))
        assert memory.read(len(SECRET)) == SECRET


def read_memory() -> None:
    assert copied(LIBC.process_vm_readv, b"") == SECRET


def trace() -> None:
    system("ptrace", PTRACE_SEIZE, PARENT, 0, 0)


def share_memory() -> None:
    checked(LIBC.shmctl(system("shmget", 0, 4096, 0o1600), 0, None))  # removed again


def fork() -> None:
    pid = os.fork()
    if not pid:
        os._exit(0)
    os.waitpid(pid, 0)


def execute() -> None:
    os.waitpid(os.posix_spawn("/bin/true", ["true"], {}), 0)


def thread() -> None:
    runner = threading.Thread(target=lambda: None)
    runner.start()
    runner.join()


def connect(family: int, address: Any) -> None:
    with socket.socket(family, socket.SOCK_STREAM) as client:
        client.connect(address)


def executable_memory() -> None:
    mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC).close()


def attacks(folder: Path, port: int, unix: str) -> dict[str, Callable[[], object]]:
    kept = folder / "kept"
    return {
        "read a file": lambda: open("/etc/passwd").read(),
        "list a folder": lambda: os.listdir("/"),
        "look at a file": lambda: os.stat("/etc/passwd"),
        "read a link": lambda: os.readlink("/proc/self/cwd"),
        "make a file": lambda: (folder / "new").write_text("x"),
        "write to a file": lambda: kept.open("a").write("x"),
        "shorten a file": lambda: os.truncate(kept, 0),
        "open a file to others": lambda: os.chmod(kept, 0o666),
        "make a folder": lambda: os.mkdir(folder / "made"),
        "make a link": lambda: os.symlink("/", folder / "link"),
        "rename a file": lambda: os.rename(kept, folder / "moved"),
        "delete a file": lambda: os.unlink(folder / "moved"),
        "read the parent's memory file": read_memory_file,
        "read the parent's memory": read_memory,
        "write the parent's memory": lambda: copied(LIBC.process_vm_writev, b"overwritten"),
        "read the parent's environment": lambda: open(f"/proc/{PARENT}/environ").read(),
        "list the parent's files": lambda: os.listdir(f"/proc/{PARENT}/fd"),
        "trace the parent": trace,
        "find the parent": lambda: os.kill(PARENT, 0),
        "find all processes": lambda: os.kill(-1, 0),
        "end the parent": lambda: os.kill(PARENT, signal.SIGTERM),
        "hold the parent": lambda: os.pidfd_open(PARENT),
        "slow the parent down": lambda: os.setpriority(PRIO_PROCESS, PARENT, 5),
        "limit the parent": lambda: resource.prlimit(PARENT, resource.RLIMIT_CORE, (0, 0)),
        "move the parent": lambda: os.sched_setaffinity(PARENT, [PROCESSOR]),
        "have the parent signalled": lambda: checked(LIBC.fcntl(0, F_SETOWN, PARENT)),
        "connect by TCP": lambda: connect(socket.AF_INET, ("127.0.0.1", port)),
        "connect to a Unix socket": lambda: connect(socket.AF_UNIX, unix),
        "make sockets": socket.socketpair,
        "make a pipe": os.pipe,
        "make a file in memory": lambda: os.memfd_create("x"),
        "share memory": share_memory,
        "fork": fork,
        "run a program": execute,
        "start a thread": thread,
        "make memory executable": executable_memory,
        "change its group": lambda: os.setpgid(0, 0),
        "change its folder": lambda: os.chdir("/"),
    }


def privileged() -> dict[str, Callable[[], object]]:
    """What only root can, and must not be able to either."""
    return {
        "be root": lambda: os.setresuid(0, 0, 0),
        "change its root folder": lambda: os.chroot("/"),
        "name the machine": lambda: checked(LIBC.sethostname(NAME, len(NAME))),
        "write to a file of root": lambda: os.close(os.open("/etc/passwd", os.O_WRONLY)),
    }


def is_possible(attack: Callable[[], object]) -> bool:
    try:
        attack()
    except (OSError, RuntimeError, AssertionError):
        return False
    return True


def not_refused(allowed: set[int]) -> list[int]:
    """Every system call by its number, with no argument; called only once one of them was refused."""
    assert not is_possible(lambda: system("getppid"))
    numbers = [number for number in range(1024) if number not in allowed | PROBES]
    if MACHINE == "x86_64":
        numbers += [number | 0x40000000 for number in range(1024)]  # the same with 32-bit pointers
    wrong = []
    for number in numbers:
        result = LIBC.syscall(*map(ctypes.c_long, (number, 0, 0, 0, 0, 0, 0)))
        if (result, ctypes.get_errno()) != (-1, 1):
            wrong.append(number)
    return wrong


def taken_over(folder: Path, go: int, protection: str, port: str, unix: str) -> None:
    """The child: protected, then turned against its parent."""
    from confined import kernel, limits  # noqa: PLC0415

    os.read(go, 1)
    tries = attacks(folder, int(port), unix) | privileged()
    if protection == "no-filter":
        kernel.Kernel.filter_system_calls = lambda self: []  # type: ignore[method-assign]
    here = kernel.machine()
    missing = [] if protection == "none" else limits.confine()
    done = [name for name, attack in tries.items() if is_possible(attack)]
    walked = not_refused(set(here.allowed.values())) if here and protection == "all" else []
    os.write(
        1, json.dumps({"missing": missing, "done": done, "walked": walked, "tried": list(tries)}).encode()
    )
    os._exit(0)


def main() -> None:
    root, user, *rest = sys.argv[1:]
    sys.path.insert(0, root)
    import confined.limits  # noqa: F401, PLC0415 - before the user changes: it may not read the folder

    if user != "same":
        os.setgroups([])
        os.setresgid(int(user), int(user), int(user))
        os.setresuid(int(user), int(user), int(user))
        LIBC.prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)  # as any process of this user is that did not change it
    signal.signal(signal.SIGTERM, lambda *_: os.write(1, b" signalled"))
    ready, go = os.pipe()
    with tempfile.TemporaryDirectory() as name:
        kept = Path(name) / "kept"
        kept.write_text("kept")
        child = os.fork()
        if not child:
            try:
                taken_over(Path(name), ready, *rest)
            finally:
                os._exit(1)
        HELD.value = SECRET
        os.write(go, b"x")
        os.waitpid(child, 0)
        whole = HELD.value == SECRET and os.listdir(name) == ["kept"] and kept.read_text() == "kept"
    print(" whole" if whole else " changed")


if __name__ == "__main__":
    main()
