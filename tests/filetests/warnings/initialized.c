// Ordinary code whose variables have their values when they are read.
// flags: -Wall -Werror
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#define likely(x) __builtin_expect(!!(x), 1)
enum colour { RED, GREEN };
struct pair { int a, b; };
void stop(void) __attribute__((noreturn));
int fill(int *p);
int both(int a) { int x; if (a) x = 1; else x = 2; return x; }
int same_condition(int a, int b) { int x; if (a) x = b; if (b) b++; if (a) return x; return b; }
int output(const void *p) { long x; bpf_probe_read_kernel(&x, sizeof(x), p); return x; }
int checked(int n) { int x; if (fill(&x)) return 0; return x + n; }
int assembly(void) { int x; asm("%0 = 1" : "=r"(x)); return x; }
int forever(int n) { int x; for (;;) { x = n++; if (x > 9) break; } return x; }
int once(int n) { int x; do { x = n++; } while (x < 9); return x; }
int loop(int n) { int x; for (int i = 0; i < n; i++) x = i; return x; }
int all_cases(int a)
{
	int x;
	switch (a) {
	case 1: x = 1; break;
	case 2: return 0;
	default: x = 3;
	}
	return x;
}
int enumerators(enum colour c)
{
	int x;
	switch (c) {
	case RED: x = 1; break;
	case GREEN: x = 2; break;
	}
	return x;
}
int never(int a) { int x; if (a) x = 1; else __builtin_unreachable(); return x; }
int stops(int a) { int x; if (a) x = 1; else stop(); return x; }
int cleanup(int a)
{
	int x, result = 1;
	if (a)
		goto out;
	x = a + 1;
	result = x;
out:
	return result;
}
int on_purpose(void) { int x = x; return x; }
int not_used(void) { int x; (void)x; return sizeof(x); }
int expected(int a, int b) { int x; if (likely(a && (x = b) > 2)) return x; return 0; }
int either(int a, int b) { int x; if (!a || !(x = b)) return 0; return x; }
int chosen(int a) { int x; return a ? (x = a, x) : 0; }
int sized(char *p)
{
	int x;
	switch (sizeof(*p)) {
	case 1: x = *p; break;
	case 2: x = *(short *)p; break;
	}
	return x;
}
int parts(void) { struct pair p; p.a = 1; p.b = 2; return p.a + p.b; }
int array(int i) { int a[4]; a[0] = i; return a[0]; }
int flag(int n) { int x, have = 0; for (int i = 0; i < n; i++) { if (have) return x; x = i; have = 1; } return 0; }
