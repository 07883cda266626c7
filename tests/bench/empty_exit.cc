// Attaches the empty program, says so, and holds it until its input ends.
#include <bpf/libbpf.h>

#include <cstdio>

#include "tests/bench/empty_exit.skel.h"

int main() {
  empty_exit* skeleton = empty_exit::open_and_load();
  if (!skeleton || empty_exit::attach(skeleton) != 0) return 1;
  puts("ready");
  fflush(stdout);
  while (getchar() != EOF) {
  }
  empty_exit::destroy(skeleton);
  return 0;
}
