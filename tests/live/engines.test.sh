# shellcheck shell=bash
# Containers of docker, podman and containerd, a row each in $engines: what ran before and what starts
# are called as the engine calls them, with image, labels and how they ended; who enters is told apart; a
# restart is another run of the same name. Each engine keeps its state in a folder of this test's own,
# where it would keep it on any machine; docker has a network namespace too.
# shellcheck source=tests/live/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
# shellcheck source=tests/live/engines.sh
. "$(dirname "$(realpath "$0")")/engines.sh"
need_live
engines=(docker podman containerd)
need_engines "${engines[@]}"
engines_apart "$0"

rootfs() {
  busybox_bundle "$WORK/image" true
  tar -C "$WORK/image/rootfs" -cf "$WORK/rootfs.tar" .
}
rootfs
# ---- the engines: prepare, run NAME COMMAND... (to its end), start NAME COMMAND..., and the engine's own words

docker_prepare() {
  docker_up
  docker import - busybox:test <"$WORK/rootfs.tar" >/dev/null
}
docker_run() { docker run --rm --network none --label tier=front --name "$1" busybox:test "${@:2}"; }
docker_start() { docker run -d --network none --label tier=front --name "$1" busybox:test "${@:2}"; }
docker_exec() { docker exec "$@"; }
docker_pause() { docker pause "$1"; }
docker_resume() { docker unpause "$1"; }
docker_restart() { docker restart -t 0 "$1"; }
docker_remove() { docker rm -f "$1"; }

podman_prepare() {
  podman_up
  podman import - busybox:test <"$WORK/rootfs.tar" >/dev/null 2>&1
}
podman_run() { podman run --rm --network none --label tier=front --name "$1" busybox:test "${@:2}"; }
podman_start() { podman run -d --network none --label tier=front --name "$1" busybox:test "${@:2}"; }
podman_exec() { podman exec "$@"; }
podman_pause() { podman pause "$1"; }
podman_resume() { podman unpause "$1"; }
podman_restart() { podman restart -t 0 "$1"; }
podman_remove() { podman rm -f -t 0 "$1"; }

ctr() { PATH=$own command ctr "$@"; }
containerd_prepare() {
  echo 'version = 2
disabled_plugins = ["io.containerd.grpc.v1.cri"]' >"$WORK/containerd.toml"
  start_background "$WORK/containerd.out" "$WORK/containerd.log" env "PATH=$own" containerd -c \
    "$WORK/containerd.toml"
  wait_until 30 ctr version >/dev/null 2>&1 || fail "containerd: $(tail -n 1 "$WORK/containerd.log")"
  podman save --format oci-archive -o "$WORK/image.tar" localhost/busybox:test >/dev/null 2>&1
  ctr image import --base-name localhost/busybox "$WORK/image.tar" >/dev/null
  image=$(ctr image ls -q | sed -n 1p)
}
containerd_run() { ctr run --rm --label tier=front "$image" "$@"; }
containerd_start() { ctr run -d --label tier=front "$image" "$@"; }
containerd_exec() { ctr task exec --exec-id entered "$@"; }
containerd_pause() { ctr task pause "$1"; }
containerd_resume() { ctr task resume "$1"; }
containerd_restart() { :; } # containerd has none
containerd_remove() { ctr task kill -s KILL "$1" && wait_until 30 ctr task rm "$1" && ctr container rm "$1"; }

# ---- what each must show

# report FILE NAME: `status, existing` of each run of the container, in their order
report() {
  jq -c --arg name "$2" '.[] | select(.name == $name) | [.status, .existing]' "$1" | tr '\n' ' '
}
fact() { # fact FILE NAME KEY
  jq -r --arg name "$2" --arg key "$3" \
    '[.[] | select(.name == $name) | .facts[] | select(.key == $key) | .value][0]' "$1"
}
# Of the container that was there before, in the recording so far.
listed() { # listed ENGINE: its runs, a word each
  "$ANALYZE" containers --json "$WORK/$1.ctr" 2>/dev/null >"$WORK/so-far" && report "$WORK/so-far" "$LIVE_ID-$1-old" |
    sed 's/killed (SIGKILL)/killed/g'
}
is_listed() { [ "$(listed "$1" | wc -w)" -eq "$(tr -dc '[' <<<"$2" | wc -c)" ]; }
has_ended() { [[ $(listed "$1") != *running* ]]; }
# of_both FILE NAME: what it is, by whatever source. What the kernel tells as it begins is not known of
# one that runs (when, its host name), its namespace of times only of one that runs.
of_both() {
  jq -c --arg name "$2" '.[] | select(.name == $name) | {id, name, image, engine, runtime, cgroup,
    labels: (.labels | sort_by(.key)), facts: ([.facts[] | select(.key | IN("started", "hostname", "ns.time") | not) |
      .key + "=" + .value] | unique)}' "$1"
}
check() { # check ENGINE RUNS-AFTER-A-RESTART IMAGE-PATTERN
  local engine=$1 old=$LIVE_ID-$1-old new=$LIVE_ID-$1-new both=$LIVE_ID-$1-both list=$WORK/$1.json status=0
  note "$engine"
  "${engine}_prepare"
  "${engine}_start" "$old" sh -c 'while true; do cat /etc/passwd >/dev/null; sleep 0.1; done' >/dev/null
  start_recording "$WORK/$engine.ctr"
  "${engine}_exec" "$old" touch /tmp/entered >/dev/null
  "${engine}_pause" "$old" >/dev/null
  expect_equal "status of a paused one" paused \
    "$("$RECORD" ls --json | jq -r --arg name "$old" '.[] | select(.name == $name).status')"
  "${engine}_resume" "$old" >/dev/null
  "${engine}_run" "$new" sh -c 'cat /nothing; exit 3' >/dev/null 2>&1 || status=$?
  expect_equal "status of the engine's client" 3 "$status"
  "${engine}_restart" "$old" >/dev/null
  # A recorder that starts when the container runs knows of it what one knows that saw it start.
  "${engine}_start" "$both" sleep 600 >/dev/null
  "$RECORD" -o "$WORK/$engine-late.ctr" --duration 3s 2>/dev/null
  "${engine}_remove" "$both" >/dev/null
  # What the engine tells of a run is read while the run lasts.
  wait_until 30 is_listed "$engine" "$2" || fail "runs of $old: $(listed "$engine")"
  "${engine}_remove" "$old" >/dev/null
  wait_until 30 has_ended "$engine" || fail "runs of $old: $(listed "$engine")"
  stop_recording INT
  expect_equal "exit status" 0 "$recorder_status"
  expect_no_loss "$WORK/$engine.ctr"
  "$ANALYZE" containers --json "$WORK/$engine.ctr" >"$list"
  expect_equal "what ended by itself" '["exited (3)",false] ' "$(report "$list" "$new")"
  expect_equal "runs of the other one" "$2" "$(report "$list" "$old" | sed 's/"ended"/"killed (SIGKILL)"/g')"
  expect_equal "engine" "$engine" "$(jq -r --arg name "$new" '.[] | select(.name == $name).engine' "$list")"
  expect_equal "runtime" runc "$(jq -r --arg name "$new" '.[] | select(.name == $name).runtime' "$list")"
  # shellcheck disable=SC2053 # a pattern
  [[ $(jq -r --arg name "$new" '.[] | select(.name == $name).image' "$list") == $3 ]] ||
    fail "image: $(jq -c --arg name "$new" '.[] | select(.name == $name)' "$list")"
  [[ $(fact "$list" "$new" command) == "sh -c 'cat /nothing; exit 3'" ]] ||
    fail "command: $(fact "$list" "$new" command)"
  [ "$(fact "$list" "$new" capabilities)" != null ] || fail "no capabilities are told"
  expect_equal "label" front "$(jq -r --arg name "$new" \
    '.[] | select(.name == $name) | .labels[] | select(.key == "tier").value' "$list")"
  "$ANALYZE" containers --json "$WORK/$engine-late.ctr" >"$WORK/$engine-late.json"
  of_both "$list" "$both" >"$WORK/both.early"
  of_both "$WORK/$engine-late.json" "$both" >"$WORK/both.late"
  [ -s "$WORK/both.early" ] || fail "$both is not there"
  cmp -s "$WORK/both.early" "$WORK/both.late" ||
    fail "recorded from its start and later: $(cat "$WORK/both.early" "$WORK/both.late")"
  expect_equal "who entered" entered \
    "$("$REPLAY" --format json --comm touch "$WORK/$engine.ctr" | jq -r .phase | sort -u)"
  expect_equal "the short one's calls" 1 "$("$REPLAY" --container "$new" --path /nothing -e openat,open \
    "$WORK/$engine.ctr" | sed 1d | wc -l)"
}
# The same work under the profile that minset makes of it in the engine's dialect, and other work, which is
# ended. make check-profiles is the long form.
under_profile() { # under_profile ENGINE
  local status=0 run=(run --rm --network none --security-opt "seccomp=$WORK/profile.json" busybox:test)
  expect_status 0 "$ANALYZE" minset --format "$1" --default-action kill --container "$LIVE_ID-$1-new" "$WORK/$1.ctr"
  cp "$WORK/stdout" "$WORK/profile.json"
  "$1" "${run[@]}" sh -c 'cat /nothing; exit 3' >/dev/null 2>&1 || status=$?
  expect_equal "status under its profile" 3 "$status"
  status=0
  "$1" "${run[@]}" sh -c 'exec sync' >/dev/null 2>&1 || status=$?
  expect_equal "status of what it never did" 159 "$status"
}
# follow NAME COMMAND...: recorded with its container, and nobody else's; the file is gone at the end
follow() {
  local name=$1 status=0 file=$WORK/followed-$1.ctr
  shift
  TMPDIR=$WORK CONTAINERS_CONF=$WORK/containers.conf PATH=$own:$PATH "$RECORD" -o "$file" -- "$@" \
    >/dev/null 2>"$WORK/follow.err" || status=$?
  expect_equal "status of a followed $name" 3 "$status"
  expect_equal "what a followed $name began" "$LIVE_ID-$name-followed exited (3)" \
    "$("$ANALYZE" containers --json "$file" | jq -r '.[] | .name + " " + .status')"
  expect_equal "its calls" 1 "$("$REPLAY" --path /nothing -e openat,open "$file" | grep -c "nothing")"
  [ "$("$REPLAY" --format json -e execve "$file" | jq -r 'select(.container == null) | .processName' |
    grep -c "^$name$")" -ge 1 ] || fail "the command itself is not recorded"
  wait_until 30 sh -c "! ls -d $WORK/ctrace.* >/dev/null 2>&1" || fail "a folder is left behind"
  "$ANALYZE" verify "$file" >/dev/null || fail "the file does not verify"
}
command_of_it=(busybox:test sh -c 'cat /nothing; exit 3')
killed='["killed (SIGKILL)",true]' again='["killed (SIGKILL)",false]'
check docker "$killed $again " 'busybox:test'
under_profile docker
other=$(docker_start "$LIVE_ID-docker-other" sh -c 'while true; do cat /nothing; sleep 0.1; done')
follow docker /usr/bin/docker -H "unix://$WORK/docker.sock" run --rm --network none \
  --name "$LIVE_ID-docker-followed" "${command_of_it[@]}"
docker rm -f "$other" >/dev/null
check podman "$killed $again " '*busybox:test'
under_profile podman
follow podman /usr/bin/podman --runtime runc --cgroup-manager cgroupfs run --rm --network none \
  --name "$LIVE_ID-podman-followed" "${command_of_it[@]}"
# podman's runtime records one itself, by the hook that `make install` leaves.
mkdir "$WORK/hooks"
sed "s|@PREFIX@/bin/ctrace-record|$RECORD|" "$live_dir/../../record/oci-hook.json.in" >"$WORK/hooks/ctrace.json"
status=0
podman --hooks-dir "$WORK/hooks" run --rm --network none --annotation "io.ctrace.record=$WORK/hooked.ctr" \
  --name "$LIVE_ID-hooked" busybox:test sh -c 'exit 3' || status=$?
expect_equal "status of podman's hooked one" 3 "$status"
hooked_is_complete() { [ "$("$ANALYZE" info --json "$WORK/hooked.ctr" 2>/dev/null | jq -r .state)" = complete ]; }
wait_until 30 hooked_is_complete || fail "the hook's recording does not end"
"$ANALYZE" containers --json "$WORK/hooked.ctr" >"$WORK/hooked.json"
jq -e --arg name "$LIVE_ID-hooked" 'length == 1 and .[0].name == $name and .[0].engine == "podman"' "$WORK/hooked.json" \
  >/dev/null || fail "the hook's recording: $(cat "$WORK/hooked.json")"
check containerd "$killed " 'localhost/busybox:test'
