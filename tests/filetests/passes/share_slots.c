// Two variables of blocks that exclude each other get the same room; one whose address is kept has its own.
static long (*get_current_comm)(void *, unsigned) = (void *)16;
int f(int which)
{
	if (which) {
		char first[200];
		get_current_comm(first, sizeof(first));
		return first[0];
	} else {
		char second[208];
		get_current_comm(second, sizeof(second));
		return second[1];
	}
}
/*~ ir:after=share_slots
fn @f(v0: i32) -> i32 {
    slot s0: 208 align 8 "second"
b0:
    v1: i32 = const 0
    branch v0 ne v1, b1, b2
b1:
    v2: ptr.stack = slot_addr s0+0
    v3: i32 = const 200
    call helper 16(v2, v3)
    v4: ptr.stack = slot_addr s0+0
    v5: i32 = load.s8 v4+0
    return v5
b2:
    v6: ptr.stack = slot_addr s0+0
    v7: i32 = const 208
    call helper 16(v6, v7)
    v8: ptr.stack = slot_addr s0+0
    v9: i32 = load.s8 v8+1
    return v9
}
*/
