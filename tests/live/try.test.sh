# shellcheck shell=bash
# `ctrace-analyze try` says of a command and of a container what a profile really refuses them, and
# --until-clean closes the loop: from a profile of half of the work to one under which all of it runs,
# no larger than one that was recorded at once; attacks stay refused.
# shellcheck source=tests/live/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
need_live

# Its trials' folders are below this one, and nobody else's.
export TMPDIR=$WORK/tmp
mkdir "$TMPDIR"

names() { jq -r '.syscalls[] | select(.action == "SCMP_ACT_ALLOW") | .names[]' "$1" | sort -u; }
refused() { jq -r ".refused[] | select(.by_runtime == $1) | .name" "$WORK/stdout" | sort -u | tr '\n' ' '; }
minset() { # minset OUT ARGS...
  local out=$1
  shift
  expect_status 0 "$ANALYZE" minset "$@"
  cp "$WORK/stdout" "$out"
}
# A word that --until-clean puts out before it is there would be no profile.
until_clean() { # until_clean OUT ARGS...
  local out=$1
  shift
  expect_status 0 "$ANALYZE" try --until-clean "$@"
  cp "$WORK/stdout" "$out"
  cp "$WORK/stderr" "$out.log"
}

# ---- a plain command

cp "$(command -v busybox)" "$WORK/busybox"
sh="$WORK/busybox sh -c"
# shellcheck disable=SC2016
half='echo; $0 cat /etc/passwd; $0 true' work='echo; $0 cat /etc/passwd; $0 mkdir $1/d; $0 sync; $0 rmdir $1/d'
"$RECORD" -o "$WORK/half.ctr" -- $sh "$half" "$WORK/busybox" "$WORK" >/dev/null 2>&1
"$RECORD" -o "$WORK/work.ctr" -- $sh "$work" "$WORK/busybox" "$WORK" >/dev/null 2>&1
minset "$WORK/work.json" "$WORK/work.ctr"
for action in errno kill log trap; do
  minset "$WORK/half.json" --default-action $action "$WORK/half.ctr"
  expect_status 0 "$ANALYZE" try --json "$WORK/half.json" -- $sh "$half" "$WORK/busybox" "$WORK"
  expect_equal "refused of the work recorded, $action" "" "$(refused false)"
  expect_status 1 "$ANALYZE" try --json "$WORK/half.json" -- $sh "$work" "$WORK/busybox" "$WORK"
  # Each is a process of its own, which is killed where the profile says so.
  expect_equal "refused, $action" "mkdir rmdir sync " "$(refused false)"
  rm -rf "$WORK/d"
  until_clean "$WORK/better.json" "$WORK/half.json" -- $sh "$work" "$WORK/busybox" "$WORK"
  [ ! -e "$WORK/d" ] || fail "$action: the work was not done"
  comm -13 <(names "$WORK/work.json") <(names "$WORK/better.json") >"$WORK/more"
  [ ! -s "$WORK/more" ] || fail "$action: more is let through than a recording asks for: $(tr '\n' ' ' <"$WORK/more")"
done
grep -q 'let through from now on:.*mkdir.*rmdir.*sync' "$WORK/better.json.log" || fail "nothing is said of what was added"
expect_equal "folders left behind" "" "$(ls "$TMPDIR")"

# The filter itself, no_new_privs, and the ways in which it fails.
minset "$WORK/half.bpf" --format bpf "$WORK/half.ctr"
expect_status 1 "$ANALYZE" try "$WORK/half.bpf" -- $sh "$work" "$WORK/busybox" "$WORK"
grep -q '^mkdir .*ERRNO(EPERM)' "$WORK/stdout" || fail "the table lacks mkdir"
minset "$WORK/work.json" "$WORK/work.ctr"
expect_status 3 "$ANALYZE" try --no-record --no-new-privileges "$WORK/work.json" -- $sh 'exit 3'
expect_status 1 "$ANALYZE" try --recording "$WORK/kept.ctr" "$WORK/half.json" -- $sh "$work" "$WORK/busybox" "$WORK"
expect_status 0 "$ANALYZE" verify "$WORK/kept.ctr"
expect_status 2 "$ANALYZE" try --recording "$WORK/kept.ctr" "$WORK/half.json" -- $sh "$half" "$WORK/busybox" "$WORK"
expect_status 2 "$ANALYZE" try "$WORK/half.json" -- "$WORK/none"
grep -q "cannot execute '$WORK/none'" "$WORK/stderr" || fail "not said that the command is not there"
expect_status 2 "$ANALYZE" try "$WORK/half.json"
expect_status 2 "$ANALYZE" try "$WORK/none" -- true
echo '{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [{"names": ["read"], "action": "SCMP_ACT_ALLOW"}]}' >"$WORK/small.json"
expect_status 1 "$ANALYZE" try "$WORK/small.json" -- true
grep -q '^execve ' "$WORK/stdout" || fail "a refused execve is not told"

# ---- a container

busybox_bundle "$WORK/bundle" sh -c "$half" busybox /tmp
record_while "$WORK/box-half.ctr" run_container half "$WORK/bundle" >/dev/null
set_command "$WORK/bundle" sh -c "$work; echo done" busybox /tmp
record_while "$WORK/box.ctr" run_container work "$WORK/bundle" >/dev/null
run=(runc run -b "$WORK/bundle" "$(container_id try)")
minset "$WORK/box.json" --container "$(container_id work)" "$WORK/box.ctr"
cp "$WORK/bundle/config.json" "$WORK/config"
expect_status 0 "$ANALYZE" try --bundle "$WORK/bundle" "$WORK/box.json" -- "${run[@]}"
grep -q '^done$' "$WORK/stderr" || fail "the container under its profile did not do its work"

# Half of the work, and nothing of what the runtime needs: it does not even start.
minset "$WORK/box-half.json" --runtime-baseline none --container "$(container_id half)" "$WORK/box-half.ctr"
expect_status 1 "$ANALYZE" try --json --bundle "$WORK/bundle" "$WORK/box-half.json" -- "${run[@]}"
[ -n "$(refused true)" ] || fail "not told what the runtime was refused"
until_clean "$WORK/better.json" --bundle "$WORK/bundle" "$WORK/box-half.json" -- "${run[@]}"
expect_same_bytes "the bundle's configuration, put back" "$WORK/config" "$WORK/bundle/config.json"

comm -13 <(names "$WORK/box.json") <(names "$WORK/better.json") >"$WORK/more"
[ ! -s "$WORK/more" ] || fail "more is let through than a recording asks for: $(tr '\n' ' ' <"$WORK/more")"
note "$(grep -c '^ctrace-analyze: round [0-9]*$' "$WORK/better.json.log") rounds, $(names "$WORK/better.json" | wc -l) calls"
edit_bundle "$WORK/bundle" --slurpfile profile "$WORK/better.json" '.linux.seccomp = $profile[0]'
expect_status 0 "${run[@]}"
grep -q '^done$' "$WORK/stdout" || fail "under the profile of --until-clean the work is not done"

# The profile's file in the command's words, the container by its name; and what stays refused.
cat >"$WORK/engine" <<END
#!/bin/sh
jq --slurpfile profile "\$1" '.linux.seccomp = \$profile[0]' "$WORK/config" >"$WORK/bundle/config.json"
runc run -b "$WORK/bundle" "$(container_id named)"
END
chmod +x "$WORK/engine"
expect_status 0 "$ANALYZE" try --container "$(container_id named)" "$WORK/better.json" -- "$WORK/engine" '{}'
set_command "$WORK/bundle" sh -c "$work; mknod /tmp/p p; unshare -U true" busybox /tmp
cp "$WORK/bundle/config.json" "$WORK/config"
expect_status 1 "$ANALYZE" try --json --container "$(container_id named)" "$WORK/better.json" -- "$WORK/engine" '{}'
for name in mknodat unshare; do
  [[ " $(refused false)" == *" $name "* ]] || fail "$name was let through, or is not told: $(refused false)"
done
