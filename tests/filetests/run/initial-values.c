// What initial values may count on: constant variables, compound literals, types that look like expressions.
typedef unsigned long long u64;
struct insn { int code; short off; };
static const int scale = 41;
static const unsigned product = (scale * 10) >> 1 | (scale > 40 ? 0x1000 : 0);
typeof(u64[2 * 3]) six;
typeof(u64[2][3]) matrix;
long constants(void) { return product; }
// run: constants() == 0x10cd
long literals(int i)
{
	static const struct insn program[] = { (struct insn){ 7, 1 }, ((struct insn){ .off = -2, .code = 9 }) };
	return program[i].code * 100 + program[i].off;
}
// run: literals(0) == 701
// run: literals(1) == 898
long sizes(void) { return sizeof(six) * 1000 + sizeof(matrix) * 10 + sizeof(matrix[0]) / sizeof(u64); }
// run: sizes() == 48483
