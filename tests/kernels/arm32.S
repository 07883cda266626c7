@ A 32-bit ARM program: getpid and exit_group(6), by the numbers of that table.
	.syntax unified
	.globl _start
_start:
	mov r7, #20
	svc #0
	mov r0, #6
	mov r7, #248
	svc #0
