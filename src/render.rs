//! Diagnostic → text for a terminal, drawn by annotate-snippets. The only file that knows how a message looks.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use bpfcc_frontend::diagnostic::{Diagnostic, Label, Severity};
use bpfcc_frontend::source::{Sources, Span};

/// Draws one diagnostic: message, source lines with carets, notes and ways out. Without a final newline.
pub fn diagnostic(sources: &Sources, diagnostic: &Diagnostic, colour: bool) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let mut title = level.primary_title(diagnostic.message.as_str());
    if let Some(code) = diagnostic.code {
        title = title.id(code);
    }
    let mut group = Group::with_title(title);
    if let Some(span) = diagnostic.span {
        group = group.element(snippet(sources, span, &diagnostic.notes));
    }
    let inlined = diagnostic.span.map(|span| span.file);
    for note in &diagnostic.notes {
        match note.span {
            None => group = group.element(Level::NOTE.message(note.message.as_str())),
            Some(span) if Some(span.file) != inlined => {
                group = group
                    .element(Level::NOTE.message(note.message.as_str()))
                    .element(snippet(sources, span, &[]));
            }
            Some(_) => {}
        }
    }
    for help in &diagnostic.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    let renderer = if colour {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    renderer.render(&[group])
}

/// The source lines of a span, with a caret under it and the labels that lie in the same file beside it.
fn snippet<'a>(
    sources: &'a Sources,
    span: Span,
    labels: &'a [Label],
) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
    let file = sources.file(span.file);
    let here = labels.iter().filter_map(|label| match label.span {
        Some(place) if place.file == span.file => Some(
            AnnotationKind::Context
                .span(range(place))
                .label(label.message.as_str()),
        ),
        _ => None,
    });
    Snippet::source(file.text().as_ref())
        .path(file.path())
        .annotation(AnnotationKind::Primary.span(range(span)))
        .annotations(here)
}

fn range(span: Span) -> std::ops::Range<usize> {
    span.start as usize..span.end as usize
}
