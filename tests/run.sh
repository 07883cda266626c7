#!/usr/bin/env bash
# run.sh SUITE...: runs test suites that are built and adds up what they say. Suites: style, unit,
# sanitized, threads, golden, python, live. The last line is `N passed, N failed, N skipped`; exits
# 1 when something failed, also when a suite died before it could count.
#
# BUILD (build) is where the programs are, BUILD-asan and BUILD-tsan the sanitized ones.
set -u
cd "$(dirname "$(realpath "$0")")/.." || exit 2
export BUILD=${BUILD:-build}
passed=0 failed=0 skipped=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT

add() { # add PASSED FAILED SKIPPED
  passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3))
}

# A count out of GoogleTest's closing lines in FILE.
count() { sed -n "s/^\[  *$1  *\] \([0-9]*\) tests\?.*/\1/p" "$2" | tail -n 1; }

# One part of PROGRAM's tests; its output and its status are in $log.PART
run_part() { # run_part PROGRAM PARTS PART
  local status=0
  GTEST_TOTAL_SHARDS=$2 GTEST_SHARD_INDEX=$3 "$1" --gtest_brief=1 --gtest_color=no >"$log.$3" 2>&1 || status=$?
  echo "$status" >"$log.$3.status"
}
export -f run_part
export log

# run_gtest PROGRAM: quiet but for what failed or was skipped; on each CPU one part after the other, more of
# them than CPUs since some take long
run_gtest() {
  local cpus parts part ran bad gone
  cpus=$(nproc)
  parts=$((6 * cpus))
  seq 0 $((parts - 1)) | xargs -P "$cpus" -I '{}' bash -c 'run_part "$@"' run_part "$1" "$parts" '{}'
  for ((part = 0; part < parts; part++)); do
    grep -v '^\[==\|^\[  PASSED\|^Running main\|^Note: This is test shard' "$log.$part"
    ran=$(count PASSED "$log.$part") bad=$(count FAILED "$log.$part") gone=$(count SKIPPED "$log.$part")
    # A crash or a sanitizer's report ends the program without its closing lines.
    [ "$(cat "$log.$part.status")" = 0 ] || [ -n "$bad" ] || bad=1
    add "${ran:-0}" "${bad:-0}" "${gone:-0}"
    rm -f "$log.$part" "$log.$part.status"
  done
}

run_counting() { # run_counting COMMAND...: its last line is `N passed, N failed, N skipped`
  "$@" | tee "$log" | sed -u '$d'
  local line
  line=$(tail -n 1 "$log")
  if [[ $line =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed,\ ([0-9]+)\ skipped$ ]]; then
    add "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}" "${BASH_REMATCH[3]}"
  else
    echo "FAIL $*: ended without counting: $line"
    add 0 1 0
  fi
}

run_check() { # run_check NAME COMMAND...: one test, by its exit status
  local name=$1
  shift
  if "$@" >"$log" 2>&1; then
    echo "PASS $name"
    add 1 0 0
  else
    cat "$log"
    echo "FAIL $name"
    add 0 1 0
  fi
}

for suite in "$@"; do
  echo "== $suite"
  case $suite in
    style) run_check style tests/style.sh ;;
    unit) run_gtest "$BUILD/unit_tests" ;;
    sanitized) run_gtest "$BUILD-asan/unit_tests" ;;
    threads) run_gtest "$BUILD-tsan/unit_tests" ;;
    golden) run_counting tests/golden/run.sh ;;
    python)
      run_check strace_compare python3 tests/live/strace_compare_test.py
      run_check conform_compare python3 tests/live/conform_compare_test.py
      run_check bpf_stack python3 tests/bpf_stack.py "$BUILD"/obj/bpf/capture*.bpf.o
      ;;
    live) run_counting tests/live/run.sh ;;
    *) echo "run.sh: unknown suite '$suite'" >&2 && exit 2 ;;
  esac
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
