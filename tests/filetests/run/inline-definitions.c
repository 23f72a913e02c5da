// Inline definitions are for this file alone: only what is used stays, and `extern inline` without `gnu_inline` is for all.
extern double to_real(const char *text);
extern __inline __attribute__((__gnu_inline__)) double to_real(const char *text)
{
	return to_real(text + 1);
}
extern int to_number(const char *text);
extern __inline __attribute__((__gnu_inline__)) int to_number(const char *text)
{
	return *text - '0';
}
int offered(int x);
extern inline __attribute__((gnu_inline)) int offered(int x) { return x; }
int offered(int x) { return x + 2; }

inline int unused(int x) { return x; }
inline __attribute__((noinline)) int kept(int x) { return x + 1; }
inline int asked_for(int x) { return x + 3; }
extern inline int asked_for(int x);
extern inline int external(int x) { return x + 4; }
inline __attribute__((gnu_inline)) int old(int x) { return x + 5; }

int all(int x)
{
	return kept(x) + to_number("7") * 10 + offered(x) * 100;
}
// run: all(1) == 372
// run: asked_for(1) == 4
// run: external(1) == 5
// run: old(1) == 6
/*~ tree
static string char .str.0[2] in ".rodata.str1.1" align 1 = "7\0"

static int to_number(const char *) inline
  param const char *text align 8
  {
    return (int)load(*(load(text))) - 48
  }

int offered(int) inline
  param int x align 4
  {
    return load(x) + 2
  }

static int kept(int) noinline
  param int x align 4
  {
    return load(x) + 1
  }

int asked_for(int) inline
  param int x align 4
  {
    return load(x) + 3
  }

int external(int) inline
  param int x align 4
  {
    return load(x) + 4
  }

int old(int) inline
  param int x align 4
  {
    return load(x) + 5
  }

int all(int)
  param int x align 4
  {
    return (kept(load(x)) + (to_number((const char *)&.str.0) * 10)) + (offered(load(x)) * 100)
  }
*/
