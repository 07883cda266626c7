#!/usr/bin/env bash
# make.sh [DIR]: makes the samples anew, with the programs in $BUILD (build), as root. The golden
# tests print what is in them, so after this they want `tests/golden/run.sh --update` and a look.
here=$(dirname "$(realpath "$0")")
target=$(realpath "${1:-$here}")
LIVE_ID=sample
# shellcheck source=tests/live/lib.sh
. "$here/../tests/live/lib.sh"
need_live
export PATH=$BUILD:$PATH TZ=UTC

# sample FILE BUNDLE...: one recording while the bundles' containers run one after the other. The
# header shall say `ctrace-record -o FILE`, so it is written where it is called.
sample() {
  local file=$1 bundle
  shift
  cd "$WORK"
  start_background "$file.out" "$file.err" ctrace-record -o "$file"
  recorder=$background_pid
  wait_until 30 is_recording_or_dead "$file.err" "$recorder" || fail "no word of recording"
  for bundle; do runc run -b "$WORK/$bundle" "$bundle" </dev/null || true; done
  stop_recording INT
  tail -n 1 "$file.err"
  cp "$file" "$target/$file"
}

# web.ctr: a web server, and a client that asks it for a file and for one that is not there.
busybox_bundle "$WORK/web" sh -c '
  mkdir /srv && echo hello >/srv/index.html
  httpd -p 127.0.0.1:8080 -h /srv
  wget -q -O /tmp/page http://127.0.0.1:8080/index.html
  wget -q -O /tmp/none http://127.0.0.1:8080/none 2>/dev/null
  kill $(pidof httpd)'
sample web.ctr web

# shell.ctr: two containers. The first has file names that would move a terminal, a process that is
# killed, and calls that fail; the second is told to the other by nothing but its name.
busybox_bundle "$WORK/odd" sh -c '
  cd /tmp
  touch "$(printf "red\033[31m")" "$(printf "two\nlines")" "$(printf "not\377utf8")" "" "a b"
  cat /etc/shadow
  mount -t tmpfs none /mnt
  sleep 60 & kill -KILL $!
  wait
  exit 3'
busybox_bundle "$WORK/plain" sh -c 'id; ls /; echo done >/tmp/result'
sample shell.ctr odd plain

# abis.ctr: a command, not a container, that speaks i386 and x32 too.
gcc -O1 -o "$WORK/abis" "$here/abis.c"
cd "$WORK"
PATH=$WORK:$PATH ctrace-record -o abis.ctr -- abis || [ $? -eq 3 ]
cp abis.ctr "$target/abis.ctr"

# names.ctr: descriptors that are kept, copied, closed and inherited, structures in both directions, and
# how long each call took: of a command.
rm -rf /tmp/ctrace-names
mkdir /tmp/ctrace-names
cp "$(command -v busybox)" /tmp/ctrace-names/sh # which takes its name for the applet
PATH=/tmp/ctrace-names:$PATH ctrace-record -o names.ctr --durations -- sh -c '
  cd /tmp/ctrace-names
  echo hello >page
  exec 3<page 4>log
  read line <&3
  echo "$line" >&4
  exec 5<&3 3<&-
  ls -l . | cat >&4
  touch -d "2026-01-02 03:04:05" log
  busybox usleep 20000
  busybox nc -l -p 18080 <page &
  busybox usleep 50000
  busybox nc 127.0.0.1 18080 >got </dev/null
  rm log
  echo gone >&4' >/dev/null
cp names.ctr "$target/names.ctr"
rm -r /tmp/ctrace-names

# chunks.ctr: so much of one call that it has a chunk of the block's body for itself.
rm -rf /tmp/ctrace-chunks
mkdir /tmp/ctrace-chunks
cp "$(command -v busybox)" /tmp/ctrace-chunks/sh
for i in $(seq 60); do mkdir "/tmp/ctrace-chunks/d$i" && (cd "/tmp/ctrace-chunks/d$i" && touch $(seq -f file-%g 50)); done
PATH=/tmp/ctrace-chunks:$PATH ctrace-record -o chunks.ctr -- sh -c '
  cd /tmp/ctrace-chunks
  ls -lR . | wc -l
  cat d1/* none' >/dev/null 2>&1 || true
cp chunks.ctr "$target/chunks.ctr"
rm -r /tmp/ctrace-chunks

ls -l "$target"/*.ctr
