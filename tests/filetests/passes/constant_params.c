// A static function that is always called with the same length is compiled for that length: its loop is written out and its
// switch is gone. The argument is still passed, as its type says.
static __attribute__((noinline)) unsigned hash(const unsigned char *key, unsigned length, unsigned start)
{
	while (length > 4) {
		start = start * 31 + key[0];
		length -= 4;
		key += 4;
	}
	switch (length) {
	case 3: start += key[2];
	case 2: start += key[1];
	case 1: start += key[0];
	}
	return start;
}

static unsigned char bytes[8] = {1, 0, 0, 0, 7, 8, 9};

unsigned twice(unsigned start)
{
	int length = 6;

	return hash(bytes, length, start) + hash(bytes, length, start + 1);
}
// run: twice(0) == 63
// run: twice(10) == 683
/*~ asm
hash:
    w3 *= 31
    r2 = *(u8 *)(r1 + 0)
    w3 += w2
    r2 = *(u8 *)(r1 + 5)
    w3 += w2
    r1 = *(u8 *)(r1 + 4)
    r0 = r3
    w0 += w1
    exit

twice:
    r6 = r1
    r1 = bytes ll
    r3 = r6
    r2 = 6
    call hash
    r1 = r6
    r6 = r0
    r3 = r1
    w3 += 1
    r1 = bytes ll
    r2 = 6
    call hash
    r1 = r0
    r0 = r6
    w0 += w1
    exit
*/
