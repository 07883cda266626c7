# shellcheck shell=bash
# The capabilities that a container used, by the kernel's own checks: it does the same work with just
# these, and with any one fewer it does not. In a user namespace of its own it needs none.
# shellcheck source=tests/live/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
need_live
grep -qw cap_capable /sys/kernel/tracing/available_events 2>/dev/null ||
  bpftool btf dump file /sys/kernel/btf/vmlinux 2>/dev/null | grep "'btf_trace_cap_capable'" >/dev/null ||
  skip "this kernel (before 6.14) does not tell of capability checks"

# shellcheck disable=SC2016  # the container's shell expands it
busybox_bundle "$WORK/bundle" sh -c 'set -e; rm -f /tmp/x /tmp/null
  touch /tmp/x; chown 1000 /tmp/x; chmod 600 /tmp/x; echo y >>/tmp/x
  mknod /tmp/null c 1 3; chroot / true; renice -n -5 $$ >/dev/null
  echo done'
give() { # give CAPABILITY...: no others
  # shellcheck disable=SC2016
  edit_bundle "$WORK/bundle" --argjson names "$(printf '%s\n' "$@" | jq -R . | jq -s .)" \
    '.process.capabilities = {bounding: $names, effective: $names, permitted: $names}'
}
all=(CAP_CHOWN CAP_DAC_OVERRIDE CAP_FOWNER CAP_FSETID CAP_KILL CAP_SETGID CAP_SETUID CAP_SETPCAP CAP_NET_BIND_SERVICE
  CAP_NET_RAW CAP_SYS_CHROOT CAP_MKNOD CAP_AUDIT_WRITE CAP_SETFCAP CAP_SYS_ADMIN CAP_SYS_NICE)
give "${all[@]}"
# No device may be made without the cgroup's leave.
edit_bundle "$WORK/bundle" '.linux.resources.devices = [{allow: true, access: "rwm"}]'
record_while "$WORK/box.ctr" run_container box "$WORK/bundle" >/dev/null
expect_no_loss "$WORK/box.ctr"
expect_status 0 "$ANALYZE" verify "$WORK/box.ctr"
expect_status 0 "$ANALYZE" caps --container "$(container_id box)" --format names "$WORK/box.ctr"
mapfile -t used <"$WORK/stdout"
expect_equal "capabilities used" "CAP_CHOWN CAP_DAC_OVERRIDE CAP_FOWNER CAP_MKNOD CAP_SYS_CHROOT CAP_SYS_NICE" "${used[*]}"
[ ! -s "$WORK/stderr" ] || fail "said of it: $(head -n 1 "$WORK/stderr")"
expect_status 0 "$ANALYZE" caps --container "$(container_id box)" "$WORK/box.ctr"
grep -Eq '^CAP_MKNOD +[0-9.]+ +mknod(at)? +mknod +1$' "$WORK/stdout" || fail "not told who used CAP_MKNOD"

# The runtime writes them as it is told; nothing is missing, and nothing is too much.
expect_status 0 "$ANALYZE" caps --container "$(container_id box)" --format oci "$WORK/box.ctr"
edit_bundle "$WORK/bundle" --slurpfile caps "$WORK/stdout" '.process.capabilities = $caps[0]'
expect_status 0 run_container just "$WORK/bundle"
grep -q '^done$' "$WORK/stdout" || fail "with just these the work is not done"
for name in "${used[@]}"; do
  give $(printf '%s\n' "${used[@]}" | grep -vx "$name")
  status=0
  run_container less "$WORK/bundle" >/dev/null 2>&1 || status=$?
  [ "$status" -ne 0 ] || fail "without $name the work is done as well"
done

# Not even SYS_ADMIN, which every mmap asks for by the way, and none that was used in a namespace of its own.
give "${all[@]}"
set_command "$WORK/bundle" sh -c 'true; unshare -U -r true; ls / | sort >/dev/null'
record_while "$WORK/none.ctr" run_container none "$WORK/bundle"
expect_status 0 "$ANALYZE" caps --container "$(container_id none)" --format docker "$WORK/none.ctr"
expect_equal "flags of a container that needs none" "--cap-drop ALL" "$(cat "$WORK/stdout")"

# Filtered out, it is derived from calls, and that is said.
start_recording "$WORK/few.ctr" --exclude-event cap_capable
set_command "$WORK/bundle" sh -c 'chroot / true'
run_container few "$WORK/bundle"
stop_recording INT
expect_status 0 "$ANALYZE" caps --container "$(container_id few)" --format names "$WORK/few.ctr"
expect_equal "derived" CAP_SYS_CHROOT "$(cat "$WORK/stdout")"
grep -q 'derived from calls' "$WORK/stderr" || fail "not said that it is derived"
