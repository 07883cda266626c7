#!/usr/bin/env python3
"""Compares what strace saw of a program with what ctrace recorded of it at the same time.

    strace -ff -X raw -xx -s 8192 -o OUT PROGRAM        in a container, while ctrace-record runs
    ctrace-replay --format json FILE > REPLAY
    strace_compare.py OUT REPLAY --container ID --least-calls 100 --least-paths 10

For every thread that strace followed (OUT.TID): the same calls in the same order, with the same
results and the same path arguments, byte for byte. Exits 0 when they are the same, 1 with a line
for each difference when not. Where the two differ by nature, Thread.compare() says why.
"""

import argparse
import collections
import errno
import glob
import json
import re
import sys

# What the kernel returns inside for a call that a signal interrupts; user space never sees it.
RESTARTS = {"ERESTARTSYS": -512, "ERESTARTNOINTR": -513, "ERESTARTNOHAND": -514,
            "ERESTART_RESTARTBLOCK": -516}
NEVER_RETURN = ("exit", "exit_group")
FORKS = ("clone", "clone3", "fork", "vfork")
PATH_TYPES = ("const char*", "char*")
UNKNOWN = "???"
SHOWN_DIFFERENCES = 10

# Strings are all \xHH (-xx), so the last `) = ` is the one before the result.
CALL = re.compile(r"^(?P<name>\w+)\((?P<args>.*)\)\s+= (?P<value>\S+)(?P<rest>.*)$")
STRING = re.compile(r'^"((?:\\x[0-9a-f]{2})*)"$')
ERRNO = re.compile(r"^ (E\w+)|^ \(errno (\d+)\)")


class Call:
    """One system call: its result (None: it has none) and its path arguments by position."""

    def __init__(self, name, result, paths):
        self.name = name
        self.result = result
        self.paths = paths

    def __str__(self):
        paths = ", ".join(f"{i}: {path!r}" for i, path in sorted(self.paths.items()))
        return f"{self.name}({paths}) = {'?' if self.result is None else self.result}"


def split_args(text):
    """The arguments of a call as strace wrote them: cut at the commas outside of brackets."""
    args, depth, start, quoted = [], 0, 0, False
    for i, char in enumerate(text):
        if char == '"':
            quoted = not quoted
        elif not quoted and char in "([{":
            depth += 1
        elif not quoted and char in ")]}":
            depth -= 1
        elif not quoted and char == "," and depth == 0:
            args.append(text[start:i].strip())
            start = i + 1
    return args + [text[start:].strip()]


def strace_result(value, rest):
    named = ERRNO.match(rest)
    value = value.split("<")[0]  # -y says what a descriptor is
    if value == "?":
        return RESTARTS.get(named[1]) if named else None
    if value == "-1" and named:
        return -(getattr(errno, named[1]) if named[1] else int(named[2]))
    if value.startswith("0x"):
        number = int(value, 16)
        return number - (1 << 64) if number >> 63 else number
    # umask's result is written as 022.
    return int(value, 8) if re.fullmatch(r"0[0-7]+", value) else int(value)


def strace_call(line):
    """None for the lines that are no calls: signals, ends."""
    match = CALL.match(line)
    if not match:
        if line.startswith(("--- ", "+++ ")):
            return None
        # A thread that was killed inside of a call may have a line without an end.
        name = re.match(r"^(\w+)\(", line)
        if name and "unfinished" in line:
            return Call(name[1], None, {})
        # A thread that was gone when strace asked it for its call.
        if line.startswith(UNKNOWN + "("):
            return Call(UNKNOWN, None, {})
        raise ValueError(f"not understood: {line!r}")
    paths = {}
    for i, arg in enumerate(split_args(match["args"])):
        string = STRING.match(arg)
        if string:
            paths[i] = bytes.fromhex(string[1].replace("\\x", ""))
    return Call(match["name"], strace_result(match["value"], match["rest"]), paths)


def read_strace(prefix):
    threads = {}
    for file in glob.glob(glob.escape(prefix) + ".*"):
        with open(file, encoding="utf-8") as lines:
            calls = [strace_call(line.rstrip("\n")) for line in lines]
        threads[int(file.rsplit(".", 1)[1])] = [call for call in calls if call]
    return threads


def is_system_call(event):
    number = int(event["eventId"])
    return number < 1000 or number >= 2000


def ctrace_call(event):
    paths = {i: arg["value"].encode("utf-8", "surrogateescape")
             for i, arg in enumerate(event["args"])
             if arg["type"] in PATH_TYPES and isinstance(arg["value"], str)}
    return Call(event["eventName"], event["returnValue"], paths)


def read_ctrace(file, container):
    threads = collections.defaultdict(list)
    with open(file, encoding="utf-8") as lines:
        for line in lines:
            event = json.loads(line)
            if event["eventName"] == "lost":
                raise ValueError(f"events were lost: {line.strip()}")
            if is_system_call(event) and (event["container"] or {}).get("id") == container:
                threads[event["threadId"]].append(ctrace_call(event))
    return threads


class Thread:
    """What both saw of one thread, and how it compares."""

    def __init__(self, tid, strace, ctrace, is_first):
        self.tid = tid
        self.strace = strace
        self.ctrace = ctrace
        self.is_first = is_first
        self.calls = self.paths = 0

    def begin(self):
        """Where the recording of this thread begins to be comparable."""
        first = self.strace[0] if self.strace else None
        if self.is_first:
            # The program's process is a child of strace's that prepares to be traced (ptrace,
            # kill, …) before the execve that strace reports first. All before it is strace's.
            for i, call in enumerate(self.ctrace):
                if call.name == "execve" and call.result == 0 and call.paths.get(0) == first.paths.get(0):
                    return i
            return 0
        # A new thread leaves the kernel by the exit path of the clone that made it, with the
        # result 0. strace shows the call once, in the thread that made it.
        call = self.ctrace[0] if self.ctrace else None
        return 1 if call and call.name in FORKS and call.result == 0 else 0

    def compare(self):
        """Lines that tell the differences."""
        at = self.begin()
        for wanted in self.strace:
            got = self.ctrace[at] if at < len(self.ctrace) else None
            # Some call, which may have come to an end that was recorded.
            if wanted.name == UNKNOWN and wanted is self.strace[-1]:
                at += got is not None
                continue
            cut_off = wanted.result is None and wanted.name not in NEVER_RETURN
            if cut_off and (got is None or got.name != wanted.name):
                # The process was killed inside of this call. strace saw it begin; when it was
                # killed before it began to be executed, it has no end that could be recorded.
                continue
            if got is None:
                return [f"thread {self.tid}: {wanted} is missing at its end"]
            # Nor can strace know how the last call of a thread ended that was gone when it asked.
            if wanted is self.strace[-1] and wanted.result is not None and wanted.result < -4095:
                wanted.result = got.result
            different = self.differs(wanted, got)
            if different:
                return [f"thread {self.tid}, call {at}: {different}: strace {wanted}, ctrace {got}"]
            self.calls += 1
            at += 1
        rest = self.ctrace[at:]
        # A thread that is killed while strace holds it at the beginning of a call never makes the
        # call and strace does not report it; the kernel ends it with ENOSYS.
        if len(rest) == 1 and rest[0].result == -errno.ENOSYS:
            rest = []
        if rest:
            return [f"thread {self.tid}: strace has not seen {rest[0]}"]
        return []

    def differs(self, wanted, got):
        if wanted.name != got.name:
            return "another call"
        # exit and exit_group do not return, and a call that the process died in has a result
        # that nobody has seen: strace writes both as `?`.
        if wanted.result is not None and wanted.result != got.result:
            return "another result"
        for i, path in got.paths.items():
            # A path that strace shows as an address could not be read, or was not written.
            if i in wanted.paths:
                if wanted.paths[i] != path:
                    return "another path"
                self.paths += 1
        return None


def compare(strace, ctrace):
    """(differences, threads, calls, paths)"""
    differences, calls, paths = [], 0, 0
    # Threads that strace did not follow are strace's own: it runs in the same container.
    for tid in sorted(strace):
        thread = Thread(tid, strace[tid], ctrace.get(tid, []), tid == min(strace))
        differences += thread.compare()
        calls += thread.calls
        paths += thread.paths
    return differences, len(strace), calls, paths


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("strace", help="strace's -o")
    parser.add_argument("replay", help="ctrace-replay --format json")
    parser.add_argument("--container", required=True, help="id")
    parser.add_argument("--least-calls", type=int, default=1)
    parser.add_argument("--least-paths", type=int, default=0)
    options = parser.parse_args()
    try:
        differences, threads, calls, paths = compare(
            read_strace(options.strace), read_ctrace(options.replay, options.container))
    except ValueError as error:
        differences, threads, calls, paths = [str(error)], 0, 0, 0
    if not differences and calls < options.least_calls:
        differences.append(f"{calls} calls were compared, {options.least_calls} were expected")
    if not differences and paths < options.least_paths:
        differences.append(f"{paths} paths were compared, {options.least_paths} were expected")
    for line in differences[:SHOWN_DIFFERENCES]:
        print(line)
    if not differences:
        print(f"{threads} threads, {calls} calls, {paths} paths: the same")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
