#!/usr/bin/env bash
# make-arm64.sh: records arm64.ctr anew, in an arm64 guest under qemu (see tests/kernels/): a container
# that has an engine's cgroup and makes the calls of tests/kernels/guest.c, a 32-bit program's among them.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
kernels=$here/../tests/kernels
build=${ARM64_BUILD:-$here/../build-arm64-static}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/payload"
aarch64-linux-gnu-strip -o "$work/payload/ctrace-record" "$build/ctrace-record"
aarch64-linux-gnu-gcc -O1 -static -pthread -o "$work/payload/guest" "$kernels/guest.c"
clang --target=armv7-linux-gnueabi -c -o "$work/arm32.o" "$kernels/arm32.S"
aarch64-linux-gnu-ld -m armelf_linux_eabi -o "$work/payload/arm32" "$work/arm32.o"
cat >"$work/payload/run" <<'RUN'
ctrace-record -o arm64.ctr 2>err &
until grep -q recording err; do sleep 0.1; done
guest container /docker/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef calls
sleep 1
kill -INT %1
wait
base64 arm64.ctr
RUN
"$kernels/boot.sh" "$("$kernels/fetch.sh" 6.12-arm64)" "$work/payload" | base64 -di >"$here/arm64.ctr"
ls -l "$here/arm64.ctr"
