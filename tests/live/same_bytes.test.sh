# shellcheck shell=bash
# What was shown live is what replay shows: for a recording under the filter F, replay without
# filter and replay with F give the same bytes as the live output did, as table and as JSON.
# shellcheck source=tests/live/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
need_live

busybox_bundle "$WORK/shown" sh -c '
  echo hello >/tmp/file; cat /tmp/file /no/such/file; ls -l /bin | head -n 3
  httpd -p 127.0.0.1:8080 -h /tmp; wget -q -O - http://127.0.0.1:8080/file; sleep 0.1' 
busybox_bundle "$WORK/other" sh -c 'cat /etc/passwd; nc -w 1 127.0.0.1 1'
work() {
  run_container shown "$WORK/shown" || true # cat fails for the file that is not there
  run_container other "$WORK/other" || true
}

both_ways() { # both_ways NAME FORMAT FILTER...
  local name=$1 format=$2 file=$WORK/$1.$2.ctr
  shift 2
  start_recording "$file" --print --format "$format" "$@"
  work >/dev/null 2>&1
  stop_recording INT
  expect_equal "recorder's status" 0 "$recorder_status"
  [ "$(wc -l <"$file.out")" -gt 10 ] || fail "$name shows next to nothing live"
  "$REPLAY" --format "$format" "$file" >"$WORK/plain"
  "$REPLAY" --format "$format" "$file" "$@" >"$WORK/filtered"
  expect_same_bytes "$name ($format): live and replay" "$file.out" "$WORK/plain"
  expect_same_bytes "$name ($format): live and replay with the filter" "$file.out" "$WORK/filtered"
  note "$name ($format): $(wc -l <"$file.out") lines"
}

for format in table json; do
  both_ways all "$format"
  both_ways events "$format" --event openat,execve
  both_ways net "$format" --set net --comm httpd,wget,nc,busybox,sh
  both_ways container "$format" --container "$(container_id shown)"
  both_ways excludes "$format" --exclude-event read,write --exclude-comm ls
done
