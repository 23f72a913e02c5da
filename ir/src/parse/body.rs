//! Bodies of functions: slots, blocks, instructions.

use std::collections::BTreeMap;

use bpfcc_isa::template::Template;
use bpfcc_isa::{AluOp, AtomicOp, Cond, Reg, Size};

use super::{ParseError, ParseErrorKind, Parser, Token};
use crate::asm::{Asm, AsmOperand};
use crate::debug::SourceLoc;
use crate::entity::{Block, CoreId, EntityRef, Slot, Value};
use crate::function::{Function, SlotData};
use crate::inst::{BlockCall, Callee, InstData};
use crate::print::cond_name;

/// Reads the body of `func`, whose header is known, up to and with `}`. `params` are the numbers of its parameters.
pub(super) fn parse(
    parser: &mut Parser,
    func: Function,
    params: &[u32],
) -> Result<Function, ParseError> {
    let mut body = Body {
        parser,
        func,
        values: BTreeMap::new(),
        blocks: BTreeMap::new(),
        uses: Vec::new(),
    };
    body.slots()?;
    body.entry(params)?;
    while !body.parser.eat('}') {
        body.block()?;
    }
    body.resolve()?;
    Ok(body.func)
}

struct Body<'p> {
    parser: &'p mut Parser,
    func: Function,
    /// What the numbers of the text stand for.
    values: BTreeMap<u32, Value>,
    /// Blocks with the token that first named them.
    blocks: BTreeMap<u32, (Block, usize)>,
    /// Numbers used as operands, with their tokens.
    uses: Vec<(u32, usize)>,
}

impl Body<'_> {
    fn slots(&mut self) -> Result<(), ParseError> {
        while self.parser.eat_word("slot") {
            let at = self.parser.at;
            let number: u32 = self.slot_number()?;
            if number as usize != self.func.slots.len() {
                let kind = ParseErrorKind::Expected("slots numbered in order");
                return self.parser.error_at(at, kind);
            }
            self.parser.punct(':', "`:`")?;
            let size = self.parser.number()?;
            self.parser.keyword("align", "`align`")?;
            let align = self.parser.number()?;
            let name = self.parser.text()?;
            self.func.slots.push(SlotData {
                name,
                size,
                align,
                loc: SourceLoc::UNKNOWN,
            });
        }
        Ok(())
    }

    fn entry(&mut self, params: &[u32]) -> Result<(), ParseError> {
        let at = self.parser.at;
        let block = self.label()?;
        for (index, &number) in params.iter().enumerate() {
            let ty = self.func.signature.params[index];
            let value = self.func.append_param(block, ty);
            self.define(number, value, at)?;
        }
        self.parser.punct(':', "`:`")?;
        self.insts(block)
    }

    fn block(&mut self) -> Result<(), ParseError> {
        let block = self.label()?;
        if *self.parser.peek() == Token::Punct('(') {
            let params = self.parser.in_parens(|p| {
                let at = p.at;
                let number = p.value_number()?;
                p.punct(':', "`:`")?;
                Ok((number, p.ty()?, at))
            })?;
            for (number, ty, at) in params {
                let value = self.func.append_param(block, ty);
                self.define(number, value, at)?;
            }
        }
        self.parser.punct(':', "`:`")?;
        self.insts(block)
    }

    /// `b3` at the start of a block.
    fn label(&mut self) -> Result<Block, ParseError> {
        let at = self.parser.at;
        let block = self.block_ref()?;
        if self.func.layout.contains(&block) {
            let name = self.token_text(at);
            return self.parser.error_at(at, ParseErrorKind::Twice(name));
        }
        self.func.layout.push(block);
        Ok(block)
    }

    fn block_ref(&mut self) -> Result<Block, ParseError> {
        let at = self.parser.at;
        let number = self.parser.entity_number('b', "a block such as `b0`")?;
        let func = &mut self.func;
        let (block, _) = *self
            .blocks
            .entry(number)
            .or_insert_with(|| (func.new_block(), at));
        Ok(block)
    }

    fn define(&mut self, number: u32, value: Value, at: usize) -> Result<(), ParseError> {
        match self.values.insert(number, value) {
            None => Ok(()),
            Some(_) => self
                .parser
                .error_at(at, ParseErrorKind::Twice(format!("v{number}"))),
        }
    }

    /// Replaces the numbers of the text by values, and makes sure that every block is there.
    fn resolve(&mut self) -> Result<(), ParseError> {
        for &(number, at) in &self.uses {
            if !self.values.contains_key(&number) {
                let kind = ParseErrorKind::Undefined(format!("v{number}"));
                return self.parser.error_at(at, kind);
            }
        }
        for (number, &(block, at)) in &self.blocks {
            if !self.func.layout.contains(&block) {
                let kind = ParseErrorKind::Undefined(format!("b{number}"));
                return self.parser.error_at(at, kind);
            }
        }
        let insts: Vec<_> = self.func.insts_in_order().map(|(_, inst)| inst).collect();
        for inst in insts {
            let values = &self.values;
            self.func
                .inst_mut(inst)
                .for_each_arg_mut(|v| *v = values[&v.as_u32()]);
        }
        Ok(())
    }

    fn token_text(&self, at: usize) -> String {
        match &self.parser.tokens[at].token {
            Token::Word(word) => word.clone(),
            other => format!("{other:?}"),
        }
    }

    // Instructions.

    /// Instructions up to the next label or `}`.
    fn insts(&mut self, block: Block) -> Result<(), ParseError> {
        loop {
            match self.parser.peek() {
                Token::Word(word) if is_entity(word, 'v') => self.inst_with_result(block)?,
                Token::Word(word) if !is_entity(word, 'b') => {
                    let data = self.operation()?;
                    self.func.append_inst(block, data, None, SourceLoc::UNKNOWN);
                }
                _ => return Ok(()),
            }
        }
    }

    fn inst_with_result(&mut self, block: Block) -> Result<(), ParseError> {
        let at = self.parser.at;
        let number = self.parser.value_number()?;
        self.parser.punct(':', "`:`")?;
        let ty = self.parser.ty()?;
        self.parser.punct('=', "`=`")?;
        let data = self.operation()?;
        let inst = self
            .func
            .append_inst(block, data, Some(ty), SourceLoc::UNKNOWN);
        match self.func.result(inst) {
            Some(value) => self.define(number, value, at),
            None => Ok(()),
        }
    }

    fn operation(&mut self) -> Result<InstData, ParseError> {
        let at = self.parser.at;
        let word = self.parser.word("an instruction")?;
        match word.as_str() {
            "const" => Ok(InstData::Const {
                value: self.parser.signed()?,
            }),
            "neg" => Ok(InstData::Neg { arg: self.value()? }),
            "trunc" => Ok(InstData::Truncate { arg: self.value()? }),
            "int_to_ptr" => Ok(InstData::IntToPtr { arg: self.value()? }),
            "ptr_to_int" => Ok(InstData::PtrToInt { arg: self.value()? }),
            "addr_space_cast" => {
                let arg = self.value()?;
                self.parser.comma()?;
                let to = self.parser.number()?;
                self.parser.comma()?;
                let from = self.parser.number()?;
                Ok(InstData::CastSpace { arg, to, from })
            }
            "ptr_add" => {
                let [base, offset] = self.two_values()?;
                Ok(InstData::PtrAdd { base, offset })
            }
            "compare" => {
                let (cond, args) = self.test()?;
                Ok(InstData::Compare { cond, args })
            }
            "select" => self.select(),
            "volatile" => self.volatile(),
            "slot_addr" => Ok(InstData::SlotAddr {
                slot: Slot::new(self.slot_number()? as usize),
                offset: self.parser.signed()?,
            }),
            "global_addr" => Ok(InstData::GlobalAddr {
                global: self.parser.global_ref()?,
                offset: self.parser.signed()?,
            }),
            "func_addr" => Ok(InstData::FuncAddr {
                func: self.parser.func_ref()?,
            }),
            "core" => Ok(InstData::Core {
                relo: CoreId::from_u32(self.parser.numbered('c', "a question such as `c0`")?),
            }),
            "memcopy" => self.mem_copy(),
            "memset" => self.mem_set(),
            "call" => self.call(),
            "asm" => self.asm(),
            "asm_output" => {
                let first = self.value()?;
                self.parser.comma()?;
                let index = self.parser.number()?;
                Ok(InstData::AsmOutput { first, index })
            }
            "refine" => {
                let (cond, [arg, other]) = self.test()?;
                Ok(InstData::Refine { arg, cond, other })
            }
            "jump" => Ok(InstData::Jump(self.target()?)),
            "branch" => self.branch(),
            "switch" => self.switch(),
            "return" => self.return_value(),
            "unreachable" => Ok(InstData::Unreachable),
            other => match self.sized(other, false)? {
                Some(data) => Ok(data),
                None => self
                    .parser
                    .error_at(at, ParseErrorKind::Expected("an instruction")),
            },
        }
    }

    /// Operations whose name says a size or a row of the tables; `None` if `word` is no such name.
    fn sized(&mut self, word: &str, volatile: bool) -> Result<Option<InstData>, ParseError> {
        if let Some(&op) = AluOp::ALL
            .iter()
            .find(|op| **op != AluOp::Mov && op.name() == word)
        {
            let args = self.two_values()?;
            return Ok(Some(InstData::Binary { op, args }));
        }
        if let Some((signed, size)) = word.strip_prefix("load.").and_then(access) {
            return self.load(signed, size, volatile).map(Some);
        }
        if let Some((false, size)) = word.strip_prefix("store.").and_then(access) {
            return self.store(size, volatile).map(Some);
        }
        if let Some((op, size)) = word.strip_prefix("atomic.").and_then(atomic) {
            return self.atomic(op, size).map(Some);
        }
        for (name, signed) in [("sext", true), ("zext", false)] {
            if let Some(from) = word.strip_prefix(name).and_then(size_of_bits) {
                let arg = self.value()?;
                return Ok(Some(InstData::Extend { signed, from, arg }));
            }
        }
        if let Some(size) = word.strip_prefix("bswap").and_then(size_of_bits) {
            let arg = self.value()?;
            return Ok(Some(InstData::Swap { size, arg }));
        }
        Ok(None)
    }

    fn volatile(&mut self) -> Result<InstData, ParseError> {
        let at = self.parser.at;
        let word = self.parser.word("`load` or `store`")?;
        let data = self.sized(&word, true)?;
        match data {
            Some(data @ (InstData::Load { .. } | InstData::Store { .. })) => Ok(data),
            _ => self
                .parser
                .error_at(at, ParseErrorKind::Expected("`load` or `store`")),
        }
    }

    fn load(&mut self, signed: bool, size: Size, volatile: bool) -> Result<InstData, ParseError> {
        let (base, offset) = self.address()?;
        Ok(InstData::Load {
            size,
            signed,
            volatile,
            base,
            offset,
        })
    }

    fn store(&mut self, size: Size, volatile: bool) -> Result<InstData, ParseError> {
        let (base, offset) = self.address()?;
        self.parser.comma()?;
        let value = self.value()?;
        Ok(InstData::Store {
            size,
            volatile,
            base,
            offset,
            value,
        })
    }

    fn atomic(&mut self, op: AtomicOp, size: Size) -> Result<InstData, ParseError> {
        let (base, offset) = self.address()?;
        self.parser.comma()?;
        let first = self.value()?;
        let (expected, value) = if self.parser.eat(',') {
            (Some(first), self.value()?)
        } else {
            (None, first)
        };
        Ok(InstData::Atomic {
            op,
            size,
            base,
            offset,
            value,
            expected,
        })
    }

    fn select(&mut self) -> Result<InstData, ParseError> {
        let (cond, args) = self.test()?;
        self.parser.comma()?;
        let [then, otherwise] = self.two_values()?;
        Ok(InstData::Select {
            cond,
            args,
            then,
            otherwise,
        })
    }

    fn mem_copy(&mut self) -> Result<InstData, ParseError> {
        let dst = self.address()?;
        self.parser.comma()?;
        let src = self.address()?;
        self.parser.comma()?;
        let len = self.parser.number()?;
        self.parser.comma()?;
        let align = self.parser.number()?;
        Ok(InstData::MemCopy {
            dst,
            src,
            len,
            align,
        })
    }

    fn mem_set(&mut self) -> Result<InstData, ParseError> {
        let dst = self.address()?;
        self.parser.comma()?;
        let byte = self.parser.number()?;
        self.parser.comma()?;
        let len = self.parser.number()?;
        self.parser.comma()?;
        let align = self.parser.number()?;
        Ok(InstData::MemSet {
            dst,
            byte,
            len,
            align,
        })
    }

    fn call(&mut self) -> Result<InstData, ParseError> {
        let callee = if self.parser.eat_word("helper") {
            Callee::Helper(self.parser.signed()?)
        } else if self.parser.at_value() {
            return self.call_pointer();
        } else {
            Callee::Func(self.parser.func_ref()?)
        };
        let args = self.values_in_parens()?;
        Ok(InstData::Call { callee, args })
    }

    /// `v0(v1, v2)`
    fn call_pointer(&mut self) -> Result<InstData, ParseError> {
        let mut args = vec![self.value()?];
        args.extend(self.values_in_parens()?);
        let callee = Callee::Pointer;
        Ok(InstData::Call { callee, args })
    }

    /// `"text" [operands], [clobbers]`
    fn asm(&mut self) -> Result<InstData, ParseError> {
        let at = self.parser.at;
        let text = self.parser.text()?;
        self.parser.punct('[', "`[`")?;
        let (mut operands, mut args) = (Vec::new(), Vec::new());
        while !self.parser.eat(']') {
            operands.push(self.asm_operand(&mut args)?);
            self.list_goes_on()?;
        }
        self.parser.comma()?;
        self.parser.punct('[', "`[`")?;
        let mut clobbers = Vec::new();
        while !self.parser.eat(']') {
            match self.asm_register() {
                Some(reg) => clobbers.push(reg),
                None => return self.parser.expected("a register"),
            }
            self.list_goes_on()?;
        }
        let Ok(template) = Template::new(&text, &vec![None; operands.len()]) else {
            let kind = ParseErrorKind::Expected("a template whose operands are in the list");
            return self.parser.error_at(at, kind);
        };
        let asm = Box::new(Asm {
            template,
            operands,
            clobbers,
        });
        Ok(InstData::Asm { asm, args })
    }

    fn asm_operand(&mut self, args: &mut Vec<Value>) -> Result<AsmOperand, ParseError> {
        let early = self.parser.eat_word("early");
        let at = self.parser.at;
        let word = self.parser.word("an operand such as `in v1`")?;
        let reg = self.asm_register();
        let operand = match word.as_str() {
            "out" => {
                let ty = self.parser.ty()?;
                AsmOperand::Output { ty, reg, early }
            }
            "inout" => {
                let ty = self.parser.ty()?;
                AsmOperand::InOut { ty, reg, early }
            }
            "in" => AsmOperand::Input { reg },
            "const" => AsmOperand::Const,
            "mem" => {
                let (base, offset) = self.address()?;
                args.push(base);
                return Ok(AsmOperand::Memory { offset });
            }
            _ => {
                let kind = ParseErrorKind::Expected("an operand such as `in v1`");
                return self.parser.error_at(at, kind);
            }
        };
        if operand.has_arg() {
            args.push(self.value()?);
        }
        Ok(operand)
    }

    /// `r3`, if that comes next.
    fn asm_register(&mut self) -> Option<Reg> {
        let Token::Word(word) = self.parser.peek() else {
            return None;
        };
        let reg = Reg::new(word.strip_prefix('r')?.parse().ok()?)?;
        self.parser.next();
        Some(reg)
    }

    /// A comma, or `]` ahead.
    fn list_goes_on(&mut self) -> Result<(), ParseError> {
        if self.parser.eat(',') || *self.parser.peek() == Token::Punct(']') {
            return Ok(());
        }
        self.parser.expected("`,` or `]`")
    }

    fn branch(&mut self) -> Result<InstData, ParseError> {
        let (cond, args) = self.test()?;
        self.parser.comma()?;
        let then = self.target()?;
        self.parser.comma()?;
        let otherwise = self.target()?;
        Ok(InstData::Branch {
            cond,
            args,
            then,
            otherwise,
        })
    }

    fn switch(&mut self) -> Result<InstData, ParseError> {
        let arg = self.value()?;
        self.parser.comma()?;
        self.parser.punct('[', "`[`")?;
        let mut cases = Vec::new();
        while !self.parser.eat(']') {
            let value = self.parser.signed()?;
            self.parser.punct(':', "`:`")?;
            cases.push((value, self.target()?));
            self.list_goes_on()?;
        }
        self.parser.comma()?;
        let default = self.target()?;
        Ok(InstData::Switch {
            arg,
            cases,
            default,
        })
    }

    fn return_value(&mut self) -> Result<InstData, ParseError> {
        let value = match self.parser.peek() {
            Token::Word(word) if is_entity(word, 'v') => Some(self.value()?),
            _ => None,
        };
        Ok(InstData::Return(value))
    }

    // Operands.

    /// An operand: for now the number of the text; see [`Body::resolve`].
    fn value(&mut self) -> Result<Value, ParseError> {
        let at = self.parser.at;
        let number = self.parser.value_number()?;
        self.uses.push((number, at));
        Ok(Value::new(number as usize))
    }

    fn two_values(&mut self) -> Result<[Value; 2], ParseError> {
        let first = self.value()?;
        self.parser.comma()?;
        Ok([first, self.value()?])
    }

    fn values_in_parens(&mut self) -> Result<Vec<Value>, ParseError> {
        let mut numbers = self.parser.in_parens(|p| Ok((p.at, p.value_number()?)))?;
        self.uses
            .extend(numbers.iter().map(|&(at, number)| (number, at)));
        Ok(numbers
            .drain(..)
            .map(|(_, number)| Value::new(number as usize))
            .collect())
    }

    /// `v1+8`.
    fn address(&mut self) -> Result<(Value, i32), ParseError> {
        Ok((self.value()?, self.parser.signed()?))
    }

    /// `v1 lt v2`.
    fn test(&mut self) -> Result<(Cond, [Value; 2]), ParseError> {
        let a = self.value()?;
        let at = self.parser.at;
        let word = self.parser.word("a comparison such as `lt`")?;
        match Cond::ALL.iter().find(|&&cond| cond_name(cond) == word) {
            Some(&cond) => Ok((cond, [a, self.value()?])),
            None => {
                let kind = ParseErrorKind::Expected("a comparison such as `lt`");
                self.parser.error_at(at, kind)
            }
        }
    }

    /// `b1(v2)`.
    fn target(&mut self) -> Result<BlockCall, ParseError> {
        let block = self.block_ref()?;
        let args = match self.parser.peek() {
            Token::Punct('(') => self.values_in_parens()?,
            _ => Vec::new(),
        };
        Ok(BlockCall { block, args })
    }

    fn slot_number(&mut self) -> Result<u32, ParseError> {
        self.parser.entity_number('s', "a slot such as `s0`")
    }
}

/// Whether `word` is the prefix and digits.
fn is_entity(word: &str, prefix: char) -> bool {
    word.strip_prefix(prefix)
        .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()))
}

fn size_of_bits(bits: &str) -> Option<Size> {
    [Size::B, Size::H, Size::W, Size::DW]
        .into_iter()
        .find(|size| size.bits().to_string() == bits)
}

/// `u16` or `s16`.
fn access(text: &str) -> Option<(bool, Size)> {
    match text.split_at_checked(1)? {
        ("u", bits) => Some((false, size_of_bits(bits)?)),
        ("s", bits) => Some((true, size_of_bits(bits)?)),
        _ => None,
    }
}

/// `add.u64`.
fn atomic(text: &str) -> Option<(AtomicOp, Size)> {
    let (name, size) = text.split_once('.')?;
    let op = AtomicOp::ALL.iter().find(|op| op.name() == name)?;
    match access(size)? {
        (false, size) => Some((*op, size)),
        (true, _) => None,
    }
}
