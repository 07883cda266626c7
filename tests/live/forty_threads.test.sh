# shellcheck shell=bash
# Forty threads at once: each call of each is there, in the thread's own order, with its own arguments and
# results. A path that they all change meanwhile is one of those that it was (see README, Limits).
# shellcheck source=tests/live/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
need_live
need_command gcc

busybox_bundle "$WORK/bundle" /bin/forty
gcc -O1 -static -pthread -o "$WORK/bundle/rootfs/bin/forty" "$live_dir/programs/forty.c"
run() { run_container forty "$WORK/bundle"; }
record_while "$WORK/forty.ctr" run
expect_no_loss "$WORK/forty.ctr"
"$REPLAY" --format json --container "$(container_id forty)" -e lseek,access --where 'phase == own' "$WORK/forty.ctr" |
  jq -r '[.eventName, .threadId, .returnValue, .args[0].value, .args[1].value] | @tsv' >"$WORK/calls"
python3 - "$WORK/calls" >"$WORK/compared" <<'PY' || fail "$(head -n 1 "$WORK/compared")"
import collections, re, sys
threads = collections.defaultdict(list)
for line in open(sys.argv[1], encoding="utf-8"):
    name, tid, result, first, second = line.rstrip("\n").split("\t")
    threads[tid].append((name, int(result), first, second))
own = [calls for calls in threads.values() if any(c[0] == "lseek" for c in calls)]
if len(own) != 40:
    sys.exit(print(f"{len(own)} threads") or 1)
for calls in own:
    calls = [c for c in calls if c[0] == "lseek" or c[2].startswith("/no/such/path-")]
    base = calls[0][1]
    wanted = [("lseek", base + i // 2) if i % 2 == 0 else ("access", -2) for i in range(500)]
    if [c[:2] for c in calls] != wanted or any(c[0] == "lseek" and int(c[3]) != c[1] for c in calls):
        sys.exit(print(f"the thread of {base} lacks calls or has others': {len(calls)} of 500") or 1)
    if not all(re.fullmatch("/no/such/path-[A-Z]", c[2]) for c in calls if c[0] == "access"):
        sys.exit(print("a path that never was") or 1)
print("40 threads, 20000 calls")
PY
note "$(cat "$WORK/compared")"
