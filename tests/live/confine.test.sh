# shellcheck shell=bash
# The three programs confine themselves: to the calls that a recording of each shows (and that the
# lists in record/, replay/ and analyze/ must hold), without capabilities but those they say, with
# no_new_privs, while a recorded command keeps what its user has.
# shellcheck source=tests/live/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
# A list that is being made must not stand in its own way.
[ "${UPDATE_OWN_CALLS:-0}" != 1 ] || export CTRACE_CONFINE=off
need_live
need_command bpftool
# shellcheck source=tests/live/own_calls.sh
. "$live_dir/own_calls.sh"

own_calls "$live_dir/../.."
[ "${UPDATE_OWN_CALLS:-0}" != 1 ] || exit 0

# ---- what is left of a recorder's powers

status_of() { # status_of PID-OR-TASK-FOLDER FIELD
  sed -n "s/^$2:[[:space:]]*//p" "/proc/$1/status"
}
dac_read_search=0000000000000004
start_recording "$WORK/idle.ctr"
# Each thread gives away itself what it does not need; the first one, and one beside it, keep something.
threads_gave_away() {
  [ "$(cat "/proc/$recorder/task"/*/status | grep '^CapEff:' | grep -vc '0000000000000000$')" -eq 2 ]
}
wait_until 30 threads_gave_away || true # what is wrong is told below
readers=0 # threads that may read others' files: that of the names of containers
for task in "/proc/$recorder/task"/*; do
  task=${task#/proc/}
  expect_equal "no_new_privs of $task" 1 "$(status_of "$task" NoNewPrivs)"
  expect_equal "seccomp mode of $task" 2 "$(status_of "$task" Seccomp)"
  none=0000000000000000
  kept="$none"
  # Kernels before 5.19 want CAP_BPF for each look into a map.
  if [ "$task" = "$recorder/task/$recorder" ]; then
    kept="$dac_read_search|0000008000000004"
  elif [ "$(status_of "$task" CapEff)" = $dac_read_search ]; then
    kept=$dac_read_search readers=$((readers + 1))
  fi
  for set in CapInh CapAmb; do expect_equal "$set of $task" $none "$(status_of "$task" $set)"; done
  for set in CapPrm CapEff; do
    [[ $(status_of "$task" $set) =~ ^($kept)$ ]] || fail "$set of $task: $(status_of "$task" $set)"
  done
done
expect_equal "threads that read names" 1 "$readers"
# Nor can it have the kernel side read elsewhere in the kernel's memory, or ask it for addresses there.
objects=$(bpftool -j map show | jq -r '.[] | select(.name == "direct_map").id')
held() { # held KIND: numbers of such BPF objects that the recorder holds
  cat "/proc/$recorder/fdinfo"/* 2>/dev/null | sed -n "s/^$1_id:[[:space:]]*//p" | sort -u
}
map=$(comm -12 <(sort <<<"$objects") <(held map))
[ -n "$map" ] || fail "it has no map that says where the kernel maps all memory"
expect_equal "frozen" 1 "$(bpftool -j map show id "$map" | jq .frozen)"
for prog in $(held prog); do
  name=$(bpftool -j prog show id "$prog" | jq -r .name)
  case $name in try_direct_map | find_symbol) fail "it still holds $name" ;; esac
done
stop_recording INT
expect_equal "exit status" 0 "$recorder_status"

# ---- while a command keeps what its user has

fields='NoNewPrivs|Seccomp|Cap(Inh|Prm|Eff|Bnd|Amb)'
expect_equal "what a command is allowed" "$(grep -E "^($fields):" /proc/self/status)" \
  "$("$RECORD" --force -o "$WORK/command.ctr" -- grep -E "^($fields):" /proc/self/status 2>/dev/null)"
cp "$(command -v id)" "$WORK/id"
chown 65534 "$WORK/id" && chmod 4755 "$WORK/id" && chmod 755 "$WORK"
if [ "$("$WORK/id" -u)" = 65534 ]; then # not where file systems are mounted with nosuid
  expect_equal "user of a setuid program" 65534 \
    "$("$RECORD" --force -o "$WORK/command.ctr" -- "$WORK/id" -u 2>/dev/null)"
fi

# ---- the readers, at work on a recording that does not end

start_recording "$WORK/followed.ctr"
env --default-signal=INT "$REPLAY" --follow "$WORK/followed.ctr" >/dev/null 2>&1 &
reader=$!
started+=("$reader")
is_confined() { [ "$(status_of "$1" Seccomp)" = 2 ] || ! kill -0 "$1" 2>/dev/null; }
wait_until 30 is_confined "$reader" || fail "ctrace-replay --follow is not confined"
expect_equal "ctrace-replay's capabilities" $dac_read_search "$(status_of "$reader" CapPrm)"
expect_equal "ctrace-replay's no_new_privs" 1 "$(status_of "$reader" NoNewPrivs)"
kill -INT "$reader" && wait "$reader" || true
stop_recording INT
expect_status 2 env CTRACE_CONFINE=maybe "$ANALYZE" verify "$WORK/followed.ctr"
expect_status 0 env CTRACE_CONFINE=off "$ANALYZE" verify "$WORK/followed.ctr"
