// The program of 2014, adapted to Linux: its table becomes a map, its calls helpers, its event a raw tracepoint.
// It counts from nought, so the first drop of each place is not in the sum.
// kernel: 5.10
// flags: --target=linux
// lab: attach
// lab: trigger drop 5
// lab: sum tables_0 >= 4

#include "../../samples/dropmon.c"
