//! The ELF container of a BPF object file.
