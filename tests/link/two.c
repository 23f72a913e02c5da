// Definitions: a variable, a map, functions, and what is in a struct.
#include "link.h"

struct part {
	int id;
	struct whole *whole;
};

struct task_struct {
	int pid;
} __attribute__((preserve_access_index));

int total = 40;

struct {
	int (*type)[2];
	int (*max_entries)[1];
	int *key;
	long *value;
} values SEC(".maps");

static volatile int count = 100;

static __noinline int step(int x)
{
	return x + count;
}

__noinline int add(int x, struct whole *whole)
{
	return step(x) + 1000 * __builtin_preserve_field_info(((struct task_struct *)0)->pid, 2);
}

__noinline int strong(int x)
{
	return x + 7;
}

struct part some_part = {1};

char _license[] SEC("license") = "GPL";
