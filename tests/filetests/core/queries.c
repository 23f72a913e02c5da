// Questions about the running kernel's types, answered by those of the program until it is loaded.
enum color { RED, GREEN = 5, BLUE };
enum wide : unsigned long { LARGE = 0x123456789abc };
typedef struct { int counter; } atomic_t;
struct s { char c; int array[6]; unsigned a : 3, b : 10; signed int n : 4; atomic_t t; };

#define FIELD(member, kind) __builtin_preserve_field_info(((struct s *)0)->member, kind)
long offset(void) { return FIELD(array, 0) * 100 + FIELD(array[2], 0); }
// run: offset() == 412
long size(void) { return FIELD(array, 1) * 100 + FIELD(c, 1); }
// run: size() == 2401
long exists(void) { return FIELD(t.counter, 2); }
// run: exists() == 1
long is_signed(void) { return FIELD(n, 3) * 100 + FIELD(a, 3) * 10 + FIELD(c, 3); }
// run: is_signed() == 101
static unsigned long word(const struct s *s) { return *(const unsigned *)((const char *)s + FIELD(b, 0)); }
long bits(void)
{
	struct s s = { .a = 7, .b = 777, .n = -2 };
	return word(&s) << FIELD(b, 4) >> FIELD(b, 5);
}
// run: bits() == 777
long type(void)
{
	return __builtin_preserve_type_info(*(struct s *)0, 0) + __builtin_preserve_type_info(*(struct s *)0, 1) * 10
		+ __builtin_preserve_type_info(*(atomic_t *)0, 2) * 1000;
}
// run: type() == 1361
long value(void) { return __builtin_preserve_enum_value(*(enum color *)GREEN, 1) * 10 + __builtin_preserve_enum_value(*(enum color *)BLUE, 0); }
// run: value() == 51
long large(void) { return __builtin_preserve_enum_value(*(enum wide *)LARGE, 1); }
// run: large() == 0x123456789abc
// The name of an enumeration without a tag is that of its typedef.
typedef enum { OFF, ON } state_t;
long state(void) { return __builtin_preserve_enum_value(*(state_t *)ON, 1); }
// run: state() == 1
// Parts of variables and of elements.
struct outer { int before; struct s inner; };
long part_of_variable(void)
{
	struct outer o;
	return __builtin_preserve_field_info((&o.inner)->b, 0) * 10 + __builtin_preserve_field_info((&o)->before, 1);
}
// run: part_of_variable() == 324
long part_of_element(struct s *p) { return __builtin_preserve_field_info((&p[2])->array, 0); }
// run: part_of_element(0) == 4
// `offsetof` is what the program knows, elements included.
struct context { int a; int cb[5]; } __attribute__((preserve_access_index));
_Static_assert((unsigned long)&((struct context *)0)->cb == 4 && (unsigned long)&((struct context *)0)->cb[2] == 12, "");
int id(void) { return __builtin_btf_type_id(*(struct s *)0, 0) != 0; }
_Static_assert(sizeof(FIELD(c, 0)) == 4 && sizeof(__builtin_btf_type_id(*(struct s *)0, 1)) == 8, "");
/*~ ir
core c0 field_byte_offset t2 "0:1" = 4
core c1 field_byte_offset t2 "0:1:2" = 12
core c2 field_byte_size t2 "0:1" = 24
core c3 field_byte_size t2 "0:0" = 1
core c4 field_exists t2 "0:5:0" = 1
core c5 field_signed t2 "0:4" = 1
core c6 field_signed t2 "0:2" = 0
core c7 field_signed t2 "0:0" = 1
core c8 field_byte_offset t2 "0:3" = 28
core c9 field_lshift_u64 t2 "0:3" = 51
core c10 field_rshift_u64 t2 "0:3" = 54
core c11 type_exists t2 "0" = 1
core c12 type_size t2 "0" = 36
core c13 type_matches t7 "0" = 1
core c14 enumval_value t25 "1" = 5
core c15 enumval_exists t25 "2" = 1
core c16 enumval_value t26 "0" = 20015998343868
core c17 enumval_value t27 "1" = 1
core c18 field_byte_offset t29 "0:1:3" = 32
core c19 field_byte_size t29 "0:0" = 4
core c20 type_id_local t2 "0" = 0

fn @offset() -> i64 {
b0:
    v0: i64 = core c0
    v1: i32 = trunc v0
    v2: i32 = const 100
    v3: i32 = mul v1, v2
    v4: i64 = core c1
    v5: i32 = trunc v4
    v6: i32 = add v3, v5
    v7: i64 = zext32 v6
    return v7
}

fn @size() -> i64 {
b0:
    v0: i64 = core c2
    v1: i32 = trunc v0
    v2: i32 = const 100
    v3: i32 = mul v1, v2
    v4: i64 = core c3
    v5: i32 = trunc v4
    v6: i32 = add v3, v5
    v7: i64 = zext32 v6
    return v7
}

fn @exists() -> i64 {
b0:
    v0: i64 = core c4
    v1: i64 = zext32 v0
    return v1
}

fn @is_signed() -> i64 {
b0:
    v0: i64 = core c5
    v1: i32 = trunc v0
    v2: i32 = const 100
    v3: i32 = mul v1, v2
    v4: i64 = core c6
    v5: i32 = trunc v4
    v6: i32 = const 10
    v7: i32 = mul v5, v6
    v8: i32 = add v3, v7
    v9: i64 = core c7
    v10: i32 = trunc v9
    v11: i32 = add v8, v10
    v12: i64 = zext32 v11
    return v12
}

fn @bits() -> i64 {
    slot s0: 36 align 8 "s"
b0:
    v0: ptr.stack = slot_addr s0+0
    v1: i64 = const 0
    store.u64 v0+0, v1
    v2: i64 = const 0
    store.u64 v0+8, v2
    v3: i64 = const 0
    store.u64 v0+16, v3
    v4: i64 = const 0
    store.u64 v0+24, v4
    v5: i32 = const 0
    store.u32 v0+32, v5
    v6: i32 = const 7
    v7: ptr.stack = slot_addr s0+0
    v8: i32 = load.u8 v7+28
    v9: i32 = const -8
    v10: i32 = and v8, v9
    v11: i32 = or v10, v6
    v12: ptr.stack = slot_addr s0+0
    store.u8 v12+28, v11
    v13: i32 = const 6216
    v14: ptr.stack = slot_addr s0+0
    v15: i32 = load.u16 v14+28
    v16: i32 = const -8185
    v17: i32 = and v15, v16
    v18: i32 = or v17, v13
    v19: ptr.stack = slot_addr s0+0
    store.u16 v19+28, v18
    v20: i32 = const 114688
    v21: ptr.stack = slot_addr s0+0
    v22: i32 = load.u32 v21+28
    v23: i32 = const -122881
    v24: i32 = and v22, v23
    v25: i32 = or v24, v20
    v26: ptr.stack = slot_addr s0+0
    store.u32 v26+28, v25
    v27: ptr.stack = slot_addr s0+0
    v28: i64 = core c8
    v29: i64 = zext32 v28
    v30: ptr.stack = ptr_add v27, v29
    v31: i32 = load.u32 v30+0
    v32: i64 = zext32 v31
    v33: i64 = core c9
    v34: i64 = zext32 v33
    v35: i64 = lsh v32, v34
    v36: i64 = core c10
    v37: i64 = zext32 v36
    v38: i64 = rsh v35, v37
    return v38
}

fn @type() -> i64 {
b0:
    v0: i64 = core c11
    v1: i32 = trunc v0
    v2: i64 = core c12
    v3: i32 = trunc v2
    v4: i32 = const 10
    v5: i32 = mul v3, v4
    v6: i32 = add v1, v5
    v7: i64 = core c13
    v8: i32 = trunc v7
    v9: i32 = const 1000
    v10: i32 = mul v8, v9
    v11: i32 = add v6, v10
    v12: i64 = zext32 v11
    return v12
}

fn @value() -> i64 {
b0:
    v0: i64 = core c14
    v1: i64 = const 10
    v2: i64 = mul v0, v1
    v3: i64 = core c15
    v4: i64 = add v2, v3
    return v4
}

fn @large() -> i64 {
b0:
    v0: i64 = core c16
    return v0
}

fn @state() -> i64 {
b0:
    v0: i64 = core c17
    return v0
}

fn @part_of_variable() -> i64 {
b0:
    v0: i64 = core c18
    v1: i32 = trunc v0
    v2: i32 = const 10
    v3: i32 = mul v1, v2
    v4: i64 = core c19
    v5: i32 = trunc v4
    v6: i32 = add v3, v5
    v7: i64 = zext32 v6
    return v7
}

fn @part_of_element(v0: ptr) -> i64 {
b0:
    v1: i64 = core c0
    v2: i64 = zext32 v1
    return v2
}

fn @id() -> i32 {
b0:
    v0: i64 = core c20
    v1: i64 = const 0
    branch v0 ne v1, b1, b2
b1:
    v2: i32 = const 1
    jump b3(v2)
b2:
    v3: i32 = const 0
    jump b3(v3)
b3(v4: i32):
    return v4
}
*/
