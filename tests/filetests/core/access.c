// Members of records with preserve_access_index, behind pointers: the running kernel says where they are.
struct inner { char tag; short values[4]; };
struct record {
	int first;
	struct inner inner;
	struct { long deep; } in;
	unsigned flag : 3, other : 7;
	struct record *next;
} __attribute__((preserve_access_index));
struct plain { int a, b; };

static struct record make(struct record *next)
{
	struct record r = { .first = 1, .inner = { 'x', { 10, 20, 30, 40 } }, .in = { 77 }, .flag = 5, .other = 99, .next = next };
	return r;
}
long direct(void) { struct record r = make(0), *p = &r; return p->first + p->in.deep; }
// run: direct() == 78
long chain(void) { struct record s = make(0), r = make(&s), *p = &r; s.first = 6; return p->next->first; }
// run: chain() == 6
/* struct inner has no attribute: the way ends at it. */
long element(void) { struct record r = make(0), *p = &r; return p->inner.values[2]; }
// run: element() == 30
long explicit(void) { struct record r = make(0), *p = &r; return *__builtin_preserve_access_index(&p->inner.values[3]); }
// run: explicit() == 40
long bits(void) { struct record r = make(0), *p = &r; p->other++; return p->flag * 1000 + p->other; }
// run: bits() == 5100
long write(void) { struct record r = make(0), *p = &r; p->in.deep += 3; p->first = 4; return r.in.deep * 10 + r.first; }
// run: write() == 804
long address(void) { struct record r = make(0), *p = &r; return (char *)&p->in.deep - (char *)p; }
// run: address() == 16
/* Elements are as large as in the running kernel. */
static __attribute__((noinline)) long numbered(struct record *p) { return p[1].first + p[1].inner.values[0]; }
long of_two(void) { struct record r[2] = { make(0), make(0) }; r[1].first = 5; return numbered(r); }
// run: of_two() == 15
/* Our own variables are where we put them. */
long own(void) { struct record r = make(0); return r.first; }
// run: own() == 1
long other(struct plain *p) { return (long)__builtin_preserve_access_index(&p->b) - (long)p; }
// run: other(0) == 4
/*~ asm
make:
    r3 = 0
    *(u64 *)(r10 - 40) = r3
    r3 = 0
    *(u64 *)(r10 - 32) = r3
    r3 = 0
    *(u64 *)(r10 - 24) = r3
    r3 = 0
    *(u64 *)(r10 - 16) = r3
    r3 = 0
    *(u64 *)(r10 - 8) = r3
    r3 = 1
    *(u32 *)(r10 - 40) = r3
    r3 = 120
    *(u8 *)(r10 - 36) = r3
    r3 = 10
    *(u16 *)(r10 - 34) = r3
    r3 = 20
    *(u16 *)(r10 - 32) = r3
    r3 = 30
    *(u16 *)(r10 - 30) = r3
    r3 = 40
    *(u16 *)(r10 - 28) = r3
    r3 = 77
    *(u64 *)(r10 - 24) = r3
    r3 = *(u8 *)(r10 - 16)
    w3 &= -8
    w3 |= 5
    *(u8 *)(r10 - 16) = r3
    r3 = *(u16 *)(r10 - 16)
    w3 &= -1017
    w3 |= 792
    *(u16 *)(r10 - 16) = r3
    *(u64 *)(r10 - 8) = r2
    r2 = *(u64 *)(r10 - 40)
    *(u64 *)(r1 + 0) = r2
    r5 = *(u64 *)(r10 - 32)
    *(u64 *)(r1 + 8) = r5
    r2 = *(u64 *)(r10 - 24)
    *(u64 *)(r1 + 16) = r2
    r2 = *(u64 *)(r10 - 16)
    *(u64 *)(r1 + 24) = r2
    r2 = *(u64 *)(r10 - 8)
    *(u64 *)(r1 + 32) = r2
    exit

direct:
    r1 = r10
    r1 += -40
    r2 = 0
    call make
    r1 = r10
    r1 += -40
    r0 = *(u32 *)(r1 + 0)
    r0 <<= 32
    r0 s>>= 32
    r1 = r10
    r1 += -40
    r1 = *(u64 *)(r1 + 16)
    r0 += r1
    exit

chain:
    r1 = r10
    r1 += -40
    r2 = 0
    call make
    r1 = r10
    r1 += -80
    r2 = r10
    r2 += -40
    call make
    r1 = 6
    *(u32 *)(r10 - 40) = r1
    r1 = r10
    r1 += -80
    r1 = *(u64 *)(r1 + 32)
    r0 = *(u32 *)(r1 + 0)
    r0 <<= 32
    r0 s>>= 32
    exit

element:
    r1 = r10
    r1 += -40
    r2 = 0
    call make
    r1 = r10
    r1 += -40
    r2 = 4
    r1 += r2
    r0 = *(u16 *)(r1 + 6)
    r0 <<= 48
    r0 s>>= 48
    exit

explicit:
    r1 = r10
    r1 += -40
    r2 = 0
    call make
    r1 = r10
    r1 += -40
    r0 = *(u16 *)(r1 + 12)
    r0 <<= 48
    r0 s>>= 48
    exit

bits:
    r1 = r10
    r1 += -40
    r2 = 0
    call make
    r1 = r10
    r1 += -40
    r1 = *(u32 *)(r1 + 24)
    r2 = r1
    w2 >>= 3
    w2 &= 127
    w2 += 1
    w2 &= 127
    w2 <<= 3
    w1 &= -1017
    w1 |= w2
    r2 = r10
    r2 += -40
    *(u32 *)(r2 + 24) = r1
    r2 = r10
    r2 += -40
    r0 = *(u32 *)(r2 + 24)
    w0 &= 7
    w0 *= 1000
    w1 >>= 3
    w1 &= 127
    w0 += w1
    exit

write:
    r1 = r10
    r1 += -40
    r2 = 0
    call make
    r1 = r10
    r1 += -40
    r1 = *(u64 *)(r1 + 16)
    r1 += 3
    r2 = r10
    r2 += -40
    *(u64 *)(r2 + 16) = r1
    r1 = 4
    r2 = r10
    r2 += -40
    *(u32 *)(r2 + 0) = r1
    r0 = *(u64 *)(r10 - 24)
    r0 *= 10
    r1 = *(u32 *)(r10 - 40)
    r1 <<= 32
    r1 s>>= 32
    r0 += r1
    exit

address:
    r1 = r10
    r1 += -40
    r2 = 0
    call make
    r1 = r10
    r1 += -40
    r0 = r10
    r0 += -40
    r2 = 16
    r0 += r2
    r0 -= r1
    exit

numbered:
    r0 = *(u32 *)(r1 + 40)
    r2 = 44
    r1 += r2
    r1 = *(u16 *)(r1 + 2)
    r1 <<= 48
    r1 s>>= 48
    w0 += w1
    r0 <<= 32
    r0 s>>= 32
    exit

of_two:
    r1 = 0
    *(u8 *)(r10 - 75) = r1
    r1 = 0
    *(u16 *)(r10 - 66) = r1
    r1 = 0
    *(u64 *)(r10 - 56) = r1
    r1 = 0
    *(u8 *)(r10 - 35) = r1
    r1 = 0
    *(u16 *)(r10 - 26) = r1
    r1 = 0
    *(u64 *)(r10 - 16) = r1
    r1 = r10
    r1 += -80
    r2 = 0
    call make
    r1 = r10
    r1 += -40
    r2 = 0
    call make
    r1 = 5
    r2 = r10
    r2 += -40
    *(u32 *)(r2 + 0) = r1
    r1 = r10
    r1 += -80
    call numbered
    exit

own:
    r1 = r10
    r1 += -40
    r2 = 0
    call make
    r0 = *(u32 *)(r10 - 40)
    r0 <<= 32
    r0 s>>= 32
    exit

other:
    r2 = 4
    r0 = r1
    r0 += r2
    r0 -= r1
    exit
*/
