// Mounts, in a user and mount namespace of their own; and what is refused to a container.
#include <linux/mount.h>
#include <sys/mount.h>

#include "conform.h"

static void write_file(const char *path, const char *text) {
  long fd = CALL(open, path, O_WRONLY);
  CALL(write, fd, text, strlen(text));
  CALL(close, fd);
}

static void old_calls(void) {
  CALL(mkdir, "m", 0755);
  CALL(mkdir, "n", 0755);
  CALL(mount, "none", "m", "tmpfs", MS_NOSUID | MS_NODEV, "size=1m");
  CALL(mount, "m", "n", NULL, MS_BIND | MS_REC, NULL);
  CALL(mount, NULL, "n", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOEXEC, NULL);
  CALL(mount, NULL, "/", NULL, MS_PRIVATE, NULL);
  CALL(mount, "none", NO_FILE, "none\n", 0xc0ed0000 | 0x80000000, NOWHERE);
  CALL(umount2, "n", MNT_DETACH | UMOUNT_NOFOLLOW);
  CALL(umount2, "n", 0x80);
  CALL(pivot_root, ".", NO_FILE);
  CALL(pivot_root, NOWHERE, ".");
}

static void new_calls(void) {
  struct mount_attr attr = {.attr_set = MOUNT_ATTR_RDONLY};
  long fd = CALL(fsopen, "tmpfs", FSOPEN_CLOEXEC);
  CALL(fsopen, "none", 0x10);
  CALL(fsconfig, fd, FSCONFIG_SET_STRING, "size", "1m", 0);
  CALL(fsconfig, fd, FSCONFIG_SET_FLAG, "ro", NULL, 0);
  CALL(fsconfig, 77, 99, NOWHERE, NULL, 5);
  CALL(fsconfig, fd, FSCONFIG_CMD_CREATE, NULL, NULL, 0);
  long mounted = CALL(fsmount, fd, FSMOUNT_CLOEXEC, MOUNT_ATTR_NOEXEC | MOUNT_ATTR_NOATIME);
  CALL(fsmount, 77, 2, MOUNT_ATTR_STRICTATIME | MOUNT_ATTR_NODIRATIME);
  CALL(move_mount, mounted, "", AT_FDCWD, "n", MOVE_MOUNT_F_EMPTY_PATH);
  CALL(move_mount, 77, "", 78, NO_FILE, 0x1000 | MOVE_MOUNT_T_SYMLINKS);
  CALL(fspick, AT_FDCWD, "m", FSPICK_CLOEXEC | FSPICK_NO_AUTOMOUNT);
  CALL(fspick, 77, "", FSPICK_EMPTY_PATH | 0x40);
  CALL(open_tree, AT_FDCWD, "m", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);
  CALL(open_tree, 77, NO_FILE, 0x40);
  CALL(mount_setattr, AT_FDCWD, "m", AT_RECURSIVE, &attr, sizeof attr);
  CALL(mount_setattr, AT_FDCWD, "m", 0, &attr, 5);
  CALL(mount_setattr, 77, "", AT_EMPTY_PATH, NOWHERE, sizeof attr);
}

void mounts(void) {
  CALL(mount, "none", "/tmp", "tmpfs", 0, NULL);
  CALL(umount2, "/tmp", MNT_FORCE | MNT_EXPIRE);
  if (CALL(unshare, CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWUTS) == 0) {
    write_file("/proc/self/uid_map", "0 0 1");
    CALL(sethostname, "conform", 7);
    CALL(setdomainname, "domain", 6);
  }
  CALL(sethostname, NOWHERE, 65);
  CALL(setdomainname, NOWHERE, 65);
  old_calls();
  new_calls();
}
