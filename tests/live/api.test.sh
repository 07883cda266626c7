# shellcheck shell=bash
# What an engine's API tells is in the recording and in the list; one that never answers delays nothing,
# and what it asks for is not there as the host's doing.
# shellcheck source=tests/live/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
need_live
[ -n "$(ldconfig -p | grep -F libcurl.so.4)" ] || skip "needs libcurl4 (tests/deps.sh installs it)"

digits() { echo "$LIVE_ID-$1" | sha256sum | cut -c-64; }
known=$(digits known) silent=$(digits silent)
socket=$WORK/api.sock
start_background "$WORK/asked" "$WORK/api.err" python3 "$live_dir/programs/fake_api.py" "$socket" "$known=shop-7"
wait_until 30 test -S "$socket" || fail "no socket: $(cat "$WORK/api.err")"
end_both() { runc delete -f "$known"; runc delete -f "$silent"; } >/dev/null 2>&1
at_end+=(end_both)
busybox_bundle "$WORK/bundle" sh -c 'while true; do cat /nothing; sleep 0.1; done'
start() { # start ID
  runc run -d -b "$WORK/bundle" "$1" </dev/null >/dev/null 2>&1 || fail "the container $1 does not start"
}
of() { # of FILE ID: what is known of it
  "$ANALYZE" containers --json "$1" 2>/dev/null | jq --arg id "$2" '.[] | select(.id == $id)'
}
is_named() { [ "$(of "$1" "$known" | jq -r .name)" = shop-7 ]; }

note "what starts"
start_recording "$WORK/new.ctr" --host --set container,fs --api-socket "$socket"
start "$silent"
wait_until 30 grep -q "$silent" "$WORK/asked" || fail "it is not asked about"
start "$known"
wait_until 30 is_named "$WORK/new.ctr" || fail "not named: $(of "$WORK/new.ctr" "$known")"
# While the other question waits for its answer.
wait_recorded "$WORK/new.ctr" --container "$silent" --comm cat
processes() { pgrep -f "^$RECORD -o $1 " | wc -l; } # the recorder's, and what asks for it
is_all_gone() { [ "$(processes "$1")" -eq 0 ]; }
expect_equal "processes of the recorder" 2 "$(processes "$WORK/new.ctr")"
began=$SECONDS
stop_recording INT
[ $((SECONDS - began)) -lt 20 ] || fail "its end waits for the API"
wait_until 30 is_all_gone "$WORK/new.ctr" || fail "what asks lives on"
expect_no_loss "$WORK/new.ctr"
of "$WORK/new.ctr" "$known" >"$WORK/known.json"
jq -e '.image == "shop:7" and (.labels | any(.key == "tier" and .value == "api"))
  and (.facts | any(.key == "name" and .source == "api") and any(.key == "runtime.version" and .value == "1.2")
    and any(.key == "privileged" and .value == "false"))' "$WORK/known.json" >/dev/null ||
  fail "by the API: $(cat "$WORK/known.json")"
expect_equal "name of one that the API is silent about" "$silent" "$(of "$WORK/new.ctr" "$silent" | jq -r .name)"
expect_equal "the asking, as the host's" 0 \
  "$("$REPLAY" --format json --comm ctrace-api "$WORK/new.ctr" | wc -l)"

runc delete -f "$silent"
note "what runs, and the list"
start_recording "$WORK/old.ctr" --api-socket "$socket"
wait_until 30 is_named "$WORK/old.ctr" || fail "not named: $(of "$WORK/old.ctr" "$known")"
stop_recording INT
expect_equal "listed" "shop-7 shop:7" "$("$RECORD" ls --json --api-socket "$socket" |
  jq -r --arg id "$known" '.[] | select(.id == $id) | .name + " " + .image')"
: >"$WORK/asked"
"$RECORD" ls --json --api-socket none | jq -e --arg id "$known" 'any(.id == $id and .name == $id)' >/dev/null ||
  fail "listed with nobody asked"
"$RECORD" -o "$WORK/none.ctr" --api-socket none --duration 1s 2>/dev/null
expect_equal "questions when nobody is to be asked" "" "$(cat "$WORK/asked")"
