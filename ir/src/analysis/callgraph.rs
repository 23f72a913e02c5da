//! The call graph: who calls whom, and in which order the functions can be looked at callees first.

use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};

use crate::entity::{EntityRef, FuncId};
use crate::inst::{Callee, InstData};
use crate::module::{Module, SymbolRef};

/// Calls inside a module.
pub struct CallGraph {
    /// Functions as nodes, in order; an edge says that the source calls the target or takes its address.
    graph: DiGraph<FuncId, ()>,
}

/// Collects the calls of a module.
pub fn call_graph(module: &Module) -> CallGraph {
    let mut graph = DiGraph::new();
    for id in module.functions.keys() {
        graph.add_node(id);
    }
    for (caller, func) in module.functions.iter() {
        for (_, inst) in func.insts_in_order() {
            if let InstData::Call {
                callee: Callee::Func(target),
                ..
            }
            | InstData::FuncAddr { func: target } = func.inst(inst)
            {
                graph.update_edge(node(caller), node(*target), ());
            }
        }
    }
    CallGraph { graph }
}

impl CallGraph {
    /// Groups of functions that call each other, callees before callers. A group of one need not be recursive.
    pub fn components(&self) -> Vec<Vec<FuncId>> {
        let ids = |group: Vec<NodeIndex>| group.into_iter().map(|n| self.graph[n]).collect();
        tarjan_scc(&self.graph).into_iter().map(ids).collect()
    }

    /// Functions that `caller` calls, each once, in ascending order.
    pub fn callees(&self, caller: FuncId) -> Vec<FuncId> {
        let nodes = self.graph.neighbors(node(caller));
        let mut callees: Vec<FuncId> = nodes.map(|n| self.graph[n]).collect();
        callees.sort();
        callees
    }

    /// A group of functions that call each other in a circle, if there is one.
    pub fn recursion(&self) -> Option<Vec<FuncId>> {
        self.components()
            .into_iter()
            .find(|group| group.len() > 1 || self.callees(group[0]).contains(&group[0]))
    }

    /// Functions that the program needs: those other files see, those global data points to, and what these call.
    pub fn used(&self, module: &Module) -> Vec<FuncId> {
        let from_data = module.globals.values().flat_map(|global| &global.pointers);
        let mut pending: Vec<FuncId> = from_data
            .filter_map(|&(_, target, _)| match target {
                SymbolRef::Func(func) => Some(func),
                SymbolRef::Global(_) => None,
            })
            .chain(
                module
                    .functions
                    .iter()
                    .filter(|(_, func)| func.is_root())
                    .map(|(id, _)| id),
            )
            .collect();
        let mut used = Vec::new();
        while let Some(func) = pending.pop() {
            if !used.contains(&func) {
                used.push(func);
                pending.extend(self.callees(func));
            }
        }
        used.sort();
        used
    }

    /// The graph itself, for petgraph's algorithms.
    pub fn graph(&self) -> &DiGraph<FuncId, ()> {
        &self.graph
    }
}

/// Nodes are added in the order of the functions.
fn node(func: FuncId) -> NodeIndex {
    NodeIndex::new(func.index())
}
