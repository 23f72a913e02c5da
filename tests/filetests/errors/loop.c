// flags: --no-loops
// A loop jumps backwards, which programs may not do before Linux 5.3.
int f(int n)
{
	int s = 0;

	for (int i = 0; i < n; i++) //~ error: loop
		s += i;
	while (s > 10) //~ error: loop
		s -= 3;
	do { //~ error: loop
		s++;
	} while (s < 5);
again:
	if (s++ < 8)
		goto again; //~ error: loops back
	do {
		s *= 2;
	} while (0);
	return s;
}
/*~ diagnostics
error[loop]: this `for` loops; before Linux 5.3 a BPF program may not jump backwards
 --> loop.c:7:2
  |
7 |     for (int i = 0; i < n; i++) //~ error: loop
  |     ^^^
  |
  = help: write the iterations out, or leave out `--no-loops` if every kernel you target is 5.3 or newer
error[loop]: this `while` loops; before Linux 5.3 a BPF program may not jump backwards
 --> loop.c:9:2
  |
9 |     while (s > 10) //~ error: loop
  |     ^^^^^
  |
  = help: write the iterations out, or leave out `--no-loops` if every kernel you target is 5.3 or newer
error[loop]: this `do` loops; before Linux 5.3 a BPF program may not jump backwards
  --> loop.c:11:2
   |
11 |     do { //~ error: loop
   |     ^^
   |
   = help: write the iterations out, or leave out `--no-loops` if every kernel you target is 5.3 or newer
error[loop]: this `goto` loops back to `again`; before Linux 5.3 a BPF program may not jump backwards
  --> loop.c:16:3
   |
14 | again:
   | ----- `again` stands here
15 |     if (s++ < 8)
16 |         goto again; //~ error: loops back
   |         ^^^^^^^^^^^
   |
   = help: write the iterations out, or leave out `--no-loops` if every kernel you target is 5.3 or newer
*/
