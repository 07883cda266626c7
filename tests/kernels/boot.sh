#!/usr/bin/env bash
# boot.sh KERNEL-FOLDER PAYLOAD-FOLDER [CMDLINE]: boots the kernel under qemu (software emulation, a
# few seconds), runs PAYLOAD-FOLDER/run as root in a guest that is busybox and the payload alone,
# prints what it printed, and exits with its status. Pure cgroup v2, tracefs and bpffs mounted.
set -euo pipefail
kernel=$1 payload=$2 cmdline=${3:-}
limit=${CTRACE_BOOT_TIMEOUT:-180}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root
mkdir -p "$root"/{bin,dev,proc,sys,tmp,run,etc,payload}
cp "$(command -v busybox)" "$root/bin/busybox"
cp -a "$payload/." "$root/payload/"
cat >"$root/init" <<'INIT'
#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/bin:/payload HOME=/tmp
mount -t proc proc /proc && mount -t sysfs sys /sys && mount -t devtmpfs dev /dev
mount -t tmpfs tmp /tmp && mount -t tmpfs run /run
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mount -t tracefs tracefs /sys/kernel/tracing
mount -t bpf bpf /sys/fs/bpf
hostname guest
ip link set lo up
echo "GUEST-BEGIN"
cd /tmp
sh /payload/run </dev/null 2>&1
echo "GUEST-END $?"
echo o >/proc/sysrq-trigger
sleep 60
INIT
chmod +x "$root/init"
(cd "$root" && find . | cpio -o -H newc --quiet) >"$work/initrd"
timeout "$limit" qemu-system-x86_64 -M q35 -accel tcg,thread=multi -cpu max -m 1200 -smp 2 \
  -nographic -nodefaults -serial stdio -no-reboot -kernel "$kernel"/boot/vmlinuz-* \
  -initrd "$work/initrd" -append "console=ttyS0 panic=-1 quiet loglevel=3 $cmdline" \
  </dev/null >"$work/console" 2>&1 || true
tr -d '\r' <"$work/console" >"$work/text"
sed -n '/GUEST-BEGIN/,/GUEST-END/p' "$work/text" | grep -v '^GUEST-' || true
status=$(sed -n 's/^GUEST-END \([0-9]*\).*/\1/p' "$work/text")
if [ -z "$status" ]; then
  echo "boot.sh: no result within $limit s; the console's end:" >&2
  tail -n 5 "$work/text" >&2
  exit 124
fi
exit "$status"
