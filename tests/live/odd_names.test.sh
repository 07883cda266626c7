# shellcheck shell=bash
# Names that are no names: escape sequences, lines, bytes that are no UTF-8, what looks like a mark,
# nothing at all, 4096 bytes, addresses that cannot be read. Each comes back byte for byte from
# JSON, table and strace's form, marked when it is cut or could not be read, and none of its bytes
# can do anything to a terminal. As paths, names of tasks, arguments, sockets, extended attributes,
# memory files, and labels of the container.
# shellcheck source=tests/live/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
need_live
need_overlay

bundle=$WORK/bundle
hostroot_bundle "$bundle" /usr/bin/python3 /share/odd_names.py
cp "$live_dir/programs/odd_names.py" "$bundle/share/"
printf '{"esc": "\\u001b[2J\\u0007", "two\\nlines": "a\\nb\\tc", "turned": "\\u202ex", "": "empty", "back": "\\\\x1b", "long": "%05000d"}' 0 \
  >"$WORK/labels.json"
# shellcheck disable=SC2016
edit_bundle "$bundle" --slurpfile labels "$WORK/labels.json" '.annotations = $labels[0]'
run() { run_container odd "$bundle" >"$WORK/said" 2>&1; }
record_while "$WORK/odd.ctr" run
expect_no_loss "$WORK/odd.ctr"
for form in table json strace; do
  "$REPLAY" --format "$form" --container "$(container_id odd)" --where 'phase = own and (event = execve or comm != true)' "$WORK/odd.ctr" >"$WORK/$form"
done
python3 "$live_dir/odd_names_check.py" "$WORK" >"$WORK/checked" || fail "$(cat "$WORK/checked")"
note "$(cat "$WORK/checked")"

# ---- labels

"$ANALYZE" containers --json "$WORK/odd.ctr" >"$WORK/containers.json"
# shellcheck disable=SC2016
jq --arg name "$(container_id odd)" '[.[] | select(.name == $name)][0].labels
  | map({(.key): .value}) | add' "$WORK/containers.json" >"$WORK/labels"
# What is told of containers there is escaped as in the table, in JSON too.
PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$live_dir python3 - "$WORK/labels.json" "$WORK/labels" <<'END' || fail "labels: $(cat "$WORK/labels")"
import json, sys
from odd_names_check import unescaped
wanted, got = (json.load(open(file, encoding="utf-8")) for file in sys.argv[1:])
got = {unescaped(key).decode(): unescaped(value).decode() for key, value in got.items()}
for key in set(wanted) - {"long", ""}:
    assert got[key] == wanted[key], key
assert got["long"].endswith("...") and wanted["long"].startswith(got["long"][:-3])
END
for command in "info" "containers" "info --json" "containers --json"; do
  # shellcheck disable=SC2086
  "$ANALYZE" $command "$WORK/odd.ctr" >"$WORK/told"
  if LC_ALL=C grep -q '[[:cntrl:]]' "$WORK/told"; then fail "$command prints control characters"; fi
done
# As a filter and as a field they are the same bytes.
[ "$("$REPLAY" --format json --container $'label:two\nlines=a\nb\tc' "$WORK/odd.ctr" | wc -l)" -gt 100 ] ||
  fail "no container of that label"
"$REPLAY" --container "$(container_id odd)" --fields 'container.label(esc)' --format json "$WORK/odd.ctr" |
  tail -n 1 >"$WORK/field"
expect_equal "label as a field" $'\x1b[2J\x07' "$(jq -r '."container.label(esc)"' "$WORK/field")"
