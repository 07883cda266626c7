#!/usr/bin/env bash
# run.sh [SERIES...]: boots kernels under qemu and runs the core of the live tests in each, with static
# programs. A line a check; the last line is `N passed, N failed, N skipped`.
#
# BUILD is where the static programs are (build-static).
set -u
here=$(dirname "$(realpath "$0")")
build=${BUILD:-build-static}
[ $# -gt 0 ] || set -- 5.10 6.1 6.12
payload=$(mktemp -d)
log=$(mktemp)
trap 'rm -rf "$payload" "$log"' EXIT
cp "$build"/ctrace-{record,replay,analyze} "$payload/" || exit 2
strip "$payload"/ctrace-*
cp "$here/guest.sh" "$payload/run"
gcc -O1 -static -pthread -o "$payload/guest" "$here/guest.c" || exit 2

passed=0 failed=0 skipped=0
for series; do
  if ! kernel=$("$here/fetch.sh" "$series"); then
    echo "SKIP $series: cannot be had here" && skipped=$((skipped + 1))
    continue
  fi
  echo "== $(basename "$kernel")"
  "$here/boot.sh" "$kernel" "$payload" >"$log" 2>&1
  status=$?
  cat "$log"
  good=$(grep -c '^ok ' "$log") bad=$(grep -c '^not ok ' "$log")
  # No result, or one that is worse than the lines say.
  [ "$status" -eq "$bad" ] || bad=$((bad + 1))
  passed=$((passed + good)) failed=$((failed + bad))
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
