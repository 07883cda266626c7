#!/usr/bin/env python3
"""Compares every field of what strace and ctrace saw of the same calls.

    strace -ff -X verbose -v -yy -xx -s 8192 -o OUT PROGRAM    in a container, while ctrace-record runs
    ctrace-replay --format json FILE > REPLAY
    conform_compare.py OUT REPLAY --container ID --data tests/live/conform

Calls and results as in strace_compare.py; beyond that each argument: its number, the words of its
flags, its text, its socket address, each member of its structure (strace_structs.py). What strace
shows of an argument and ctrace does not is listed in DATA/not_shown, what it names and ctrace leaves
a number in DATA/not_named, what strace has no way to tell in DATA/not_told, members that one of the
two shows alone in DATA/members, arguments that are different since the two look at different times
in DATA/not_compared: these must be true and complete and say why, so that they shrink when ctrace learns more
and nothing is passed over in silence. DATA/not_driven names the calls of the catalogue
that nobody makes here, and why. DATA/words holds words that the two spell differently, and values.
DATA/expected says what strace, of 2022, does not know of newer calls, in the order of the calls.
"""

import argparse
import collections
import json
import os
import re
import shlex
import sys

import strace_compare
import strace_structs
import strace_values
from strace_values import Shown

CATALOGUE = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                         "../../format/catalogue/syscalls.inc")
ROW = re.compile(r'^\{"(\w+)", (-?\d+), -?\d+, -?\d+,', re.M)
# Where strace has the arguments in another order than the kernel, or has two registers as one.
ORDERS = {
    "clone": ("flags", "child_stack", "parent_tid", "child_tid", "tls"),
    "preadv": (0, 1, 2, 3, None), "pwritev": (0, 1, 2, 3, None),
    "preadv2": (0, 1, 2, 3, None, 4), "pwritev2": (0, 1, 2, 3, None, 4),
    "futex": (0, 1, 2, 3, None, 4),  # of FUTEX_WAIT_BITSET
}
STRACE_NAMES = {"child_tidptr": "child_tid"}
STRINGS = {"const char*const*"}  # other lists are structures
NARROW = {"int", "unsigned int", "pid_t", "uid_t", "gid_t", "mode_t", "clockid_t", "key_t",
          "key_serial_t", "timer_t", "mqd_t"}


class Comparison:
    """What was compared of each (call, argument), and what was different."""

    def __init__(self, words, expected, excepted=()):
        self.words = words
        self.excepted = set(excepted)          # (call, argument) that may be different
        self.expected = {(row[0], row[1]): row[2:] for row in expected}
        self.told = set()                      # (call, argument): compared
        self.shown = set()                     # of these: by more than a number
        self.met = set()                       # (call, argument)
        self.not_shown = set()                 # strace shows what it points to
        self.not_named = set()                 # strace has a name for the number
        self.not_compared = set()              # different, and listed
        self.members_missing = set()           # "structure.member": shown by one of the two alone
        self.counts = collections.Counter()    # by what kind of value

    def argument(self, call, arg, shown):
        """None, or what is different."""
        key = (call, arg["name"])
        self.met.add(key)
        if shown is None:
            return None
        if self.expected.get(key):
            wanted = self.expected[key].pop(0)
            self.told.add(key)
            self.counts["expected"] += 1
            return None if wanted == arg["value"] else f"{arg['name']}: {arg['value']!r}, not {wanted!r}"
        kind, problem = self.value(arg, shown)
        if kind in ("not shown", "not named"):
            getattr(self, kind.replace(" ", "_")).add(key)
            return None
        if problem and key in self.excepted:
            self.not_compared.add(key)
            return None
        if problem:
            return f"{arg['name']}: {problem}: strace {shown.source!r}, ctrace {arg['value']!r}"
        self.told.add(key)
        if kind != "number":
            self.shown.add(key)
        self.counts[kind] += 1
        return None

    def value(self, arg, shown):
        """(kind, problem)"""
        value, state = arg["value"], arg.get("state")
        if isinstance(value, (dict, list)) and arg["type"] not in STRINGS:
            return self.structure(arg, shown)
        if re.match(r"[\[{]", shown.source) and not (isinstance(value, str) and value.startswith(("0x", "{"))):
            return self.structure(arg, shown)  # of one number: [16]
        if isinstance(value, list):
            return "strings", self.strings(value, shown)
        if value is None:
            return "number", None if shown.number == 0 else "NULL"
        if isinstance(value, int) or re.fullmatch("0|[1-9][0-9]*", value):
            return self.number(arg, int(value), shown)
        if arg["type"] == "struct sockaddr*" and value.startswith("{"):
            wanted = strace_values.strace_sockaddr(shown)
            got = strace_values.ctrace_sockaddr(value)
            return "address", None if wanted == got else f"{wanted} is not {got}"
        is_text = arg["type"] in strace_compare.PATH_TYPES or shown.text is not None
        if is_text and state in (None, "cut"):
            return self.text(value, state, shown)
        if re.fullmatch(r"0x[0-9a-f]+", value):
            return self.number(arg, int(value, 16), shown)
        return "words", self.flags(arg, value, shown)

    def structure(self, arg, shown):
        """(kind, problem), all its members compared."""
        name = re.sub(r"^const |\*$|^(struct|union) ", "", arg["type"].removeprefix("const "))
        walk = strace_structs.Walk(self.leaf, self.address)
        walk.walk(name, arg["value"], strace_structs.parse(shown.source), arg.get("state") == "cut")
        self.members_missing |= walk.missing
        self.counts["member"] += walk.compared
        self.counts["beyond strace"] += walk.beyond
        return "structure", "; ".join(walk.problems) or None

    def leaf(self, value, shown):
        """None, or what is different, of a member."""
        if value is None:
            return None if shown.number == 0 else "NULL"
        if isinstance(value, int) or re.fullmatch("0x[0-9a-f]+|0|-?[1-9][0-9]*", value):
            value = int(value) if isinstance(value, int) else int(value, 0)
            if shown.number is None:
                return "no number"
            is_narrow = -0x80000000 <= value < 0 <= shown.number < 1 << 32
            mask = 0xffffffff if is_narrow else 0xffffffffffffffff
            return "another number" if (value ^ shown.number) & mask else None
        if shown.text is not None:
            return None if value.encode("utf-8", "surrogateescape") == shown.text else "another text"
        if shown.words == {value.removeprefix("SIG")}:  # strace's sets of signals have no SIG
            return None
        return self.flags({"type": "long"}, value, shown)

    @staticmethod
    def address(value, source):
        wanted = strace_values.strace_sockaddr(Shown(source))
        got = strace_values.ctrace_sockaddr(value)
        return None if wanted == got else f"{wanted} is not {got}"

    def number(self, arg, value, shown):
        if shown.number is None:
            return "not shown", None
        mask = 0xffffffff if arg["type"] in NARROW else 0xffffffffffffffff
        if (value ^ shown.number) & mask != 0:
            return "number", "another number"
        return "not named" if shown.words else "number", None

    def text(self, value, state, shown):
        raw = value.encode("utf-8", "surrogateescape")
        if re.fullmatch("0x[0-9a-f]+", value):  # no name here looks like an address
            same = shown.number is None or int(value, 16) == shown.number
            return "not shown" if shown.number is None else "number", None if same else "address"
        if shown.text is None:
            return "text", "strace has no text"
        if state == "cut":
            return "text", None if shown.text.startswith(raw) else "not its beginning"
        return "text", None if raw == shown.text else "another text"

    def strings(self, value, shown):
        got = [text.encode("utf-8", "surrogateescape") for text in value]
        return None if got == shown.texts() else "other strings"

    def flags(self, arg, value, shown):
        words, rest = self.words.split(value)
        if words is None:
            return "not understood"
        if shown.words is not None:
            if rest == shown.rest and self.words.respelled(shown.words) == self.words.respelled(words):
                self.words.learn(words, shown.number & ~shown.rest)
                return None
            known = self.words.respelled(shown.words)
            if known < words and self.words.number(words - known) == shown.rest & ~rest:
                return None  # words that strace has no names for
        number = self.words.number(words)
        if number is None:
            return "other words"
        if shown.number is None:
            return "no number"
        mask = 0xffffffff if arg["type"] in NARROW else 0xffffffffffffffff
        if (number | rest) & mask != shown.number & mask:
            return "other words"
        known = self.words.respelled(shown.words or ())
        return None if known <= self.words.respelled(words) else "other words"


class FullCall(strace_compare.Call):
    """With all its arguments: strace's as Shown by position, ctrace's as in JSON."""

    def __init__(self, call, args):
        super().__init__(call.name, call.result, call.paths)
        self.args = args


class FullThread(strace_compare.Thread):
    def __init__(self, tid, strace, ctrace, is_first, comparison):
        super().__init__(tid, strace, ctrace, is_first)
        self.comparison = comparison
        self.problems = []

    def differs(self, wanted, got):
        if wanted.name != got.name:
            return "another call"
        if wanted.result is not None and wanted.result != got.result:
            return "another result"
        order = ORDERS.get(got.name)
        if got.name == "futex" and "_BITSET" not in wanted.args[1].source:
            order = None
        for i, arg in enumerate(got.args):
            place = order[i] if order else i
            problem = self.comparison.argument(got.name, arg, wanted.args.get(place))
            if problem:
                self.problems.append(f"{got.name}: {problem}")
        return None


def strace_call(line, names):
    call = strace_compare.strace_call(line)
    if call is None:
        return None
    number = re.fullmatch(r"syscall_(0x[0-9a-f]+)", call.name)
    if number:
        number = int(number[1], 16)
        call.name = names.get(number, f"syscall_{number - (number >> 63 << 64)}")
    match = strace_compare.CALL.match(line)
    args = {}
    for i, text in enumerate(strace_compare.split_args(match["args"]) if match else []):
        label = re.match(r"^([a-z_]+)=(?!>)", text)
        if label:
            args[STRACE_NAMES.get(label[1], label[1])] = Shown(text[label.end():])
        args[i] = Shown(text[label.end():] if label else text)
    return FullCall(call, args)


def read_strace(prefix, names):
    threads = {}
    folder, base = os.path.split(prefix)
    for file in os.listdir(folder):
        if not file.startswith(base + "."):
            continue
        with open(os.path.join(folder, file), encoding="utf-8") as lines:
            calls = [strace_call(line.rstrip("\n"), names) for line in lines]
        threads[int(file.rsplit(".", 1)[1])] = [call for call in calls if call]
    return threads


def read_ctrace(file, container):
    threads = collections.defaultdict(list)
    with open(file, encoding="utf-8") as lines:
        for line in lines:
            event = json.loads(line)
            if (event["container"] or {}).get("id") != container:
                continue
            if event["eventName"] == "syscall_invalid":
                number = event["args"].pop(0)["value"]
                event["eventName"], event["eventId"] = f"syscall_{number}", "0"
            if strace_compare.is_system_call(event):
                threads[event["threadId"]].append(
                    FullCall(strace_compare.ctrace_call(event), event["args"]))
    return threads


def read_list(folder, name):
    """Lines of words; what follows a # is a remark."""
    with open(os.path.join(folder, name), encoding="utf-8") as lines:
        return [words for words in (shlex.split(line, comments=True) for line in lines) if words]


def pairs(rows):
    """CALL ARGUMENT..."""
    return [(row[0], argument) for row in rows for argument in row[1:]]


def compare_list(what, listed, found, possible=None):
    """possible: what may be wrongly listed; else all that is not found. (A kernel without a call
    gives strace nothing to show.)"""
    listed, found = set(listed), set(found)
    wrong = listed - found if possible is None else (listed - found) & possible
    return ([f"{what}: {' '.join(row)} is not listed" for row in sorted(found - listed)]
            + [f"{what}: {' '.join(row)} is listed and not so" for row in sorted(wrong)])


def compare_members(rows, found):
    listed = {f"{row[0]}.{member}" for row in rows for member in row[1:]}
    rests = {name.removesuffix("*") for name in listed if name.endswith("*")}
    named = {name.rsplit(".", 1)[0] + ".*" if name.rsplit(".", 1)[0] + "." in rests else name for name in found}
    return compare_list("members", [(name,) for name in listed], [(name,) for name in named])


REASONED = ("members", "not_compared", "not_driven", "not_named", "not_shown", "not_told")


def without_reason(folder):
    """A problem for each line of those lists that does not say why."""
    for name in REASONED:
        with open(os.path.join(folder, name), encoding="utf-8") as lines:
            yield from (f"{name}: '{line.strip()}' does not say why" for line in lines
                        if line.strip() and not line.startswith("#") and not line.partition("#")[2].strip())


def compare(options):
    with open(CATALOGUE, encoding="utf-8") as file:
        rows = {int(number): name for name, number in ROW.findall(file.read()) if int(number) >= 0}
    strace = read_strace(options.strace, rows)
    ctrace = read_ctrace(options.replay, options.container)
    comparison = Comparison(strace_values.Words(read_list(options.data, "words")),
                            read_list(options.data, "expected"),
                            pairs(read_list(options.data, "not_compared")))
    problems, calls, driven = [], 0, set()
    for tid in sorted(strace):
        thread = FullThread(tid, strace[tid], ctrace.get(tid, []), tid == min(strace), comparison)
        problems += thread.compare() + thread.problems
        calls += thread.calls
        driven |= {call.name for call in strace[tid]}
    not_driven = [(name,) for name in rows.values() if name not in driven]
    problems += compare_list("not driven",
                             [tuple(row[:1]) for row in read_list(options.data, "not_driven")],
                             not_driven)
    problems += compare_list("not shown", pairs(read_list(options.data, "not_shown")),
                             comparison.not_shown, comparison.shown)
    problems += compare_list("not named", pairs(read_list(options.data, "not_named")),
                             comparison.not_named, comparison.shown)
    problems += compare_list("not compared", pairs(read_list(options.data, "not_compared")),
                             comparison.not_compared, comparison.shown)
    problems += [f"{call} {name}: {values} was expected and not met"
                 for (call, name), values in comparison.expected.items() if values]
    problems += compare_list("not told", pairs(read_list(options.data, "not_told")),
                             comparison.met - comparison.told - comparison.not_shown
                             - comparison.not_named - comparison.not_compared)
    problems += compare_members(read_list(options.data, "members"), comparison.members_missing)
    problems += without_reason(options.data)
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(comparison.counts.items()))
    summary = (f"{len(driven & set(rows.values()))} of {len(rows)} calls of the catalogue, "
               f"{calls} calls made, fields compared: {kinds}")
    return problems, summary


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("strace", help="strace's -o")
    parser.add_argument("replay", help="ctrace-replay --format json")
    parser.add_argument("--container", required=True, help="id")
    parser.add_argument("--data", required=True, help="folder of the lists")
    problems, summary = compare(parser.parse_args())
    for line in problems:
        print(line)
    print(summary)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
