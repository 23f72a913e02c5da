//! Programs that must parse, mistakes and where they are reported, and nesting of every kind.

use super::*;
use crate::pp::{Options, preprocess};
use crate::source::Sources;

/// Preprocesses and parses a program: the number of its declarations, or `line:column: message`.
fn run(text: &str) -> Result<usize, String> {
    let mut sources = Sources::new();
    let main = sources.add_virtual("t.c", text);
    let (stream, diagnostics) = preprocess(&mut sources, main, &Options::default());
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    let result = with_big_stack(|| parse(stream).map(|unit| unit.ast.0.len())).expect("a thread");
    result.map_err(|diagnostic| {
        let location = sources.location(diagnostic.span.expect("syntax errors have a place"));
        format!(
            "{}:{}: {}",
            location.line, location.column, diagnostic.message
        )
    })
}

#[track_caller]
fn accepts(text: &str) {
    if let Err(message) = run(text) {
        panic!("{message}\n{text}");
    }
}

#[track_caller]
fn refuses(text: &str, expected: &str) {
    assert_eq!(run(text), Err(expected.to_owned()), "{text}");
}

/// The debug text of the tree of a program.
fn tree(text: &str) -> String {
    let mut sources = Sources::new();
    let main = sources.add_virtual("t.c", text);
    let (stream, _) = preprocess(&mut sources, main, &Options::default());
    let result =
        with_big_stack(|| parse(stream).map(|unit| format!("{:?}", unit.ast))).expect("a thread");
    result.expect("parses")
}

#[test]
fn what_the_parser_cannot_read_is_rewritten() {
    accepts(
        "unsigned __int128 a; __int128 unsigned b; const signed __int128 c; typedef __int128 unsigned __u128;",
    );
    accepts("void *p = (__uint128_t *)0; __int128_t q; long r = (unsigned __int128)1 * 2;");
    accepts(
        "int x; typeof_unqual(x) a; const __typeof_unqual__(x) b; int f(void) { return sizeof(typeof_unqual(x)); }",
    );
    accepts(
        "int f(int x) { switch (x) { case 1: x = 2; __attribute__((fallthrough)); case 2: return 1; } return 0; }",
    );
    accepts(
        "int f(int x) { switch (x) { case 1: __attribute__((__fallthrough__)); default: ; } return 0; }",
    );
    accepts(
        "int f(int x) { again: __attribute__((unused)); if (x) goto again; [[clang::noinline]] f(x); return 0; }",
    );
    accepts("[[gnu::noinline]] int f(void); struct [[gnu::packed]] s { [[maybe_unused]] int a; };");
    accepts(
        "struct s { int a; } x = {}; int f(void) { struct s y = (struct s){}; x = (struct s){}; return (struct s){}.a; }",
    );
    accepts(
        "int f(int x) { return x ?: 1; } int g(int x) { return __builtin_constant_p(x ? : 2); }",
    );
    accepts("int f(void) { return ({ __label__ a, b; goto a; a: 1; }); }");
    accepts("int f(int x) { switch (x) { case 1: int y = 2; return y; case 3: } end: }");
    accepts(
        "_Static_assert(1); static_assert(sizeof(int) == 4, \"four\"); struct s { int a; static_assert(1); };",
    );
    accepts(
        "int x; int f(void) { return __alignof__(x) + __alignof(int) + _Alignof(long) + alignof(int); }",
    );
    accepts("int f(void) { return __builtin_types_compatible_p(int, const struct s *); }");
    accepts(
        "int f(void) { __auto_type x = 1; asm inline volatile(\"\" : : \"r\"(x)); bool b = true; return b; }",
    );
    accepts(
        "typedef _Bool bool; enum { false, true }; bool b = true; struct t { bool bool; }; ; int y;;",
    );
    accepts("alignas(8) int a; int static_assert; int alignof;");
}

#[test]
fn attributes_of_types_stay_with_the_type() {
    let moved = tree("struct __attribute__((packed)) s { int a; }; int after;");
    assert!(!moved.contains("FunctionDefinition"), "{moved}");
    assert!(moved.contains("\"packed\""));
    accepts(
        "enum __attribute__((packed)) e { A, B } x; union __attribute__((aligned(8))) __attribute__((x)) { int a; } u;",
    );
    let fixed = tree("enum e : unsigned long { A };");
    assert!(
        fixed.contains(UNDERLYING_NAME) && fixed.contains("SizeOfTy"),
        "{fixed}"
    );
}

const UNDERLYING_NAME: &str = crate::normalize::UNDERLYING;

#[test]
fn empty_function_bodies_are_no_literals() {
    accepts(
        "void f(void) {} void g(int (*h)(void)) { if (h) {} while (0) {} for (;;) {} do {} while (0); ({}); }",
    );
    assert!(!tree("void f(void) {} int (g)(void) {}").contains(crate::normalize::OMITTED));
}

#[test]
fn mistakes_are_named_where_they_are() {
    refuses(
        "int f(void) {\n  int a = 1\n  return a;\n}",
        "2:12: expected `;` after `1`",
    );
    refuses(
        "int f(void) { return (1; }",
        "1:24: expected `)` before `;`",
    );
    refuses(
        "int f(void) { return 1 + ; }",
        "1:26: expected an expression before `;`",
    );
    refuses("int f(void) { a[1 = 2; }", "1:22: expected `]` before `;`");
    refuses(
        "int f(void) {",
        "1:14: expected a statement or an expression at the end of the file",
    );
    refuses("foo x;", "1:1: `foo` is not the name of a type");
    refuses(
        "int f(void) { foo x; return 0; }",
        "1:15: `foo` is not the name of a type",
    );
    refuses("int f(foo x);", "1:7: `foo` is not the name of a type");
    refuses("static u32 *p;", "1:8: `u32` is not the name of a type");
    refuses("int if;", "1:5: expected a name before `if`");
    refuses("}", "1:1: this `}` closes nothing");
    refuses("int a b;", "1:6: expected `;` after `a`");
    refuses("int f(void) { if x; }", "1:18: expected `(` before `x`");
    refuses(
        "#define MISSING 1 +\nint f(void) {\n  return MISSING;\n}",
        "3:17: expected an expression before `;`",
    );
    refuses(
        "#define BAD ) 1\nint f(void) {\n  return BAD;\n}",
        "3:10: expected an expression before `)`",
    );
}

#[test]
fn macros_are_named_in_notes() {
    let mut sources = Sources::new();
    let main = sources.add_virtual(
        "t.c",
        "#define INNER )\n#define OUTER INNER\nint x = OUTER;\n",
    );
    let (stream, _) = preprocess(&mut sources, main, &Options::default());
    let diagnostic = with_big_stack(|| parse(stream).map(|_| ()))
        .expect("a thread")
        .expect_err("is wrong");
    let notes: Vec<&str> = diagnostic
        .notes
        .iter()
        .map(|note| note.message.as_str())
        .collect();
    assert_eq!(
        notes,
        [
            "in expansion of macro `INNER`",
            "in expansion of macro `OUTER`"
        ]
    );
}

#[test]
fn pragmas_keep_their_place() {
    let mut sources = Sources::new();
    let main = sources.add_virtual(
        "t.c",
        "int a;\n#pragma pack(1)\nunsigned __int128 b;\n#pragma x\n",
    );
    let (stream, _) = preprocess(&mut sources, main, &Options::default());
    let lines = with_big_stack(|| {
        let unit = parse(stream).expect("parses");
        let starts: Vec<usize> = unit.ast.0.iter().map(|node| node.span.start).collect();
        let offsets: Vec<usize> = unit.pragmas.iter().map(|pragma| pragma.offset).collect();
        assert_eq!(
            unit.map.span(unit.ast.0[1].span),
            sources.span(main, 23, 43)
        );
        (starts, offsets)
    });
    let (starts, offsets) = lines.expect("a thread");
    assert!(
        starts[0] < offsets[0] && offsets[0] <= starts[1] && starts[1] < offsets[1],
        "{starts:?} {offsets:?}"
    );
}

/// A name and a program that nests as deep as asked.
type Nest = (&'static str, fn(usize) -> String);

/// Every way in which a program can nest.
const NESTINGS: &[Nest] = &[
    ("parentheses", |n| around("int x = ", "(", "1", ")", n, ";")),
    ("declarator", |n| around("int ", "(*", "x", ")", n, ";")),
    ("parameters", |n| {
        around("void f(", "void (*)(", "void", ")", n, ");")
    }),
    ("structs", |n| {
        around("", "struct {", "int a;", "} x;", n, "")
    }),
    ("structs in parameters", |n| {
        around(
            "struct {",
            "void (*a)(struct {",
            "int a;",
            "} x);",
            n,
            "} y;",
        )
    }),
    ("structs in sizeof", |n| {
        around("int x[", "sizeof(struct { int a[", "1", "];})", n, "];")
    }),
    ("sizeof a type", |n| {
        around("int x = ", "sizeof(char[", "1", "])", n, ";")
    }),
    ("sizeof a value", |n| {
        around("int x = ", "sizeof(", "1", ")", n, ";")
    }),
    ("sizeof without brackets", |n| {
        around("int x = ", "sizeof ", "1", "", n, ";")
    }),
    ("alignof", |n| {
        around("int x = ", "_Alignof(char[", "1", "])", n, ";")
    }),
    ("alignof of GNU", |n| {
        around("int x = ", "__alignof__(char[", "1", "])", n, ";")
    }),
    ("typeof", |n| around("", "__typeof__(", "1", ")", n, " x;")),
    ("typeof casts", |n| {
        around("int x = ", "(__typeof__(", "1", "))0", n, ";")
    }),
    ("statement expressions", |n| {
        around(
            "int f(void) { return ",
            "({ int a = ",
            "1",
            "; a; })",
            n,
            "; }",
        )
    }),
    ("casts", |n| around("int x = ", "(int)", "1", "", n, ";")),
    ("casts to arrays", |n| {
        around("int x = ", "(int(*)[", "1", "])0", n, ";")
    }),
    ("not", |n| around("int x = ", "!", "1", "", n, ";")),
    ("minus and complement", |n| {
        around("int x = ", "-~", "1", "", n, ";")
    }),
    ("dereference", |n| {
        around("int f(int *p) { return ", "*", "p", "", n, "; }")
    }),
    ("calls", |n| around("int x = ", "f(", "1", ")", n, ";")),
    ("call chains", |n| {
        around("int x = f", "", "", "(1)", n, ";")
    }),
    ("subscripts", |n| around("int x = ", "a[", "1", "]", n, ";")),
    ("members", |n| around("int x = a", "", "", ".b", n, ";")),
    ("assignments", |n| {
        around("int f(void) { ", "a = ", "1", "", n, "; }")
    }),
    ("conditionals", |n| {
        around("int x = ", "1 ? 2 : ", "3", "", n, ";")
    }),
    ("conditionals with commas", |n| {
        around("int x = ", "1 ? 2, 3 : ", "4", "", n, ";")
    }),
    ("conditionals inside", |n| {
        around("int x = ", "1 ? ", "2", " : 3", n, ";")
    }),
    ("sums", |n| around("int x = ", "1 + ", "2", "", n, ";")),
    ("sums of literals", |n| {
        around("int f(void) { return ", "(int){1} + ", "2", "", n, "; }")
    }),
    ("else if", |n| {
        around("int f(int x) { ", "if (x) ; else ", ";", "", n, "}")
    }),
    ("else if with blocks", |n| {
        around("int f(int x) { ", "if (x) { } else ", ";", "", n, "}")
    }),
    ("if", |n| {
        around("int f(int x) { ", "if (x) ", ";", "", n, "}")
    }),
    ("for", |n| {
        around("int f(int x) { ", "for (;;) ", ";", "", n, "}")
    }),
    ("do", |n| {
        around("int f(int x) { ", "do ", ";", "while (x);", n, "}")
    }),
    ("blocks", |n| {
        around("int f(void) { ", "{", ";", "}", n, "}")
    }),
    ("labels", |n| {
        around("int f(void) { ", "a: ", ";", "", n, "}")
    }),
    ("cases", |n| {
        around(
            "int f(int x) { switch (x) { ",
            "case 1: ",
            ";",
            "",
            n,
            "} }",
        )
    }),
    ("initialisers", |n| {
        around("int x[] = ", "{", "1", "}", n, ";")
    }),
    ("compound literals", |n| {
        around("int x = ", "(int){", "1", "}", n, ";")
    }),
    ("generic selections", |n| {
        around("int x = ", "_Generic(1, int: ", "1", ")", n, ";")
    }),
    ("pointers", |n| around("int ", "*", "x", "", n, ";")),
    ("arrays", |n| around("int x", "", "", "[1]", n, ";")),
    ("attribute arguments", |n| {
        around("int x __attribute__((a(", "(", "1", ")", n, ")));")
    }),
    ("attributed sizeof", |n| {
        around("int x ", "__attribute__((a(sizeof(int ", "", "))))", n, ";")
    }),
    ("open parentheses", |n| {
        around("int x = ", "(", "", "", n, "")
    }),
    ("open braces", |n| {
        around("int f(void) ", "{", "", "", n, "")
    }),
    ("closing braces", |n| around("", "", "", "}", n, "")),
];

fn around(
    before: &str,
    open: &str,
    middle: &str,
    close: &str,
    times: usize,
    after: &str,
) -> String {
    [
        before,
        &open.repeat(times),
        middle,
        &close.repeat(times),
        after,
    ]
    .concat()
}

#[test]
fn moderate_nesting_is_accepted() {
    for (name, nest) in NESTINGS
        .iter()
        .filter(|(name, _)| !name.starts_with("open") && !name.starts_with("closing"))
    {
        let result = run(&nest(3));
        assert!(result.is_ok(), "{name}: {result:?}");
    }
    accepts(&around("int x = ", "(", "1", ")", MAX_BRACKETS, ";"));
    refuses(
        &around("int x = ", "(", "1", ")", MAX_BRACKETS + 1, ";"),
        "1:265: brackets are nested more than 256 deep",
    );
}

#[test]
fn deep_nesting_neither_crashes_nor_hangs() {
    for (name, nest) in NESTINGS {
        for depth in [7, 14, 120, 250, 1000, 2000, 4000, 10_000] {
            // Whether it is accepted is not the question here; that there is an answer is.
            let answer = run(&nest(depth));
            if depth > MAX_CHAIN {
                assert!(
                    answer.is_err(),
                    "{name} {depth} deep is accepted: {answer:?}"
                );
            }
        }
    }
}

#[test]
fn a_million_brackets_are_refused() {
    for (open, close) in [("(", ")"), ("[", "]"), ("{", "}")] {
        let answer = run(&around("int x = ", open, "1", close, 1_000_000, ";"));
        assert_eq!(
            answer,
            Err("1:265: brackets are nested more than 256 deep".to_owned())
        );
    }
    let chain = run(&around("int x = ", "!", "1", "", 1_000_000, ";"));
    assert!(chain.is_err_and(|message| message.contains("chained more than 4096 deep")));
}

#[test]
fn long_programs_are_not_deep() {
    accepts(&around(
        "int f(int x) { ",
        "if (x) { x = -x; } else { x++; } ",
        "",
        "",
        2000,
        "return x; }",
    ));
    accepts(&around("int x[] = { ", "-1 + 2, ", "", "", 20_000, "};"));
    accepts(&around(
        "",
        "int f(int x); struct s { int a; };",
        "",
        "",
        5000,
        "",
    ));
    accepts(&around(
        "int f(int *p) { ",
        "{ *p = 1; } *p = 2;",
        "",
        "",
        3000,
        "}",
    ));
}

#[test]
fn hostile_tokens_get_an_answer() {
    const PIECES: &[&str] = &[
        "int ",
        "struct ",
        "enum ",
        "s ",
        "x ",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ";",
        ",",
        "=",
        "*",
        "&",
        "+",
        "?",
        ":",
        ".",
        "->",
        "1 ",
        "0x ",
        "1.5e ",
        "'a' ",
        "\"s\" ",
        "__attribute__",
        "packed ",
        "__int128 ",
        "unsigned ",
        "typeof ",
        "__typeof_unqual__ ",
        "sizeof ",
        "_Static_assert",
        "__label__ ",
        "__alignof__ ",
        "case ",
        "default ",
        "return ",
        "if ",
        "else ",
        "typedef ",
        "asm ",
        "inline ",
        "_Generic",
        "__builtin_types_compatible_p",
        "...",
        "'",
        "é ",
        "$",
        "fallthrough ",
        "::",
        "void ",
        "do ",
        "while ",
        "__extension__ ",
        "const ",
    ];
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut below = |limit: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % limit as u64) as usize
    };
    for _ in 0..1000 {
        let length = below(30);
        let text: String = (0..length).map(|_| PIECES[below(PIECES.len())]).collect();
        let mut sources = Sources::new();
        let main = sources.add_virtual("t.c", text);
        let (stream, _) = preprocess(&mut sources, main, &Options::default());
        with_big_stack(|| parse(stream).map(|_| ()))
            .expect("a thread")
            .ok();
    }
}
