#!/usr/bin/env bash
# run.sh [NAME...]: real programs and their profiles (root), under each engine of ENGINES (runc podman
# docker). Each row's work is recorded in a container until no call was seen in one recording alone
# (RECORDINGS (10) at least, 30 at most: some calls are made now and then); then the same container does
# the same work under the profile that minset makes of them all, ROUNDS (10) times with ERRNO and as
# often with KILL_PROCESS, with and without noNewPrivileges, and attacks of every risk class are refused.
# What a profile allows was made by the work, or is said to be the runtime's. Prints the table of
# PROFILES.md; the last line is `N passed, N failed, N skipped`, a row that cannot run here is skipped and named.
# shellcheck source=tests/live/lib.sh
. "$(dirname "$(realpath "$0")")/../live/lib.sh"
# shellcheck source=tests/live/engines.sh
. "$live_dir/engines.sh"
# shellcheck source=tests/profiles/programs.sh
. "$(dirname "$(realpath "$0")")/programs.sh"
rounds=${ROUNDS:-10} least=${RECORDINGS:-10} most=30
read -ra engines <<<"${ENGINES:-runc podman docker}"
need_live
need_overlay
need_command gcc
export PATH=/usr/sbin:$PATH
[ "${engines[*]}" = runc ] || engines_apart "$0" "$@"

# ---- the engines: up_ENGINE, make_ENGINE (of $row, with $share as its /share), run_ENGINE NAME COMMAND...
# with or without noNewPrivileges ($nnp: true or false) and under $profile, when it is not empty

up_runc() { :; }
make_runc() {
  hostroot_bundle "$WORK/$engine-$row" true
  edit_bundle "$WORK/$engine-$row" '.process.user = {uid: 65534, gid: 65534} | .process.env += ["HOME=/tmp"]'
}
run_runc() {
  local bundle=$WORK/$engine-$row name=$1 wanted='null'
  shift
  # shellcheck disable=SC2016
  [ -z "$profile" ] || wanted='$profile[0]'
  set_command "$bundle" "$@"
  edit_bundle "$bundle" --argjson nnp "$nnp" --slurpfile profile "${profile:-/dev/null}" \
    ".process.noNewPrivileges = \$nnp | .linux.seccomp = $wanted | if .linux.seccomp then . else del(.linux.seccomp) end"
  run_container "$name" "$bundle"
}

# An image of this machine's /etc, into which its /usr is mounted: all that is installed here runs in it.
import_host() { # import_host ENGINE
  local link
  mkdir -p "$WORK/host"/{share,tmp,proc,sys,dev,run,var/tmp,usr}
  for link in bin sbin lib lib64; do
    [ -L "/$link" ] || skip "/$link is no link into /usr here"
    cp -a "/$link" "$WORK/host/"
  done
  tar -cf "$WORK/host.tar" -C "$WORK/host" . -C / etc
  "$1" import - host:test <"$WORK/host.tar" >/dev/null 2>&1 || fail "$1 import"
}
run_engine() {
  local name=$1 options=(--security-opt "seccomp=${profile:-unconfined}")
  shift
  [ "$nnp" = false ] || options+=(--security-opt no-new-privileges)
  "$engine" run --rm --name "$(container_id "$name")" --network none --user 65534:65534 -e HOME=/tmp -w / \
    --tmpfs /tmp:mode=1777 -v /usr:/usr:ro -v "$share:/share" "${options[@]}" host:test "$@" </dev/null
}
up_docker() { docker_up && import_host docker; }
make_docker() { :; }
run_docker() { run_engine "$@"; }
up_podman() { podman_up && import_host podman; }
make_podman() { :; }
run_podman() { run_engine "$@"; }

# ---- a row

bad() { echo "$engine, $row${nnp:+, noNewPrivileges=$nnp}: $*" >>"$WORK/bad"; }
run_once() { # run_once NAME WHAT: 0 when the work was done; output in $WORK/output
  "run_$engine" "$1" sh -c "cd /share || exit; $work; [ \$? -eq 0 ] && echo done" >"$WORK/output" 2>&1 &&
    grep -q '^done$' "$WORK/output" || {
    bad "$2: $(tail -n 2 "$WORK/output" | tr '\n' ' ')"
    return 1
  }
}

# What forbidden.c tries, of each class of risk that `minset --explain` knows.
attacks=(mount unshare keyctl bpf userfaultfd setreuid ptrace process_vm_readv)
risks='escape kernel observe privilege '

# All are let through without a profile, but mount, which wants a capability; and together they
# have every risk.
check_attacks() {
  local seen
  busybox_bundle "$WORK/free" /bin/forbidden "${attacks[@]}"
  gcc -O1 -static -o "$WORK/free/rootfs/bin/forbidden" "$live_dir/programs/forbidden.c"
  start_recording "$WORK/attacks.ctr" --container "$(container_id attacks)"
  run_container attacks "$WORK/free" >"$WORK/output"
  stop_recording INT
  expect_equal "attempts that do not work without a profile" "mount 1" \
    "$(grep -v ' 0$' "$WORK/output" | paste -sd' ')"
  seen=$("$ANALYZE" minset --explain --json "$WORK/attacks.ctr" 2>/dev/null | jq -r --arg names "${attacks[*]}" \
    '($names | split(" ")) as $names | [.calls[] | select(.name as $n | $names | index($n)) | .risk] | unique[]' |
    tr '\n' ' ')
  expect_equal "risks that are tried" "$risks" "$seen"
}

attack() { # attack ACTION STATUS: each is refused by the profile
  local try wanted
  "run_$engine" attack /share/forbidden "${attacks[@]}" >"$WORK/output" 2>&1 || true
  wanted=$(for try in "${attacks[@]}"; do echo "$try $2"; done)
  [ "$(cat "$WORK/output")" = "$wanted" ] ||
    bad "under $1 attacks were not all refused: $(paste -sd, "$WORK/output")"
}

# What forbidden itself needs to begin, without any attempt.
record_attacker() { # record_attacker FILE
  start_recording "$1" --container "$(container_id recorded)"
  "run_$engine" recorded /share/forbidden nothing nothing >"$WORK/output" 2>&1 || true
  stop_recording INT
}

in_one_alone() { "$ANALYZE" coverage --json "$@" 2>/dev/null | jq .in_one_sample; }

# Adds to `files` until all calls were seen twice.
record_work() { # record_work AT-LEAST
  local count=0
  until [ "$count" -ge "$1" ] && [ "$(in_one_alone "${files[@]}")" = 0 ]; do
    [ "${#files[@]}" -lt "$most" ] || break
    count=$((count + 1))
    files+=("$WORK/$engine-$row-$nnp-$count.ctr")
    start_recording "${files[-1]}" --container "$(container_id recorded)"
    run_once recorded "when recorded" || return 1
    stop_recording INT
  done
}

make_profile() { # make_profile FILE ARGUMENT...
  local dialect=$engine
  [ "$engine" != runc ] || dialect=oci
  "$ANALYZE" minset --format "$dialect" "${@:2}" >"$1" 2>"$WORK/said" || {
    bad "minset: $(tail -n 1 "$WORK/said")"
    return 1
  }
}
allowed() { jq -r '.syscalls[] | select(.action == "SCMP_ACT_ALLOW") | .names[]' "$1" | sort -u; }

# Under the profiles of all recordings.
try_profiles() {
  local action round
  for action in errno:1 kill:159; do
    profile=
    make_profile "$WORK/profile.json" --default-action "${action%:*}" "${files[@]}" "${attackers[@]}" || return 1
    profile=$WORK/profile.json
    for ((round = 1; round <= rounds; round++)); do run_once again "${action%:*}, round $round" || break; done
    attack "${action%:*}" "${action#*:}"
  done
  profile=
}

# What the work made, by the events of all recordings; what is said to be the runtime's or everybody's.
is_no_larger() { # is_no_larger PROFILE
  local file
  for file in "${files[@]}"; do
    "$REPLAY" --format json --where 'phase in (own, entered)' "$file" | jq -r 'select(.eventId | tonumber < 1000) | .eventName'
  done | sort -u >"$WORK/made"
  "$ANALYZE" minset --explain --json "${files[@]}" 2>/dev/null | jq -r '.unseen[].name' | sort -u >"$WORK/unseen"
  comm -23 <(allowed "$1") <(sort -u "$WORK/made" "$WORK/unseen") >"$WORK/more"
  [ ! -s "$WORK/more" ] || bad "allowed, but neither made nor needed: $(tr '\n' ' ' <"$WORK/more")"
}

try_row() { # a line of the table
  local nnp='' profile='' files=() attackers=() sizes=() merged=() share=$WORK/$engine-$row/share at_least
  mkdir -p "$share"
  "make_$engine"
  prepare_share "$share"
  # What is needed with noNewPrivileges is needed without too: the second profile is of all
  # recordings, the half of them its own at least.
  for nnp in true false; do
    at_least=$least
    [ "$nnp" = true ] || at_least=$(((least + 1) / 2))
    record_work "$at_least" || return 0
    attackers+=("$WORK/$engine-$row-attacker-$nnp.ctr")
    record_attacker "${attackers[-1]}"
    try_profiles || return 0
    merged+=("${#files[@]}")
    make_profile "$WORK/only.json" "${files[@]}" || return 0
    is_no_larger "$WORK/only.json"
    sizes+=("$(allowed "$WORK/only.json" | wc -l)")
  done
  "$ANALYZE" minset --explain --json "${files[@]}" 2>/dev/null |
    jq -r --arg row "$row | $engine" --arg nnp "${sizes[0]}" --arg plain "${sizes[1]}" --arg merged "${merged[0]}, ${merged[1]}" \
      --arg rare "$(rare_calls "${files[@]}")" --arg rounds "4 × $rounds" '.refused as $r
      | "| \($row) | \($merged) | \([.calls[].name] | unique | length) | \($rare) | \($nnp) | \($plain) | \($r.known - $r.by_docker_default) of \($r.known) | \($rounds) |"' \
      >>"$WORK/table"
}

# Those that not every recording has.
rare_calls() { # rare_calls FILE...
  local file
  for file; do "$ANALYZE" minset --runtime-baseline none --format names "$file" 2>/dev/null; done |
    sort | uniq -c | awk -v all=$# '$1 < all { text = text (text ? ", " : "") $2 } END { print text ? text : "-" }'
}

check_attacks
passed=0 failed=0 skipped=0
report() { # report WORD [WHY]
  echo "$1 $engine${row:+, $row}${2:+: $2}"
}
try_programs() { # try_programs NAME...
  local row='' needs work wanted
  "up_$engine"
  wanted=" ${*:-$(programs | cut -d'|' -f1 | tr '\n' ' ')} "
  while IFS='|' read -r row needs work <&4; do
    [[ $wanted == *" $row "* ]] || continue
    if ! command -v "$needs" >/dev/null; then
      report SKIP "needs $needs (tests/deps.sh profiles installs it)"
      skipped=$((skipped + 1))
      continue
    fi
    : >"$WORK/bad"
    try_row
    if [ -s "$WORK/bad" ]; then
      report FAIL && cat "$WORK/bad"
      failed=$((failed + 1))
    else
      report PASS && tail -n 1 "$WORK/table"
      passed=$((passed + 1))
    fi
  done 4< <(programs)
}
for engine in "${engines[@]}"; do
  if ! PATH=$own command -v "$engine" >/dev/null; then
    row='' report SKIP "needs $engine (tests/deps.sh engines installs it)"
    skipped=$((skipped + 1))
    continue
  fi
  try_programs "$@"
done
echo '| work | engine | recordings merged | calls made | of them not in every recording | allowed, noNewPrivileges | allowed, without | allowed by Docker'"'"'s default | runs under the profiles, all passed |'
echo '|---|---|---|---|---|---|---|---|---|'
cat "$WORK/table" 2>/dev/null || true
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
