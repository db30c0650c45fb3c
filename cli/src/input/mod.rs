//! Bytes as people paste them: from text in any of the usual forms to the bytes that it writes.
//!
//! Where a text can be read in two ways, the one that is whole packets is taken and said so; where that does not tell
//! them apart, none is. Nothing is judged but the bytes that were pasted.

mod base64;
mod block;
mod dump;
mod flow;
mod lex;
mod network;
mod not_mqtt;
mod plain;
mod stamp;
mod text;
mod whole;

use std::fmt;

use clap::ValueEnum;

pub(crate) use not_mqtt::{NotMqtt, not_mqtt, text as plain_text};
pub(crate) use text::Text;

/// How the input is written, if somebody says so.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum Form {
    /// Hexadecimal numbers, in lists and dumps, too
    Hex,
    /// Decimal numbers
    Decimal,
    /// Base64, either alphabet
    Base64,
    /// Text with escapes such as \x20 and \n
    Escaped,
    /// The bytes themselves
    Raw,
}

/// Text that writes no bytes: where, and why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct NotHex {
    /// The number of bytes of text before the bad one, if it is one that is to blame.
    pub(crate) offset: Option<usize>,
    what: String,
}

impl NotHex {
    /// What is wrong with the text from `offset` on.
    pub(crate) fn at(offset: usize, what: impl Into<String>) -> Self {
        Self {
            offset: Some(offset),
            what: what.into(),
        }
    }

    /// What is wrong with all of the text.
    pub(crate) fn whole(what: impl Into<String>) -> Self {
        Self {
            offset: None,
            what: what.into(),
        }
    }

    /// A character that has no business there.
    fn character(text: &[u8], offset: usize) -> Self {
        let rest = text.get(offset..).unwrap_or_default();
        let shown = rest.get(..4).unwrap_or(rest);
        let first = match str::from_utf8(shown) {
            Ok(text) => text.chars().next(),
            Err(error) => shown
                .get(..error.valid_up_to())
                .and_then(|text| str::from_utf8(text).ok())
                .and_then(|text| text.chars().next()),
        };
        let what = match (first, rest.first()) {
            (Some(letter @ ' '..='~'), _) => format!("not hex: '{letter}'"),
            (Some(letter), _) if !letter.is_ascii() => {
                format!("not hex: U+{:04X}", u32::from(letter))
            }
            (_, Some(byte)) => format!("not hex: byte {byte:#04x}"),
            (_, None) => "not hex: the end".to_owned(),
        };
        Self::at(offset, what)
    }

    /// A number with too many digits for a byte, and not an even number of them.
    fn digits(offset: usize, digits: &[u8]) -> Self {
        let digits = String::from_utf8_lossy(digits);
        let shown: String = digits.chars().take(12).collect();
        let decimal = digits.parse::<u8>().is_ok();
        let hint = match decimal {
            true => "; are the numbers decimal? Then add --as decimal",
            false => "",
        };
        Self::at(
            offset,
            format!("half a byte: '{shown}' has an odd number of digits{hint}"),
        )
    }
}

impl fmt::Display for NotHex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        match self.offset {
            Some(offset) => write!(f, " at column {}", offset + 1),
            None => Ok(()),
        }
    }
}

/// The bytes that one piece of text writes.
pub(crate) fn hex(text: &str) -> Result<Vec<u8>, NotHex> {
    let mut bytes = Vec::new();
    let mut reader = Text::new(None, None).bytes_alone();
    reader.line(text.as_bytes(), &mut bytes)?;
    reader.end(&mut bytes)?;
    Ok(bytes)
}

/// Hexadecimal numbers in a message: the first bytes of a reading.
fn first_bytes(bytes: &[u8]) -> String {
    let shown = bytes.get(..12).unwrap_or(bytes);
    let more = if shown.len() < bytes.len() {
        " …"
    } else {
        ""
    };
    let text: Vec<String> = shown.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{}{more}", text.join(" "))
}
