//! Text to tokens.

use super::{ParseError, ParseErrorKind};

/// What a token is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Token {
    /// `add`, `ptr.ctx`, `v3`, `load.u16`.
    Word(String),
    /// `@name`.
    Symbol(String),
    /// Digits, without sign.
    Number(u64),
    /// `"text"`.
    Text(Vec<u8>),
    /// One character, or `>` for `->`.
    Punct(char),
    /// The end of the text.
    End,
}

/// A token and where it starts.
#[derive(Clone, Debug)]
pub(super) struct Spanned {
    pub(super) token: Token,
    pub(super) line: u32,
    pub(super) column: u32,
}

/// All tokens of `text`; the last is [`Token::End`].
pub(super) fn lex(text: &str) -> Result<Vec<Spanned>, ParseError> {
    let mut lexer = Lexer {
        rest: text.chars().peekable(),
        line: 1,
        column: 1,
        start: (1, 1),
    };
    let mut tokens = Vec::new();
    loop {
        lexer.skip_blank();
        let (line, column) = (lexer.line, lexer.column);
        lexer.start = (line, column);
        let token = lexer.token()?;
        let end = token == Token::End;
        tokens.push(Spanned {
            token,
            line,
            column,
        });
        if end {
            return Ok(tokens);
        }
    }
}

struct Lexer<'a> {
    rest: std::iter::Peekable<std::str::Chars<'a>>,
    line: u32,
    column: u32,
    /// Line and column of the token being read.
    start: (u32, u32),
}

impl Lexer<'_> {
    fn next(&mut self) -> Option<char> {
        let c = self.rest.next()?;
        if c == '\n' {
            self.line += 1;
            self.column = 1;
        } else {
            self.column += 1;
        }
        Some(c)
    }

    fn next_if(&mut self, wanted: impl Fn(char) -> bool) -> Option<char> {
        let &c = self.rest.peek()?;
        if wanted(c) { self.next() } else { None }
    }

    fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> String {
        std::iter::from_fn(|| self.next_if(&wanted)).collect()
    }

    fn skip_blank(&mut self) {
        loop {
            self.take_while(char::is_whitespace);
            if self.next_if(|c| c == ';').is_none() {
                return;
            }
            self.take_while(|c| c != '\n');
        }
    }

    fn error<T>(&self, kind: ParseErrorKind) -> Result<T, ParseError> {
        let (line, column) = self.start;
        Err(ParseError { line, column, kind })
    }

    fn token(&mut self) -> Result<Token, ParseError> {
        let Some(&first) = self.rest.peek() else {
            return Ok(Token::End);
        };
        match first {
            'a'..='z' | 'A'..='Z' | '_' => Ok(Token::Word(self.take_while(is_name))),
            '0'..='9' => self.number(),
            '"' => Ok(Token::Text(self.text()?)),
            '@' => self.symbol(),
            '-' => {
                self.next();
                let arrow = self.next_if(|c| c == '>');
                Ok(Token::Punct(arrow.unwrap_or('-')))
            }
            '+' | ',' | ':' | '=' | '(' | ')' | '[' | ']' | '{' | '}' => {
                self.next();
                Ok(Token::Punct(first))
            }
            _ => self.error(ParseErrorKind::Character(first)),
        }
    }

    fn number(&mut self) -> Result<Token, ParseError> {
        let digits = self.take_while(|c| c.is_ascii_digit());
        match digits.parse() {
            Ok(number) => Ok(Token::Number(number)),
            Err(_) => self.error(ParseErrorKind::Range),
        }
    }

    fn symbol(&mut self) -> Result<Token, ParseError> {
        self.next();
        if self.rest.peek() != Some(&'"') {
            return Ok(Token::Symbol(self.take_while(is_name)));
        }
        match String::from_utf8(self.text()?) {
            Ok(name) => Ok(Token::Symbol(name)),
            Err(_) => self.error(ParseErrorKind::Utf8),
        }
    }

    /// A quoted text; `\"`, `\\` and `\xNN` are the escapes.
    fn text(&mut self) -> Result<Vec<u8>, ParseError> {
        let mut bytes = Vec::new();
        self.next();
        loop {
            match self.next() {
                None => return self.error(ParseErrorKind::OpenText),
                Some('"') => return Ok(bytes),
                Some('\\') => bytes.push(self.escape()?),
                Some(c) => bytes.extend(c.to_string().bytes()),
            }
        }
    }

    fn escape(&mut self) -> Result<u8, ParseError> {
        match self.rest.peek() {
            Some(&c @ ('"' | '\\')) => {
                self.next();
                Ok(c as u8)
            }
            Some('x') => {
                self.next();
                match (self.hex_digit(), self.hex_digit()) {
                    (Some(high), Some(low)) => Ok((high * 16 + low) as u8),
                    _ => self.error(ParseErrorKind::Escape),
                }
            }
            _ => self.error(ParseErrorKind::Escape),
        }
    }

    fn hex_digit(&mut self) -> Option<u32> {
        self.next()?.to_digit(16)
    }
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '$')
}
