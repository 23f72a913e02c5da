//! SSA IR to BPF objects
