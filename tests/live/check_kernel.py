#!/usr/bin/env python3
"""check_kernel.py run PROFILE OUT COMMAND...: runs COMMAND under the OCI profile PROFILE and writes to OUT the
numbers of the calls that the kernel's audit log (type 1326) reports of its process from its execve on and of all
that it forks: a line each, after a line with the pid.
check_kernel.py select PID RECORDING.JSON OUT.JSON: the lines of a recording that are this process's from its execve on,
and those of its descendants.
check_kernel.py compare KERNEL CHECK.JSON RECORDING.JSON: does `check` tell of just the calls that the kernel does?
check_kernel.py make SEED COUNT DIR RECORDING.JSON: random profiles over the calls of a recording.

The profile is loaded by libseccomp itself through ctypes, so that nothing of ctrace-analyze is in between.
Exits 77 when audit records cannot be read here.
"""

import ctypes
import json
import os
import random
import re
import select
import socket
import struct
import sys
import time

LOG, ALLOW = 0x7FFC0000, 0x7FFF0000
EXECVE = 59  # x86_64
ACTIONS = {"SCMP_ACT_LOG": LOG, "SCMP_ACT_ALLOW": ALLOW}
OPS = {"NE": 1, "LT": 2, "LE": 3, "EQ": 4, "GE": 5, "GT": 6, "MASKED_EQ": 7}


class Arg(ctypes.Structure):
    _fields_ = [("arg", ctypes.c_uint), ("op", ctypes.c_int), ("a", ctypes.c_uint64), ("b", ctypes.c_uint64)]


def load(profile):
    lib = ctypes.CDLL("libseccomp.so.2")
    lib.seccomp_init.restype = ctypes.c_void_p
    lib.seccomp_init.argtypes = [ctypes.c_uint32]
    lib.seccomp_rule_add_array.argtypes = [
        ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int, ctypes.c_uint, ctypes.POINTER(Arg)]
    lib.seccomp_load.argtypes = [ctypes.c_void_p]
    context = lib.seccomp_init(ACTIONS[profile["defaultAction"]])
    for rule in profile["syscalls"]:
        for name in rule["names"]:
            number = lib.seccomp_syscall_resolve_name(name.encode())
            args = [Arg(a["index"], OPS[a["op"][len("SCMP_CMP_"):]], a["value"], a.get("valueTwo", 0))
                    for a in rule.get("args", [])]
            array = (Arg * len(args))(*args)
            code = lib.seccomp_rule_add_array(context, ACTIONS[rule["action"]], number, len(args), array)
            if code != 0:
                sys.exit(f"seccomp_rule_add_array({name}): {code}")
    if lib.seccomp_load(context) != 0:
        sys.exit("seccomp_load failed")


def listen():
    audit = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 9)  # NETLINK_AUDIT
    try:
        audit.setsockopt(socket.SOL_SOCKET, 33, 16 << 20)  # SO_RCVBUFFORCE
        audit.bind((0, 1))  # AUDIT_NLGRP_READLOG
    except OSError as error:
        print(f"cannot read audit records: {error}", file=sys.stderr)
        sys.exit(77)
    return audit


def records(audit, last):
    """Pid, number of each record until the first one of the process last: they come in order."""
    found = []
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if not select.select([audit], [], [], 1)[0]:
            continue
        data = audit.recv(65536)
        kind = struct.unpack("IH", data[:6])[1]
        text = data[16:].split(b"\0")[0].decode(errors="replace")
        if kind != 1326:
            continue
        pid = int(re.search(r"\bpid=(\d+)", text)[1])
        if pid == last:
            return found
        found.append((pid, int(re.search(r"\bsyscall=(-?\d+)", text)[1])))
    sys.exit("the end of the audit records did not come in 60 s")


def run_under(profile, command):
    """The pid of a process that has run it and ended well."""
    pid = os.fork()
    if pid == 0:
        # The last call before the filter is in force is seccomp_load's own, the first after it execve.
        load(profile)
        os.execv(command[0], command)
    status = os.waitpid(pid, 0)[1]
    if status != 0:
        sys.exit(f"{command[0]} ended with {status}")
    return pid


def run(profile_path, out, command):
    with open(profile_path, encoding="utf-8") as file:
        profile = json.load(file)
    audit = listen()
    pid = run_under(profile, command)
    last = run_under({"defaultAction": "SCMP_ACT_LOG", "syscalls": []}, ["/bin/true"])
    with open(out, "w", encoding="utf-8") as file:
        file.write(f"{pid}\n")
        file.writelines(f"{made_by} {number}\n" for made_by, number in records(audit, last))


def descendants(lines, pid):
    """The pids of a process and all that it forked, of JSON lines in the order of the stream."""
    pids = {pid}
    for line in lines:
        if line["hostParentProcessId"] in pids:
            pids.add(line["hostProcessId"])
    return pids


def choose(pid, recording, out):
    with open(recording, encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    pids = descendants(lines, pid)
    began = returned = False  # its execve has begun the program, has ended as a call
    with open(out, "w", encoding="utf-8") as file:
        for line in lines:
            is_main = line["hostProcessId"] == pid
            is_execve = is_main and began and not returned and line["eventName"] == "execve"
            if line["hostProcessId"] in pids and (began or not is_main) and not is_execve:
                file.write(json.dumps(line) + "\n")
            returned = returned or is_execve
            began = began or (is_main and line["eventName"] == "sched_process_exec")


def reported(kernel, pids):
    """The numbers in what `run` wrote, without those of the shim: it ends with an execve."""
    with open(kernel, encoding="utf-8") as file:
        pid = int(file.readline())
        records = [tuple(map(int, line.split())) for line in file]
    own = [(made_by, number) for made_by, number in records if made_by in pids]
    begin = own.index((pid, EXECVE))
    return {number for _, number in own[begin + 1:]}


def compare(kernel, checked, calls):
    """What check says of the selected lines against the kernel's word; the count of calls on a line."""
    with open(calls, encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    number_of = {line["eventName"]: int(line["eventId"]) for line in lines if int(line["eventId"]) < 1000}
    with open(checked, encoding="utf-8") as file:
        said = {number_of[row["name"]] for row in json.load(file)["refused"]}
    seen = reported(kernel, {line["hostProcessId"] for line in lines})
    for number in sorted(said ^ seen):
        names = [name for name, one in number_of.items() if one == number]
        print(f"{names[0] if names else number} by {'check' if number in said else 'the kernel'} alone", file=sys.stderr)
    print(len(said))
    return said == seen


def some_condition(rng, values):
    value = rng.choice(values) & (2**64 - 1)
    op = rng.choice(sorted(OPS))
    if op == "MASKED_EQ":
        mask = rng.choice([0xFFFFFFFF, 1, 2, 0xFF])
        return {"value": mask, "valueTwo": value & mask, "op": "SCMP_CMP_MASKED_EQ"}
    return {"value": value, "op": "SCMP_CMP_" + op}


def make(seed, count, folder, calls_path):
    """Profiles that log all but a random part of the calls, some only for some arguments."""
    with open(calls_path, encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    args = {}
    for line in lines:
        # The execve that begins the program must always be told: with it begins what is compared.
        if int(line["eventId"]) >= 1000 or line["eventName"] == "execve":
            continue
        known = args.setdefault(line["eventName"], {})
        for index, arg in enumerate(line["args"]):
            if isinstance(arg["value"], int) and not isinstance(arg["value"], bool) and arg["value"] >= 0:
                known.setdefault(index, []).append(arg["value"])
    rng = random.Random(seed)
    for i in range(count):
        rules = []
        for name in sorted(args):
            choice = rng.random()
            if choice < 0.4:
                rules.append({"names": [name], "action": "SCMP_ACT_ALLOW"})
            elif choice < 0.8 and args[name]:
                index = rng.choice(sorted(args[name]))
                rules.append({"names": [name], "action": "SCMP_ACT_ALLOW",
                              "args": [{"index": index, **some_condition(rng, args[name][index])}]})
        profile = {"defaultAction": "SCMP_ACT_LOG", "architectures": ["SCMP_ARCH_X86_64"], "syscalls": rules}
        with open(f"{folder}/{i}.json", "w", encoding="utf-8") as file:
            json.dump(profile, file)


def main(mode, *args):
    if mode == "run":
        run(args[0], args[1], args[2:])
    elif mode == "select":
        choose(int(args[0]), args[1], args[2])
    elif mode == "compare":
        sys.exit(0 if compare(*args) else 1)
    else:
        make(int(args[0]), int(args[1]), args[2], args[3])


if __name__ == "__main__":
    main(*sys.argv[1:])
