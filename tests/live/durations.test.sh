# shellcheck shell=bash
# How long calls take, with --durations: by the clock of a program that makes them, in each format, and
# none where it cannot be known or was not asked for.
# shellcheck source=tests/live/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
need_live
compiler=$(command -v gcc || command -v clang) || skip "needs a C compiler"
"$compiler" -O1 -pthread -o "$WORK/durations" "$live_dir/programs/durations.c"

"$RECORD" --durations -o "$WORK/run.ctr" -- "$WORK/durations" >"$WORK/said" 2>"$WORK/record.log" ||
  fail "$(tail -n 1 "$WORK/record.log")"
expect_no_loss "$WORK/run.ctr"
expect_status 0 "$ANALYZE" verify "$WORK/run.ctr"
"$REPLAY" --format json "$WORK/run.ctr" >"$WORK/run.json"

# Of its first thread's calls of a name the last one is meant.
duration_of() { # duration_of NAME
  # shellcheck disable=SC2016
  jq -r --arg name "$1" 'select(.processName == "durations" and .processId == .threadId
    and .eventName == $name) | .duration' "$WORK/run.json" | tail -n 1
}
while read -r name least most; do
  got=$(duration_of "$name")
  if [ "$least" = '?' ]; then
    expect_equal "duration of $name" null "$got"
  else
    [ "$got" -ge "$least" ] && [ "$got" -le "$most" ] ||
      fail "$name took $got ns, which is not between $least and $most"
  fi
done <"$WORK/said"
expect_equal "rows that the program told" 6 "$(wc -l <"$WORK/said")"
expect_equal "calls that ended and have none, beside these" 0 \
  "$(jq -r 'select(.processName == "durations" and .duration == null and .returnValue != null and
      (.eventId | tonumber) < 1000) | .eventName' "$WORK/run.json" |
    grep -cvE '^(fsync|execve|exit|exit_group)$')"
expect_equal "events of other sorts with one" 0 \
  "$(jq -r 'select((.eventId | tonumber | . >= 1000 and . < 2000) and .duration != null) | .eventName' \
    "$WORK/run.json" | wc -l)"

# The other formats and the filters.
micros=$(duration_of ppoll)
printf -v text '<%d.%06d>' $((micros / 1000000000)) $((micros / 1000 % 1000000))
"$REPLAY" --format strace -e ppoll --comm durations "$WORK/run.ctr" >"$WORK/strace"
grep -qF ") = 0 (Timeout) $text" "$WORK/strace" || grep -qF ") = 0 $text" "$WORK/strace" ||
  fail "strace's form lacks $text: $(cat "$WORK/strace")"
expect_equal "calls by --where" 1 "$("$REPLAY" --where \
  'duration >= 20000000 and event = clock_nanosleep and comm = durations and duration < 29000000' "$WORK/run.ctr" | tail -n +2 | wc -l)"
expect_equal "column" "$micros" \
  "$("$REPLAY" --fields duration,event -e ppoll --comm durations "$WORK/run.ctr" | tail -n 1 | awk '{print $1}')"
"$REPLAY" --count --comm durations "$WORK/run.ctr" >"$WORK/count"
grep -qE '^ *SECONDS +USECS/CALL +CALLS ' "$WORK/count" || fail "--count tells no seconds"
awk '$NF == "clock_nanosleep" && $1 >= 0.02 { found = 1 } END { exit !found }' "$WORK/count" ||
  fail "--count: $(grep clock_nanosleep "$WORK/count")"

# Live output and replay are the same bytes.
"$RECORD" --durations --print --format json -o "$WORK/live.ctr" -- "$WORK/durations" executed \
  >"$WORK/live" 2>"$WORK/record.log" || fail "$(tail -n 1 "$WORK/record.log")"
"$REPLAY" --format json "$WORK/live.ctr" >"$WORK/replayed"
expect_same_bytes "live and replayed" "$WORK/live" "$WORK/replayed"

# Without it nothing is said of them.
"$RECORD" -o "$WORK/plain.ctr" -- "$WORK/durations" executed 2>"$WORK/record.log" ||
  fail "$(tail -n 1 "$WORK/record.log")"
"$REPLAY" --format json "$WORK/plain.ctr" >"$WORK/plain.json"
expect_equal "durations that nobody asked for" 0 "$(grep -c '"duration":' "$WORK/plain.json" || true)"
expect_equal "info's word" "true false" \
  "$("$ANALYZE" info --json "$WORK/run.ctr" | jq .durations) $("$ANALYZE" info --json "$WORK/plain.ctr" | jq .durations)"
