# shellcheck shell=bash
# bwrap runs the recorded work under the raw filter of minset, which refuses what was never done.
# shellcheck source=tests/live/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
need_live
need_command bwrap gcc
work='ls -l /bin | sort | head -n 3; echo hello >/tmp/x && cat /tmp/x'

busybox_bundle "$WORK/bundle" sh -c "$work; exec /bin/forbidden nothing nothing"
gcc -x c -O1 -static -o "$WORK/bundle/rootfs/bin/forbidden" "$live_dir/programs/forbidden.c"
record_while "$WORK/work.ctr" run_container work "$WORK/bundle" >/dev/null
expect_no_loss "$WORK/work.ctr"
expect_status 0 "$ANALYZE" minset --container "$(container_id work)" --format bpf "$WORK/work.ctr"
cp "$WORK/stdout" "$WORK/filter.bpf"
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
