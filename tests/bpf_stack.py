#!/usr/bin/env python3
"""bpf_stack.py OBJECT...: the deepest chain of functions of each program must fit into the kernel's stack.

The verifiers before Linux 6.13 allow 512 bytes for a program and all that it calls, each function's
part rounded up to 32 (MAX_BPF_STACK and check_max_stack_depth() in kernel/bpf/verifier.c); newer ones
are more generous, so that loading there does not tell."""
import re
import subprocess
import sys

LIMIT = 512
ROUND = 32


def functions(path):
    """Depth in bytes and callees, by function."""
    listing = subprocess.run(["llvm-objdump", "-d", "-r", "--no-show-raw-insn", path],
                             capture_output=True, text=True, check=True).stdout
    depth, calls, copies, name = {}, {}, {}, None
    for line in listing.splitlines():
        if label := re.match(r"^[0-9a-f]+ <([^>]+)>:", line):
            if not label.group(1).startswith("LBB"):
                name = label.group(1)
                depth[name], calls[name] = 0, set()
            continue
        if name is None:
            continue
        # Addressed directly, or by a copy of r10 that a number is taken from.
        offsets = re.findall(r"r10 - (0x[0-9a-f]+|\d+)\)", line)
        if moved := re.search(r"(r\d) \+= -(0x[0-9a-f]+|\d+)$", line):
            offsets += [moved.group(2)] if copies.get(moved.group(1)) else []
        if target := re.search(r"\s(r\d) \S*= ", line):
            copies[target.group(1)] = line.endswith(f"{target.group(1)} = r10")
        depth[name] = max([depth[name]] + [int(text, 0) for text in offsets])
        if callee := re.search(r"R_BPF_64_32\s+(\S+)", line):
            calls[name].add(callee.group(1))
    return depth, calls


def deepest(name, depth, calls):
    """Bytes, and the functions that take them."""
    own = (max(depth[name], 1) + ROUND - 1) // ROUND * ROUND
    below = [deepest(callee, depth, calls) for callee in calls[name] if callee in depth]
    taken, chain = max(below, default=(0, []))
    return own + taken, [f"{name} {own}"] + chain


def main():
    bad = 0
    for path in sys.argv[1:]:
        depth, calls = functions(path)
        if not depth:
            print(f"{path}: no function is in it")
            bad += 1
        for taken, chain in sorted(deepest(name, depth, calls) for name in depth):
            if taken > LIMIT:
                print(f"{path}: {taken} bytes of stack: {', '.join(chain)}")
                bad += 1
    return 1 if bad or len(sys.argv) < 2 else 0


sys.exit(main())
