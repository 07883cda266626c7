# shellcheck shell=bash
# What ctrace-analyze hints says of a container is true: with a read-only root, tmpfs on the paths
# told, no_new_privs and no network of its own it does its work; and what does not follow is not
# told: of a program that gains privileges by its setuid bit, of a user that needs a capability.
# shellcheck source=tests/live/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
need_live
need_overlay

# A shell that changes its directory, and names that are relative to it and to a descriptor.
work='cd /tmp && mkdir -p d/e && echo x >d/e/f && mv d/e/f d/g && cd / && rm -r /tmp/d
  python3 -c "import os
os.makedirs(\"/var/tmp/work\", exist_ok=True)
folder = os.open(\"/var/tmp/work\", os.O_DIRECTORY)
os.close(os.open(\"made\", os.O_CREAT | os.O_WRONLY, dir_fd=folder))
os.fchdir(folder)
os.chmod(\"made\", 0o600)
os.unlink(\"made\")" && echo done'
hints_of() { # hints_of NAME JQ: of the recording of the container NAME
  expect_status 0 "$ANALYZE" hints --json --container "$(container_id "$1")" "$WORK/$1.ctr"
  jq -r "$2" "$WORK/stdout"
}
record() { # record NAME BUNDLE
  start_recording "$WORK/$1.ctr" --container "$(container_id "$1")"
  run_container "$1" "$2" >"$WORK/output" 2>&1 || fail "$1: $(tail -n 1 "$WORK/output")"
  stop_recording INT
  expect_no_loss "$WORK/$1.ctr"
}

bundle=$WORK/bundle
hostroot_bundle "$bundle" sh -c "$work"
edit_bundle "$bundle" '.process.user = {uid: 65534, gid: 65534} | .process.env += ["PYTHONDONTWRITEBYTECODE=1"]'
record plain "$bundle"
expect_equal "writable paths" "/tmp /var/tmp" "$(hints_of plain '[.hints[] | select(.hint == "writable-path") | .value] | join(" ")')"
for hint in "read-only-root: possible, with the paths below writable" "no-new-privileges: possible" \
  "user: already other than root" "network: not used" "new-namespaces: not needed" "ipc: not used"; do
  jq -r '.hints[] | "\(.hint): \(.value)"' "$WORK/stdout" | grep -qxF "$hint" || fail "not told: $hint"
done
expect_equal "untold" "" "$(jq -r '.untold[].hint' "$WORK/stdout")"

# Taken at their word.
edit_bundle "$bundle" '.root.readonly = true | .process.noNewPrivileges = true
  | .mounts += [("/tmp", "/var/tmp") | {destination: ., type: "tmpfs", source: "tmpfs", options: ["mode=1777"]}]'
run_container strict "$bundle" >"$WORK/output" 2>&1 || fail "under its hints: $(tail -n 1 "$WORK/output")"
grep -q '^done$' "$WORK/output" || fail "under its hints the work is not done"
# One less, and it does not.
edit_bundle "$bundle" '.mounts |= map(select(.destination != "/var/tmp"))'
if run_container less "$bundle" >"$WORK/output" 2>&1; then fail "without /var/tmp the work is done as well"; fi

# ---- what does not follow

bundle=$WORK/setuid
busybox_bundle "$bundle" sh -c '/bin/other id -u; echo x >/root/file'
cp "$bundle/rootfs/bin/busybox" "$bundle/rootfs/bin/other"
chown 65534:65534 "$bundle/rootfs/bin/other" && chmod 4755 "$bundle/rootfs/bin/other"
chmod 777 "$bundle/rootfs/root"
edit_bundle "$bundle" '.process.user = {uid: 1000, gid: 1000}'
record gains "$bundle"
if grep -qx 65534 "$WORK/output"; then # not where file systems are mounted with nosuid
  expect_equal "hint of no_new_privs" "" "$(hints_of gains '.hints[] | select(.hint == "no-new-privileges") | .value')"
  jq -r '.untold[] | select(.hint == "no-new-privileges") | .why' "$WORK/stdout" | grep -q 'gained privileges: /bin/other' ||
    fail "not told which program gained privileges"
fi
expect_equal "writable path" /root "$(hints_of gains '.hints[] | select(.hint == "writable-path") | .value')"
