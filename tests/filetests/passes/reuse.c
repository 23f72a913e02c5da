// What nothing can have changed is loaded once; so a bound that was checked holds for what is used.
struct event { int used; char text[64]; };
int checked(struct event *e)
{
	if (e->used > 60 || e->used < 0)
		return -1;
	return e->text[e->used];
}
int kept(struct event *e, int *other)
{
	int before = e->used;

	*other = 5;
	return before + e->used;
}
int stored(struct event *e)
{
	e->used = 7;
	e->text[0] = 1;
	return e->used;
}
static struct event event;
int check_checked(int n) { event.used = n; event.text[3] = 'x'; return checked(&event); }
// run: check_checked(3) == 120
// run: check_checked(61) == -1
int check_kept(int same) { int x; event.used = 2; return kept(&event, same ? &event.used : &x); }
// run: check_kept(1) == 7
// run: check_kept(0) == 4
int check_stored(void) { return stored(&event); }
// run: check_stored() == 7
/*~ ir:after=reuse
global @event ".bss" mutable local size 68 align 4

fn @checked(v0: ptr) -> i32 {
b0:
    v1: i32 = load.u32 v0+0
    v2: i32 = const 60
    branch v1 sgt v2, b2, b1
b1:
    v3: i32 = const 0
    branch v1 slt v3, b2, b3
b2:
    v4: i32 = const -1
    return v4
b3:
    v5: i64 = sext32 v1
    v6: ptr = ptr_add v0, v5
    v7: i32 = load.s8 v6+4
    return v7
}

fn @kept(v0: ptr, v1: ptr) -> i32 {
b0:
    v2: i32 = load.u32 v0+0
    v3: i32 = const 5
    store.u32 v1+0, v3
    v4: i32 = load.u32 v0+0
    v5: i32 = add v2, v4
    return v5
}

fn @stored(v0: ptr) -> i32 {
b0:
    v1: i32 = const 7
    store.u32 v0+0, v1
    v2: i32 = const 1
    store.u8 v0+4, v2
    return v1
}

fn @check_checked(v0: i32) -> i32 {
b0:
    v1: ptr.global = global_addr @event+0
    store.u32 v1+0, v0
    v2: i32 = const 120
    v3: ptr.global = global_addr @event+0
    store.u8 v3+7, v2
    v4: ptr.global = global_addr @event+0
    v5: i32 = const 60
    branch v0 sgt v5, b2, b1
b1:
    v6: i32 = const 0
    branch v0 slt v6, b2, b3
b2:
    v7: i32 = const -1
    jump b4(v7)
b3:
    v8: i64 = sext32 v0
    v9: ptr = ptr_add v4, v8
    v10: i32 = load.s8 v9+4
    jump b4(v10)
b4(v11: i32):
    return v11
}

fn @check_kept(v0: i32) -> i32 {
    slot s0: 4 align 4 "x"
b0:
    v1: i32 = const 2
    v2: ptr.global = global_addr @event+0
    store.u32 v2+0, v1
    v3: ptr.global = global_addr @event+0
    v4: i32 = const 0
    branch v0 ne v4, b1, b2
b1:
    v5: ptr.global = global_addr @event+0
    jump b3(v5)
b2:
    v6: ptr.stack = slot_addr s0+0
    jump b3(v6)
b3(v7: ptr):
    v8: i32 = load.u32 v3+0
    v9: i32 = const 5
    store.u32 v7+0, v9
    v10: i32 = load.u32 v3+0
    v11: i32 = add v8, v10
    return v11
}

fn @check_stored() -> i32 {
b0:
    v0: ptr.global = global_addr @event+0
    v1: i32 = const 7
    store.u32 v0+0, v1
    v2: i32 = const 1
    store.u8 v0+4, v2
    return v1
}
*/
