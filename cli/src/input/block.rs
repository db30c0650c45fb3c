//! Text that is more than plain numbers: lists in brackets, string literals, numbers behind a label.

use mqtt_reason::Version;

use super::lex::{Bracket, Kind, Literal, Number, Token, lex};
use super::whole::{is_framed, is_whole};
use super::{Form, NotHex, base64, first_bytes, plain};

/// The bytes of a text, and what is to be said of how they were read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Block {
    pub(crate) bytes: Vec<u8>,
    pub(crate) remarks: Vec<String>,
}

/// Reads one text, as `form` if somebody said so.
pub(crate) fn read(
    text: &str,
    form: Option<Form>,
    version: Option<Version>,
) -> Result<Block, NotHex> {
    let reader = Reader { form, version };
    match reader.read(text) {
        Err(error) if form.is_none() => Err(reader.maybe_base64(text).unwrap_or(error)),
        read => read,
    }
}

struct Reader {
    form: Option<Form>,
    version: Option<Version>,
}

/// A list of bytes in brackets: the tokens between them.
struct Group<'t> {
    bracket: Bracket,
    tokens: &'t [Token],
    first: usize,
    last: usize,
}

impl Reader {
    fn read(&self, text: &str) -> Result<Block, NotHex> {
        let tokens = without_indices(lex(text)?)?;
        if let Some(token) = tokens.iter().find(|token| token.kind == Kind::Ellipsis) {
            return Err(NotHex::at(
                token.at,
                "something is left out here: paste all bytes",
            ));
        }
        let groups = self.groups(&tokens);
        if !groups.is_empty()
            && let Some(block) = self.lists(text, &tokens, groups)?
        {
            return Ok(block);
        }
        if tokens
            .iter()
            .any(|token| matches!(token.kind, Kind::String(_)))
        {
            return self.strings(text, &tokens);
        }
        self.numbers(text, &tokens)
    }

    /// The innermost brackets that hold numbers or strings and nothing else.
    fn groups<'t>(&self, tokens: &'t [Token]) -> Vec<Group<'t>> {
        let mut groups = Vec::new();
        let mut open: Vec<(usize, Bracket)> = Vec::new();
        for (index, token) in tokens.iter().enumerate() {
            match token.kind {
                Kind::Open(bracket) => open.push((index, bracket)),
                Kind::Close(bracket) => {
                    let Some((start, opened)) = open.pop() else {
                        continue;
                    };
                    let inner = tokens.get(start + 1..index).unwrap_or_default();
                    let attached = tokens.get(start).is_some_and(|token| token.attached);
                    let subscript = attached && bracket == Bracket::Square;
                    if opened == bracket && is_list(inner) && !subscript {
                        groups.push(Group {
                            bracket,
                            tokens: inner,
                            first: start,
                            last: index,
                        });
                    }
                }
                _ => {}
            }
        }
        // A subscript is a list if it is the only one: `Uint8Array[32, 3]`.
        if groups.is_empty()
            && let Some(first) = tokens
                .iter()
                .position(|token| token.kind == Kind::Open(Bracket::Square))
            && let Some(last) = tokens
                .iter()
                .position(|token| token.kind == Kind::Close(Bracket::Square))
            && let Some(inner) = tokens.get(first + 1..last)
            && is_list(inner)
            && inner.len() > 1
        {
            groups.push(Group {
                bracket: Bracket::Square,
                tokens: inner,
                first,
                last,
            });
        }
        for kinds in [
            &[Bracket::Binary][..],
            &[Bracket::Square, Bracket::Curly],
            &[Bracket::Angle],
        ] {
            if groups.iter().any(|group| kinds.contains(&group.bracket)) {
                groups.retain(|group| kinds.contains(&group.bracket));
                break;
            }
        }
        groups
    }

    /// The bytes of lists; `None` if the brackets do nothing but stand around numbers.
    fn lists(
        &self,
        text: &str,
        tokens: &[Token],
        groups: Vec<Group<'_>>,
    ) -> Result<Option<Block>, NotHex> {
        let inside = |index: usize| {
            groups
                .iter()
                .any(|group| (group.first..=group.last).contains(&index))
        };
        let outside = || {
            tokens
                .iter()
                .enumerate()
                .filter(|(index, _)| !inside(*index))
                .map(|(_, token)| &token.kind)
        };
        let words = outside().any(|kind| matches!(kind, Kind::Word(_)));
        // {"type":"Buffer","data":[64,2,0,1]}: the strings are names.
        let named = groups.len() == 1
            && groups.iter().all(|group| group.bracket == Bracket::Square)
            && matches!(
                tokens,
                [
                    Token {
                        kind: Kind::Open(Bracket::Curly),
                        ..
                    },
                    ..
                ]
            )
            && !outside().any(|kind| matches!(kind, Kind::Number(_)));
        let words = words || named;
        let others = outside().any(|kind| matches!(kind, Kind::Number(_) | Kind::String(_)));
        let strings = groups.iter().any(|group| {
            group
                .tokens
                .iter()
                .any(|token| matches!(token.kind, Kind::String(_)))
        });
        if others && !words && !strings {
            return Ok(None);
        }
        // `I (1230) mqtt: 20 02 00 00`: a number alone in brackets is none of the bytes, but a process or a count.
        let alone = |group: &Group<'_>| {
            matches!(
                group.bracket,
                Bracket::Round | Bracket::Angle | Bracket::Square
            ) && matches!(
                group.tokens,
                [Token {
                    kind: Kind::Number(_),
                    ..
                }]
            )
        };
        if words && groups.iter().all(alone) {
            return Ok(None);
        }
        let mut groups = groups;
        if words && groups.iter().any(|group| group.tokens.len() > 1) {
            groups.retain(|group| !alone(group));
        }
        // Parentheses around literals are those of a call.
        if groups.iter().all(|group| group.bracket == Bracket::Round) && strings {
            return Ok(None);
        }
        let mut remarks = Vec::new();
        if others && words {
            remarks.push("what stands outside the brackets is left out".to_owned());
        }
        let mut bytes = Vec::new();
        let mut parts = Vec::new();
        for group in &groups {
            let read = self.list(group, &mut remarks);
            if groups.len() == 1 {
                bytes = read?;
            } else {
                parts.push(read);
            }
        }
        if groups.len() > 1 {
            // A time in brackets before the bytes is a list, too.
            let all: Option<Vec<u8>> = parts
                .iter()
                .map(|part| part.as_deref().ok())
                .collect::<Option<Vec<_>>>()
                .map(|parts| parts.concat());
            let whole = |bytes: &[u8]| is_whole(self.version, bytes);
            let good: Vec<&Vec<u8>> = parts.iter().flatten().filter(|part| whole(part)).collect();
            bytes = match all {
                Some(all) if whole(&all) || !words => all,
                _ if !good.is_empty() && words => {
                    remarks.push("only the lists that are whole packets are read".to_owned());
                    good.into_iter().flatten().copied().collect()
                }
                Some(all) if parts.len() == good.len() => all,
                _ => {
                    if let Some(Err(error)) = parts.into_iter().find(Result::is_err) {
                        return Err(error);
                    }
                    return Err(NotHex::whole(
                        "there is more than one list of numbers, and it cannot be told which of them are packets: \
                         paste the bytes alone",
                    ));
                }
            };
        }
        let _ = text;
        Ok(Some(Block { bytes, remarks }))
    }

    /// The bytes of one list.
    fn list(&self, group: &Group<'_>, remarks: &mut Vec<String>) -> Result<Vec<u8>, NotHex> {
        let elements: Vec<&Token> = group
            .tokens
            .iter()
            .filter(|token| matches!(token.kind, Kind::Number(_) | Kind::String(_)))
            .collect();
        let mixed = elements
            .iter()
            .any(|token| matches!(token.kind, Kind::Number(_)));
        // Strings that are numbers: ["20","03"].
        let as_number = |literal: &Literal| {
            let inner = literal.inner.trim();
            let digits = inner
                .strip_prefix("0x")
                .or_else(|| inner.strip_prefix("0X"))
                .unwrap_or(inner);
            let fits = (1..=3).contains(&digits.len())
                && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
            (fits && !mixed && group.bracket != Bracket::Binary && !literal.of_bytes).then(|| {
                Number {
                    digits: digits.to_owned(),
                    prefixed: digits.len() != inner.len(),
                    negative: false,
                }
            })
        };
        let mut items = Vec::new();
        for token in elements {
            items.push(match &token.kind {
                Kind::Number(number) => (token.at, Item::Number(number.clone())),
                Kind::String(literal) => match as_number(literal) {
                    Some(number) => (token.at, Item::Number(number)),
                    None if literal.other_bytes.is_some() => return Err(two_zeros(token.at)),
                    None => (token.at, Item::Bytes(literal.bytes.clone())),
                },
                _ => continue,
            });
        }
        let numbers = || {
            items.iter().filter_map(|(_, item)| match item {
                Item::Number(number) => Some(number),
                Item::Bytes(_) => None,
            })
        };
        let first = items.first().map_or(0, |(at, _)| *at);
        let value = |number: &Number| number.digits.parse::<u32>().unwrap_or(u32::MAX);
        let is_hex = |number: &Number| {
            let digits = number.digits.as_bytes();
            number.prefixed
                || digits.iter().any(u8::is_ascii_alphabetic)
                || (digits.len() > 1 && digits.first() == Some(&b'0'))
        };
        match self.form {
            Some(Form::Hex) => return hexadecimal(&items),
            Some(Form::Decimal) => return decimal(&items),
            _ => {}
        }
        if group.bracket == Bracket::Angle || numbers().any(is_hex) {
            return hexadecimal(&items);
        }
        if numbers().any(|number| !number.negative && value(number) > 255) {
            return hexadecimal(&items);
        }
        let certain = group.bracket == Bracket::Binary
            || numbers().any(|number| number.negative || value(number) > 99)
            || numbers().next().is_none();
        if certain {
            return decimal(&items);
        }
        let (as_decimal, as_hex) = (decimal(&items), hexadecimal(&items));
        let (as_decimal, as_hex) = match (as_decimal, as_hex) {
            (Ok(as_decimal), Ok(as_hex)) if as_decimal == as_hex => return Ok(as_decimal),
            (Ok(as_decimal), Ok(as_hex)) => (as_decimal, as_hex),
            (Ok(read), Err(_)) | (Err(_), Ok(read)) => return Ok(read),
            (Err(error), Err(_)) => return Err(error),
        };
        let whole = |bytes: &[u8]| is_whole(self.version, bytes);
        match (whole(&as_decimal), whole(&as_hex)) {
            (true, _) => {
                remarks.push(taken("decimal", "hexadecimal", "hex"));
                Ok(as_decimal)
            }
            (false, true) => {
                remarks.push(taken("hexadecimal", "decimal", "decimal"));
                Ok(as_hex)
            }
            (false, false) => Err(two_readings(
                first,
                ("decimal", "decimal", &as_decimal),
                ("hexadecimal", "hex", &as_hex),
            )),
        }
    }

    /// String literals, one after the other.
    fn strings(&self, text: &str, tokens: &[Token]) -> Result<Block, NotHex> {
        let mut remarks = Vec::new();
        let words: Vec<&Token> = tokens
            .iter()
            .filter(|token| matches!(token.kind, Kind::Word(_)))
            .collect();
        let numbers = tokens
            .iter()
            .any(|token| matches!(token.kind, Kind::Number(_)));
        let literals: Vec<(usize, &Literal)> = tokens
            .iter()
            .filter_map(|token| match &token.kind {
                Kind::String(literal) => Some((token.at, literal)),
                _ => None,
            })
            .collect();
        let first = literals.first().map_or(0, |(at, _)| *at);
        if numbers && let Some(block) = self.object(tokens) {
            return block;
        }
        if numbers && words.is_empty() {
            // "20" 03: quotes that do nothing.
            return Ok(Block {
                bytes: self.hexadecimal_text(text, tokens)?,
                remarks,
            });
        }
        if numbers {
            remarks.push("what stands outside the quotes is left out".to_owned());
        }
        // Each literal as hexadecimal text.
        let mut as_hex = Some(Vec::new());
        let mut uniform = true;
        for (_, literal) in &literals {
            let read = read_inner(&literal.inner);
            uniform &= is_uniform(&literal.inner);
            as_hex = match (as_hex, read) {
                (Some(mut all), Some(bytes)) => {
                    all.extend(bytes);
                    Some(all)
                }
                _ => None,
            };
        }
        let as_literal: Vec<u8> = literals
            .iter()
            .flat_map(|(_, literal)| literal.bytes.iter().copied())
            .collect();
        let as_other: Option<Vec<u8>> = literals
            .iter()
            .any(|(_, literal)| literal.other_bytes.is_some())
            .then(|| {
                literals
                    .iter()
                    .flat_map(|(_, literal)| literal.other_bytes.as_ref().unwrap_or(&literal.bytes))
                    .copied()
                    .collect()
            });
        let escaped = literals.iter().any(|(_, literal)| literal.escaped);
        let of_bytes = literals.iter().any(|(_, literal)| literal.of_bytes);
        let of_hex = literals.iter().all(|(_, literal)| literal.of_hex);
        let whole = |bytes: &[u8]| is_whole(self.version, bytes);
        let bytes = match (self.form, as_hex) {
            (Some(Form::Hex), Some(bytes)) => bytes,
            (Some(Form::Hex | Form::Decimal), None) => {
                return Err(NotHex::at(first, "not hex: a string"));
            }
            (_, Some(bytes)) if of_hex && !escaped => bytes,
            (_, as_hex) if escaped => {
                if let Some(other) = as_other {
                    match (whole(&as_literal), whole(&other)) {
                        (true, false) => as_literal,
                        (false, true) => other,
                        _ => return Err(two_zeros(first)),
                    }
                } else {
                    match as_hex.filter(|bytes| *bytes != as_literal && !of_bytes) {
                        None => as_literal,
                        Some(as_hex) => match (whole(&as_literal), whole(&as_hex)) {
                            (true, _) => as_literal,
                            (false, true) => {
                                remarks.push(taken("hexadecimal numbers", "characters", "escaped"));
                                as_hex
                            }
                            _ if !uniform => as_literal,
                            _ => {
                                return Err(two_readings(
                                    first,
                                    ("a string literal", "escaped", &as_literal),
                                    ("hexadecimal", "hex", &as_hex),
                                ));
                            }
                        },
                    }
                }
            }
            (_, Some(as_hex)) => match (whole(&as_hex), of_bytes && whole(&as_literal)) {
                (true, true) | (false, true) => {
                    return Err(two_readings(
                        first,
                        ("a string literal", "escaped", &as_literal),
                        ("hexadecimal", "hex", &as_hex),
                    ));
                }
                (_, false) => {
                    if of_bytes {
                        remarks.push(taken("hexadecimal text", "characters", "escaped"));
                    }
                    as_hex
                }
            },
            (_, None) if of_bytes => {
                let is_base64 = literals.iter().any(|(_, literal)| {
                    base64::decode(literal.inner.as_bytes()).is_some_and(|bytes| whole(&bytes))
                });
                if is_base64 && !whole(&as_literal) {
                    return Err(named_base64());
                }
                as_literal
            }
            (_, None) => {
                return Err(NotHex::at(
                    first,
                    "not hex: a string without escapes; if its characters are the bytes, add --as escaped",
                ));
            }
        };
        Ok(Block { bytes, remarks })
    }

    /// The values of an object of JSON: `{"0": 64, "1": 2}`.
    fn object(&self, tokens: &[Token]) -> Option<Result<Block, NotHex>> {
        let is_key = |pair: &[Token]| {
            matches!(
                pair,
                [
                    Token {
                        kind: Kind::String(_),
                        ..
                    },
                    Token {
                        kind: Kind::Colon,
                        ..
                    }
                ]
            )
        };
        if !tokens.windows(2).any(is_key) {
            return None;
        }
        let mut bytes = Vec::new();
        let mut rest = tokens;
        while let [first, others @ ..] = rest {
            match (&first.kind, others) {
                (Kind::Open(Bracket::Curly) | Kind::Close(Bracket::Curly), _) => rest = others,
                (Kind::String(key), [colon, value, others @ ..])
                    if colon.kind == Kind::Colon && key.inner == bytes.len().to_string() =>
                {
                    let Kind::Number(number) = &value.kind else {
                        break;
                    };
                    match one_decimal(value.at, number) {
                        Ok(byte) => bytes.push(byte),
                        Err(error) => return Some(Err(error)),
                    }
                    rest = others;
                }
                _ => break,
            }
        }
        Some(match rest {
            [] if !bytes.is_empty() => Ok(Block {
                bytes,
                remarks: Vec::new(),
            }),
            _ => Err(NotHex::whole(
                "this is an object of JSON, and it cannot be told which of its values are the bytes: paste them alone",
            )),
        })
    }

    /// Numbers, perhaps behind a label.
    fn numbers(&self, text: &str, tokens: &[Token]) -> Result<Block, NotHex> {
        let mut remarks = Vec::new();
        let is_number = |token: &Token| matches!(token.kind, Kind::Number(_));
        let is_word = |token: &Token| matches!(token.kind, Kind::Word(_));
        let all = tokens;
        let mut tokens = tokens;
        if let Some(last) = tokens.iter().rposition(is_word) {
            let first_is_word = tokens
                .iter()
                .find(|token| is_number(token) || is_word(token))
                .is_some_and(is_word);
            let label = tokens
                .get(last + 1)
                .is_some_and(|next| next.kind == Kind::Colon)
                || matches!(
                    tokens.get(last + 1..),
                    Some([
                        Token {
                            kind: Kind::Close(_),
                            ..
                        },
                        Token {
                            kind: Kind::Colon,
                            ..
                        },
                        ..
                    ])
                );
            let rest = tokens.get(last + 1..).unwrap_or_default();
            if first_is_word && label && rest.iter().any(is_number) {
                let numbers: Vec<&Number> = rest
                    .iter()
                    .filter_map(|token| match &token.kind {
                        Kind::Number(number) => Some(number),
                        _ => None,
                    })
                    .collect();
                // 0x3ffb0000   d0 00
                if let [first, second, ..] = numbers.as_slice()
                    && first.prefixed
                    && first.digits.len() > 4
                    && !second.prefixed
                {
                    return Err(NotHex::whole(
                        "the first number looks like an address: paste the bytes alone",
                    ));
                }
                // RX: 4 40 02 00 01
                if let (Ok(all), Ok(behind_first)) = (
                    self.hexadecimal_text(text, rest),
                    self.hexadecimal_text(text, after_first_number(rest)),
                ) && !is_framed(&all)
                    && is_framed(&behind_first)
                {
                    return Err(NotHex::whole(
                        "the first number behind the label belongs to no packet: paste the bytes alone",
                    ));
                }
                let end = rest
                    .iter()
                    .find(|token| is_number(token))
                    .map_or(0, |token| token.at);
                let skipped = text.get(..end).unwrap_or_default().trim();
                // xxd -i ends with `unsigned int name_len = 5;`.
                let numbers = rest.iter().filter(|token| is_number(token)).count();
                if numbers == 1 && text.trim_end().ends_with(';') && skipped.ends_with('=') {
                    remarks.push(format!("{:?} is left out", text.trim()));
                    return Ok(Block {
                        bytes: Vec::new(),
                        remarks,
                    });
                }
                remarks.push(format!("{skipped:?} is left out: a label"));
                tokens = rest;
            }
        }
        let bytes = self.hexadecimal_text(text, tokens)?;
        if bytes.len() == 1 && tokens.len() < all.len() {
            return Err(NotHex::whole("a single byte behind a label is no packet"));
        }
        // \x20 with other characters between: are they bytes, too?
        if text.contains("\\x") && self.form.is_none() {
            let trimmed = text.trim();
            if let Some((as_literal, other, _)) = super::lex::unescape(trimmed)
                && as_literal != bytes
            {
                let whole = |bytes: &[u8]| is_whole(self.version, bytes);
                let literal_whole = whole(&as_literal) || other.is_some_and(|other| whole(&other));
                match (whole(&bytes), literal_whole) {
                    (true, false) => {}
                    (false, false) if is_uniform(trimmed) => {}
                    _ => {
                        return Err(two_readings(
                            0,
                            ("text with escapes", "escaped", &as_literal),
                            ("hexadecimal", "hex", &bytes),
                        ));
                    }
                }
            }
        }
        Ok(Block { bytes, remarks })
    }

    /// All numbers, whatever stands between them.
    fn hexadecimal_text(&self, text: &str, tokens: &[Token]) -> Result<Vec<u8>, NotHex> {
        if let Some(bytes) = self.binary_numbers(tokens)? {
            return Ok(bytes);
        }
        let mut bytes = Vec::new();
        for token in tokens {
            match &token.kind {
                Kind::Number(number) if self.form == Some(Form::Decimal) => {
                    bytes.push(one_decimal(token.at, number)?);
                }
                Kind::Number(number) => one_hexadecimal(token.at, number, &mut bytes)?,
                Kind::Word(word) => {
                    let before = word.chars().take_while(char::is_ascii_hexdigit).count();
                    return Err(NotHex::character(text.as_bytes(), token.at + before));
                }
                Kind::String(literal) => match read_inner(&literal.inner) {
                    Some(inner) => bytes.extend(inner),
                    None => return Err(NotHex::at(token.at, "not hex: a string")),
                },
                _ => {}
            }
        }
        Ok(bytes)
    }

    /// The bytes of several numbers that are all binary; `None` if they are not. A single one is no packet: `0b00` is
    /// taken for the bytes 0x0B and 0x00.
    fn binary_numbers(&self, tokens: &[Token]) -> Result<Option<Vec<u8>>, NotHex> {
        let mut bytes = Vec::new();
        let mut as_hex = Ok(Vec::new());
        for token in tokens {
            let number = match &token.kind {
                Kind::Number(number) if self.form.is_none() && is_binary(number) => number,
                Kind::Number(_) | Kind::Word(_) | Kind::String(_) => return Ok(None),
                _ => continue,
            };
            let digits = number.digits.get(2..).unwrap_or_default();
            bytes.push(u8::from_str_radix(digits, 2).unwrap_or_default());
            as_hex = as_hex.and_then(|mut bytes| {
                one_hexadecimal(token.at, number, &mut bytes).map(|()| bytes)
            });
        }
        match as_hex {
            _ if bytes.len() < 2 => Ok(None),
            Ok(as_hex) if !is_whole(self.version, &bytes) => Err(NotHex::whole(format!(
                "this can be read in two ways: as binary numbers it is {}, as hexadecimal it is {} (--as hex)",
                first_bytes(&bytes),
                first_bytes(&as_hex),
            ))),
            _ => Ok(Some(bytes)),
        }
    }

    /// What to say of a text that is base64.
    fn maybe_base64(&self, text: &str) -> Option<NotHex> {
        let text = text.trim().trim_matches(['"', '\'', '`', '“', '”']);
        let bytes = base64::decode(text.as_bytes())?;
        let likely =
            is_whole(self.version, &bytes) || (bytes.len() >= 6 && text.len().is_multiple_of(4));
        likely.then(named_base64)
    }
}

/// A byte, or several, of a list.
enum Item {
    Number(Number),
    Bytes(Vec<u8>),
}

/// What is between brackets is a list of bytes if there is something, and no word.
fn is_list(tokens: &[Token]) -> bool {
    let words_of_types = [
        "byte", "u8", "i8", "uint8_t", "char", "Buffer", "Byte", "sbyte",
    ];
    let mut count = 0;
    for token in tokens {
        match &token.kind {
            Kind::Number(_) | Kind::String(_) => count += 1,
            Kind::Word(word) if words_of_types.contains(&word.as_str()) => {}
            // (byte) in front of a number.
            Kind::Open(Bracket::Round) | Kind::Close(Bracket::Round) => {}
            _ => return false,
        }
    }
    count > 0
}

fn hexadecimal(items: &[(usize, Item)]) -> Result<Vec<u8>, NotHex> {
    let mut bytes = Vec::new();
    for (at, item) in items {
        match item {
            Item::Number(number) => one_hexadecimal(*at, number, &mut bytes)?,
            Item::Bytes(more) => bytes.extend(more),
        }
    }
    Ok(bytes)
}

fn decimal(items: &[(usize, Item)]) -> Result<Vec<u8>, NotHex> {
    let mut bytes = Vec::new();
    for (at, item) in items {
        match item {
            Item::Number(number) => bytes.push(one_decimal(*at, number)?),
            Item::Bytes(more) => bytes.extend(more),
        }
    }
    Ok(bytes)
}

fn one_hexadecimal(at: usize, number: &Number, bytes: &mut Vec<u8>) -> Result<(), NotHex> {
    let digits = number.digits.as_bytes();
    plain::push(digits, bytes).map_err(|()| NotHex::digits(at, digits))
}

fn one_decimal(at: usize, number: &Number) -> Result<u8, NotHex> {
    let value = match (number.prefixed, number.negative) {
        (true, _) => u8::from_str_radix(&number.digits, 16).ok(),
        (false, false) => number.digits.parse().ok(),
        (false, true) => number
            .digits
            .parse()
            .ok()
            .filter(|value| (1..=128).contains(value))
            .map(u8::wrapping_neg),
    };
    value.ok_or_else(|| {
        let digits: String = number.digits.chars().take(12).collect();
        NotHex::at(at, format!("not a byte in decimal: '{digits}'"))
    })
}

/// What follows the first number.
fn after_first_number(tokens: &[Token]) -> &[Token] {
    let first = tokens
        .iter()
        .position(|token| matches!(token.kind, Kind::Number(_)));
    first
        .and_then(|first| tokens.get(first + 1..))
        .unwrap_or_default()
}

/// The tokens without the indices of `[0] = 0x40, [1] = 0x02`; an error if they do not count from 0.
fn without_indices(tokens: Vec<Token>) -> Result<Vec<Token>, NotHex> {
    let index = |group: &[Token]| match group {
        [open, number, close, colon, ..]
            if open.kind == Kind::Open(Bracket::Square)
                && close.kind == Kind::Close(Bracket::Square)
                && colon.kind == Kind::Colon
                && !open.attached =>
        {
            match &number.kind {
                Kind::Number(number) => number.digits.parse::<usize>().ok(),
                _ => None,
            }
        }
        _ => None,
    };
    let found: Vec<usize> = tokens.windows(4).filter_map(index).collect();
    if found.len() < 2 {
        return Ok(tokens);
    }
    if found
        .iter()
        .enumerate()
        .any(|(count, index)| count != *index)
    {
        return Err(NotHex::whole(
            "the numbers in brackets do not count from 0: paste the bytes alone",
        ));
    }
    let mut kept = Vec::new();
    let mut skip = 0;
    for (at, token) in tokens.iter().enumerate() {
        if tokens.get(at..).and_then(index).is_some() {
            skip = 4;
        }
        match skip {
            0 => kept.push(token.clone()),
            _ => skip -= 1,
        }
    }
    Ok(kept)
}

/// Whether a number is one byte in binary: 0b and up to eight digits.
fn is_binary(number: &Number) -> bool {
    !number.prefixed
        && number.digits.strip_prefix("0b").is_some_and(|digits| {
            (1..=8).contains(&digits.len())
                && digits.bytes().all(|digit| matches!(digit, b'0' | b'1'))
        })
}

/// The bytes of the text between quotes if that is hexadecimal text itself.
fn read_inner(inner: &str) -> Option<Vec<u8>> {
    let tokens = lex(inner).ok()?;
    let mut bytes = Vec::new();
    for token in tokens {
        match token.kind {
            Kind::Number(number) => one_hexadecimal(token.at, &number, &mut bytes).ok()?,
            Kind::Colon => {}
            _ => return None,
        }
    }
    (!bytes.is_empty()).then_some(bytes)
}

/// Whether the same characters stand between all numbers of `\x20, \x03, \x00`.
fn is_uniform(text: &str) -> bool {
    let mut gaps = text
        .trim()
        .split("\\x")
        .skip(1)
        .map(|part| part.get(2..).unwrap_or_default());
    let first = gaps.next().unwrap_or_default();
    let rest: Vec<&str> = gaps.collect();
    match rest.split_last() {
        Some((last, middle)) => {
            middle.iter().all(|gap| *gap == first) && (last.is_empty() || *last == first)
        }
        None => true,
    }
}

/// Which reading was taken, and how to ask for the other.
pub(crate) fn taken(this: &str, other: &str, form: &str) -> String {
    format!("the numbers are taken as {this}; if they are {other}, add --as {form}")
}

/// Two readings, and nothing that tells which is meant. Each with its name, its form and its bytes.
pub(crate) fn two_readings(
    at: usize,
    (one, one_form, one_bytes): (&str, &str, &[u8]),
    (other, other_form, other_bytes): (&str, &str, &[u8]),
) -> NotHex {
    let _ = at;
    NotHex::whole(format!(
        "this can be read in two ways: as {one} it is {} (--as {one_form}), as {other} it is {} (--as {other_form}); \
         say which",
        first_bytes(one_bytes),
        first_bytes(other_bytes)
    ))
}

/// `\0` before digits: octal in C and Python, a zero in Rust and JavaScript.
fn two_zeros(at: usize) -> NotHex {
    NotHex::at(
        at,
        "a digit after \\0 can belong to an octal number or be a character: write \\x00",
    )
}

/// The text is base64.
pub(crate) fn named_base64() -> NotHex {
    NotHex::whole("not hex: this looks like base64; add --as base64")
}
