//! SSA with block parameters, made for BPF
