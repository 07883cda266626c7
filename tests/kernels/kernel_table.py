#!/usr/bin/env python3
"""kernel_table.py check|update KERNELS.md ROWS: compares the rows of a run with the table, or puts them
into it, in the order of kernels and of variants. A cell `?` was not run: it says nothing. `check`
prints each row that the table contradicts, and exits 1 when there is one."""
import sys

VARIANTS = ["v2", "v1", "full", "none"]


def cells(row):
    return [cell.strip() for cell in row.strip().strip("|").split("|")]


def key(row):
    kernel, variant = cells(row)[:2]
    release, _, machine = kernel.partition("-")
    return machine, [int(part) for part in release.split(".")], VARIANTS.index(variant)


def is_row(line):
    return line.startswith("| ") and line[2].isdigit()


def contradicts(new, old):
    return any("?" not in (a, b) and a != b for a, b in zip(cells(new), cells(old)))


def merged(new, old):
    both = [b if a == "?" else a for a, b in zip(cells(new), cells(old))]
    return "| " + " | ".join(both) + " |"


mode, document, rows_file = sys.argv[1:]
with open(document) as file:
    lines = file.read().splitlines()
with open(rows_file) as file:
    new = {str(key(line)): line for line in file.read().splitlines()}
rows = {str(key(line)): line for line in lines if is_row(line)}
if mode == "check":
    wrong = [line for at, line in new.items() if at in rows and contradicts(line, rows[at])]
    for line in wrong:
        print(f"not ok table: KERNELS.md says otherwise: {line}")
    for at, line in new.items():
        if at not in rows:
            print(f"KERNELS.md has no such row yet (UPDATE=1): {line}")
    sys.exit(1 if wrong else 0)
for at, line in new.items():
    rows[at] = merged(line, rows[at]) if at in rows else line
at = next(i for i, line in enumerate(lines) if line.startswith("|---") and line.count("|") > 6) + 1
end = [line for line in lines[at:] if not is_row(line)]
with open(document, "w") as file:
    file.write("\n".join(lines[:at] + sorted(rows.values(), key=key) + end) + "\n")
