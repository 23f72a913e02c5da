//! Graphs as DOT text, for `dot -Tsvg` and the explorer.

use petgraph::dot::{Config, Dot};

use super::callgraph::call_graph;
use super::cfg::Cfg;
use crate::entity::{Block, FuncId, SecondaryMap};
use crate::function::Function;
use crate::module::Module;
use crate::print;

/// The control-flow graph of a function of `module`, each block with its text.
pub fn dot(module: &Module, func: &Function) -> String {
    let mut labels: SecondaryMap<Block, String> = SecondaryMap::new();
    for (block, lines) in print::blocks(module, func) {
        labels[block] = lines.iter().map(|line| escape(line) + "\\l").collect();
    }
    let cfg = Cfg::new(func);
    let config = [Config::NodeNoLabel, Config::EdgeNoLabel];
    let no_attributes = |_, _| String::new();
    let label = |_, (block, _)| {
        format!(
            "shape = box fontname = monospace label = \"{}\" ",
            labels[block]
        )
    };
    let dot = Dot::with_attr_getters(&cfg, &config, &no_attributes, &label);
    format!("{dot:?}")
}

/// The call graph of a module.
pub fn call_graph_dot(module: &Module) -> String {
    let calls = call_graph(module);
    let config = [Config::NodeNoLabel, Config::EdgeNoLabel];
    let no_attributes = |_, _| String::new();
    let label = |_, (_, id): (_, &FuncId)| {
        let func = &module.functions[*id];
        let style = if func.is_declaration() {
            "dashed"
        } else {
            "solid"
        };
        format!("style = {style} label = \"{}\" ", escape(&func.name))
    };
    let dot = Dot::with_attr_getters(calls.graph(), &config, &no_attributes, &label);
    format!("{dot:?}")
}

fn escape(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}
