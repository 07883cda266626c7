#!/usr/bin/env bash
# run.sh [NAME...]: runs the live tests (tests/live/NAME.test.sh; all of them without names), one
# after the other. A line each: PASS with the seconds it took, FAIL or SKIP with the reason; the last
# line is always `N passed, N failed, N skipped`. Exits 0 when none failed.
#
# BUILD                    where the programs are (build)
# CTRACE_REQUIRE_LIVE=1    a test that cannot run is a failure
# CTRACE_LIVE_TIMEOUT=600  seconds a test may take
# Logs of tests are in $BUILD/live/NAME.log.
#
# Each test has a process group and a mount namespace of its own and names its containers by its
# LIVE_ID. So whatever it leaves behind can be found and ended here, whichever way it ended.
set -u
here=$(dirname "$(realpath "$0")")
build=$(realpath -m "${BUILD:-build}")
limit=${CTRACE_LIVE_TIMEOUT:-600}
logs=$build/live
mkdir -p "$logs" || exit 2
passed=0 failed=0 skipped=0
group=

# `runc list` fails on a machine without runc, which has no containers to end either.
end_containers() {
  local id
  for id in $(runc list -q 2>/dev/null | grep "^$1-"); do
    runc resume "$id" >/dev/null 2>&1
    runc delete -f "$id" >/dev/null 2>&1
  done
}

end_case() {
  [ -n "$group" ] || return 0
  # First those who could make more. The mount namespace of the test ends with its last process, and the
  # mounts with it.
  kill -KILL -- "-$group" 2>/dev/null
  end_containers "$LIVE_ID"
  # Folders of cgroups, which a runtime makes and leaves.
  find /sys/fs/cgroup -maxdepth 4 -depth -type d -path "*/$LIVE_ID*" -exec rmdir {} + 2>/dev/null
  rm -rf "$LIVE_WORK"
  group=
}
trap end_case EXIT
trap 'exit 130' INT TERM

report() { # report NAME STATUS
  local why
  why=$(paste -sd' ' "$LIVE_WORK/why" 2>/dev/null || head -n 1 "$LIVE_WORK/command" 2>/dev/null)
  case $2 in
    0) echo "PASS $1 ($((SECONDS - began)) s)" && passed=$((passed + 1)) && return ;;
    77)
      if [ "${CTRACE_REQUIRE_LIVE:-0}" != 1 ]; then
        echo "SKIP $1: $why" && skipped=$((skipped + 1)) && return
      fi
      why="cannot run here: $why"
      ;;
    124 | 137) why="took longer than $limit s" ;;
    *) [ -n "$why" ] || why="exit status $2" ;;
  esac
  echo "FAIL $1: $why (log: $logs/$1.log, its end:)"
  tail -n 15 "$logs/$1.log" | cat -v | sed 's/^/  | /'
  failed=$((failed + 1))
}

# Namespaces need root; without it the test says itself that it cannot run.
apart=()
[ "$(id -u)" -eq 0 ] && apart=(unshare --mount --propagation private)

run_case() { # run_case NAME FILE
  LIVE_ID=ctlive-$$-$1
  LIVE_WORK=$(mktemp -d "${TMPDIR:-/tmp}/ctlive.XXXXXX") || exit 2
  export LIVE_ID LIVE_WORK BUILD=$build
  began=$SECONDS
  # In the background, because a trap waits for the end of a command in the foreground.
  setsid timeout -k 5 "$limit" "${apart[@]}" bash "$2" >"$logs/$1.log" 2>&1 </dev/null &
  group=$!
  wait "$group"
  report "$1" $?
  end_case
}

names=("$@")
if [ $# -eq 0 ]; then
  for file in "$here"/*.test.sh; do names+=("$(basename "$file" .test.sh)"); done
fi
for name in "${names[@]}"; do
  name=$(basename "$name" .test.sh)
  if [ -f "$here/$name.test.sh" ]; then
    run_case "$name" "$here/$name.test.sh"
  else
    echo "FAIL $name: no such live test"
    failed=$((failed + 1))
  fi
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
