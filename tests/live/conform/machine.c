// The machine, of which a container is told little and may change nothing: it has none of the
// capabilities that these need. What would do harm to a machine that lets it is called with
// arguments that no kernel takes.
#include <sys/sysinfo.h>
#include <sys/utsname.h>

#include "conform.h"

static void asking(void) {
  struct utsname name;
  struct sysinfo info;
  static char text[256];
  CALL(uname, &name);
  CALL(uname, NOWHERE);
  CALL(sysinfo, &info);
  CALL(sysinfo, NOWHERE);
  CALL(syslog, 10, NULL, 0);
  CALL(syslog, 99, text, 5);
  CALL(getrandom, text, 16, 1);
  CALL(getrandom, text, 16, 0x10);
  CALL(getrandom, NOWHERE, 16, 4);
  CALL(lookup_dcookie, 5, text, sizeof text);
  CALL(perf_event_open, NOWHERE, 0, -1, -1, 8);
  CALL(perf_event_open, NULL, -1, 0, 77, 0x30);
  CALL(bpf, 99, NOWHERE, 5);
  CALL(bpf, 5, NULL, 0);
  CALL(quotactl, 0x80000700, NO_FILE, 5, NOWHERE);
  CALL(quotactl, 0x12345678, NULL, 5, NULL);
  CALL(quotactl_fd, 77, 0x80000700, 5, NOWHERE);
}

static void refused(void) {
  CALL(reboot, 1, 2, 3, NULL);
  CALL(kexec_load, 0, 99999, NOWHERE, 0x20000);
  CALL(kexec_file_load, -1, -1, 5, "words", 0x80);
  CALL(init_module, NOWHERE, 1, "parameter=1");
  CALL(finit_module, -1, "parameter=2", 3);
  CALL(delete_module, "conform_none", O_NONBLOCK | O_TRUNC);
  CALL(swapon, NO_FILE, 0x8005);
  CALL(swapoff, NO_FILE);
  CALL(acct, NO_FILE);
  CALL(iopl, 9);
  CALL(ioperm, 1UL << 40, 2, 1);
  CALL(vhangup);
}

static void gone(void) {
  CALL(_sysctl, NOWHERE);
  CALL(create_module, "x", 5);
  CALL(get_kernel_syms, NULL);
  CALL(query_module, "x", 1, NULL, 5, NULL);
  CALL(nfsservctl, 1, NULL, NULL);
  CALL(getpmsg);
  CALL(putpmsg);
  CALL(afs_syscall);
  CALL(tuxcall);
  CALL(security);
  CALL(vserver);
  conform_call(999, 1, 2, 3, 4, 5, 6);
  conform_call(400, 1, 2, 3, 4, 5, 6);
  conform_call(-77, 1, 2, 3, 4, 5, 6);
}

void machine(void) {
  asking();
  refused();
  gone();
}
