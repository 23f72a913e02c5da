//! Variables that are read before they have a value.
//!
//! Each variable is followed along the ways through the function (`paths`): at each place it may have a value, may have
//! none, or both. Read where it has none for certain is `uninitialized`. Where both may be, a warning must not cry wolf:
//!
//! ```c
//! int x; if (a) x = f(); …; if (a) use(x);     // fine: nobody gets to the use without a value
//! int x; if (a) x = f(); use(x);               // wrong: whenever `a` is false
//! ```
//!
//! So `maybe-uninitialized` is given if there is a choice at which the variable still has no value, and one of whose ways
//! leads to the use whatever is chosen after it. This is what clang calls `sometimes-uninitialized`.

use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::tree::{Function, LocalId};
use crate::types::Types;

use super::paths::{Choice, Event, Graph, NodeId};

/// Checks one function.
pub(super) fn check(
    types: &Types,
    function: &Function,
    graph: &Graph,
    found: &mut Vec<Diagnostic>,
) {
    let holds_something = |local: LocalId| {
        function[local].name.is_some() && types.size_of(function[local].ty.ty) != Some(0)
    };
    let mut declared: Vec<LocalId> = graph
        .nodes
        .iter()
        .flat_map(|node| &node.events)
        .filter_map(|event| match event {
            Event::Declare(local) if holds_something(*local) => Some(*local),
            _ => None,
        })
        .collect();
    declared.sort_unstable();
    declared.dedup();
    if declared.is_empty() {
        return;
    }
    let before = predecessors(graph);
    for local in declared {
        let states = States::new(graph, local);
        found.extend(states.first_mistake(function, &before));
    }
}

/// What may be true of a variable.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
struct State {
    unset: bool,
    set: bool,
}

const UNSET: State = State {
    unset: true,
    set: false,
};

const SET: State = State {
    unset: false,
    set: true,
};

impl State {
    fn or(self, other: State) -> State {
        State {
            unset: self.unset || other.unset,
            set: self.set || other.set,
        }
    }

    fn after(self, event: &Event, of: LocalId) -> State {
        match *event {
            Event::Declare(local) if local == of => UNSET,
            Event::Set(local) | Event::Expose(local) | Event::Lend(local, _) if local == of => SET,
            _ => self,
        }
    }
}

/// What may be true of one variable at the start and at the end of each node; nothing where control never gets.
struct States<'a> {
    graph: &'a Graph,
    local: LocalId,
    start: Vec<State>,
    end: Vec<State>,
}

impl States<'_> {
    fn new(graph: &Graph, local: LocalId) -> States<'_> {
        let nothing = vec![State::default(); graph.nodes.len()];
        let mut states = States {
            graph,
            local,
            start: nothing.clone(),
            end: nothing,
        };
        states.start[0] = UNSET;
        let mut pending = vec![0];
        while let Some(at) = pending.pop() {
            let node = &graph.nodes[at];
            let events = node.events.iter();
            let end = events.fold(states.start[at], |state, event| state.after(event, local));
            states.end[at] = end;
            for &way in &node.ways {
                let merged = states.start[way].or(end);
                if merged != states.start[way] {
                    states.start[way] = merged;
                    pending.push(way);
                }
            }
        }
        states
    }

    /// The first certain mistake, or else the first that depends on a choice.
    fn first_mistake(&self, function: &Function, before: &[Vec<NodeId>]) -> Option<Diagnostic> {
        let mut uses = self.uses();
        uses.sort_by_key(|(_, span, _)| (span.file, span.start));
        let certain = uses.iter().find(|(_, _, state)| *state == UNSET);
        if let Some((_, span, _)) = certain {
            return Some(self.certain(function, *span));
        }
        uses.iter().find_map(|&(at, span, _)| {
            let (choice, way) = self.responsible(at, before)?;
            Some(self.possible(function, span, choice, way))
        })
    }

    /// Where the variable is read and may have no value.
    fn uses(&self) -> Vec<(NodeId, Span, State)> {
        let mut uses = Vec::new();
        for (at, node) in self.graph.nodes.iter().enumerate() {
            let mut state = self.start[at];
            for event in &node.events {
                match *event {
                    Event::Read(local, span) if local == self.local && state.unset => {
                        uses.push((at, span, state));
                    }
                    Event::Lend(local, span) if local == self.local && state == UNSET => {
                        uses.push((at, span, state));
                    }
                    _ => {}
                }
                state = state.after(event, self.local);
            }
        }
        uses
    }

    /// The choice that leads to `at` without a value, and the way that does.
    fn responsible(&self, at: NodeId, before: &[Vec<NodeId>]) -> Option<(Choice, usize)> {
        let nodes = &self.graph.nodes;
        // How many ways of each node lead to the use, whatever comes.
        let mut leading = vec![0; nodes.len()];
        let mut inevitable = vec![false; nodes.len()];
        inevitable[at] = true;
        let mut pending = vec![at];
        while let Some(next) = pending.pop() {
            for &node in &before[next] {
                if !self.end[node].unset {
                    continue;
                }
                leading[node] += 1;
                if leading[node] == nodes[node].ways.len() && !inevitable[node] {
                    inevitable[node] = true;
                    pending.push(node);
                }
            }
        }
        let undecided = |node: &NodeId| !inevitable[*node] && self.end[*node] == UNSET;
        (0..nodes.len()).filter(undecided).find_map(|node| {
            let way = nodes[node].ways.iter().position(|&way| inevitable[way])?;
            Some((nodes[node].choice?, way))
        })
    }

    fn certain(&self, function: &Function, span: Span) -> Diagnostic {
        let name = self.name(function);
        let message = format!("`{name}` has no value here");
        self.with_declaration(
            function,
            Diagnostic::warning(span, message).code("uninitialized"),
        )
    }

    fn possible(&self, function: &Function, span: Span, choice: Choice, way: usize) -> Diagnostic {
        let name = self.name(function);
        let (place, condition) = match choice {
            Choice::Condition(place) if way == 0 => (place, "if this is true"),
            Choice::Condition(place) => (place, "if this is false"),
            Choice::Switch { value, leaves } if leaves == Some(way) => {
                (value, "if there is no case for this")
            }
            Choice::Switch { value, .. } => (value, "in one of the cases for this"),
            Choice::Computed(place) => (place, "in one of the places where this goes"),
            Choice::Assembly(place) => (place, "if this jumps"),
        };
        let message = format!("`{name}` may have no value here");
        let warning = Diagnostic::warning(span, message)
            .code("maybe-uninitialized")
            .note(place, format!("{condition}, `{name}` gets none"));
        self.with_declaration(function, warning)
    }

    fn with_declaration(&self, function: &Function, warning: Diagnostic) -> Diagnostic {
        let name = self.name(function);
        warning
            .note(function[self.local].span, "declared here, without a value")
            .help(format!("give `{name}` a value where it is declared"))
    }

    fn name<'f>(&self, function: &'f Function) -> &'f str {
        function[self.local].name.as_deref().unwrap_or_default()
    }
}

/// From where one gets to each node; once for each way.
fn predecessors(graph: &Graph) -> Vec<Vec<NodeId>> {
    let mut before = vec![Vec::new(); graph.nodes.len()];
    for (at, node) in graph.nodes.iter().enumerate() {
        node.ways.iter().for_each(|&way| before[way].push(at));
    }
    before
}
