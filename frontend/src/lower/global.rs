//! Global variables, maps and strings.

use bpfcc_ir as ir;
use bpfcc_ir::debug::DeclTag;
use bpfcc_ir::entity::DebugTypeId;

use super::ModuleLowering;
use crate::tree::Global;

impl ModuleLowering<'_> {
    /// The global without its initial value, which may point to what has no number yet.
    pub(super) fn declare_global(&mut self, global: &Global) -> ir::Global {
        let image = global.image.as_ref().map_or(0, |image| image.bytes.len());
        let size = self.unit.types.size_of(global.ty.ty).unwrap_or(0);
        let size = u32::try_from(size.max(image as u64)).unwrap_or(u32::MAX);
        ir::Global {
            name: global.name.clone(),
            kind: global.kind,
            section: global.section.clone(),
            linkage: global.linkage,
            data: Vec::new(),
            size,
            align: global.align,
            pointers: Vec::new(),
            debug_type: self.variable_type(global),
            tags: DeclTag::whole(&global.tags).collect(),
            loc: self.locations.loc(global.span),
        }
    }

    /// The type to describe. Literals are no variables: the names that the compiler gives them start with a dot.
    fn variable_type(&mut self, global: &Global) -> Option<DebugTypeId> {
        let is_literal = global.name.starts_with('.');
        if is_literal {
            None
        } else {
            self.types.describe(global.ty)
        }
    }

    /// Adds the initial value. Zeros at its end are left out.
    pub(super) fn define_global(&mut self, id: ir::GlobalId, global: &Global) {
        let Some(image) = &global.image else {
            return;
        };
        let used = image.bytes.iter().rposition(|&byte| byte != 0);
        let data = image.bytes[..used.map_or(0, |last| last + 1)].to_vec();
        let pointers = image
            .pointers
            .iter()
            .map(|pointer| {
                // `sema` limits objects to what 32 bits can count.
                let offset = pointer.offset as u32;
                (offset, self.symbol(pointer.target), pointer.addend)
            })
            .collect();
        let lowered = &mut self.ir.globals[id];
        lowered.data = data;
        lowered.pointers = pointers;
    }
}
