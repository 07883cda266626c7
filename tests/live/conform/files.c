// Names: opening, making, renaming, linking, listing.
#include <dirent.h>
#include <linux/openat2.h>
#include <sys/syscall.h>

#include "conform.h"

static void opening(void) {
  CALL(close, CALL(open, "/etc/passwd", O_RDONLY | O_CLOEXEC));
  CALL(close, CALL(open, "a", O_RDWR | O_CREAT | O_TRUNC, 0640));
  CALL(open, "a", O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
  CALL(open, NO_FILE, O_RDONLY | O_DIRECTORY | O_NONBLOCK);
  CALL(open, NOWHERE, O_WRONLY | O_APPEND | O_SYNC | O_NOCTTY);
  CALL(close, CALL(open, ".", O_TMPFILE | O_RDWR | O_DIRECT, 04755));
  CALL(close, CALL(open, "a", O_PATH | O_LARGEFILE | O_NOATIME | O_DSYNC));
  CALL(close, CALL(creat, "b", 0600));
  CALL(creat, NO_FILE, 01777);
  CALL(close, CALL(openat, AT_FDCWD, "a", O_RDWR | 0x40000000));
  CALL(openat, 77, "a", O_RDONLY);
  CALL(openat, AT_FDCWD, "", O_RDONLY);
  CALL(openat, AT_FDCWD, "odd \n\033[2J\xff\xfe name", O_WRONLY | O_CREAT, 0);
  struct open_how how = {.flags = O_RDONLY | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT};
  CALL(close, CALL(openat2, AT_FDCWD, "a", &how, sizeof how));
  CALL(openat2, AT_FDCWD, "a", &how, 3);
  how.resolve = 1ULL << 40;
  CALL(openat2, AT_FDCWD, "a", &how, sizeof how);
  CALL(openat2, AT_FDCWD, "a", NOWHERE, sizeof how);
  CALL(close, 77);
  CALL(close, -1);
}

static void making(void) {
  CALL(mkdir, "d", 0750);
  CALL(mkdir, "d", 0750);
  CALL(mkdirat, AT_FDCWD, "d/e", 0700);
  CALL(mkdirat, 77, "x", 0);
  CALL(mknod, "fifo", S_IFIFO | 0600, 0);
  CALL(mknod, "device", S_IFCHR | 0600, 0x103);
  CALL(mknodat, AT_FDCWD, "plain", S_IFREG | 0644, 0);
  CALL(mknodat, AT_FDCWD, "socket", S_IFSOCK | 0755, 0x1234);
  CALL(rename, "b", "c");
  CALL(rename, "b", NOWHERE);
  CALL(renameat, AT_FDCWD, "c", AT_FDCWD, "b");
  CALL(renameat, 77, "c", 78, "b");
  CALL(renameat2, AT_FDCWD, "a", AT_FDCWD, "b", 2);
  CALL(renameat2, AT_FDCWD, "a", AT_FDCWD, "b", 5);
  CALL(renameat2, AT_FDCWD, "a", AT_FDCWD, "b", 0x80);
  CALL(link, "a", "hard");
  CALL(link, "a", "hard");
  CALL(linkat, AT_FDCWD, "a", AT_FDCWD, "hard2", AT_SYMLINK_FOLLOW);
  CALL(linkat, AT_FDCWD, "", AT_FDCWD, "hard3", AT_EMPTY_PATH);
  CALL(symlink, "a", "soft");
  CALL(symlink, "", "soft2");
  CALL(symlinkat, "/target", AT_FDCWD, "soft3");
  CALL(symlinkat, "/target", 77, "soft3");
}

static void links_and_ends(void) {
  static char text[4096], longest[4200];
  CALL(readlink, "soft", text, sizeof text);
  CALL(readlink, "soft3", text, 3);
  CALL(readlink, "a", text, sizeof text);
  CALL(readlink, "soft", NOWHERE, 100);
  CALL(readlinkat, AT_FDCWD, "soft3", text, sizeof text);
  CALL(readlinkat, AT_FDCWD, "soft3", text, -1);
  CALL(readlinkat, 77, "", text, 4096);
  memset(longest, 'p', sizeof longest);
  longest[4095] = 0;  // PATH_MAX with its end: the kernel reads it and finds a name too long
  CALL(unlink, longest);
  longest[4095] = 'p';
  longest[4199] = 0;
  CALL(unlink, longest);
  CALL(unlink, "hard");
  CALL(unlink, NULL);
  CALL(unlinkat, AT_FDCWD, "d", 0);
  CALL(unlinkat, AT_FDCWD, "d/e", AT_REMOVEDIR);
  CALL(unlinkat, AT_FDCWD, "x", AT_REMOVEDIR | 1);
  CALL(rmdir, "d");
  CALL(rmdir, "d");
}

static void folders(void) {
  static char entries[4096], path[4096];
  long fd = CALL(open, "/tmp", O_RDONLY | O_DIRECTORY);
  CALL(getdents, fd, entries, sizeof entries);
  CALL(lseek, fd, 0, SEEK_SET);
  CALL(getdents64, fd, entries, sizeof entries);
  CALL(getdents64, fd, entries, 1);
  CALL(getdents, 77, entries, sizeof entries);
  CALL(fchdir, fd);
  CALL(fchdir, 77);
  CALL(chdir, "files");
  CALL(chdir, NO_FILE);
  CALL(getcwd, path, sizeof path);
  CALL(getcwd, path, 2);
  CALL(getcwd, NOWHERE, 4096);
  CALL(chroot, NO_FILE);
  CALL(close, fd);
  CALL(truncate, "a", 100);
  CALL(truncate, "a", -1);
  CALL(truncate, "a", 0x123456789);
  CALL(umask, 027);
  CALL(umask, 0177777);
}

static void handles(void) {
  struct {
    unsigned size;
    int type;
    unsigned char bytes[128];
  } handle = {.size = 128};
  int mount = 0;
  CALL(name_to_handle_at, AT_FDCWD, "a", &handle, &mount, 0);
  handle.size = 0;
  CALL(name_to_handle_at, AT_FDCWD, "a", &handle, &mount, AT_SYMLINK_FOLLOW);
  CALL(name_to_handle_at, AT_FDCWD, "", NOWHERE, &mount, AT_EMPTY_PATH | 0x200);
  CALL(open_by_handle_at, AT_FDCWD, &handle, O_RDONLY | O_CLOEXEC);
  CALL(open_by_handle_at, 77, NOWHERE, O_RDWR);
}

void files(void) {
  opening();
  making();
  links_and_ends();
  folders();
  handles();
}
