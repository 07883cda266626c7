// Attaches the empty program, or with an address of all processes the one that reads there, says
// so, and holds it until its input ends.
#include <bpf/libbpf.h>

#include <cstdio>
#include <cstdlib>

#include "tests/bench/empty_exit.skel.h"

int main(int argc, char** argv) {
  empty_exit* skeleton = empty_exit::open();
  if (!skeleton) return 1;
  const bool reads = argc > 1;
  skeleton->rodata->first_bytes = reads ? std::strtoull(argv[1], nullptr, 0) : 0;
  bpf_program__set_autoload(skeleton->progs.empty_exit, !reads);
  bpf_program__set_autoload(skeleton->progs.reading_exit, reads);
  if (empty_exit::load(skeleton) != 0 || empty_exit::attach(skeleton) != 0) return 1;
  puts("ready");
  fflush(stdout);
  while (getchar() != EOF) {
  }
  empty_exit::destroy(skeleton);
  return 0;
}
