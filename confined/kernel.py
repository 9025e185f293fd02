"""Drop the child's privileges on Linux, so that a file that compromises it gains nothing (S7).

    system call filter      only the system calls that reading needs (seccomp, an allow-list)
    file and signal rules   no file, TCP port, signal or trace beyond the child itself (Landlock)
    own user                if the parent runs as root, the child becomes user 65534, without any capability

None needs a privilege or a container, and each lasts until the process ends. The filter is the strongest: it
minimizes the attack surface of the kernel. The others protect on kernels and processors without it. A refused
call fails with EPERM, so that a library that looks for a file continues without it.
"""

import ctypes
import os
import struct
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import NamedTuple

SYSTEM_CALLS = "system call filter (seccomp)"
FILES = "file and signal rules (Landlock)"
OWN_USER = "own user without privileges"

UNPRIVILEGED = 65534
_PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 4, 38
_CAPABILITIES_VERSION = 0x20080522
_LANDLOCK_CREATE, _LANDLOCK_RESTRICT = 444, 446
"""The numbers are the same on all processors."""


class Machine(NamedTuple):
    """System call numbers of a processor. Sources: asm/unistd_64.h, asm-generic/unistd.h, linux/audit.h."""

    audit: int
    seccomp: int
    with_protection: tuple[int, ...]
    """mmap and mprotect: allowed, but not to make memory executable."""
    allowed: Mapping[str, int]


MACHINES = {
    "x86_64": Machine(
        audit=0xC000003E,
        seccomp=317,
        with_protection=(9, 10),
        allowed={
            "read": 0,
            "write": 1,
            "close": 3,
            "fstat": 5,
            "lseek": 8,
            "mmap": 9,
            "mprotect": 10,
            "munmap": 11,
            "brk": 12,
            "rt_sigaction": 13,
            "rt_sigprocmask": 14,
            "rt_sigreturn": 15,
            "sched_yield": 24,
            "mremap": 25,
            "madvise": 28,
            "getpid": 39,
            "exit": 60,
            "gettimeofday": 96,
            "getrusage": 98,
            "sigaltstack": 131,
            "gettid": 186,
            "futex": 202,
            "restart_syscall": 219,
            "clock_gettime": 228,
            "clock_getres": 229,
            "exit_group": 231,
            "getrandom": 318,
        },
    ),
    "aarch64": Machine(
        audit=0xC00000B7,
        seccomp=277,
        with_protection=(222, 226),
        allowed={
            "close": 57,
            "lseek": 62,
            "read": 63,
            "write": 64,
            "fstat": 80,
            "exit": 93,
            "exit_group": 94,
            "futex": 98,
            "clock_gettime": 113,
            "clock_getres": 114,
            "sched_yield": 124,
            "restart_syscall": 128,
            "sigaltstack": 132,
            "rt_sigaction": 134,
            "rt_sigprocmask": 135,
            "rt_sigreturn": 139,
            "getrusage": 165,
            "gettimeofday": 169,
            "getpid": 172,
            "gettid": 178,
            "brk": 214,
            "munmap": 215,
            "mremap": 216,
            "mmap": 222,
            "mprotect": 226,
            "madvise": 233,
            "getrandom": 278,
        },
    ),
}
"""The calls needed after all imports: memory, time, the three open streams, exit."""


def machine() -> Machine | None:
    """The processor that this Python was built for; None if the filter does not support it."""
    return MACHINES.get(os.uname().machine) if sys.maxsize > 2**32 else None


class Kernel:
    """Linux system calls. Created before the limits are set, as it loads the C library."""

    def __init__(self) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._machine = machine()

    def give_up_privileges(self) -> list[str]:
        """Drop access to files and signals, and the user, permanently. Returns the missing protections."""
        self._libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        missing = [] if self._landlock() else [FILES]
        if not self._become_unprivileged():
            missing.append(OWN_USER)
        self._libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)  # other processes of this user must not read the file
        return missing

    def filter_system_calls(self) -> list[str]:
        """Allow only the listed system calls from here on. Called last, as no limit can be set after it."""
        here = self._machine
        if here is None:
            return [SYSTEM_CALLS]
        code = _filter(here)
        program = _Program(len(code) // 8, code)
        set_filter, all_threads = 1, 1
        done = self._call(here.seccomp, set_filter, all_threads, ctypes.addressof(program))
        return [] if done == 0 else [SYSTEM_CALLS]

    def _landlock(self) -> bool:
        """Restrict everything that this kernel's Landlock can handle, and allow nothing of it."""
        version = self._call(_LANDLOCK_CREATE, 0, 0, 1)
        if version < 1:
            return False
        files = {1: 0x1FFF, 2: 0x3FFF, 3: 0x7FFF, 4: 0x7FFF}.get(version, 0xFFFF)
        rules = struct.pack("QQQ", files, 0b11 if version >= 4 else 0, 0b11 if version >= 6 else 0)
        kept = ctypes.create_string_buffer(rules, len(rules))
        descriptor = self._call(_LANDLOCK_CREATE, ctypes.addressof(kept), len(rules), 0)
        if descriptor < 0:
            return False
        try:
            return self._call(_LANDLOCK_RESTRICT, descriptor, 0, 0) == 0
        finally:
            os.close(descriptor)

    def _become_unprivileged(self) -> bool:
        """Change from root to an unprivileged user; drop the capabilities of any user, as in a container."""
        if os.geteuid() == 0:
            steps: tuple[Callable[[], None], ...] = (
                lambda: os.setgroups([]),
                lambda: os.setresgid(UNPRIVILEGED, UNPRIVILEGED, UNPRIVILEGED),
                lambda: os.setresuid(UNPRIVILEGED, UNPRIVILEGED, UNPRIVILEGED),
            )
            for step in steps:  # a container's root may lack the capability for one of them
                with suppress(OSError):
                    step()
        header = ctypes.create_string_buffer(struct.pack("Ii", _CAPABILITIES_VERSION, 0))
        none = ctypes.create_string_buffer(struct.pack("6I", *[0] * 6))
        return self._libc.capset(header, none) == 0 and os.geteuid() != 0

    def _call(self, number: int, *arguments: int) -> int:
        return int(self._libc.syscall(*map(ctypes.c_long, (number, *arguments))))


class _Program(ctypes.Structure):
    """`struct sock_fprog`: the number of instructions, and a pointer to them."""

    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_char_p))


_LOAD, _IF_EQUAL, _IF_ANY_BIT, _RETURN = 0x20, 0x15, 0x45, 0x06
_NUMBER_AT, _AUDIT_AT, _THIRD_ARGUMENT_AT = 0, 4, 32
"""Offsets in `struct seccomp_data`; of the argument the lower half, first on little-endian machines."""
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050000 | 1, 0x80000000
"""A refused call fails with EPERM. A call with another processor's numbers kills the process."""
_EXECUTABLE = 4


def _filter(here: Machine) -> bytes:
    """The BPF program that the kernel runs at each system call."""

    def instruction(code: int, value: int, then: int = 0, otherwise: int = 0) -> bytes:
        return struct.pack("HBBI", code, then, otherwise, value)

    code = [
        instruction(_LOAD, _AUDIT_AT),
        instruction(_IF_EQUAL, here.audit, 1, 0),
        instruction(_RETURN, _KILL),
        instruction(_LOAD, _NUMBER_AT),
    ]
    for number in here.allowed.values():
        if number in here.with_protection:
            code += [
                instruction(_IF_EQUAL, number, 0, 4),
                instruction(_LOAD, _THIRD_ARGUMENT_AT),
                instruction(_IF_ANY_BIT, _EXECUTABLE, 1, 0),
                instruction(_RETURN, _ALLOW),
                instruction(_RETURN, _REFUSE),
            ]
        else:
            code += [instruction(_IF_EQUAL, number, 0, 1), instruction(_RETURN, _ALLOW)]
    return b"".join([*code, instruction(_RETURN, _REFUSE)])
