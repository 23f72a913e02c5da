/* What GCC's torture tests expect to be there without a header. */
extern void abort(void);
extern void exit(int);
extern void *memcpy(void *, const void *, __SIZE_TYPE__);
extern void *memset(void *, int, __SIZE_TYPE__);
extern int memcmp(const void *, const void *, __SIZE_TYPE__);
extern __SIZE_TYPE__ strlen(const char *);
extern int strcmp(const char *, const char *);
extern char *strcpy(char *, const char *);
extern char *strchr(const char *, int);
extern int printf(const char *, ...);
extern int sprintf(char *, const char *, ...);
extern void *malloc(__SIZE_TYPE__);
extern void *calloc(__SIZE_TYPE__, __SIZE_TYPE__);
extern void free(void *);
