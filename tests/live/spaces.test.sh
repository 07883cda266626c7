# shellcheck shell=bash
# Containers without a cgroup of their own: bwrap's and unshare's are told by their namespaces from their
# first program to their last, each by itself however many follow one another, also when they ran before;
# who enters one is marked; a browser's kind of sandbox is none, and what is inside of another container
# belongs to that one.
# shellcheck source=tests/live/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
need_live
need_command bwrap unshare nsenter
boxed=(bwrap --ro-bind / / --proc /proc --dev /dev --unshare-pid --unshare-uts --hostname)
"${boxed[@]}" "$LIVE_ID-try" true 2>"$WORK/why_not" || skip "bwrap does not run here: $(tail -n 1 "$WORK/why_not")"
# The test's own: by the hostname, or by the first process of the one that ran before.
spaces() { # spaces FILE: NAME-WITHOUT-NUMBER, ENGINE, STATUS, whether it ran before, of each
  "$ANALYZE" containers --json "$1" | jq -r '.[] | select(.id | startswith("ns-"))
    | select(any(.facts[]?; (.key == "hostname" and (.value | startswith("'"$LIVE_ID"'")))
      or (.key == "pid" and .value == "'"$first"'")))
    | [(.name | sub("-[0-9]+$"; "")), .engine, (.exit.code // ""), .existing] | join(" ")' | sort
}

start_background "$WORK/old.out" "$WORK/old.err" "${boxed[@]}" "$LIVE_ID-old" sh -c 'while :; do cat /etc/passwd >/dev/null; sleep 0.1; done'
old=$background_pid
has_child() { pgrep -P "$1" >"$WORK/children"; }
wait_until 30 has_child "$old" || fail "bwrap does not begin"
first=$(head -n 1 "$WORK/children")
wait_until 30 has_child "$first" || fail "bwrap's command does not begin"
expect_status 0 "$RECORD" ls --json
expect_equal "it in the list" "bwrap $first" "$(jq -r --arg pid "$first" \
  '(if type == "array" then .[] else . end) | select(.pid == ($pid | tonumber)) | "\(.engine) \(.pid)"' "$WORK/stdout")"

start_recording "$WORK/run.ctr"
status=0
"${boxed[@]}" "$LIVE_ID-new" sh -c 'cat /etc/group >/dev/null; exit 7' || status=$?
expect_equal "bwrap's status" 7 "$status"
unshare --uts sh -c "hostname $LIVE_ID-unshared && exec unshare --pid --mount --fork busybox true"
unshare --user --map-root-user --pid --net --fork busybox true # as browsers do
nsenter -t "$first" -p -m busybox touch "/nowhere/$LIVE_ID" 2>/dev/null || true
busybox_bundle "$WORK/bundle" sh -c 'unshare -p -m -f cat /etc/passwd'
edit_bundle "$WORK/bundle" '.process.capabilities.bounding += ["CAP_SYS_ADMIN"]
  | .process.capabilities.effective += ["CAP_SYS_ADMIN"] | .process.capabilities.permitted += ["CAP_SYS_ADMIN"]'
run_container inner "$WORK/bundle" >/dev/null
wait_recorded "$WORK/run.ctr" --comm cat --where 'container.name glob "bwrap-*" and phase == own'
stop_recording INT
kill -KILL "$first"
expect_no_loss "$WORK/run.ctr"
expect_status 0 "$ANALYZE" verify "$WORK/run.ctr"
expect_equal "containers by namespaces" "bwrap bwrap  true
bwrap bwrap 7 false
unshare  0 false" "$(spaces "$WORK/run.ctr")"
events() { "$REPLAY" --format json "$@" "$WORK/run.ctr"; }
expect_equal "what entered" "entered bwrap" "$(events --path "/nowhere/*" | jq -r \
  '"\(.phase) \(.container.name | sub("-[0-9]+$"; ""))"' | sort -u)"
expect_equal "the container inside of which one was made" "$(container_id inner)" \
  "$(events --comm cat --where 'container.name glob "'"$LIVE_ID"'-*"' -e openat | jq -r .container.name | sort -u)"
expect_equal "a bwrap that is named alone" "$(events -e container_start --where 'container.name glob "bwrap-*"' | wc -l)" \
  "$(events -e container_start --container 'bwrap-*' | wc -l)"

# One after the other, whose namespaces' numbers are used again: none missed, none taken for another.
count=100
start_recording "$WORK/churn.ctr"
for ((i = 0; i < count; i++)); do
  "${boxed[@]}" "$LIVE_ID-$i" sh -c "exit $((i % 100))" || true
done
stop_recording INT
expect_no_loss "$WORK/churn.ctr"
expect_equal "statuses of $count, one after the other" "$(seq 0 $((count - 1)) | sort)" \
  "$(spaces "$WORK/churn.ctr" | cut -d' ' -f3 | sort)"
expect_equal "starts and stops" "$count $count" "$(for event in container_start container_stop; do
  "$REPLAY" --format json -e "$event" --where 'container.engine == "bwrap"' "$WORK/churn.ctr" | wc -l
done | paste -sd' ')"

# A runtime's container that is not wanted is none by its namespaces either.
start_recording "$WORK/other.ctr" --container 'bwrap-*'
run_container unwanted "$WORK/bundle" >/dev/null
"${boxed[@]}" "$LIVE_ID-wanted" true
stop_recording INT
expect_equal "containers in the file" "bwrap" \
  "$("$ANALYZE" containers --json "$WORK/other.ctr" | jq -r '.[].name | sub("-[0-9]+$"; "")' | sort -u)"
# The command of a recording may be one.
"$RECORD" -o "$WORK/command.ctr" -- "${boxed[@]}" "$LIVE_ID-command" cat /etc/hostname >/dev/null 2>"$WORK/command.err"
expect_equal "of a command" "bwrap bwrap 0 false" "$(spaces "$WORK/command.ctr")"

# The least that it needs, with bwrap's own calls and no runtime's else, lets it through; not what it never did.
refused_without=$("${boxed[@]}" "$LIVE_ID-free" mkdir /tmp/none/none 2>&1 || true)
expect_status 0 "$ANALYZE" minset --format bpf --default-action errno "$WORK/command.ctr"
cp "$WORK/stdout" "$WORK/filter.bpf"
expect_equal "in the profile" "" "$("$ANALYZE" minset --format names "$WORK/command.ctr" 2>/dev/null | grep -x 'capset\|epoll_pwait\|tgkill' || true)"
expect_equal "under it" "$(cat /etc/hostname)" "$("${boxed[@]}" "$LIVE_ID-under" --seccomp 9 cat /etc/hostname 9<"$WORK/filter.bpf")"
refused=$("${boxed[@]}" "$LIVE_ID-refused" --seccomp 9 mkdir /tmp/none/none 9<"$WORK/filter.bpf" 2>&1 || true)
[ "$refused" != "$refused_without" ] || fail "a call that was never made is let through: $refused"
