// flags: --no-loops
// A broken rule of BPF inside of a macro is shown like any other mistake.
#define EACH(i, n) for (int i = 0; i < (n); i++)
#define SUM(total, array, n) EACH(i, n) total += array[i]
int sum(int *array)
{
	int total = 0;

	SUM(total, array, 4); //~ error: loops
	return total;
}
/*~ diagnostics
error[loop]: this `for` loops; before Linux 5.3 a BPF program may not jump backwards
 --> macro-restriction.c:9:2
  |
4 | #define SUM(total, array, n) EACH(i, n) total += array[i]
  |         --- in expansion of macro `SUM`
...
9 |     SUM(total, array, 4); //~ error: loops
  |     ^^^
  |
  = help: write the iterations out, or leave out `--no-loops` if every kernel you target is 5.3 or newer
*/
