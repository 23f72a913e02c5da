//! Inline assembly (GCC's extended `asm`): constraints to operands, and the template checked once with sample registers.
//!
//! | constraint | operand |
//! |---|---|
//! | `"r"`, `"p"` | a register; a variable declared `register long x asm("r2")` asks for its own |
//! | `"w"` | the lower half of one: `%0` is then `w3` |
//! | `"=r"`, `"+r"`, `"=&r"` | the same, written; read and written; written before all inputs are read |
//! | `"0"` | the register of output 0 |
//! | `"i"`, `"n"` | a constant or the address of a symbol, as text |
//! | `"ri"`, `"g"`, `"X"` | a constant if it is one here, else a register |
//! | `"m"`, `"=m"`, `"+m"` | memory |
//!
//! Names of C in the text, `r1 = some_map ll`, become operands too, so that everyone sees that they are used.

use std::borrow::Cow;

use bpfcc_isa::Reg;
use bpfcc_isa::template::{self, Operand as Filled, Template, TemplateError};
use bpfcc_isa::text::{self, Dialect, Parsed};
use lang_c::ast;
use lang_c::span::Node;

use crate::diagnostic::Diagnostic;
use crate::normalize::spelling::as_written;
use crate::restrict::Rule;
use crate::source::Span;
use crate::tree::asm::{Asm, AsmInput, AsmOperand};
use crate::tree::{Block, Expr, ExprKind, LabelId, Place, PlaceKind, Stmt, StmtKind};
use crate::types::{IntKind, Types};

use super::constant::constant_value;
use super::convert::{self, Operand};
use super::scope::Entity;
use super::{Checked, Checker, Reported};

/// What operands that are symbols are called while the text is tried.
const OPERAND_SYMBOL: &str = ".operand";

/// A constraint, read.
#[derive(Clone, Copy, Default)]
struct Constraint {
    writes: bool,
    reads: bool,
    early: bool,
    register: bool,
    /// Of a register, only the lower half.
    lower: bool,
    constant: bool,
    memory: bool,
    /// The output with which a register is shared.
    tied: Option<usize>,
}

/// What an `asm` has beside its text and operands.
#[derive(Default)]
struct Rest {
    clobbers: Vec<Reg>,
    labels: Vec<(String, LabelId)>,
    /// Operands of which the text means the lower half.
    lower: Vec<usize>,
}

impl Constraint {
    /// Reads a constraint; nothing if a letter means nothing here.
    fn read(text: &str) -> Option<Constraint> {
        let mut constraint = Constraint::default();
        for letter in text.chars() {
            match letter {
                '=' => constraint.writes = true,
                '+' => (constraint.writes, constraint.reads) = (true, true),
                '&' => constraint.early = true,
                'r' | 'p' => constraint.register = true,
                'w' => (constraint.register, constraint.lower) = (true, true),
                'i' | 'n' | 's' | 'I' => constraint.constant = true,
                'm' | 'o' => constraint.memory = true,
                'g' | 'X' => {
                    (constraint.register, constraint.constant) = (true, true);
                }
                '0'..='9' => constraint.tied = letter.to_digit(10).map(|digit| digit as usize),
                '%' | ',' | ' ' => {}
                _ => return None,
            }
        }
        let somewhere = constraint.register || constraint.constant || constraint.memory;
        (somewhere || constraint.tied.is_some()).then_some(constraint)
    }
}

impl Checker<'_> {
    /// An `asm` statement. What is wrong with the assembly counts only if the function is used.
    pub(super) fn asm_statement(
        &mut self,
        node: &Node<ast::AsmStatement>,
        span: Span,
    ) -> Checked<StmtKind> {
        match &node.node {
            ast::AsmStatement::GnuBasic(text) => self.basic_asm(text, span),
            ast::AsmStatement::GnuExtended(extended) => self.extended_asm(extended, span),
        }
    }

    /// `asm("text")`, which lang-c reads as a call.
    pub(super) fn asm_call(
        &mut self,
        node: &Node<ast::CallExpression>,
        span: Span,
    ) -> Checked<Operand> {
        let [argument] = node.node.arguments.as_slice() else {
            return self.error("inline-assembly", span, "`asm` takes a text in quotes");
        };
        let ast::Expression::StringLiteral(text) = &argument.node else {
            return self.error("inline-assembly", span, "`asm` takes a text in quotes");
        };
        let kind = self.basic_asm(text, span)?;
        let stmts = vec![Stmt { kind, span }];
        let kind = ExprKind::StmtExpr {
            block: Block { stmts, span },
            value: None,
        };
        Ok(Operand::Value(convert::expr(kind, Types::VOID, span)))
    }

    fn basic_asm(&mut self, text: &Node<ast::StringLiteral>, span: Span) -> Checked<StmtKind> {
        // Without operands `%` is a character like others.
        let text = self.string_text(text)?.replace('%', "%%");
        Ok(self.finished_asm(&text, &[], Vec::new(), Rest::default(), span))
    }

    fn extended_asm(
        &mut self,
        node: &ast::GnuExtendedAsmStatement,
        span: Span,
    ) -> Checked<StmtKind> {
        let text = self.string_text(&node.template)?;
        let mut operands = Vec::new();
        let mut numbers = Vec::new();
        let mut lower = Vec::new();
        let (labels, inputs) = self.asm_labels(&node.inputs);
        for output in &node.outputs {
            let constraint = self.constraint(output)?;
            lower.extend(constraint.lower.then_some(operands.len()));
            numbers.push(operands.len());
            operands.push(self.asm_output(output, constraint)?);
        }
        for input in &inputs {
            let constraint = self.constraint(input)?;
            let number = self.asm_input(input, constraint, &mut operands)?;
            lower.extend(constraint.lower.then_some(number));
            numbers.push(number);
        }
        let mut clobbers = Vec::new();
        for clobber in &node.clobbers {
            clobbers.extend(self.asm_clobber(clobber)?);
        }
        let nodes = node.outputs.iter().chain(inputs);
        let names = nodes.map(|operand| operand.node.symbolic_name.as_ref());
        let names: Vec<Option<Cow<'_, str>>> = names
            .map(|name| name.map(|name| as_written(&name.node)))
            .collect();
        let names = names.iter().map(Option::as_deref);
        let named: Vec<(Option<&str>, usize)> = names.zip(numbers).collect();
        let rest = Rest {
            clobbers,
            labels: labels?,
            lower,
        };
        Ok(self.finished_asm(&text, &named, operands, rest, span))
    }

    /// Parts the labels of an `asm goto` from the inputs: see `normalize::asm_goto`.
    #[expect(
        clippy::type_complexity,
        reason = "two lists that are taken apart at once"
    )]
    fn asm_labels<'n>(
        &mut self,
        nodes: &'n [Node<ast::GnuAsmOperand>],
    ) -> (
        Checked<Vec<(String, LabelId)>>,
        Vec<&'n Node<ast::GnuAsmOperand>>,
    ) {
        let is_label = |node: &&Node<ast::GnuAsmOperand>| {
            node.node.constraints.node.iter().all(|part| part == "\"\"")
        };
        let (labels, inputs): (Vec<_>, Vec<_>) = nodes.iter().partition(is_label);
        let labels = labels
            .into_iter()
            .filter_map(|node| node.node.symbolic_name.as_ref());
        let labels = labels.map(|name| {
            let span = self.span(name);
            let name = as_written(&name.node);
            let label = self.named_label(&name, span, false)?;
            Ok((name.into_owned(), label))
        });
        (labels.collect(), inputs)
    }

    /// Reports that the assembly is wrong, if the function is used.
    fn asm_error<T>(&mut self, span: Span, message: &str) -> Checked<T> {
        self.restrict(asm_diagnostic(span, message));
        Err(Reported)
    }

    // Operands.

    fn constraint(&mut self, node: &Node<ast::GnuAsmOperand>) -> Checked<Constraint> {
        let text = self.string_text(&node.node.constraints)?;
        let span = self.span(&node.node.constraints);
        match Constraint::read(&text) {
            Some(constraint) => Ok(constraint),
            None => self.asm_error(span, &format!("there is no constraint `\"{text}\"`")),
        }
    }

    fn asm_output(
        &mut self,
        node: &Node<ast::GnuAsmOperand>,
        constraint: Constraint,
    ) -> Checked<AsmOperand> {
        let span = self.span(node);
        if !constraint.writes {
            return self.asm_error(span, "the constraint of an output starts with `=` or `+`");
        }
        if constraint.memory && !constraint.register {
            return self.asm_memory(&node.node.variable_name);
        }
        let place = self.written_place(&node.node.variable_name)?;
        self.require_register_type(place.ty.ty, place.span)?;
        Ok(AsmOperand::Output {
            reg: self.register_of_place(&place),
            place,
            input: match constraint.reads {
                true => AsmInput::SamePlace,
                false => AsmInput::Nothing,
            },
            early: constraint.early,
        })
    }

    /// Appends an input and gives its number, which may be that of an output.
    fn asm_input(
        &mut self,
        node: &Node<ast::GnuAsmOperand>,
        constraint: Constraint,
        operands: &mut Vec<AsmOperand>,
    ) -> Checked<usize> {
        if let Some(tied) = constraint.tied {
            let value = self.rvalue(&node.node.variable_name)?;
            self.require_register_type(value.ty, value.span)?;
            return match operands.get_mut(tied) {
                Some(AsmOperand::Output {
                    input: input @ AsmInput::Nothing,
                    ..
                }) => {
                    *input = AsmInput::Value(value);
                    Ok(tied)
                }
                _ => self.asm_error(value.span, &format!("there is no output {tied} to share")),
            };
        }
        let operand = self.plain_input(&node.node.variable_name, constraint)?;
        operands.push(operand);
        Ok(operands.len() - 1)
    }

    fn plain_input(
        &mut self,
        node: &Node<ast::Expression>,
        constraint: Constraint,
    ) -> Checked<AsmOperand> {
        if constraint.memory && !constraint.register && !constraint.constant {
            return self.asm_memory(node);
        }
        let operand = self.operand(node)?;
        let reg = match &operand {
            Operand::Place(place) => self.register_of_place(place),
            _ => None,
        };
        let helper = self.called_helper(&operand);
        let value = self.value_of(operand)?;
        if let (Some((number, _)), true) = (helper, constraint.constant) {
            let kind = ExprKind::IntConst(number.into());
            let value = convert::expr(kind, Types::int(IntKind::Long), value.span);
            return Ok(AsmOperand::Const(value));
        }
        self.require_register_type(value.ty, value.span)?;
        let value = match constraint.constant {
            true => self.folded_literal(value),
            false => value,
        };
        let number = constant_value(&value).filter(|constant| constant.symbol.is_none());
        if constraint.constant && (number.is_some() || !constraint.register) {
            // Where a member lies is a question to the running kernel elsewhere (CO-RE), but a number in a text.
            let value = match (number, self.types().int_kind(value.ty)) {
                (Some(number), Some(kind)) => {
                    let number = ExprKind::IntConst(kind.wrap(number.addend));
                    convert::expr(number, value.ty, value.span)
                }
                _ => value,
            };
            return Ok(AsmOperand::Const(self.widened(value)));
        }
        Ok(AsmOperand::Input { value, reg })
    }

    /// An instruction given as `*(long *)&(struct bpf_insn){…}`, as a number.
    fn folded_literal(&mut self, value: Expr) -> Expr {
        let kind = self.types().int_kind(value.ty);
        let (Some(kind), Some(bytes)) = (kind, self.literal_bytes(&value)) else {
            return value;
        };
        let bits = self.types().endian.number(&bytes);
        let number = ExprKind::IntConst(kind.wrap(bits.cast_signed()));
        convert::expr(number, value.ty, value.span)
    }

    /// An integer as one of 64 bits.
    fn widened(&self, value: Expr) -> Expr {
        match self.types().int_kind(value.ty) {
            Some(kind) if kind.bits() < 64 => self.cast(value, Types::int(IntKind::Long)),
            _ => value,
        }
    }

    fn asm_memory(&mut self, node: &Node<ast::Expression>) -> Checked<AsmOperand> {
        let span = self.span(node);
        let operand = self.operand(node)?;
        self.address_of(operand, span).map(AsmOperand::Memory)
    }

    fn require_register_type(&mut self, ty: crate::types::TypeId, span: Span) -> Checked<()> {
        let types = self.types();
        let is_wide = types.int_kind(ty).is_some_and(|kind| kind.bits() > 64);
        if (types.is_integer(ty) || types.is_pointer(ty)) && !is_wide {
            return Ok(());
        }
        let shown = self.show(ty);
        self.asm_error(span, &format!("{shown} does not fit a register"))
    }

    // Registers.

    /// The register that a variable was declared with.
    fn register_of_place(&self, place: &Place) -> Option<Reg> {
        match &place.kind {
            PlaceKind::Local(id) => self.body.as_ref()?.registers.get(id).copied(),
            _ => None,
        }
    }

    /// The register in `register long x asm("r2")`.
    pub(super) fn register_label(&mut self, name: &str, span: Span) -> Option<Reg> {
        let reg = register_named(name).filter(|&reg| reg != Reg::R10);
        if reg.is_none() {
            let message = format!("`{name}` is no register for variables");
            let _: Checked<()> = self.asm_error(span, &message);
        }
        reg
    }

    /// Nothing for `"memory"`: all assembly may touch memory.
    fn asm_clobber(&mut self, node: &Node<ast::StringLiteral>) -> Checked<Option<Reg>> {
        let name = self.string_text(node)?;
        if name == "memory" || name == "cc" {
            return Ok(None);
        }
        match register_named(&name).filter(|&reg| reg != Reg::R10) {
            Some(reg) => Ok(Some(reg)),
            None => {
                let span = self.span(node);
                self.asm_error(
                    span,
                    &format!("`{name}` is no register that can be overwritten"),
                )
            }
        }
    }

    // The text.

    /// The statement, or an empty one if the text is wrong. `numbers` says for each operand of the text its name and its
    /// number in `operands`.
    fn finished_asm(
        &mut self,
        text: &str,
        numbers: &[(Option<&str>, usize)],
        mut operands: Vec<AsmOperand>,
        rest: Rest,
        span: Span,
    ) -> StmtKind {
        let Rest {
            mut clobbers,
            labels,
            lower,
        } = rest;
        if self.is_naked() {
            // They hold what the caller passed.
            clobbers.extend((0..6).filter_map(Reg::new));
        }
        clobbers.sort();
        clobbers.dedup();
        let label_names: Vec<&str> = labels.iter().map(|(name, _)| name.as_str()).collect();
        let names: Vec<Option<&str>> = numbers.iter().map(|&(name, _)| name).collect();
        let checked = Template::with_labels(text, &names, &label_names)
            .map_err(|error| template_error(&error, span))
            .and_then(|mut template| {
                template.renumber(|number| numbers[number].1);
                for operand in lower {
                    template.mention_lower_half(operand);
                }
                if !labels.is_empty() {
                    template.leave_by(operands.len(), labels.len());
                    operands.push(AsmOperand::Way);
                }
                let falls = self.name_symbols(&mut template, &mut operands, &clobbers, span)?;
                Ok((template, falls))
            });
        match checked {
            Ok((template, falls_through)) => StmtKind::Asm(Box::new(Asm {
                template,
                operands,
                clobbers,
                labels: labels.into_iter().map(|(_, label)| label).collect(),
                falls_through,
            })),
            Err(error) => {
                self.restrict(error);
                StmtKind::Empty
            }
        }
    }

    fn is_naked(&self) -> bool {
        let body = self.body.as_ref();
        body.is_some_and(|body| self.unit[body.func].attributes.naked)
    }

    /// Tries the text with some registers, and makes operands of the names of C in it. Gives whether control may get behind
    /// the text.
    fn name_symbols(
        &mut self,
        template: &mut Template,
        operands: &mut Vec<AsmOperand>,
        clobbers: &[Reg],
        span: Span,
    ) -> Result<bool, Diagnostic> {
        let fixed: Vec<Option<Reg>> = operands.iter().filter_map(needed_register).collect();
        if let Some(reg) = fixed.iter().flatten().find(|reg| clobbers.contains(reg)) {
            let message = format!("`{reg}` is an operand and overwritten too");
            return Err(asm_diagnostic(span, message));
        }
        if let Some(reg) = register_twice(operands) {
            let message = format!("two operands are in `{reg}` at the same time");
            return Err(asm_diagnostic(span, message));
        }
        let regs = template::distinct_registers(&fixed, clobbers);
        let too_many = "the operands need more registers than BPF has";
        let regs = regs.ok_or_else(|| asm_diagnostic(span, too_many))?;
        let mut regs = regs.into_iter();
        let filled = operands
            .iter()
            .map(|operand| self.sample(operand, &mut regs));
        let filled: Vec<Filled> = filled.collect();
        let parsed = match template.assemble(&filled, self.types().endian) {
            Ok(parsed) => parsed,
            // With the value it may be right: the backend knows.
            Err(TemplateError::Instruction { .. }) if operands.iter().any(is_unknown) => {
                return Ok(true);
            }
            Err(error) => return Err(template_error(&error, span)),
        };
        let falls_through = parsed.falls_through();
        let names = parsed.symbols.into_iter().map(|(_, name)| name);
        for name in names.filter(|name| name != OPERAND_SYMBOL) {
            let symbol = self.named_symbol(&name, span);
            let undeclared = || asm_diagnostic(span, format!("`{name}` is not declared"));
            operands.push(symbol.ok_or_else(undeclared)?);
            let index = operands.len() - 1;
            template.replace_words(|word| (word == name).then_some(index));
        }
        Ok(falls_through)
    }

    /// What an operand may look like in the text.
    fn sample(&self, operand: &AsmOperand, regs: &mut impl Iterator<Item = Reg>) -> Filled {
        let mut reg = || regs.next().unwrap_or(Reg::R0);
        match operand {
            AsmOperand::Output { .. } | AsmOperand::Input { .. } | AsmOperand::Way => {
                Filled::Reg(reg())
            }
            AsmOperand::Memory(_) => Filled::Memory(reg(), 0),
            AsmOperand::Const(value) => match constant_value(value) {
                Some(constant) => match constant.symbol {
                    None => Filled::Number(constant.addend as i64),
                    // Unlike the names in the text, which are the same as far as C is concerned.
                    Some(_) => Filled::Symbol {
                        name: OPERAND_SYMBOL.to_owned(),
                        addend: constant.addend as i64,
                    },
                },
                None => Filled::Number(0),
            },
        }
    }

    /// A function, a variable or a helper that the text names.
    fn named_symbol(&mut self, name: &str, span: Span) -> Option<AsmOperand> {
        let long = Types::int(IntKind::Long);
        let value = match self.entity(name)? {
            Entity::Func(id) => {
                let operand = Operand::Func(id, span);
                self.value_of(operand).ok()?
            }
            Entity::Global(id) => match self.helper_number(id) {
                Some(number) => convert::expr(ExprKind::IntConst(number.into()), long, span),
                None => {
                    let place = Place {
                        kind: PlaceKind::Global(id),
                        ty: self.unit[id].ty,
                        span,
                    };
                    self.address_of(Operand::Place(place), span).ok()?
                }
            },
            Entity::Enumerator { value, .. } => {
                convert::expr(ExprKind::IntConst(value), long, span)
            }
            Entity::Local(_) | Entity::Typedef(_) => return None,
        };
        Some(AsmOperand::Const(value))
    }
}

impl Checker<'_> {
    /// `asm("…")` outside of functions, which may hold comments.
    pub(super) fn file_asm(&mut self, text: &Node<ast::StringLiteral>) -> Checked<()> {
        let span = self.span(text);
        let text = self.string_text(text)?;
        let is_empty = |parsed: Parsed| parsed.insns.is_empty() && parsed.labels.is_empty();
        if text::parse(Dialect::PseudoC, &text).is_ok_and(is_empty) {
            return Ok(());
        }
        let message = "this assembly stands outside of functions, of which a program is made";
        let help = "write `__attribute__((naked))` in front of a function whose body is one `asm` statement";
        self.fail(asm_diagnostic(span, message).help(help))
    }
}

fn asm_diagnostic(span: Span, message: impl Into<String>) -> Diagnostic {
    Diagnostic::error(span, message).code(Rule::InlineAssembly.code())
}

/// What is wrong with a text.
fn template_error(error: &TemplateError, span: Span) -> Diagnostic {
    match error {
        TemplateError::Label | TemplateError::FramePointer | TemplateError::JumpsOut(_) => {
            Rule::InlineAssembly.refuse(span, error)
        }
        TemplateError::UnknownOperand(_) | TemplateError::Instruction { .. } => {
            asm_diagnostic(span, error.to_string())
        }
    }
}

/// Whether a constant's value is not known yet.
fn is_unknown(operand: &AsmOperand) -> bool {
    matches!(operand, AsmOperand::Const(value) if constant_value(value).is_none())
}

/// Whether an operand needs a register, and if so whether it must be a certain one.
fn needed_register(operand: &AsmOperand) -> Option<Option<Reg>> {
    match operand {
        AsmOperand::Output { reg, .. } | AsmOperand::Input { reg, .. } => Some(*reg),
        AsmOperand::Memory(_) | AsmOperand::Way => Some(None),
        AsmOperand::Const(_) => None,
    }
}

/// A register that two operands ask for, both when the text starts or both when it ends.
fn register_twice(operands: &[AsmOperand]) -> Option<Reg> {
    let (mut before, mut after) = (Vec::new(), Vec::new());
    for operand in operands {
        let (reg, is_read, is_written) = match operand {
            AsmOperand::Output {
                reg, input, early, ..
            } => (*reg, *early || !matches!(input, AsmInput::Nothing), true),
            AsmOperand::Input { reg, .. } => (*reg, true, false),
            AsmOperand::Way | AsmOperand::Const(_) | AsmOperand::Memory(_) => continue,
        };
        let Some(reg) = reg else { continue };
        for (is_used, users) in [(is_read, &mut before), (is_written, &mut after)] {
            if is_used && users.contains(&reg) {
                return Some(reg);
            }
            users.extend(is_used.then_some(reg));
        }
    }
    None
}

/// `r0` to `r10`, or `w0` to `w10`.
fn register_named(name: &str) -> Option<Reg> {
    let number = name.strip_prefix(['r', 'w'])?;
    Reg::new(number.parse().ok()?)
}
