//! Macros: what `#define` leaves behind, and how a use of it is replaced (C11 6.10.3).
//!
//! What a macro is replaced by is put in front of the tokens to come, with a mark behind it. Until the mark is reached
//! the macro is being replaced, and tokens read meanwhile that have its name are never replaced any more, wherever they
//! get (6.10.3.4p2). A name at the end of a replacement may find its arguments behind the mark: the macro that it came
//! from is done by then. That is what GCC and clang do. Prosser's algorithm of hide sets, from which the standard's
//! wording was derived, hides more: it gives nothing for macros that repeat themselves by way of a deferred call, like
//! `FOR_EACH` in `tests/filetests/pp/recursion.c`.
//!
//! Added to the standard: `, ## __VA_ARGS__`, named variadic parameters (`args...`) and C23's `__VA_OPT__`.

use std::collections::HashMap;
use std::rc::Rc;

use super::features;
use super::lexer::Lexer;
use super::token::{Expansion, ExpansionId, Interner, Symbol, Token, TokenKind, hash, sym};
use super::{Preprocessor, Stop};
use crate::diagnostic::Diagnostic;
use crate::source::{PrefixMap, Span};

/// How deep calls of macros may stand in the arguments of calls of macros.
const MAX_ARGUMENT_DEPTH: usize = 256;

/// How many tokens macros may produce in one compilation. A dozen lines of macros can ask for more tokens than there
/// are atoms; large real programs stay below a tenth of this.
const MAX_EXPANDED_TOKENS: usize = 1 << 21;

/// A macro definition.
#[derive(Debug)]
pub(super) struct Macro {
    name: Symbol,
    pub(super) parameters: Option<Parameters>,
    body: Vec<Item>,
    /// The replacement list as written; tells whether two definitions are the same.
    written: Vec<Token>,
    /// Its name in the `#define`.
    pub(super) definition: Option<Span>,
    builtin: Option<Builtin>,
}

/// The parameter list of a function-like macro.
#[derive(PartialEq, Eq, Debug)]
pub(super) struct Parameters {
    names: Vec<Symbol>,
    /// The last name stands for all further arguments.
    variadic: bool,
}

/// An element of a replacement list.
#[derive(Debug)]
enum Item {
    Token(Token),
    Parameter(usize, Token),
    /// `# parameter`
    Stringize(usize, Token),
    /// `##`
    Paste,
    /// `__VA_OPT__( … )`
    VaOpt(Vec<Item>, Token),
    /// `# __VA_OPT__( … )`
    StringizeVaOpt(Vec<Item>, Token),
}

/// Macros whose replacement is computed where they are used.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Builtin {
    File,
    FileName,
    BaseFile,
    Line,
    Counter,
    IncludeLevel,
    Date,
    Time,
    Timestamp,
    HasInclude,
    HasIncludeNext,
    Has(features::Kind),
}

/// Every builtin by its name.
const BUILTINS: &[(Symbol, Builtin)] = &[
    (sym::FILE, Builtin::File),
    (sym::FILE_NAME, Builtin::FileName),
    (sym::BASE_FILE, Builtin::BaseFile),
    (sym::LINE, Builtin::Line),
    (sym::COUNTER, Builtin::Counter),
    (sym::INCLUDE_LEVEL, Builtin::IncludeLevel),
    (sym::DATE, Builtin::Date),
    (sym::TIME, Builtin::Time),
    (sym::TIMESTAMP, Builtin::Timestamp),
    (sym::HAS_INCLUDE, Builtin::HasInclude),
    (sym::HAS_INCLUDE_NEXT, Builtin::HasIncludeNext),
    (sym::HAS_ATTRIBUTE, Builtin::Has(features::Kind::Attribute)),
    (
        sym::HAS_C_ATTRIBUTE,
        Builtin::Has(features::Kind::CAttribute),
    ),
    (sym::HAS_BUILTIN, Builtin::Has(features::Kind::Builtin)),
    (sym::HAS_FEATURE, Builtin::Has(features::Kind::Feature)),
    (sym::HAS_EXTENSION, Builtin::Has(features::Kind::Feature)),
];

/// How many words [`MacroTable::seen`] can tell apart.
const SEEN_BITS: usize = 1 << 15;

/// The macros defined at one point of the program.
pub(super) struct MacroTable {
    defined: Vec<Option<Rc<Macro>>>,
    /// How many times each macro is being replaced.
    active: Vec<u32>,
    /// A bit for the hash of each word that ever was a macro: most words need not be looked up to know that they are none.
    seen: Vec<u64>,
    /// What `#pragma push_macro` put aside.
    pushed: HashMap<Symbol, Vec<Option<Rc<Macro>>>>,
}

impl MacroTable {
    pub(super) fn new(names: &Interner) -> MacroTable {
        let mut table = MacroTable {
            defined: Vec::new(),
            active: Vec::new(),
            seen: vec![0; SEEN_BITS / 64],
            pushed: HashMap::new(),
        };
        table.note(sym::PRAGMA_OPERATOR, names);
        for &(name, builtin) in BUILTINS {
            let definition = Rc::new(Macro::builtin(name, builtin));
            table.set(name, Some(definition), names);
        }
        table
    }

    /// Whether a word of the program is a macro, or an operator that is treated like one.
    pub(super) fn has(&self, word: &[u8], names: &Interner) -> bool {
        let (index, bit) = seen_bit(word);
        let is_seen = self.seen[index] & bit != 0;
        let is_macro = |name| self.get(name).is_some() || name == sym::PRAGMA_OPERATOR;
        is_seen && names.find(word).is_some_and(is_macro)
    }

    fn note(&mut self, name: Symbol, names: &Interner) {
        let (index, bit) = seen_bit(names.text(name).as_bytes());
        self.seen[index] |= bit;
    }

    pub(super) fn get(&self, name: Symbol) -> Option<&Rc<Macro>> {
        self.defined.get(name.index())?.as_ref()
    }

    pub(super) fn set(&mut self, name: Symbol, definition: Option<Rc<Macro>>, names: &Interner) {
        self.note(name, names);
        if self.defined.len() <= name.index() {
            self.defined.resize(name.index() + 1, None);
        }
        self.defined[name.index()] = definition;
    }

    fn begin_replacing(&mut self, name: Symbol) {
        if self.active.len() <= name.index() {
            self.active.resize(name.index() + 1, 0);
        }
        self.active[name.index()] += 1;
    }

    fn end_replacing(&mut self, name: Symbol) {
        self.active[name.index()] -= 1;
    }

    /// Whether expansion may change this token.
    fn concerns(&self, token: &Token) -> bool {
        token.kind == TokenKind::Identifier
            && (self.get(token.text).is_some() || self.is_replacing(token.text))
    }

    fn is_replacing(&self, name: Symbol) -> bool {
        self.active.get(name.index()).is_some_and(|&uses| uses > 0)
    }

    /// All definitions as `#define` lines, by name.
    pub(super) fn text(&self, names: &Interner) -> String {
        let defined = self.defined.iter().flatten();
        let mut lines: Vec<(&str, String)> = defined
            .filter(|definition| !definition.is_builtin())
            .map(|definition| (names.text(definition.name), definition.text(names)))
            .collect();
        lines.sort_unstable();
        lines.into_iter().map(|(_, line)| line).collect()
    }

    pub(super) fn push(&mut self, name: Symbol) {
        let definition = self.get(name).cloned();
        self.pushed.entry(name).or_default().push(definition);
    }

    pub(super) fn pop(&mut self, name: Symbol, names: &Interner) {
        if let Some(definition) = self.pushed.get_mut(&name).and_then(Vec::pop) {
            self.set(name, definition, names);
        }
    }
}

/// Where [`MacroTable::seen`] says whether a word ever was a macro.
fn seen_bit(word: &[u8]) -> (usize, u64) {
    let at = hash(word) as usize % SEEN_BITS;
    (at / 64, 1 << (at % 64))
}

impl Macro {
    fn builtin(name: Symbol, builtin: Builtin) -> Macro {
        Macro {
            name,
            parameters: None,
            body: Vec::new(),
            written: Vec::new(),
            definition: None,
            builtin: Some(builtin),
        }
    }

    /// A macro from what follows its name in a `#define`.
    pub(super) fn parse(
        name: &Token,
        rest: &[Token],
        names: &Interner,
    ) -> Result<Macro, Diagnostic> {
        let is_function = rest
            .first()
            .is_some_and(|token| token.is(sym::L_PAREN) && !token.space_before);
        let (parameters, written) = if is_function {
            Parameters::parse(rest, names).map(|(p, body)| (Some(p), body))?
        } else {
            (None, rest)
        };
        let body = BodyParser {
            parameters: parameters.as_ref(),
            names,
        }
        .items(written)?;
        Ok(Macro {
            name: name.text,
            parameters,
            body,
            written: written.to_vec(),
            definition: Some(name.span),
            builtin: None,
        })
    }

    /// Its `#define` line.
    fn text(&self, names: &Interner) -> String {
        let mut text = format!("#define {}", names.text(self.name));
        if let Some(parameters) = &self.parameters {
            text.push_str(&parameters.text(names));
        }
        for (index, token) in self.written.iter().enumerate() {
            if index == 0 || token.space_before {
                text.push(' ');
            }
            text.push_str(names.text(token.text));
        }
        // GCC and clang leave the space behind a name without a replacement.
        text.push_str(if self.written.is_empty() { " \n" } else { "\n" });
        text
    }

    pub(super) fn is_builtin(&self) -> bool {
        self.builtin.is_some()
    }

    /// C11 6.10.3p1: same parameters, same tokens, white space in the same places.
    pub(super) fn same_as(&self, other: &Macro) -> bool {
        let same_token = |(index, (a, b)): (usize, (&Token, &Token))| {
            a.text == b.text && (index == 0 || a.space_before == b.space_before)
        };
        self.builtin == other.builtin
            && self.parameters == other.parameters
            && self.written.len() == other.written.len()
            && self
                .written
                .iter()
                .zip(&other.written)
                .enumerate()
                .all(same_token)
    }
}

impl Parameters {
    /// The list that starts at the opening parenthesis `tokens[0]`, and the tokens behind it.
    fn parse<'t>(
        tokens: &'t [Token],
        names: &Interner,
    ) -> Result<(Parameters, &'t [Token]), Diagnostic> {
        let mut parameters = Parameters {
            names: Vec::new(),
            variadic: false,
        };
        let open = &tokens[0];
        let mut rest = &tokens[1..];
        if let Some(close) = rest.first().filter(|token| token.is(sym::R_PAREN)) {
            debug_assert!(close.is(sym::R_PAREN));
            return Ok((parameters, &rest[1..]));
        }
        loop {
            rest = parameters.parse_one(rest, open, names)?;
            match rest.split_first() {
                Some((token, behind)) if token.is(sym::R_PAREN) => return Ok((parameters, behind)),
                Some((token, behind)) if token.is(sym::COMMA) && !parameters.variadic => {
                    rest = behind
                }
                other => {
                    let span = other.map_or(open.span, |(token, _)| token.span);
                    return Err(Diagnostic::error(
                        span,
                        "expected `)` at the end of the macro's parameter list",
                    ));
                }
            }
        }
    }

    fn parse_one<'t>(
        &mut self,
        tokens: &'t [Token],
        open: &Token,
        names: &Interner,
    ) -> Result<&'t [Token], Diagnostic> {
        let (name, mut rest) = match tokens.split_first() {
            Some((token, rest)) if token.is(sym::ELLIPSIS) => {
                self.variadic = true;
                (sym::VA_ARGS, rest)
            }
            Some((token, rest)) if token.kind == TokenKind::Identifier => (token.text, rest),
            other => {
                let span = other.map_or(open.span, |(token, _)| token.span);
                return Err(Diagnostic::error(
                    span,
                    "expected the name of a macro parameter",
                ));
            }
        };
        if self.names.contains(&name) {
            let message = format!(
                "macro parameter `{}` stands twice in the list",
                names.text(name)
            );
            return Err(Diagnostic::error(tokens[0].span, message));
        }
        self.names.push(name);
        if let Some(dots) = rest
            .first()
            .filter(|token| !self.variadic && token.is(sym::ELLIPSIS))
        {
            debug_assert!(dots.is(sym::ELLIPSIS));
            self.variadic = true;
            rest = &rest[1..];
        }
        Ok(rest)
    }

    /// `(a,b,...)`
    fn text(&self, names: &Interner) -> String {
        let mut texts: Vec<String> = self
            .names
            .iter()
            .map(|&name| names.text(name).to_owned())
            .collect();
        match texts.last_mut() {
            Some(last) if self.variadic && last == "__VA_ARGS__" => *last = "...".to_owned(),
            Some(last) if self.variadic => last.push_str("..."),
            _ => {}
        }
        format!("({})", texts.join(","))
    }

    fn index(&self, token: &Token) -> Option<usize> {
        let is_name = token.kind == TokenKind::Identifier;
        self.names
            .iter()
            .position(|&name| is_name && name == token.text)
    }

    /// How many arguments a call must have at least.
    fn required(&self) -> usize {
        self.names.len() - usize::from(self.variadic)
    }
}

/// Turns the tokens of a replacement list into [`Item`]s.
struct BodyParser<'a> {
    parameters: Option<&'a Parameters>,
    names: &'a Interner,
}

impl BodyParser<'_> {
    fn items(&self, tokens: &[Token]) -> Result<Vec<Item>, Diagnostic> {
        let mut items = Vec::with_capacity(tokens.len());
        let mut rest = tokens;
        while !rest.is_empty() {
            let (item, behind) = self.item(rest)?;
            items.push(item);
            rest = behind;
        }
        let paste = tokens.first().filter(|token| token.is(sym::HASH_HASH));
        if let Some(paste) =
            paste.or_else(|| tokens.last().filter(|token| token.is(sym::HASH_HASH)))
        {
            let message = "`##` stands at an end of the replacement list; it joins the tokens on both of its sides";
            return Err(Diagnostic::error(paste.span, message));
        }
        Ok(items)
    }

    fn item<'t>(&self, tokens: &'t [Token]) -> Result<(Item, &'t [Token]), Diagnostic> {
        let (token, rest) = (tokens[0], &tokens[1..]);
        let Some(parameters) = self.parameters else {
            let item = if token.is(sym::HASH_HASH) {
                Item::Paste
            } else {
                Item::Token(token)
            };
            return Ok((item, rest));
        };
        if token.is(sym::HASH_HASH) {
            return Ok((Item::Paste, rest));
        }
        if token.is(sym::HASH) {
            return self.stringize(token, rest, parameters);
        }
        if parameters.variadic && token.is(sym::VA_OPT) {
            let (items, rest) = self.va_opt(token, rest)?;
            return Ok((Item::VaOpt(items, token), rest));
        }
        let item = parameters
            .index(&token)
            .map_or(Item::Token(token), |index| Item::Parameter(index, token));
        Ok((item, rest))
    }

    fn stringize<'t>(
        &self,
        hash: Token,
        rest: &'t [Token],
        parameters: &Parameters,
    ) -> Result<(Item, &'t [Token]), Diagnostic> {
        if let Some((operand, behind)) = rest.split_first() {
            if let Some(index) = parameters.index(operand) {
                return Ok((Item::Stringize(index, hash), behind));
            }
            if parameters.variadic && operand.is(sym::VA_OPT) {
                let (items, behind) = self.va_opt(*operand, behind)?;
                return Ok((Item::StringizeVaOpt(items, hash), behind));
            }
        }
        let found = rest.first().map_or("the end of the line".to_owned(), |t| {
            format!("`{}`", self.names.text(t.text))
        });
        let message = format!("`#` makes a string of a macro parameter; {found} is none");
        Err(Diagnostic::error(hash.span, message))
    }

    /// What stands in the parentheses behind `__VA_OPT__`.
    fn va_opt<'t>(
        &self,
        keyword: Token,
        tokens: &'t [Token],
    ) -> Result<(Vec<Item>, &'t [Token]), Diagnostic> {
        let mut depth = 0_usize;
        for (index, token) in tokens.iter().enumerate() {
            match token.text {
                sym::L_PAREN => depth += 1,
                sym::R_PAREN => depth = depth.saturating_sub(1),
                _ if index == 0 => break,
                sym::VA_OPT => {
                    return Err(Diagnostic::error(
                        token.span,
                        "`__VA_OPT__` cannot contain another one",
                    ));
                }
                _ => {}
            }
            if depth == 0 {
                return Ok((self.items(&tokens[1..index])?, &tokens[index + 1..]));
            }
        }
        Err(Diagnostic::error(
            keyword.span,
            "`__VA_OPT__` needs its tokens in parentheses behind it",
        ))
    }
}

/// Where expansion reads its tokens: first those waiting, then, if wanted, the current file.
pub(super) struct Stream {
    /// The next token is the last element.
    waiting: Vec<Token>,
    from_file: bool,
}

impl Stream {
    /// The files of the program.
    pub(super) fn files() -> Stream {
        Stream {
            waiting: Vec::new(),
            from_file: true,
        }
    }

    /// A list of tokens and nothing behind it.
    pub(super) fn list(tokens: &[Token]) -> Stream {
        Stream {
            waiting: tokens.iter().rev().copied().collect(),
            from_file: false,
        }
    }
}

/// A call as written: its arguments and its closing parenthesis.
struct Call {
    arguments: Vec<Vec<Token>>,
    close: Token,
}

/// One argument of a call.
struct Argument {
    /// As written.
    raw: Vec<Token>,
    /// With the macros in it replaced, if there are any.
    expanded: Option<Vec<Token>>,
}

impl Argument {
    fn expanded(&self) -> &[Token] {
        self.expanded.as_ref().unwrap_or(&self.raw)
    }
}

/// What one use of a macro gives to the tokens it produces.
struct Use<'a> {
    arguments: &'a [Argument],
    /// The variadic arguments expand to nothing.
    variadic_empty: bool,
    /// They were left out altogether, comma and all.
    variadic_omitted: bool,
    variadic_index: Option<usize>,
    expansion: ExpansionId,
    parent: ExpansionId,
}

impl Preprocessor<'_> {
    /// All tokens of a list with macros replaced.
    pub(super) fn expand_list(&mut self, tokens: &[Token]) -> Result<Vec<Token>, Stop> {
        let mut stream = Stream::list(tokens);
        let mut expanded = Vec::with_capacity(tokens.len());
        while let Some(token) = self.next_expanded(&mut stream)? {
            expanded.push(token);
        }
        Ok(expanded)
    }

    /// The next token that no macro replaces.
    pub(super) fn next_expanded(&mut self, stream: &mut Stream) -> Result<Option<Token>, Stop> {
        while let Some(token) = self.next_raw(stream)? {
            if !self.expand(&token, stream)? {
                return Ok(Some(token));
            }
        }
        Ok(None)
    }

    /// The next token as it is.
    pub(super) fn next_raw(&mut self, stream: &mut Stream) -> Result<Option<Token>, Stop> {
        match self.next_waiting(stream) {
            Some(token) => Ok(Some(token)),
            None if stream.from_file => self.next_from_files(),
            None => Ok(None),
        }
    }

    fn next_waiting(&mut self, stream: &mut Stream) -> Option<Token> {
        self.end_replacements(stream);
        let mut token = stream.waiting.pop()?;
        if token.kind == TokenKind::Identifier && self.macros.is_replacing(token.text) {
            token.no_expand = true;
        }
        Some(token)
    }

    /// Leaves the macros whose replacement has been read to its end.
    fn end_replacements(&mut self, stream: &mut Stream) {
        let is_end = |token: &mut Token| token.kind == TokenKind::Replaced;
        while let Some(end) = stream.waiting.pop_if(is_end) {
            self.macros.end_replacing(end.text);
        }
    }

    /// If `token` is a use of a macro, puts its replacement in front of the stream.
    pub(super) fn expand(&mut self, token: &Token, stream: &mut Stream) -> Result<bool, Stop> {
        if token.kind != TokenKind::Identifier || token.no_expand {
            return Ok(false);
        }
        let Some(definition) = self.macros.get(token.text) else {
            return Ok(false);
        };
        let definition = Rc::clone(definition);
        if let Some(builtin) = definition.builtin {
            return self.expand_builtin(builtin, token, stream);
        }
        match &definition.parameters {
            None => self.expand_object(&definition, token, stream)?,
            Some(parameters) => {
                if !self.open_paren_follows(stream) {
                    return Ok(false);
                }
                self.expand_function(&definition, parameters, token, stream)?;
            }
        }
        Ok(true)
    }

    fn expand_object(
        &mut self,
        definition: &Macro,
        name: &Token,
        stream: &mut Stream,
    ) -> Result<(), Stop> {
        let expansion = self.add_expansion(definition, name, name.span);
        let use_ = Use {
            arguments: &[],
            variadic_empty: true,
            variadic_omitted: true,
            variadic_index: None,
            expansion,
            parent: name.expansion,
        };
        let produced = self.substitute(&definition.body, &use_)?;
        self.put_back(produced, name, stream)
    }

    fn expand_function(
        &mut self,
        definition: &Macro,
        parameters: &Parameters,
        name: &Token,
        stream: &mut Stream,
    ) -> Result<(), Stop> {
        let Some(Call {
            arguments: raw,
            close,
        }) = self.collect_arguments(parameters, name, stream)?
        else {
            return Ok(());
        };
        let use_site = if close.expansion == name.expansion {
            name.span.to(close.span)
        } else {
            name.span
        };
        let Some(mut raw) = self.check_count(definition, parameters, name, use_site, raw) else {
            return Ok(());
        };
        let variadic_omitted = raw.len() < parameters.names.len();
        raw.resize(parameters.names.len(), Vec::new());
        let expansion = self.add_expansion(definition, name, use_site);
        let arguments = self.expand_arguments(raw, name)?;
        let variadic_index = parameters.variadic.then(|| parameters.names.len() - 1);
        let use_ = Use {
            variadic_empty: variadic_index
                .is_none_or(|index| arguments[index].expanded().is_empty()),
            variadic_omitted,
            arguments: &arguments,
            variadic_index,
            expansion,
            parent: name.expansion,
        };
        let produced = self.substitute(&definition.body, &use_)?;
        self.put_back(produced, name, stream)
    }

    /// Puts what a macro produced in front of the stream.
    fn put_back(
        &mut self,
        mut produced: Vec<Token>,
        name: &Token,
        stream: &mut Stream,
    ) -> Result<(), Stop> {
        produced.retain(|token| token.kind != TokenKind::Placemarker);
        for token in &mut produced {
            token.line_start = false;
        }
        if let Some(first) = produced.first_mut() {
            (first.space_before, first.line_start) = (name.space_before, name.line_start);
        }
        self.spend(produced.len(), name)?;
        self.macros.begin_replacing(name.text);
        stream.waiting.push(Token {
            kind: TokenKind::Replaced,
            ..*name
        });
        stream.waiting.extend(produced.iter().rev());
        Ok(())
    }

    fn spend(&mut self, tokens: usize, name: &Token) -> Result<(), Stop> {
        self.expanded_tokens += tokens;
        if self.expanded_tokens <= MAX_EXPANDED_TOKENS {
            return Ok(());
        }
        let message = format!(
            "macros of this program expand to more than {MAX_EXPANDED_TOKENS} tokens, the last of them `{}`",
            self.names.text(name.text)
        );
        Err(self.stop(Diagnostic::error(
            self.expansions.written_at(name.span, name.expansion),
            message,
        )))
    }

    fn add_expansion(&mut self, definition: &Macro, name: &Token, use_site: Span) -> ExpansionId {
        let (name, parent, definition) = (name.text, name.expansion, definition.definition);
        self.expansions.add(Expansion {
            name,
            use_site,
            definition,
            parent,
        })
    }

    // Arguments.

    fn open_paren_follows(&mut self, stream: &mut Stream) -> bool {
        self.end_replacements(stream);
        match stream.waiting.last() {
            Some(token) => token.is(sym::L_PAREN),
            None => {
                stream.from_file
                    && self
                        .files
                        .last_mut()
                        .is_some_and(|file| file.lexer.open_paren_follows())
            }
        }
    }

    /// The arguments of a call and its closing parenthesis; `None` after reporting that there is none.
    fn collect_arguments(
        &mut self,
        parameters: &Parameters,
        name: &Token,
        stream: &mut Stream,
    ) -> Result<Option<Call>, Stop> {
        self.next_argument_token(stream)?;
        let mut arguments = vec![Vec::new()];
        let mut depth = 0_usize;
        while let Some(token) = self.next_argument_token(stream)? {
            let in_variadic = parameters.variadic && arguments.len() == parameters.names.len();
            match token.text {
                sym::R_PAREN if depth == 0 => {
                    return Ok(Some(Call {
                        arguments,
                        close: token,
                    }));
                }
                sym::COMMA if depth == 0 && !in_variadic => {
                    arguments.push(Vec::new());
                    continue;
                }
                sym::L_PAREN => depth += 1,
                sym::R_PAREN => depth -= 1,
                _ => {}
            }
            arguments
                .last_mut()
                .expect("starts with one argument")
                .push(token);
        }
        let message = format!(
            "the call of macro `{}` has no closing `)`",
            self.names.text(name.text)
        );
        self.report(Diagnostic::error(
            self.expansions.written_at(name.span, name.expansion),
            message,
        ));
        Ok(None)
    }

    /// The next token of a call; a call does not go on behind the end of the file it began in.
    fn next_argument_token(&mut self, stream: &mut Stream) -> Result<Option<Token>, Stop> {
        match self.next_waiting(stream) {
            Some(token) => Ok(Some(token)),
            None if stream.from_file => {
                self.collecting_arguments += 1;
                let token = self.next_in_file();
                self.collecting_arguments -= 1;
                token
            }
            None => Ok(None),
        }
    }

    /// The arguments if there is one for each parameter, the variadic one aside; reports that they do not fit.
    fn check_count(
        &mut self,
        definition: &Macro,
        parameters: &Parameters,
        name: &Token,
        use_site: Span,
        mut arguments: Vec<Vec<Token>>,
    ) -> Option<Vec<Vec<Token>>> {
        if arguments.len() == 1 && arguments[0].is_empty() && parameters.required() == 0 {
            arguments.clear();
        }
        let given = arguments.len();
        let fits = given >= parameters.required()
            && (parameters.variadic || given == parameters.required());
        if fits {
            return Some(arguments);
        }
        let at_least = if parameters.variadic { "at least " } else { "" };
        let (name_text, required) = (self.names.text(name.text), parameters.required());
        let message = format!(
            "macro `{name_text}` takes {at_least}{required} arguments; this call has {given}"
        );
        let diagnostic = Diagnostic::error(
            self.expansions.written_at(use_site, name.expansion),
            message,
        );
        self.report(diagnostic.note(
            definition.definition,
            format!("`{name_text}` is defined here"),
        ));
        None
    }

    fn expand_arguments(
        &mut self,
        raw: Vec<Vec<Token>>,
        name: &Token,
    ) -> Result<Vec<Argument>, Stop> {
        if self.argument_depth == MAX_ARGUMENT_DEPTH {
            let message =
                format!("macro calls are nested more than {MAX_ARGUMENT_DEPTH} deep in arguments");
            return Err(self.stop(Diagnostic::error(
                self.expansions.written_at(name.span, name.expansion),
                message,
            )));
        }
        self.argument_depth += 1;
        let mut arguments = Vec::with_capacity(raw.len());
        for raw in raw {
            let has_macro = raw.iter().any(|token| self.macros.concerns(token));
            let expanded = has_macro.then(|| self.expand_list(&raw)).transpose()?;
            arguments.push(Argument { raw, expanded });
        }
        self.argument_depth -= 1;
        Ok(arguments)
    }

    // Substitution (C11 6.10.3.1 to 6.10.3.3).

    fn substitute(&mut self, items: &[Item], use_: &Use<'_>) -> Result<Vec<Token>, Stop> {
        let mut out: Vec<Token> = Vec::with_capacity(items.len());
        let mut paste = false;
        for (index, item) in items.iter().enumerate() {
            if matches!(item, Item::Paste) {
                paste = true;
                continue;
            }
            let beside_paste = paste || matches!(items.get(index + 1), Some(Item::Paste));
            let start = out.len();
            self.operand(item, beside_paste, use_, &mut out)?;
            if std::mem::take(&mut paste) {
                let tokens = out.split_off(start);
                self.join(&mut out, tokens, item, use_)?;
            }
            self.check_size(out.len(), use_)?;
        }
        Ok(out)
    }

    /// A single use can be too large before it is put back.
    fn check_size(&mut self, tokens: usize, use_: &Use<'_>) -> Result<(), Stop> {
        if self.expanded_tokens + tokens <= MAX_EXPANDED_TOKENS {
            return Ok(());
        }
        let site = self
            .expansions
            .chain(use_.expansion)
            .last()
            .map(|row| row.use_site);
        let message =
            format!("macros of this program expand to more than {MAX_EXPANDED_TOKENS} tokens");
        Err(self.stop(Diagnostic::error(site, message)))
    }

    /// Adds the tokens that an item stands for. Beside `##` arguments are taken as written, and no tokens at all become a
    /// placemarker.
    fn operand(
        &mut self,
        item: &Item,
        beside_paste: bool,
        use_: &Use<'_>,
        out: &mut Vec<Token>,
    ) -> Result<(), Stop> {
        let start = out.len();
        let at = match item {
            Item::Token(token) => {
                out.push(Token {
                    expansion: use_.expansion,
                    ..*token
                });
                token
            }
            Item::Parameter(index, at) => {
                let argument = &use_.arguments[*index];
                let tokens = match beside_paste {
                    true => &argument.raw,
                    false => argument.expanded(),
                };
                out.extend(tokens.iter().map(|token| in_argument(token, use_)));
                at
            }
            Item::Stringize(index, at) => {
                out.push(self.stringize(&use_.arguments[*index].raw, at, use_));
                at
            }
            Item::VaOpt(items, at) => {
                out.extend(self.va_opt(items, use_)?);
                at
            }
            Item::StringizeVaOpt(items, at) => {
                let tokens = self.va_opt(items, use_)?;
                out.push(self.stringize(&tokens, at, use_));
                at
            }
            Item::Paste => unreachable!("`##` is no operand"),
        };
        match out.get_mut(start) {
            Some(first) => first.space_before = at.space_before,
            None if beside_paste => out.push(placemarker(at, use_)),
            None => {}
        }
        Ok(())
    }

    fn va_opt(&mut self, items: &[Item], use_: &Use<'_>) -> Result<Vec<Token>, Stop> {
        if use_.variadic_empty {
            Ok(Vec::new())
        } else {
            self.substitute(items, use_)
        }
    }

    /// `left ## right`, where left is the end of `out`.
    fn join(
        &mut self,
        out: &mut Vec<Token>,
        right: Vec<Token>,
        item: &Item,
        use_: &Use<'_>,
    ) -> Result<(), Stop> {
        let Some(left) = out.pop() else {
            out.extend(right);
            return Ok(());
        };
        // GNU: `, ## args` joins nothing; the comma goes when there are no further arguments.
        let is_variadic =
            matches!(item, Item::Parameter(index, _) if Some(*index) == use_.variadic_index);
        if left.is(sym::COMMA) && is_variadic {
            if !use_.variadic_omitted {
                out.push(left);
                out.extend(right);
            }
            return Ok(());
        }
        let mut right = right.into_iter();
        let first = right.next().expect("operands of `##` are never empty");
        let joined = self.paste(left, first);
        out.extend(joined);
        out.extend(right);
        Ok(())
    }

    fn paste(&mut self, left: Token, right: Token) -> Vec<Token> {
        if right.kind == TokenKind::Placemarker {
            return vec![left];
        }
        if left.kind == TokenKind::Placemarker {
            return vec![Token {
                space_before: left.space_before,
                ..right
            }];
        }
        let text = format!(
            "{}{}",
            self.names.text(left.text),
            self.names.text(right.text)
        );
        if let [token] = Lexer::fragment(&text, left.span, &mut self.names)[..] {
            let (space_before, expansion) = (left.space_before, left.expansion);
            return vec![Token {
                space_before,
                line_start: false,
                expansion,
                ..token
            }];
        }
        let message = format!(
            "`##` joins `{}` and `{}` to `{text}`, which is not a token",
            self.names.text(left.text),
            self.names.text(right.text)
        );
        self.report(Diagnostic::error(
            self.expansions.written_at(left.span, left.expansion),
            message,
        ));
        vec![left, right]
    }

    /// `# argument` (C11 6.10.3.2).
    fn stringize(&mut self, tokens: &[Token], at: &Token, use_: &Use<'_>) -> Token {
        let mut text = String::from("\"");
        for (index, token) in tokens
            .iter()
            .filter(|token| token.kind != TokenKind::Placemarker)
            .enumerate()
        {
            if index > 0 && (token.space_before || token.line_start) {
                text.push(' ');
            }
            let spelling = self.names.text(token.text);
            if matches!(token.kind, TokenKind::String | TokenKind::Character) {
                text.push_str(&spelling.replace('\\', "\\\\").replace('"', "\\\""));
            } else {
                text.push_str(spelling);
            }
        }
        text.push('"');
        let text = self.names.intern(&text);
        Token {
            kind: TokenKind::String,
            text,
            line_start: false,
            expansion: use_.expansion,
            ..*at
        }
    }

    // Builtins.

    fn expand_builtin(
        &mut self,
        builtin: Builtin,
        name: &Token,
        stream: &mut Stream,
    ) -> Result<bool, Stop> {
        let (kind, text) = match builtin {
            Builtin::HasInclude | Builtin::HasIncludeNext | Builtin::Has(_) => {
                return self.expand_query(builtin, name, stream);
            }
            Builtin::Line => (TokenKind::Number, self.current_line(name).to_string()),
            Builtin::Counter => (TokenKind::Number, self.next_count().to_string()),
            Builtin::IncludeLevel => (TokenKind::Number, self.include_level().to_string()),
            Builtin::File => (TokenKind::String, quoted(&self.current_path(name))),
            Builtin::FileName => {
                let path = self.current_path(name);
                (
                    TokenKind::String,
                    quoted(path.rsplit('/').next().unwrap_or(&path)),
                )
            }
            Builtin::BaseFile => (
                TokenKind::String,
                quoted(&self.mapped(self.sources.file(self.main).path())),
            ),
            // The same source gives the same output, whenever it is compiled.
            Builtin::Date => (TokenKind::String, quoted("Jan  1 1970")),
            Builtin::Time => (TokenKind::String, quoted("00:00:00")),
            Builtin::Timestamp => (TokenKind::String, quoted("Thu Jan  1 00:00:00 1970")),
        };
        self.put_back_builtin(kind, &text, name, stream)?;
        Ok(true)
    }

    fn put_back_builtin(
        &mut self,
        kind: TokenKind,
        text: &str,
        name: &Token,
        stream: &mut Stream,
    ) -> Result<(), Stop> {
        let text = self.names.intern(text);
        self.spend(1, name)?;
        stream.waiting.push(Token {
            kind,
            text,
            ..*name
        });
        Ok(())
    }

    /// `__has_include(…)`, `__has_attribute(…)` and their like.
    fn expand_query(
        &mut self,
        builtin: Builtin,
        name: &Token,
        stream: &mut Stream,
    ) -> Result<bool, Stop> {
        if !self.open_paren_follows(stream) {
            return Ok(false);
        }
        let one = Parameters {
            names: vec![sym::VA_ARGS],
            variadic: true,
        };
        let Some(Call { arguments, .. }) = self.collect_arguments(&one, name, stream)? else {
            return Ok(true);
        };
        let answer = match builtin {
            Builtin::Has(kind) => features::has(kind, &self.spelled(&arguments[0])),
            _ => self.has_include(builtin == Builtin::HasIncludeNext, &arguments[0], name)?,
        };
        let text = if answer { "1" } else { "0" };
        self.put_back_builtin(TokenKind::Number, text, name, stream)?;
        Ok(true)
    }

    fn has_include(&mut self, next: bool, argument: &[Token], name: &Token) -> Result<bool, Stop> {
        let header = match self.header_from_tokens(argument) {
            Some(header) => Some(header),
            None => {
                let expanded = self.expand_list(argument)?;
                self.header_from_tokens(&expanded)
            }
        };
        let Some((path, angled)) = header else {
            let message = format!(
                "`{}` needs a header name: \"file.h\" or <file.h>",
                self.names.text(name.text)
            );
            self.report(Diagnostic::error(
                self.expansions.written_at(name.span, name.expansion),
                message,
            ));
            return Ok(false);
        };
        Ok(self.find_include(&path, angled, next).is_some())
    }

    /// The spellings of the tokens, white space left out.
    fn spelled(&self, tokens: &[Token]) -> String {
        tokens
            .iter()
            .map(|token| self.names.text(token.text))
            .collect()
    }

    fn current_line(&self, name: &Token) -> u32 {
        let written = self.expansions.written_at(name.span, name.expansion);
        let last = Span {
            start: written.end.saturating_sub(1).max(written.start),
            ..written
        };
        self.sources.presumed_location(last).line
    }

    fn current_path(&self, name: &Token) -> String {
        let written = self.expansions.written_at(name.span, name.expansion);
        self.mapped(&self.sources.presumed_location(written).path)
    }

    fn mapped(&self, path: &str) -> String {
        PrefixMap::apply(&self.options.macro_prefix_map, path)
    }

    fn next_count(&mut self) -> u32 {
        let count = self.counter;
        self.counter += 1;
        count
    }
}

/// A token of an argument, at its place in the replacement. What was expanded inside the argument keeps that history.
fn in_argument(token: &Token, use_: &Use<'_>) -> Token {
    let expansion = if token.expansion == use_.parent {
        use_.expansion
    } else {
        token.expansion
    };
    Token {
        expansion,
        ..*token
    }
}

fn placemarker(at: &Token, use_: &Use<'_>) -> Token {
    Token {
        kind: TokenKind::Placemarker,
        text: sym::EMPTY,
        expansion: use_.expansion,
        ..*at
    }
}

/// A string literal with this value.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
