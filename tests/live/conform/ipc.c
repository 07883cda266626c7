// Between processes: System V's and POSIX's queues, semaphores, shared memory; futexes; keys.
#include <linux/keyctl.h>
#include <mqueue.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>

#include "conform.h"

static void memory_segments(void) {
  struct shmid_ds about;
  long id = CALL(shmget, IPC_PRIVATE, 4096, IPC_CREAT | 0600);
  CALL(shmget, 0x1234567, 5, IPC_CREAT | IPC_EXCL | 0777);
  CALL(shmget, 0x7654321, 5, 0);
  long at = CALL(shmat, id, NULL, SHM_RDONLY);
  CALL(shmat, 99999, NOWHERE, SHM_RND | 0x10);
  CALL(shmctl, id, IPC_STAT, &about);
  CALL(shmctl, id, IPC_RMID, NULL);
  CALL(shmctl, 99999, 99, NOWHERE);
  CALL(shmdt, at);
  CALL(shmdt, 5);
}

static void semaphores(void) {
  struct sembuf up = {0, 1, IPC_NOWAIT}, down[2] = {{0, -1, 0}, {1, -1, IPC_NOWAIT | SEM_UNDO}};
  struct timespec short_time = {0, 1000};
  struct semid_ds about;
  long id = CALL(semget, IPC_PRIVATE, 2, IPC_CREAT | 0640);
  CALL(semget, 7, -1, IPC_EXCL);
  CALL(semop, id, &up, 1);
  CALL(semop, 99999, NOWHERE, 2);
  CALL(semtimedop, id, down, 2, &short_time);
  CALL(semtimedop, id, down, 1, NULL);
  CALL(semctl, id, 1, SETVAL, 3);
  CALL(semctl, id, 1, GETVAL);
  CALL(semctl, id, 0, IPC_STAT, &about);
  CALL(semctl, id, 0, IPC_RMID);
  CALL(semctl, 99999, 5, 77, NOWHERE);
}

static void queues(void) {
  struct {
    long type;
    char text[16];
  } message = {3, "a message"};
  struct msqid_ds about;
  long id = CALL(msgget, IPC_PRIVATE, IPC_CREAT | 0600);
  CALL(msgget, 9, 0);
  CALL(msgsnd, id, &message, 9, IPC_NOWAIT);
  CALL(msgsnd, 99999, NOWHERE, 9, 0);
  CALL(msgrcv, id, &message, 16, 3, IPC_NOWAIT | MSG_NOERROR);
  CALL(msgrcv, id, &message, 16, -7, IPC_NOWAIT | MSG_EXCEPT);
  CALL(msgctl, id, IPC_STAT, &about);
  CALL(msgctl, id, IPC_RMID, NULL);
  CALL(msgctl, 99999, 99, NOWHERE);
}

static void posix_queues(void) {
  struct mq_attr attr = {.mq_maxmsg = 2, .mq_msgsize = 16}, old;
  struct sigevent event = {.sigev_notify = SIGEV_NONE};
  struct timespec past = {1, 5};
  static char text[64];
  unsigned priority = 0;
  long fd = CALL(mq_open, "conform", O_RDWR | O_CREAT | O_NONBLOCK, 0600, &attr);
  CALL(mq_open, "none", O_RDONLY, 0, NULL);
  CALL(mq_open, "a/b", O_CREAT | O_WRONLY, 0644, NOWHERE);
  CALL(mq_timedsend, fd, "hello", 5, 7, &past);
  CALL(mq_timedsend, 77, NOWHERE, 5, 7, NULL);
  CALL(mq_notify, fd, &event);
  CALL(mq_notify, 77, NULL);
  CALL(mq_timedreceive, fd, text, sizeof text, &priority, NULL);
  CALL(mq_timedreceive, fd, text, sizeof text, &priority, &past);
  CALL(mq_getsetattr, fd, NULL, &old);
  CALL(mq_getsetattr, fd, &attr, &old);
  CALL(mq_getsetattr, 77, NOWHERE, NULL);
  CALL(mq_unlink, "conform");
  CALL(mq_unlink, "conform");
}

static void futexes(void) {
  uint32_t word = 5, other = 6;
  struct timespec short_time = {0, 1000};
  struct {
    uint64_t value, address;
    uint32_t flags, reserved;
  } waiters[1] = {{6, (uint64_t)&word, 2, 0}};
  CALL(futex, &word, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 1);
  CALL(futex, &word, FUTEX_WAIT, 4, NULL);
  CALL(futex, &word, FUTEX_WAIT | FUTEX_PRIVATE_FLAG, 5, &short_time);
  CALL(futex, &word, FUTEX_WAIT_BITSET | FUTEX_CLOCK_REALTIME, 5, &short_time, NULL, -1);
  CALL(futex, &word, FUTEX_CMP_REQUEUE, 1, 2, &other, 5);
  CALL(futex, &word, FUTEX_WAKE_OP, 1, 2, &other, FUTEX_OP(FUTEX_OP_ADD, 1, FUTEX_OP_CMP_EQ, 6));
  CALL(futex, &word, 99, 1, NULL, NULL, 0);
  CALL(futex_waitv, waiters, 1, 0, NULL, CLOCK_MONOTONIC);
  CALL(futex_waitv, NOWHERE, 2, 1, NOWHERE, 9);
}

static void keys(void) {
  CALL(add_key, "user", "conform", "secret", 6, KEY_SPEC_PROCESS_KEYRING);
  CALL(add_key, "none", NOWHERE, NULL, 0, 99);
  CALL(request_key, "user", "conform\n", NULL, KEY_SPEC_THREAD_KEYRING);
  CALL(request_key, "user", "none", NOWHERE, 0);
  CALL(keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_PROCESS_KEYRING, 0);
  CALL(keyctl, KEYCTL_REVOKE, 99999999);
  CALL(keyctl, 999, 1, 2, 3, 4);
}

void ipc(void) {
  memory_segments();
  semaphores();
  queues();
  posix_queues();
  futexes();
  keys();
}
