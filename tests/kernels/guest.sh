# Runs in the guest (busybox sh): records, replays, and says for each thing that should be there
# `ok NAME` or `not ok NAME`. Exits with the number of those that are not.
bad=0
ok() { # ok NAME CONDITION...
  name=$1
  shift
  if "$@"; then echo "ok $name"; else echo "not ok $name: $*" && bad=$((bad + 1)); fi
}
count() { grep -c "$1" "$2"; }
# has FILE PATTERN...: a line with all the patterns
has() {
  file=$1
  shift
  cp "$file" /tmp/rest
  for pattern; do grep -e "$pattern" /tmp/rest >/tmp/less; mv /tmp/less /tmp/rest; done
  [ -s /tmp/rest ]
}

check_calls() { # check_calls WHAT FILE
  ok "$1: 3 x 2000 calls of threads" [ "$(count ' getppid' "$2")" -eq 6000 ]
  ok "$1: a path and flags" has "$2" ' open' 'guest-file' 'O_RDWR|O_CREAT'
  ok "$1: a failure" has "$2" 'ENOENT' '/nonexistent/path'
  ok "$1: a socket address" has "$2" ' connect' 'guest.sock'
  ok "$1: i386" has "$2" 'getpid\[i386\]'
  ok "$1: an unknown call" has "$2" ' syscall_999' 'ENOSYS'
  ok "$1: a failed execve with its arguments" has "$2" ' execve' 'program one "two words"'
  ok "$1: a killed process" has "$2" ' sched_process_exit' 'SIGKILL'
  ok "$1: vfork's child" has "$2" ' exit_group' 'status: 7'
  ok "$1: the end" has "$2" ' exit_group' 'status: 5'
}

uname -r
ctrace-record -o cmd.ctr -- guest calls
ok "command: exit status" [ $? -eq 5 ]
ctrace-analyze verify cmd.ctr || bad=$((bad + 1))
ctrace-replay cmd.ctr >cmd.txt
check_calls command cmd.txt
ok "command: no loss" [ "$(count ' lost ' cmd.txt)" -eq 0 ]

ctrace-record -o con.ctr 2>con.err &
until grep -q recording con.err; do sleep 0.1; done
guest container
ok "container: exit status" [ $? -eq 5 ]
sleep 0.5
kill -INT %1
wait
tail -n 1 con.err
ctrace-analyze verify con.ctr || bad=$((bad + 1))
ctrace-replay con.ctr | grep -v ' host ' >con.txt
check_calls container con.txt
ok "container: start and stop" [ "$(grep -c 'container_st[ao]' con.txt)" -eq 2 ]
ok "container: its id" has con.txt '0123456789ab' ' container_start'
ok "container: set-up is marked" has con.txt 'unshare' '(setup)'
ok "container: pid 1 inside" has con.txt ' guest  *1  *1 '
ctrace-analyze minset --container 0123456789ab con.ctr >set.json 2>/dev/null
ok "container: minset" has set.json '"connect"'
ok "container: minset without the set-up" [ "$(count '"unshare"' set.json)" -eq 0 ]
exit $bad
