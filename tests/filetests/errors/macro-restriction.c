// A broken rule of BPF inside of a macro is shown like any other mistake.
#define SCALED(x) ((x) * 1.5)
#define SUM(total, array, n) total += SCALED(array[n])
int sum(int *array)
{
	int total = 0;

	SUM(total, array, 4); //~ error: floating-point
	return total;
}
/*~ diagnostics
error[float]: this is a floating-point number; BPF has no floating-point registers
 --> macro-restriction.c:8:2
  |
2 | #define SCALED(x) ((x) * 1.5)
  |         ------ in expansion of macro `SCALED`
3 | #define SUM(total, array, n) total += SCALED(array[n])
  |         --- in expansion of macro `SUM`
...
8 |     SUM(total, array, 4); //~ error: floating-point
  |     ^^^^^^^^^^^^^^^^^^^^
  |
  = help: compute with scaled integers, for example in thousandths
*/
