#!/usr/bin/env bash
# deps.sh [build] [live] [profiles] [engines] [browser] [kernels] [bench] [cross-arm64] [kernels-arm64]: installs the Debian packages that
# are missing to build ctrace and to run its live tests (both without argument), those with engines, those in a VM, to build for arm64 (which
# lets dpkg have that architecture's libraries too) and to boot that. Asks nothing; does nothing, fast, when all is there.
set -eu

build_packages=(g++ make clang libclang-rt-dev llvm libbpf-dev bpftool libelf-dev zlib1g-dev libzstd-dev
  libflatbuffers-dev flatbuffers-compiler libboost-program-options-dev libseccomp-dev libgtest-dev
  libbenchmark-dev libcurl4-openssl-dev libssl-dev libxxhash-dev nlohmann-json3-dev pkg-config clang-format)
kernels_packages=(qemu-system-x86 busybox-static cpio zstd runc crun)
cross_arm64_packages=(g++-aarch64-linux-gnu libbpf-dev:arm64 libelf-dev:arm64 zlib1g-dev:arm64
  libzstd-dev:arm64 libboost-program-options-dev:arm64 libseccomp-dev:arm64 libssl-dev:arm64
  libxxhash-dev:arm64)
kernels_arm64_packages=(qemu-system-arm cpio zstd)
bench_packages=(strace linux-perf bpftrace) # what `make bench-record` compares with, where it is
engines_packages=(docker.io podman containerd) # tests/live/engines.test.sh starts them itself
browser_packages=(chromium) # 400 MB with what it needs: tests/live/no_container.test.sh, make check-browser
profiles_packages=(runc busybox-static jq python3 gcc nodejs redis-server nginx-light postgresql) # with `make check-profiles`
live_packages=(runc busybox-static strace jq python3 zstd iproute2 libcap2-bin bubblewrap systemd libcurl4)

die() {
  echo "deps.sh: $*" >&2
  exit 2
}

wanted=()
foreign=
for part in "${@:-all}"; do
  case $part in
    build) wanted+=("${build_packages[@]}") ;;
    live) wanted+=("${live_packages[@]}") ;;
    engines) wanted+=("${engines_packages[@]}") ;;
    browser) wanted+=("${browser_packages[@]}") ;;
    bench) wanted+=("${bench_packages[@]}") ;;
    profiles) wanted+=("${profiles_packages[@]}") ;;
    kernels) wanted+=("${kernels_packages[@]}") ;;
    cross-arm64)
      wanted+=("${cross_arm64_packages[@]}")
      foreign=arm64
      ;;
    kernels-arm64) wanted+=("${kernels_arm64_packages[@]}") ;;
    all) wanted+=("${build_packages[@]}" "${live_packages[@]}") ;;
    *) die "unknown part '$part' (build, live, profiles, engines, browser, kernels, cross-arm64 or kernels-arm64)" ;;
  esac
done

# A machine of another kind may have all that is needed by other means; the build will tell.
if ! command -v dpkg-query >/dev/null; then
  die "this is not Debian: install what corresponds to ${wanted[*]}"
fi

# dpkg-query fails for names that dpkg never heard of, which is an answer here too.
format='${db:Status-Status}:${Package} ${db:Status-Status}:${Package}:${Architecture} '
installed=" $(dpkg-query -W -f "$format" "${wanted[@]}" 2>/dev/null || true)"
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
  # In single-user mode, as it were: what is installed starts no services.
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get -qq -o DPkg::Lock::Timeout=600 "$@" \
    >"$log" 2>&1
}
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if [ -n "$foreign" ] && ! dpkg --print-foreign-architectures | grep -qx "$foreign"; then
  "${as_root[@]}" dpkg --add-architecture "$foreign"
  apt update || true
fi
install=(install -y --no-install-recommends "${missing[@]}")
# The package lists may be missing or old: refreshed when the first try fails.
if ! apt "${install[@]}" && ! { apt update && apt "${install[@]}"; }; then
  tail -n 5 "$log" >&2
  die "cannot install: ${missing[*]}"
fi
