# shellcheck shell=bash
# The recorder works for a user who has no more than CAP_BPF and CAP_PERFMON, by ambient
# capabilities or by those of its file; with CAP_DAC_READ_SEARCH it knows containers by their
# runtime's files too. What is missing is named. A file's capabilities open no file that the user
# could not open himself, and are not handed on to a command.
# shellcheck source=tests/live/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
need_live
need_command setpriv setcap
chmod 755 "$WORK"
mkdir "$WORK/user" && chown 65534 "$WORK/user"
install -m 755 "$RECORD" "$WORK/user/recorder" # $RECORD itself may lie where nobody may go
as_user() { setpriv --reuid 65534 --regid 65534 --clear-groups "$@"; }
with_caps() { # with_caps +bpf,... COMMAND...
  local caps=$1
  shift
  as_user --inh-caps "$caps" --ambient-caps "$caps" "$@"
}

# ---- what is missing

for caps in none bpf perfmon; do
  case $caps in
    none) missing='CAP_BPF and CAP_PERFMON missing' run=(as_user) ;;
    bpf) missing=': CAP_PERFMON missing' run=(with_caps +bpf) ;;
    perfmon) missing=': CAP_BPF missing' run=(with_caps +perfmon) ;;
  esac
  expect_status 125 "${run[@]}" "$WORK/user/recorder" -o "$WORK/user/none.ctr" -- true
  expect_one_line ctrace-record
  grep -q "$missing" "$WORK/stderr" || fail "with $caps: $(cat "$WORK/stderr")"
done

# ---- what works

busybox_bundle "$WORK/bundle" sh -c 'cat /etc/passwd; sleep 0.5'
edit_bundle "$WORK/bundle" '.annotations = {"org.opencontainers.image.ref.name": "ct/privileges:1"}'
start_with() { # start_with FILE CAPS: as start_recording
  local log=$WORK/$1.err
  start_background "$WORK/$1.out" "$log" setpriv --reuid 65534 --regid 65534 --clear-groups \
    --inh-caps "$2" --ambient-caps "$2" "$WORK/user/recorder" -o "$WORK/user/$1"
  recorder=$background_pid
  wait_until 30 is_recording_or_dead "$log" "$recorder" || fail "no word of recording in 30 s"
  kill -0 "$recorder" 2>/dev/null || fail "with $2: $(tail -n 1 "$log")"
}
known_of() { # known_of FILE: name and image of the test's container
  "$ANALYZE" info --json "$WORK/user/$1" |
    jq -r --arg id "$LIVE_ID" '.containers[] | select(.name | startswith($id)) | .name + " " + .image'
}
calls_of() { "$REPLAY" --format json -e execve --container "$1" "$WORK/user/$2" | wc -l; }

start_with least.ctr +bpf,+perfmon
run_container least "$WORK/bundle" >/dev/null 2>&1
stop_recording INT
expect_equal "exit status" 0 "$recorder_status"
expect_equal "known by its cgroup" "$(container_id least) " "$(known_of least.ctr)"
[ "$(calls_of "$(container_id least)" least.ctr)" -ge 2 ] || fail "no calls of the container"

start_with names.ctr +bpf,+perfmon,+dac_read_search
run_container names "$WORK/bundle" >/dev/null 2>&1
stop_recording INT
expect_equal "known by its runtime's files" "$(container_id names) ct/privileges:1" \
  "$(known_of names.ctr)"

# ---- capabilities of the file

if setcap cap_bpf,cap_perfmon,cap_dac_read_search,cap_dac_override+ep "$WORK/user/recorder" 2>/dev/null; then
  expect_status 0 as_user "$WORK/user/recorder" -o "$WORK/user/file.ctr" -- \
    grep -E '^Cap(Prm|Eff|Amb):' /proc/self/status
  expect_equal "sets without capabilities in its command" 3 "$(grep -c '0000000000000000$' "$WORK/stdout")"
  install -m 600 /dev/null "$WORK/secret"
  expect_status 2 as_user "$WORK/user/recorder" --config "$WORK/secret" --duration 1ms
  grep -q 'Permission denied' "$WORK/stderr" || fail "reads a file of root's"
  expect_status 2 as_user "$WORK/user/recorder" --force -o "$WORK/secret" --duration 1ms
  expect_equal "lines of a file of root's" 0 "$(wc -l <"$WORK/secret")"
  expect_status 2 as_user "$WORK/user/recorder" --host-root "$WORK/user" --duration 1ms
  grep -q 'host-root' "$WORK/stderr" || fail "--host-root by a file's capabilities"
fi
