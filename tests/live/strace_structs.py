"""Structures as strace -X verbose -v -xx writes them, and as ctrace's JSON does, member by member."""

import re
import signal

import strace_compare
from strace_values import Shown

REMARK = re.compile(r"(?<=[}\]]) /\* [^*]* \*/$")  # behind a whole structure: a date
ELEMENT = re.compile(r"-?\w+(?:<.*?>(?=\s|$))?(?: /\* .*? \*/)?")
STATUS = re.compile(r"WIFEXITED\(s\) && WEXITSTATUS\(s\) == (?P<code>\d+)"
                    r"|WIFSIGNALED\(s\) && WTERMSIG\(s\) == (?P<signal>\w+)(?P<core> && WCOREDUMP\(s\))?"
                    r"|WIFSTOPPED\(s\) && WSTOPSIG\(s\) == (?P<stop>\w+)"
                    r"|(?P<continued>WIFCONTINUED\(s\))")


class Members(dict):
    """Of a structure; source: as strace has it."""

    def __init__(self, members, source):
        super().__init__(members)
        self.source = source


def after(text):
    """Of `before => after`, which stands for a whole value, what was after the call."""
    depth, start = 0, 0
    for at, char in enumerate(text):
        depth += (char in "[{(") - (char in "]})")
        if depth == 0 and text[at:at + 4] == " => ":
            start = at + 4
    return text[start:]


def parse(text):
    """Members, a list, or the text of a value."""
    text = REMARK.sub("", after(text))
    if text.startswith("{") and text.endswith("}"):
        parts = [re.match(r"(\w+)=(.*)$", part, re.S) for part in strace_compare.split_args(text[1:-1])]
        return Members({part[1]: parse(part[2]) for part in parts}, text) if all(parts) else text
    if text.startswith("[") and text.endswith("]"):
        inner = text[1:-1]
        parts = strace_compare.split_args(after(inner)) if inner else []
        if len(parts) == 1 and not inner.startswith(("{", "[", '"')):
            parts = ELEMENT.findall(parts[0])  # a set has blanks alone between its elements
        return [parse(part) for part in parts]
    return text


def wait_status(text):
    """The number whose parts strace tells."""
    found = STATUS.search(text)
    if not found:
        return None
    if found["code"]:
        return int(found["code"]) << 8
    if found["signal"]:
        return signal.Signals[found["signal"]] | (0x80 if found["core"] else 0)
    return signal.Signals[found["stop"]] << 8 | 0x7f if found["stop"] else 0xffff


def is_nothing(value):
    """What strace may leave out."""
    if isinstance(value, dict):
        return all(map(is_nothing, value.values()))
    return value in (None, 0, "0", "0x0", "NULL", []) or value == ""


class Walk:
    """Goes through both. `leaf(value, shown)` compares what has no parts: (kind, problem) as of
    conform_compare.Comparison.value. Members are told by (structure, member)."""

    def __init__(self, leaf, address):
        self.leaf, self.address = leaf, address
        self.problems = []
        self.compared = 0
        self.beyond = 0        # ctrace shows more than strace
        self.missing = set()   # "structure.member": shown by one of the two, or as an address by one

    def walk(self, name, value, tree, is_cut):
        if isinstance(tree, str) and re.fullmatch("0x[0-9a-f]+|NULL", tree) and isinstance(value, (dict, list)):
            self.beyond += 1  # the call failed: strace looks at no structure then
        elif isinstance(tree, list) and len(tree) == 1 and isinstance(value, (int, str, dict)):
            self.walk(name, value, tree[0], is_cut)
        elif isinstance(value, dict):
            self.members(name, value, tree)
        elif isinstance(value, list):
            self.elements(name, value, tree, is_cut)
        elif isinstance(tree, dict) and "u64" in tree:
            self.value(name, value, tree["u64"])
        elif isinstance(tree, dict) and isinstance(value, str) and value.startswith("{"):
            problem = self.address(value, tree.source)
            self.compared += 1
            if problem:
                self.problems.append(f"{name}: {problem}")
        elif isinstance(tree, (dict, list)):
            self.missing.add(name)
        else:
            self.value(name, value, tree)

    def members(self, name, value, tree):
        structure = name.split(".")[0] if "." not in name else name.rsplit(".", 1)[1]
        if isinstance(tree, str):
            status = wait_status(tree)
            self.compared += 1
            if status is None or status != value.get("status"):
                self.problems.append(f"{name}: {tree} is not {value}")
            return
        if isinstance(tree, list):
            self.problems.append(f"{name}: {tree} is a list, {value} is none")
            return
        for member, part in tree.items():
            if member in value:
                self.walk(f"{structure}.{member}", value[member], part, False)
            else:
                self.missing.add(f"{structure}.{member}")
        for member, got in value.items():
            if member not in tree and not is_nothing(got):
                self.missing.add(f"{structure}.{member}")

    def elements(self, name, value, tree, is_cut):
        if not isinstance(tree, list):
            self.problems.append(f"{name}: {tree} is no list like {value}")
        elif len(tree) != len(value) and not (is_cut and len(value) < len(tree)):
            self.problems.append(f"{name}: {len(value)} of {len(tree)}: {value} for {tree}")
        else:
            for got, part in zip(value, tree):
                self.walk(name, got, part, False)

    def value(self, name, value, source):
        shown = Shown(source)
        if shown.text is not None and isinstance(value, str) and re.fullmatch("0x[0-9a-f]+", value):
            self.missing.add(name)  # what is at an address
            return
        problem = self.leaf(value, shown)
        self.compared += 1
        if problem:
            self.problems.append(f"{name}: {problem}: strace {source!r}, ctrace {value!r}")
