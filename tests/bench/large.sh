#!/usr/bin/env bash
# large.sh [EVENTS]: how long ctrace-analyze takes for a recording of so many events (100 million): the least of
# three times each, beside what is wanted. Takes 4 bytes an event below TMPDIR.
set -eu
events=${1:-100000000}
build=$(realpath -m "${BUILD:-build}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$build/bench/large_file" "$work/a.ctr" "$events"
cp "$work/a.ctr" "$work/b.ctr"
echo "$events events, $(stat -c %s "$work/a.ctr") bytes"
measure() { # measure WANTED-ms COMMAND...
  local wanted=$1 best= start_ns took_ms
  shift
  for _ in 1 2 3; do
    start_ns=$(date +%s%N)
    "$build/ctrace-analyze" "$@" >/dev/null 2>"$work/said" || [ $? -le 1 ] || { cat "$work/said" >&2; exit 1; }
    took_ms=$((($(date +%s%N) - start_ns) / 1000000))
    [ -n "$best" ] && [ "$best" -le "$took_ms" ] || best=$took_ms
  done
  printf '%-32s %6d ms (wanted: %d)\n' "${*//"$work/"/}" "$best" "$wanted"
}
measure 50 minset "$work/a.ctr"
measure 1000 diff --calls "$work/a.ctr" "$work/b.ctr"
measure 10000 diff "$work/a.ctr" "$work/b.ctr" # every event is read
