#!/usr/bin/env bash
# run.sh [SERIES[-arm64]...]: boots kernels under qemu, each with cgroup v2, with cgroup v1 alone, and with each
# model of preemption that it can be told at boot, and runs the core of the live tests in each, with
# static programs. A line a check, then a table of what each kernel gives, which KERNELS.md must have;
# the last line is `N passed, N failed, N skipped`.
#
# BUILD, ARM64_BUILD      where the static programs are (build-static, build-arm64-static)
# VARIANTS                only these, as in the table: "v2 v1 full none"
# CHECKS                  only these groups of checks (see guest.sh)
# ROUNDS=1                how often a container is run under each of its profiles
# CTRACE_REQUIRE_LIVE=1   a kernel that cannot be had is a failure
# UPDATE=1                rewrites the rows in KERNELS.md
set -u
here=$(dirname "$(realpath "$0")")
build=${BUILD:-build-static}
variants=${VARIANTS:-v2 v1 full none}
groups=${CHECKS:-}
[ $# -gt 0 ] || set -- 5.10 5.15 6.1 6.12 6.18 newest
work=$(mktemp -d)
payload=$work/payload log=$work/log
trap 'rm -rf "$work"' EXIT
prepare() { # prepare PAYLOAD BUILD TOOLS-PREFIX
  mkdir "$1"
  for program in record replay analyze; do
    "$3strip" -o "$1/ctrace-$program" "$2/ctrace-$program" || exit 2
  done
  cp "$here/guest.sh" "$1/run"
  [ -z "$groups" ] || echo "$groups" >"$1/groups"
  "$3gcc" -O1 -Wall -Wextra -static -pthread -o "$1/guest" "$here/guest.c" || exit 2
  "$3gcc" -O1 -Wall -Wextra -static -o "$1/forbidden" "$here/../live/programs/forbidden.c" || exit 2
  "$3gcc" -O1 -Wall -Wextra -static -pthread -o "$1/texts" "$here/../live/programs/texts.c" || exit 2
  echo "${ROUNDS:-1}" >"$1/rounds"
}
case " $*" in
  *-arm64*)
    arm=$work/payload-arm64
    prepare "$arm" "${ARM64_BUILD:-build-arm64-static}" aarch64-linux-gnu-
    clang --target=armv7-linux-gnueabi -c -o "$work/arm32.o" "$here/arm32.S" &&
      aarch64-linux-gnu-ld -m armelf_linux_eabi -o "$arm/arm32" "$work/arm32.o" || exit 2 ;;
esac
prepare "$payload" "$build" ""
# Runtimes, with the libraries that they need.
for runtime in runc crun; do
  program=$(command -v "$runtime") || continue
  install -D "$program" "$payload/root/usr/bin/$runtime"
  for library in $(ldd "$program" | grep -o '/[^ ]*'); do
    install -D "$(realpath "$library")" "$payload/root$library"
  done
done

columns="command container existing late reused none churn oom tally same runc crun profile"
heading="| kernel | variant | ${columns// / | } | notes |"
passed=0 failed=0 skipped=0

command_line() { # command_line VARIANT
  case $1 in
    v2) echo "" ;;
    v1) echo "ctrace.cgroups=v1" ;;
    *) echo "preempt=$1" ;;
  esac
}

fact() { sed -n "s/^fact $1 //p" "$log"; }

# What a group gave: yes, no, - where the kernel cannot do it, or ? where it was not asked.
cell() {
  if [ -n "$groups" ] && [[ " $groups " != *" $1 "* ]]; then
    echo "?"
  elif grep -q "^not ok $1:" "$log"; then
    echo "**no**"
  elif grep -q "^ok $1:" "$log"; then
    echo yes
  else
    echo -
  fi
}

row() { # row SERIES VARIANT
  local line="| $1 | $2 |" column notes=
  for column in $columns; do line+=" $(cell "$column") |"; done
  [ "$(fact misses)" = "" ] || notes="calls missed: the programs are preempted"
  [ "$2" != v1 ] || grep -qw memory <<<"$(fact controllers)" || notes="no memory controller in v1"
  echo "$line $notes |"
}

run_one() { # run_one KERNEL SERIES VARIANT
  local status good bad with=$payload
  [[ $1 != *-arm64 ]] || with=$arm
  echo "== $(basename "$1"), $3"
  nice -n 5 "$here/boot.sh" "$1" "$with" "$(command_line "$3")" >"$log" 2>&1
  status=$?
  # A model of preemption that the kernel cannot be told is no variant of it.
  case $3 in
    full | none)
      if [[ $(fact preempt) != *"($3)"* ]]; then
        echo "   not a choice of this kernel: $(fact preempt)"
        return
      fi ;;
  esac
  cat "$log"
  good=$(grep -c '^ok ' "$log") bad=$(grep -c '^not ok ' "$log")
  # No result, or one that is worse than the lines say.
  if [ "$status" -ne "$bad" ]; then
    echo "not ok boot: $bad checks failed but the guest's status is $status"
    bad=$((bad + 1))
  else
    row "$2" "$3" >>"$work/rows" # of a whole run alone: what was not reached is no "cannot"
  fi
  passed=$((passed + good)) failed=$((failed + bad))
}

touch "$work/rows"
for series; do
  if ! kernel=$("$here/fetch.sh" "$series"); then
    if [ "${CTRACE_REQUIRE_LIVE:-0}" = 1 ]; then
      echo "FAIL $series: cannot be had here" && failed=$((failed + 1))
    else
      echo "SKIP $series: cannot be had here" && skipped=$((skipped + 1))
    fi
    continue
  fi
  name=$series
  [ "$series" = newest ] && name=$(basename "$kernel" | grep -o '^[0-9]*\.[0-9]*')
  for variant in $variants; do run_one "$kernel" "$name" "$variant"; done
done

echo "$heading"
cat "$work/rows"
# What a row says must stand in the documentation as it came out.
if [ "${UPDATE:-0}" = 1 ]; then
  python3 "$here/kernel_table.py" update "$here/KERNELS.md" "$work/rows" || exit 2
elif ! python3 "$here/kernel_table.py" check "$here/KERNELS.md" "$work/rows"; then
  failed=$((failed + 1))
fi
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
