#!/usr/bin/env bash
# style.sh: what a reader would otherwise have to look for. Prints what is wrong; exits 1 if anything.
set -u
cd "$(dirname "$(realpath "$0")")/.." || exit 2
status=0
complain() {
  echo "$1:"
  shift
  printf '  %s\n' "$@"
  status=1
}

# Outside a checkout (a source package) every file counts.
mapfile -t sources < <(git ls-files '*.cc' '*.h' 2>/dev/null || find . -name '*.cc' -o -name '*.h')
if command -v clang-format >/dev/null; then
  mapfile -t cxx < <(printf '%s\n' "${sources[@]}" | grep -v '^bpf/')
  bad=$(clang-format --dry-run -Werror "${cxx[@]}" 2>&1 | sed -n 's/^\([^:]*\):[0-9].*/\1/p' | sort -u)
  [ -z "$bad" ] || complain "not as clang-format would have it (make format)" $bad
fi

# The arrow: format/ includes itself and libraries, no program includes another program's folder.
arrow() { # arrow FOLDER FORBIDDEN...
  local folder=$1 found
  shift
  found=$(grep -rnE "#include \"($(IFS='|'; echo "$*"))/" "$folder" --include='*.h' --include='*.cc')
  [ -z "$found" ] || complain "$folder/ includes what it must not" "$found"
}
arrow format bpf record replay analyze
arrow record replay analyze
arrow replay bpf record analyze
arrow analyze bpf record replay

bad=$(tests/includes.py)
[ -z "$bad" ] || complain "does not include what it uses" "$bad"

exit $status
