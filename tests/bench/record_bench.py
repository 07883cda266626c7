#!/usr/bin/env python3
"""What recording costs, beside its targets; exits 1 when one is missed by more than the noise.

  record_bench.py [--build DIR] [--rounds N] [--batches N] [--only calls,commands,recorder]

Each round measures every variant once, in turn, so that the machine's moods meet all of them. A
figure is the median of the rounds, its noise half of the range that the middle half of the rounds
spans. Costs are CPU time of the calling thread or of the command's processes, never wall time. The
ratios travel better than the figures. Other programs at the exit of system calls (a second recorder)
spoil the comparison: the bench waits until there are none, and says so. Needs root.
"""
import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

CALLS = ("getppid", "read1", "write1", "open_close", "path25", "path25_at")
TARGET_CALL = 1.8  # x what an empty program adds
TARGET_UNTRACED_NS = 20  # above an empty program
TARGET_PATH_NS = 40
SLOW = {"strace -f", "perf trace"}
MIXED = os.path.join(os.path.dirname(os.path.abspath(__file__)), "mixed.sh")
TCP = """
import socket, threading
server = socket.create_server(("127.0.0.1", 0))
def serve():
    for _ in range(4000):
        peer, _address = server.accept()
        with peer:
            peer.sendall(peer.recv(4096))
thread = threading.Thread(target=serve)
thread.start()
for _ in range(4000):
    with socket.create_connection(server.getsockname()) as client:
        client.sendall(b"hello")
        client.recv(4096)
thread.join()
"""
FILES = "find /usr/share /usr/lib/python3 /usr/include -type f -print0 2>/dev/null | head -z -n 20000"
# name, shell command, x untraced that it may cost
COMMANDS = (
    ("find", "find /usr /etc >/dev/null 2>&1; find /usr /etc >/dev/null 2>&1", 1.25),
    ("tar", "tar cf - /usr/include /usr/share/perl5 2>/dev/null | cat >/dev/null", 1.15),
    ("python start", "for i in 1 2 3 4 5 6 7 8; do python3 -c 'import json, http.client, email'; done", 1.05),
    ("cat 20k files", FILES + " | xargs -0 cat >/dev/null 2>&1", None),
    ("gcc", "for i in 1 2 3 4; do gcc -O1 -o hello hello.c; done", None),
    ("TCP", "python3 tcp.py", None),
)

missed = []


class Figure:
    """The median of some rounds, and how sure it is."""

    def __init__(self, values):
        values = sorted(values)
        self.value = statistics.median(values)
        quarter = len(values) // 4
        self.noise = (values[-1 - quarter] - values[quarter]) / 2

    def against(self, name, target, unit=""):
        """The verdict, which counts for the exit status."""
        if self.value <= target:
            return f"<= {target:g}{unit}: yes"
        if self.value - self.noise <= target:
            return f"<= {target:g}{unit}: within the noise"
        missed.append(f"{name}: {self.value:.2f}{unit} instead of {target:g}{unit}")
        return f"<= {target:g}{unit}: MISSED"


def others():
    """How many other programs hang at the exit of system calls; None when it cannot be told."""
    try:
        listed = subprocess.run(["bpftool", "-j", "prog", "show"], stdout=subprocess.PIPE,
                                stderr=subprocess.DEVNULL, check=True).stdout
        return sum(1 for p in json.loads(listed) if "sys_exit" in p.get("name", "") or
                   p.get("name") in ("empty_exit", "reading_exit"))
    except (OSError, ValueError, subprocess.CalledProcessError):
        return None


waited = 0.0


def alone(patience):
    """Waits until no other program is there. What has just ended is freed a moment later."""
    started = time.monotonic()
    while others():
        if time.monotonic() - started >= patience:
            return False
        time.sleep(0.02)
    return True


def undisturbed(measure, tries=3):
    """Measures again when another program was there before or after; gives up after a while."""
    global waited
    for _ in range(tries):
        started = time.monotonic()
        quiet = alone(5)
        waited += max(0.0, time.monotonic() - started - 2)
        result = measure()
        if quiet and alone(2):
            break
    return result


class EmptyExit:
    """The floor: a BPF program at the exit of system calls that does nothing."""
    arguments = ()

    def __init__(self, build, _folder):
        self.process = subprocess.Popen([f"{build}/bench/empty_exit", *self.arguments],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        if self.process.stdout.readline() != b"ready\n":
            sys.exit("record_bench: cannot attach the empty program")

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class ReadingExit(EmptyExit):
    """The floor of a path: it reads 8 bytes of the caller, where syscall_loop is always mapped."""
    arguments = ("0x400000",)


class Recorder:
    """A recorder that watches containers, of which the measured are none: what the untraced pay."""

    def __init__(self, build, folder):
        self.process = subprocess.Popen(
            [f"{build}/ctrace-record", "-o", f"{folder}/untraced.ctr", "--force"],
            stderr=subprocess.PIPE)
        while b"recording" not in self.process.stderr.readline():
            if self.process.poll() is not None:
                sys.exit("record_bench: the recorder does not start")
        time.sleep(0.3)

    def close(self):
        self.process.terminate()
        self.process.wait()


def tracers(build, folder):
    """Name -> what stands before the command; a class for what runs beside it."""
    found = {"untraced": (), "empty program": EmptyExit,
             "reads 8 bytes": ReadingExit, "ctrace, not traced": Recorder,
             "ctrace, traced": (f"{build}/ctrace-record", "-o", f"{folder}/traced.ctr", "--force", "--")}
    peers = {"strace -f": ("strace", "-f", "-o", f"{folder}/strace.out"),
             "perf trace": ("perf", "trace", "-o", f"{folder}/perf.out"),
             "bpftrace count": ("bpftrace", "-q", "-o", f"{folder}/bpftrace.out", "-e",
                                "tracepoint:raw_syscalls:sys_exit /pid == cpid/ { @[args->id] = count(); }",
                                "-c")}
    for name, command in peers.items():
        if not shutil.which(command[0]):
            print(f"{name}: not installed")
            continue
        trial = [*command, "true" if command[-1] != "-c" else "/bin/true"]
        if subprocess.run(trial, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode:
            print(f"{name}: does not work here")
            continue
        found[name] = command
    return found


def under(how, build, folder, command):
    """Runs `command` in one of the ways; its standard output."""
    beside = how(build, folder) if isinstance(how, type) else None
    prefix = () if beside else how
    if prefix and prefix[-1] == "-c":
        script = f"{folder}/command.sh"
        with open(script, "w") as file:
            file.write("#!/bin/sh\nexec " + " ".join(f"'{word}'" for word in command) + "\n")
        os.chmod(script, 0o755)
        command = (script,)
    try:
        return subprocess.run([*prefix, *command], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                              check=True, cwd=folder).stdout
    finally:
        if beside:
            beside.close()


def calls_table(build, folder, ways, rounds, batches):
    print(f"\nns of CPU that a call takes more ({rounds} rounds; +- noise)")
    names = [name for name in ways if name != "untraced"]
    print(f"  {'':12}{'untraced':>9}" + "".join(f"{name:>20}" for name in names))
    added = {}
    for call in CALLS:
        samples = {name: [] for name in ways}
        for _ in range(rounds):
            for name, how in ways.items():
                count = max(batches // 25, 2) if name in SLOW else batches
                loop = (f"{build}/bench/syscall_loop", call, str(count))
                out = undisturbed(lambda: under(how, build, folder, loop))
                samples[name].append(float(out.split()[0]))
        base = samples["untraced"]
        line = f"  {call:12}{statistics.median(base):9.0f}"
        for name in names:
            added[call, name] = [a - b for a, b in zip(samples[name], base)]
            figure = Figure(added[call, name])
            line += f"{f'{figure.value:+.0f} +-{figure.noise:.0f}':>20}"
        print(line, flush=True)
    print("\nagainst the targets")
    for call in ("getppid", "read1", "write1"):
        floors, traced = added[call, "empty program"], added[call, "ctrace, traced"]
        floor = Figure(floors)
        ratio = Figure([value / floor.value for value in traced])
        print(f"  {call + ', traced':28}{ratio.value:8.2f} x the empty program   "
              f"{ratio.against(call + ' traced', TARGET_CALL, ' x')}")
        above = Figure([a - b for a, b in zip(added[call, "ctrace, not traced"], floors)])
        print(f"  {call + ', not traced':28}{above.value:+8.0f} ns above it           "
              f"{above.against(call + ' not traced', TARGET_UNTRACED_NS, ' ns')}")
    traced = {call: added[call, "ctrace, traced"] for call in CALLS}
    path = Figure([a - b for a, b in zip(traced["path25"], traced["getppid"])])
    print(f"  {'a path of 25 characters':28}{path.value:+8.0f} ns                    "
          f"{path.against('path', TARGET_PATH_NS, ' ns')}")
    read = Figure([a - b for a, b in zip(added["getppid", "reads 8 bytes"],
                                         added["getppid", "empty program"])])
    print(f"  {'8 bytes, nothing else':28}{read.value:+8.0f} ns +-{read.noise:.0f}   (no path can be read for less)")
    for name, of, without in (("a directory beside it", "path25_at", "path25"), ("a descriptor", "read1", "getppid")):
        price = Figure([a - b for a, b in zip(traced[of], traced[without])])
        print(f"  {name + ', named':28}{price.value:+8.0f} ns +-{price.noise:.0f}")


def command_seconds(how, build, folder, command):
    """CPU seconds of the command's own processes, without the tracer's."""
    timed = f"TIMEFORMAT='%3U %3S'; time {{ {command}; }} 2>/dev/null"
    under(how, build, folder, ("bash", "-c", f"{{ {timed}; }} 2>{folder}/times"))
    with open(f"{folder}/times") as file:
        return sum(float(word) for word in file.read().split()[-2:])


def commands_table(build, folder, ways, rounds):
    with open(f"{folder}/hello.c", "w") as file:
        file.write('#include <stdio.h>\nint main(void) { puts("hi"); return 0; }\n')
    with open(f"{folder}/tcp.py", "w") as file:
        file.write(TCP)
    rounds = max(rounds // 2, 3)
    print(f"\nwhole commands, CPU time x untraced ({rounds} rounds; +- noise)")
    names = [name for name in ways if name != "untraced"]
    print(f"  {'':14}{'CPU s':>7}" + "".join(f"{name:>20}" for name in names))
    for command, text, target in COMMANDS:
        command_seconds((), build, folder, text)  # warms the caches
        samples = {name: [] for name in ways}
        for number in range(rounds):
            for name, how in ways.items():
                if name in SLOW and number:
                    continue
                samples[name].append(
                    undisturbed(lambda: command_seconds(how, build, folder, text)))
        line = f"  {command:14}{statistics.median(samples['untraced']):7.2f}"
        for name in names:
            figure = Figure([a / b for a, b in zip(samples[name], samples["untraced"])])
            line += f"{f'{figure.value:.2f} +-{figure.noise:.2f}':>20}"
            if name == "ctrace, traced":
                traced = figure
        print(line + ("   " + traced.against(command, target, " x") if target else ""), flush=True)


def thread_ns(pid):
    return sum(int(open(f"/proc/{pid}/task/{task}/schedstat").read().split()[0])
               for task in os.listdir(f"/proc/{pid}/task"))


def peak_kib(process, into):
    """Follows the peak of a process's memory until it ends."""
    while process.poll() is None:
        try:
            with open(f"/proc/{process.pid}/status") as file:
                into.extend(int(line.split()[1]) for line in file if line.startswith("VmHWM"))
        except OSError:
            return
        time.sleep(0.02)


def recorder_table(build, folder, rounds):
    print("\nthe recorder itself")
    starts = []
    for _ in range(rounds):
        before = time.monotonic_ns()
        subprocess.run([f"{build}/ctrace-record", "-o", f"{folder}/start.ctr", "--force", "--", "true"],
                       stderr=subprocess.DEVNULL, check=True)
        first = subprocess.run([f"{build}/ctrace-replay", "--format", "json", f"{folder}/start.ctr"],
                               stdout=subprocess.PIPE, check=True).stdout.split(b"\n")[0]
        starts.append(json.loads(first)["timestamp"] / 1e3 - before / 1e6)  # us of the same clock
    figure = Figure(starts)
    print(f"  {'start to first event':28}{figure.value:8.0f} ms +-{figure.noise:.0f}   "
          f"{figure.against('start', 150, ' ms')}")
    idle = Recorder(build, folder)
    time.sleep(2)
    shares = []
    for _ in range(rounds):
        before = thread_ns(idle.process.pid)
        time.sleep(1)
        shares.append((thread_ns(idle.process.pid) - before) / 1e7)
    idle.close()
    figure = Figure(shares)
    print(f"  {'idle':28}{figure.value:8.2f} % +-{figure.noise:.2f} of a CPU   "
          f"{figure.against('idle', 0.2, ' %')}")
    file = f"{folder}/mixed.ctr"
    loop = f"{build}/bench/syscall_loop"
    for name, work in (("one core, getppid", (loop, "getppid", "4000")), ("mixed.sh", ("sh", MIXED, folder))):
        peaks = []
        process = subprocess.Popen([f"{build}/ctrace-record", "-o", file, "--force", "--", *work],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        follower = threading.Thread(target=peak_kib, args=(process, peaks))
        started = time.monotonic()
        follower.start()
        process.wait()
        seconds = time.monotonic() - started
        follower.join()
        info = json.loads(subprocess.run([f"{build}/ctrace-analyze", "info", "--json", file],
                                         stdout=subprocess.PIPE, check=True).stdout)
        print(f"  {name + ': events':28}{info['events']:8} ({info['events'] / seconds / 1e6:.1f} M/s),"
              f" {info['bytes_per_event']:.2f} bytes/event")
        print(f"  {name + ': lost':28}{info['lost']:8}   "
              f"{Figure([info['lost']]).against(name + ' lost', 0)}")
        print(f"  {name + ': peak memory':28}{max(peaks) / 1024:8.0f} MiB, rings included   "
              f"{Figure([max(peaks) / 1024]).against(name + ' memory', 50 * os.cpu_count(), ' MiB')}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default="build")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--batches", type=int, default=100)
    parser.add_argument("--only", default="calls,commands,recorder")
    options = parser.parse_args()
    if os.geteuid() != 0:
        sys.exit("record_bench: needs root")
    build = os.path.abspath(options.build)
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        ways = tracers(build, folder)
        if "calls" in options.only:
            calls_table(build, folder, ways, options.rounds, options.batches)
        if "commands" in options.only:
            commands_table(build, folder, ways, options.rounds)
        if "recorder" in options.only:
            recorder_table(build, folder, options.rounds)
    print(f"\n{time.monotonic() - started:.0f} s")
    if others() is None:
        print("whether other recorders ran could not be told: bpftool is missing")
    elif waited > 0:
        print("other recorders ran meanwhile: the figures are spoilt")
    for miss in missed:
        print(f"missed: {miss}")
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
