# shellcheck shell=bash
# Calls that seccomp refused are told as such, with the filter's action, number and arguments, and no
# other failed call is. The oracle is a program that says what its own filters do to its calls; then a
# container under a profile, whose refusals the profile itself tells.
# shellcheck source=tests/live/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
need_live
[ "$(uname -m)" = x86_64 ] || skip "the program's calls are written for x86_64"
compiler=$(command -v gcc || command -v clang) || skip "needs a C compiler"
"$compiler" -O1 -pthread -o "$WORK/denied" "$live_dir/programs/denied.c"

"$WORK/denied" >"$WORK/alone" || skip "the kernel lacks what the program needs (seccomp's listeners)"
"$RECORD" -o "$WORK/run.ctr" -- "$WORK/denied" >"$WORK/said" 2>"$WORK/record.log" ||
  fail "$(tail -n 1 "$WORK/record.log")"
expect_same_bytes "what the program sees when it is recorded" "$WORK/alone" "$WORK/said"
expect_no_loss "$WORK/run.ctr"
expect_status 0 "$ANALYZE" verify "$WORK/run.ctr"

# shellcheck disable=SC2016
"$REPLAY" --format json "$WORK/run.ctr" | jq -r 'select(.processName | startswith("d-"))
  | select(.denied != null or ((.eventName == "dup3" or .eventName == "umount2"
      or (.eventName == "close" and .returnValue < 0))))
  | "\(.processName) \(.eventName) \(.denied // "-") \(.returnValue) \(.args[0].value)"' |
  sed 's|^\(d-genuine umount2.*\) /$|\1 0|' | sort >"$WORK/recorded"
sort "$WORK/said" >"$WORK/wanted"
cmp -s "$WORK/wanted" "$WORK/recorded" ||
  fail "$(diff "$WORK/wanted" "$WORK/recorded" | grep '^[<>]' | head -n 5 | tr '\n' ';')"
expect_equal "calls left undecided" 0 "$("$ANALYZE" info --json "$WORK/run.ctr" | jq .undecided_denials)"

# The same by the filters, and in the other formats.
wanted=$(grep -vc ' - ' "$WORK/wanted")
expect_equal "calls by --denied" "$wanted" "$("$REPLAY" --denied "$WORK/run.ctr" | tail -n +2 | wc -l)"
expect_equal "calls by denied.action" 3 \
  "$("$REPLAY" --where 'denied.action = NOTIFY' "$WORK/run.ctr" | tail -n +2 | wc -l)"
"$REPLAY" --comm d-errno --denied "$WORK/run.ctr" >"$WORK/table"
grep -q ' -13 EACCES  *dup3 .*oldfd: 101, .*(denied: ERRNO)$' "$WORK/table" ||
  fail "the table does not say what was denied"
"$REPLAY" --comm d-process --denied --format strace "$WORK/run.ctr" >"$WORK/strace"
grep -q '^.*dup3(109, .*) = ? (denied: KILL_PROCESS)$' "$WORK/strace" ||
  fail "strace's form does not say what was denied"

# Live output and replay are the same bytes, --denied when recording too.
"$RECORD" -o "$WORK/live.ctr" --print --denied -- sh -c "exec $WORK/denied >$WORK/again" \
  >"$WORK/live" 2>"$WORK/record.log" || fail "$(tail -n 1 "$WORK/record.log")"
"$REPLAY" "$WORK/live.ctr" >"$WORK/replayed"
expect_same_bytes "live and replayed" "$WORK/live" "$WORK/replayed"
[ "$(tail -n +2 "$WORK/replayed" | wc -l)" -eq "$wanted" ] || fail "--denied recorded other calls"

# A container under a profile: refusals are told, its own failures are not.
# shellcheck disable=SC2016  # the container's shell expands it
busybox_bundle "$WORK/bundle" sh -c \
  'mkdir /tmp/x; mkdir /no/such; cat /none; chmod 600 /etc/passwd; sync; hostname other; true'
edit_bundle "$WORK/bundle" '.linux.seccomp = {"defaultAction": "SCMP_ACT_ALLOW",
  "architectures": ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86"], "syscalls": [
    {"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 2},
    {"names": ["chmod", "fchmodat", "fchmodat2"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38},
    {"names": ["sethostname"], "action": "SCMP_ACT_KILL_PROCESS"}]}'
record_while "$WORK/box.ctr" run_container box "$WORK/bundle"
"$REPLAY" --container "$(container_id box)" --format json "$WORK/box.ctr" >"$WORK/box.json"
jq -r 'select(.denied != null) | "\(.eventName) \(.denied) \(.returnValue)"' "$WORK/box.json" |
  sed 's/^mkdirat/mkdir/; s/^fchmodat2*/chmod/' | sort -u >"$WORK/box.denied"
printf 'chmod ERRNO -38\nmkdir ERRNO -2\nsethostname KILL_PROCESS 170\n' >"$WORK/box.wanted"
expect_same_bytes "refused in the container" "$WORK/box.wanted" "$WORK/box.denied"
jq -e -n '[inputs | select(.errno == "ENOENT" and .denied == null and any(.args[]; .value == "/none"))] | length > 0' \
  "$WORK/box.json" >/dev/null || fail "an ordinary failure is missing, or told as denied"

# minset leaves out what was refused each time, and lists it apart: by the events, and by the kernel
# side's counters alone, where there are no events at all.
start_recording "$WORK/sum.ctr" --summary
run_container sum "$WORK/bundle"
stop_recording INT
for run in box sum; do
  expect_status 0 "$ANALYZE" minset --format names --container "$(container_id $run)" "$WORK/$run.ctr"
  cp "$WORK/stdout" "$WORK/names"
  for name in mkdir sethostname; do
    ! grep -qx $name "$WORK/names" || fail "$run: $name was refused each time, and is in the set"
    grep -q "refused by a filter each time.*$name" "$WORK/stderr" || fail "$run: $name is not listed apart"
  done
  for name in open sync unlink; do
    ! grep -q "refused by a filter each time.*\\b$name\\b" "$WORK/stderr" || fail "$run: $name was not refused"
  done
  grep -qx sync "$WORK/names" || fail "$run: sync is not in the set"
  expect_status 0 "$ANALYZE" minset --include-denied --format names --container "$(container_id $run)" "$WORK/$run.ctr"
  grep -qx mkdir "$WORK/stdout" || fail "$run: --include-denied leaves mkdir out"
done
