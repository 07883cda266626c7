#!/usr/bin/env python3
"""Whether the names that programs/odd_names.py used come back from what replay printed.

    odd_names_check.py FOLDER    which has table, json and strace: the container's own events

Exits 0 when each name comes back, byte for byte, from each of the three, what could not be read or
was cut is marked so, and no byte of any name could move a terminal or begin a line.
"""

import json
import os
import re
import sys
import unicodedata

sys.dont_write_bytecode = True  # the folder is copied whole by other tests
from programs import odd_names  # noqa: E402
from programs.odd_names import FOLDER, NAMES  # noqa: E402

SHORT = {"n": b"\n", "t": b"\t", "\\": b"\\", '"': b'"', "'": b"'"}
CALLS = ("openat", "getppid", "execve", "connect", "setxattr", "memfd_create")


def unescaped(text):
    """The bytes that format/print/escape.h wrote so."""
    parts = re.findall(r"\\x([0-9a-f]{2})|\\(.)|([^\\]+)", text)
    return b"".join(bytes.fromhex(byte) if byte else SHORT[short] if short else plain.encode()
                    for byte, short, plain in parts)


def text_value(text):
    """(bytes, mark) of a text as table and strace show it, bare or in quotes."""
    address = re.fullmatch(r"(0x[0-9a-f]+)( \(unreadable\))?", text)
    if address:
        return None, "unreadable"
    if text == "NULL":
        return None, "null"
    quoted = re.fullmatch(r'"((?:[^"\\]|\\.)*)"(\.\.\.)?', text)
    if quoted:
        return unescaped(quoted[1]), "cut" if quoted[2] else "whole"
    cut = text.endswith("...")
    return unescaped(text[:-3] if cut else text), "cut" if cut else "whole"


def name_value(text):
    """What is never an address or NULL: bare or in quotes."""
    return text_value(text)[0] if text.startswith('"') else unescaped(text)


def address_value(text):
    """The name in a unix address: b"\\0name" when abstract."""
    table = re.search(r"'sun_path': '(@?)((?:[^'\\]|\\.)*)'", text)
    plain = re.search(r'sun_path=(@?)"((?:[^"\\]|\\.)*)"', text)
    found = table or plain
    return (b"\0" if found[1] else b"") + unescaped(found[2])


def strings_value(text):
    """(strings, mark) of an argv: `["a", b ""]...` or `["a", ""...]`"""
    found = re.findall(r'"(?:[^"\\]|\\.)*"(?:\.\.\.)?|[^ ,"\[\]]+', text)
    cut = text.endswith("...") or text.endswith("...]")
    return [name_value(one) for one in found if one != "..."], "cut" if cut else "whole"


def json_rows(lines):
    """(call, comm, value of the argument that matters, mark)"""
    for line in lines:
        event = json.loads(line)
        if event["eventName"] in CALLS:
            args = {arg["name"]: arg for arg in event["args"]}
            yield json_row(event, args)


def json_row(event, args):
    call, comm = event["eventName"], event["processName"].encode("utf-8", "surrogateescape")
    names = {"openat": "pathname", "execve": "argv", "connect": "addr", "setxattr": "name",
             "memfd_create": "name"}
    if call == "getppid":
        return call, comm, None, None
    arg = args[names[call]]
    value, mark = arg["value"], arg.get("state", "whole")
    if call == "execve":
        value = [text.encode("utf-8", "surrogateescape") for text in value]
    elif value is None:
        mark = "null"
    elif mark == "unreadable":
        value = None
    elif call == "connect":
        value = address_value(value)
    else:
        value = value.encode("utf-8", "surrogateescape")
    return call, comm, value, mark


TABLE_LINE = re.compile(r"^\S+ +\S+ +\d+ +(?P<comm>.*?) +\d+ +\d+ +\S+(?: E\w+)? +"
                        r"(?P<call>" + "|".join(CALLS) + r")(?: +(?P<args>.*))?$")
TABLE_ARGS = {"openat": r"dirfd: .*?, pathname: (.*), flags: \w", "execve": r"argv: (.*), envp: ",
              "connect": r"addr: (.*), addrlen: ", "setxattr": r", name: (.*), value: 0x",
              "memfd_create": r"^name: (.*), flags: "}
RESULT_NAME = re.compile(r" = \d+<.*$")  # what a descriptor is that the call made


def table_rows(lines):
    for line in lines:
        match = TABLE_LINE.match(line)
        if not match:
            continue
        comm = name_value(match["comm"])
        if match["call"] == "getppid":
            yield "getppid", comm, None, None
            continue
        args = RESULT_NAME.sub("", match["args"])
        shown = re.search(TABLE_ARGS[match["call"]], args)[1]
        yield (match["call"], comm) + shown_value(match["call"], shown)


STRACE_LINE = re.compile(r"^.*?\[pid \d+\] [0-9:.]+ (?P<call>" + "|".join(CALLS) + r")\((?P<args>.*)\) = .*$")
STRACE_ARGS = {"openat": r"^[^,]*, (.*), O_", "execve": r"(\[.*\](?:\.\.\.)?), 0x",
               "connect": r"(\{.*\}), \d+$", "setxattr": r'^".*?", (.*), 0x',
               "memfd_create": r"^(.*), \w+$"}


def strace_rows(lines):
    for line in lines:
        match = STRACE_LINE.match(line)
        if not match:
            continue
        if match["call"] == "getppid":
            yield "getppid", None, None, None
            continue
        shown = re.search(STRACE_ARGS[match["call"]], match["args"])[1]
        yield (match["call"], None) + shown_value(match["call"], shown)


def shown_value(call, shown):
    if call == "connect":
        return address_value(shown), "whole"
    if call == "execve":
        return strings_value(shown)
    return text_value(shown)


def differences(rows, has_comm):
    """What is not as the program did it."""
    wanted = []
    for name in NAMES:
        for path in (FOLDER + name, name):
            wanted.append(("openat", path, "whole"))
        wanted += [("getppid", name[:15], None), ("execve", [b"true", name], "whole"),
                   ("connect", FOLDER + name, "whole"), ("connect", b"\0" + name + b"\0odd", "whole"),
                   ("setxattr", b"user." + name, "whole"), ("memfd_create", name, "whole")]
    wanted += [("openat", odd_names.LONGEST, "whole"), ("openat", odd_names.TOO_LONG, "cut"),
               ("openat", None, "unreadable"), ("openat", None, "null"),
               ("execve", [b"true", odd_names.LONG_ARGUMENT], "cut")]
    got = [row for row in rows]
    # The interpreter's own start comes before the first name.
    first = next((i for i, row in enumerate(got) if row[2] == FOLDER + NAMES[0]), len(got))
    got = got[first:]
    for want, (call, comm, value, mark) in zip(wanted, got + [("nothing", None, None, None)] * len(wanted)):
        if call == "getppid":
            value = comm if has_comm else want[1]
        if call != want[0] or mark != want[2] or not same(value, want[1], mark):
            return f"{want} became {(call, value, mark)}"[:2000]
    return None


def same(value, wanted, mark):
    if mark != "cut":
        return value == wanted
    if isinstance(wanted, list):
        return len(value) == len(wanted) and value[:-1] == wanted[:-1] and starts(wanted[-1], value[-1])
    return starts(wanted, value)


def starts(wanted, value):
    return len(value) >= 4000 and wanted.startswith(value)


def unsafe(text):
    """The first character that could do something to a terminal, or begin another line."""
    for character in text:
        if character != "\n" and unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp"):
            return repr(character)
    return None


def main():
    folder = sys.argv[1]
    problems, counts = [], []
    for form, rows_of in (("json", json_rows), ("table", table_rows), ("strace", strace_rows)):
        with open(os.path.join(folder, form), encoding="utf-8", newline="\n") as file:
            text = file.read()
        lines = text.split("\n")[:-1]
        rows = list(rows_of(lines))
        counts.append(f"{form} {len(rows)} rows")
        problem = differences(rows, form != "strace")
        if problem:
            problems.append(f"{form}: {problem}")
        if unsafe(text):
            problems.append(f"{form}: holds the character {unsafe(text)}")
    print("\n".join(problems) or f"all {len(NAMES)} names come back: {', '.join(counts)}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
