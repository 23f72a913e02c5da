// Characters beyond ASCII that are no letters belong into strings and comments: “like these”.
int f(void)
{
	return “ //~ error: `“` is no part of C
		1”; //~ error: `”` is no part of C
}
/*~ diagnostics
error[preprocessor]: `“` is no part of C
 --> foreign-characters.c:4:9
  |
4 |     return “ //~ error: `“` is no part of C
  |            ^
error[preprocessor]: `”` is no part of C
 --> foreign-characters.c:5:4
  |
5 |         1”; //~ error: `”` is no part of C
  |          ^
*/
