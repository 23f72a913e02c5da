//! What the IR looks like where the kernel's checker cares.

use super::{lowers, messages, module};

#[test]
fn a_member_access_is_one_load() {
    lowers(
        "struct s { int x; int a[3]; };
         int f(struct s *p) { return p->a[1] + 1; }",
        "fn @f(v0: ptr) -> i32 {
         b0:
             v1: i32 = load.u32 v0+8
             v2: i32 = const 1
             v3: i32 = add v1, v2
             return v3
         }",
    );
}

#[test]
fn a_variable_index_is_added_at_each_access() {
    lowers(
        "struct s { int x; short a[3]; };
         short f(struct s *p, long i) { return p->a[i]; }",
        "fn @f(v0: ptr, v1: i64) -> i32 {
         b0:
             v2: i64 = const 2
             v3: i64 = mul v1, v2
             v4: ptr = ptr_add v0, v3
             v5: i32 = load.s16 v4+4
             return v5
         }",
    );
}

#[test]
fn conditions_become_branches() {
    lowers(
        "int f(int a, unsigned b) { if (a < 3 && !(b > 4)) return 1; return 0; }",
        "fn @f(v0: i32, v1: i32) -> i32 {
         b0:
             v2: i32 = const 3
             branch v0 slt v2, b1, b3
         b1:
             v3: i32 = const 4
             branch v1 gt v3, b3, b2
         b2:
             v4: i32 = const 1
             return v4
         b3:
             v5: i32 = const 0
             return v5
         }",
    );
}

#[test]
fn packet_pointers_are_loaded_as_pointers() {
    lowers(
        r#"struct xdp_md { unsigned data, data_end, data_meta; };
         __attribute__((section("xdp"))) int f(struct xdp_md *ctx) {
             void *data = (void *)(long)ctx->data;
             unsigned long end = ctx->data_end;
             if (data + 4 > (void *)end) return 0;
             return *(int *)data;
         }"#,
        r#"fn @f(v0: ptr.ctx) -> i32 section "xdp" {
         b0:
             v1: ptr.packet = load.u32 v0+0
             v2: i64 = ptr_to_int v1
             v3: i32 = trunc v2
             v4: ptr.packet_end = load.u32 v0+4
             v5: i64 = ptr_to_int v4
             v6: i32 = trunc v5
             v7: i64 = const 4
             v8: ptr.packet = ptr_add v1, v7
             branch v8 gt v4, b1, b2
         b1:
             v9: i32 = const 0
             return v9
         b2:
             v10: i32 = load.u32 v1+0
             return v10
         }"#,
    );
}

#[test]
fn helpers_and_maps_have_their_pointer_kinds() {
    lowers(
        r#"static void *(*lookup)(void *map, const void *key) = (void *) 1;
         __attribute__((section("maps"))) struct { int type; } m = { 1 };
         int f(int key) { int *v = lookup(&m, &key); return v ? *v : 0; }"#,
        r#"global @m "maps" map global size 4 align 4 = "\x01"
         fn @f(v0: i32) -> i32 {
             slot s0: 4 align 4 "key"
         b0:
             v1: ptr.stack = slot_addr s0+0
             store.u32 v1+0, v0
             v2: ptr.map = global_addr @m+0
             v3: ptr.stack = slot_addr s0+0
             v4: ptr.map_value_or_null = call helper 1(v2, v3)
             v5: ptr.map_value_or_null = const 0
             branch v4 ne v5, b1, b2
         b1:
             v6: i32 = load.u32 v4+0
             jump b3(v6)
         b2:
             v7: i32 = const 0
             jump b3(v7)
         b3(v8: i32):
             return v8
         }"#,
    );
}

#[test]
fn a_host_function_of_2014_is_called_by_name_with_as_many_arguments_as_it_likes() {
    lowers(
        "int bpf_printk(const char *fmt, int fmt_size, ...);
         void unused(void);
         int f(const char *s) { return bpf_printk(s, 3, 4, 5L); }",
        "declare fn @bpf_printk(ptr, i32) -> i32
         fn @f(v0: ptr) -> i32 {
         b0:
             v1: i32 = const 3
             v2: i32 = const 4
             v3: i64 = const 5
             v4: i32 = call @bpf_printk(v0, v1, v2, v3)
             return v4
         }",
    );
}

#[test]
fn holes_of_what_a_helper_sees_are_zeroed() {
    lowers(
        "struct k { char c; int n; };
         void use(struct k *k);
         void f(int n) { struct k k; k.c = 1; k.n = n; use(&k); }",
        "declare fn @use(ptr)
         fn @f(v0: i32) {
             slot s0: 8 align 8 \"k\"
         b0:
             v1: ptr.stack = slot_addr s0+0
             memset v1+0, 0, 4, 8
             v2: i32 = const 1
             v3: ptr.stack = slot_addr s0+0
             store.u8 v3+0, v2
             v4: ptr.stack = slot_addr s0+0
             store.u32 v4+4, v0
             v5: ptr.stack = slot_addr s0+0
             call @use(v5)
             return
         }",
    );
}

#[test]
fn packed_members_are_accessed_in_aligned_pieces() {
    lowers(
        "struct p { char c; unsigned short s; } __attribute__((packed));
         int f(struct p *p) { return p->s; }",
        "fn @f(v0: ptr) -> i32 {
         b0:
             v1: i32 = load.u8 v0+1
             v2: i32 = load.u8 v0+2
             v3: i32 = const 8
             v4: i32 = lsh v2, v3
             v5: i32 = or v1, v4
             return v5
         }",
    );
}

#[test]
fn a_large_range_is_two_comparisons() {
    lowers(
        "int f(int x) { switch (x) { case 5 ... 500: return 1; case 1: return 2; } return 3; }",
        "fn @f(v0: i32) -> i32 {
         b0:
             v1: i32 = const 5
             branch v0 sge v1, b1, b2
         b1:
             v2: i32 = const 500
             branch v0 sle v2, b3, b2
         b2:
             switch v0, [1: b4], b5
         b3:
             v3: i32 = const 1
             return v3
         b4:
             v4: i32 = const 2
             return v4
         b5:
             v5: i32 = const 3
             return v5
         }",
    );
}

#[test]
fn every_path_ends_in_a_return() {
    lowers(
        "int f(int x) { if (x) return 5; }",
        "fn @f(v0: i32) -> i32 {
         b0:
             v1: i32 = const 0
             branch v0 ne v1, b1, b2
         b1:
             v2: i32 = const 5
             return v2
         b2:
             v3: i32 = const 0
             return v3
         }",
    );
}

#[test]
fn only_what_is_used_is_lowered() {
    let module = module(
        "static int unused(void) { return 1; }
         static int used(void) { return 2; }
         static int data = 3, forgotten = 4;
         int f(void) { return used() + data; }",
    );
    let functions: Vec<_> = module.functions.values().map(|f| &f.name).collect();
    let globals: Vec<_> = module.globals.values().map(|g| &g.name).collect();
    assert_eq!(functions, ["used", "f"]);
    assert_eq!(globals, ["data"]);
}

#[test]
fn what_bpf_cannot_do_is_said() {
    let rows = [
        (
            "int f(char *a, char *b) { return __builtin_memcmp(a, b, 200); }",
            "this memcmp takes 200 accesses; at most 128 are written out inline",
        ),
        (
            "void f(char *d, char *s) { __builtin_memmove(d, s, 200); }",
            "this memmove takes 200 accesses; at most 128 are written out inline",
        ),
    ];
    for (text, message) in rows {
        assert_eq!(messages(text), [message], "{text}");
    }
}

#[test]
fn instructions_know_their_place() {
    let module = module("int f(int a)\n{\n    return a +\n        a * 2;\n}\n");
    let func = &module.functions[bpfcc_ir::FuncId::from_u32(0)];
    let lines: Vec<_> = func
        .insts_in_order()
        .map(|(_, inst)| (func.loc(inst).line, func.loc(inst).column))
        .collect();
    assert_eq!(lines, [(4, 13), (4, 9), (3, 12), (3, 5)]);
    assert_eq!(module.debug.files.len(), 1);
    assert_eq!(module.debug.files[0].name, "t.c");
}

#[test]
fn a_struct_behind_a_pointer_in_a_struct_stays_a_declaration() {
    use bpfcc_ir::debug::DebugType;
    let module = module(
        "struct far { int x; };
         typedef struct node { struct node *next; struct far *far; unsigned a : 3; } node_t;
         int f(const node_t *n) { return n->a; }",
    );
    let names: Vec<_> = module
        .debug
        .types
        .values()
        .map(|ty| match ty {
            DebugType::Composite { name, members, .. } => format!("{name} {}", members.len()),
            DebugType::Forward { name, .. } => format!("{name} declared"),
            DebugType::Typedef { name, .. } => name.clone(),
            DebugType::FuncProto { params, .. } => params[0].0.clone(),
            DebugType::Int { name, .. } => name.clone(),
            DebugType::Qualified(..) => "const".to_owned(),
            DebugType::Pointer(_) => "*".to_owned(),
            other => format!("{other:?}"),
        })
        .collect();
    assert_eq!(
        names,
        [
            "*",
            "const",
            "node_t",
            "node 3",
            "*",
            "*",
            "far declared",
            "unsigned int",
            "int",
            "n"
        ]
    );
}
