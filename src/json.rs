//! Diagnostic → one line of JSON, for editors. docs/diagnostics.md describes the fields.

use bpfcc_frontend::diagnostic::{Diagnostic, Label};
use bpfcc_frontend::source::{Sources, Span};
use serde_json::{Map, Value, json};

/// One diagnostic as one object, without a final newline.
pub fn diagnostic(sources: &Sources, diagnostic: &Diagnostic) -> String {
    let mut object = place(sources, diagnostic.span);
    object.insert("severity".into(), diagnostic.severity.to_string().into());
    object.insert("code".into(), diagnostic.code.into());
    object.insert("message".into(), diagnostic.message.as_str().into());
    let notes = diagnostic.notes.iter().map(|label| note(sources, label));
    object.insert("notes".into(), notes.collect());
    object.insert("help".into(), json!(diagnostic.help));
    Value::Object(object).to_string()
}

fn note(sources: &Sources, label: &Label) -> Value {
    let mut object = place(sources, label.span);
    object.insert("message".into(), label.message.as_str().into());
    Value::Object(object)
}

/// `file`, `line`, `column` and `end`; null where there is no place.
fn place(sources: &Sources, span: Option<Span>) -> Map<String, Value> {
    let location = span.map(|span| sources.presumed_location(span));
    let end = span.map(|span| {
        let after = Span {
            start: span.end,
            ..span
        };
        let end = sources.presumed_location(after);
        json!({ "line": end.line, "column": end.column })
    });
    let mut object = Map::new();
    let path = location.as_ref().map(|at| at.path.clone());
    object.insert("file".into(), path.into());
    object.insert("line".into(), location.as_ref().map(|at| at.line).into());
    object.insert(
        "column".into(),
        location.as_ref().map(|at| at.column).into(),
    );
    object.insert("end".into(), end.into());
    object
}
