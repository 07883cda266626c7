#!/usr/bin/env python3
"""Tests of conform_compare.py on hand-written samples: python3 tests/live/conform_compare_test.py"""

import tempfile
import unittest

import conform_compare
import strace_values
from strace_values import Shown


def arg(value, c_type="int", name="a", **more):
    return {"name": name, "type": c_type, "value": value, **more}


class ConformCompareTest(unittest.TestCase):
    def setUp(self):
        words = strace_values.Words([["TFD_CLOEXEC", "=", "O_CLOEXEC"], ["NEW", "0x40"],
                                     ["WAKE_PRIVATE", "=", "WAKE", "PRIVATE"]])
        self.comparison = conform_compare.Comparison(words, [["new", "a", "first", "second"]])

    def same(self, got, source, call="call"):
        self.assertIsNone(self.comparison.argument(call, got, Shown(source)))

    def differs(self, got, source, call="call"):
        self.assertIsNotNone(self.comparison.argument(call, got, Shown(source)))

    def test_numbers(self):
        self.same(arg(-1), "4294967295")
        self.same(arg(-1, "uid_t"), "-1")
        self.same(arg("0x7f00", "void*"), "0x7f00")
        self.same(arg(None, "const char*"), "NULL")
        self.same(arg("18446744073709551615", "size_t"), "18446744073709551615")
        self.same(arg(3), r"3<\x2f\x61>")
        self.same(arg(3), r"3<\x2f\x61>(deleted)")
        self.differs(arg(4), "5")
        self.differs(arg(-1, "long"), "4294967295")

    def test_words(self):
        self.same(arg("O_RDWR|O_CREAT|0x40"), "0x10042 /* O_RDWR|O_CREAT|0x40 */")
        self.same(arg("O_CLOEXEC"), "0x80000 /* TFD_CLOEXEC */")
        self.same(arg("WAKE|PRIVATE"), "0x81 /* WAKE_PRIVATE */")
        self.same(arg("IPC_CREAT|0600"), "0x200 /* IPC_CREAT */|0600")
        self.same(arg("S_IFIFO|0600"), "010600 /* S_IFIFO|0600 */")
        self.same(arg("htons(ETH_P_ALL)"), "htons(0x3 /* ETH_P_ALL */)")
        self.same(arg(768), "htons(0x3)")
        self.same(arg("NEW|0x80"), "0xc0 /* THING_??? */")
        self.differs(arg("O_RDWR"), "0x1 /* O_WRONLY */")
        self.differs(arg("O_RDWR"), "0x42 /* O_RDWR|O_CREAT */")
        self.differs(arg("O_RDWR|0x40"), "0x82 /* O_RDWR|0x80 */")
        self.differs(arg("NEW"), "0x80 /* THING_??? */")
        self.differs(arg("NEVER_MET"), "0x80")

    def test_text(self):
        self.same(arg("/a\udcff", "const char*"), r'"\x2f\x61\xff"')
        self.same(arg("/a", "const char*", state="cut"), r'"\x2f\x61\x62"')
        self.same(arg("0xdead", "const char*", state="unreadable"), "0xdead")
        self.same(arg(["a", ""], "const char*const*"), r'["\x61", ""]')
        self.differs(arg("/a", "const char*"), r'"\x2f\x62"')
        self.differs(arg("/b", "const char*", state="cut"), r'"\x2f\x61\x62"')
        self.differs(arg(["a"], "const char*const*"), r'["\x61", ""]')

    def test_addresses(self):
        inet = ('{sa_family=0x2 /* AF_INET */, sin_port="\\x1f\\x90" /* htons(8080) */, '
                'sin_addr="\\x7f\\x00\\x00\\x01" /* inet_addr("\\x31") */}')
        got = "{'sa_family': 'AF_INET','sin_port': '%s','sin_addr': '127.0.0.1'}"
        self.same(arg(got % 8080, "struct sockaddr*"), inet)
        self.differs(arg(got % 8081, "struct sockaddr*"), inet)
        self.same(arg("{'sa_family': 'AF_UNIX','sun_path': '@a\\x01'}", "struct sockaddr*"),
                  '{sa_family=0x1 /* AF_UNIX */, sun_path=@"\\x61\\x01"}')
        self.differs(arg("{'sa_family': 'AF_UNIX','sun_path': 'a\\x01'}", "struct sockaddr*"),
                     '{sa_family=0x1 /* AF_UNIX */, sun_path=@"\\x61\\x01"}')

    def test_members(self):
        kind = "const struct itimerspec*"
        source = "{it_interval={tv_sec=0, tv_nsec=5}, it_value={tv_sec=-1, tv_nsec=7} /* 1970-01-01T00:00:00+0000 */}"
        value = {"it_interval": {"tv_sec": 0, "tv_nsec": 5}, "it_value": {"tv_sec": -1, "tv_nsec": 7}}
        self.same(arg(value, kind), source)
        self.differs(arg(value | {"it_value": {"tv_sec": -1, "tv_nsec": 5}}, kind), source)
        self.same(arg({"flags": "O_RDWR", "mode": 0}, "struct open_how*"), "{flags=0x2 /* O_RDWR */}")
        self.differs(arg({"flags": "O_WRONLY"}, "struct open_how*"), "{flags=0x2 /* O_RDWR */}")
        self.assertEqual(self.comparison.members_missing, set())
        self.same(arg({"a": 1, "b": 2}, "struct s*"), "{a=1, c=3}")
        self.assertEqual(self.comparison.members_missing, {"s.b", "s.c"})
        self.assertEqual(conform_compare.compare_members([["s", "*"]], {"s.b", "s.c"}), [])
        self.assertEqual(len(conform_compare.compare_members([["s", "b"], ["t", "*"]], {"s.b", "s.c"})), 2)

    def test_lists(self):
        self.same(arg([1, 2, 3], "const gid_t*"), "[1, 2, 3]")
        self.same(arg([1, 2], "const gid_t*", state="cut"), "[1, 2, 3]")
        self.same(arg(16, "int*"), "[16]")
        self.same(arg(22, "int*"), "[110 => 22]")
        self.same(arg(8, "loff_t*"), "[0] => [8]")
        self.same(arg(["SIGUSR1", "SIGCHLD"], "const sigset_t*"), "[10 /* USR1 */ 17 /* CHLD */]")
        self.same(arg([{"iov_len": 3}, {"iov_len": 5}], "struct iovec*"), "[{iov_len=3}, {iov_len=5}]")
        self.differs(arg([1, 2], "const gid_t*"), "[1, 2, 3]")
        self.differs(arg([1, 3, 2], "const gid_t*"), "[1, 2, 3]")
        self.differs(arg(["SIGUSR1"], "const sigset_t*"), "[12 /* USR2 */]")
        self.differs(arg([{"iov_len": 3}], "struct iovec*"), "[{iov_len=3}, {iov_len=5}]")

    def test_wait_status(self):
        status = {"status": 768, "exit_code": 3}
        self.same(arg(status, "int*"), "[{WIFEXITED(s) && WEXITSTATUS(s) == 3}]")
        self.differs(arg(status, "int*"), "[{WIFEXITED(s) && WEXITSTATUS(s) == 4}]")
        self.same(arg({"status": 9}, "int*"), "[{WIFSIGNALED(s) && WTERMSIG(s) == SIGKILL}]")
        self.same(arg({"status": 0x137f}, "int*"), "[{WIFSTOPPED(s) && WSTOPSIG(s) == SIGSTOP}]")
        self.differs(arg({"status": 0xffff}, "int*"), "[{WIFSIGNALED(s) && WTERMSIG(s) == SIGKILL}]")

    def test_what_is_less_than_strace_shows_is_listed(self):
        self.same(arg("0x7ffe", "void*", "s"), "{tv_sec=1, tv_nsec=2}")
        self.same(arg(259, "dev_t", "d"), "0x103 /* makedev(0x1, 0x3) */")
        self.assertEqual(self.comparison.not_shown, {("call", "s")})
        self.assertEqual(self.comparison.not_named, {("call", "d")})
        self.assertEqual(self.comparison.told, set())
        self.assertEqual(len(conform_compare.compare_list("x", [("a",)], [("b",)])), 2)
        self.assertEqual(conform_compare.compare_list("x", [("a",)], [], {("b",)}), [])
        self.assertEqual(len(conform_compare.compare_list("x", [("a",)], [], {("a",)})), 1)

    def test_what_strace_does_not_know_is_expected(self):
        self.same(arg("first", "const char*"), "0x5555", "new")
        self.differs(arg("another", "const char*"), "0x5555", "new")

    def test_each_line_says_why(self):
        with tempfile.TemporaryDirectory() as folder:
            for name in conform_compare.REASONED:
                with open(f"{folder}/{name}", "w", encoding="utf-8") as file:
                    file.write("# CALL ARGUMENT\nread buf  # for a reason\n\n")
            self.assertEqual(list(conform_compare.without_reason(folder)), [])
            with open(f"{folder}/not_shown", "a", encoding="utf-8") as file:
                file.write("write buf\nsendto buf  #\n")
            self.assertEqual(len(list(conform_compare.without_reason(folder))), 2)

    def test_lines(self):
        names = {5: "stat"}
        call = conform_compare.strace_call("syscall_0x5(0x1, 0, 0, 0, 0, 0) = -1 ENOENT (No)", names)
        self.assertEqual((call.name, call.result, call.args[0].number), ("stat", -2, 1))
        call = conform_compare.strace_call("syscall_0xffffffffffffffb3() = -1 ENOSYS (No)", names)
        self.assertEqual(call.name, "syscall_-77")
        call = conform_compare.strace_call(
            "clone(child_stack=NULL, flags=0x100 /* CLONE_VM */|17 /* SIGCHLD */) = 5", names)
        self.assertEqual(call.args["flags"].words, {"CLONE_VM", "SIGCHLD"})
        self.assertEqual(call.args["child_stack"].number, 0)
        call = conform_compare.strace_call(r'openat(77, "\x2f", 0) = 3<\x2f>', names)
        self.assertEqual(call.result, 3)


if __name__ == "__main__":
    unittest.main()
