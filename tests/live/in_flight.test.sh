# shellcheck shell=bash
# Calls that were being made when the recording began, or when it ended: one that sleeps since before
# is told with its number and its arguments, once; its end after the start is an ordinary event; what
# kills a task in the middle of a call leaves the call in the recording. The oracle is the program
# itself (its calls have arguments of their own) and /proc/PID/task/TID/syscall.
# shellcheck source=tests/live/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
need_live
need_command gcc

busybox_bundle "$WORK/bundle" /bin/waits
gcc -O1 -static -pthread -o "$WORK/bundle/rootfs/bin/waits" "$live_dir/programs/waits.c"
# Number and arguments as the kernel tells them in /proc: "0 0x66 0x4c2120 0x37 ...", of every thread.
kernels_words() { cat "/proc/$1/task"/*/syscall; }
sleeps_in() { # sleeps_in PID PATTERN...: each is a call in which a thread of it sleeps
  local pattern words
  words=$(kernels_words "$1")
  for pattern in "${@:2}"; do grep -q "$pattern" <<<"$words" || return 1; done
}
wait_for_calls() { wait_until 30 sleeps_in "$@" || fail "its calls: $(kernels_words "$1" | paste -sd';')"; }
never='^0 0x66 ' poll='^7 ' first_read='^0 0x64 .* 0x309 ' second_read='^0 0x64 .* 0x308 '

start_waiting() { # start_waiting NAME [ARG]: sets pid, as the host has it
  set_command "$WORK/bundle" /bin/waits "${@:2}"
  start_background "$WORK/$1.out" "$WORK/$1.err" \
    runc run -b "$WORK/bundle" --pid-file "$WORK/$1.pid" "$(container_id "$1")"
  wait_until 30 grep -qs ready "$WORK/$1.out" || fail "$1 does not start: $(cat "$WORK/$1.err")"
  wait_until 30 test -s "$WORK/$1.pid" || fail "runc does not tell the pid"
  pid=$(cat "$WORK/$1.pid")
}
in_file() { # in_file FILE CONTAINER FILTER: events, one JSON line each
  "$REPLAY" --format json --container "$(container_id "$2")" --where "$3" "$WORK/$1.ctr"
}

# ---- before, during and after the recording

start_waiting early
wait_for_calls "$pid" "$never" "$poll" "$first_read"
start_recording "$WORK/early.ctr" --container "$(container_id early)"
words=$(cat "/proc/$pid/task/$pid/syscall")
kill -USR1 "$pid"
# The reader is woken by the main thread's write: what the latter sleeps in from then on is its read again.
wait_for_calls "$pid" "$second_read"
wait_for_calls "$pid" "$never"
stop_recording INT
expect_no_loss "$WORK/early.ctr"

# The read that began before: its end is one event, with the arguments it began with.
expect_equal "reads that ended" "1 777" "$(in_file early early 'event == read and arg.fd == 100 and not unfinished' |
  jq -r '"\(.returnValue) \(.args[2].value)"')"
in_file early early unfinished >"$WORK/unfinished.json"
expect_equal "unfinished calls" "poll() read(100, 776) read(102, 55)" "$(jq -r 'if .eventName == "poll"
  then "poll()" else "read(\(.args[0].value), \(.args[2].value))" end' "$WORK/unfinished.json" | sort | paste -sd' ')"
expect_equal "their results" null "$(jq -c .returnValue "$WORK/unfinished.json" | sort -u)"
expect_equal "main's read in /proc" "${words:0:7}" "0 0x66 "
expect_equal "buffer of main's read" "$(cut -d' ' -f3 <<<"$words")" \
  "$(jq -r 'select(.args[0].value == 102).args[1].value' "$WORK/unfinished.json")"
expect_equal "timeout of the poll" 123456 \
  "$(jq -r 'select(.eventName == "poll").args[2].value' "$WORK/unfinished.json")"
# Who made them is known, though no task made a call that ended.
expect_equal "their process" "waits 1" \
  "$(jq -r '"\(.processName) \(.processId)"' "$WORK/unfinished.json" | sort -u)"

"$REPLAY" --format strace --where unfinished "$WORK/early.ctr" >"$WORK/strace"
grep -q 'read(102<pipe:\[[0-9]*\]>, 0x[0-9a-f]*, 55 <unfinished ...>) = ?$' "$WORK/strace" || fail "strace format: $(cat "$WORK/strace")"
"$REPLAY" --where 'unfinished and arg.fd == 102' "$WORK/early.ctr" >"$WORK/table"
grep -q ' ?  *read  *fd: 102<pipe:.*count: 55 (unfinished)$' "$WORK/table" || fail "table: $(cat "$WORK/table")"
# Counted once: a poll, three reads of which one ended (and the signal's write and sigreturn).
"$ANALYZE" minset --container "$(container_id early)" "$WORK/early.ctr" >"$WORK/early.json" 2>/dev/null
grep -q '"poll"' "$WORK/early.json" || fail "the poll is not in the set"
expect_equal "verify" 0 "$("$ANALYZE" verify "$WORK/early.ctr" >/dev/null; echo $?)"

# ---- killed in the middle

start_waiting killed then-die
wait_for_calls "$pid" "$never"
start_recording "$WORK/killed.ctr" --container "$(container_id killed)"
kill -KILL "$pid"
wait_until 30 test ! -e "/proc/$pid" || fail "the process does not die"
stop_recording INT
expect_equal "the read that it died in" "ERESTARTSYS 55" \
  "$(in_file killed killed 'event == read and restarted' | jq -r '"\(.errno) \(.args[2].value)"')"
expect_equal "reads" 1 "$(in_file killed killed 'event == read' | wc -l)"
expect_equal "its end" SIGKILL \
  "$(in_file killed killed 'event == sched_process_exit' | jq -r '.args[1].value')"
runc kill "$(container_id early)" KILL 2>/dev/null || true
note "$(tail -n 1 "$WORK/strace")"
