#!/usr/bin/env python3
"""Uses every name of NAMES in all places where a program can put one: paths, its own name, arguments
of a program, sockets, extended attributes, memory files. odd_names_check.py imports the names."""

import ctypes
import os
import socket

FOLDER = b"/tmp/odd/"
NAMES = [
    b"plain", b"esc\x1b[2J\x1b[31m\x07", b"two\nlines\r\ttab", b"\xff\xfe\x80", b"\x7f\x01\x9b2J",
    "h\u00f6flich \u2192 \u4e2d\U0001f600".encode(), "\u202e\u200bturned\u2069\ufeff".encode(),
    "\u009b31m\u00ad".encode(), b"quote\"'`$(x)", b"back\\slash\\n\\x41\\", b"0x1234", b"NULL",
    b"dots...", b"a, flags: O_RDONLY", b"0xdead (unreadable)", b" around ", b"[x y] z",
    b"'sun_path': '", b"\xed\xa0\x80\xed\xb2\x80", b"\xf4\x90\x80\x80\xc0\xaf", b"@at", b"",
    b"x" * 90,
]
LONGEST = b"/" + b"l" * 4094  # PATH_MAX with its end
TOO_LONG = b"/" + b"l" * 5000
UNREADABLE = 0xdead0000beef
LONG_ARGUMENT = b"\x1b\xff" * 10000
PR_SET_NAME = 15
OPENAT = 257

libc = ctypes.CDLL(None, use_errno=True)


def open_path(path):
    try:
        os.close(os.open(path, os.O_RDONLY))
    except OSError:
        pass


def set_xattr(name):
    try:
        os.setxattr(FOLDER, b"user." + name, b"v")
    except OSError:
        pass


def run_true(argument):
    os.waitpid(os.posix_spawn("/bin/true", [b"true", argument], {}), 0)


def connect(address):
    with socket.socket(socket.AF_UNIX) as connected:
        try:
            connected.connect(address)
        except OSError:
            pass


def use(name):
    open_path(FOLDER + name)
    open_path(name)
    libc.prctl(PR_SET_NAME, name)
    os.getppid()
    run_true(name)
    connect(FOLDER + name)
    connect(b"\0" + name + b"\0odd")
    set_xattr(name)
    os.close(os.memfd_create(os.fsdecode(name)))


def main():
    os.mkdir(FOLDER)
    for name in NAMES:
        use(name)
    libc.prctl(PR_SET_NAME, b"odd_names.py")
    open_path(LONGEST)
    open_path(TOO_LONG)
    for pointer in (UNREADABLE, 0):
        libc.syscall(OPENAT, -100, ctypes.c_void_p(pointer), 0)
    run_true(LONG_ARGUMENT)


if __name__ == "__main__":
    main()
