/* Ends of a program (C11 7.22), as far as the bundled runtime offers them; there is no heap. */
#pragma once

#include <stddef.h>

#define EXIT_SUCCESS 0
#define EXIT_FAILURE 1

__attribute__((noreturn)) void abort(void);
__attribute__((noreturn)) void exit(int status);
