#!/usr/bin/env python3
"""Compares strace's lines with those of ctrace-replay --format strace, and looks into JSON.

    structs_compare.py STRACE REPLAY JSON

The lines of calls between personality(0) and personality(1) are the same, in the same order. Exits 1
with the first differences when not.
"""

import json
import re
import sys

END = "personality(0x1"
COMMENT = re.compile(r" /\* [^*]* \*/")  # strace's: dates
# What descriptors are called, behind their numbers; descriptors.test.sh compares that.
NAME = re.compile(r"(?:(?<=\d)|(?<=AT_FDCWD))<(?:->|[^<>])*(?:<[^<>]*>)?>")
PREFIX = re.compile(r"^(?:[^ ]+: )?\[pid (\d+)\] [0-9:.]+ ")


def compared(lines):
    """The lines of the parts that are compared."""
    taken, taking = [], False
    for line in lines:
        if line.startswith("personality("):
            taking = not line.startswith(END)
        elif taking and re.match(r"^\w+\(", line):
            taken.append(COMMENT.sub("", line))
    return taken


def own_lines(lines):
    """Of the thread that called personality, without what stands before the call."""
    pid = next(PREFIX.match(line)[1] for line in lines if " personality(" in line)
    return [NAME.sub("", PREFIX.sub("", line)) for line in lines if PREFIX.match(line)[1] == pid]


def same(theirs, ours):
    """strace has the arguments of clone in another order."""
    return ours.startswith("clone(") if theirs.startswith("clone(") else theirs == ours


def arguments(line):
    return {arg["name"]: arg for arg in line["args"]}


def check_json(lines):
    calls = {}
    for line in lines:
        if line["processName"] == "structs":
            calls.setdefault(line["eventName"], []).append(arguments(line))
    wrong = []

    def expect(name, got, wanted):
        if got != wanted:
            wrong.append(f"{name}: {got!r}, not {wanted!r}")

    expect("nanosleep", calls["nanosleep"][0]["req"]["value"], {"tv_sec": 0, "tv_nsec": 1000001})
    stat = calls["fstat"][-1]["statbuf"]["value"]
    expect("st_mode", stat["st_mode"], "S_IFREG|0600")
    expect("st_size", stat["st_size"], 14)
    expect("wait4", calls["wait4"][0]["wstatus"]["value"], {"status": 768, "exit_code": 3})
    expect("fcntl", calls["fcntl"][1]["arg"], {"name": "arg", "type": "unsigned long", "value": "FD_CLOEXEC"})
    expect("write", [c["buf"]["value"] for c in calls["write"]][:1], ["hello\n"])
    expect("writev", [piece["contents"] for piece in calls["writev"][0]["iov"]["value"]],
           ["abc", "defgh"])
    expect("pipe2", all(isinstance(fd, int) for fd in calls["pipe2"][0]["pipefd"]["value"]), True)
    environment = [arg["value"] for line in lines if line["eventName"] == "sched_process_exec"
                   for arg in line["args"] if arg["name"] == "envp"]
    expect("environment", any("MARK=of-the-environment" in each for each in environment), True)
    return wrong


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        theirs = compared(file.read().splitlines())
    with open(sys.argv[2], encoding="utf-8") as file:
        ours = compared(own_lines(file.read().splitlines()))
    with open(sys.argv[3], encoding="utf-8", errors="surrogateescape") as file:
        wrong = check_json([json.loads(line) for line in file])
    if len(theirs) != len(ours):
        wrong.append(f"strace has {len(theirs)} calls, ctrace {len(ours)}")
    wrong += [f"strace: {a}\nctrace: {b}" for a, b in zip(theirs, ours) if not same(a, b)]
    print("\n".join(wrong[:20]) or f"{len(theirs)} calls are the same")
    return 1 if wrong or len(theirs) < 25 else 0


if __name__ == "__main__":
    sys.exit(main())
