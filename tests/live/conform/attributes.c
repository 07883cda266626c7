// What is known of a file: stat and its kin, modes, owners, times, extended attributes.
#include <linux/stat.h>
#include <sys/statfs.h>
#include <utime.h>

#include "conform.h"

static void status(void) {
  struct stat st;
  struct statfs fs;
  char buffer[64];
  struct {
    unsigned words[64];
  } x;
  long fd = CALL(open, "a", O_RDWR | O_CREAT, 0644);
  CALL(stat, "a", &st);
  CALL(stat, NO_FILE, &st);
  CALL(stat, "a", NOWHERE);
  CALL(lstat, "/proc/self", &st);
  CALL(lstat, NOWHERE, &st);
  CALL(fstat, fd, &st);
  CALL(fstat, 77, &st);
  CALL(newfstatat, AT_FDCWD, "a", &st, AT_SYMLINK_NOFOLLOW);
  CALL(newfstatat, fd, "", &st, AT_EMPTY_PATH | AT_NO_AUTOMOUNT);
  CALL(newfstatat, AT_FDCWD, "a", &st, 0x40000001);
  CALL(statx, AT_FDCWD, "a", AT_STATX_FORCE_SYNC, STATX_BASIC_STATS | STATX_BTIME, &x);
  CALL(statx, AT_FDCWD, "a", AT_STATX_DONT_SYNC | AT_SYMLINK_NOFOLLOW, STATX_SIZE | STATX_MODE, &x);
  CALL(statx, AT_FDCWD, "a", AT_STATX_SYNC_TYPE, 0x80000000, &x);
  CALL(statfs, "/tmp", &fs);
  CALL(statfs, NO_FILE, &fs);
  CALL(fstatfs, fd, &fs);
  CALL(fstatfs, 77, &fs);
  CALL(ustat, st.st_dev, buffer);
  CALL(ustat, 0xffff, buffer);
  CALL(sysfs, 3);
  CALL(sysfs, 1, "tmpfs");
  CALL(sysfs, 99, 1, 2);
  CALL(access, "a", R_OK | W_OK);
  CALL(access, "a", X_OK);
  CALL(access, "a", 0x78);
  CALL(faccessat, AT_FDCWD, "a", F_OK);
  CALL(faccessat, 77, "a", R_OK);
  CALL(faccessat2, AT_FDCWD, "a", R_OK, AT_EACCESS | AT_SYMLINK_NOFOLLOW);
  CALL(faccessat2, AT_FDCWD, "a", R_OK, 0x10000);
  CALL(close, fd);
}

static void modes_and_owners(void) {
  long fd = CALL(open, "a", O_RDWR);
  CALL(chmod, "a", 0600);
  CALL(chmod, NO_FILE, 07777);
  CALL(fchmod, fd, S_ISUID | 0755);
  CALL(fchmod, 77, 0);
  CALL(fchmodat, AT_FDCWD, "a", S_IFREG | 0640);
  CALL(fchmodat, AT_FDCWD, NOWHERE, 0640);
  CALL(chown, "a", 1000, 1000);
  CALL(chown, "a", -1, -1);
  CALL(lchown, "a", 0, 0);
  CALL(lchown, NO_FILE, 0x7fffffff, 0x80000000);
  CALL(fchown, fd, 5, -1);
  CALL(fchown, -1, 5, 6);
  CALL(fchownat, AT_FDCWD, "a", 0, 0, AT_SYMLINK_NOFOLLOW);
  CALL(fchownat, fd, "", 7, 8, AT_EMPTY_PATH);
  CALL(ftruncate, fd, 4096);
  CALL(ftruncate, fd, -5);
  CALL(close, fd);
}

static void times(void) {
  struct timespec spec[2] = {{1, 2}, {0, UTIME_OMIT}};
  struct timeval val[2] = {{5, 6}, {7, 8}};
  struct utimbuf buf = {9, 10};
  CALL(utime, "a", &buf);
  CALL(utime, "a", NULL);
  CALL(utime, NO_FILE, &buf);
  CALL(utimes, "a", val);
  CALL(utimes, "a", NOWHERE);
  CALL(futimesat, AT_FDCWD, "a", val);
  CALL(futimesat, 77, "a", NULL);
  CALL(utimensat, AT_FDCWD, "a", spec, AT_SYMLINK_NOFOLLOW);
  CALL(utimensat, AT_FDCWD, NULL, NULL, 0);
  spec[0].tv_nsec = -5;
  CALL(utimensat, AT_FDCWD, "a", spec, 0);
}

static void extended(void) {
  static char text[256];
  long fd = CALL(open, "a", O_RDWR);
  CALL(setxattr, "a", "trusted.x", "value", 5, 1);
  CALL(setxattr, "a", "user.\n\xff", "value", 5, 2);
  CALL(lsetxattr, "a", "security.conform", "v", 1, 0);
  CALL(lsetxattr, "a", NOWHERE, NOWHERE, 9, 4);
  CALL(fsetxattr, fd, "user.x", "v\1", 2, 3);
  CALL(fsetxattr, 77, "user.x", NULL, 0, 0);
  CALL(getxattr, "a", "security.conform", text, sizeof text);
  CALL(getxattr, "a", "security.none", text, sizeof text);
  CALL(lgetxattr, "a", "security.conform", NULL, 0);
  CALL(lgetxattr, NO_FILE, "security.conform", text, 1);
  CALL(fgetxattr, fd, "security.conform", text, sizeof text);
  CALL(fgetxattr, fd, "", text, sizeof text);
  CALL(listxattr, "a", text, sizeof text);
  CALL(listxattr, NO_FILE, text, sizeof text);
  CALL(llistxattr, "a", NULL, 0);
  CALL(llistxattr, "/proc/self", text, 5);
  CALL(flistxattr, fd, text, sizeof text);
  CALL(flistxattr, 77, text, sizeof text);
  CALL(removexattr, "a", "security.conform");
  CALL(removexattr, "a", "security.conform");
  CALL(lremovexattr, "a", "user.none");
  CALL(lremovexattr, NO_FILE, "user.none");
  CALL(fremovexattr, fd, "user.none");
  CALL(fremovexattr, 77, NOWHERE);
  CALL(close, fd);
}

void attributes(void) {
  status();
  modes_and_owners();
  times();
  extended();
}
