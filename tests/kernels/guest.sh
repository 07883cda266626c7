# Runs in the guest (busybox sh): records, replays, and says for each thing that should be there
# `ok GROUP: NAME` or `not ok GROUP: NAME`, `skip GROUP: WHY` for what this kernel cannot do, and
# `fact NAME VALUE` about the kernel. Exits with the number of what is not ok.
#
# The file groups beside it: only those groups.
bad=0
id=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
short=0123456789ab
ok() { # ok NAME CONDITION...
  name=$1
  shift
  if "$@"; then echo "ok $group: $name"; else echo "not ok $group: $name: $*" && bad=$((bad + 1)); fi
}
skip() { echo "skip $group: $*"; }
count() { grep -c -e "$1" "$2"; }
# has FILE PATTERN...: a line with all the patterns
has() {
  file=$1
  shift
  cp "$file" /tmp/rest
  for pattern; do grep -e "$pattern" /tmp/rest >/tmp/less; mv /tmp/less /tmp/rest; done
  [ -s /tmp/rest ]
}
has_not() { ! has "$@"; }
verifies() { ctrace-analyze verify "$1" >/tmp/verify 2>&1 || { cat /tmp/verify && false; }; }
misses() { ctrace-analyze info --json "$1" | sed -n 's/.*"recursion_misses": *\([0-9]*\).*/\1/p' | head -n 1; }
lost() { ctrace-analyze info --json "$1" | sed -n 's/.*"lost": *\([0-9]*\).*/\1/p' | head -n 1; }

record() { # record FILE [OPTION...]: returns when it records
  file=$1
  shift
  ctrace-record -o "$file" "$@" 2>"$file.err" &
  recorder=$!
  until grep -q recording "$file.err" || ! kill -0 $recorder 2>/dev/null; do sleep 0.1; done
}
finish() { # finish FILE: stops the recorder and prints the containers' lines into FILE.txt
  sleep 0.5
  kill -INT $recorder
  wait $recorder
  tail -n 1 "$1.err"
  [ "$(misses "$1")" = 0 ] || echo "fact misses $(misses "$1")"
  ok "the file verifies" verifies "$1"
  ctrace-replay "$1" >"$1.all"
  grep -v ' host ' "$1.all" >"$1.txt"
}
no_loss() { ok "no loss" [ "$(lost "$1")" = 0 ]; }

check_calls() { # check_calls FILE
  ok "3 x 2000 calls of threads" [ "$(count ' getppid' "$1")" -eq 6000 ]
  ok "a path and flags" has "$1" ' open' 'guest-file' 'O_RDWR|O_CREAT'
  ok "flags with other values on arm64" has "$1" ' open' 'O_RDONLY|O_DIRECTORY|O_NOFOLLOW'
  ok "a failure" has "$1" 'ENOENT' '/nonexistent/path'
  ok "a path of 3000 bytes" [ "$(awk 'length($0) > 3000' "$1" | grep -c 'ENAMETOOLONG.* open.*xxxxxxxx')" -eq 1 ]
  ok "a path with bytes that are no text" has "$1" ' open' 'nonexistent/\\x1b\[31m\\xff'
  ok "a socket address" has "$1" ' connect' 'guest.sock'
  ok "an IPv6 address" has "$1" ' connect' '4321' '::1'
  ok "the 32-bit table" has "$1" 'getpid\[i386\]\|syscall_20\[arm\]'
  ok "an unknown call" has "$1" ' syscall_999' 'ENOSYS'
  ok "io_uring's set-up" has "$1" ' io_uring_setup'
  ok "a failed execve with its arguments" has "$1" ' execve' 'program one "two words"'
  ok "a signal handler's return" has "$1" ' rt_sigreturn'
  ok "a killed process" has "$1" ' sched_process_exit' 'SIGKILL'
  ok "a crashed process" has "$1" ' sched_process_exit' 'SIGSEGV'
  ok "a call that seccomp denied" has "$1" 'EACCES' ' getsid'
  ok "a thread's execve" has "$1" ' exit_group' 'status: 9'
  ok "vfork's child" has "$1" ' exit_group' 'status: 7'
  ok "the end" has "$1" ' exit_group' 'status: 5'
}

group_command() {
  ctrace-record -o cmd.ctr -- guest calls
  ok "exit status" [ $? -eq 5 ]
  ok "the file verifies" verifies cmd.ctr
  [ "$(misses cmd.ctr)" = 0 ] || echo "fact misses $(misses cmd.ctr)"
  ctrace-replay cmd.ctr >cmd.txt
  check_calls cmd.txt
  no_loss cmd.ctr
  ctrace-record -o texts.ctr -- texts >texts.expected
  ctrace-replay -e rmdir,unlinkat --fields arg.pathname texts.ctr | sed '1d; s/^""$//; s/^-$/?/' >texts.txt
  ok "500 paths in all kinds of memory" [ "$(wc -l <texts.expected)" -gt 500 ]
  ok "each as it stands there" cmp texts.expected texts.txt
}

group_container() {
  record con.ctr
  guest container /docker/$id calls
  ok "exit status" [ $? -eq 5 ]
  finish con.ctr
  check_calls con.ctr.txt
  no_loss con.ctr
  ok "start and stop" [ "$(count 'container_st[ao]' con.ctr.txt)" -eq 2 ]
  ok "its id" has con.ctr.txt $short ' container_start'
  ok "set-up is marked" has con.ctr.txt 'unshare' '(setup)'
  ok "pid 1 inside" has con.ctr.txt ' guest  *1  *1 '
  ctrace-analyze minset --container $short con.ctr >set.json 2>/dev/null
  ok "minset" has set.json '"connect"'
  ok "minset without the set-up" has_not set.json '"unshare"'
}

# One that runs before the recorder does, and a process that is put into it.
group_existing() {
  rm -f stop
  guest container /docker/$id wait /tmp/stop &
  sleep 1
  record old.ctr
  guest enter /docker/$id loop 77
  sleep 0.5
  touch stop
  wait %1
  finish old.ctr
  no_loss old.ctr
  ok "its calls" has old.ctr.txt $short ' \(faccessat\|access\)' '/tmp/stop' # access(2) is x86's alone
  ok "its calls are its own" has_not old.ctr.txt '/tmp/stop' '(setup)'
  ok "a process that was put in" [ "$(grep ' getppid' old.ctr.txt | count '(entered)' -)" -eq 77 ]
  ok "its end" has old.ctr.txt $short ' container_stop'
}

# Under a name that tells nothing, and busy in its cgroup for longer than anybody waits.
group_late() {
  record late.ctr
  guest late /web 5 loop 88
  finish late.ctr
  no_loss late.ctr
  ok "start" has late.ctr.txt ' container_start' 'web'
  ok "stop" has late.ctr.txt ' container_stop' 'web'
  ok "its calls" [ "$(grep ' getppid' late.ctr.txt | grep -v '(setup)' | count ' web ' -)" -eq 88 ]
}

# A cgroup made before the recorder, with nobody in it, becomes a container's.
group_reused() {
  for root in /sys/fs/cgroup /sys/fs/cgroup/*; do
    [ -e "$root/cgroup.procs" ] && mkdir -p "$root/reused"
    [ "$root" = /sys/fs/cgroup ] && [ -e "$root/cgroup.procs" ] && break
  done
  record reused.ctr
  guest container /reused loop 66
  finish reused.ctr
  ok "start" has reused.ctr.txt ' container_start' 'reused'
  ok "its calls" [ "$(grep ' getppid' reused.ctr.txt | grep -v '(setup)' | count ' reused ' -)" -eq 66 ]
}

group_none() {
  record none.ctr
  guest plain /batch loop 55
  guest plain /system.slice/private.service loop 55
  sleep 4
  finish none.ctr
  ok "no container" has_not none.ctr.all ' container_start'
  ok "no calls" has_not none.ctr.all ' getppid'
}

group_churn() {
  record churn.ctr
  guest churn 20
  finish churn.ctr
  no_loss churn.ctr
  ok "20 starts" [ "$(count ' container_start' churn.ctr.txt)" -eq 20 ]
  ok "20 stops" [ "$(count ' container_stop' churn.ctr.txt)" -eq 20 ]
  ok "20 exits, each in its own" [ "$(ctrace-replay --format json -e exit_group churn.ctr |
    grep '"phase": *"own"' | sed -n 's/.*"id": *"\(0*[0-9a-f]*\)".*/\1/p' | sort -u | wc -l)" -eq 20 ]
}

group_oom() {
  guest limit /docker-$id.scope 16777216
  if [ $? -eq 77 ]; then
    skip "no memory controller here"
    return
  fi
  record oom.ctr
  guest container /docker-$id.scope eat
  finish oom.ctr
  ok "killed" has oom.ctr.txt $short ' sched_process_exit' 'SIGKILL'
}

# The counters: the same least set whether most events were lost or none, or none was asked for.
group_tally() {
  for way in whole lossy summary; do
    case $way in
      whole) record $way.ctr ;;
      lossy) record $way.ctr --buffer-size 256K && kill -STOP $recorder ;;
      summary) record $way.ctr --summary ;;
    esac
    guest container /docker/$id once
    kill -CONT $recorder
    finish $way.ctr
    ctrace-analyze minset --container $short $way.ctr >$way.json 2>/dev/null
  done
  ok "whole: no loss" [ "$(lost whole.ctr)" = 0 ]
  ok "lossy: told" [ "$(lost lossy.ctr)" -gt 5000 ]
  ok "lossy: lines at the gaps" has lossy.ctr.all ' lost '
  ok "lossy: what came once is not there" has_not lossy.ctr.all ' sync '
  ok "the whole set" has whole.json '"sync"'
  ok "lossy: the same set" cmp whole.json lossy.json
  ok "summary: the same set" cmp whole.json summary.json
}

group_same() {
  ctrace-record -o same.ctr --print -- guest calls >live.txt 2>/dev/null
  ctrace-replay same.ctr >replayed.txt
  ok "live output is replay's" cmp live.txt replayed.txt
}

run_runtime() { # run_runtime NAME
  runtime=$1
  if ! command -v "$runtime" >/dev/null; then
    skip "not on the machine that ran this"
    return
  fi
  rm -rf bundle && mkdir -p bundle/rootfs
  cp -a /bin bundle/rootfs/bin
  mkdir -p bundle/rootfs/proc bundle/rootfs/sys bundle/rootfs/dev bundle/rootfs/tmp
  (cd bundle && "$runtime" spec && sed -i -e 's/"terminal": true/"terminal": false/' \
    -e 's/"readonly": true/"readonly": false/' \
    -e 's/"noNewPrivileges": true/"noNewPrivileges": false/' \
    -e 's|^\([[:space:]]*\)"sh"$|"sh", "-c", "echo hello >/tmp/made; while [ ! -e /tmp/stop ]; do sleep 0.2; done; exit 3"|' \
    config.json)
  record "$runtime.ctr"
  "$runtime" run -b bundle "my-$runtime" </dev/null &
  until [ -e bundle/rootfs/tmp/made ] || ! kill -0 $! 2>/dev/null; do sleep 0.2; done
  "$runtime" exec "my-$runtime" cat /tmp/made >out.txt
  touch bundle/rootfs/tmp/stop
  wait $!
  ok "exit status" [ $? -eq 3 ]
  finish "$runtime.ctr"
  no_loss "$runtime.ctr"
  ok "start" has "$runtime.ctr.txt" ' container_start' "my-$runtime"
  # crun writes its state after the container's first execve: its start may be told without.
  ctrace-analyze info --json "$runtime.ctr" >"$runtime.json"
  ok "runtime" has "$runtime.json" "\"runtime\": *\"$runtime\""
  ok "stop" has "$runtime.ctr.txt" ' container_stop' "my-$runtime"
  ok "set-up is marked" has "$runtime.ctr.txt" 'pivot_root\|execve\|unshare' '(setup)'
  ok "its calls" has "$runtime.ctr.txt" "my-$runtime" ' open' '/tmp/made' 'O_WRONLY'
  ok "exec'd into it" has "$runtime.ctr.txt" "my-$runtime" ' cat ' '/tmp/made' '(entered)'
  ok "its end" has "$runtime.ctr.txt" ' exit_group' 'status: 3'
  ctrace-analyze minset --container "my-$runtime" "$runtime.ctr" >set.json 2>/dev/null
  ok "minset" has set.json '"exit_group"'
}
group_runc() { run_runtime runc; }
group_crun() { run_runtime crun; }

# A container of RUNTIME runs and works under the profile that minset makes of it, with either answer to
# what is not in it and with and without noNewPrivileges, and what it never did is refused.
attacks="mount ptrace unshare keyctl bpf userfaultfd setreuid process_vm_readv"
# Files, archives, pipes, signals, a server and its client.
work='set -e
rm -rf /tmp/* && mkdir -p /tmp/d/sub && ls -l / | sort >/tmp/d/list && cp /tmp/d/list /tmp/d/sub/copy
ln -s list /tmp/d/link && chmod 600 /tmp/d/sub/copy && touch -d 2020-01-01 /tmp/d/list && cmp /tmp/d/link /tmp/d/sub/copy
tar -czf /tmp/d.tgz -C /tmp d && mkdir /tmp/e && tar -xzf /tmp/d.tgz -C /tmp/e
find /tmp/e -type f | xargs md5sum | awk "{ print \$1 }" | uniq >/tmp/sums && [ "$(wc -l </tmp/sums)" = 1 ]
dd if=/dev/zero of=/tmp/zeros bs=4096 count=16 2>/dev/null && sed -n 1p /tmp/d/list | tr a-z A-Z >/tmp/upper
mkfifo /tmp/fifo && (cat /tmp/fifo >/tmp/through &) && echo hello >/tmp/fifo
mkdir /tmp/d/cgi-bin && printf "#!/bin/sh\\nsleep 0.3; echo; echo hello\\n" >/tmp/d/cgi-bin/slow && chmod 755 /tmp/d/cgi-bin/slow
httpd -p 127.0.0.1:8080 -h /tmp/d && wget -q -O /tmp/got http://127.0.0.1:8080/list && cmp /tmp/got /tmp/d/list
wget -q -O /tmp/waited http://127.0.0.1:8080/cgi-bin/slow && cat /tmp/waited >/tmp/seen
kill "$(pidof httpd)" && trap "echo caught >/tmp/signal" USR1 && kill -USR1 $$ && cat /tmp/signal >/tmp/seen
date >/tmp/date && id >/tmp/id && df /tmp >/tmp/df && ps >/tmp/ps && mv /tmp/e /tmp/f && rm -r /tmp/d /tmp/f
echo done'
run_profiled() { # run_profiled [ATTEMPT...]: output in out.txt
  { echo "$work" && echo "exec /bin/forbidden ${*:-nothing nothing}"; } >bundle/rootfs/work
  "$runtime" run -b bundle "profiled-$runtime" </dev/null >out.txt 2>&1
}
refused_calls() { dmesg | grep type=1326 | tail -n 2; } # by the kernel's audit
works_again() {
  round=0
  while [ $round -lt "$rounds" ]; do
    round=$((round + 1))
    run_profiled && grep -q '^done$' out.txt || { echo "round $round: $(tail -n 1 out.txt)" && refused_calls && return 1; }
  done
}
refuses() { # refuses STATUS
  run_profiled $attacks
  for attempt in $attacks; do echo "$attempt $1"; done >wanted.txt
  grep -v '^done$' out.txt | cmp - wanted.txt || { cat out.txt && return 1; }
}
check_profile() { # check_profile RUNTIME NO-NEW-PRIVILEGES
  runtime=$1
  rm -rf bundle && mkdir -p bundle/rootfs
  cp -a /bin bundle/rootfs/bin
  cp /payload/forbidden bundle/rootfs/bin/
  mkdir -p bundle/rootfs/proc bundle/rootfs/sys bundle/rootfs/dev bundle/rootfs/tmp
  (cd bundle && "$runtime" spec && sed -i -e 's/"terminal": true/"terminal": false/' \
    -e 's/"readonly": true/"readonly": false/' -e "s/\"noNewPrivileges\": true/\"noNewPrivileges\": $2/" \
    -e 's|"type": "network"|"type": "network", "path": "/proc/1/ns/net"|' \
    -e 's|^\([[:space:]]*\)"sh"$|"sh", "/work"|' config.json)
  round=0
  # Until no call was seen in one recording alone: what is made now and then, as when data come late.
  until [ $round -ge 3 ] && ctrace-analyze coverage --json "$runtime-$2"-*.ctr 2>/dev/null | grep -q '"in_one_sample": *0,'; do
    [ $round -lt 12 ] || break
    round=$((round + 1))
    record "$runtime-$2-$round.ctr"
    run_profiled
    ok "$runtime, noNewPrivileges=$2: recorded, $round" grep -q '^done$' out.txt
    grep -q '^done$' out.txt || cat out.txt
    finish "$runtime-$2-$round.ctr"
  done
  for action in errno:1 kill:159; do
    ctrace-analyze minset --container "profiled-$runtime" --default-action "${action%:*}" "$runtime-$2"-*.ctr \
      >set.json 2>/dev/null
    ctrace-analyze apply --bundle bundle set.json >/dev/null
    ok "$runtime, noNewPrivileges=$2: runs $rounds times under ${action%:*}" works_again
    ok "$runtime, noNewPrivileges=$2: what it never did, under ${action%:*}" refuses "${action#*:}"
  done
}
group_profile() {
  rounds=$(cat /payload/rounds 2>/dev/null || echo 1)
  for one in crun runc; do
    if ! command -v "$one" >/dev/null; then
      skip "$one is not on the machine that ran this"
      continue
    fi
    check_profile "$one" true
    check_profile "$one" false
  done
}

echo "fact kernel $(uname -r)"
echo "fact preempt $(cat /sys/kernel/debug/sched/preempt 2>/dev/null || echo fixed)"
if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
  echo "fact controllers $(cat /sys/fs/cgroup/cgroup.controllers)"
else
  echo "fact controllers $(ls /sys/fs/cgroup | tr '\n' ' ')"
fi
groups=$(cat /payload/groups 2>/dev/null)
for group in ${groups:-command container existing late reused none churn oom tally same runc crun profile}; do
  "group_$group"
done
exit $bad
