# shellcheck shell=bash
# What was shown live is what replay shows: for a recording under the filter F, replay without filter and
# replay with F give the same bytes as the live output did, whatever the form. A row for each option.
# Recorders of many rows look at the same containers at the same time. (Which events a filter lets
# through, and all forms by all filters, without a kernel: tests/unit/same_bytes_test.cc.)
# shellcheck source=tests/live/lib.sh
. "$(dirname "$(realpath "$0")")/lib.sh"
need_live

busybox_bundle "$WORK/old" sh -c 'while :; do cat /etc/passwd >/dev/null; sleep 0.1; done'
busybox_bundle "$WORK/shown" sh -c '
  echo hello >/tmp/file; cat /tmp/file /no/such/file; ls -l /bin | head -n 3; chmod 600 /tmp/file
  httpd -p 127.0.0.1:8080 -h /tmp; wget -q -O - http://127.0.0.1:8080/file; sleep 0.1'
edit_bundle "$WORK/shown" '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls:
  [{names: ["chmod", "fchmodat"], action: "SCMP_ACT_ERRNO"}]} | .annotations = {team: "a b"}'
busybox_bundle "$WORK/other" sh -c 'cat /etc/passwd; nc -w 1 127.0.0.1 1'
edit_bundle "$WORK/other" '.process.user = {uid: 1000, gid: 1000}'
run_detached old "$WORK/old"
work() {
  run_container shown "$WORK/shown" || true # cat fails for the file that is not there
  run_container other "$WORK/other" || true
}

# ---- rows, as many recorders at a time

names=() recorders=()
declare -A row_options=() row_least=()

# row NAME LEAST-LINES OPTION...: starts its recorder
row() {
  local name=$1
  row_least[$name]=$2
  shift 2
  row_options[$name]=${*@Q}
  start_recording "$WORK/$name.ctr" --buffer-size 4M --print "$@"
  names+=("$name") recorders+=("$recorder")
}

compare() { # compare NAME
  local name=$1 file=$WORK/$1.ctr options=() output=() word
  eval "options=(${row_options[$name]})"
  # Without the filter, but in the same form.
  for ((word = 0; word < ${#options[@]}; word++)); do
    case ${options[word]} in
      --format | --fields | --string-size | --color) output+=("${options[@]:word:2}") ;;
      --count) output+=(--count) ;;
    esac
  done
  [ "$(wc -l <"$file.out")" -ge "${row_least[$name]}" ] || fail "$name shows next to nothing live"
  "$REPLAY" "${output[@]}" "$file" >"$WORK/plain"
  "$REPLAY" "${options[@]}" "$file" >"$WORK/filtered"
  expect_same_bytes "$name: live and replay" "$file.out" "$WORK/plain"
  expect_same_bytes "$name: live and replay with the filter" "$file.out" "$WORK/filtered"
  note "$name: $(wc -l <"$file.out") lines"
}

run_rows() {
  work >/dev/null 2>&1
  local at
  for at in "${!names[@]}"; do
    recorder=${recorders[at]}
    kill -INT "$recorder" || true
  done
  for at in "${!names[@]}"; do
    recorder=${recorders[at]}
    stop_recording INT
    expect_equal "status of ${names[at]}'s recorder" 0 "$recorder_status"
    compare "${names[at]}"
  done
  names=() recorders=()
}

row all-table 1000
row all-json 1000 --format json
row all-strace 1000 --format strace
row fields 1000 --fields time,container,comm,pid,event,ret,args
row fields-json 1000 --fields event,errno,arg.flags,path --format json
row count 10 --count
row count-json 10 --count --format json
row string-size 1000 --string-size 5
row color 1000 --color always
run_rows

row event 10 --event 'open*,execve'
row exclude-event 100 --format json --exclude-event read,write --exclude-comm ls
row set 10 --format strace --set net --comm httpd,wget,nc,busybox,sh
row exclude-set 100 --exclude-set fs,proc_mem
row container 100 --format json --container "$(container_id shown)"
row label 0 --format strace --container 'label:team=a b'
row new 100 --format strace --new
row existing 10 --existing
row host 1 --format json --host --event execve,openat --comm cat,ls,wget
run_rows

row pid 10 --pid 1
row tid 10 --format json --tid 1
row ppid 10 --format strace --ppid 1
row tree 100 --format json --tree 1
row uid 10 --format strace --uid 1000
row gid 10 --gid 1000
row abi 1000 --format json --abi x86_64
row failed 10 --format strace --failed
row successful 100 --successful
run_rows

row denied 1 --format json --denied
row ret 2 --format strace --ret 'ENOENT,>=4096'
row path 2 --path '/tmp/*'
row since 10 --format json --since +0.01s
row until 0 --format strace --until "$(date -d '+2 seconds' '+%F %T')"
row where 10 --where 'event in (%file, %net) and (ret < 0 or path glob "/*") and container.name != "x"'
row where-json 1 --format json --where 'denied or failed and arg.flags contains O_CLOEXEC'
row phase 10 --format strace --where 'phase = setup and uid = 0 and time > "+1ms"'
run_rows
