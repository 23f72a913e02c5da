//! How arguments and results travel between functions.
//!
//! Scalars travel in registers, 128-bit integers in two. A struct or union travels as a pointer to a copy that the caller
//! made; one that is returned is written to memory whose address is a hidden first argument. Functions that other files
//! see take structs of up to 16 bytes in one or two registers, as clang's do.

use bpfcc_ir::{PtrKind, Signature, Type};
use bpfcc_isa::helpers::{self, ResultKind};

use super::context::is_context_pointer;
use super::repr::{Repr, repr};
use crate::restrict::RECORD_BYTES;
use crate::tree::{Function, Linkage};
use crate::types::{TypeId, Types};

/// How an argument reaches the function called.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum ArgumentPath {
    /// There is nothing to pass.
    Nothing,
    /// A scalar in these registers.
    Scalar(Vec<Type>),
    /// The bytes of a struct or union in this many 64-bit registers.
    Bytes(usize),
    /// A pointer to a copy that the function may change.
    Copy,
}

impl ArgumentPath {
    /// Types of the registers that the argument takes.
    fn words(self) -> Vec<Type> {
        match self {
            ArgumentPath::Nothing => Vec::new(),
            ArgumentPath::Scalar(words) => words,
            ArgumentPath::Bytes(count) => vec![Type::I64; count],
            ArgumentPath::Copy => vec![Type::PTR],
        }
    }
}

/// How an argument of type `ty` reaches a function with this linkage.
pub(super) fn argument_path(types: &Types, ty: TypeId, linkage: Linkage) -> ArgumentPath {
    match repr(types, ty) {
        Repr::Nothing => ArgumentPath::Nothing,
        Repr::Word(word) => ArgumentPath::Scalar(vec![word]),
        Repr::Pair => ArgumentPath::Scalar(vec![Type::I64, Type::I64]),
        Repr::Memory => match types.size_of(ty).unwrap_or(0) {
            0 => ArgumentPath::Bytes(0),
            size if linkage != Linkage::Local && size <= RECORD_BYTES => {
                ArgumentPath::Bytes(size.div_ceil(8) as usize)
            }
            _ => ArgumentPath::Copy,
        },
    }
}

/// How a result reaches the caller.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum ResultPath {
    /// There is none.
    Nothing,
    /// In a register.
    Word(Type),
    /// In memory that a hidden first argument points to.
    Memory,
}

/// How a result of type `ty` reaches the caller.
pub(super) fn result_path(types: &Types, ty: TypeId) -> ResultPath {
    match repr(types, ty) {
        Repr::Nothing => ResultPath::Nothing,
        Repr::Word(word) => ResultPath::Word(word),
        Repr::Pair | Repr::Memory => ResultPath::Memory,
    }
}

/// The types in registers of a function's parameters and result.
pub(super) fn signature(types: &Types, function: &Function) -> Signature {
    let Some(ty) = types.function_type(function.ty) else {
        return Signature::default();
    };
    let path = result_path(types, ty.result);
    let mut params = Vec::new();
    if path == ResultPath::Memory {
        params.push(Type::PTR);
    }
    for (index, ty) in param_types(types, function).into_iter().enumerate() {
        let is_context = is_given_context(types, function, index, ty);
        match repr(types, ty) {
            Repr::Word(Type::Ptr(_)) if is_context => params.push(Type::Ptr(PtrKind::Ctx)),
            _ => params.extend(argument_path(types, ty, function.linkage).words()),
        }
    }
    let result = match path {
        ResultPath::Word(Type::Ptr(_)) => Some(Type::Ptr(named_result_kind(function))),
        ResultPath::Word(word) => Some(word),
        ResultPath::Nothing | ResultPath::Memory => None,
    };
    Signature { params, result }
}

/// Whether a function's parameter of type `ty` is the context. Programs are called by the kernel; global functions are checked
/// by it alone, and it trusts the types (VERIFIER-RULES 20). For static functions, the callers decide.
fn is_given_context(types: &Types, function: &Function, index: usize, ty: TypeId) -> bool {
    let is_global = function.body.is_some() && function.linkage != Linkage::Local;
    function.is_program() && index == 0 || is_global && is_context_pointer(types, ty)
}

/// Types of the parameters: those of the definition, or else of the prototype.
pub(super) fn param_types(types: &Types, function: &Function) -> Vec<TypeId> {
    if function.body.is_some() {
        let params = function.params.iter();
        return params.map(|&param| function[param].ty.ty).collect();
    }
    let ty = types.function_type(function.ty);
    let params = ty.iter().flat_map(|ty| &ty.params);
    params.map(|param| param.ty.ty).collect()
}

/// What the pointer points to that a function returns which is called by name: those of 2014 are known.
fn named_result_kind(function: &Function) -> PtrKind {
    match helpers::named_2014(&function.name) {
        Some(named) if function.body.is_none() => pointer_kind(named.result),
        _ => PtrKind::Mem,
    }
}

/// What the pointer points to that a helper returns.
pub(super) fn helper_result_kind(id: i32) -> PtrKind {
    helpers::helper_by_id(id).map_or(PtrKind::Mem, |helper| pointer_kind(helper.signature.result))
}

/// Whether R0 is unreadable after this helper, whatever its C declaration says.
pub(super) fn helper_returns_nothing(id: i32) -> bool {
    helpers::helper_by_id(id).is_some_and(|h| h.signature.result == ResultKind::Nothing)
}

fn pointer_kind(result: ResultKind) -> PtrKind {
    match result {
        ResultKind::MapValueOrNull => PtrKind::MapValueOrNull,
        ResultKind::MapValue => PtrKind::MapValue,
        ResultKind::Scalar
        | ResultKind::Nothing
        | ResultKind::RingbufMemOrNull
        | ResultKind::DynptrMemOrNull
        | ResultKind::SockOrNull
        | ResultKind::Object
        | ResultKind::ObjectOrNull
        | ResultKind::Percpu
        | ResultKind::PercpuOrNull => PtrKind::Mem,
    }
}
