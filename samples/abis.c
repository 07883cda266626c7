/* Makes calls of three system call tables from one 64-bit program, and one that no table has. */
#include <sys/syscall.h>
#include <unistd.h>

#define X32_BIT 0x40000000

static long call_i386(long number, long first)
{
	long result;

	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "a"(number), "b"(first)
			 : "memory", "r8", "r9", "r10", "r11");
	return result;
}

int main(void)
{
	syscall(SYS_getpid);
	call_i386(20, 0);			/* getpid */
	call_i386(6, -1);			/* close */
	syscall(SYS_getppid | X32_BIT);		/* ENOSYS where the kernel has no x32 */
	syscall(999);				/* a number without a call */
	syscall(-5);				/* no number at all */
	return 3;
}
