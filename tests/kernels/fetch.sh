#!/usr/bin/env bash
# fetch.sh SERIES: unpacks (never installs) the newest Debian cloud kernel of a series (5.10, 6.1, 6.12,
# …) below $CTRACE_KERNELS (~/.cache/ctrace-kernels) and prints its folder. Uses package lists of its
# own, from the mirror that this machine's Debian sources use, so apt's state here is untouched.
set -euo pipefail
series=$1
home=${CTRACE_KERNELS:-${XDG_CACHE_HOME:-$HOME/.cache}/ctrace-kernels}
apt=$home/apt
mkdir -p "$apt"/{lists/partial,cache/archives/partial,state} "$home/debs"
touch "$apt/state/status"

uri() { # uri PATTERN: of the machine's sources, in either of the two forms that files have
  { cat /etc/apt/sources.list.d/*.sources 2>/dev/null | sed -n 's/^URIs: *//p'
    cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null |
      sed -n 's/^deb *\(\[[^]]*\] *\)\?\([^ ]*\) .*/\2/p'; } | tr ' ' '\n' | grep -E "$1" | head -n 1
}
main=$(uri 'debian/?$') security=$(uri 'security')
[ -n "$main" ] || { echo "fetch.sh: no Debian mirror in this machine's sources" >&2; exit 1; }
key='[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]'
{
  for suite in bullseye bookworm bookworm-backports trixie trixie-backports; do
    echo "deb $key $main $suite main"
  done
  [ -z "$security" ] || for suite in bullseye bookworm trixie; do
    echo "deb $key $security $suite-security main"
  done
} >"$apt/sources.list"
own_apt() {
  local tool=$1
  shift
  "apt-$tool" -o Dir::Etc::sourcelist="$apt/sources.list" -o Dir::Etc::sourceparts=/dev/null \
    -o Dir::State::lists="$apt/lists" -o Dir::State::status="$apt/state/status" \
    -o Dir::Cache="$apt/cache" -o APT::Architecture=amd64 -o APT::Architectures=amd64 \
    -o Acquire::Languages=none -o APT::Sandbox::User=root "$@"
}
compgen -G "$apt/lists/*_Packages*" >/dev/null || own_apt get -qq update >&2
package=$(own_apt cache search -n "^linux-image-${series//./\\.}\..*cloud-amd64\$" |
  awk '{print $1}' | sort -V | tail -n 1)
[ -n "$package" ] || { echo "fetch.sh: no kernel of series $series" >&2; exit 1; }
version=${package#linux-image-} folder=$home/$version
if [ ! -e "$folder/ok" ]; then
  packages=$package
  # Since 7.x an image package only depends on those that hold the kernel.
  if [ "$(own_apt cache show "$package" | awk '/^Size:/ {print $2; exit}')" -lt 100000 ]; then
    packages="linux-binary-$version linux-modules-$version"
  fi
  for package in $packages; do
    (cd "$home/debs" && own_apt get -qq download "$package" >&2)
    dpkg -x "$home/debs/$package"_*.deb "$folder"
    rm -f "$home/debs/$package"_*.deb
  done
  mkdir -p "$folder/boot"
  [ -e "$folder/boot/vmlinuz-$version" ] ||
    cp "$folder/usr/lib/modules/$version/vmlinuz" "$folder/boot/vmlinuz-$version"
  # Nothing but the kernel itself is needed: the guest lives in its initramfs.
  rm -rf "$folder/lib" "$folder/usr"
  touch "$folder/ok"
fi
echo "$folder"
