// Results that their function asks to be looked at.
__attribute__((warn_unused_result)) int f(void);
int g(void)
{
	f(); //~ warning: `f` asks that its result be looked at
	(void)f();
	return f();
}
