# shellcheck shell=bash
# What `ctrace-analyze check` says a profile would refuse is just what the kernel reports when the
# same run is made under it: random profiles that log, the kernel's audit records beside the recording of
# that run. For a program of always the same calls, a shell with its children, python and a compiler.
# shellcheck source=tests/live/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
need_live
[ "$(uname -m)" = x86_64 ] || skip "the program's calls are written for x86_64"
compiler=$(command -v gcc || command -v clang) || skip "needs a C compiler"
python3 -c 'import ctypes; ctypes.CDLL("libseccomp.so.2")' 2>/dev/null || skip "needs libseccomp.so.2"
profiles=${CHECK_PROFILES:-8} seed=${CHECK_SEED:-$$}
kernel() { python3 "$live_dir/check_kernel.py" "$@"; }

"$compiler" -O1 -static -nostdlib -fno-stack-protector -fno-pie -no-pie -Wl,-z,noexecstack \
  -o "$WORK/calls" "$live_dir/programs/calls.c"
echo 'int main(void) { return 0; }' >"$WORK/one.c"
echo 'busybox ls -l / | busybox sort >l; busybox mkdir d; busybox mv l d/; busybox rm -r d' >"$WORK/work.sh"
echo 'import socket, json
socket.socket(socket.AF_UNIX).close()
print(json.dumps(open("/etc/passwd").read()))' >"$WORK/work.py"
cd "$WORK"
programs=(./calls "/bin/busybox sh work.sh" "/usr/bin/python3 work.py" "$(realpath "$compiler") -O1 -o one one.c")

as_json() { "$REPLAY" --format json "$1" >"$2"; }
for ((p = 0; p < ${#programs[@]}; p++)); do
  read -ra command <<<"${programs[p]}"
  command -v "${command[0]}" >/dev/null || skip "needs ${command[0]}"
  "$RECORD" -o "$WORK/$p.ctr" -- "${command[@]}" >/dev/null 2>"$WORK/record.log" ||
    fail "${command[0]} when recorded: $(paste -sd, "$WORK/record.log")"
  as_json "$WORK/$p.ctr" "$WORK/$p.json"
  mkdir "$WORK/profiles-$p"
  kernel make "$((seed + p))" "$profiles" "$WORK/profiles-$p" "$WORK/$p.json"
done

note "seed $seed"
refused=0
for ((i = 0; i < profiles; i++)); do
  p=$((i % ${#programs[@]})) status=0
  profile=$WORK/profiles-$p/$i.json
  read -ra command <<<"${programs[p]}"
  "$RECORD" --force -o "$WORK/run.ctr" -- python3 "$live_dir/check_kernel.py" run "$profile" "$WORK/kernel" \
    "${command[@]}" >"$WORK/output" 2>"$WORK/run.log" || status=$?
  [ "$status" -ne 77 ] || skip "needs CAP_AUDIT_READ"
  [ "$status" -eq 0 ] || fail "under profile $i '${command[0]}' does not run: $(tail -n 2 "$WORK/run.log")"
  expect_no_loss "$WORK/run.ctr"
  as_json "$WORK/run.ctr" "$WORK/run.json"
  kernel select "$(head -n 1 "$WORK/kernel")" "$WORK/run.json" "$WORK/calls.json"
  "$ANALYZE" check --json "$profile" "$WORK/calls.json" >"$WORK/check.json" || [ $? -eq 1 ] ||
    fail "check: trouble with profile $i"
  count=$(kernel compare "$WORK/kernel" "$WORK/check.json" "$WORK/calls.json" 2>"$WORK/differ") ||
    fail "profile $i of '${command[0]}' (seed $seed): $(paste -sd, "$WORK/differ")"
  refused=$((refused + count))
done
[ "$refused" -gt 0 ] || fail "nothing was ever refused"
note "$profiles profiles of ${#programs[@]} programs, $refused calls refused by both"
