# shellcheck shell=bash
# Sourced after lib.sh by tests that have an engine of their own: docker and podman as on any machine, but
# their state in folders of this test's own, and docker in a network namespace too. Both end with the test.
own=/usr/bin:/usr/sbin:/bin:/sbin # before what a machine may have put into /usr/local

need_engines() { # need_engines NAME...
  local engine
  need_command unshare
  for engine; do
    PATH=$own command -v "$engine" >/dev/null || skip "needs $engine (tests/deps.sh engines installs it)"
  done
}

# Where they would keep their state on any machine. First of all: outside of run.sh these folders would
# hide the machine's own engines from everybody, so the test is begun again in a mount namespace.
engines_apart() { # engines_apart SCRIPT [ARGUMENT...]
  local dir
  [ -n "${ENGINES_APART:-}" ] || ENGINES_APART=1 exec unshare --mount --propagation private bash "$@"
  for dir in /var/lib/{docker,containers,containerd} /run/{docker,containers,libpod,containerd,runc}; do
    mount_at "$dir" -t tmpfs tmpfs
  done
  at_end+=(end_daemons)
}
# Ended in the order in which they began, before the folders are unmounted.
end_daemons() {
  local pid
  for pid in "${started[@]}"; do kill -TERM "$pid" 2>/dev/null && wait "$pid" 2>/dev/null; done
  return 0
}

docker() { PATH=$own command docker -H "unix://$WORK/docker.sock" "$@"; }
docker_up() {
  # shellcheck disable=SC2016
  start_background "$WORK/dockerd.out" "$WORK/dockerd.log" env "PATH=$own" unshare --net sh -c \
    'ip link set lo up; exec dockerd -H "unix://$0" --pidfile "$0.pid" --iptables=false --bridge=none' \
    "$WORK/docker.sock"
  wait_until 30 docker info >/dev/null 2>&1 || fail "dockerd: $(tail -n 1 "$WORK/dockerd.log")"
}

podman() {
  PATH=$own CONTAINERS_CONF=$WORK/containers.conf command podman --runtime runc \
    --cgroup-manager cgroupfs "$@"
}
podman_up() {
  printf '[containers]\ndefault_ulimits=["nofile=20000:20000","nproc=32768:32768"]\n' \
    >"$WORK/containers.conf"
}
