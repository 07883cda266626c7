# shellcheck shell=bash
# Sourced by the live tests: containers, recordings and the words in which a test ends.
#
# A test is run by run.sh, or alone by `bash tests/live/NAME.test.sh`. What it starts through these
# functions is ended when it ends.
set -eEu -o pipefail

# shellcheck disable=SC2034  # for the tests
live_dir=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
BUILD=$(realpath -m "${BUILD:-build}")
LIVE_ID=${LIVE_ID:-ctlive-$$}
# shellcheck disable=SC2034  # for the tests
RECORD=$BUILD/ctrace-record REPLAY=$BUILD/ctrace-replay ANALYZE=$BUILD/ctrace-analyze
if [ -n "${LIVE_WORK:-}" ]; then
  WORK=$LIVE_WORK
else
  WORK=$(mktemp -d "${TMPDIR:-/tmp}/ctlive.XXXXXX")
fi
exec 3>&1 # the test's own output, also inside of $(...)

fail() { # fail WHY: ends the test
  echo "$*" >>"$WORK/why"
  echo "FAIL: $*" >&2
  exit 1
}
skip() { # skip WHY: the test cannot run here
  echo "$*" >>"$WORK/why"
  echo "SKIP: $*" >&2
  exit 77
}
note() { echo "# $*" >&3; }

mounted=() started=()
at_end=() # functions of the test's own, called first when it ends, however it does
cleanup() {
  local status=$? pid dir id own
  set +e
  for own in "${at_end[@]}"; do "$own"; done
  for pid in "${started[@]}"; do kill -KILL "$pid" 2>/dev/null; done
  for id in $(runc list -q 2>/dev/null | grep "^$LIVE_ID-"); do
    runc resume "$id" >/dev/null 2>&1
    runc delete -f "$id" >/dev/null 2>&1
  done
  for ((dir = ${#mounted[@]} - 1; dir >= 0; dir--)); do
    umount "${mounted[dir]}" || umount -l "${mounted[dir]}"
  done
  [ -n "${LIVE_WORK:-}" ] || rm -rf "$WORK"
  exit "$status"
}
trap cleanup EXIT
trap 'exit 143' TERM
trap 'exit 130' INT
# A command that fails without a word ends the test by `set -e`; this says which one it was.
trap 'echo "failed: $BASH_COMMAND" >"$WORK/command"' ERR

# ---- what a test needs

need_root() { [ "$(id -u)" -eq 0 ] || skip "needs root"; }
need_command() { # need_command NAME...
  local name
  for name; do command -v "$name" >/dev/null || skip "needs $name (tests/deps.sh installs it)"; done
}
need_programs() {
  local program
  for program in "$RECORD" "$REPLAY" "$ANALYZE"; do
    [ -x "$program" ] || skip "$program is not built"
  done
}
# Everything that a test with a recorded container needs.
need_live() {
  need_root
  need_command runc busybox jq python3
  need_programs
  "$RECORD" -o "$WORK/probe.ctr" -- true 2>"$WORK/probe.log" ||
    skip "cannot record here: $(tail -n 1 "$WORK/probe.log")"
  rm -f "$WORK/probe.ctr"
}
need_overlay() {
  grep -qw overlay /proc/filesystems || modprobe overlay 2>/dev/null || skip "needs overlayfs"
}

# ---- containers

mount_at() { # mount_at DIR MOUNT-ARGUMENTS...: unmounted when the test ends
  local dir=$1
  shift
  mkdir -p "$dir"
  mount "$@" "$dir"
  mounted+=("$dir")
}

# edit_bundle DIR JQ-ARGUMENTS...: changes the bundle's config.json
edit_bundle() {
  local dir=$1
  shift
  jq "$@" "$dir/config.json" >"$dir/config.new"
  mv "$dir/config.new" "$dir/config.json"
}

set_command() { # set_command DIR ARGS...
  local dir=$1
  shift
  # Not by jq's --args, which takes a -c among them for its own.
  # shellcheck disable=SC2016
  edit_bundle "$dir" --argjson args \
    "$(python3 -c 'import json, sys; print(json.dumps(sys.argv[1:]))' "$@")" \
    '.process.args = $args'
}

# Common to all bundles: a command, no terminal, no limits (this machine may not raise any).
plain_spec() { # plain_spec DIR ARGS...
  local dir=$1
  shift
  rm -f "$dir/config.json"
  runc spec -b "$dir"
  edit_bundle "$dir" '.process.terminal = false | .process.noNewPrivileges = false
    | del(.process.rlimits)'
  set_command "$dir" "$@"
}

# busybox_bundle DIR ARGS...: a bundle of static busybox, all applets in /bin, that runs ARGS
busybox_bundle() {
  local dir=$1 applet
  shift
  mkdir -p "$dir/rootfs"/{bin,proc,sys,dev,tmp,etc,root}
  cp "$(command -v busybox)" "$dir/rootfs/bin/busybox"
  for applet in $(busybox --list); do
    [ "$applet" = busybox ] || ln -sf busybox "$dir/rootfs/bin/$applet"
  done
  echo 'root:x:0:0:root:/root:/bin/sh' >"$dir/rootfs/etc/passwd"
  plain_spec "$dir" "$@"
  edit_bundle "$dir" '.root.readonly = false'
}

# hostroot_bundle DIR ARGS...: a bundle whose root is an overlay of this machine's own /, so that
# all that is installed here runs in it. DIR/share is /share inside.
hostroot_bundle() {
  local dir=$1
  shift
  mkdir -p "$dir/share"
  chmod 1777 "$dir/share"
  # Not every file system can be an overlay's upper layer; tmpfs can.
  mount_at "$dir/layers" -t tmpfs tmpfs
  mkdir "$dir/layers"/{upper,work,root}
  mount_at "$dir/layers/root" -t overlay \
    -o "lowerdir=/,upperdir=$dir/layers/upper,workdir=$dir/layers/work" overlay
  plain_spec "$dir" "$@"
  # shellcheck disable=SC2016
  edit_bundle "$dir" --arg dir "$dir" '.root = {path: ($dir + "/layers/root"), readonly: false}
    | ["CHOWN", "DAC_OVERRIDE", "FOWNER", "SETUID", "SETGID", "KILL", "SYS_PTRACE"] as $names
    | [$names[] | "CAP_" + .] as $caps
    | .process.capabilities = {bounding: $caps, effective: $caps, permitted: $caps}
    | .mounts += [
        {destination: "/tmp", type: "tmpfs", source: "tmpfs", options: ["mode=1777"]},
        {destination: "/share", type: "bind", source: ($dir + "/share"), options: ["rbind", "rw"]}]'
}

# The id under which runc knows the test's container NAME.
container_id() { echo "$LIVE_ID-$1"; }

# run_container NAME BUNDLE [RUNC-OPTION...]: runs it to its end, with its output and exit status
run_container() {
  local name=$1 bundle=$2
  shift 2
  runc run "$@" -b "$bundle" "$(container_id "$name")" </dev/null
}

runs_own_program() { # runs_own_program PID: and not the runtime's set-up any more
  local comm
  { read -r comm <"/proc/$1/comm"; } 2>/dev/null && [[ $comm != runc:* ]]
}
# run_detached NAME BUNDLE: returns when the container's own program runs, which `runc run -d` does not
# wait for. Sets container_pid, as the host has it.
run_detached() {
  runc run -d --pid-file "$WORK/$1.pid" -b "$2" "$(container_id "$1")" </dev/null >/dev/null 2>&1 ||
    fail "the container $1 does not start"
  container_pid=$(cat "$WORK/$1.pid")
  wait_until 30 runs_own_program "$container_pid" || fail "the container $1 does not begin"
}

# ---- recordings

# In the background, without the "ignore SIGINT" that bash gives to background commands.
start_background() { # start_background STDOUT STDERR COMMAND...: sets background_pid
  local out=$1 err=$2
  shift 2
  # Emptied here, not by the child alone: who waits for a word in them must not find an old one.
  : >"$out" && : >"$err"
  env --default-signal=INT,QUIT "$@" >"$out" 2>"$err" </dev/null &
  background_pid=$!
  started+=("$background_pid")
}

# wait_until SECONDS COMMAND...: until it succeeds; fails when it does not
wait_until() {
  local until_s=$((SECONDS + $1))
  shift
  until "$@"; do
    [ "$SECONDS" -lt "$until_s" ] || return 1
    sleep 0.05
  done
}

is_recording_or_dead() { grep -qs 'recording' "$1" || ! kill -0 "$2" 2>/dev/null; }

# What the recorder says next may follow a moment later.
expect_said() { # expect_said FILE PATTERN: the file gets such a line
  wait_until 30 grep -qs "$2" "$1" || fail "does not say '$2': $(tail -n 1 "$1")"
}

# start_recording FILE [OPTION...]: returns when ctrace-record says that it records. For FILE x.ctr
# its stdout is $WORK/x.ctr.out, its stderr $WORK/x.ctr.err.
start_recording() {
  local file=$1 log
  log=$WORK/$(basename "$file")
  shift
  start_background "$log.out" "$log.err" "$RECORD" -o "$file" "$@"
  recorder=$background_pid
  wait_until 30 is_recording_or_dead "$log.err" "$recorder" || fail "no word of recording in 30 s"
  kill -0 "$recorder" 2>/dev/null || fail "ctrace-record ended: $(tail -n 1 "$log.err")"
}

# stop_recording SIGNAL: sets recorder_status
stop_recording() {
  kill "-$1" "$recorder" 2>/dev/null || true # it may have ended by itself
  recorder_status=0
  wait "$recorder" || recorder_status=$?
  recorder=
}

# record_while FILE COMMAND...: a whole recording of what happens while COMMAND runs
record_while() {
  local file=$1
  shift
  start_recording "$file"
  "$@"
  stop_recording INT
  [ "$recorder_status" -eq 0 ] || fail "ctrace-record: status $recorder_status"
}

# A recording that is being written holds what is older than a second.
has_event() { # has_event FILE FILTER...
  [ "$("$REPLAY" --format json "${@:2}" "$1" 2>/dev/null | wc -l)" -gt 0 ]
}
wait_recorded() { # wait_recorded FILE FILTER...: until it holds such an event
  wait_until 30 has_event "$@" || fail "not recorded in 30 s: ${*:2}"
}

lost_events() { "$ANALYZE" info --json "$1" | jq .lost; }
expect_no_loss() { # expect_no_loss FILE
  local lost
  lost=$(lost_events "$1")
  [ "$lost" = 0 ] || fail "$lost events were lost"
}

# lost_of NAME CLASS FILE: how many records of that class (a column of info's lost_by) a container lost
lost_of() {
  "$ANALYZE" info --json "$3" | jq --arg id "$(container_id "$1")" --arg class "$2" \
    '(.containers[] | select(.id == $id).index) as $index |
      [.lost_by[] | select(.container_index == $index)[$class]] | add // 0'
}
# expect_whole_life NAME STATUS PROGRAMS FILE: its start, its stop, its exit with STATUS, at least so many
# executions
expect_whole_life() {
  local events
  events=$("$REPLAY" --format json --container "$(container_id "$1")" \
    -e container_start,container_stop,sched_process_exec,sched_process_exit "$4")
  count() { jq -r "select($1) | .eventName" <<<"$events" | wc -l; }
  expect_equal "starts of $1" 1 "$(count '.eventName == "container_start"')"
  expect_equal "stops of $1" 1 "$(count '.eventName == "container_stop"')"
  expect_equal "exits of $1 with its status" 1 \
    "$(count ".eventName == \"sched_process_exit\" and any(.args[]; .value == $2)")"
  [ "$(count '.eventName == "sched_process_exec"')" -ge "$3" ] || fail "executions of $1 are missing"
}

# ---- what is expected

expect_equal() { # expect_equal WHAT WANTED GOT
  [ "$2" = "$3" ] || fail "$1: wanted '$2', got '$3'"
}
expect_same_bytes() { # expect_same_bytes WHAT FILE FILE
  cmp "$2" "$3" >&2 || fail "$1: $(cmp "$2" "$3" 2>&1 | head -n 1)"
}
# expect_status WANTED COMMAND...: output is in $WORK/stdout and $WORK/stderr
expect_status() {
  local wanted=$1 status=0
  shift
  "$@" >"$WORK/stdout" 2>"$WORK/stderr" </dev/null || status=$?
  [ "$status" -eq "$wanted" ] ||
    fail "'$*': wanted status $wanted, got $status: $(tail -n 1 "$WORK/stderr")"
}
expect_one_line() { # expect_one_line PROGRAM: all that the last expect_status said on stderr
  expect_equal "lines on stderr of $1" 1 "$(wc -l <"$WORK/stderr")"
  grep -q "^$1: " "$WORK/stderr" || fail "stderr does not begin with '$1: '"
}
