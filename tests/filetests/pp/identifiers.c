// Names may hold `$` and letters beyond ASCII, written out or as universal character names; numbers may hold separators.
// What the parser reads otherwise has the user's spelling again in symbols, types and messages.
// flags: -Wall
#define café 2'000
#if 1'000 + 1 == 1001 && café == 2000
int $counter$ = 1'0;
#endif
struct größe {
	int länge;
};
enum { Zü = 0x1'0 };
int f(int x)
{
	struct größe été = { .länge = x };
	int unbenützt; //~ warning: `unbenützt`
	if (x)
		goto fin$;
	\u00e9t\U000000e9.l\u00e4nge = caf\u00e9;
fin$:
	return été.länge + $counter$ + Zü + 0b1'1;
}
// run: f(5) == 34
// run: f(0) == 2029
/*~ pp
# 6 "identifiers.c"
int $counter$ = 1'0;

struct größe {
 int länge;
};
enum { Zü = 0x1'0 };
int f(int x)
{
 struct größe été = { .länge = x };
 int unbenützt;
 if (x)
  goto fin$;
 été.länge = 2'000;
fin$:
 return été.länge + $counter$ + Zü + 0b1'1;
}
*/
/*~ btf
[1] INT '__ARRAY_SIZE_TYPE__' size=4 bits_offset=0 nr_bits=32 encoding=(none)
[2] INT 'int' size=4 bits_offset=0 nr_bits=32 encoding=SIGNED
[3] FUNC_PROTO '(anon)' ret_type_id=2 vlen=1
	'x' type_id=2
[4] FUNC 'f' type_id=3 linkage=global

section '.text'
	0: func type_id=4
	0: line identifiers.c:16:6 '	if (x)'
	24: line identifiers.c:19:1 'fin$:'
	32: line identifiers.c:20:21 '	return été.länge + $counter$ + Zü + 0b1'1;'
*/
