/* Output (C11 7.21), as far as the bundled runtime offers it: a call passes up to five arguments. */
#pragma once

#include <stddef.h>

#define EOF (-1)

int printf(const char *format, ...);
int putchar(int character);
int puts(const char *text);
