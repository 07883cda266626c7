#!/usr/bin/env bash
# fetch.sh SERIES: unpacks (never installs) the newest Debian cloud kernel of a series (5.10, 6.1, 6.12,
# …; "newest": of all) below $CTRACE_KERNELS (~/.cache/ctrace-kernels) and prints its folder. Uses package
# lists of its own, from the mirror that this machine's Debian sources use, so apt's state here is
# untouched.
# SERIES-arm64 is that kernel for arm64; its static busybox then lies beside it.
#
# CTRACE_KERNEL_SOURCE   a further line of sources.list, for a series that Debian's suites have not
set -euo pipefail
series=${1%-arm64}
home=${CTRACE_KERNELS:-${XDG_CACHE_HOME:-$HOME/.cache}/ctrace-kernels}
arch=amd64
[ "$series" = "$1" ] || { arch=arm64 && home=$home/arm64; }
apt=$home/apt
mkdir -p "$apt"/{lists/partial,cache/archives/partial,state} "$home/debs"
touch "$apt/state/status"
# One at a time: two runs would unpack into one folder.
exec 9>"$home/lock"
flock 9

uri() { # uri PATTERN: of the machine's sources, in either of the two forms that files have
  { sed -n 's/^URIs: *//p' /etc/apt/sources.list.d/*.sources 2>/dev/null || true
    sed -n 's/^deb *\(\[[^]]*\] *\)\?\([^ ]*\) .*/\2/p' \
      /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null || true; } |
    tr ' ' '\n' | grep -E "$1" | head -n 1 || true
}
main=$(uri 'debian/?$') security=$(uri 'security')
[ -n "$main" ] || { echo "fetch.sh: no Debian mirror in this machine's sources" >&2; exit 1; }
key='[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]'
{
  for suite in bullseye bookworm bookworm-backports trixie trixie-backports sid experimental; do
    echo "deb $key $main $suite main"
  done
  [ -z "$security" ] || for suite in bullseye bookworm trixie; do
    echo "deb $key $security $suite-security main"
  done
  [ -z "${CTRACE_KERNEL_SOURCE:-}" ] || echo "$CTRACE_KERNEL_SOURCE"
} >"$apt/sources.new"
own_apt() {
  local tool=$1
  shift
  "apt-$tool" -o Dir::Etc::sourcelist="$apt/sources.list" -o Dir::Etc::sourceparts=/dev/null \
    -o Dir::State::lists="$apt/lists" -o Dir::State::status="$apt/state/status" \
    -o Dir::Cache="$apt/cache" -o APT::Architecture=$arch -o APT::Architectures=$arch \
    -o Acquire::Languages=none -o APT::Sandbox::User=root -o Acquire::Retries=2 "$@"
}
newest() { # newest PATTERN: the package of the highest version whose name it matches
  own_apt cache search -n "$1" | awk '{print $1}' | sort -V | tail -n 1
}
of_series() {
  local escaped=${series//./\\.}
  [ "$series" = newest ] && escaped='[0-9]+'
  local found
  found=$(newest "^linux-image-$escaped\..*cloud-$arch\$")
  [ -n "$found" ] || found=$(newest "^linux-image-unsigned-$escaped\..*-generic\$")
  echo "$found"
}
unpack() { # unpack PACKAGE FOLDER
  (cd "$home/debs" && own_apt get -qq download "$1" >&2)
  dpkg -x "$home/debs/$1"_*.deb "$2"
  rm -f "$home/debs/$1"_*.deb
}
# Of kernels that are here already none is asked for again, whatever the mirror has by now.
if [ "$series" != newest ]; then
  for folder in "$home/$series".*; do
    [ -e "$folder/ok" ] && echo "$folder" && exit 0
  done
fi
# A suite that the mirror does not have any more must not hide the others.
if ! cmp -s "$apt/sources.new" "$apt/sources.list" || [ -z "$(of_series)" ]; then
  mv "$apt/sources.new" "$apt/sources.list"
  own_apt get -qq update >&2 || true
fi
package=$(of_series)
[ -n "$package" ] || { echo "fetch.sh: no kernel of series $series" >&2; exit 1; }
version=${package#linux-image-}
version=${version#unsigned-}
folder=$home/$version
if [ ! -e "$folder/ok" ]; then
  packages=$package
  # Since 7.x an image package only depends on those that hold the kernel.
  if [ "$(own_apt cache show "$package" | awk '/^Size:/ {print $2; exit}')" -lt 100000 ]; then
    packages="linux-binary-$version linux-modules-$version"
  fi
  for package in $packages; do unpack "$package" "$folder"; done
  if [ "$arch" != amd64 ]; then
    unpack busybox-static "$folder/busybox"
    mv "$(find "$folder/busybox" -path '*/bin/busybox')" "$folder/boot.busybox"
    rm -rf "$folder/busybox"
  fi
  mkdir -p "$folder/boot"
  [ -e "$folder/boot/vmlinuz-$version" ] ||
    cp "$folder/usr/lib/modules/$version/vmlinuz" "$folder/boot/vmlinuz-$version"
  # Nothing but the kernel itself is needed: the guest lives in memory.
  rm -rf "$folder/lib" "$folder/usr"
  touch "$folder/ok"
fi
echo "$folder"
