// flags: --no-loops
// A loop jumps backwards, which programs may not do before Linux 5.3. Those that end after a few rounds are written out.
int f(int n)
{
	int s = 0;

	for (int i = 0; i < n; i++) //~ error: loop
		s += i;
	while (s > 10) //~ error: loop
		s -= 3;
	do {
		s++;
	} while (s < 5); //~ error: loop
again:
	if (s++ < 8) //~ error: loop
		goto again;
	do {
		s *= 2;
	} while (0);
	for (int i = 0; i < 8; i++)
		s ^= s << i;
	return s;
}
/*~ diagnostics
error[loop]: how often this loop goes round is not known, or it is too long; before Linux 5.3 a BPF program may not jump backwards
 --> loop.c:7:18
  |
7 |     for (int i = 0; i < n; i++) //~ error: loop
  |                     ^
  |
  = help: let a constant say how often it goes round, so that it is written out (at `-O1`), or leave out `--no-loops` if every kernel you target is 5.3 or newer
error[loop]: how often this loop goes round is not known, or it is too long; before Linux 5.3 a BPF program may not jump backwards
 --> loop.c:9:9
  |
9 |     while (s > 10) //~ error: loop
  |            ^
  |
  = help: let a constant say how often it goes round, so that it is written out (at `-O1`), or leave out `--no-loops` if every kernel you target is 5.3 or newer
error[loop]: how often this loop goes round is not known, or it is too long; before Linux 5.3 a BPF program may not jump backwards
  --> loop.c:13:11
   |
13 |     } while (s < 5); //~ error: loop
   |              ^
   |
   = help: let a constant say how often it goes round, so that it is written out (at `-O1`), or leave out `--no-loops` if every kernel you target is 5.3 or newer
error[loop]: how often this loop goes round is not known, or it is too long; before Linux 5.3 a BPF program may not jump backwards
  --> loop.c:15:6
   |
15 |     if (s++ < 8) //~ error: loop
   |         ^
   |
   = help: let a constant say how often it goes round, so that it is written out (at `-O1`), or leave out `--no-loops` if every kernel you target is 5.3 or newer
*/
