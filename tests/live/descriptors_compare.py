#!/usr/bin/env python3
"""Compares what strace says of descriptors with what ctrace recorded of the same program.

    strace -ff -yy -o OUT PROGRAM        while ctrace-record runs
    ctrace-replay --format json FILE > REPLAY
    descriptors_compare.py OUT REPLAY --least 100

For every thread that strace followed (OUT.TID): the same calls in the same order, and in each the same
names of its descriptors. Exits 0 when they are the same, 1 with a line for each difference.

Where the two differ by nature:
- strace looks when a call begins, ctrace when it ends: sockets that bind, connect and (where that gives
  them a port) send change in between, and a rename or chdir changes what is named (CHANGES).
- strace knows the numbers of devices too ("<char 1:3>"), and writes deleted files another way.
"""

import argparse
import glob
import json
import re
import sys

CHANGES = ("bind", "connect", "chdir", "fchdir", "execve")
CALL = re.compile(r"^(?P<name>\w+)\((?P<args>.*)\)\s+= (?P<result>.*)$")
BEGIN = re.compile(r"(?:(?<=[( ,])|^)(?:\d+|AT_FDCWD)<")
DEVICE = re.compile(r"<(?:char|block) \d+:\d+>$")
ESCAPE = re.compile(r"\\(x[0-9a-f]{2}|[0-7]{1,3}|.)")
LETTERS = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v"}


def unescape(text):
    def character(match):
        code = match[1]
        if code[0] == "x":
            return chr(int(code[1:], 16))
        return chr(int(code, 8)) if code[0] in "01234567" else LETTERS.get(code, code)
    return ESCAPE.sub(character, text)


def end_of_name(text, start):
    """Of a name whose `<` is before `start`: where its `>` is. Devices stand in it in < and > too."""
    depth, at, quoted = 1, start, False
    while at < len(text):
        char = text[at]
        if char == "\\":
            at += 1
        elif char == '"':
            quoted = not quoted
        elif not quoted and char == "<":
            depth += 1
        elif not quoted and char == ">" and text[at - 1] != "-":
            depth -= 1
            if depth == 0:
                return at
        at += 1
    raise ValueError(f"no end: {text}")


def names_in(text):
    """The names of descriptors in `text` that stand in no string and in no structure."""
    names, depth, at = [], 0, 0
    while at < len(text):
        begin = BEGIN.match(text, at)
        if begin and (at == 0 or text[at - 1] in "( ,"):
            end = end_of_name(text, begin.end())
            name = DEVICE.sub("", text[begin.end():end])
            at = end + 1
            if text.startswith("(deleted)", at):
                name, at = name + " (deleted)", at + len("(deleted)")
            if depth == 0:
                names.append(unescape(name))
            continue
        if text[at] == '"':
            at = re.compile(r'"(?:[^"\\]|\\.)*"').match(text, at).end()
            continue
        depth += text[at] in "[{"
        depth -= text[at] in "]}"
        at += 1
    return names


def strace_calls(path):
    calls = []
    with open(path, encoding="utf-8", errors="surrogateescape") as lines:
        for line in lines:
            match = CALL.match(line.rstrip("\n"))
            if match:
                calls.append((match["name"], names_in(match["args"]) + names_in(match["result"])))
    return calls


def replay_calls(path):
    threads = {}
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            event = json.loads(line)
            names = [arg["file"] for arg in event["args"] if "file" in arg]
            if "returnedFile" in event:
                names.append(event["returnedFile"])
            threads.setdefault(event["hostThreadId"], []).append((event["eventName"], names))
    return threads


def compare(wanted, got):
    """The differences, as lines, and how many names were compared."""
    calls = {name for name, _ in wanted}
    got = [call for call in got if call[0] in calls]
    # strace shows its tracee from the execve on that it makes of it.
    while got and got[0] != wanted[0] and len(got) > len(wanted):
        got.pop(0)
    differences, compared = [], 0
    for i, (name, names) in enumerate(wanted):
        if i >= len(got) or got[i][0] != name:
            return differences + [f"call {i}: {name}, not {got[i][0] if i < len(got) else 'none'}"], compared
        if name in CHANGES:
            continue
        compared += len(names)
        if names != got[i][1]:
            differences.append(f"call {i}: {name}: {names} by strace, {got[i][1]}")
    return differences, compared


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("strace")
    parser.add_argument("replay")
    parser.add_argument("--least", type=int, default=1)
    arguments = parser.parse_args()
    threads, compared, failed = replay_calls(arguments.replay), 0, False
    for path in sorted(glob.glob(glob.escape(arguments.strace) + ".*")):
        tid = int(path.rpartition(".")[2])
        differences, count = compare(strace_calls(path), threads.get(tid, []))
        compared += count
        for line in differences[:10]:
            print(f"{tid}: {line}")
            failed = True
    if compared < arguments.least:
        print(f"only {compared} names")
        failed = True
    if not failed:
        print(f"{compared} names of descriptors are the same")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
