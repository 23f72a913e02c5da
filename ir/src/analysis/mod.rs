//! Facts about functions and modules, computed on demand and thrown away: no pass has to keep them up to date.

pub mod bound;
pub mod callgraph;
pub mod cfg;
pub mod dominators;
pub mod dot;
pub mod liveness;
pub mod loops;
pub mod trip_count;
pub mod uses;

pub use cfg::{Cfg, predecessors, reachable, reverse_postorder};
pub use dominators::{DomTree, dominators};
pub use uses::use_counts;

#[cfg(test)]
mod tests {
    use super::callgraph::call_graph;
    use super::dominators::dominators;
    use super::dot::{call_graph_dot, dot};
    use super::liveness::liveness;
    use super::loops::{back_edge, loops};
    use crate::entity::{EntityRef, FuncId};
    use crate::{Module, parse};

    /// `b1` heads a loop with the body `b2`, `b3`; `b4` follows.
    const LOOP: &str = "
        fn @helper() local { b0: call @helper() return }
        fn @f(v0: i64, v1: i64) -> i64 {
        b0: jump b1(v0)
        b1(v2: i64): branch v2 lt v1, b2, b4
        b2: branch v2 eq v0, b3, b1(v1)
        b3: v3: i64 = add v2, v0 jump b1(v3)
        b4: call @helper() return v2
        }";

    fn module() -> Module {
        parse(LOOP).unwrap_or_else(|error| panic!("{error}"))
    }

    const F: usize = 1;

    #[test]
    fn the_header_dominates_its_loop() {
        let module = module();
        let func = &module.functions[FuncId::new(F)];
        let tree = dominators(func);
        let block = |index: usize| func.layout[index];
        assert!(tree.dominates(block(1), block(3)));
        assert!(!tree.dominates(block(2), block(4)));
        assert_eq!(tree.idom(block(4)), Some(block(1)));
        let found = loops(func);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].header, block(1));
        assert_eq!(found[0].latches, [block(2), block(3)]);
        assert!(!found[0].blocks.contains(block(4)));
        assert_eq!(back_edge(func).map(|(_, to)| to), Some(block(1)));
    }

    #[test]
    fn a_bound_is_live_around_its_loop() {
        let module = module();
        let func = &module.functions[FuncId::new(F)];
        let live = liveness(func);
        let params = &func.block(func.entry()).params;
        let block = |index: usize| func.layout[index];
        assert!(live.live_out[block(3)].contains(params[1]));
        assert!(!live.live_in[block(4)].contains(params[1]));
        assert!(!live.live_in[block(1)].contains(func.block(block(1)).params[0]));
    }

    #[test]
    fn recursion_shows_in_the_call_graph() {
        let module = module();
        let calls = call_graph(&module);
        assert_eq!(calls.recursion(), Some(vec![FuncId::new(0)]));
        assert_eq!(calls.callees(FuncId::new(F)), [FuncId::new(0)]);
        assert_eq!(calls.used(&module).len(), 2);
    }

    #[test]
    fn graphs_have_text() {
        let module = module();
        let text = dot(&module, &module.functions[FuncId::new(F)]);
        assert!(
            text.contains("b1(v2: i64):\\lbranch v2 lt v1, b2, b4\\l"),
            "{text}"
        );
        assert!(text.contains("2 -> 3"), "{text}");
        assert!(call_graph_dot(&module).contains("1 -> 0"));
    }
}
