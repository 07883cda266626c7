# shellcheck shell=bash
# What arguments point to. A program passes structures of known values while strace follows it: both
# print the same lines. What strace prints otherwise, or not at all, is looked at in JSON.
# shellcheck source=tests/live/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
need_live
need_command strace python3
compiler=$(command -v gcc || command -v g++ || command -v clang) || skip "needs a C compiler"
"$compiler" -x c -O1 -Wno-nonnull -o "$WORK/structs" "$live_dir/programs/structs.c"

cd "$WORK"
expect_status 0 "$RECORD" --snaplen 32 --exec-env -o "$WORK/structs.ctr" -- \
  env MARK=of-the-environment strace -a 1 -s 32 -v -o "$WORK/structs.strace" ./structs
"$REPLAY" --format strace --comm structs "$WORK/structs.ctr" >"$WORK/structs.txt"
"$REPLAY" --format json "$WORK/structs.ctr" >"$WORK/structs.json"
python3 "$live_dir/structs_compare.py" "$WORK/structs.strace" "$WORK/structs.txt" \
  "$WORK/structs.json" || fail "strace and ctrace differ, or the values are not those of the program"

# By default neither is recorded, and a buffer is an address.
expect_status 0 "$RECORD" -o "$WORK/plain.ctr" -- env MARK=of-the-environment ./structs
"$REPLAY" --format json "$WORK/plain.ctr" >"$WORK/plain.json"
jq -es '[.[].args[] | select(.name == "envp") | .value] | length > 0 and all(type == "string")' \
  "$WORK/plain.json" >/dev/null || fail "the environment is recorded though nobody asked"
jq -es '[.[] | select(.eventName == "write") | .args[1].value] |
  length > 0 and all(test("^0x[0-9a-f]+$"))' "$WORK/plain.json" >/dev/null ||
  fail "a buffer is not an address"
! grep -q 'hello' "$WORK/plain.json" || fail "what was written is recorded though nobody asked"
note "$(grep -c . "$WORK/structs.strace") lines of strace"
