//! Address spaces: an arena is memory that programs share with user space, and address space 1 holds its pointers as user space
//! sees them. They are computed with, compared and stored as they are; for an access, and where C converts to an ordinary
//! pointer, `addr_space_cast` makes the kernel's address of one.
//!
//! ```text
//! struct node __arena *n;      v1: ptr = addr_space_cast v0, 0, 1
//! … n->value …                 v2: i32 = load.u32 v1+8
//! ```

use bpfcc_ir::InstData;

use super::function::Body;
use super::memory::{Address, Base};
use crate::types::TypeId;

impl Body<'_, '_> {
    /// The address space that pointers of this type point into.
    pub(super) fn pointee_space(&self, pointer: TypeId) -> u8 {
        let pointee = self.types().pointee(pointer);
        pointee.map_or(0, |pointee| self.types().address_space(pointee))
    }

    /// The address in another space. The constant offset stays one: no object crosses the end of its space.
    pub(super) fn in_space(&mut self, address: Address, space: u8) -> Address {
        if address.space == space {
            return address;
        }
        let base = self.base_value(address.base);
        // Null is null everywhere.
        let is_null = matches!(
            self.builder.func().def_inst(base),
            Some(InstData::Const { value: 0 })
        );
        let base = if is_null {
            base
        } else {
            let (to, from) = (space.into(), address.space.into());
            self.builder.cast_space(base, to, from)
        };
        Address {
            base: Base::Value(base),
            space,
            ..address
        }
    }
}
