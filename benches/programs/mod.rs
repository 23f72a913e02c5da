//! Ten small programs with known results, for measuring engines: `benches/runtime.rs` measures, `tests/programs.rs` checks.
//!
//! Each `NAME.c` works on a buffer that [`memory`] fills the same way every time; `bench.h` says how it is laid out.

use std::path::{Path, PathBuf};

use bpfcc_object::Object;
use bpfcc_runtime::{Environment, EnvironmentChoice, HostFunction, Vm};

/// A program and what it returns.
#[derive(Clone, Copy)]
pub(crate) struct Program {
    pub(crate) name: &'static str,
    pub(crate) result: u64,
}

/// All of them, with what they put weight on.
pub(crate) const PROGRAMS: [Program; 10] = [
    // Byte stores, nested loops.
    program("sieve", 0x3b_a421_0404),
    // Arithmetic in registers, 64 bits.
    program("fibmix", 0x405a_ec3b_5f55_fac0),
    // Arithmetic of 32 bits, bit by bit.
    program("crc32", 0x992f_0fa8),
    // Rotation of 64 bits.
    program("siphash", 0xb918_d25f_c170_bd73),
    // A product of matrices in memory.
    program("matmul", 0x9d30_4877_6557_d3cb),
    // Branches that depend on data.
    program("sort", 0x8fd8_1d98_a4b2_d572),
    // Bytes, and short branches that nobody can predict.
    program("strsearch", 0x10c_0004_00ef),
    // Calls to the host.
    program("hashcall", 0xa111_7ecc_100d_44ae),
    // Masks of 64 bits.
    program("popcnt", 0xedfd_3e44_71fc_8631),
    // Calls within the program, remainders.
    program("gcdcall", 0x665f_079f_b43c_2f9f),
];

const fn program(name: &'static str, result: u64) -> Program {
    Program { name, result }
}

impl Program {
    /// The C file.
    pub(crate) fn path(self) -> PathBuf {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/programs");
        folder.join(self.name).with_extension("c")
    }
}

/// Bytes of the buffer.
pub(crate) const MEMORY_BYTES: usize = 16384;
/// Bytes of it that are input.
const INPUT_BYTES: usize = 4096;

/// The buffer before the first run: numbers of Marsaglia's generator xorshift64, then zeros.
pub(crate) fn memory() -> Vec<u8> {
    let mut x = 0x9e37_79b9_7f4a_7c15_u64;
    let mut bytes = Vec::with_capacity(MEMORY_BYTES);
    while bytes.len() < INPUT_BYTES {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        bytes.extend(x.to_le_bytes());
    }
    bytes.resize(MEMORY_BYTES, 0);
    bytes
}

/// A machine for an object of one of the programs.
pub(crate) fn machine(object: &Object) -> Vm {
    let lookup = HostFunction::new("lookup", lookup).numbered(LOOKUP);
    let environment = Environment::new("bench").with_function(lookup);
    let choice = EnvironmentChoice::Given(environment);
    let vm = Vm::load(object, Some("entry"), choice).expect("a program that can be linked");
    // SAFETY: the programs are ours and stay in their buffer, which callers take from `memory`.
    unsafe { vm.trust() }
}

/// Number of the host function that `hashcall.c` calls.
pub(crate) const LOOKUP: i32 = 1;

/// A hash table of the even numbers below 256, where `k` has the value `k * 0x123456789 + 7`; others are not there, which is 0.
pub(crate) extern "C" fn lookup(key: u64, _: u64, _: u64, _: u64, _: u64) -> u64 {
    let mut slot = hash(key);
    loop {
        match TABLE[slot] {
            Some((there, value)) if there == key => return value,
            Some(_) => slot = (slot + 1) % SLOTS,
            None => return 0,
        }
    }
}

const SLOTS: usize = 256;

static TABLE: [Option<(u64, u64)>; SLOTS] = {
    let mut table = [None; SLOTS];
    let mut key = 0;
    while key < 256 {
        let mut slot = hash(key);
        while table[slot].is_some() {
            slot = (slot + 1) % SLOTS;
        }
        table[slot] = Some((key, key * 0x1_2345_6789 + 7));
        key += 2;
    }
    table
};

/// Multiplicative hashing (Knuth, volume 3, 6.4): the upper bits of a product.
const fn hash(key: u64) -> usize {
    (key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as usize
}
