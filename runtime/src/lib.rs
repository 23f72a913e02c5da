//! Runs BPF objects without a kernel: loader, interpreter, JIT, maps
