#!/usr/bin/env bash
# deps.sh [build] [live] [kernels] [bench]: installs the Debian packages that are missing to build ctrace and to run
# its live tests (both without argument), or those in a VM. Asks nothing; does nothing, fast, when all is there.
set -eu

build_packages=(g++ make clang llvm libbpf-dev bpftool libelf-dev zlib1g-dev libzstd-dev
  libflatbuffers-dev flatbuffers-compiler libboost-program-options-dev libseccomp-dev libgtest-dev
  libbenchmark-dev libssl-dev libxxhash-dev nlohmann-json3-dev pkg-config clang-format)
kernels_packages=(qemu-system-x86 busybox-static cpio zstd runc crun)
bench_packages=(strace linux-perf bpftrace) # what `make bench-record` compares with, where it is
live_packages=(runc busybox-static strace jq python3 zstd iproute2 libcap2-bin)

die() {
  echo "deps.sh: $*" >&2
  exit 2
}

wanted=()
for part in "${@:-all}"; do
  case $part in
    build) wanted+=("${build_packages[@]}") ;;
    live) wanted+=("${live_packages[@]}") ;;
    bench) wanted+=("${bench_packages[@]}") ;;
    kernels) wanted+=("${kernels_packages[@]}") ;;
    all) wanted+=("${build_packages[@]}" "${live_packages[@]}") ;;
    *) die "unknown part '$part' (build, live or kernels)" ;;
  esac
done

# A machine of another kind may have all that is needed by other means; the build will tell.
if ! command -v dpkg-query >/dev/null; then
  die "this is not Debian: install what corresponds to ${wanted[*]}"
fi

# dpkg-query fails for names that dpkg never heard of, which is an answer here too.
installed=" $(dpkg-query -W -f '${db:Status-Status}:${Package} ' "${wanted[@]}" 2>/dev/null || true)"
missing=()
for package in "${wanted[@]}"; do
  [[ $installed == *" installed:$package "* ]] || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || die "needs root or sudo to install: ${missing[*]}"
  as_root=(sudo)
fi
echo "deps.sh: installing from Debian: ${missing[*]}" >&2

apt() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=600 "$@" \
    >"$log" 2>&1
}
log=$(mktemp)
trap 'rm -f "$log"' EXIT
install=(install -y --no-install-recommends "${missing[@]}")
# The package lists may be missing or old: refreshed when the first try fails.
if ! apt "${install[@]}" && ! { apt update && apt "${install[@]}"; }; then
  tail -n 5 "$log" >&2
  die "cannot install: ${missing[*]}"
fi
