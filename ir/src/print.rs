//! Text of modules and functions; [`parse`](mod@crate::parse) reads it back.
//!
//! Values and blocks are numbered in print order, whatever their numbers inside, so the text of a function does not depend on
//! the passes it went through. One line per instruction: `v3: i64 = add v1, v2`; the forms stand at
//! [`InstData`]'s variants. Little-endian modules have no line for their byte order. Comments run from `;` to the end of the line.
//!
//! ```text
//! endian big
//! global @hits ".maps" map local size 32 align 8 { 0: @hits+8 }
//! core c0 field_byte_offset t3 "0:1" = 8
//! declare fn @lookup(ptr.map, ptr) -> ptr.map_value_or_null
//! fn @count(v0: ptr.ctx) -> i32 section "xdp" {
//!     slot s0: 8 align 8 "key"
//! b0:
//!     …
//! }
//! ```

use std::fmt;

use bpfcc_isa::{Cond, Endian, Size};

use crate::asm::{Asm, AsmOperand};
use crate::entity::{Block, CoreId, EntityRef, FuncId, GlobalId, Inst, SecondaryMap, Slot, Value};
use crate::function::{Function, Inline};
use crate::inst::{BlockCall, Callee, InstData};
use crate::module::{CoreRelo, Global, Linkage, Module, SymbolRef};

/// What to print beside the text that parses back.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct PrintOptions {
    /// Source lines and columns, as comments.
    pub locations: bool,
}

/// Text of a module.
pub fn module(module: &Module, options: PrintOptions) -> String {
    let mut out = String::new();
    if module.endian == Endian::Big {
        out += "endian big\n";
    }
    for global in module.globals.values() {
        write_global(&mut out, module, global);
    }
    for (id, relo) in module.core.iter() {
        out += &core_relo(id, relo);
    }
    let has_header =
        module.endian == Endian::Big || !(module.globals.is_empty() && module.core.is_empty());
    if has_header && !module.functions.is_empty() {
        out.push('\n');
    }
    for (index, func) in module.functions.values().enumerate() {
        if index > 0 && !func.is_declaration() {
            out.push('\n');
        }
        out += &function(module, func, options);
    }
    out
}

/// Text of a function of `module`.
pub fn function(module: &Module, func: &Function, options: PrintOptions) -> String {
    Printer::new(Some(module), func, options).function()
}

/// Text of one instruction, numbered as in [`function`], without indentation.
pub fn instruction(module: &Module, func: &Function, inst: Inst) -> String {
    Printer::new(Some(module), func, PrintOptions::default()).inst(inst)
}

/// Lines of each block in layout order, the label first, numbered as in [`function`].
pub fn blocks(module: &Module, func: &Function) -> Vec<(Block, Vec<String>)> {
    let printer = Printer::new(Some(module), func, PrintOptions::default());
    func.layout
        .iter()
        .map(|&block| {
            let insts = func.block(block).insts.iter();
            let mut lines = vec![printer.label(block)];
            lines.extend(insts.map(|&inst| printer.inst(inst)));
            (block, lines)
        })
        .collect()
}

impl fmt::Display for Module {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&module(self, PrintOptions::default()))
    }
}

/// Without its module a function does not know the names of others: they print as `@f1` and `@g1`.
impl fmt::Display for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&Printer::new(None, self, PrintOptions::default()).function())
    }
}

/// Name of a comparison, e.g. `lt`.
pub fn cond_name(cond: Cond) -> &'static str {
    // The table has the jumps' mnemonics: `jlt`.
    &cond.name()[1..]
}

fn write_global(out: &mut String, module: &Module, global: &Global) {
    *out += &format!(
        "global {} {} {} {} size {} align {}",
        symbol(&global.name),
        quoted(global.section.as_bytes()),
        global.kind.name(),
        global.linkage.name(),
        global.size,
        global.align,
    );
    if !global.data.is_empty() {
        *out += &format!(" = {}", quoted(&global.data));
    }
    if !global.pointers.is_empty() {
        let pointers: Vec<String> = global
            .pointers
            .iter()
            .map(|&(at, target, addend)| format!("{at}: {}{addend:+}", target_text(module, target)))
            .collect();
        *out += &format!(" {{ {} }}", pointers.join(", "));
    }
    out.push('\n');
}

fn core_relo(id: CoreId, relo: &CoreRelo) -> String {
    let (kind, access) = (relo.kind.keyword(), quoted(relo.access.as_bytes()));
    format!("core {id} {kind} {} {access} = {}\n", relo.root, relo.value)
}

fn target_text(module: &Module, target: SymbolRef) -> String {
    match target {
        SymbolRef::Global(id) => global_symbol(Some(module), id),
        SymbolRef::Func(id) => format!("fn {}", func_symbol(Some(module), id)),
    }
}

fn global_symbol(module: Option<&Module>, id: GlobalId) -> String {
    match module.and_then(|module| module.globals.get(id)) {
        Some(global) => symbol(&global.name),
        None => format!("@{id}"),
    }
}

fn func_symbol(module: Option<&Module>, id: FuncId) -> String {
    match module.and_then(|module| module.functions.get(id)) {
        Some(func) => symbol(&func.name),
        None => format!("@{id}"),
    }
}

/// `@name`, in quotes if it has unusual characters.
fn symbol(name: &str) -> String {
    let usual = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '$');
    if !name.is_empty() && name.chars().all(usual) {
        format!("@{name}")
    } else {
        format!("@{}", quoted(name.as_bytes()))
    }
}

/// Printable ASCII as it is, everything else as `\xNN`.
fn quoted(bytes: &[u8]) -> String {
    let mut out = String::from("\"");
    for &byte in bytes {
        match byte {
            b'"' | b'\\' => out.extend(['\\', byte as char]),
            b' '..=b'~' => out.push(byte as char),
            _ => out += &format!("\\x{byte:02x}"),
        }
    }
    out.push('"');
    out
}

struct Printer<'a> {
    module: Option<&'a Module>,
    func: &'a Function,
    options: PrintOptions,
    /// Print number plus one; 0 for values that nothing in the layout defines.
    values: SecondaryMap<Value, usize>,
    blocks: SecondaryMap<Block, usize>,
}

impl<'a> Printer<'a> {
    fn new(module: Option<&'a Module>, func: &'a Function, options: PrintOptions) -> Printer<'a> {
        let mut printer = Printer {
            module,
            func,
            options,
            values: SecondaryMap::new(),
            blocks: SecondaryMap::new(),
        };
        let mut count = 0;
        for (index, &block) in func.layout.iter().enumerate() {
            printer.blocks[block] = index + 1;
            let params = func.block(block).params.iter().copied();
            let insts = func.block(block).insts.iter();
            for value in params.chain(insts.filter_map(|&inst| func.result(inst))) {
                count += 1;
                printer.values[value] = count;
            }
        }
        printer
    }

    fn function(&self) -> String {
        let func = self.func;
        if func.is_declaration() {
            let params: Vec<String> = func
                .signature
                .params
                .iter()
                .map(|t| t.to_string())
                .collect();
            return format!("declare {}\n", self.header(&params));
        }
        let mut out = format!("{} {{\n", self.header(&self.params(func.entry())));
        for (slot, data) in func.slots.iter() {
            let name = quoted(data.name.as_bytes());
            let Some(number) = self.slot(slot) else {
                continue;
            };
            out += &format!(
                "    slot {number}: {} align {} {name}\n",
                data.size, data.align
            );
        }
        for &block in &func.layout {
            out += &format!("{}\n", self.label(block));
            for &inst in &func.block(block).insts {
                out += &format!("    {}{}\n", self.inst(inst), self.location(inst));
            }
        }
        out + "}\n"
    }

    fn header(&self, params: &[String]) -> String {
        let func = self.func;
        let mut out = format!("fn {}({})", symbol(&func.name), params.join(", "));
        if let Some(ty) = func.signature.result {
            out += &format!(" -> {ty}");
        }
        if func.linkage != Linkage::Global {
            out += &format!(" {}", func.linkage.name());
        }
        if let Some(section) = &func.section {
            out += &format!(" section {}", quoted(section.as_bytes()));
        }
        out += match func.inline {
            Inline::Auto => "",
            Inline::Always => " always_inline",
            Inline::Never => " noinline",
        };
        out
    }

    fn params(&self, block: Block) -> Vec<String> {
        let params = self.func.block(block).params.iter();
        params
            .map(|&param| format!("{}: {}", self.value(param), self.func.ty(param)))
            .collect()
    }

    /// `b1(v3: i64):`. The entry's parameters stand in the function's header.
    fn label(&self, block: Block) -> String {
        let params = self.params(block);
        if params.is_empty() || block == self.func.entry() {
            format!("{}:", self.block(block))
        } else {
            format!("{}({}):", self.block(block), params.join(", "))
        }
    }

    fn location(&self, inst: Inst) -> String {
        let loc = self.func.loc(inst);
        if self.options.locations && loc.line > 0 {
            format!(" ; {}:{}", loc.line, loc.column)
        } else {
            String::new()
        }
    }

    fn value(&self, value: Value) -> String {
        match self.values[value] {
            0 => format!("?{value}"),
            number => format!("v{}", number - 1),
        }
    }

    fn values(&self, values: &[Value]) -> String {
        let texts: Vec<String> = values.iter().map(|&value| self.value(value)).collect();
        texts.join(", ")
    }

    fn block(&self, block: Block) -> String {
        match self.blocks[block] {
            0 => format!("?{block}"),
            number => format!("b{}", number - 1),
        }
    }

    fn slot(&self, slot: Slot) -> Option<String> {
        (slot.index() < self.func.slots.len()).then(|| slot.to_string())
    }

    fn target(&self, to: &BlockCall) -> String {
        if to.args.is_empty() {
            self.block(to.block)
        } else {
            format!("{}({})", self.block(to.block), self.values(&to.args))
        }
    }

    fn address(&self, (base, offset): (Value, i32)) -> String {
        format!("{}{offset:+}", self.value(base))
    }

    fn inst(&self, inst: Inst) -> String {
        let text = self.operation(self.func.inst(inst));
        match self.func.result(inst) {
            Some(value) => format!("{}: {} = {text}", self.value(value), self.func.ty(value)),
            None => text,
        }
    }

    fn operation(&self, data: &InstData) -> String {
        let v = |value: Value| self.value(value);
        match data {
            InstData::Const { value } => format!("const {value}"),
            InstData::Binary { op, args } => format!("{} {}", op.name(), self.values(args)),
            InstData::Neg { arg } => format!("neg {}", v(*arg)),
            InstData::Swap { size, arg } => format!("bswap{} {}", size.bits(), v(*arg)),
            InstData::Extend { signed, from, arg } => {
                let name = if *signed { "sext" } else { "zext" };
                format!("{name}{} {}", from.bits(), v(*arg))
            }
            InstData::Truncate { arg } => format!("trunc {}", v(*arg)),
            InstData::IntToPtr { arg } => format!("int_to_ptr {}", v(*arg)),
            InstData::PtrToInt { arg } => format!("ptr_to_int {}", v(*arg)),
            InstData::CastSpace { arg, to, from } => {
                format!("addr_space_cast {}, {to}, {from}", v(*arg))
            }
            InstData::PtrAdd { base, offset } => format!("ptr_add {}, {}", v(*base), v(*offset)),
            InstData::Compare { cond, args } => format!("compare {}", self.test(*cond, *args)),
            InstData::Select {
                cond,
                args,
                then,
                otherwise,
            } => format!(
                "select {}, {}, {}",
                self.test(*cond, *args),
                v(*then),
                v(*otherwise)
            ),
            InstData::Load {
                size,
                signed,
                volatile,
                base,
                offset,
            } => format!(
                "{}load.{} {}",
                volatile_prefix(*volatile),
                access(*signed, *size),
                self.address((*base, *offset))
            ),
            InstData::Store {
                size,
                volatile,
                base,
                offset,
                value,
            } => format!(
                "{}store.{} {}, {}",
                volatile_prefix(*volatile),
                access(false, *size),
                self.address((*base, *offset)),
                v(*value)
            ),
            InstData::Atomic {
                op,
                size,
                base,
                offset,
                value,
                expected,
            } => format!(
                "atomic.{}.{} {}, {}{}",
                op.name(),
                access(false, *size),
                self.address((*base, *offset)),
                expected.map_or(String::new(), |e| format!("{}, ", v(e))),
                v(*value)
            ),
            InstData::SlotAddr { slot, offset } => match self.slot(*slot) {
                Some(slot) => format!("slot_addr {slot}{offset:+}"),
                None => format!("slot_addr ?{slot}{offset:+}"),
            },
            InstData::GlobalAddr { global, offset } => {
                format!(
                    "global_addr {}{offset:+}",
                    global_symbol(self.module, *global)
                )
            }
            InstData::FuncAddr { func } => format!("func_addr {}", func_symbol(self.module, *func)),
            InstData::Core { relo } => format!("core {relo}"),
            InstData::MemCopy {
                dst,
                src,
                len,
                align,
            } => format!(
                "memcopy {}, {}, {len}, {align}",
                self.address(*dst),
                self.address(*src)
            ),
            InstData::MemSet {
                dst,
                byte,
                len,
                align,
            } => format!("memset {}, {byte}, {len}, {align}", self.address(*dst)),
            InstData::Call { callee, args } => {
                let (callee, args) = match callee {
                    Callee::Helper(id) => (format!("helper {id}"), &args[..]),
                    Callee::Func(id) => (func_symbol(self.module, *id), &args[..]),
                    Callee::Pointer => (self.values(&args[..1]), &args[1..]),
                };
                format!("call {callee}({})", self.values(args))
            }
            InstData::Asm { asm, args } => self.asm(asm, args),
            InstData::AsmOutput { first, index } => format!("asm_output {}, {index}", v(*first)),
            InstData::Refine { arg, cond, other } => {
                format!("refine {}", self.test(*cond, [*arg, *other]))
            }
            InstData::Jump(to) => format!("jump {}", self.target(to)),
            InstData::Branch {
                cond,
                args,
                then,
                otherwise,
            } => format!(
                "branch {}, {}, {}",
                self.test(*cond, *args),
                self.target(then),
                self.target(otherwise)
            ),
            InstData::Switch {
                arg,
                cases,
                default,
            } => {
                let cases: Vec<String> = cases
                    .iter()
                    .map(|(value, to)| format!("{value}: {}", self.target(to)))
                    .collect();
                format!(
                    "switch {}, [{}], {}",
                    v(*arg),
                    cases.join(", "),
                    self.target(default)
                )
            }
            InstData::Return(None) => "return".to_string(),
            InstData::Return(Some(value)) => format!("return {}", v(*value)),
            InstData::Unreachable => "unreachable".to_string(),
        }
    }

    /// `asm "text" [operands], [clobbers]`
    fn asm(&self, asm: &Asm, args: &[Value]) -> String {
        let mut args = args.iter();
        let operands = asm.operands.iter().map(|operand| {
            let arg = operand.has_arg().then(|| args.next()).flatten();
            asm_operand(operand, arg.map_or(String::new(), |&arg| self.value(arg)))
        });
        let operands: Vec<String> = operands.collect();
        let text = quoted(asm.template.to_string().as_bytes());
        let clobbers: Vec<String> = asm.clobbers.iter().map(ToString::to_string).collect();
        format!(
            "asm {text} [{}], [{}]",
            operands.join(", "),
            clobbers.join(", ")
        )
    }

    fn test(&self, cond: Cond, [a, b]: [Value; 2]) -> String {
        format!("{} {} {}", self.value(a), cond_name(cond), self.value(b))
    }
}

fn asm_operand(operand: &AsmOperand, arg: String) -> String {
    let early = |early: bool| if early { "early " } else { "" };
    let reg = operand.reg().map_or(String::new(), |reg| format!("{reg} "));
    match *operand {
        AsmOperand::Output {
            ty,
            early: is_early,
            ..
        } => {
            format!("{}out {reg}{ty}", early(is_early))
        }
        AsmOperand::InOut {
            ty,
            early: is_early,
            ..
        } => {
            format!("{}inout {reg}{ty} {arg}", early(is_early))
        }
        AsmOperand::Input { .. } => format!("in {reg}{arg}"),
        AsmOperand::Const => format!("const {arg}"),
        AsmOperand::Memory { offset } => format!("mem {arg}{offset:+}"),
    }
}

fn volatile_prefix(volatile: bool) -> &'static str {
    if volatile { "volatile " } else { "" }
}

fn access(signed: bool, size: Size) -> String {
    format!("{}{}", if signed { 's' } else { 'u' }, size.bits())
}
