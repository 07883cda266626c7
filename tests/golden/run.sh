#!/bin/bash
# Golden tests of the command lines: runs each case and compares what it says, on both outputs, and
# its exit code. From the root of the tree:
#
#   tests/golden/run.sh [--update] [CASE...]      all cases without names; BUILD=build by default
#
# A case is one file, cases/NAME.case:
#
#   # why this case is there
#   $ ctrace-replay tests/golden/inputs/text.txt | head -n 3
#   exit 2
#   --- stdout
#   --- stderr
#   ctrace-replay: ...
#
# The command is run by bash (with pipefail) in the root of the tree, the built programs first in
# PATH, so a case may cut, sort or count what is printed. --update writes what was seen into the case
# files: read the difference before you commit it. A case that needs a sample (samples/*.ctr) which
# is not there is skipped. The last line is `N passed, N failed, N skipped`; exit 1 when any failed.
set -u
cd "$(dirname "$0")/../.." || exit 2
build=$(realpath -m "${BUILD:-build}")
export PATH="$build:$PATH" LC_ALL=C TZ=UTC
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
export TMPDIR=$work # for cases that make files

update=no
if [ "${1:-}" = --update ]; then
  update=yes
  shift
fi
if [ $# -eq 0 ]; then set -- tests/golden/cases/*.case; fi

# The case file as this run would write it.
run_case() { # FILE COMMAND
  local status
  bash -o pipefail -c "$2" >"$work/stdout" 2>"$work/stderr" </dev/null
  status=$?
  grep '^#' "$1"
  printf '$ %s\nexit %d\n--- stdout\n' "$2" "$status"
  cat "$work/stdout"
  printf -- '--- stderr\n'
  cat "$work/stderr"
}

missing_sample() { # COMMAND
  local sample
  for sample in $(grep -o 'samples/[A-Za-z0-9._-]*\.ctr' <<<"$1"); do
    if [ ! -e "$sample" ]; then
      echo "$sample"
      return 0
    fi
  done
  return 1
}

passed=0 failed=0 skipped=0
for file in "$@"; do
  [ -e "$file" ] || file=tests/golden/cases/$file.case
  name=$(basename "$file" .case)
  command=$(sed -n '/^\$ /{s/^\$ //p;q}' "$file" 2>/dev/null)
  if [ -z "$command" ]; then
    echo "FAILED $name: no such case, or no line '\$ COMMAND' in it"
    failed=$((failed + 1))
  elif sample=$(missing_sample "$command"); then
    echo "skipped $name: there is no $sample"
    skipped=$((skipped + 1))
  else
    run_case "$file" "$command" >"$work/seen"
    if cmp -s "$file" "$work/seen"; then
      passed=$((passed + 1))
    elif [ $update = yes ]; then
      cp "$work/seen" "$file"
      echo "updated $name"
      passed=$((passed + 1))
    else
      echo "FAILED $name (- expected, + seen)"
      diff -u "$file" "$work/seen" | tail -n +3
      failed=$((failed + 1))
    fi
  fi
done
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ]
