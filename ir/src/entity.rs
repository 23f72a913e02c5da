//! The IR's entities: numbers with a type. The only file that imports `cranelift-entity`.

pub use cranelift_entity::packed_option::PackedOption;
pub use cranelift_entity::{EntityRef, EntitySet, PrimaryMap, SecondaryMap};

macro_rules! entities {
    ($($(#[$doc:meta])* $name:ident $prefix:literal;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(u32);
        cranelift_entity::entity_impl!($name, $prefix);
    )+};
}

entities! {
    /// An SSA value: the result of one instruction or a block parameter.
    Value "v";
    /// An instruction.
    Inst "i";
    /// A basic block.
    Block "b";
    /// A stack slot.
    Slot "s";
    /// A global of the module.
    GlobalId "g";
    /// A function of the module, defined or only declared.
    FuncId "f";
    /// A variable of the source while SSA form is built; see [`crate::build`].
    Variable "var";
    /// A question about the running kernel's types.
    CoreId "c";
    /// A C type kept for debug information.
    DebugTypeId "t";
}
