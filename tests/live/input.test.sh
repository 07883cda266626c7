# shellcheck shell=bash
# Whatever file a subcommand of ctrace-analyze is given that is not what it asks for, it ends with 2 and one
# clear line, waits for nobody, and prints nothing; a reader that goes away is no trouble.
# shellcheck source=tests/live/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
need_programs
sample=$live_dir/../../samples/web.ctr
cd "$WORK"
"$ANALYZE" minset "$sample" >profile.json 2>/dev/null
: >empty
head -c 5 "$sample" >short
head -c 4096 /dev/urandom >random
mkfifo pipe
mkdir folder bundle
echo '{"a": 1}' >object
echo '[]' >list

refuses() { # refuses ARGUMENT...
  expect_status 2 timeout 20 "$ANALYZE" "$@"
  expect_one_line ctrace-analyze
  [ ! -s "$WORK/stdout" ] || fail "'$*' prints something all the same"
}
for bad in empty short random pipe folder object list /dev/null none; do
  for ask in minset "minset --explain" "minset --args" caps hints coverage info containers verify "check profile.json"; do
    # shellcheck disable=SC2086
    refuses $ask "$bad"
  done
  refuses check "$bad" "$sample"
  refuses diff "$sample" "$bad"
  refuses diff "$bad" "$sample"
  refuses minset --base "$bad" "$sample"
  refuses apply --systemd web.service "$bad"
  refuses apply --bundle "$bad" profile.json
  refuses try --no-record "$bad" -- true
done
for ask in minset caps hints coverage containers "minset --explain" "check profile.json" "diff $sample"; do
  # shellcheck disable=SC2086
  refuses $ask --container nobody "$sample"
done

# A profile may come from a pipe, lines may not: they are read twice.
expect_status 0 "$ANALYZE" check <(cat profile.json) "$sample"
"$REPLAY" --format json "$sample" >lines
expect_status 0 "$ANALYZE" minset lines

for ask in minset "minset --explain" caps hints coverage containers info; do
  status=0
  # shellcheck disable=SC2086
  { "$ANALYZE" $ask "$sample" 2>said || status=$?; echo "$status" >status; } | head -c 1 >/dev/null
  expect_equal "status of '$ask' when its reader goes away" 0 "$(cat status)"
  [ "$ask" != caps ] || continue # has nothing to say of this one
  expect_status 2 sh -c "exec '$ANALYZE' $ask '$sample' >/dev/full"
done
