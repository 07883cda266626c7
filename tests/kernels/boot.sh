#!/usr/bin/env bash
# boot.sh KERNEL-FOLDER PAYLOAD-FOLDER [CMDLINE]: boots the kernel under qemu, runs PAYLOAD-FOLDER/run as
# root in a guest that is busybox and the payload alone, prints what it printed, and exits with its
# status. tracefs, debugfs and bpffs are mounted; cgroups as CMDLINE says:
#
#   ctrace.cgroups=v2   cgroup2 alone, at /sys/fs/cgroup (without the word, too)
#   ctrace.cgroups=v1   each controller's own v1 hierarchy, at /sys/fs/cgroup/NAME, and no cgroup2
#
# CTRACE_BOOT_TIMEOUT=300   seconds until it is given up
# CTRACE_ACCEL=tcg          qemu's accelerator. kvm is not tried by itself: where a machine is a guest of
#                           a hypervisor that does not nest, /dev/kvm may be there and hang
set -euo pipefail
kernel=$1 payload=$2 cmdline=${3:-}
limit=${CTRACE_BOOT_TIMEOUT:-300}
work=$(mktemp -d)
vm=
trap '[ -z "$vm" ] || kill "$vm"; rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
root=$work/root
mkdir -p "$root"/{bin,dev,proc,sys,tmp,run,etc,new,payload}
busybox=$(command -v busybox) console=ttyS0 cpu=max
machine=(qemu-system-x86_64 -M q35)
case $kernel in
  *-arm64) # fetch.sh put its busybox beside the kernel
    busybox=$kernel/boot.busybox console=ttyAMA0
    machine=(qemu-system-aarch64 -M virt) ;;
esac
cp "$busybox" "$root/bin/busybox"
cp -a "$payload/." "$root/payload/"
# runc and crun change the root by pivot_root, which cannot leave the initial one.
cat >"$root/init" <<'INIT'
#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/bin
mount -t tmpfs -o size=90% new /new
mkdir -p /new/dev /new/proc /new/sys /new/tmp /new/run /new/root
cp -a /bin /etc /init2 /new/
mv /payload /new/payload
[ ! -d /new/payload/root ] || cp -a /new/payload/root/. /new/
exec /new/bin/busybox switch_root /new /init2
INIT
cat >"$root/init2" <<'INIT'
#!/bin/busybox sh
export PATH=/bin:/payload:/usr/bin:/usr/sbin:/sbin HOME=/root
mount -t proc proc /proc && mount -t sysfs sys /sys && mount -t devtmpfs dev /dev
mkdir -p /dev/pts /dev/shm
mount -t devpts devpts /dev/pts
mount -t tmpfs shm /dev/shm
mount -t tmpfs tmp /tmp && mount -t tmpfs run /run
case " $(cat /proc/cmdline) " in
  *" ctrace.cgroups=v1 "*)
    mount -t tmpfs cgroup /sys/fs/cgroup
    for controller in cpuset cpu cpuacct blkio memory devices freezer net_cls perf_event pids; do
      mkdir "/sys/fs/cgroup/$controller"
      mount -t cgroup -o "$controller" cgroup "/sys/fs/cgroup/$controller" 2>/dev/null ||
        rmdir "/sys/fs/cgroup/$controller"
    done ;;
  *)
    mount -t cgroup2 cgroup2 /sys/fs/cgroup
    for controller in $(cat /sys/fs/cgroup/cgroup.controllers); do
      echo "+$controller" >/sys/fs/cgroup/cgroup.subtree_control
    done ;;
esac
mount -t tracefs tracefs /sys/kernel/tracing
mount -t debugfs debugfs /sys/kernel/debug
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
chmod +x "$root"/init*
(cd "$root" && find . | cpio -o -H newc --quiet) >"$work/initrd"
[ "${CTRACE_ACCEL:-tcg}" = kvm ] && cpu=host
# In the background: else a signal would find the shell waiting, and the machine would live on.
boot() {
  timeout "$limit" "${machine[@]}" -accel "${CTRACE_ACCEL:-tcg,thread=multi}" -cpu "$cpu" \
    -m 1500 -smp 2 \
    -nographic -nodefaults -serial stdio -no-reboot -kernel "$kernel"/boot/vmlinuz-* \
    -initrd "$work/initrd" \
    -append "console=$console panic=-1 quiet loglevel=3 apparmor=0 no_timer_check $cmdline" \
    </dev/null >"$work/console" 2>&1 &
  vm=$!
  wait "$vm" || true
  vm=
}
boot
# On a busy machine a kernel may find its emulated timers too slow and stop before anything began.
grep -q 'GUEST-BEGIN' "$work/console" || boot
tr -d '\r' <"$work/console" >"$work/text"
# What was on the line before is the firmware's or the kernel's.
sed 's/^.*GUEST-BEGIN/GUEST-BEGIN/' "$work/text" | sed -n '/GUEST-BEGIN/,/GUEST-END/p' |
  grep -v '^GUEST-' || true
status=$(sed -n 's/^GUEST-END \([0-9]*\).*/\1/p' "$work/text")
if [ -z "$status" ]; then
  echo "boot.sh: no result within $limit s; the console's end:" >&2
  tail -n 5 "$work/text" >&2
  exit 124
fi
exit "$status"
