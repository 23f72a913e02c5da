//! The preprocessor seen from outside: text in, text and messages out.

use super::*;
use crate::diagnostic::{Severity, any_error};

/// What a program's text expands to, in one line, and the messages as `line:column: text`.
fn run(text: &str) -> (String, Vec<String>) {
    run_with(text, &Options::default())
}

fn run_with(text: &str, options: &Options) -> (String, Vec<String>) {
    let mut sources = Sources::new();
    let main = sources.add_virtual("t.c", text);
    let (stream, diagnostics) = preprocess(&mut sources, main, options);
    let words: Vec<String> = stream
        .text()
        .split_whitespace()
        .map(str::to_owned)
        .collect();
    // Nobody is warned of undefined names without asking for it.
    let given = diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.code != Some("undef"));
    let messages = given.map(|diagnostic| {
        let at = diagnostic.span.map_or("?".to_owned(), |span| {
            let at = sources.location(span);
            format!("{}:{}", at.line, at.column)
        });
        let warning = if diagnostic.severity == Severity::Warning {
            "warning: "
        } else {
            ""
        };
        format!("{at}: {warning}{}", diagnostic.message)
    });
    (words.join(" "), messages.collect())
}

/// The expansion of a program that must be without fault.
#[track_caller]
fn expand(text: &str) -> String {
    let (expanded, messages) = run(text);
    assert_eq!(messages, Vec::<String>::new());
    expanded
}

/// The first message about a program.
#[track_caller]
fn message(text: &str) -> String {
    run(text).1.into_iter().next().expect("a message")
}

/// White space aside, is this what the program expands to?
#[track_caller]
fn assert_expands(text: &str, expected: &str) {
    let bare = |text: &str| text.split_whitespace().collect::<String>();
    let expanded = expand(text);
    assert_eq!(bare(&expanded), bare(expected), "{expanded}");
}

#[test]
fn standard_example_3_rescanning() {
    let program = "
        #define x 3
        #define f(a) f(x * (a))
        #undef x
        #define x 2
        #define g f
        #define z z[0]
        #define h g(~
        #define m(a) a(w)
        #define w 0,1
        #define t(a) a
        #define p() int
        #define q(x) x
        #define r(x,y) x ## y
        #define str(x) # x
        f(y+1) + f(f(z)) % t(t(g)(0) + t)(1);
        g(x+(3,4)-w) | h 5) & m
        (f)^m(m);
        p() i[q()] = { q(1), r(2,3), r(4,), r(,5), r(,) };
        char c[2][6] = { str(hello), str() };";
    let expected = r#"
        f(2 * (y+1)) + f(2 * (f(2 * (z[0])))) % f(2 * (0)) + t(1);
        f(2 * (2+(3,4)-0,1)) | f(2 * (~ 5)) & f(2 * (0,1))^m(0,1);
        int i[] = { 1, 23, 4, 5, };
        char c[2][6] = { "hello", "" };"#;
    assert_expands(program, expected);
}

#[test]
fn standard_example_4_strings_and_pasting() {
    let program = r#"
        #define str(s) # s
        #define xstr(s) str(s)
        #define debug(s, t) printf("x" # s "= %d, x" # t "= %s", \
                                   x ## s, x ## t)
        #define INCFILE(n) vers ## n
        #define glue(a, b) a ## b
        #define xglue(a, b) glue(a, b)
        #define HIGHLOW "hello"
        #define LOW LOW ", world"
        debug(1, 2);
        fputs(str(strncmp("abc\0d", "abc", '\4') // this goes away
                  == 0) str(: @\n), s);
        xstr(INCFILE(2).h)
        glue(HIGH, LOW);
        xglue(HIGH, LOW)"#;
    let expected = r#"
        printf("x" "1" "= %d, x" "2" "= %s", x1, x2);
        fputs("strncmp(\"abc\\0d\", \"abc\", '\\4') == 0" ": @\n", s);
        "vers2.h"
        "hello";
        "hello" ", world""#;
    assert_expands(program, expected);
    assert!(
        expand(program).contains(r#""strncmp(\"abc\\0d\", \"abc\", '\\4') == 0""#),
        "one space for each gap"
    );
}

#[test]
fn standard_example_5_placemarkers() {
    let program = "
        #define t(x,y,z) x ## y ## z
        int j[] = { t(1,2,3), t(,4,5), t(6,,7), t(8,9,),
                    t(10,,), t(,11,), t(,,12), t(,,) };";
    assert_expands(program, "int j[] = { 123, 45, 67, 89, 10, 11, 12, };");
}

#[test]
fn standard_example_7_variable_arguments() {
    let program = r#"
        #define debug(...) fprintf(stderr, __VA_ARGS__)
        #define showlist(...) puts(#__VA_ARGS__)
        #define report(test, ...) ((test)?puts(#test):\
                                   printf(__VA_ARGS__))
        debug("Flag");
        debug("X = %d\n", x);
        showlist(The first, second, and third items.);
        report(x>y, "x is %d but y is %d", x, y);"#;
    let expected = r#"
        fprintf(stderr, "Flag" );
        fprintf(stderr, "X = %d\n", x );
        puts( "The first, second, and third items." );
        ((x>y)?puts("x>y"): printf("x is %d but y is %d", x, y));"#;
    assert_expands(program, expected);
}

#[test]
fn gnu_variable_arguments() {
    let program = "
        #define e(fmt, ...) f(fmt, ## __VA_ARGS__)
        #define n(fmt, args...) f(fmt, ## args)
        #define all(...) f(0, ## __VA_ARGS__)
        e(1) e(1,) e(1,2,3) n(1) n(1,2) all() all(4)";
    assert_expands(program, "f(1) f(1,) f(1,2,3) f(1) f(1,2) f(0) f(0,4)");
}

#[test]
fn va_opt() {
    let program = "
        #define F(a, ...) f(a __VA_OPT__(,) __VA_ARGS__)
        #define G(X, ...) f(0, X __VA_OPT__(,) __VA_ARGS__)
        #define SDEF(sname, ...) S sname __VA_OPT__(= { __VA_ARGS__ })
        #define H2(X, Y, ...) __VA_OPT__(X ## Y,) __VA_ARGS__
        #define H3(X, ...) #__VA_OPT__(X##X X##X)
        #define H5A(...) __VA_OPT__()/**/__VA_OPT__()
        #define EMP
        F(1) F(1,2) F(1, EMP) G(a,) SDEF(foo); SDEF(bar, 1, 2); H2(a, b, c, d) H3(, 0) H5A(1)";
    assert_expands(
        program,
        r#"f(1) f(1,2) f(1) f(0, a) S foo; S bar = { 1, 2 }; ab, c, d """#,
    );
}

#[test]
fn hidden_names_stay_hidden() {
    assert_expands(
        "#define foo foo + bar\n#define bar foo\nfoo bar",
        "foo + foo foo + bar",
    );
    assert_expands("#define f(x) x f\nf(1)(2)(3)", "1 f(2)(3)");
    assert_expands(
        "#define NIL(xxx) xxx\n#define G_0(arg) NIL(G_1)(arg)\n#define G_1(arg) NIL(arg)\nG_0(42)",
        "42",
    );
    assert_expands("#define AA BB\n#define BB AA\nAA BB", "AA BB");
    assert_expands("#define f(a) a*g\n#define g(a) f(a)\nf(2)(9)", "2*9*g");
}

#[test]
fn a_call_may_span_lines_and_directives() {
    assert_expands(
        "#define f(x, y) <x|y>\nf\n(\n1,\n#if 0\n2\n#else\n3\n#endif\n) f",
        "<1|3> f",
    );
    assert_expands("#define f(x) x\nf\n#define g\n(1)", "f(1)");
}

#[test]
fn conditions_compute_in_64_bits() {
    let holds =
        |condition: &str| expand(&format!("#if {condition}\nyes\n#else\nno\n#endif")) == "yes";
    for condition in [
        "1 + 2 * 3 == 7 && (1 + 2) * 3 == 9",
        "-1 < 0 && -1 > 0u",
        "0xffffffffffffffff == -1 && 18446744073709551615u == -1",
        "~0u > 0 && !0 == 1 && -0x7fffffffffffffff - 1 < 0",
        "(2 || 1 / 0) && !(0 && 1 / 0) && (1 ? 2 : 1 / 0) == 2",
        "(1 ? -1 : 0u) > 0",
        "1 ? 0 ? 0 : 1 : 0",
        "10 - 3 - 2 == 5 && 100 / 10 / 5 == 2 && -7 / 2 == -3 && -7 % 2 == -1",
        "1 << 62 == 0x4000000000000000 && -8 >> 1 == -4 && (1 << 64) == 0",
        "'a' == 97 && '\\0' == 0 && '\\xff' < 0",
        "(-0x7fffffffffffffff - 1) / -1 == (-0x7fffffffffffffff - 1)",
        "5 & 6 ^ 1 | 8 == 8",
        "undefined_name == 0 && true && !false",
        "defined __bpf__ && defined(__BPF__) && !defined X && !defined(X)",
        "__has_attribute(__always_inline__) && !__has_attribute(wrong)",
        "defined __has_include && !__has_include(<no/such.h>) && __has_builtin(__builtin_memcpy)",
        "__INT_MAX__ == 2147483647 && __SIZEOF_POINTER__ == 8 && __UINT64_MAX__ == 0xffffffffffffffff",
        "__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ && defined __clang__",
    ] {
        assert!(holds(condition), "{condition}");
    }
    assert_eq!(
        expand("#define D defined(__bpf__)\n#if D && __LINE__ == 2\nyes\n#endif"),
        "yes"
    );
}

#[test]
fn conditions_that_make_no_sense() {
    assert_eq!(
        message("#if 1 / 0\n#endif"),
        "1:7: division by zero in a condition"
    );
    assert_eq!(
        message("#if\n#endif"),
        "1:2: expected a value at the end of the condition"
    );
    assert_eq!(
        message("#if (1\n#endif"),
        "1:2: expected `)` at the end of the condition"
    );
    assert_eq!(
        message("#if 1 2\n#endif"),
        "1:7: `2` stands behind the end of the condition"
    );
    assert_eq!(
        message("#if f(1)\n#endif"),
        "1:5: `f` is called in a condition, but no macro has that name"
    );
    assert_eq!(
        message("#if 1.0\n#endif"),
        "1:5: `1.0` is a floating point number; conditions compute with integers"
    );
    assert_eq!(
        message("#if defined\n#endif"),
        "1:5: `defined` needs a macro name behind it: `defined NAME` or `defined(NAME)`"
    );
    let deep = format!("#if {}1\n#endif", "(".repeat(100_000));
    assert!(message(&deep).ends_with("the condition is nested more than 256 deep"));
    let deep = format!("#if {}1\n#endif", "!".repeat(100_000));
    assert!(message(&deep).ends_with("the condition is nested more than 256 deep"));
}

#[test]
fn groups_are_chosen_and_skipped() {
    let program = "
        #if 0
          no ' \" don't
          # unknown
          #if 1
            no
          #else
            no
          #endif
        #elif 1
          yes /*
          #else
          */
        #elif 1 / 0
          no
        #else
          no
        #endif
        #ifdef A
        #elifdef __bpf__
          two
        #endif
        #ifndef A
          three
        #endif";
    assert_expands(program, "yes two three");
}

#[test]
fn unbalanced_conditionals() {
    assert_eq!(message("a\n#if 1\nb"), "2:2: `#if` has no `#endif`");
    assert_eq!(message("#endif"), "1:2: `#endif` has no `#if`");
    assert_eq!(message("#else"), "1:2: `#else` has no `#if`");
    assert_eq!(
        message("#if 1\n#else\n#else\n#endif"),
        "3:2: `#else` stands behind `#else`, which must be the last group"
    );
}

#[test]
fn faults_of_the_text() {
    assert_eq!(
        message("int a;\n /* no end"),
        "2:2: this comment has no closing `*/`"
    );
    assert_eq!(
        message("x = \"open;\n"),
        "1:5: `\\\"open;` has no closing quote on its line"
    );
    assert_eq!(message("a @ b"), "1:3: `@` is no part of C");
    assert_eq!(
        message("#include"),
        "1:2: `#include` needs a header name: \"file.h\" or <file.h>"
    );
    assert_eq!(
        message(" #include <no/such.h>\n"),
        "1:11: cannot find the header `no/such.h`"
    );
    assert_eq!(
        message("#wrong"),
        "1:2: `#wrong` is not a preprocessing directive"
    );
    assert_eq!(message("#error don't do this  "), "1:2: don't do this");
    assert_eq!(message("#warning careful"), "1:2: warning: careful");
}

#[test]
fn faults_of_macros() {
    assert_eq!(
        message("#define"),
        "1:2: `#define` needs the name of a macro"
    );
    assert_eq!(message("#define 1"), "1:9: `1` is no name for a macro");
    assert_eq!(
        message("#define f(x"),
        "1:10: expected `)` at the end of the macro's parameter list"
    );
    assert_eq!(
        message("#define f(x,x)"),
        "1:13: macro parameter `x` stands twice in the list"
    );
    assert_eq!(
        message("#define f(x) #y"),
        "1:14: `#` makes a string of a macro parameter; `y` is none"
    );
    assert!(message("#define f ## x").starts_with("1:11: `##` stands at an end"));
    assert_eq!(
        message("#define f(x) x\nf(1"),
        "2:1: the call of macro `f` has no closing `)`"
    );
    assert_eq!(
        message("#define f(x) x\n f(1, 2)"),
        "2:2: macro `f` takes 1 arguments; this call has 2"
    );
    assert_eq!(
        message("#define A 1\n#define A 2"),
        "2:9: warning: macro `A` is defined differently a second time"
    );
    assert_eq!(
        message("#define j(a,b) a##b\n j(+,/)"),
        "2:4: `##` joins `+` and `/` to `+/`, which is not a token"
    );
}

#[test]
fn faults_in_expanded_text_point_at_the_use() {
    assert_eq!(message("#define A 1 @\nx A"), "2:3: `@` is no part of C");
    assert_eq!(
        message("#define A @\n#define B A\n  B"),
        "3:3: `@` is no part of C"
    );
    assert_eq!(
        message("#define ID(x) x\nID( @ )"),
        "2:5: `@` is no part of C"
    );
}

#[test]
fn lines_and_files() {
    assert_eq!(
        expand("__LINE__\n__LINE__ __FILE__ __BASE_FILE__ __INCLUDE_LEVEL__"),
        "1 2 \"t.c\" \"t.c\" 0"
    );
    assert_eq!(
        expand("#line 40 \"other.c\"\n__LINE__ __FILE__"),
        "40 \"other.c\""
    );
    assert_eq!(
        expand("# 7 \"marked.c\" 2\n__LINE__ __FILE__ __FILE_NAME__"),
        "7 \"marked.c\" \"marked.c\""
    );
    assert_eq!(expand("__COUNTER__ __COUNTER__"), "0 1");
    assert!(message("#line x").contains("needs a line number"));
}

#[test]
fn pragmas_are_kept_for_later() {
    let text = "#define N 4\n#define P _Pragma(\"unroll\") for\n#pragma unroll(N)\nfor P ;\n#pragma GCC diagnostic push";
    let mut sources = Sources::new();
    let main = sources.add_virtual("t.c", text);
    let (stream, diagnostics) = preprocess(&mut sources, main, &Options::default());
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    let kept: Vec<(usize, String)> = stream
        .pragmas
        .iter()
        .map(|pragma| {
            (
                pragma.position,
                linemap::flatten(&pragma.tokens, |token| stream.names.text(token.text).into())
                    .0
                    .trim()
                    .to_owned(),
            )
        })
        .collect();
    let expected = [(0, "unroll(4)"), (1, "unroll"), (3, "GCC diagnostic push")];
    assert_eq!(
        kept,
        expected.map(|(position, text)| (position, text.to_owned()))
    );
}

#[test]
fn macros_can_be_put_aside() {
    let program = "
        #define A 1
        #pragma push_macro(\"A\")
        #undef A
        #define A 2
        A
        #pragma pop_macro(\"A\")
        A";
    assert_expands(program, "2 1");
}

#[test]
fn the_command_line_defines_macros() {
    let options = Options {
        macros: vec![
            MacroOption::Define("A".into()),
            MacroOption::Define("B=2".into()),
            MacroOption::Define("F(x)=<x>".into()),
            MacroOption::Undefine("__bpf__".into()),
        ],
        ..Options::default()
    };
    assert_eq!(run_with("A B F(3) __bpf__", &options).0, "1 2 <3> __bpf__");
}

#[test]
fn versions_have_features() {
    let with = |cpu| {
        let options = Options {
            cpu,
            ..Options::default()
        };
        run_with(
            "__BPF_CPU_VERSION__ __BPF_FEATURE_ALU32 __BPF_FEATURE_GOTOL",
            &options,
        )
        .0
    };
    assert_eq!(with(Cpu::V1), "1 __BPF_FEATURE_ALU32 __BPF_FEATURE_GOTOL");
    assert_eq!(with(Cpu::V3), "3 1 __BPF_FEATURE_GOTOL");
    assert_eq!(with(Cpu::V4), "4 1 1");
}

/// A directory of headers that goes away with the test.
struct Headers(PathBuf);

impl Headers {
    fn new(name: &str, files: &[(&str, &str)]) -> Headers {
        let dir = std::env::temp_dir().join(format!("bpfcc-pp-{}-{name}", std::process::id()));
        for (path, text) in files {
            let path = dir.join(path);
            std::fs::create_dir_all(path.parent().expect("has a parent"))
                .expect("a writable temporary directory");
            std::fs::write(path, text).expect("a writable temporary directory");
        }
        Headers(dir)
    }

    fn options(&self, dirs: &[&str]) -> Options {
        Options {
            include_dirs: dirs.iter().map(|dir| self.0.join(dir)).collect(),
            ..Options::default()
        }
    }
}

impl Drop for Headers {
    fn drop(&mut self) {
        // A directory that stays behind in the temporary directory harms nobody.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn headers_are_searched_in_order() {
    let headers = Headers::new(
        "order",
        &[
            ("a/x.h", "a_x __INCLUDE_LEVEL__\n#include_next <x.h>\n"),
            ("b/x.h", "b_x\n#include \"y.h\"\n"),
            ("b/y.h", "#pragma once\nb_y\n"),
            ("b/g.h", "#ifndef G\n#define G\ng\n#endif\n"),
        ],
    );
    let options = headers.options(&["a", "b"]);
    let text = "#include <x.h>\n#include <y.h>\n#define H <g.h>\n#include H\n#include \"g.h\"\nend";
    let (expanded, messages) = run_with(text, &options);
    assert_eq!(
        (expanded.as_str(), messages),
        ("a_x 1 b_x b_y g end", vec![])
    );
    let has =
        "#if __has_include(<g.h>) && __has_include(\"x.h\") && !__has_include(<z.h>)\nyes\n#endif";
    assert_eq!(run_with(has, &options).0, "yes");
}

/// How often each header is read, by name, in a program that includes all of them twice.
fn readings(name: &str, files: &[(&str, &str)]) -> Vec<String> {
    let headers = Headers::new(name, files);
    let includes = files.iter().map(|(name, _)| format!("#include <{name}>\n"));
    let program: String = includes.collect::<String>().repeat(2);
    let mut sources = Sources::new();
    let main = sources.add_virtual("t.c", program);
    let (stream, diagnostics) = preprocess(&mut sources, main, &headers.options(&[""]));
    assert!(!any_error(&diagnostics), "{diagnostics:?}");
    let count = |&(name, _): &(&str, &str)| {
        let path = headers.0.join(name).display().to_string();
        let opened = stream.opened.iter();
        let times = opened
            .filter(|&&file| sources.file(file).path() == path)
            .count();
        format!("{name} {times}")
    };
    files.iter().map(count).collect()
}

#[test]
fn guarded_headers_are_opened_once() {
    let guarded = [
        (
            "ifndef.h",
            "// c\n#ifndef A\n#define A\n#if X\n#else\n#endif\nint a;\n#endif // A\n",
        ),
        ("not.h", "/* c */\n\n#if !defined(B)\n#define B\n#endif\n"),
        ("bare.h", "#if !defined C\n#define C 1\n#endif\n\n"),
        ("once.h", "int o;\n#pragma once\n"),
        ("operator.h", "_Pragma(\"once\") int p;\n"),
    ];
    let expected: Vec<String> = guarded
        .iter()
        .map(|(name, _)| format!("{name} 1"))
        .collect();
    assert_eq!(readings("guard", &guarded), expected);
}

#[test]
fn headers_that_are_not_wholly_guarded_are_read_again() {
    let open = [
        ("behind.h", "#ifndef D\n#define D\n#endif\nint d;\n"),
        ("before.h", "int e;\n#ifndef E\n#define E\n#endif\n"),
        ("else.h", "#ifndef F\n#define F\n#else\nint f;\n#endif\n"),
        ("undefined.h", "#ifndef G\n#endif\n"),
        ("define.h", "#define H0\n#ifndef H\n#define H\n#endif\n"),
        ("more.h", "#if !defined(I) || J\n#define I\n#endif\n"),
        ("two.h", "#ifndef K\n#define K\n#endif\n#ifndef K\n#endif\n"),
    ];
    let expected: Vec<String> = open.iter().map(|(name, _)| format!("{name} 2")).collect();
    assert_eq!(readings("open", &open), expected);
}

#[test]
fn endless_inclusion_is_refused() {
    let headers = Headers::new(
        "endless",
        &[("e.h", "#include \"e.h\"\n#include \"e.h\"\n")],
    );
    let (_, messages) = run_with("#include <e.h>\n", &headers.options(&[""]));
    assert_eq!(
        messages,
        ["1:10: files include each other more than 200 deep"]
    );
}

#[test]
fn a_macro_call_ends_with_its_file() {
    let headers = Headers::new("call", &[("c.h", "f(1\n"), ("f.h", "f\n")]);
    let options = headers.options(&[""]);
    let (_, messages) = run_with("#define f(x) x\n#include <c.h>\n)", &options);
    assert_eq!(messages, ["1:1: the call of macro `f` has no closing `)`"]);
    assert_eq!(
        run_with("#define f(x) x\n#include <f.h>\n(1)", &options).0,
        "f (1)"
    );
}

#[test]
fn output_has_line_markers() {
    let headers = Headers::new("markers", &[("m.h", "int m;\n")]);
    let mut sources = Sources::new();
    let main = sources.add_virtual(
        "t.c",
        "#include <m.h>\nint a;\n\n#define B b\n  int B; int c;\n#pragma pack(1)\nint d;\n",
    );
    let (stream, _) = preprocess(&mut sources, main, &headers.options(&[""]));
    let text = stream.text_with_line_markers(&sources);
    let header = headers.0.join("m.h").display().to_string();
    let expected = format!(
        "# 1 \"t.c\"\n# 1 \"{header}\" 1\nint m;\n# 2 \"t.c\" 2\nint a;\n\n\n  int b; int c;\n#pragma pack ( 1 )\nint d;\n"
    );
    assert_eq!(text, expected);
}

#[test]
fn output_reads_back_as_the_same_tokens() {
    let program = "#define EMPTY\n#define m -\n#define f(x) x\n-EMPTY- m- +f(+)+ .f(.). f(1)2 f(a)\"s\" 1f (.) 0xe f(+)1 <f(:) /f(*) a f(/)/f()b";
    let once = expand(program);
    assert_eq!(expand(&once), once);
    assert_eq!(
        once,
        "- - - - + + + . . . 1 2 a \"s\" 1f (.) 0xe +1 < : / * a / /b"
    );
}

#[test]
fn explosive_macros_are_stopped() {
    let doubling: String = (0..64)
        .map(|n| format!("#define a{n} a{0} a{0}\n", n + 1))
        .collect();
    assert!(message(&format!("{doubling}a0")).contains("expand to more than"));
    let nested = format!("#define f(x) x x\n{}1{}", "f(".repeat(60), ")".repeat(60));
    assert!(message(&nested).contains("expand to more than"));
    let deep = format!(
        "#define f(x) x\n{}1{}",
        "f(".repeat(100_000),
        ")".repeat(100_000)
    );
    assert!(message(&deep).contains("nested more than 256 deep in arguments"));
}

/// A small generator of pseudo-random numbers (xorshift), so that a failure can be repeated.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }
}

#[test]
fn hostile_input_never_panics() {
    const PIECES: &[&str] = &[
        "#",
        "##",
        "define ",
        "undef ",
        "if ",
        "ifdef ",
        "elif ",
        "else",
        "endif",
        "include ",
        "pragma ",
        "line ",
        "\n",
        "\n#",
        "\\\n",
        "f",
        "(",
        ")",
        "x",
        ",",
        "...",
        "__VA_ARGS__",
        "__VA_OPT__",
        "defined",
        "__has_include",
        "<a.h>",
        "\"s\"",
        "\"",
        "'",
        "'c'",
        "/*",
        "*/",
        "//",
        "1",
        "0x",
        "1e+",
        "+",
        "?",
        ":",
        "_Pragma",
        "__LINE__",
        "é",
        "\0",
        "\u{fffd}",
        "%:",
        "L",
        "u8",
        " ",
        "error ",
        "__COUNTER__",
        "__has_builtin",
    ];
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for _ in 0..1500 {
        let length = random.below(40);
        let text: String = (0..length)
            .map(|_| PIECES[random.below(PIECES.len())])
            .collect();
        run(&text);
    }
}

#[test]
fn truncated_input_never_panics() {
    let program = "#define f(x, ...) #x x##y __VA_OPT__(z)\n#if defined(f) && 'a' == L'\\x61'\nf(1, \"s\" /* c */)\n\
                   #else // no\n#endif\n_Pragma(\"x\") #line 3 \"q\"\n\\\n%:pragma é\n";
    for end in (0..program.len()).filter(|&end| program.is_char_boundary(end)) {
        run(&program[..end]);
    }
}

#[test]
fn a_file_that_is_no_text_is_one_error() {
    let (text, messages) = run("\u{7f}ELF\0\0\u{1}");
    assert_eq!(text, "");
    assert_eq!(
        messages,
        ["1:5: this is not a text file: it holds a zero byte"]
    );
}
