#!/usr/bin/env python3
"""What recording costs a system call: ratios inside one run.

  record_bench.py [--build DIR] [--rounds N] [--batches N]

Each round measures every variant once, in turn, so that the machine's moods meet all of them; the
table shows medians of the rounds and their spread. A cost is CPU time of the calling thread.
Needs root. Figures in ns are this machine's; the ratios travel better.
"""
import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

CALLS = ("getppid", "open_close", "read1")


def loop(build, call, batches, prefix=()):
    out = subprocess.run([*prefix, f"{build}/bench/syscall_loop", call, str(batches)],
                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout
    return float(out.split()[0])


class EmptyExit:
    """The floor: a BPF program at the exit of system calls that does nothing."""

    def __init__(self, build):
        self.process = subprocess.Popen([f"{build}/bench/empty_exit"], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE)
        if self.process.stdout.readline() != b"ready\n":
            sys.exit("record_bench: cannot attach the empty program")

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Recorder:
    """A recorder that watches containers, of which the loop is none: what the untraced pay."""

    def __init__(self, build, folder):
        self.process = subprocess.Popen(
            [f"{build}/ctrace-record", "-o", f"{folder}/untraced.ctr", "--force"],
            stderr=subprocess.PIPE)
        while b"recording" not in self.process.stderr.readline():
            if self.process.poll() is not None:
                sys.exit("record_bench: the recorder does not start")

    def close(self):
        self.process.terminate()
        self.process.wait()


def measure(build, folder, call, batches):
    """One cost for each variant, in ns a call."""
    cost = {"untraced by anybody": loop(build, call, batches)}
    floor = EmptyExit(build)
    cost["empty exit program"] = loop(build, call, batches)
    floor.close()
    recorder = Recorder(build, folder)
    cost["ctrace, not traced"] = loop(build, call, batches)
    recorder.close()
    cost["ctrace, traced into a file"] = loop(
        build, call, batches,
        (f"{build}/ctrace-record", "-o", f"{folder}/traced.ctr", "--force", "--"))
    if shutil.which("strace"):
        cost["strace -f -o"] = loop(build, call, max(batches // 50, 3),
                                    ("strace", "-f", "-o", f"{folder}/strace.out"))
    return cost


def cpu_seconds(command):
    """CPU time of the command and its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def mixed(build, folder):
    """A recording of a bit of everything: its size, and what reading it costs."""
    work = ("sh", os.path.join(os.path.dirname(os.path.abspath(__file__)), "mixed.sh"), folder)
    file = f"{folder}/mixed.ctr"
    plain = cpu_seconds(work)
    traced = cpu_seconds((f"{build}/ctrace-record", "-o", file, "--force", "--", *work))
    info = json.loads(subprocess.run([f"{build}/ctrace-analyze", "info", "--json", file],
                                     stdout=subprocess.PIPE, check=True).stdout)
    events = info["events"]
    print(f"\nmixed workload: {events} events, {info['lost']} lost,"
          f" {info['bytes_per_event']:.2f} bytes/event;"
          f" CPU with the recorder x {traced / plain:.2f} of {plain:.1f} s")
    readers = (("decode all (verify)", ("ctrace-analyze", "verify", file)),
               ("select openat", ("ctrace-replay", "-e", "openat", file)),
               ("print as a table", ("ctrace-replay", file)),
               ("print as JSON", ("ctrace-replay", "--format", "json", file)),
               ("minset from the index", ("ctrace-analyze", "minset", file)))
    for name, command in readers:
        seconds = statistics.median(
            cpu_seconds((f"{build}/{command[0]}", *command[1:])) for _ in range(3))
        print(f"  {name:28}{seconds * 1e3:10.0f} ms  {events / max(seconds, 1e-6) / 1e6:8.1f} M events/s")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default="build")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--batches", type=int, default=200)
    parser.add_argument("--skip-mixed", action="store_true", help="only the costs of single calls")
    options = parser.parse_args()
    if os.geteuid() != 0:
        sys.exit("record_bench: needs root")
    with tempfile.TemporaryDirectory() as folder:
        for call in CALLS:
            started = time.monotonic()
            rounds = [measure(options.build, folder, call, options.batches)
                      for _ in range(options.rounds)]
            base = statistics.median(r["untraced by anybody"] for r in rounds)
            added_floor = statistics.median(
                r["empty exit program"] - r["untraced by anybody"] for r in rounds)
            print(f"\n{call}: {options.rounds} rounds, {time.monotonic() - started:.0f} s")
            print(f"  {'':28}{'ns a call':>10}{'added':>9}{'x floor':>9}{'x untraced':>12}"
                  "  (added: min..max)")
            for name in rounds[0]:
                costs = [r[name] for r in rounds]
                added = [r[name] - r["untraced by anybody"] for r in rounds]
                middle = statistics.median(added)
                print(f"  {name:28}{statistics.median(costs):10.0f}{middle:+9.0f}"
                      f"{middle / added_floor:9.2f}{statistics.median(costs) / base:12.2f}"
                      f"  ({min(added):+.0f}..{max(added):+.0f})")
        if not options.skip_mixed:
            mixed(options.build, folder)


if __name__ == "__main__":
    main()
