/* What GCC's torture tests expect to be there without a header. */
extern void abort(void);
extern void exit(int);
