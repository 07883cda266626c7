#!/usr/bin/env python3
"""update_table.py KERNELS.md ROWS: puts the rows of a run into the table, in place of those of the same
kernel and variant, in the order of kernels and of variants."""
import sys

VARIANTS = ["v2", "v1", "full", "none"]


def key(row):
    kernel, variant = [cell.strip() for cell in row.split("|")[1:3]]
    return [int(part) for part in kernel.split(".")], VARIANTS.index(variant)


def is_row(line):
    return line.startswith("| ") and line[2].isdigit()


document, rows_file = sys.argv[1:]
with open(document) as file:
    lines = file.read().splitlines()
with open(rows_file) as file:
    new = file.read().splitlines()
rows = {str(key(line)): line for line in lines if is_row(line)}
rows.update((str(key(line)), line) for line in new)
at = next(i for i, line in enumerate(lines) if line.startswith("|---")) + 1
kept = [line for line in lines if not is_row(line)]
with open(document, "w") as file:
    file.write("\n".join(kept[:at] + sorted(rows.values(), key=key) + kept[at:]) + "\n")
