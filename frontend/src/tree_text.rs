//! The typed tree as text, for `--emit=tree` and for tests.
//!
//! Declarations are written as in C; expressions too, but with everything that C leaves out: each conversion is
//! `(type)value`, `load` marks where memory is read, members show their offset, and pointer arithmetic the size it
//! multiplies with. What has no name in the source is numbered: `%2` is the third local, `label0` the first label.
//! `int f(struct s *p) { return p->a[1] + 1L; }` reads:
//!
//! ```text
//! int f(struct s *)
//!   param struct s *p align 8
//!   {
//!     return (int)((long)load(*(&(*(load(p))).a@4 + (long)1 * 4)) + (long)1)
//!   }
//! ```

use std::fmt::Write;

use crate::tree::asm::{Asm, AsmInput, AsmOperand};
use crate::tree::reach;
use crate::tree::{
    AtomicResult, AtomicRmw, Block, Builtin, Callee, CastKind, CompoundOp, Expr, ExprKind, FuncId,
    Function, Global, GlobalId, GlobalKind, Init, InitValue, Inline, LabelId, Linkage, LocalId,
    Place, PlaceKind, ShiftOp, Stmt, StmtKind, Symbol, UnaryOp, Unit,
};
use crate::types::{BitField, FieldRef, TypeId};

/// The text of what is used of a unit: headers bring much that is not.
pub fn print(unit: &Unit) -> String {
    let mut text = String::new();
    let used = reach::used(unit);
    for (_, global) in unit.globals().filter(|&(id, _)| used.global(id)) {
        print_global(unit, global, &mut text);
    }
    for (_, function) in unit.functions().filter(|&(id, _)| used.function(id)) {
        if !text.is_empty() {
            text.push('\n');
        }
        let mut printer = Printer {
            unit,
            function,
            text: &mut text,
            depth: 0,
        };
        printer.function();
    }
    text
}

fn linkage_text(linkage: Linkage) -> &'static str {
    match linkage {
        Linkage::Local => "static ",
        Linkage::Global => "",
        Linkage::Hidden => "hidden ",
        Linkage::Weak => "weak ",
        Linkage::WeakHidden => "weak hidden ",
    }
}

fn print_global(unit: &Unit, global: &Global, text: &mut String) {
    let kind = match global.kind {
        GlobalKind::Map => "map",
        GlobalKind::ReadOnly => "readonly",
        GlobalKind::String => "string",
        GlobalKind::Mutable => "mutable",
        GlobalKind::Extern => "extern",
    };
    let declaration = unit.types.spell_declaration(global.ty, &global.name);
    let linkage = linkage_text(global.linkage);
    text.push_str(&format!("{linkage}{kind} {declaration}"));
    if !global.section.is_empty() {
        text.push_str(&format!(" in {:?}", global.section));
    }
    text.push_str(&format!(" align {}", global.align));
    if let Some(image) = &global.image {
        text.push_str(&format!(" = {}", image_text(global.kind, &image.bytes)));
        for pointer in &image.pointers {
            let target = symbol_name(unit, pointer.target);
            text.push_str(&format!(
                ", {}: &{target}{:+}",
                pointer.offset, pointer.addend
            ));
        }
    }
    text.push('\n');
}

fn symbol_name(unit: &Unit, symbol: Symbol) -> &str {
    match symbol {
        Symbol::Global(id) => &unit[id].name,
        Symbol::Func(id) => &unit[id].name,
    }
}

/// Strings as strings, other bytes in hexadecimal; zeros at the end are counted only.
fn image_text(kind: GlobalKind, bytes: &[u8]) -> String {
    if kind == GlobalKind::String {
        return format!("{:?}", String::from_utf8_lossy(bytes));
    }
    let used = bytes
        .iter()
        .rposition(|&byte| byte != 0)
        .map_or(0, |last| last + 1);
    let mut text: Vec<String> = bytes[..used]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    if used < bytes.len() {
        text.push(format!("00*{}", bytes.len() - used));
    }
    format!("[{}]", text.join(" "))
}

struct Printer<'a> {
    unit: &'a Unit,
    function: &'a Function,
    text: &'a mut String,
    depth: usize,
}

impl Printer<'_> {
    fn line(&mut self, line: &str) {
        let indent = 2 * self.depth;
        // Writing to a string cannot fail.
        let _ = writeln!(self.text, "{:indent$}{line}", "");
    }

    fn function(&mut self) {
        let function = self.function;
        let ty = function.ty.unqualified();
        let declaration = self.unit.types.spell_declaration(ty, &function.name);
        let mut line = format!("{}{declaration}", linkage_text(function.linkage));
        if let Some(section) = &function.attributes.section {
            line.push_str(&format!(" in {section:?}"));
        }
        line.push_str(match function.attributes.inline {
            Inline::Unsaid => "",
            Inline::Hint => " inline",
            Inline::Always => " always_inline",
            Inline::Never => " noinline",
        });
        self.line(&line);
        if let Some(body) = &function.body {
            self.indented(|printer| {
                printer.locals();
                printer.block(body);
            });
        }
    }

    fn indented(&mut self, print: impl FnOnce(&mut Self)) {
        self.depth += 1;
        print(self);
        self.depth -= 1;
    }

    fn locals(&mut self) {
        for (index, local) in self.function.locals.iter().enumerate() {
            let role = if index < self.function.params.len() {
                "param"
            } else {
                "local"
            };
            let name = self.local(LocalId::new(index));
            let declaration = self.unit.types.spell_declaration(local.ty, &name);
            self.line(&format!("{role} {declaration} align {}", local.align));
        }
    }

    /// The name, with its number if it has none or another local has the same.
    fn local(&self, id: LocalId) -> String {
        let locals = &self.function.locals;
        match &self.function[id].name {
            None => format!("%{}", id.index()),
            Some(name) => {
                let same = locals
                    .iter()
                    .filter(|local| local.name.as_ref() == Some(name));
                if same.count() == 1 {
                    name.clone()
                } else {
                    format!("{name}%{}", id.index())
                }
            }
        }
    }

    /// The name, with its number if it has none or another block's label has the same.
    fn label(&self, id: LabelId) -> String {
        let mut labels = self.function.labels.iter().enumerate();
        match &self.function[id].name {
            None => format!("label{}", id.index()),
            Some(name)
                if labels
                    .any(|(at, other)| at != id.index() && other.name.as_ref() == Some(name)) =>
            {
                format!("{name}%{}", id.index())
            }
            Some(name) => name.clone(),
        }
    }

    fn block(&mut self, block: &Block) {
        self.line("{");
        self.indented(|printer| printer.stmts(&block.stmts));
        self.line("}");
    }

    fn stmts(&mut self, stmts: &[Stmt]) {
        for stmt in stmts {
            self.stmt(stmt);
        }
    }

    /// A statement below another one.
    fn below(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Block(block) => self.block(block),
            _ => self.indented(|printer| printer.stmt(stmt)),
        }
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Expr(expr) => {
                let line = self.expr(expr);
                self.line(&line);
            }
            StmtKind::Decl {
                local,
                init,
                cleanup,
            } => {
                let mut line = format!("let {}", self.local(*local));
                if let Some(init) = init {
                    line += &format!(" = {}", self.init(init));
                }
                if let Some(call) = cleanup {
                    line += &format!(", at the end {}", self.expr(call));
                }
                self.line(&line);
            }
            StmtKind::Block(block) => self.block(block),
            StmtKind::If {
                cond,
                then,
                otherwise,
            } => {
                let cond = self.expr(cond);
                self.line(&format!("if {cond}"));
                self.below(then);
                if let Some(otherwise) = otherwise {
                    self.line("else");
                    self.below(otherwise);
                }
            }
            StmtKind::While { cond, body } => {
                let cond = self.expr(cond);
                self.line(&format!("while {cond}"));
                self.below(body);
            }
            StmtKind::DoWhile { body, cond } => {
                self.line("do");
                self.below(body);
                let cond = self.expr(cond);
                self.line(&format!("while {cond}"));
            }
            StmtKind::For {
                init,
                cond,
                step,
                body,
            } => {
                self.line("for");
                self.indented(|printer| printer.stmts(init));
                let cond = cond.as_ref().map_or(String::new(), |cond| self.expr(cond));
                let step = step.as_ref().map_or(String::new(), |step| self.expr(step));
                self.line(&format!("while {cond}; next {step}"));
                self.below(body);
            }
            StmtKind::Switch {
                value,
                cases,
                default,
                body,
            } => {
                let value = self.expr(value);
                let mut targets: Vec<String> = Vec::new();
                for case in cases {
                    let range = if case.low == case.high {
                        case.low.to_string()
                    } else {
                        format!("{} ... {}", case.low, case.high)
                    };
                    targets.push(format!("{range}: {}", self.label(case.label)));
                }
                targets.extend(default.map(|label| format!("default: {}", self.label(label))));
                self.line(&format!("switch {value} [{}]", targets.join(", ")));
                self.below(body);
            }
            StmtKind::Label(label) => {
                let label = self.label(*label);
                self.line(&format!("{label}:"));
            }
            StmtKind::Goto(label) => {
                let label = self.label(*label);
                self.line(&format!("goto {label}"));
            }
            StmtKind::ComputedGoto(number) => {
                let labels = self.function.addressed_labels.iter().enumerate();
                let labels =
                    labels.map(|(index, &id)| format!("{}: {}", index + 1, self.label(id)));
                let labels: Vec<String> = labels.collect();
                let number = self.expr(number);
                self.line(&format!("goto *{number} [{}]", labels.join(", ")));
            }
            StmtKind::Break => self.line("break"),
            StmtKind::Continue => self.line("continue"),
            StmtKind::Return(None) => self.line("return"),
            StmtKind::Return(Some(value)) => {
                let value = self.expr(value);
                self.line(&format!("return {value}"));
            }
            StmtKind::Asm(asm) => {
                let text = self.asm(asm);
                self.line(&text);
            }
            StmtKind::Empty => self.line(";"),
        }
    }

    fn init(&self, init: &Init) -> String {
        let mut items: Vec<String> = Vec::new();
        if init.zero_fill {
            items.push("0...".to_owned());
        }
        for item in &init.items {
            let value = match &item.value {
                InitValue::Expr(value) => self.expr(value),
                InitValue::Bytes(bytes) => format!("{:?}", String::from_utf8_lossy(bytes)),
            };
            let bits = item.bits.map(bits_text).unwrap_or_default();
            items.push(format!("@{}{bits}: {value}", item.offset));
        }
        match (&*init.items, init.zero_fill) {
            ([only], false) if only.offset == 0 && only.bits.is_none() => match &only.value {
                InitValue::Expr(value) => self.expr(value),
                InitValue::Bytes(_) => format!("{{ {} }}", items.join(", ")),
            },
            _ => format!("{{ {} }}", items.join(", ")),
        }
    }

    fn ty(&self, ty: TypeId) -> String {
        self.unit.types.spell(ty.unqualified())
    }

    /// `asm "text" [out place, in value], [r0]`
    fn asm(&self, asm: &Asm) -> String {
        let operands = asm.operands.iter().map(|operand| match operand {
            AsmOperand::Output {
                place,
                input,
                reg,
                early,
            } => {
                let early = if *early { "early " } else { "" };
                let reg = reg.map_or(String::new(), |reg| format!("{reg} "));
                let place = self.place(place);
                match input {
                    AsmInput::Nothing => format!("{early}out {reg}{place}"),
                    AsmInput::SamePlace => format!("{early}inout {reg}{place}"),
                    AsmInput::Value(value) => {
                        format!("{early}inout {reg}{place} = {}", self.expr(value))
                    }
                }
            }
            AsmOperand::Input { value, reg } => {
                let reg = reg.map_or(String::new(), |reg| format!("{reg} "));
                format!("in {reg}{}", self.expr(value))
            }
            AsmOperand::Way => "way".to_owned(),
            AsmOperand::Const(value) => format!("const {}", self.expr(value)),
            AsmOperand::Memory(address) => format!("mem {}", self.expr(address)),
        });
        let operands: Vec<String> = operands.collect();
        let clobbers: Vec<String> = asm.clobbers.iter().map(ToString::to_string).collect();
        let text = asm.template.to_string();
        format!(
            "asm {text:?} [{}], [{}]",
            operands.join(", "),
            clobbers.join(", ")
        )
    }

    fn exprs(&self, exprs: &[Expr]) -> String {
        let texts: Vec<String> = exprs.iter().map(|expr| self.expr(expr)).collect();
        texts.join(", ")
    }

    fn expr(&self, expr: &Expr) -> String {
        match &expr.kind {
            ExprKind::IntConst(value) => self.constant(*value, expr.ty),
            ExprKind::FloatConst(value) => format!("{value:?}"),
            ExprKind::Core(query) => {
                let (kind, root) = (query.kind.keyword(), self.ty(query.root));
                format!("core({kind}, {root}, {})", query.access())
            }
            ExprKind::Load(place) => format!("load({})", self.place(place)),
            ExprKind::AddressOf(place) => format!("&{}", self.place(place)),
            ExprKind::FuncAddr(id) => format!("&{}", self.func(*id)),
            ExprKind::Unary { op, arg } => {
                let symbol = match op {
                    UnaryOp::Neg => "-",
                    UnaryOp::Not => "~",
                };
                format!("{symbol}{}", self.operand(arg))
            }
            ExprKind::LogicalNot(arg) => format!("!{}", self.operand(arg)),
            ExprKind::Binary { op, lhs, rhs } => self.infix(op.symbol(), lhs, rhs),
            ExprKind::Shift { op, value, count } => self.infix(op.symbol(), value, count),
            ExprKind::Compare { op, lhs, rhs } => self.infix(op.symbol(), lhs, rhs),
            ExprKind::LogicalAnd(lhs, rhs) => self.infix("&&", lhs, rhs),
            ExprKind::LogicalOr(lhs, rhs) => self.infix("||", lhs, rhs),
            ExprKind::Comma(first, second) => self.infix(",", first, second),
            ExprKind::Conditional {
                cond,
                then,
                otherwise,
            } => {
                let (cond, then) = (self.operand(cond), self.operand(then));
                format!("{cond} ? {then} : {}", self.operand(otherwise))
            }
            ExprKind::PtrOffset { ptr, index, size } => {
                format!("{} + {} * {size}", self.operand(ptr), self.operand(index))
            }
            ExprKind::PtrDiff { lhs, rhs, size } => {
                format!("({}) / {size}", self.infix("-", lhs, rhs))
            }
            ExprKind::Cast { kind, arg } => {
                let mark = if *kind == CastKind::ToBool {
                    "!= 0: "
                } else {
                    ""
                };
                format!("({mark}{}){}", self.ty(expr.ty), self.operand(arg))
            }
            ExprKind::Assign { place, value } => {
                format!("{} = {}", self.place(place), self.expr(value))
            }
            ExprKind::CompoundAssign {
                op,
                place,
                computation,
                value,
            } => {
                let op = match op {
                    CompoundOp::Binary(op) => op.symbol().to_owned(),
                    CompoundOp::Shift(op) => op.symbol().to_owned(),
                    CompoundOp::PtrOffset { size } => format!("+{size}*"),
                };
                let (place, value) = (self.place(place), self.expr(value));
                format!("{place} {op}= {value} as {}", self.ty(*computation))
            }
            ExprKind::IncDec {
                place,
                step,
                postfix,
            } => {
                let place = self.place(place);
                let (before, after) = if *postfix {
                    (String::new(), format!(" after {step:+}"))
                } else {
                    (format!("{step:+} before "), String::new())
                };
                format!("({before}{place}{after})")
            }
            ExprKind::Call { callee, args } => {
                let callee = match callee {
                    Callee::Func(id) => self.func(*id).to_owned(),
                    Callee::Helper(number) => format!("helper {number}"),
                    Callee::Indirect(pointer) => format!("(*{})", self.expr(pointer)),
                };
                format!("{callee}({})", self.exprs(args))
            }
            ExprKind::Builtin { builtin, args } => {
                format!("{}({})", builtin_name(*builtin), self.exprs(args))
            }
            ExprKind::StmtExpr { block, value } => self.stmt_expr(block, value.as_deref()),
        }
    }

    /// Null and other constants of pointer type show it; numbers show what `int` does not hold.
    fn constant(&self, value: i128, ty: TypeId) -> String {
        let spelled = self.ty(ty);
        if spelled == "int" {
            value.to_string()
        } else {
            format!("({spelled}){value}")
        }
    }

    /// An expression inside another one.
    fn operand(&self, expr: &Expr) -> String {
        let text = self.expr(expr);
        match expr.kind {
            ExprKind::IntConst(_)
            | ExprKind::Load(_)
            | ExprKind::AddressOf(_)
            | ExprKind::FuncAddr(_)
            | ExprKind::Unary { .. }
            | ExprKind::LogicalNot(_)
            | ExprKind::Cast { .. }
            | ExprKind::IncDec { .. }
            | ExprKind::Call { .. }
            | ExprKind::Builtin { .. }
            | ExprKind::Core(_) => text,
            _ => format!("({text})"),
        }
    }

    fn infix(&self, symbol: &str, lhs: &Expr, rhs: &Expr) -> String {
        format!("{} {symbol} {}", self.operand(lhs), self.operand(rhs))
    }

    /// The statements in one line, so that they can stand inside an expression.
    fn stmt_expr(&self, block: &Block, value: Option<&Expr>) -> String {
        let mut text = String::new();
        let mut printer = Printer {
            unit: self.unit,
            function: self.function,
            text: &mut text,
            depth: 0,
        };
        printer.stmts(&block.stmts);
        let mut parts: Vec<String> = text.lines().map(|line| line.trim().to_owned()).collect();
        parts.extend(value.map(|value| self.expr(value)));
        format!("({{ {} }})", parts.join("; "))
    }

    fn place(&self, place: &Place) -> String {
        match &place.kind {
            PlaceKind::Local(id) => self.local(*id),
            PlaceKind::Global(id) => self.global(*id).to_owned(),
            PlaceKind::Deref(pointer) => format!("*({})", self.expr(pointer)),
            PlaceKind::Member {
                base,
                field,
                offset,
                relocated,
            } => {
                let (base, field) = (self.base(base), self.field(*field));
                format!("{base}.{field}{}{offset}", at(*relocated))
            }
            PlaceKind::BitField {
                base,
                field,
                bits,
                relocated,
            } => {
                let (base, field) = (self.base(base), self.field(*field));
                let core = if *relocated { "~" } else { "" };
                format!("{base}.{field}{core}{}", bits_text(*bits))
            }
            PlaceKind::CompoundLiteral { local, init } => {
                format!("[{} = {}]", self.local(*local), self.init(init))
            }
            PlaceKind::Temporary { local, value } => {
                format!("[{} = {}]", self.local(*local), self.expr(value))
            }
        }
    }

    fn base(&self, place: &Place) -> String {
        let text = self.place(place);
        match place.kind {
            PlaceKind::Deref(_) => format!("({text})"),
            _ => text,
        }
    }

    fn field(&self, field: FieldRef) -> &str {
        let field = self.unit.types.field(field);
        field.name.as_deref().unwrap_or("_")
    }

    fn func(&self, id: FuncId) -> &str {
        &self.unit[id].name
    }

    fn global(&self, id: GlobalId) -> &str {
        &self.unit[id].name
    }
}

/// `@4:3..8/32`: bits 3 to 7 of the 32-bit unit at byte 4.
/// Before a member's offset: `~` if the running kernel may have another.
fn at(relocated: bool) -> &'static str {
    if relocated { "@~" } else { "@" }
}

fn bits_text(bits: BitField) -> String {
    let end = bits.shift + bits.width;
    format!("@{}:{}..{end}/{}", bits.offset, bits.shift, bits.bytes * 8)
}

fn builtin_name(builtin: Builtin) -> String {
    match builtin {
        Builtin::Bswap(bits) => format!("bswap{bits}"),
        Builtin::BitReverse(bits) => format!("bitreverse{bits}"),
        Builtin::Rotate(ShiftOp::Left) => "rotateleft".to_owned(),
        Builtin::Rotate(ShiftOp::Right) => "rotateright".to_owned(),
        Builtin::Clrsb => "clrsb".to_owned(),
        Builtin::Clz => "clz".to_owned(),
        Builtin::Ctz => "ctz".to_owned(),
        Builtin::Popcount => "popcount".to_owned(),
        Builtin::Parity => "parity".to_owned(),
        Builtin::Ffs => "ffs".to_owned(),
        Builtin::Abs => "abs".to_owned(),
        Builtin::Memcpy => "memcpy".to_owned(),
        Builtin::Memmove => "memmove".to_owned(),
        Builtin::Memset => "memset".to_owned(),
        Builtin::Memcmp => "memcmp".to_owned(),
        Builtin::Unreachable => "unreachable".to_owned(),
        Builtin::Trap => "trap".to_owned(),
        Builtin::Overflow(op) => format!("overflow {}", op.symbol()),
        Builtin::AtomicRmw { op, result } => {
            let op = match op {
                AtomicRmw::Add => "add",
                AtomicRmw::Sub => "sub",
                AtomicRmw::And => "and",
                AtomicRmw::Or => "or",
                AtomicRmw::Xor => "xor",
                AtomicRmw::Exchange => "exchange",
            };
            match result {
                AtomicResult::Old => format!("atomic fetch_{op}"),
                AtomicResult::New => format!("atomic {op}_fetch"),
            }
        }
        Builtin::CompareExchange => "atomic compare_exchange".to_owned(),
        Builtin::CompareExchangeAt => "atomic compare_exchange_at".to_owned(),
        Builtin::AtomicLoad => "atomic load".to_owned(),
        Builtin::AtomicStore => "atomic store".to_owned(),
        Builtin::Fence => "atomic fence".to_owned(),
    }
}
