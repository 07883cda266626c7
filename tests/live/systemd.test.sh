# shellcheck shell=bash
# systemd reads the unit that `apply --systemd` makes, and counts what its filter keeps out.
# shellcheck source=tests/live/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
need_programs
need_command systemd-analyze jq

"$ANALYZE" minset "$live_dir/../../samples/web.ctr" >"$WORK/profile.json"
"$ANALYZE" apply --systemd web.service "$WORK/profile.json" >"$WORK/drop-in.conf" 2>"$WORK/apply.err"
printf '[Service]\nExecStart=/bin/true\n' >"$WORK/open.service"
{ cat "$WORK/open.service"; grep -v '^#' "$WORK/drop-in.conf"; } >"$WORK/strict.service"
# Which groups of calls the unit may not make, by what it says.
kept_out() {
  systemd-analyze security --offline=true --json=short "$1" 2>"$WORK/systemd.err" |
    jq -r '[.[] | select((.json_field // "") | startswith("SystemCallFilter_")) | select(.set) | .json_field] | join(" ")'
}
expect_equal "groups kept out without the filter" "" "$(kept_out "$WORK/open.service")"
strict=$(kept_out "$WORK/strict.service")
for group in clock module mount raw_io reboot swap debug obsolete; do
  [[ " $strict " == *" SystemCallFilter_$group "* ]] || fail "systemd does not find that $group is refused: '$strict'"
done
if grep -iE 'unknown|failed to parse|ignoring' "$WORK/systemd.err"; then fail "systemd complains"; fi
