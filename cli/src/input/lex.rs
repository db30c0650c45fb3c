//! The pieces of a text that writes bytes: numbers, strings, words, brackets.

use super::NotHex;
use super::plain::is_separator;

/// One piece, and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub(crate) at: usize,
    pub(crate) kind: Kind,
    /// Whether the character before it is part of a word or a number.
    pub(crate) attached: bool,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    Number(Number),
    String(Literal),
    /// Letters that are no number.
    Word(String),
    Open(Bracket),
    Close(Bracket),
    /// `:` or `=`, which end a label.
    Colon,
    /// Something is left out here.
    Ellipsis,
}

/// Digits, hexadecimal or decimal.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Number {
    pub(crate) digits: String,
    /// Written so that it can only be hexadecimal: `0x`, `\x`, `$`, `16#`, `…h`.
    pub(crate) prefixed: bool,
    pub(crate) negative: bool,
}

/// What stands between quotes.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Literal {
    /// The text between the quotes.
    pub(crate) inner: String,
    /// Its bytes: each printable character is itself.
    pub(crate) bytes: Vec<u8>,
    /// Its bytes if `\0` is a zero and digits after it are characters, where that differs.
    pub(crate) other_bytes: Option<Vec<u8>>,
    pub(crate) escaped: bool,
    /// `b"…"`: a literal of bytes.
    pub(crate) of_bytes: bool,
    /// `x'…'`: hexadecimal text.
    pub(crate) of_hex: bool,
    /// Between apostrophes.
    pub(crate) single: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Bracket {
    /// `<< >>` of Erlang.
    Binary,
    /// `<Buffer …>` of Node.js, `<…>`.
    Angle,
    Square,
    Curly,
    Round,
}

/// Takes a text apart.
pub(crate) fn lex(text: &str) -> Result<Vec<Token>, NotHex> {
    let mut lexer = Lexer {
        text,
        at: 0,
        tokens: Vec::new(),
        depth: 0,
        binary: 0,
    };
    while lexer.step()? {}
    Ok(lexer.tokens)
}

struct Lexer<'t> {
    text: &'t str,
    at: usize,
    tokens: Vec<Token>,
    /// How many brackets are open, and how many of them are `<<`.
    depth: usize,
    binary: usize,
}

impl<'t> Lexer<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn push(&mut self, len: usize, kind: Kind) {
        let before = self.text.get(..self.at).unwrap_or_default();
        let attached = before
            .chars()
            .next_back()
            .is_some_and(|letter| letter.is_alphanumeric() || letter == '_');
        match kind {
            Kind::Open(Bracket::Binary) => self.binary += 1,
            Kind::Close(Bracket::Binary) => self.binary = self.binary.saturating_sub(1),
            _ => {}
        }
        match kind {
            Kind::Open(_) => self.depth += 1,
            Kind::Close(_) => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        self.tokens.push(Token {
            at: self.at,
            kind,
            attached,
        });
        self.at += len;
    }

    /// Takes one piece; `false` at the end.
    fn step(&mut self) -> Result<bool, NotHex> {
        let rest = self.rest();
        let Some(first) = rest.chars().next() else {
            return Ok(false);
        };
        if rest.starts_with("...") || first == '…' {
            let len = if first == '…' { first.len_utf8() } else { 3 };
            self.push(len, Kind::Ellipsis);
            return Ok(true);
        }
        if let Some(len) = self.comment(rest) {
            self.at += len;
            return Ok(true);
        }
        if first.is_ascii_alphanumeric() {
            self.run(rest);
            return Ok(true);
        }
        match first {
            ':' | '=' => self.push(1, Kind::Colon),
            '-' if self.is_negative(rest) => self.negative(rest),
            '\\' | '$' | '&' if self.prefix(rest) => {}
            // The line goes on.
            '\\' if rest.get(1..).is_none_or(|next| {
                next.trim_start_matches([' ', '\t', '\r']).starts_with('\n')
                    || next.trim().is_empty()
            }) =>
            {
                self.at += 1;
            }
            '"' | '\'' | '`' => self.string(rest, first, Literal::default()),
            '<' if rest.starts_with("<<") => self.push(2, Kind::Open(Bracket::Binary)),
            '>' if rest.starts_with(">>") && self.binary > 0 => {
                self.push(2, Kind::Close(Bracket::Binary));
            }
            '<' => self.push(1, Kind::Open(Bracket::Angle)),
            '>' => self.push(1, Kind::Close(Bracket::Angle)),
            '[' => self.push(1, Kind::Open(Bracket::Square)),
            ']' => self.push(1, Kind::Close(Bracket::Square)),
            '{' => self.push(1, Kind::Open(Bracket::Curly)),
            '}' => self.push(1, Kind::Close(Bracket::Curly)),
            '(' => self.push(1, Kind::Open(Bracket::Round)),
            ')' => self.push(1, Kind::Close(Bracket::Round)),
            '*' | '&' | '!' | '+' => self.push(1, Kind::Word(first.to_string())),
            _ if u8::try_from(first).is_ok_and(is_separator) || is_typographic(first) => {
                self.at += first.len_utf8();
            }
            _ if first.is_alphabetic() => self.run(rest),
            _ => return Err(NotHex::character(self.text.as_bytes(), self.at)),
        }
        Ok(true)
    }

    /// The length of the comment that starts here.
    fn comment(&self, rest: &str) -> Option<usize> {
        let to_end_of_line = |rest: &str| rest.find('\n').unwrap_or(rest.len());
        if rest.starts_with("//") {
            return Some(to_end_of_line(rest));
        }
        if let Some(inner) = rest.strip_prefix("/*") {
            return Some(inner.find("*/").map_or(rest.len(), |end| end + 4));
        }
        let before = self
            .text
            .get(..self.at)
            .and_then(|before| before.chars().next_back());
        let fresh = before.is_none_or(|letter| letter.is_whitespace() || ",;]})>".contains(letter));
        match rest.starts_with('#') && fresh {
            true => Some(to_end_of_line(rest)),
            false => None,
        }
    }

    /// Whether the minus sign belongs to a decimal number in a list.
    fn is_negative(&self, rest: &str) -> bool {
        let before = self
            .text
            .get(..self.at)
            .and_then(|before| before.chars().next_back());
        let digit = rest
            .get(1..)
            .is_some_and(|next| next.starts_with(|next: char| next.is_ascii_digit()));
        self.depth > 0
            && digit
            && before.is_none_or(|letter| letter.is_whitespace() || ",[{(<".contains(letter))
    }

    fn negative(&mut self, rest: &str) {
        let digits: String = rest
            .chars()
            .skip(1)
            .take_while(char::is_ascii_digit)
            .collect();
        let number = Number {
            prefixed: false,
            negative: true,
            digits,
        };
        self.push(1 + number.digits.len(), Kind::Number(number));
    }

    /// A hexadecimal number after `\x`, `\u00`, `$`, `&H`.
    fn prefix(&mut self, rest: &str) -> bool {
        for prefix in ["\\x", "\\X", "\\u00", "$", "&H", "&h"] {
            let Some(after) = rest.strip_prefix(prefix) else {
                continue;
            };
            let digits: String = after.chars().take_while(char::is_ascii_hexdigit).collect();
            let next = after.chars().nth(digits.len());
            let ends = next.is_none_or(|next| !next.is_ascii_alphanumeric());
            // `$1 = …` of a debugger.
            let is_name = prefix == "$"
                && after
                    .get(digits.len()..)
                    .is_some_and(|after| after.trim_start().starts_with('='));
            if is_name {
                self.push(1 + digits.len(), Kind::Word(digits));
                return true;
            }
            if !digits.is_empty() && ends {
                self.push(prefix.len() + digits.len(), hex(digits));
                return true;
            }
        }
        false
    }

    /// Letters and digits.
    fn run(&mut self, rest: &str) {
        let in_run = |letter: &char| letter.is_alphanumeric();
        let run: String = rest.chars().take_while(in_run).collect();
        let after = rest.get(run.len()..).unwrap_or_default();
        let next = after.chars().next();
        if let Some(quote @ ('"' | '\'')) = next {
            let of_bytes = matches!(run.to_ascii_lowercase().as_str(), "b" | "rb" | "br");
            let of_hex = matches!(run.as_str(), "x" | "X" | "h" | "H");
            if of_bytes || of_hex {
                self.at += run.len();
                let literal = Literal {
                    of_bytes,
                    of_hex,
                    ..Literal::default()
                };
                return self.string(after, quote, literal);
            }
        }
        if run == "16"
            && let Some(after) = after.strip_prefix('#')
        {
            let digits: String = after.chars().take_while(char::is_ascii_hexdigit).collect();
            if !digits.is_empty() {
                let closed = after
                    .get(digits.len()..)
                    .is_some_and(|after| after.starts_with('#'));
                return self.push(3 + digits.len() + usize::from(closed), hex(digits));
            }
        }
        for prefix in ["0x", "0X"] {
            let Some(digits) = run.strip_prefix(prefix) else {
                continue;
            };
            let digits = digits.trim_end_matches(['u', 'U', 'l', 'L']);
            let digits = digits.strip_suffix("u8").unwrap_or(digits);
            if !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
                let digits = digits.to_owned();
                let suffix = ["_u8", "_i8"]
                    .iter()
                    .find(|suffix| after.starts_with(**suffix));
                return self.push(
                    run.len() + suffix.map_or(0, |suffix| suffix.len()),
                    hex(digits),
                );
            }
        }
        let is_hex = |text: &str| text.bytes().all(|digit| digit.is_ascii_hexdigit());
        if is_hex(&run) {
            let number = Number {
                digits: run.clone(),
                prefixed: false,
                negative: false,
            };
            return self.push(run.len(), Kind::Number(number));
        }
        // 20h 03h, also without space between.
        if let Some(end) = run.find(['h', 'H'])
            && end > 0
            && let Some(digits) = run.get(..end).filter(|digits| is_hex(digits))
            && (run.ends_with(['h', 'H']))
        {
            return self.push(end + 1, hex(digits.to_owned()));
        }
        for suffix in ["u8", "i8", "u", "U", "L"] {
            if let Some(digits) = run.strip_suffix(suffix)
                && !digits.is_empty()
                && digits.bytes().all(|digit| digit.is_ascii_digit())
            {
                let number = Number {
                    digits: digits.to_owned(),
                    prefixed: false,
                    negative: false,
                };
                return self.push(run.len(), Kind::Number(number));
            }
        }
        self.push(run.len(), Kind::Word(run));
    }

    /// A string up to its closing quote; a quote that is never closed is a separator.
    fn string(&mut self, rest: &str, quote: char, literal: Literal) {
        let inner = rest.get(1..).unwrap_or_default();
        let mut escaped = false;
        let end = inner.char_indices().find_map(|(at, letter)| {
            let ends = letter == quote && !escaped;
            escaped = letter == '\\' && !escaped;
            ends.then_some(at)
        });
        let Some(inner) = end.and_then(|end| inner.get(..end)) else {
            self.at += 1;
            return;
        };
        let Some((bytes, other_bytes, escaped)) = unescape(inner) else {
            // An escape that nobody knows: what is inside is looked at like everything else.
            self.at += 1;
            return;
        };
        let literal = Literal {
            inner: inner.to_owned(),
            bytes,
            other_bytes,
            escaped,
            single: quote == '\'',
            ..literal
        };
        self.push(inner.len() + 2, Kind::String(literal));
    }
}

fn hex(digits: String) -> Kind {
    Kind::Number(Number {
        digits,
        prefixed: true,
        negative: false,
    })
}

/// Spaces, quotes, dashes and brackets that text programs put in: they do nothing but end a number.
fn is_typographic(letter: char) -> bool {
    letter.is_whitespace()
        || matches!(letter, '\u{FEFF}' | '\u{200B}'..='\u{200F}' | '\u{2010}'..='\u{2015}' | '\u{2018}'..='\u{201F}'
            | '\u{2028}'..='\u{202F}' | '\u{2039}' | '\u{203A}' | '\u{2060}' | '«' | '»' | '·' | '•' | '\u{2212}'
            | '\u{3000}'..='\u{3020}' | '⟨' | '⟩' | '｜' | '，' | '│')
}

/// How digits behind a backslash are read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Digits {
    /// Up to three octal ones: C, Python.
    Octal,
    /// `\0` is a zero, whatever follows: Rust, JavaScript.
    Zero,
    /// Up to three decimal ones: Lua, Haskell.
    Decimal,
}

/// The bytes of a string with escapes, and those of another reading of digits behind a backslash where it differs;
/// whether there was an escape. `None` if one is unknown.
pub(crate) fn unescape(text: &str) -> Option<(Vec<u8>, Option<Vec<u8>>, bool)> {
    let (bytes, escaped) = unescape_with(text, Digits::Octal)?;
    let other = [Digits::Zero, Digits::Decimal]
        .iter()
        .filter_map(|digits| unescape_with(text, *digits))
        .map(|(other, _)| other)
        .find(|other| *other != bytes);
    Some((bytes, other, escaped))
}

fn unescape_with(text: &str, digits_are: Digits) -> Option<(Vec<u8>, bool)> {
    let (mut bytes, mut escaped) = (Vec::new(), false);
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        rest = rest.get(letter.len_utf8()..)?;
        if letter != '\\' {
            // Of other letters nobody knows how they were encoded.
            bytes.push(u8::try_from(letter).ok().filter(u8::is_ascii)?);
            continue;
        }
        escaped = true;
        let code = rest.chars().next()?;
        rest = rest.get(code.len_utf8()..)?;
        let digits = |rest: &str, max: usize, radix: u32| {
            rest.chars()
                .take(max)
                .take_while(|digit| digit.is_digit(radix))
                .count()
        };
        let byte = match code {
            'n' => b'\n',
            'r' => b'\r',
            't' => b'\t',
            'a' => 0x07,
            'b' => 0x08,
            'f' => 0x0C,
            'v' => 0x0B,
            'e' => 0x1B,
            '\\' | '"' | '\'' | '`' => u8::try_from(code).ok()?,
            '\n' => continue,
            'x' | 'X' => {
                let len = digits(rest, 2, 16);
                let value = u8::from_str_radix(rest.get(..len)?, 16).ok()?;
                rest = rest.get(len..)?;
                value
            }
            'u' => {
                let (hex, after) = match rest.strip_prefix('{') {
                    Some(after) => after.split_once('}')?,
                    None => (rest.get(..4)?, rest.get(4..)?),
                };
                rest = after;
                u8::from_str_radix(hex, 16).ok()?
            }
            '0' if digits_are == Digits::Zero => 0,
            '0'..='9' if digits_are == Digits::Decimal => {
                let len = digits(rest, 2, 10);
                let value = format!("{code}{}", rest.get(..len)?);
                rest = rest.get(len..)?;
                value.parse().ok()?
            }
            '0'..='7' => {
                let len = digits(rest, 2, 8);
                let value = format!("{code}{}", rest.get(..len)?);
                rest = rest.get(len..)?;
                u8::from_str_radix(&value, 8).ok()?
            }
            _ => return None,
        };
        bytes.push(byte);
    }
    Some((bytes, escaped))
}
