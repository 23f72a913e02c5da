//! Objects of bpfcc in the hands of loaders other than Debian's bpftool. Nothing is attached; what is loaded is ours.
//!
//! ```text
//! apt-get install libelf-dev zlib1g-dev make pkg-config golang-go golang-github-cilium-ebpf-dev
//! cargo test --manifest-path tests/loaders/Cargo.toml
//! ```
//!
//! Without bpf(2), Go or clang the tests that need them say so and skip; docs/loaders.md has the results.

mod aya;
mod cilium;
mod headers;
mod libbpf;
mod support;

#[path = "../support/corpus.rs"]
mod corpus;
#[path = "../support/flags.rs"]
mod flags;
#[path = "../support/peers.rs"]
mod peers;
