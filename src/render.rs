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
    let is_inlined = |place: Span| {
        let in_region = |span| sources.region(span).contains(place);
        diagnostic
            .span
            .is_some_and(|span| span.file == place.file && in_region(span))
    };
    for note in &diagnostic.notes {
        match note.span {
            None => group = group.element(Level::NOTE.message(note.message.as_str())),
            Some(span) if !is_inlined(span) => {
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
    let region = sources.region(span);
    let here = labels.iter().filter_map(|label| match label.span {
        Some(place) if place.file == span.file && region.contains(place) => Some(
            AnnotationKind::Context
                .span(region.range(place))
                .label(label.message.as_str()),
        ),
        _ => None,
    });
    Snippet::source(region.text)
        .path(region.path)
        .line_start(region.first_line as usize)
        .annotation(AnnotationKind::Primary.span(region.range(span)))
        .annotations(here)
}
