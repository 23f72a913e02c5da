// Variables that have no value where they are read, and nothing about those that do.
// flags: -Wall
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
struct { __uint(type, BPF_MAP_TYPE_HASH); __type(key, long); __type(value, long); __uint(max_entries, 1); } m SEC(".maps");
struct pair { int a, b; };
void stop(void) __attribute__((noreturn));
int certain(void) { int x; return x; } //~ warning: `x` has no value here
int counts(int n) { int sum; for (int i = 0; i < n; i++) sum += i; return sum; } //~ warning: `sum` has no value here
int member(void) { struct pair p; return p.a; } //~ warning: `p` has no value here
void *key(void) { long k; return bpf_map_lookup_elem(&m, &k); } //~ warning: `k` has no value here
int one_way(int a)
{
	int x;
	if (a > 3)
		x = 1;
	return x; //~ warning: `x` may have no value here
}
int no_case(int a)
{
	int x;
	switch (a) {
	case 1: x = 1; break;
	case 2: x = 2; break;
	}
	return x; //~ warning: `x` may have no value here
}
int cut_short(int a, int b)
{
	int x;
	if (a && (x = b))
		return 1;
	return x; //~ warning: `x` may have no value here
}
int leaves(int a)
{
	int x;
	if (a)
		goto out;
	x = 1;
out:
	return x; //~ warning: `x` may have no value here
}
/*~ diagnostics
warning[uninitialized]: `x` has no value here
 --> uninitialized.c:8:35
  |
8 | int certain(void) { int x; return x; } //~ warning: `x` has no value here
  |                         -         ^
  |                         |
  |                         declared here, without a value
  |
  = help: give `x` a value where it is declared
warning[uninitialized]: `sum` has no value here
 --> uninitialized.c:9:58
  |
9 | int counts(int n) { int sum; for (int i = 0; i < n; i++) sum += i; return sum; } //~ warning: `sum` has no value here
  |                         ---                              ^^^
  |                         |
  |                         declared here, without a value
  |
  = help: give `sum` a value where it is declared
warning[uninitialized]: `p` has no value here
  --> uninitialized.c:10:42
   |
10 | int member(void) { struct pair p; return p.a; } //~ warning: `p` has no value here
   |                                -         ^^^
   |                                |
   |                                declared here, without a value
   |
   = help: give `p` a value where it is declared
warning[uninitialized]: `k` has no value here
  --> uninitialized.c:11:58
   |
11 | void *key(void) { long k; return bpf_map_lookup_elem(&m, &k); } //~ warning: `k` has no value here
   |                        - declared here, without a value  ^^
   |
   = help: give `k` a value where it is declared
warning[maybe-uninitialized]: `x` may have no value here
  --> uninitialized.c:17:9
   |
14 |     int x;
   |         - declared here, without a value
15 |     if (a > 3)
   |         ----- if this is false, `x` gets none
16 |         x = 1;
17 |     return x; //~ warning: `x` may have no value here
   |            ^
   |
   = help: give `x` a value where it is declared
warning[maybe-uninitialized]: `x` may have no value here
  --> uninitialized.c:26:9
   |
21 |     int x;
   |         - declared here, without a value
22 |     switch (a) {
   |             - if there is no case for this, `x` gets none
...
26 |     return x; //~ warning: `x` may have no value here
   |            ^
   |
   = help: give `x` a value where it is declared
warning[maybe-uninitialized]: `x` may have no value here
  --> uninitialized.c:33:9
   |
30 |     int x;
   |         - declared here, without a value
31 |     if (a && (x = b))
   |         - if this is false, `x` gets none
32 |         return 1;
33 |     return x; //~ warning: `x` may have no value here
   |            ^
   |
   = help: give `x` a value where it is declared
warning[maybe-uninitialized]: `x` may have no value here
  --> uninitialized.c:42:9
   |
37 |     int x;
   |         - declared here, without a value
38 |     if (a)
   |         - if this is true, `x` gets none
...
42 |     return x; //~ warning: `x` may have no value here
   |            ^
   |
   = help: give `x` a value where it is declared
*/
