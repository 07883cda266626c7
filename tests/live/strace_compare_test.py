#!/usr/bin/env python3
"""Tests of strace_compare.py on hand-written samples: python3 tests/live/strace_compare_test.py"""

import json
import os
import tempfile
import unittest

import strace_compare


def raw(text):
    """As strace -xx writes a string."""
    return '"' + "".join(f"\\x{byte:02x}" for byte in text.encode()) + '"'


def event(name, result, paths=(), tid=5, number="1", container="c"):
    return {"threadId": tid, "eventId": number, "eventName": name, "returnValue": result,
            "container": container and {"id": container},
            "args": [{"name": "path", "type": "const char*", "value": path} for path in paths]}


class StraceCompareTest(unittest.TestCase):
    def compare(self, strace, events):
        """strace: lines by tid"""
        with tempfile.TemporaryDirectory() as folder:
            for tid, lines in strace.items():
                with open(f"{folder}/out.{tid}", "w", encoding="utf-8") as file:
                    file.writelines(line + "\n" for line in lines)
            replay = os.path.join(folder, "replay")
            with open(replay, "w", encoding="utf-8") as file:
                file.writelines(json.dumps(row) + "\n" for row in events)
            return strace_compare.compare(strace_compare.read_strace(folder + "/out"),
                                          strace_compare.read_ctrace(replay, "c"))

    def assert_same(self, strace, events, calls, paths=0):
        self.assertEqual(self.compare(strace, events), ([], len(strace), calls, paths))

    def assert_differs(self, strace, events, word):
        differences = self.compare(strace, events)[0]
        self.assertEqual(len(differences), 1, differences)
        self.assertIn(word, differences[0])

    execve = f"execve({raw('/bin/x')}, [{raw('x')}], 0x7ffe /* 3 vars */) = 0"
    exec_event = event("execve", 0, ["/bin/x"])

    def test_calls_results_and_paths(self):
        self.assert_same(
            {5: [self.execve, f"openat(-100, {raw('/a')}, 0) = -1 ENOENT (No such file or directory)",
                 "umask(022) = 077", "brk(NULL) = 0x55d0", "fcntl(1, 0x3) = 0x8002 (flags 0x8002)",
                 "poll([{fd=3, events=0x1}], 1, 5) = 1 ([{fd=3, revents=0x1}])",
                 "exit_group(0) = ?", "+++ exited with 0 +++"]},
            [self.exec_event, event("openat", -2), event("umask", 0o77), event("brk", 0x55d0),
             event("fcntl", 0x8002), event("poll", 1), event("exit_group", 0)], 7, 1)

    def test_before_the_first_execve_strace_prepares_its_child(self):
        self.assert_same({5: [self.execve]},
                         [event("ptrace", 0), event("kill", 0), self.exec_event], 1, 1)

    def test_a_new_thread_returns_from_clone(self):
        self.assert_same({5: [self.execve], 6: ["getpid() = 5"]},
                         [self.exec_event, event("clone3", 0, tid=6), event("getpid", 5, tid=6)],
                         2, 1)

    def test_killed_inside_of_a_call(self):
        lines = [self.execve, "pause() = ?", "+++ killed by SIGKILL +++"]
        self.assert_same({5: lines}, [self.exec_event], 1, 1)
        self.assert_same({5: lines}, [self.exec_event, event("pause", -514)], 2, 1)
        lines[1] = "clock_nanosleep(0, 0, {tv_sec=1, tv_nsec=0},  <unfinished ...>) = ?"
        self.assert_same({5: lines}, [self.exec_event], 1, 1)

    def test_gone_when_strace_asked(self):
        lines = [self.execve, "getpid() = 5", "???() = ?", "+++ killed by SIGKILL +++"]
        events = [self.exec_event, event("getpid", 5)]
        self.assert_same({5: lines}, events, 2, 1)
        self.assert_same({5: lines}, events + [event("getuid", 0)], 2, 1)
        self.assert_differs({5: lines}, events + 2 * [event("getuid", 0)], "has not seen")

    def test_restarts(self):
        lines = [self.execve,
                 "clock_nanosleep(0, 0, {}, NULL) = ? ERESTART_RESTARTBLOCK (Interrupted by signal)",
                 "--- SIGCHLD {si_signo=17} ---",
                 "restart_syscall(<... resuming interrupted clock_nanosleep ...>) = 0"]
        self.assert_same({5: lines}, [self.exec_event, event("clock_nanosleep", -516),
                                      event("restart_syscall", 0)], 3, 1)

    def test_events_of_others_are_no_matter(self):
        self.assert_same({5: [self.execve]},
                         [event("read", 1, container="d"), event("read", 1, container=None),
                          event("read", 1, tid=1), event("sched_process_fork", 0, number="1020"),
                          self.exec_event], 1, 1)

    def test_differences_are_told(self):
        lines = [self.execve, "getpid() = 5"]
        self.assert_differs({5: lines}, [self.exec_event], "missing")
        self.assert_differs({5: lines}, [self.exec_event, event("getpid", 6)], "another result")
        self.assert_differs({5: lines}, [self.exec_event, event("gettid", 5)], "another call")
        self.assert_differs({5: lines[:1]}, [self.exec_event, event("getpid", 5)], "not seen")
        self.assert_differs({5: lines[:1]}, [event("execve", 0, ["/bin/y"])], "another path")
        self.assert_differs({5: [self.execve, "exit_group(0) = ?"]}, [self.exec_event], "missing")

    def test_losses_are_told(self):
        with self.assertRaises(ValueError):
            self.compare({5: [self.execve]}, [event("lost", 3)])


if __name__ == "__main__":
    unittest.main()
