//! Deduplication: of types that mean the same, one is kept.
//!
//! A linked object has the types of all its files, and most of them several times: each file that includes a header brings
//! its types along. Two things keep this from being a matter of comparing bytes.
//!
//! **Types form cycles.** A list's node points to a node, so that neither of two copies can be compared by first comparing
//! what it refers to. Two copies are equal if nothing tells them apart: assume that they are, follow both in step, and look
//! for a difference. A pair that comes up again needs no second look; if the walk ends without a difference, *all* pairs
//! that it met are equal.
//!
//! ```text
//!  file 1  [1] struct node { [2] next }      [2] pointer to [1]
//!  file 2  [3] struct node { [4] next }      [4] pointer to [3]
//!
//!  [3] = [1] if names, size, members agree, and  [4] = [2] if both are pointers, and  [3] = [1]: assumed already
//! ```
//!
//! **Files know more or less.** One says `struct sock;` and the other what is in it. A forward declaration goes with any
//! struct of its name; but in one walk it stands for one struct only.
//!
//! So each type is taken apart into a *label*, which is everything but the numbers of other types (kind, name, size, names
//! and offsets of members, …), and the numbers. Equal labels are found by a hash table. What is left is a graph of labels:
//!
//! 1. leaves (integers, enumerations, forward declarations): equal labels are equal types;
//! 2. structs and unions: for each, those of the same label that have been kept are walked, as above. The walk also tells
//!    what forward declarations stand for, and settles structs further down;
//! 3. forward declarations that are left and for which there is but one struct of that name: they mean that one;
//! 4. all other kinds, which refer to something and are not part of a cycle without a struct: from the bottom up, equal
//!    labels with equal numbers behind them are equal types;
//! 5. what was kept is numbered anew.
//!
//! Variables and sections are things rather than types and are all kept. Since a forward declaration may be understood only
//! after structs have been told apart because of it, a round in which one was understood is followed by another.
//!
//! The algorithm is the one that Andrii Nakryiko describes for libbpf's `btf__dedup` ("Enhancing the Linux kernel with BTF
//! type information", 2018). The walk remembers pairs where libbpf remembers one partner for each type, so that copies
//! within one file need no rules of their own.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::{Btf, BtfType, FwdKind, Kind, TypeId};

/// Types without duplicates.
#[derive(Clone, PartialEq, Debug)]
pub struct Deduplicated {
    /// The types, in the order in which the first of each stood before.
    pub btf: Btf,
    /// What has become of the type with number `n`, at `n`; `void` at 0 stays `void`.
    pub numbers: Vec<TypeId>,
}

impl Deduplicated {
    /// The new number of a type; `void` for one that was not in the graph.
    pub fn number(&self, old: TypeId) -> TypeId {
        let place = usize::try_from(old.0).unwrap_or(usize::MAX);
        self.numbers.get(place).copied().unwrap_or_default()
    }
}

/// Keeps one of all types that mean the same. Doing it twice changes nothing.
///
/// ```
/// use bpfcc_object::btf::{Btf, BtfType, FwdKind, Kind, TypeId, dedup};
///
/// let mut btf = Btf::new();
/// let declared = btf.push(BtfType::Fwd { name: "sock".into(), kind: FwdKind::Struct });
/// let to_declared = btf.push(BtfType::Ptr { target: declared });
/// let defined = btf.push(BtfType::Struct { name: "sock".into(), size: 0, members: vec![] });
/// let to_defined = btf.push(BtfType::Ptr { target: defined });
///
/// let result = dedup(btf);
/// assert_eq!(result.number(to_declared), result.number(to_defined));
/// assert_eq!(result.btf.len(), 2);
/// ```
pub fn dedup(btf: Btf) -> Deduplicated {
    let (mut result, mut has_understood) = round(btf);
    while has_understood {
        let next;
        (next, has_understood) = round(result.btf);
        result = Deduplicated {
            numbers: result.numbers.iter().map(|&old| next.number(old)).collect(),
            btf: next.btf,
        };
    }
    result
}

/// All steps once, and whether a declaration has been understood.
fn round(btf: Btf) -> (Deduplicated, bool) {
    let mut work = Work::new(Graph::new(btf));
    work.leaves();
    work.enum_declarations();
    work.structs();
    work.declarations();
    work.references();
    (work.compact(), work.has_understood)
}

/// A type as a number, for indexing; 0 is `void`.
type Node = usize;

/// Equal for equal types but for the numbers in them; 0 is that of `void`.
type Label = usize;

/// Labels and references; what the types are is in the labels.
struct Graph {
    /// The type that label `n` comes from, with `void` wherever it refers to another, at `n - 1`.
    types: Vec<BtfType>,
    labels: Vec<Label>,
    /// Where in `targets` the references of each node are.
    ranges: Vec<Range<usize>>,
    targets: Vec<Node>,
}

impl Graph {
    fn new(btf: Btf) -> Graph {
        let mut graph = Graph {
            types: Vec::new(),
            labels: vec![0],
            ranges: std::iter::once(0..0).collect(),
            targets: Vec::new(),
        };
        let mut known: HashMap<BtfType, Label> = HashMap::new();
        let highest = btf.len();
        for mut ty in btf.into_types() {
            let start = graph.targets.len();
            ty.each_reference(|target| {
                // A number beyond the end, which only a graph built by hand has, counts as `void`.
                let node = usize::try_from(target.0).unwrap_or(usize::MAX);
                graph.targets.push(if node > highest { 0 } else { node });
                *target = TypeId::VOID;
            });
            graph.ranges.push(start..graph.targets.len());
            let next = known.len() + 1;
            graph.labels.push(*known.entry(ty).or_insert(next));
        }
        let mut types: Vec<(BtfType, Label)> = known.into_iter().collect();
        types.sort_by_key(|(_, label)| *label);
        graph.types = types.into_iter().map(|(ty, _)| ty).collect();
        graph
    }

    fn nodes(&self) -> Range<Node> {
        1..self.labels.len()
    }

    fn ty(&self, node: Node) -> Option<&BtfType> {
        self.types.get(self.labels[node].checked_sub(1)?)
    }

    fn kind(&self, node: Node) -> Option<Kind> {
        self.ty(node).map(BtfType::kind)
    }

    fn targets(&self, node: Node) -> &[Node] {
        &self.targets[self.ranges[node].clone()]
    }

    /// Name and kind of what a struct or union, or the declaration of one, is about.
    fn tag(&self, node: Node) -> Option<(&str, FwdKind)> {
        match self.ty(node)? {
            BtfType::Struct { name, .. } => Some((name, FwdKind::Struct)),
            BtfType::Union { name, .. } => Some((name, FwdKind::Union)),
            BtfType::Fwd { name, kind } => Some((name, *kind)),
            _ => None,
        }
    }

    fn is_declaration(&self, node: Node) -> bool {
        self.kind(node) == Some(Kind::Fwd)
    }

    fn is_composite(&self, node: Node) -> bool {
        matches!(self.kind(node), Some(Kind::Struct | Kind::Union))
    }

    /// Name of an enumeration and whether it is without constants, `enum name;`.
    fn enumeration(&self, node: Node) -> Option<(&str, bool)> {
        match self.ty(node)? {
            BtfType::Enum { name, values, .. } | BtfType::Enum64 { name, values, .. } => {
                Some((name, values.is_empty()))
            }
            _ => None,
        }
    }
}

struct Work {
    graph: Graph,
    /// What each node is to be replaced by; itself, if it is kept as far as is known.
    replacement: Vec<Node>,
    /// Whether the last word about a node has been said, except that a forward declaration may still be understood.
    is_settled: Vec<bool>,
    /// Whether a declaration has been replaced by a definition.
    has_understood: bool,
}

impl Work {
    fn new(graph: Graph) -> Work {
        let count = graph.labels.len();
        Work {
            graph,
            replacement: (0..count).collect(),
            is_settled: vec![false; count],
            has_understood: false,
        }
    }

    /// Follows replacements to a node that is kept. There is no cycle: declarations are replaced by definitions, and
    /// everything else by what was kept before it.
    fn kept(&self, mut node: Node) -> Node {
        while self.replacement[node] != node {
            node = self.replacement[node];
        }
        node
    }

    fn settle(&mut self, node: Node, replacement: Node) {
        self.replacement[node] = replacement;
        self.is_settled[node] = true;
    }

    /// Step 1. Variables and sections are settled here as well: they stay.
    fn leaves(&mut self) {
        let mut first: HashMap<Label, Node> = HashMap::new();
        self.is_settled[0] = true;
        for node in self.graph.nodes() {
            match self.graph.kind(node) {
                Some(Kind::Int | Kind::Float | Kind::Enum | Kind::Enum64 | Kind::Fwd) => {
                    let kept = *first.entry(self.graph.labels[node]).or_insert(node);
                    self.settle(node, kept);
                }
                Some(Kind::Var | Kind::DataSec) => self.settle(node, node),
                _ => {}
            }
        }
    }

    /// Step 1 as well: `enum name;` means the only enumeration of that name.
    fn enum_declarations(&mut self) {
        let is_kept = |node: &Node| self.replacement[*node] == *node;
        let kept = self.graph.nodes().filter(is_kept);
        let found = kept.filter_map(|node| {
            let (name, is_declaration) = self.graph.enumeration(node)?;
            (!name.is_empty()).then_some((name, is_declaration, node))
        });
        let (declared, defined): (Vec<_>, Vec<_>) = found.partition(|found| found.1);
        let only = only_ones(defined.iter().map(|&(name, _, node)| (name, node)));
        let understood: Vec<(Node, Node)> = declared
            .iter()
            .filter_map(|&(name, _, node)| Some((node, (*only.get(name)?)?)))
            .collect();
        self.understand(&understood);
    }

    /// Step 2.
    fn structs(&mut self) {
        let mut kept: HashMap<Label, Vec<Node>> = HashMap::new();
        for node in self.graph.nodes() {
            if self.is_settled[node] || !self.graph.is_composite(node) {
                continue;
            }
            let candidates = kept.entry(self.graph.labels[node]).or_default();
            let equal = candidates
                .iter()
                .find_map(|&candidate| Some((candidate, self.walk(node, candidate)?)));
            match equal {
                Some((candidate, pairs)) => {
                    self.settle(node, candidate);
                    self.learn(&pairs);
                }
                None => {
                    candidates.push(node);
                    self.settle(node, node);
                }
            }
        }
    }

    /// All pairs that are equal if these two are, or `None` if there is a difference.
    fn walk(&self, left: Node, right: Node) -> Option<Vec<(Node, Node)>> {
        let mut met = HashSet::new();
        let mut pairs = Vec::new();
        let mut meant: HashMap<Node, Node> = HashMap::new();
        let mut todo = vec![(left, right)];
        while let Some((left, right)) = todo.pop() {
            let pair @ (left, right) = (self.kept(left), self.kept(right));
            if left == right || !met.insert(pair) {
                continue;
            }
            pairs.push(pair);
            if self.graph.labels[left] == self.graph.labels[right] {
                let targets = self.graph.targets(left).iter().copied();
                todo.extend(targets.zip(self.graph.targets(right).iter().copied()));
                continue;
            }
            let (declaration, definition) = self.as_declaration(left, right)?;
            match meant.entry(declaration) {
                Entry::Vacant(entry) => {
                    entry.insert(definition);
                }
                Entry::Occupied(entry) => todo.push((definition, *entry.get())),
            }
        }
        Some(pairs)
    }

    /// The two in the order of declaration and definition, if one declares what the other defines.
    fn as_declaration(&self, left: Node, right: Node) -> Option<(Node, Node)> {
        let is_declaration = (
            self.graph.is_declaration(left),
            self.graph.is_declaration(right),
        );
        let pair = match is_declaration {
            (true, false) => (left, right),
            (false, true) => (right, left),
            _ => return None,
        };
        let tags = (self.graph.tag(left)?, self.graph.tag(right)?);
        (tags.0 == tags.1).then_some(pair)
    }

    /// Takes from a walk without differences what forward declarations stand for, and settles the structs that it met.
    fn learn(&mut self, pairs: &[(Node, Node)]) {
        for &(left, right) in pairs {
            if let Some(understood) = self.as_declaration(left, right) {
                self.understand(&[understood]);
            } else if self.graph.is_composite(left)
                && self.graph.is_composite(right)
                && !self.is_settled[left]
                && self.is_settled[right]
            {
                let kept = self.kept(right);
                self.settle(left, kept);
            }
        }
    }

    /// Replaces declarations by definitions, unless that has been done.
    fn understand(&mut self, pairs: &[(Node, Node)]) {
        for &(declaration, definition) in pairs {
            if self.replacement[declaration] == declaration {
                self.replacement[declaration] = definition;
                self.has_understood = true;
            }
        }
    }

    /// Step 3.
    fn declarations(&mut self) {
        let graph = &self.graph;
        let is_kept = |node: &Node| self.replacement[*node] == *node;
        let kept = graph.nodes().filter(is_kept);
        let tagged = kept.filter_map(|node| Some((graph.tag(node)?, node)));
        let (declared, defined): (Vec<_>, Vec<_>) =
            tagged.partition(|(_, node)| graph.is_declaration(*node));
        let only = only_ones(defined);
        let understood: Vec<(Node, Node)> = declared
            .iter()
            .filter_map(|(tag, node)| Some((*node, (*only.get(tag)?)?)))
            .collect();
        self.understand(&understood);
    }

    /// Step 4. A stack of our own, since a damaged file may have a chain as long as it likes. In a cycle without a struct,
    /// which C cannot make, a node is compared by where it leads rather than by what is there.
    fn references(&mut self) {
        let mut kept: HashMap<(Label, Vec<Node>), Node> = HashMap::new();
        let mut is_entered = vec![false; self.is_settled.len()];
        let mut stack = Vec::new();
        for start in self.graph.nodes() {
            stack.push(start);
            while let Some(&node) = stack.last() {
                if self.is_settled[node] {
                    stack.pop();
                    continue;
                }
                let targets = self.graph.targets(node).iter();
                let targets: Vec<Node> = targets.map(|&target| self.kept(target)).collect();
                if is_entered[node] {
                    let key = (self.graph.labels[node], targets);
                    let kept = *kept.entry(key).or_insert(node);
                    self.settle(node, kept);
                    continue;
                }
                is_entered[node] = true;
                let is_new = |target: &Node| !self.is_settled[*target] && !is_entered[*target];
                stack.extend(targets.into_iter().filter(is_new));
            }
        }
    }

    /// Step 5.
    fn compact(&self) -> Deduplicated {
        let mut next = 0;
        let numbers: Vec<TypeId> = (0..self.replacement.len())
            .map(|node| {
                let is_kept = node != 0 && self.replacement[node] == node;
                next += u32::from(is_kept);
                TypeId(if is_kept { next } else { 0 })
            })
            .collect();
        let number = |node: Node| numbers[self.kept(node)];

        let mut btf = Btf::new();
        for node in self.graph.nodes() {
            let Some(ty) = self.graph.ty(node) else {
                continue;
            };
            if self.replacement[node] == node {
                let mut ty = ty.clone();
                let mut targets = self.graph.targets(node).iter();
                ty.each_reference(|target| {
                    *target = targets.next().map_or(TypeId::VOID, |&node| number(node));
                });
                btf.push(ty);
            }
        }
        let numbers = (0..self.replacement.len()).map(number).collect();
        Deduplicated { btf, numbers }
    }
}

/// The node of each key, or `None` where there are several.
fn only_ones<K: Eq + std::hash::Hash>(
    found: impl IntoIterator<Item = (K, Node)>,
) -> HashMap<K, Option<Node>> {
    let mut only = HashMap::new();
    for (key, node) in found {
        only.entry(key)
            .and_modify(|known| *known = None)
            .or_insert(Some(node));
    }
    only
}

#[cfg(test)]
mod tests;
