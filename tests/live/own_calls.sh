# shellcheck shell=bash
# Sourced after lib.sh: what calls do the three programs make once they are confined? Each is run in
# the ways that differ, under another ctrace-record; what it did after its seccomp(2) call goes
# through minset. CTRACE_CONFINE=log lets through what the lists lack, so that it is seen.
#
# own_calls TOP (the source tree) fails when TOP/{record,replay,analyze}/own_calls.inc lack a call
# that was seen; with UPDATE_OWN_CALLS=1 (`make own-calls`) it adds it. What was seen once stays: a
# recording has what happened in it. Begin with empty lists to have them anew.

# observe_own NAME SCRIPT: runs the script under a recorder. In it $RECORD, $REPLAY, $ANALYZE, $WORK
# and $sample, a recording; `try STATUS COMMAND...` for one that must end so.
observe_own() {
  echo "$2" >"$WORK/own.sh"
  export RECORD REPLAY ANALYZE WORK LIVE_ID live_dir sample
  # shellcheck disable=SC2016
  CTRACE_CONFINE=log "$RECORD" --force -o "$WORK/own-$1.ctr" -- bash -c '
    try() {
      local wanted=$1 status=0
      shift
      "$@" >"$WORK/own.out" 2>"$WORK/own.err" </dev/null || status=$?
      [ "$status" -eq "$wanted" ] || echo "$*: status $status: $(tail -n 2 "$WORK/own.err")" >>"$WORK/own.bad"
    }
    . "$WORK/own.sh"' </dev/null >"$WORK/observer.out" 2>"$WORK/observer.err" ||
    fail "observing ctrace-$1: $(tail -n 2 "$WORK/observer.err")"
  [ ! -s "$WORK/own.bad" ] || fail "$(head -n 1 "$WORK/own.bad")"
}

# What the observed ones called from their own seccomp(2) on, as names.
own_calls_of() { # own_calls_of NAME
  local comm=ctrace-$1
  # shellcheck disable=SC2016
  "$REPLAY" --format json "$WORK/own-$1.ctr" | jq -c -n --arg comm "${comm:0:15}" \
    'foreach inputs as $e ({}; ($e.hostProcessId | tostring) as $pid
        | if $e.processName != $comm then del(.[$pid])
          elif $e.eventName == "seccomp" and $e.returnValue == 0
            and $e.args[0].value == "SECCOMP_SET_MODE_FILTER" then .[$pid] = true
          else . end;
      if .[$e.hostProcessId | tostring] and $e.eventName != "seccomp" then $e else empty end)' \
    >"$WORK/own-$1.json"
  [ -s "$WORK/own-$1.json" ] || fail "$comm was never seen confined"
  # clone3's flags cannot be looked at by a filter: libc falls back to clone.
  "$ANALYZE" minset --format names --runtime-baseline none "$WORK/own-$1.json" \
    2>"$WORK/minset.err" | grep -v -e '^#' -e '^clone3$' | sort -u
}

observe_replay() {
  observe_own replay '
    for format in table json strace; do try 0 "$REPLAY" --format $format "$sample"; done
    "$ANALYZE" minset "$sample" >"$WORK/profile.json"
    try 0 "$REPLAY" --profile "$WORK/profile.json" "$sample"
    try 0 "$REPLAY" --count --config none "$sample" "$sample"
    TZ=America/New_York try 0 "$REPLAY" --where failed --limit 3 "$sample"
    try 0 "$REPLAY" --events-path "$WORK/e" --errors-path "$WORK/f" --tree 1 "$sample"
    rm -rf "$WORK/reports"
    try 0 "$REPLAY" --per-container "$WORK/reports" --format json "$sample"
    try 2 "$REPLAY" "$WORK/none.ctr"
    head -c -100 "$sample" >"$WORK/cut.ctr"
    try 0 "$REPLAY" --color always "$WORK/cut.ctr"
    cp "$WORK/own-replay.ctr" "$WORK/alive.ctr" # that of the observer
    try 0 timeout --preserve-status -s INT 2 "$REPLAY" --follow "$WORK/alive.ctr"
    "$REPLAY" "$sample" | head -n 1 >"$WORK/own.out"'
}

observe_analyze() {
  observe_own analyze '
    "$REPLAY" --format json "$sample" >"$WORK/lines.json"
    mkdir -p "$WORK/own-bundle"
    echo "{\"ociVersion\":\"1.0.2\",\"linux\":{}}" >"$WORK/own-bundle/config.json"
    "$ANALYZE" minset "$sample" >"$WORK/profile.json"
    try 0 "$ANALYZE" minset --explain "$WORK/lines.json"
    try 0 "$ANALYZE" minset --base "$WORK/profile.json" --args --format bpf "$sample"
    try 0 "$ANALYZE" minset --each "$WORK/each" "$live_dir/../../samples/web.ctr"
    try 0 "$ANALYZE" check "$WORK/profile.json" "$sample"
    "$ANALYZE" try --until-clean --rounds 1 "$WORK/profile.json" -- sh -c "mkdir /proc/x" >"$WORK/own.out" 2>&1
    try 0 "$ANALYZE" caps "$sample"
    try 0 "$ANALYZE" hints "$sample"
    try 0 "$ANALYZE" diff "$sample" "$sample"
    mkdir -p "$WORK/own-runs"
    cp "$sample" "$WORK/own-runs/a.ctr"
    try 0 "$ANALYZE" diff "$WORK/own-runs" "$sample"
    try 0 "$ANALYZE" coverage "$sample" "$sample"
    try 0 "$ANALYZE" info --json "$sample"
    try 0 "$ANALYZE" containers --json "$sample"
    try 0 "$ANALYZE" verify "$sample"
    try 2 "$ANALYZE" verify "$WORK/none.ctr"
    try 0 "$ANALYZE" apply --bundle "$WORK/own-bundle" "$WORK/profile.json"
    try 0 "$ANALYZE" apply --compose "$WORK/profile.json"'
}

observe_record() {
  busybox_bundle "$WORK/own-record" sh -c 'ls -lR /bin; sleep 0.1'
  (
    while [ ! -e "$WORK/own.done" ]; do
      run_container own "$WORK/own-record" >/dev/null 2>&1 || true
    done
  ) &
  started+=("$!")
  observe_own record '
    own=$WORK/own-inner.ctr
    try 0 "$RECORD" --force -o "$own" --duration 1500ms --print
    try 0 "$RECORD" --force -o "$own" --duration 1s --summary --container "$LIVE_ID-own"
    try 0 "$RECORD" --force -o "$own" -- sh -c "ls -l /; sleep 1.2; ls -l /"
    try 126 "$RECORD" --force -o "$own" -- /etc/passwd
    # Held twice: the reader is slower than the command and the containers.
    "$RECORD" --force -o "$own" --lossless --print --buffer-size 256K --duration 3s 2>"$WORK/own.err" |
      (sleep 1; head -c 1000000; sleep 1; cat) >/dev/null
    "$RECORD" --format json -- ls -lR /etc | head -n 1 >"$WORK/own.out"
    env --default-signal=TERM "$RECORD" --force -o "$own" -- sleep 60 2>"$WORK/own.signal" &
    until grep -qs recording "$WORK/own.signal"; do sleep 0.1; done
    sleep 0.3; kill $!; wait $!
    # A terminal: the status line.
    if command -v script >/dev/null; then
      try 0 script -qec "$RECORD --force -o $own -- sleep 0.3" /dev/null
    fi'
  touch "$WORK/own.done"
}

own_calls() {
  local top=$1 program list lacking sample=$WORK/own-sample.ctr
  # The tools that look must not stumble over what the lists lack.
  local -x CTRACE_CONFINE=off
  "$RECORD" -o "$sample" -- sh -c 'ls -l / /none; grep root /etc/passwd' >/dev/null 2>&1 || true
  sed -n '/kLibraryCalls\[\]/,/};/p; /kFileChanges\[\]/,/};/p' "$top/format/options/confine.cc" | grep -o '"[a-z0-9_]*"' |
    tr -d '"' | sort -u >"$WORK/library.calls"
  for program in record replay analyze; do
    list=$top/$program/own_calls.inc
    "observe_$program"
    own_calls_of "$program" >"$WORK/$program.seen"
    sed -n 's/^"\(.*\)",$/\1/p' "$list" | sort -u >"$WORK/$program.listed"
    lacking=$(comm -23 "$WORK/$program.seen" <(sort -u "$WORK/$program.listed" "$WORK/library.calls"))
    note "ctrace-$program: $(wc -l <"$WORK/$program.seen") calls"
    if [ "${UPDATE_OWN_CALLS:-0}" = 1 ]; then
      {
        echo "// What ctrace-$program calls once it is confined, beside kLibraryCalls: see"
        echo "// format/options/confine.h. Made by \`make own-calls\`."
        comm -23 "$WORK/$program.seen" "$WORK/library.calls" | sort -u - "$WORK/$program.listed" |
          sed 's/.*/"&",/'
      } >"$list.new"
      mv "$list.new" "$list"
    elif [ -n "$lacking" ]; then
      fail "$program/own_calls.inc lacks (make own-calls adds it): $(echo "$lacking" | tr '\n' ' ')"
    fi
  done
}
