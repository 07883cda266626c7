# shellcheck shell=bash
# What `ctrace-analyze check` says a profile would refuse is just what the kernel reports when the
# same program runs under it: random profiles that log, the kernel's audit records beside.
# shellcheck source=tests/live/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
need_live
[ "$(uname -m)" = x86_64 ] || skip "the program's calls are written for x86_64"
compiler=$(command -v gcc || command -v clang) || skip "needs a C compiler"
python3 -c 'import ctypes; ctypes.CDLL("libseccomp.so.2")' 2>/dev/null || skip "needs libseccomp.so.2"
profiles=${CHECK_PROFILES:-12} seed=${CHECK_SEED:-$$}

"$compiler" -O1 -static -nostdlib -fno-stack-protector -fno-pie -no-pie -Wl,-z,noexecstack \
  -o "$WORK/calls" "$live_dir/programs/calls.c"
# The execve is the first call under the filter: in the recording it is a shell's.
"$RECORD" -o "$WORK/calls.ctr" -- sh -c "exec $WORK/calls" 2>"$WORK/record.log" ||
  fail "$(tail -n 1 "$WORK/record.log")"
expect_no_loss "$WORK/calls.ctr"
"$REPLAY" --comm calls --format json "$WORK/calls.ctr" >"$WORK/calls.json"
[ -s "$WORK/calls.json" ] || fail "no call was recorded"

mkdir "$WORK/profiles"
python3 "$live_dir/check_kernel.py" make "$seed" "$profiles" "$WORK/profiles" "$WORK/calls.json"
note "seed $seed"
refused=0
for ((i = 0; i < profiles; i++)); do
  profile=$WORK/profiles/$i.json status=0
  python3 "$live_dir/check_kernel.py" run "$profile" "$WORK/kernel" "$WORK/calls" || status=$?
  [ "$status" -ne 77 ] || skip "needs CAP_AUDIT_READ"
  [ "$status" -eq 0 ] || fail "the program does not run under profile $i"
  "$ANALYZE" check --json "$profile" "$WORK/calls.json" >"$WORK/check.json" || [ $? -eq 1 ] ||
    fail "check: trouble with profile $i"
  jq -r '.refused[].name' "$WORK/check.json" | sort -u >"$WORK/said"
  # The kernel's numbers by the recording's names; execve is made before the recording of calls.
  jq -r '"\(.eventId) \(.eventName)"' "$WORK/calls.json" | sort -u >"$WORK/names"
  awk 'NR == FNR { name[$1] = $2; next } $1 in name { print name[$1] }
       !($1 in name) { print "number " $1 }' "$WORK/names" "$WORK/kernel" | sort -u >"$WORK/seen"
  grep -vx 'number 59\|execve' "$WORK/seen" >"$WORK/seen.calls" || true
  grep -vx execve "$WORK/said" >"$WORK/said.calls" || true
  cmp -s "$WORK/said.calls" "$WORK/seen.calls" ||
    fail "profile $i (seed $seed): $(diff "$WORK/said.calls" "$WORK/seen.calls" | grep '^[<>]' | tr '\n' ' ')"
  refused=$((refused + $(wc -l <"$WORK/said.calls")))
done
[ "$refused" -gt 0 ] || fail "nothing was ever refused"
note "$profiles profiles, $refused calls refused by both"
