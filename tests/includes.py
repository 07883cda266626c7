#!/usr/bin/env python3
"""includes.py: does each file of the programs include what it uses of the standard library?

The tests are built with a precompiled header (tests/precompiled.h), which would hide that a file lacks an
include. So this looks, for the names of that header: who writes std::vector includes <vector>, itself or by
a header of this project. Prints what is lacking; exits 1 if anything is.
"""
import functools
import pathlib
import re
import subprocess
import sys

NAMES = {
    "algorithm": "sort stable_sort find find_if any_of all_of none_of min max min_element max_element copy_if "
                 "count_if remove_if unique lower_bound upper_bound binary_search equal_range partition "
                 "reverse rotate fill_n for_each set_difference set_intersection merge clamp minmax "
                 "is_sorted partition_point ranges::sort ranges::find ranges::any_of ranges::all_of",
    "array": "array to_array",
    "atomic": "atomic atomic_flag atomic_ref",
    "charconv": "from_chars to_chars",
    "chrono": "chrono::",
    "deque": "deque",
    "filesystem": "filesystem::",
    "fstream": "ifstream ofstream fstream",
    "functional": "function hash less greater ref cref",
    "iterator": "back_inserter istreambuf_iterator make_move_iterator",
    "limits": "numeric_limits",
    "map": "map multimap",
    "memory": "unique_ptr shared_ptr weak_ptr make_unique make_shared addressof",
    "mutex": "mutex lock_guard unique_lock scoped_lock once_flag call_once",
    "optional": "optional nullopt",
    "set": "set multiset",
    "span": "span as_bytes",
    "sstream": "istringstream ostringstream stringstream",
    "string": "string to_string stoi stoul stoull getline",
    "string_view": "string_view",
    "unordered_map": "unordered_map",
    "vector": "vector",
    # Of these the headers of the others, or of the library, bring no promise either.
    "condition_variable": "condition_variable",
    "cstdio": "printf snprintf fprintf",
    "cstring": "memcpy memcmp memset memmove strlen strcmp strerror",
    "numeric": "accumulate iota",
    "thread": "thread jthread",
    "unordered_set": "unordered_set",
    "variant": "variant visit get_if holds_alternative",
}
# A header that brings another by its own words.
BRINGS = {"string": {"string_view"}, "map": set(), "iostream": {"string"}}
FOLDERS = ("format", "record", "replay", "analyze")
INCLUDE = re.compile(r'^#include ([<"])([^>"]+)[>"]', re.M)
COMMENT = re.compile(r'//[^\n]*|"(?:\\.|[^"\\\n])*"')


@functools.cache
def read(path):
    return pathlib.Path(path).read_text(encoding="utf-8")


@functools.cache
def included(path):
    """The library's headers that a file includes, itself or by headers of this project."""
    found = set()
    for kind, name in INCLUDE.findall(read(path)):
        if kind == "<":
            found.add(name)
        elif pathlib.Path(name).exists():
            found |= included(name)
    return frozenset(found)


def lacking(path):
    have = set(included(path))
    for name in tuple(have):
        have |= BRINGS.get(name, set())
    text = COMMENT.sub("", INCLUDE.sub("", read(path)))
    used = set(re.findall(r"std::((?:\w+::)?\w+)", text))
    used |= {name.split("::")[0] + "::" for name in used if "::" in name}
    return sorted(header for header, names in NAMES.items() if header not in have and used & set(names.split()))


def main():
    sources = [path for folder in FOLDERS for path in pathlib.Path(folder).rglob("*") if path.suffix in (".cc", ".h")]
    bad = [f"{path}: <{header}>" for path in sorted(map(str, sources)) for header in lacking(path)]
    print("\n".join(bad), end="\n" if bad else "")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
