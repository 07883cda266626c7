# shellcheck shell=bash
# What others make of minset's dialects: systemd reads the unit with the filter and counts it, bwrap
# runs the recorded work under the raw filter, which refuses what was never done.
# shellcheck source=tests/live/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
need_live
need_command bwrap gcc
work='ls -l /bin | sort | head -n 3; echo hello >/tmp/x && cat /tmp/x'

busybox_bundle "$WORK/bundle" sh -c "$work; exec /bin/forbidden nothing nothing"
gcc -x c -O1 -static -o "$WORK/bundle/rootfs/bin/forbidden" "$live_dir/programs/forbidden.c"
record_while "$WORK/work.ctr" run_container work "$WORK/bundle" >/dev/null
expect_no_loss "$WORK/work.ctr"
minset() { # minset FORMAT FILE
  "$ANALYZE" minset --container "$(container_id work)" --format "$1" "$WORK/work.ctr" >"$2" 2>"$WORK/minset.err" ||
    fail "minset --format $1: $(tail -n 1 "$WORK/minset.err")"
}

# ---- bwrap

minset bpf "$WORK/filter.bpf"
# All capabilities, so that it is the filter that refuses.
in_bwrap() { # in_bwrap [--seccomp 9] COMMAND...: output in $WORK/output
  bwrap --unshare-pid --cap-add ALL --bind "$WORK/bundle/rootfs" / --proc /proc --dev /dev --tmpfs /tmp "$@" \
    9<"$WORK/filter.bpf" >"$WORK/output" 2>&1 </dev/null
}
in_bwrap /bin/sh -c true || skip "bwrap does not run here: $(tail -n 1 "$WORK/output")"
in_bwrap --seccomp 9 /bin/sh -c "$work" || fail "under the filter: $(tail -n 1 "$WORK/output")"
grep -qx hello "$WORK/output" || fail "under the filter the work is not done"
attacks=(mount unshare keyctl bpf ptrace setreuid)
in_bwrap /bin/forbidden "${attacks[@]}" || fail "forbidden without filter: $(tail -n 1 "$WORK/output")"
expect_equal "refused without the filter" "" "$(grep -v ' 0$' "$WORK/output" || true)"
in_bwrap --seccomp 9 /bin/forbidden "${attacks[@]}" || fail "forbidden: $(tail -n 1 "$WORK/output")"
expect_equal "under the filter" "$(printf '%s 1\n' "${attacks[@]}")" "$(cat "$WORK/output")"

# ---- systemd

command -v systemd-analyze >/dev/null || {
  note "no systemd-analyze: what systemd makes of the unit is not tested"
  exit 0
}
minset oci "$WORK/profile.json"
mkdir "$WORK/units"
printf '[Service]\nExecStart=/bin/true\n' >"$WORK/units/web.service"
"$ANALYZE" apply --systemd web.service "$WORK/profile.json" >"$WORK/drop-in.conf" 2>"$WORK/apply.err"
exposure() { # what it says of the system calls that a unit may make
  systemd-analyze security --offline=true --json=short "$1" 2>"$WORK/systemd.err" |
    jq -r '[.[] | select(.json_field | startswith("SystemCallFilter_")) | select(.set) | .json_field] | join(" ")'
}
{ cat "$WORK/units/web.service"; grep -v '^#' "$WORK/drop-in.conf"; } >"$WORK/units/strict.service"
open=$(exposure "$WORK/units/web.service") strict=$(exposure "$WORK/units/strict.service")
expect_equal "groups kept out without the filter" "" "$open"
for group in clock module mount raw_io reboot swap debug obsolete; do
  [[ " $strict " == *" SystemCallFilter_$group "* ]] || fail "systemd does not find that $group is refused: '$strict'"
done
if grep -i -e 'unknown' -e 'failed to parse' -e ignoring "$WORK/systemd.err"; then fail "systemd complains"; fi
