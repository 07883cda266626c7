# shellcheck shell=bash
# Programs executed by a thread that is not the leader, below a descriptor, from a descriptor, after a
# vfork: each execve with its arguments as they were made, also those that the kernel has forgotten when
# the call ends. The program says what it did.
# shellcheck source=tests/live/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
need_live
need_command gcc

busybox_bundle "$WORK/bundle" /bin/execs
gcc -O1 -static -pthread -o "$WORK/bundle/rootfs/bin/execs" "$live_dir/programs/execs.c"
run() { run_container execs "$WORK/bundle" >"$WORK/said"; }
record_while "$WORK/execs.ctr" run
expect_no_loss "$WORK/execs.ctr"
"$REPLAY" --format json --container "$(container_id execs)" --where 'phase == own' "$WORK/execs.ctr" >"$WORK/json"

expect_equal "executed, in order" "execve 0 /bin/execs /bin/execs
execve -2 /no/such/program execs at
execve 0 /bin/execs execs at
execveat 0 execs execs empty
execveat 0  execs vfork
execve 0 /bin/true true" "$(jq -r 'select(.eventName | startswith("execve")) | "\(.eventName) \(.returnValue) " +
    "\([.args[] | select(.name == "pathname").value][0]) \([.args[] | select(.name == "argv").value][0] | join(" "))"' \
  "$WORK/json")"
# dirfd and flags of those that succeeded.
awk '{print $2, $4}' "$WORK/said" >"$WORK/wanted"
jq -r 'select(.eventName == "execveat") | "\(.args[0].value) \(.args[4].value)"' "$WORK/json" |
  sed 's/AT_SYMLINK_NOFOLLOW/256/; s/AT_EMPTY_PATH/4096/' >"$WORK/got"
expect_equal "dirfd and flags" "$(cat "$WORK/wanted")" "$(cat "$WORK/got")"
expect_equal "environments that are known" 6 \
  "$(jq -r 'select(.eventName | startswith("execve")) | .args[] | select(.name == "envp").value' "$WORK/json" | grep -vc '^0x0$\|^NULL$\|^null$')"
# The thread executed as itself and went on as the leader, whose end came before.
expect_equal "who executed" "another thread, then 1" "$(jq -r 'select(.eventName == "execve" and
  (.returnValue == -2 or .args[1].value == ["execs", "at"])) | if .returnValue == 0 then "then \(.threadId)"
  elif .threadId == .processId then "the leader," else "another thread," end' "$WORK/json" | paste -sd' ')"
# A vfork returns to the parent when its child has left the memory, which is a little before the child's
# execve or exit is done: so they are there, in no fixed order, and the results are the children.
expect_equal "vforks" "exit true vfork vfork" "$(jq -r 'if .eventName == "vfork" then "vfork"
  elif .eventName == "execve" and .args[0].value == "/bin/true" then "true"
  elif .eventName == "exit_group" and .args[0].value == 3 then "exit" else empty end' "$WORK/json" |
  sort | paste -sd' ')"
expect_equal "children of the vforks" "$(jq -r 'select(.eventName == "vfork").returnValue' "$WORK/json" | sort)" \
  "$(jq -r 'select(.eventName == "exit_group" and .parentProcessId == 1).processId' "$WORK/json" | sort)"
