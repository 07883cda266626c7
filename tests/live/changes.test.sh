# shellcheck shell=bash
# Events that are no calls: memory between writable and executable, rights, namespaces, signals, cgroups.
# The program says what it changed, by what the kernel told it.
# shellcheck source=tests/live/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
need_live
need_command gcc

busybox_bundle "$WORK/bundle" /bin/changes
gcc -O1 -static -o "$WORK/bundle/rootfs/bin/changes" "$live_dir/programs/changes.c"
edit_bundle "$WORK/bundle" '["CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_SETUID", "CAP_SYS_ADMIN"] as $caps
  | .process.capabilities = {bounding: $caps, effective: $caps, permitted: $caps}'
run() { run_container changes "$WORK/bundle" >"$WORK/said"; }
start_recording "$WORK/all.ctr"
run || fail "the program: status $?"
stop_recording INT
expect_no_loss "$WORK/all.ctr"
expect_status 0 "$ANALYZE" verify "$WORK/all.ctr"
own() { "$REPLAY" --format json --container "$(container_id changes)" "$@"; }

# What the program says, of what replay tells of its own process and its child.
told() { # told FILE
  own --where 'phase == own and not (event == switch_task_ns and comm glob "runc*")' \
    -e mem_prot_alert,commit_creds,switch_task_ns,signal_deliver "$1" | python3 -c '
import json, signal, sys
CODES = {"SI_USER": 0, "SI_QUEUE": -1, "SI_TKILL": -6, "CLD_EXITED": 1}
CAPS = {"CAP_CHOWN": 1, "CAP_DAC_OVERRIDE": 2, "CAP_SETUID": 1 << 7, "CAP_SYS_ADMIN": 1 << 21}
for line in sys.stdin:
    event = json.loads(line)
    args = {arg["name"]: arg["value"] for arg in event["args"]}
    name, words = event["eventName"], []
    if name == "mem_prot_alert":
        words = [args["alert"], args["prev_prot"]]
    elif name == "commit_creds":
        caps = sum(CAPS[cap] for cap in args["new_cap_eff"].split("|") if cap != "0")
        words = [args["old_euid"], args["new_euid"], "%x" % caps]
    elif name == "switch_task_ns":
        for key, value in args.items():
            if key.startswith("new_") and value:
                words += [key[4:], value]
    elif args["sig"] != "SIGSEGV":
        words = [int(signal.Signals[args["sig"]]), CODES[args["si_code"]], args["si_pid"], args["si_uid"]]
    print(name, *words)'
}
told "$WORK/all.ctr" >"$WORK/told"
# The order of handlers is that of their frames on the stack; a child of before has a signal too.
for word in mem_prot_alert switch_task_ns commit_creds; do
  expect_equal "$word" "$(grep "^$word" "$WORK/said")" "$(grep "^$word" "$WORK/told" | grep -v 'commit_creds 0 0 200083$')"
done
expect_equal "signals got" "$(grep '^signal' "$WORK/said" | sort)" \
  "$(grep '^signal' "$WORK/told" | sort | comm -12 - <(grep '^signal' "$WORK/said" | sort))"
expect_equal "signals sent" "SIGUSR1 SI_QUEUE changes DELIVERED" \
  "$(own -e signal_generate "$WORK/all.ctr" | jq -r '[.args[] | .value] |
    select(.[1] == "SI_QUEUE") | "\(.[0]) \(.[1]) \(.[5]) \(.[7])"')"

# The same by its name alone, though nothing else of the calls is asked for then.
start_recording "$WORK/alerts.ctr" --event mem_prot_alert
run
stop_recording INT
expect_equal "alerts alone" "$(grep '^mem' "$WORK/said")" "$(told "$WORK/alerts.ctr")"
expect_equal "calls beside them" 0 "$(own --set syscalls "$WORK/alerts.ctr" | wc -l)"

# sys_enter and sys_exit: recorded when they are asked for, made in replay where they are not recorded.
start_recording "$WORK/pseudo.ctr" --event sys_enter,sys_exit --exclude-set fs
run
stop_recording INT
own --where 'phase == own' "$WORK/pseudo.ctr" | jq -r '"\(.eventName) \(.args[0].value)"' | sort | uniq -c >"$WORK/stored"
own --where 'phase == own' -e sys_enter,sys_exit --exclude-set fs "$WORK/all.ctr" |
  jq -r '"\(.eventName) \(.args[0].value)"' | sort | uniq -c >"$WORK/made"
expect_equal "sys_enter and sys_exit" "$(cat "$WORK/made")" "$(cat "$WORK/stored")"
grep -q 'sys_enter exit_group$' "$WORK/stored" || fail "no sys_enter of exit_group"
! grep -Eq 'sys_exit exit_group$|openat' "$WORK/stored" || fail "too many of them"

# A cgroup that a recorded command makes, moves into and removes.
root=$(awk '$3 == "cgroup2" {print $2}' /proc/mounts | head -n 1)
[ -n "$root" ] || exit 0
# shellcheck disable=SC2016  # the command's shell expands it
"$RECORD" -o "$WORK/cgroup.ctr" -- sh -c 'mkdir "$0/$1" && echo $$ >"$0/$1/cgroup.procs"; echo $$ >"$0/cgroup.procs"
  rmdir "$0/$1"' "$root" "$LIVE_ID-made" 2>/dev/null
expect_equal "cgroups" "cgroup_mkdir /$LIVE_ID-made
cgroup_attach_task /$LIVE_ID-made
cgroup_attach_task /
cgroup_rmdir /$LIVE_ID-made" "$("$REPLAY" --format json -e 'cgroup_*' "$WORK/cgroup.ctr" |
  jq -r '"\(.eventName) \(.args[0].value)"')"
