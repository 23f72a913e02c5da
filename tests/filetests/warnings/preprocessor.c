// The preprocessor's warnings, by name; -Wno-NAME leaves one out and -Werror=NAME makes an error of it.
// flags: -E -Wall -Wundef -Wno-extra-tokens -Werror=macro-redefined
#warning look at this //~ warning: look at this
#define TWO 2
#define TWO 3 //~ error: defined differently
#undef __LINE__ //~ warning: computed by the compiler
#define __FILE__ "x.c" //~ warning: defined differently
#ifdef TWO behind
#endif
#if NONE + 1 && (defined(NONE) || 1 || NEVER) //~ warning: `NONE` is not defined
#endif
#pragma once //~ warning: `#pragma once`
#pragma omp parallel //~ warning: `#pragma omp`
#pragma unroll
#pragma GCC diagnostic push
#pragma GCC poison x //~ warning: `#pragma GCC`
/*~ diagnostics
warning[cpp]: look at this
 --> preprocessor.c:3:2
  |
3 | #warning look at this //~ warning: look at this
  |  ^^^^^^^
error[macro-redefined]: macro `TWO` is defined differently a second time
 --> preprocessor.c:5:9
  |
4 | #define TWO 2
  |         --- the first definition is here
5 | #define TWO 3 //~ error: defined differently
  |         ^^^
warning[builtin-macro-redefined]: `__LINE__` is computed by the compiler; from here on it is an ordinary name
 --> preprocessor.c:6:8
  |
6 | #undef __LINE__ //~ warning: computed by the compiler
  |        ^^^^^^^^
warning[builtin-macro-redefined]: macro `__FILE__` is defined differently a second time
 --> preprocessor.c:7:9
  |
7 | #define __FILE__ "x.c" //~ warning: defined differently
  |         ^^^^^^^^
  |
  = note: the compiler defines it
warning[undef]: `NONE` is not defined, and counts as 0
  --> preprocessor.c:10:5
   |
10 | #if NONE + 1 && (defined(NONE) || 1 || NEVER) //~ warning: `NONE` is not defined
   |     ^^^^
   |
   = help: ask with `defined(NONE)` first
warning[pragma-once-outside-header]: `#pragma once` means nothing in the file that is compiled
  --> preprocessor.c:12:1
   |
12 | #pragma once //~ warning: `#pragma once`
   | ^^^^^^^^^^^^
warning[unknown-pragmas]: `#pragma omp` is unknown here and has no effect
  --> preprocessor.c:13:1
   |
13 | #pragma omp parallel //~ warning: `#pragma omp`
   | ^^^^^^^^^^^^^^^^^^^^
warning[unknown-pragmas]: `#pragma GCC` is unknown here and has no effect
  --> preprocessor.c:16:1
   |
16 | #pragma GCC poison x //~ warning: `#pragma GCC`
   | ^^^^^^^^^^^^^^^^^^^^
*/
/*~ diagnostics -Wno-error=macro-redefined -Wno-cpp -Wno-undef -Wno-unknown-pragmas -Wno-pragma-once-outside-header -Wno-builtin-macro-redefined
warning[macro-redefined]: macro `TWO` is defined differently a second time
 --> preprocessor.c:5:9
  |
4 | #define TWO 2
  |         --- the first definition is here
5 | #define TWO 3 //~ error: defined differently
  |         ^^^
*/
