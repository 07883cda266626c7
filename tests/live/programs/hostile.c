/*
 * What a container can do against its recorder: hostile WAY SECONDS. Each way goes on for that long;
 * the exit status is 0 when it could be done at all.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static time_t until;

static int goes_on(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec < until;
}

static void *nothing(void *arg) { return arg; }

/* Processes and threads that end at once. */
static int tasks(void)
{
	int made = 0;

	while (goes_on()) {
		pthread_t thread;
		pid_t child = fork();

		if (child == 0)
			_exit(0);
		if (child > 0 && waitpid(child, 0, 0) == child)
			made++;
		if (pthread_create(&thread, 0, nothing, 0) == 0)
			pthread_join(thread, 0);
	}
	printf("%d tasks\n", 2 * made);
	return made ? 0 : 1;
}

/* As many processes as the limit lets be, all of which go on to fork. */
static int bomb(void)
{
	int refused = 0;

	signal(SIGCHLD, SIG_IGN);
	/* On a slow machine it takes longer to come to the limit. */
	while (goes_on() || !refused) {
		if (fork() < 0)
			refused = 1;
	}
	return 0;
}

static int paths(void)
{
	static char path[4096];

	memset(path, 'p', 4095);
	path[0] = '/';
	while (goes_on()) {
		for (int i = 0; i < 1000; i++) {
			if (open(path, O_RDONLY) >= 0 || errno != ENAMETOOLONG)
				return 1;
			rename(path, path);
		}
	}
	return 0;
}

/* Names of the runtime, of the recorder, of control characters; each a new word about the task. */
static int names(void)
{
	static const char *const list[] = {"runc:[2:INIT]", "ctrace-record", "\033[2J\n\r\t\b", "",
					   "\xff\xfe\x80", "crun", "a b\"c\\d"};

	for (unsigned i = 0; goes_on(); i++)
		prctl(PR_SET_NAME, list[i % 7]);
	return 0;
}

static int identities(void)
{
	char name[32];

	for (unsigned i = 0; goes_on(); i++) {
		snprintf(name, sizeof(name), "host\033%u", i);
		/* Root again by an even number, and so the one that may set the name. */
		if ((i & 1) && sethostname(name, strlen(name)))
			return 1;
		if (setresuid(-1, i & 1 ? 1000 : 0, 0))
			return 1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*run)(void);
	} ways[] = {{"tasks", tasks}, {"bomb", bomb}, {"paths", paths}, {"names", names},
		    {"identities", identities}};
	struct timespec now;

	if (argc != 3)
		return 2;
	clock_gettime(CLOCK_MONOTONIC, &now);
	until = now.tv_sec + atoi(argv[2]);
	for (unsigned i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		if (!strcmp(ways[i].name, argv[1]))
			return ways[i].run();
	}
	return 2;
}
