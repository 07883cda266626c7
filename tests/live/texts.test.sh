# shellcheck shell=bash
# Paths in all kinds of memory are recorded as they stand there, and as unreadable where they are: read
# through the kernel's own map of all memory where that is to be had, else by its helper. The program knows
# what stands where.
# shellcheck source=tests/live/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
need_live
need_command gcc

gcc -O1 -static -pthread -o "$WORK/texts" "$live_dir/programs/texts.c"
paths() { # paths FILE: a line each, "?" for what could not be read
  "$REPLAY" -e rmdir --format json "$1" |
    jq -r '.args[0] | if .state == "unreadable" then "?" else .value end'
}

CTRACE_DEBUG=1 "$RECORD" -o "$WORK/texts.ctr" -- "$WORK/texts" >"$WORK/expected" 2>"$WORK/err" ||
  fail "$(tail -n 1 "$WORK/err")"
expect_no_loss "$WORK/texts.ctr"
[ "$(wc -l <"$WORK/expected")" -gt 500 ] || fail "the program said little: $(wc -l <"$WORK/expected") lines"
paths "$WORK/texts.ctr" >"$WORK/recorded"
diff "$WORK/expected" "$WORK/recorded" >"$WORK/diff" || fail "$(head -n 5 "$WORK/diff")"
note "$(grep -v ctrace-record "$WORK/err" | paste -sd,): read"
if grep -q 'paths are read where the kernel maps all memory' "$WORK/err"; then
  note "without a helper"
elif [ "$(uname -m)" = x86_64 ] && grep -qw bpf_rdonly_cast /proc/kallsyms &&
  ! grep -qwE 'sev|sev_es|sev_snp|tdx_guest' /proc/cpuinfo; then
  fail "the kernel's map of all memory was not found"
else
  note "by the helper alone"
fi

# What is for older kernels reads by the helper.
CTRACE_OLDER=1 "$RECORD" -o "$WORK/older.ctr" -- "$WORK/texts" >"$WORK/expected" 2>"$WORK/err" ||
  fail "older: $(tail -n 1 "$WORK/err")"
expect_no_loss "$WORK/older.ctr"
paths "$WORK/older.ctr" >"$WORK/recorded"
diff "$WORK/expected" "$WORK/recorded" >"$WORK/diff" || fail "older: $(head -n 5 "$WORK/diff")"

# What is taken away while it is read is never somebody else's.
"$RECORD" -o "$WORK/race.ctr" -- "$WORK/texts" race 2>"$WORK/race.err" || fail "$(tail -n 1 "$WORK/race.err")"
paths "$WORK/race.ctr" | sort | uniq -c >"$WORK/race"
[ "$(awk '{n += $1} END {print n}' "$WORK/race")" -ge 50000 ] || fail "few calls: $(cat "$WORK/race")"
expect_equal "what stood there" "? $(printf 'A%.0s' {1..64})" \
  "$({ echo '1 ?'; cat "$WORK/race"; } | awk '{print $2}' | sort -u | paste -sd' ')"
