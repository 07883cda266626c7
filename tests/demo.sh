#!/usr/bin/env bash
# demo.sh: ctrace on a real container, from the recording to a seccomp profile under which the same
# container runs again. Every command is printed before it runs. Needs no network and no image
# registry: the container is made of static busybox. Nothing of it stays behind.
#
# Where nobody may load BPF it says why, and shows replay and analysis of samples/ instead.
here=$(dirname "$(realpath "$0")")
BUILD=$(realpath -m "${BUILD:-build}")
export BUILD
if [ "$(id -u)" -ne 0 ] && command -v sudo >/dev/null; then exec sudo BUILD="$BUILD" "$0" "$@"; fi
LIVE_ID=ctrace-demo
# The container and the recorder are handled as in the live tests.
# shellcheck source=tests/live/lib.sh
. "$here/live/lib.sh"

most_lines=16
bold='' dim='' plain=''
if [ -t 1 ]; then bold=$'\e[1m' dim=$'\e[2m' plain=$'\e[0m'; fi

say() { printf '\n%s# %s%s\n' "$dim" "$*" "$plain"; }
print_command() { printf '%s$ %s%s\n' "$bold" "$*" "$plain"; }
# show COMMAND...: prints it, runs it, prints the beginning of its output; its status in $status
show() {
  print_command "$*"
  status=0
  "$@" >"$WORK/shown" 2>&1 </dev/null || status=$?
  print_head "$WORK/shown"
}
print_head() { # print_head FILE
  local lines
  lines=$(wc -l <"$1")
  head -n "$most_lines" "$1"
  if [ "$lines" -gt "$most_lines" ]; then
    printf '%s[cut here: %d more lines]%s\n' "$dim" $((lines - most_lines)) "$plain"
  fi
}
expect() { # expect STATUS WHAT: of the last show
  [ "$status" -eq "$1" ] || fail "demo: $2: exit status $status"
}

# Why nothing can be recorded here; empty: it can.
obstacle() {
  local missing
  for missing in runc busybox jq python3; do
    command -v "$missing" >/dev/null || { echo "$missing is not installed" && return; }
  done
  ctrace-record -o "$WORK/probe.ctr" -- true >/dev/null 2>"$WORK/probe.log" ||
    tail -n 1 "$WORK/probe.log" | grep . || echo "ctrace-record fails without a word"
}

show_samples() { # show_samples WHY
  local sample
  say "Nothing can be recorded here: $1"
  say "So these are recordings that were made elsewhere (samples/)."
  cd "$here/../samples" || fail "demo: no samples"
  for sample in *.ctr; do
    say "$sample"
    show ctrace-analyze info "$sample"
    expect 0 "info"
    show ctrace-replay "$sample" --set net
    expect 0 "replay"
    show ctrace-replay "$sample" --set fs
    expect 0 "replay"
  done
  say "The least that the containers of all of them need, as a seccomp profile:"
  show ctrace-analyze minset ./*.ctr
  expect 0 "minset"
}

# What the container does: files, a web server and its client; it looks at what is mounted, but
# mounts nothing. $TRY is what it does besides.
# shellcheck disable=SC2016  # the container's shell expands it
container_work='set -e
mkdir -p /srv; echo "hello from the container" >/srv/index.html; ls -l /srv >/tmp/list; mount >>/tmp/list
httpd -p 127.0.0.1:8080 -h /srv
printf "GET /index.html HTTP/1.0\r\n\r\n" | nc 127.0.0.1 8080 | tail -n 1
kill $(pidof httpd) 2>/dev/null || true  # the one that served nc may end by itself before
$TRY'

# The container may mount by its capabilities, so that what refuses it later is the profile.
make_container() {
  busybox_bundle "$WORK/web" sh -c "$container_work"
  mkdir "$WORK/web/rootfs/mnt"
  # shellcheck disable=SC2016  # jq's
  edit_bundle "$WORK/web" '["CAP_KILL", "CAP_SYS_ADMIN"] as $caps
    | .process.capabilities = {bounding: $caps, effective: $caps, permitted: $caps}'
  cp -r "$WORK/web" "$WORK/mounts"
  edit_bundle "$WORK/mounts" '.process.env += ["TRY=mount -t tmpfs none /mnt"]'
}

# A recording's heading and its end: it begins with what the runtime does to make the container.
show_end() { # show_end COMMAND...
  local lines
  print_command "$*"
  "$@" >"$WORK/shown" 2>&1 || fail "demo: $*: exit status $?"
  lines=$(wc -l <"$WORK/shown")
  head -n 1 "$WORK/shown"
  if [ "$lines" -gt "$most_lines" ]; then
    printf '%s[cut here: %d lines before these]%s\n' "$dim" $((lines - most_lines)) "$plain"
  fi
  tail -n +2 "$WORK/shown" | tail -n $((most_lines - 1))
}

record_container() {
  say "Record every container of this machine, from its very first system call."
  print_command "ctrace-record -o demo.ctr &"
  start_recording demo.ctr
  cat demo.ctr.err
  show runc run -b web ctrace-demo-web
  expect 0 "the container"
  print_command "kill -INT %1"
  stop_recording INT
  tail -n +2 demo.ctr.err
  [ "$recorder_status" -eq 0 ] || fail "demo: ctrace-record: exit status $recorder_status"
}

replay_and_analyze() {
  say "What did it do? On the network:"
  show_end ctrace-replay demo.ctr --set net
  say "And with files:"
  show_end ctrace-replay demo.ctr --set fs
  show ctrace-analyze info demo.ctr
  expect 0 "info"
  say "What is the least it needs?"
  print_command "ctrace-analyze minset --container ctrace-demo-web demo.ctr > profile.json"
  ctrace-analyze minset --container ctrace-demo-web demo.ctr >profile.json ||
    fail "demo: minset: exit status $?"
  show jq -c . profile.json
}

run_under_profile() {
  local bundle
  say "Put the profile into the container's configuration; the same container still works."
  # shellcheck disable=SC2016  # jq's
  local edit='.linux.seccomp = $profile[0]'
  print_command "jq --slurpfile profile profile.json '$edit' config.json > config.new"
  for bundle in web mounts; do
    edit_bundle "$WORK/$bundle" --slurpfile profile profile.json "$edit"
  done
  show runc run -b web ctrace-demo-web
  expect 0 "the container under its profile"
}

try_to_mount() {
  say "One that also mounts a file system may do so without the profile:"
  show runc run -b mounts ctrace-demo-mounts
  expect 0 "mount without profile"
}

refuse_to_mount() {
  say "Under it a call that the container never made is refused:"
  show runc run -b mounts ctrace-demo-mounts
  [ "$status" -ne 0 ] || fail "demo: mount is not refused"
  grep -q '^mount: permission denied' "$WORK/shown" || fail "demo: it is not the mount that failed"
}

for program in ctrace-record ctrace-replay ctrace-analyze; do
  [ -x "$BUILD/$program" ] || fail "demo: $BUILD/$program is not built (make)"
done
PATH=$BUILD:$PATH
why=$(obstacle)
if [ -n "$why" ]; then
  show_samples "$why"
  exit 0
fi
make_container
cd "$WORK"
record_container
replay_and_analyze
try_to_mount
run_under_profile
refuse_to_mount
say "That is all: record, replay, minset. README.md tells the rest."
