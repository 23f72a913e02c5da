// Instructions for big-endian machines: the destination is the upper half of the second byte, `le` is what swaps.
// flags: --endian=big
unsigned swap(unsigned x) { return __builtin_bswap32(x) + 0x10203; }
unsigned long wide(void) { return 0x1122334455667788; }
// run: swap(0x04030201) == 0x1030507
// run: wide() == 0x1122334455667788
/*~ bytes
swap:
    0  d4 10 00 00 00 00 00 20  r1 = le32 r1
    1  bf 01 00 00 00 00 00 00  r0 = r1
    2  04 00 00 00 00 01 02 03  w0 += 66051
    3  95 00 00 00 00 00 00 00  exit
wide:
    0  18 00 00 00 55 66 77 88 00 00 00 00 11 22 33 44  r0 = 1234605616436508552 ll
    2  95 00 00 00 00 00 00 00  exit
*/
/*~ bytes --mcpu=v4
swap:
    0  d7 10 00 00 00 00 00 20  r1 = bswap32 r1
    1  bf 01 00 00 00 00 00 00  r0 = r1
    2  04 00 00 00 00 01 02 03  w0 += 66051
    3  95 00 00 00 00 00 00 00  exit
wide:
    0  18 00 00 00 55 66 77 88 00 00 00 00 11 22 33 44  r0 = 1234605616436508552 ll
    2  95 00 00 00 00 00 00 00  exit
*/
/*~ ir
endian big

fn @swap(v0: i32) -> i32 {
b0:
    v1: i32 = bswap32 v0
    v2: i32 = const 66051
    v3: i32 = add v1, v2
    return v3
}

fn @wide() -> i64 {
b0:
    v0: i64 = const 1234605616436508552
    return v0
}
*/
