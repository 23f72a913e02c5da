//! What is kept of a header, by the program that includes it.

use super::*;
use crate::pp::{Options, VirtualHeader, preprocess};
use crate::source::Sources;

/// What a program keeps of its header, in one line without what the main file itself says.
fn kept(header: &str, program: &str) -> String {
    let (text, details) = reduced(header, program);
    assert!(details.found.is_empty(), "{:?}", details.found);
    text.strip_suffix(program)
        .expect("the main file is kept")
        .trim()
        .to_owned()
}

fn reduced(header: &str, program: &str) -> (String, Reduced) {
    let read = reduced_from(header, program, false);
    let skimmed = reduced_from(header, program, true);
    assert_eq!(read, skimmed, "skimming changes what is kept");
    read
}

fn reduced_from(header: &str, program: &str, skims_headers: bool) -> (String, Reduced) {
    let header = VirtualHeader {
        name: "all.h".to_owned(),
        path: "all.h".to_owned(),
        text: Ok(header.to_owned()),
    };
    let mut sources = Sources::new();
    let main = sources.add_virtual("main.c", format!("#include \"all.h\"\n{program}"));
    let options = Options {
        virtual_headers: vec![header],
        skims_headers,
        ..Options::default()
    };
    let (stream, diagnostics) = preprocess(&mut sources, main, &options);
    let found: Vec<String> = diagnostics.into_iter().map(|found| found.message).collect();
    let Reachable {
        stream: left,
        unused,
    } = reachable(stream);
    let words: Vec<String> = left.text().split_whitespace().map(str::to_owned).collect();
    let names = unused.iter().map(|&name| left.names.text(name).to_owned());
    let pragmas = left.pragmas.iter().map(|pragma| pragma.position);
    let details = Reduced {
        unused: names.collect(),
        pragmas: pragmas.collect(),
        found,
    };
    (words.join(" "), details)
}

#[derive(PartialEq, Eq, Debug)]
struct Reduced {
    unused: Vec<String>,
    pragmas: Vec<usize>,
    found: Vec<String>,
}

#[test]
fn names_in_strings_are_mentioned() {
    let header = "static int g(void); extern int table; int other;";
    let kept = |program| kept(header, program);
    assert_eq!(
        kept("void f(void) { asm volatile(\"r1 = table ll\"); }"),
        "extern int table; int other;"
    );
    assert_eq!(
        kept("int f(void) __attribute__((alias(\"g\")));"),
        "static int g(void); int other;"
    );
}

#[test]
fn what_is_not_mentioned_goes() {
    let header = "typedef int a; typedef long b; int f(a); int g(b);";
    assert_eq!(kept(header, "int x;"), "");
    assert_eq!(kept(header, "a x;"), "typedef int a;");
    assert_eq!(
        kept(header, "int x = sizeof(g(1));"),
        "typedef long b; int g(b);"
    );
}

#[test]
fn names_of_parameters_and_members_are_no_declarations() {
    let header = "int f(int key, char *value); struct s { int key; }; int (*h)(int key);";
    assert_eq!(kept("extern int f(int key);", "int key, value;"), "");
    assert_eq!(kept(header, "int key, value;"), "int (*h)(int key);");
}

#[test]
fn every_kind_of_declarator_is_found() {
    for declaration in [
        "extern int a, x, b;",
        "extern int *const x[3];",
        "extern int (*x)(int, int);",
        "extern int (*x[2])(int);",
        "int (*x(int))(char);",
        "int (x)(int);",
        "extern int x __attribute__((aligned(8)));",
        "extern int x asm(\"y\");",
        "__attribute__((weak)) extern int x;",
        "static __attribute__((unused)) int (__attribute__((unused)) *x)(void) = (void *)1;",
        "enum { a, x = (1, 2), c };",
        "enum e : unsigned char { x };",
        "struct s { enum { x } m; };",
        "typedef struct { int m; } x;",
        "typedef __typeof__(int) x;",
        "static inline int x(int a) { return a; }",
        "extern struct { int m; } x;",
    ] {
        assert_eq!(
            bare(&kept(declaration, "y = x;")),
            bare(declaration),
            "{declaration}"
        );
        assert_eq!(kept(declaration, "int unrelated;"), "", "{declaration}");
    }
}

fn bare(text: &str) -> String {
    text.split_whitespace().collect()
}

#[test]
fn definitions_stay_if_they_reach_the_object_file() {
    for definition in [
        "int f(void) { return 1; }",
        "int f(a) int a; { return a; }",
        "struct s { int a; } v;",
        "int v;",
        "int v = 3;",
        "extern int v = 3;",
        "static int v __attribute__((section(\"maps\")));",
        "static __attribute__((used)) int f(void) { return 1; }",
        "_Static_assert(1, \"\");",
        "int (*pointer)(void);",
        "extern inline int f(void) { return 1; }",
        "inline __attribute__((gnu_inline)) int f(void) { return 1; }",
        "inline int f(void) { return 1; } extern inline int f(void);",
    ] {
        assert_eq!(bare(&kept(definition, "int main;")), bare(definition));
    }
    for definition in [
        "static int f(void) { return 1; }",
        "inline int f(void) { return 1; }",
        "extern inline __attribute__((gnu_inline)) int f(void) { return 1; }",
        "static int v = 3;",
        "extern int v __attribute__((section(\".ksyms\")));",
        "int f(void) __attribute__((section(\"x\")));",
        "int f(void);",
        ";",
    ] {
        assert_eq!(kept(definition, "int main;"), "", "{definition}");
    }
}

#[test]
fn tags_and_other_names_do_not_meet() {
    let header = "struct stat { int a; }; int stat(int);";
    assert_eq!(kept(header, "struct stat s;"), "struct stat { int a; };");
    assert_eq!(kept(header, "int n = sizeof(stat(1));"), "int stat(int);");
}

#[test]
fn what_a_record_points_to_waits_for_its_member() {
    let header = "struct mm { int pgd; }; struct files { int n; }; struct task { int pid; struct mm *mm; struct files *files; };";
    let task = "struct task { int pid; struct mm *mm; struct files *files; };";
    assert_eq!(
        kept(header, "int f(struct task *t) { return t->pid; }"),
        format!("struct mm; struct files; {task}")
    );
    assert_eq!(
        kept(header, "int f(struct task *t) { return t->mm->pgd; }"),
        format!("struct mm {{ int pgd; }}; struct files; {task}")
    );
    let by_value = "struct in { int a; }; struct out { struct in *p, v; };";
    assert_eq!(kept(by_value, "struct out o;"), by_value);
}

#[test]
fn parameters_are_declared_and_results_complete() {
    let header =
        "struct a { int m; }; struct b { int m; }; struct ops { struct a *(*get)(struct b *); };";
    let ops = "struct ops { struct a *(*get)(struct b *); };";
    assert_eq!(
        kept(header, "int f(struct ops *o) { return 0; }"),
        format!("struct a; struct b; {ops}")
    );
    assert_eq!(
        kept(header, "int f(struct ops *o) { return o->get(0)->m; }"),
        format!("struct a {{ int m; }}; struct b; {ops}")
    );
}

#[test]
fn state_pragmas_stay_and_others_go_with_their_declaration() {
    let header = "#pragma pack(push, 1)\nstruct s { int a; };\n#pragma pack(pop)\n\
                  static inline void f(void) {\n#pragma unroll\nfor (;;) ; }\nstruct t { int b; };";
    let (text, details) = reduced(header, "struct t x;");
    assert_eq!(text, "struct t { int b; }; struct t x;");
    assert_eq!(details.pragmas, [0, 0]);
    let (_, details) = reduced(header, "struct s x;");
    assert_eq!(details.pragmas, [0, 8]);
}

#[test]
fn unused_names_are_remembered() {
    let (_, details) = reduced("int lookup(int); typedef int known;", "known x;");
    assert_eq!(details.unused, ["lookup"]);
}

#[test]
fn mistakes_in_headers_never_hide_the_main_file() {
    assert_eq!(kept("int f(\n", "int x;"), "int f(");
    assert_eq!(kept("struct s { int a;\n", "int x;"), "struct s { int a;");
    kept(
        "} ) ] ; struct enum union typedef ( { [[ __attribute__ ;",
        "int x;",
    );
}

#[test]
fn parameters_behind_parentheses_belong_to_their_function() {
    let header = "struct s { int m; }; static int f(a, b, c) int a; char b; struct s *c; { return a; } int other(void);";
    assert_eq!(
        kept(header, "int x = f(1, 2, 0);"),
        "struct s { int m; }; static int f(a, b, c) int a; char b; struct s *c; { return a; }"
    );
    assert_eq!(kept(header, "int x;"), "");
}

/// Pieces of headers that bring skimming into trouble, and some that do not.
const PIECES: &[&str] = &[
    "struct a { int x; struct b { int y; } z; enum { C, D = (1, 2), E } e; };",
    "struct a",
    "union",
    "enum e",
    "struct",
    "b",
    "c",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    ";",
    ";",
    ",",
    "*",
    "=",
    "==",
    ":",
    "typedef int t;",
    "typedef",
    "int",
    "(*f)(struct a *, int)",
    "extern",
    "static",
    "inline",
    "void g(void)",
    "A = 1,",
    "static int old(x, y) int x; char y; int z; { return x; }",
    "__attribute__((packed))",
    "__attribute__((section(\"s\")))",
    "\n#define c d\n",
    "\n#define M(x) x;\n",
    "M(int m)",
    "M",
    "\n#undef c\n",
    "\n#pragma pack(1)\n",
    "_Pragma(\"pack()\")",
    "\n#ifdef c\n",
    "\n#else\n",
    "\n#endif\n",
    "/* struct z { */",
    "// int z; {\n",
    "/*",
    "*/",
    "\\\n",
    "\"st;r{\"",
    "'}'",
    "L'x'",
    "\"",
    "'",
    "1'000",
    ".5e+1",
    "<%",
    "%>",
    "%:",
    "<:",
    "é",
    "@",
    "asm(\"g\")",
    "_Static_assert(1, \"\");",
    "const",
];

#[test]
fn skimming_changes_nothing() {
    let mut state = 1_u64;
    let mut below = |limit: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as usize % limit
    };
    for _ in 0..500 {
        let length = 1 + below(25);
        let pieces: Vec<&str> = (0..length).map(|_| PIECES[below(PIECES.len())]).collect();
        // `reduced` compares.
        reduced(
            &pieces.join(" "),
            "struct a *p; int n = sizeof(t) + C + p->z.y + old(z, 1);",
        );
    }
}
