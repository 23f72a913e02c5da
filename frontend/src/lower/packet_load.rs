//! Loads from a packet with the instructions of classic BPF, under the names that LLVM has for them:
//!
//! ```c
//! unsigned long long load_half(void *skb, unsigned long long off) asm("llvm.bpf.load.half");
//! ```
//!
//! The instruction wants the context in r6, leaves the value in r0 in the host's byte order, and overwrites r1 to r5. It ends
//! the program if the packet is too short.

use bpfcc_ir::{Asm, AsmOperand, Type, Value};
use bpfcc_isa::Reg;
use bpfcc_isa::template::Template;

use super::function::Body;

/// LLVM's name of each instruction, and its text. Operand 1 is the context.
const LOADS: [(&str, &str); 3] = [
    ("llvm.bpf.load.byte", "r0 = *(u8 *)skb[%2]"),
    ("llvm.bpf.load.half", "r0 = *(u16 *)skb[%2]"),
    ("llvm.bpf.load.word", "r0 = *(u32 *)skb[%2]"),
];

/// The instruction that calls of the function of this name stand for.
pub(super) fn packet_load(symbol: &str) -> Option<&'static str> {
    let (_, text) = LOADS.iter().find(|(name, _)| *name == symbol)?;
    Some(text)
}

impl Body<'_, '_> {
    /// The value that the instruction loads, given the arguments of the call.
    pub(super) fn load_from_packet(&mut self, text: &str, args: &[Value]) -> Option<Value> {
        let &[context, offset] = args else {
            return None;
        };
        let register = |number| Reg::new(number);
        let fits = |constant| i32::try_from(constant).is_ok();
        let is_constant = self.builder.func().as_const(offset).is_some_and(fits);
        let asm = Asm {
            template: Template::new(text, &[None; 3]).ok()?,
            operands: vec![
                AsmOperand::Output {
                    ty: Type::I64,
                    reg: register(0),
                    early: false,
                },
                AsmOperand::Input { reg: register(6) },
                match is_constant {
                    true => AsmOperand::Const,
                    false => AsmOperand::Input { reg: None },
                },
            ],
            clobbers: (1..6).filter_map(register).collect(),
        };
        self.builder.asm(asm, &[context, offset]).first().copied()
    }
}
