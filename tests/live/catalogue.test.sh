# shellcheck shell=bash
# The catalogue's arguments are those of the running kernel's tracepoints, by number, name and type.
# shellcheck source=tests/live/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
need_root
[ -x "$BUILD/unit_tests" ] || skip "$BUILD/unit_tests is not built"
mkdir "$WORK/tracefs"
mount -t tracefs tracefs "$WORK/tracefs" 2>"$WORK/why_not" || skip "no tracefs: $(tail -n 1 "$WORK/why_not")"
mounted+=("$WORK/tracefs")
expect_status 0 env CTRACE_TEST_TRACEFS="$WORK/tracefs" "$BUILD/unit_tests" --gtest_filter=CatalogueTest.ArgumentsAreTheTracepoints
grep -q '\[  PASSED  \] 1 test' "$WORK/stdout" || fail "it was not run: $(tail -n 1 "$WORK/stdout")"
