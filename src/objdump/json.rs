//! An object as JSON, with the fields that docs/command-line.md describes.

use bpfcc_isa::Endian;
use bpfcc_object::btf;
use bpfcc_object::ext::CoreRelo;
use bpfcc_object::maps::MapDef;
use serde_json::{Map, Value, json};

use super::code::{Function, Line, Role, program_type};
use super::{Part, View, data, lists, maps, reference};

/// Makes the value of a field.
type Print = fn(&View<'_>) -> Value;

/// The parts that are to be shown; those that are lists are lists even if they are empty.
pub(super) fn object(view: &View<'_>) -> Value {
    let parts: [(Part, &str, Print); 11] = [
        (Part::Summary, "license", |view| view.file.license().into()),
        (Part::Summary, "endian", |view| {
            match view.file.object.endian {
                Endian::Little => "little".into(),
                Endian::Big => "big".into(),
            }
        }),
        (Part::Sections, "sections", sections),
        (Part::Relocations, "sections", sections),
        (Part::Symbols, "symbols", symbols),
        (Part::Maps, "maps", all_maps),
        (Part::Externs, "externs", externs),
        (Part::Code, "functions", |view| {
            view.functions().map(|f| function(view, f)).collect()
        }),
        (Part::Core, "core", all_core),
        (Part::Data, "variables", variables),
        (Part::Types, "types", |view| {
            let text = view.file.types.map(btf::definitions);
            text.and_then(Result::ok).into()
        }),
    ];
    let shown = parts.iter().filter(|(part, ..)| view.options.shows(*part));
    let fields = shown.map(|(_, name, value)| ((*name).to_owned(), value(view)));
    Value::Object(fields.collect::<Map<_, _>>())
}

fn sections(view: &View<'_>) -> Value {
    let section = |section: &bpfcc_object::Section| {
        json!({
            "name": section.name,
            "contents": data::kind_words(section.kind),
            "size": section.size,
            "align": section.align,
            "relocations": relocs(view, section.relocs.iter()),
        })
    };
    view.file.object.sections.iter().map(section).collect()
}

fn relocs<'a>(view: &View<'_>, relocs: impl Iterator<Item = &'a bpfcc_object::Reloc>) -> Value {
    let reloc = |reloc: &bpfcc_object::Reloc| {
        let symbol = view.file.object.symbol(reloc.symbol);
        json!({
            "offset": reloc.offset,
            "type": lists::reloc_kind(reloc.kind),
            "symbol": symbol.map(|symbol| lists::symbol_name(&view.file, symbol)),
        })
    };
    relocs.map(reloc).collect()
}

fn symbols(view: &View<'_>) -> Value {
    let symbol = |symbol: &bpfcc_object::Symbol| {
        let section = symbol
            .section
            .and_then(|section| view.file.section(section));
        json!({
            "name": lists::symbol_name(&view.file, symbol),
            "kind": lists::symbol_kind(symbol.kind),
            "binding": lists::binding(symbol),
            "section": section.map(|section| &section.name),
            "offset": symbol.value,
            "size": symbol.size,
        })
    };
    view.file.object.symbols.iter().map(symbol).collect()
}

fn all_maps(view: &View<'_>) -> Value {
    let map = |map: &MapDef| {
        let element = |element: bpfcc_object::maps::Element| {
            let ty = element.ty.map(|ty| view.file.declare(ty, ""));
            json!({ "size": element.size, "type": ty })
        };
        let more = map
            .more
            .iter()
            .map(|&(name, value)| (name.to_owned(), json!(value)));
        json!({
            "name": map.name,
            "type": maps::kind(map.kind),
            "key": element(map.key),
            "value": element(map.value),
            "max_entries": map.max_entries,
            "flags": map.flags,
            "more": Value::Object(more.collect()),
            "inner": map.inner.map(|ty| view.file.declare(ty, "")),
            "contents": map.contents,
        })
    };
    let wrong = |(name, why): &(String, bpfcc_object::maps::DefinitionError)| json!({ "name": name, "error": why.to_string() });
    let maps = view.file.maps.iter();
    maps.map(|definition| definition.as_ref().map_or_else(wrong, map))
        .collect()
}

fn externs(view: &View<'_>) -> Value {
    let symbol = |symbol: &bpfcc_object::Symbol| {
        json!({
            "name": symbol.name,
            "declaration": lists::extern_declaration(&view.file, symbol),
            "what": reference::undefined(&view.file, symbol),
            "weak": symbol.binding == bpfcc_object::Binding::Weak,
        })
    };
    lists::undefined_symbols(&view.file).map(symbol).collect()
}

fn function(view: &View<'_>, function: &Function<'_>) -> Value {
    let ty = program_type(function.section).filter(|_| function.role == Role::Program);
    json!({
        "name": function.name,
        "section": function.section.name,
        "declaration": function.prototype,
        "role": function.role.words(),
        "program_type": ty.map(|(ty, _)| ty.name),
        "target": ty.and_then(|(_, target)| target),
        "stack": function.stack,
        "instructions": function.lines.iter().map(|l| line(view, l)).collect::<Value>(),
    })
}

fn line(view: &View<'_>, line: &Line<'_>) -> Value {
    let source = line.source.map(|source| {
        json!({
            "file": source.file,
            "line": source.line,
            "column": source.column,
            "text": source.text,
        })
    });
    json!({
        "slot": line.slot,
        "bytes": data::bytes(line.bytes),
        "label": line.label,
        "text": line.text,
        "valid": line.insn.is_some(),
        "notes": line.notes,
        "source": source,
        "relocations": relocs(view, line.relocs.iter().copied()),
        "core": line.core.iter().map(|(relo, words)| core(relo, words)).collect::<Value>(),
    })
}

fn core(relo: &CoreRelo, words: &str) -> Value {
    json!({
        "kind": relo.kind.keyword(),
        "type": relo.root.0,
        "access": relo.access,
        "words": words,
    })
}

fn all_core(view: &View<'_>) -> Value {
    let lines = view.functions().flat_map(|function| {
        let lines = function.lines.iter();
        lines.map(|line| (&function.section.name, line))
    });
    let relos = lines.flat_map(|(section, line)| {
        let relos = line.core.iter();
        relos.map(move |(relo, words)| {
            let mut value = core(relo, words);
            value["section"] = section.as_str().into();
            value["slot"] = line.slot.into();
            value
        })
    });
    relos.collect()
}

fn variables(view: &View<'_>) -> Value {
    let sections = view
        .sections()
        .filter(|(_, section)| data::is_data(section));
    let variables = sections.flat_map(|(id, section)| {
        let variables = data::variables(&view.file, id, section).into_iter();
        variables.map(|variable| {
            json!({
                "section": section.name,
                "name": variable.name,
                "declaration": variable.declaration,
                "offset": variable.offset,
                "size": variable.size,
                "value": variable.value,
            })
        })
    });
    variables.collect()
}
