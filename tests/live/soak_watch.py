#!/usr/bin/env python3
"""soak_watch.py PID SECONDS CSV: samples a recorder once a second and judges at the end.

The CSV gets a row a second: seconds, resident KiB, descriptors. What is resident and how many
descriptors are open must be flat once the recorder is warm: compared are the medians of the middle
third and of the last third of the run. Medians, so that a burst at either end proves nothing.
Exits 1 when one grew by more than it may, 2 when the recorder ended early.
"""
import os
import statistics
import sys
import time

# What may differ between two thirds of a run by chance: the queue between the rings and the file
# is memory too, and malloc gives back in steps.
GROWTH_KIB = 8 * 1024
GROWTH_FDS = 2


def sample(pid):
    """(resident KiB, descriptors) of a process."""
    with open(f"/proc/{pid}/status") as status:
        fields = dict(line.split(":", 1) for line in status)
    return int(fields["VmRSS"].split()[0]), len(os.listdir(f"/proc/{pid}/fd"))


def main():
    pid, seconds, path = int(sys.argv[1]), float(sys.argv[2]), sys.argv[3]
    rows, begin = [], time.monotonic()
    with open(path, "w") as csv:
        csv.write("seconds,resident_kib,descriptors\n")
        while (now := time.monotonic() - begin) < seconds:
            try:
                rows.append(sample(pid))
            except (OSError, KeyError):
                print("the recorder ended early")
                return 2
            csv.write(f"{now:.1f},{rows[-1][0]},{rows[-1][1]}\n")
            csv.flush()
            time.sleep(1)
    third = len(rows) // 3
    if third < 5:
        print("too short to say anything")
        return 2
    verdict = 0
    for name, column, limit in (("resident KiB", 0, GROWTH_KIB), ("descriptors", 1, GROWTH_FDS)):
        middle, last = (
            statistics.median(row[column] for row in part)
            for part in (rows[third : 2 * third], rows[2 * third :])
        )
        peak = max(row[column] for row in rows)
        print(f"{name}: {middle:.0f} in the middle third, {last:.0f} in the last, {peak} at most")
        if last - middle > limit:
            print(f"{name} grew by more than {limit}")
            verdict = 1
    return verdict


if __name__ == "__main__":
    sys.exit(main())
