# shellcheck shell=bash
# An oracle that shares nothing with ctrace: strace follows a program inside of a container while
# ctrace records the container. Both must have seen the same calls, in the same order in each
# thread, with the same results and the same path arguments (strace_compare.py says where not).
# shellcheck source=tests/live/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
need_live
need_command strace python3
need_overlay
compiler=$(command -v gcc || command -v g++ || command -v clang) || skip "needs a C compiler"

bundle=$WORK/bundle
hostroot_bundle "$bundle" true
share=$bundle/share
cp "$live_dir"/programs/* "$share/"
for program in threads tcp killed; do
  "$compiler" -x c -O1 -pthread -o "$share/$program" "$live_dir/programs/$program.c"
done

# strace's own tests of the kernel run as threads that it does not report; nothing to exclude.
observe() { # observe NAME STATUS LEAST-CALLS LEAST-PATHS COMMAND...
  local name=$1 wanted=$2 calls=$3 paths=$4 status=0 file=$WORK/$1.ctr
  shift 4
  set_command "$bundle" strace -ff -X raw -xx -s 8192 -o "/share/$name.strace" "$@"
  start_recording "$file" --container "$(container_id "$name")"
  run_container "$name" "$bundle" || status=$?
  stop_recording INT
  expect_equal "status of $name" "$wanted" "$status"
  expect_no_loss "$file"
  "$REPLAY" --format json "$file" >"$WORK/$name.json"
  python3 "$live_dir/strace_compare.py" "$share/$name.strace" "$WORK/$name.json" \
    --container "$(container_id "$name")" --least-calls "$calls" --least-paths "$paths" \
    >"$WORK/$name.compared" || { cat "$WORK/$name.compared"; fail "$name: $(head -n 1 "$WORK/$name.compared")"; }
  note "$name: $(cat "$WORK/$name.compared")"
}

observe shell 3 300 100 /bin/sh /share/shell.sh
observe python 0 1000 200 /usr/bin/python3 /share/python.py
observe threads 0 1000 600 /share/threads
observe tcp 0 150 3 /share/tcp
observe killed 0 100 20 /share/killed
