//! Initializers (C11 6.7.9): braces become a flat list of "this value at that offset".
//!
//! Braces may be left out: then an aggregate takes as many items of the list around it as it has members. A designator says
//! where the next item goes, and items without one go on behind it. Both are one recursion here: [`Checker::fill`] walks the
//! members of an aggregate and takes items from a [`Cursor`] that is shared with the aggregates around it.

use lang_c::ast;
use lang_c::span::Node;

use crate::diagnostic::Diagnostic;
use crate::normalize::spelling::as_written;
use crate::source::Span;
use crate::tree::{Init, InitItem, InitValue};
use crate::types::{BitField, Field, FieldRef, QualType, RecordKind, TypeId};

use super::convert::Context;
use super::{Checked, Checker, OBJECT_LIMIT, literal};

/// Items that a range designator may write at most.
const RANGE_LIMIT: u64 = 1 << 20;

/// The part of an object that the next item initialises.
#[derive(Clone, Copy)]
struct Target {
    ty: QualType,
    offset: u64,
    bits: Option<BitField>,
}

/// The items between two braces, and the next one to take.
struct Cursor<'n> {
    items: &'n [Node<ast::InitializerListItem>],
    next: usize,
}

impl<'n> Cursor<'n> {
    fn peek(&self) -> Option<&'n ast::InitializerListItem> {
        self.items.get(self.next).map(|item| &item.node)
    }
}

/// Members of an aggregate by number.
#[derive(Clone, Copy)]
enum Shape {
    Array { element: QualType, len: Option<u64> },
    Record { ty: TypeId, count: u64 },
}

impl Shape {
    /// How many members can be initialised; an array of unknown length takes any number.
    fn count(self) -> u64 {
        match self {
            Shape::Array { len, .. } => len.unwrap_or(u64::MAX),
            Shape::Record { count, .. } => count,
        }
    }
}

/// An initializer in the making.
#[derive(Default)]
struct Filled {
    items: Vec<InitItem>,
    /// Behind the last byte that is written; gives arrays of unknown length theirs.
    end: u64,
}

impl Checker<'_> {
    /// The type of an object once its initializer is known, and the initializer itself.
    pub(super) fn initializer(
        &mut self,
        ty: QualType,
        node: &Node<ast::Initializer>,
    ) -> Checked<(QualType, Init)> {
        let span = self.span(node);
        let target = self.whole(ty, span)?;
        let mut filled = Filled::default();
        self.initialize(target, node, &mut filled)?;
        self.finish_initializer(ty, filled)
    }

    /// The same for the list of a compound literal.
    pub(super) fn initializer_list(
        &mut self,
        ty: QualType,
        items: &[Node<ast::InitializerListItem>],
        span: Span,
    ) -> Checked<(QualType, Init)> {
        let target = self.whole(ty, span)?;
        let mut filled = Filled::default();
        self.initialize_list(target, items, &mut filled)?;
        self.finish_initializer(ty, filled)
    }

    fn whole(&mut self, ty: QualType, span: Span) -> Checked<Target> {
        let is_open_array = matches!(self.types().array_parts(ty), Some((_, None)));
        if !is_open_array && !self.types().is_complete(ty.ty) {
            let shown = self.show_qual(ty);
            return self.error(
                "incomplete-type",
                span,
                format!("{shown} has no size here, so it cannot be initialised"),
            );
        }
        Ok(Target {
            ty,
            offset: 0,
            bits: None,
        })
    }

    fn finish_initializer(&mut self, ty: QualType, filled: Filled) -> Checked<(QualType, Init)> {
        let ty = match self.types().array_parts(ty) {
            Some((element, None)) => {
                let size = self.types().size_of(element.ty).unwrap_or(0).max(1);
                let array = self.unit.types.array(element, filled.end.div_ceil(size));
                array.with(ty.quals)
            }
            _ => ty,
        };
        let size = self.types().size_of(ty.ty).unwrap_or(0);
        let zero_fill = !self.covers(&filled.items, size);
        let items = filled.items;
        Ok((ty, Init { zero_fill, items }))
    }

    /// Whether the items write every byte of an object.
    fn covers(&self, items: &[InitItem], size: u64) -> bool {
        let mut ranges: Vec<(u64, u64)> = items
            .iter()
            .filter(|item| item.bits.is_none())
            .map(|item| (item.offset, self.item_end(item)))
            .collect();
        ranges.sort_unstable();
        let covered = ranges.into_iter().fold(0, |covered, (start, end)| {
            if start <= covered {
                end.max(covered)
            } else {
                covered
            }
        });
        covered >= size
    }

    /// Offset behind the last byte that an item writes.
    pub(super) fn item_end(&self, item: &InitItem) -> u64 {
        let size = match (&item.value, item.bits) {
            (_, Some(bits)) => bits.offset + u64::from(bits.bytes),
            (InitValue::Bytes(bytes), None) => bytes.len() as u64,
            (InitValue::Expr(value), None) => self.types().size_of(value.ty).unwrap_or(0),
        };
        item.offset.saturating_add(size)
    }

    /// Refuses values for a flexible array member of an object in a function, which is as long as its type.
    pub(super) fn check_room(&mut self, ty: QualType, init: &Init, span: Span) -> Checked<()> {
        let size = self.types().size_of(ty.ty).unwrap_or(0);
        if init.items.iter().all(|item| self.item_end(item) <= size) {
            return Ok(());
        }
        let message = "only a global or `static` variable may give a flexible array member values";
        let error = Diagnostic::error(span, message).code("initializer");
        self.fail(error.help("give the array a length, or make the variable `static`"))
    }

    fn initialize(
        &mut self,
        target: Target,
        node: &Node<ast::Initializer>,
        filled: &mut Filled,
    ) -> Checked<()> {
        match &node.node {
            ast::Initializer::Expression(expression) => {
                self.initialize_with(target, expression, filled)
            }
            ast::Initializer::List(items) => {
                let span = self.span(node);
                self.nested(span, |checker| {
                    checker.initialize_list(target, items, filled)
                })
            }
        }
    }

    fn initialize_with(
        &mut self,
        target: Target,
        node: &Node<ast::Expression>,
        filled: &mut Filled,
    ) -> Checked<()> {
        if let Some((element, len)) = self.types().array_parts(target.ty) {
            let span = self.span(node);
            return match string_of(node) {
                Some(string) => self.initialize_string(target, element, len, string, filled),
                None => self.error(
                    "initializer",
                    span,
                    "an array is initialised by `{ … }` or by a string",
                ),
            };
        }
        let value = self.rvalue(node)?;
        let value = self.convert(value, target.ty, Context::Initializer)?;
        self.push(target, InitValue::Expr(value), filled);
        Ok(())
    }

    fn push(&self, target: Target, value: InitValue, filled: &mut Filled) {
        let item = InitItem {
            offset: target.offset,
            bits: target.bits,
            value,
        };
        filled.end = filled.end.max(self.item_end(&item));
        filled.items.push(item);
    }

    fn initialize_string(
        &mut self,
        target: Target,
        element: QualType,
        len: Option<u64>,
        node: &Node<ast::StringLiteral>,
        filled: &mut Filled,
    ) -> Checked<()> {
        let span = self.span(node);
        let mut value = match literal::string(&node.node, self.types().endian) {
            Ok(value) => value,
            Err(error) => return self.error("literal", span, error.to_string()),
        };
        let unit = u64::from(value.element.bytes());
        if self.types().size_of(element.ty) != Some(unit) {
            let shown = self.show_qual(target.ty);
            return self.error(
                "initializer",
                span,
                format!("this string does not fit the elements of {shown}"),
            );
        }
        if let Some(len) = len {
            let room = len * unit;
            // The final zero may be left out (C11 6.7.9p14).
            if value.bytes.len() as u64 - unit > room {
                let message = format!(
                    "this string has {} characters, but the array has room for {len}",
                    value.len() - 1
                );
                self.warn("excess-initializers", span, message);
            }
            value.bytes.resize(room as usize, 0);
        }
        self.push(target, InitValue::Bytes(value.bytes), filled);
        Ok(())
    }

    fn initialize_list(
        &mut self,
        target: Target,
        items: &[Node<ast::InitializerListItem>],
        filled: &mut Filled,
    ) -> Checked<()> {
        // `char s[] = { "text" };` — but no string has elements of eight bytes, and there its address is the first one.
        if let ([only], Some((element, len))) = (items, self.types().array_parts(target.ty))
            && only.node.designation.is_empty()
            && let ast::Initializer::Expression(expression) = &only.node.initializer.node
            && let Some(string) = string_of(expression)
            && self.types().is_integer(element.ty)
            && self.types().size_of(element.ty) <= Some(4)
        {
            return self.initialize_string(target, element, len, string, filled);
        }
        let mut cursor = Cursor { items, next: 0 };
        match self.shape(target.ty) {
            Some(shape) => self.fill(target, shape, &mut cursor, &[], true, filled)?,
            None => self.initialize_scalar(target, &mut cursor, filled)?,
        }
        self.check_missing(target.ty, items);
        if let Some(excess) = items.get(cursor.next) {
            let span = self.span(excess);
            let shown = self.show_qual(target.ty);
            self.warn(
                "excess-initializers",
                span,
                format!("{shown} has no room for this value"),
            );
        }
        Ok(())
    }

    /// Warns about members of a struct that a list leaves out, unless it names members or is `{ 0 }`.
    fn check_missing(&mut self, ty: QualType, items: &[Node<ast::InitializerListItem>]) {
        let Some(record) = self.types().record_id(ty.ty) else {
            return;
        };
        let [_, _, ..] = items else {
            return;
        };
        if self.types().record(record).kind == RecordKind::Union {
            return;
        }
        let fields = self.types().fields(record);
        let Some(missing) = fields.get(items.len()) else {
            return;
        };
        // A value without braces of its own may be one of several for its member.
        let is_whole = |(item, field): (&Node<ast::InitializerListItem>, &Field)| {
            let is_list = matches!(item.node.initializer.node, ast::Initializer::List(_));
            item.node.designation.is_empty() && (is_list || self.types().is_scalar(field.ty.ty))
        };
        if items.iter().zip(fields).all(is_whole) {
            let name = missing.name.as_deref().unwrap_or("a member without a name");
            let message = format!("the list has no value for `{name}`");
            let span = self.span(&items[items.len() - 1]);
            self.warn("missing-field-initializers", span, message);
        }
    }

    /// `int x = { 1 };`; `{}` stands for zero.
    fn initialize_scalar(
        &mut self,
        target: Target,
        cursor: &mut Cursor<'_>,
        filled: &mut Filled,
    ) -> Checked<()> {
        if let Some(item) = cursor.peek() {
            cursor.next += 1;
            self.initialize(target, &item.initializer, filled)?;
        }
        Ok(())
    }

    fn shape(&self, ty: QualType) -> Option<Shape> {
        if let Some((element, len)) = self.types().array_parts(ty) {
            return Some(Shape::Array { element, len });
        }
        if let Some((element, lanes)) = self.types().vector_parts(ty.ty) {
            let len = Some(lanes);
            return Some(Shape::Array { element, len });
        }
        let record = self.types().record_id(ty.ty)?;
        let fields = self.types().fields(record).len() as u64;
        let is_union = self.types().record(record).kind == RecordKind::Union;
        let count = if is_union { fields.min(1) } else { fields };
        Some(Shape::Record { ty: ty.ty, count })
    }

    /// The member with a number.
    fn part(&self, whole: Target, shape: Shape, index: u64) -> Target {
        match shape {
            Shape::Array { element, .. } => {
                let size = self.types().size_of(element.ty).unwrap_or(0);
                Target {
                    ty: element,
                    offset: whole.offset.saturating_add(index.saturating_mul(size)),
                    bits: None,
                }
            }
            Shape::Record { ty, .. } => match self.types().record_id(ty) {
                Some(record) => self.field_target(
                    whole,
                    FieldRef {
                        record,
                        index: index as usize,
                    },
                ),
                None => whole,
            },
        }
    }

    fn field_target(&self, whole: Target, field: FieldRef) -> Target {
        let bits = self.types().bit_field(field);
        let declared = self.types().field(field);
        let offset = if bits.is_some() { 0 } else { declared.offset() };
        Target {
            ty: declared.ty,
            offset: whole.offset + offset,
            bits,
        }
    }

    /// Fills the members of an aggregate from the cursor. `designators` is what is left of the first item's designation;
    /// `braced` says whether the items belong to this aggregate alone.
    fn fill(
        &mut self,
        whole: Target,
        shape: Shape,
        cursor: &mut Cursor<'_>,
        designators: &[Node<ast::Designator>],
        braced: bool,
        filled: &mut Filled,
    ) -> Checked<()> {
        let mut index = 0;
        let mut pending = designators;
        while let Some(item) = cursor.peek() {
            if pending.is_empty() && !item.designation.is_empty() {
                if !braced {
                    // It speaks about an aggregate further out.
                    return Ok(());
                }
                pending = &item.designation;
            }
            if let Some((first, rest)) = pending.split_first() {
                index = self.designated(whole, shape, first, rest, cursor, filled)?;
                pending = &[];
            } else if index < shape.count() {
                let part = self.part(whole, shape, index);
                self.fill_part(part, cursor, filled)?;
            } else {
                return Ok(());
            }
            if let Shape::Array { len: None, element } = shape {
                let size = self.types().size_of(element.ty).unwrap_or(0);
                let start = self.part(whole, shape, index).offset;
                filled.end = filled.end.max(start.saturating_add(size));
            }
            index += 1;
            if !braced && index >= shape.count() {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Initialises the member that a designator names and gives its number; the next item goes behind it.
    fn designated(
        &mut self,
        whole: Target,
        shape: Shape,
        first: &Node<ast::Designator>,
        rest: &[Node<ast::Designator>],
        cursor: &mut Cursor<'_>,
        filled: &mut Filled,
    ) -> Checked<u64> {
        let span = self.span(first);
        match (&first.node, shape) {
            (ast::Designator::Member(name), Shape::Record { ty, .. }) => {
                let path = self.field_path(ty.unqualified(), &as_written(&name.node), span)?;
                let target = path
                    .iter()
                    .fold(whole, |whole, &step| self.field_target(whole, step));
                self.fill_designated(target, rest, cursor, filled)?;
                Ok(path.first().map_or(0, |step| step.index as u64))
            }
            (ast::Designator::Index(index), Shape::Array { .. }) => {
                let index = self.array_index(index, shape)?;
                self.fill_designated(self.part(whole, shape, index), rest, cursor, filled)?;
                Ok(index)
            }
            (ast::Designator::Range(range), Shape::Array { .. }) => {
                let low = self.array_index(&range.node.from, shape)?;
                let high = self.array_index(&range.node.to, shape)?;
                if high < low || high - low > RANGE_LIMIT {
                    return self.error(
                        "designator",
                        span,
                        format!("`{low} ... {high}` is not a range that can be filled"),
                    );
                }
                let start = filled.items.len();
                self.fill_designated(self.part(whole, shape, low), rest, cursor, filled)?;
                self.repeat(start, whole, shape, (low, high), filled);
                Ok(high)
            }
            _ => {
                let shown = self.show_qual(whole.ty);
                self.error(
                    "designator",
                    span,
                    format!("this designator does not go with {shown}"),
                )
            }
        }
    }

    /// Copies the items behind `start`, which fill the element `low`, to the elements up to `high`.
    fn repeat(
        &self,
        start: usize,
        whole: Target,
        shape: Shape,
        (low, high): (u64, u64),
        filled: &mut Filled,
    ) {
        let first = self.part(whole, shape, low).offset;
        let pattern = filled.items[start..].to_vec();
        for index in low + 1..=high {
            let distance = self.part(whole, shape, index).offset - first;
            for item in &pattern {
                let mut item = item.clone();
                item.offset += distance;
                filled.end = filled.end.max(self.item_end(&item));
                filled.items.push(item);
            }
        }
    }

    fn array_index(&mut self, node: &Node<ast::Expression>, shape: Shape) -> Checked<u64> {
        let value = self.constant_expression(node)?;
        let span = self.span(node);
        let limit = shape.count().min(OBJECT_LIMIT);
        match u64::try_from(value) {
            Ok(index) if index < limit => Ok(index),
            _ => self.error(
                "designator",
                span,
                format!("the array has no element {value}"),
            ),
        }
    }

    fn fill_designated(
        &mut self,
        target: Target,
        rest: &[Node<ast::Designator>],
        cursor: &mut Cursor<'_>,
        filled: &mut Filled,
    ) -> Checked<()> {
        match (rest.first(), self.shape(target.ty)) {
            (None, _) => self.fill_part(target, cursor, filled),
            (Some(_), Some(shape)) => self.fill(target, shape, cursor, rest, false, filled),
            (Some(designator), None) => {
                let span = self.span(designator);
                let shown = self.show_qual(target.ty);
                self.error("designator", span, format!("{shown} has no members"))
            }
        }
    }

    /// Initialises one member with the next item, or, if the member is an aggregate and braces were left out, with the
    /// next items.
    fn fill_part(
        &mut self,
        target: Target,
        cursor: &mut Cursor<'_>,
        filled: &mut Filled,
    ) -> Checked<()> {
        let Some(item) = cursor.peek() else {
            return Ok(());
        };
        if let (ast::Initializer::Expression(expression), Some(shape)) =
            (&item.initializer.node, self.shape(target.ty))
            && !self.initializes_whole(target.ty, expression)
        {
            if shape.count() == 0 {
                return Ok(());
            }
            let span = self.span(&*item.initializer);
            return self.nested(span, |checker| {
                checker.fill_elided(target, shape, cursor, filled)
            });
        }
        cursor.next += 1;
        self.initialize(target, &item.initializer, filled)
    }

    /// Fills an aggregate whose braces were left out. Its first item's designation has been followed already.
    fn fill_elided(
        &mut self,
        target: Target,
        shape: Shape,
        cursor: &mut Cursor<'_>,
        filled: &mut Filled,
    ) -> Checked<()> {
        let first = self.part(target, shape, 0);
        self.fill_part(first, cursor, filled)?;
        for index in 1..shape.count() {
            if cursor
                .peek()
                .is_none_or(|item| !item.designation.is_empty())
            {
                break;
            }
            let part = self.part(target, shape, index);
            self.fill_part(part, cursor, filled)?;
        }
        Ok(())
    }

    /// Whether an expression initialises a whole aggregate: a string an array of characters, a struct its like.
    fn initializes_whole(&mut self, ty: QualType, node: &Node<ast::Expression>) -> bool {
        if let Some((element, _)) = self.types().array_parts(ty) {
            return string_of(node).is_some() && self.types().is_integer(element.ty);
        }
        // What is wrong with it will be reported when its value is taken.
        let reported = self.diagnostics.len();
        let names = self.reported.clone();
        let found = self.type_of_expression(node);
        self.diagnostics.truncate(reported);
        self.reported = names;
        found.is_ok_and(|found| self.types().compatible_unqualified(found.ty, ty.ty))
    }
}

/// The string literal that an initializer is, perhaps in parentheses.
fn string_of(node: &Node<ast::Expression>) -> Option<&Node<ast::StringLiteral>> {
    match &node.node {
        ast::Expression::StringLiteral(string) => Some(string),
        _ => None,
    }
}
