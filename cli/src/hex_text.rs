//! Bytes written as hexadecimal text: spaces, line ends, colons, commas and `0x` do not matter.

use std::fmt;

/// Text that is not hexadecimal: where, and what is there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct NotHex {
    /// The number of bytes of text before the bad one.
    pub(crate) offset: usize,
    fault: Fault,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Fault {
    /// This is no hexadecimal digit.
    Character(u8),
    /// A byte has two digits; this is the only one.
    HalfByte(u8),
}

impl fmt::Display for NotHex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.fault {
            Fault::Character(byte) if byte == b' ' || byte.is_ascii_graphic() => {
                write!(f, "not hex: '{}'", char::from(byte))
            }
            Fault::Character(byte) => write!(f, "not hex: byte {byte:#04x}"),
            Fault::HalfByte(digit) => {
                write!(f, "half a byte: '{}' stands alone", char::from(digit))
            }
        }?;
        write!(f, " at column {}", self.offset + 1)
    }
}

/// Replaces what `bytes` holds by the bytes that `text` writes.
pub(crate) fn read_into(text: &[u8], bytes: &mut Vec<u8>) -> Result<(), NotHex> {
    bytes.clear();
    bytes.reserve(text.len() / 2);
    let refuse = |rest: &[u8], fault| {
        let offset = text.len() - rest.len();
        Err(NotHex { offset, fault })
    };
    // The rest from a digit on that still lacks its second one, and the value of that digit.
    let mut half: Option<(&[u8], u8)> = None;
    let mut rest = text;
    while let [first, tail @ ..] = rest {
        if let ([b'0', b'x' | b'X', tail @ ..], None) = (rest, half) {
            rest = tail;
            continue;
        }
        let nibble = match first {
            b'0'..=b'9' => first - b'0',
            b'a'..=b'f' => first - b'a' + 10,
            b'A'..=b'F' => first - b'A' + 10,
            b' ' | b'\t' | b'\r' | b'\n' | b'\x0B' | b'\x0C' | b':' | b',' => {
                rest = tail;
                continue;
            }
            _ => return refuse(rest, Fault::Character(*first)),
        };
        half = match half {
            None => Some((rest, nibble)),
            Some((_, high)) => {
                bytes.push(high << 4 | nibble);
                None
            }
        };
        rest = tail;
    }
    match half {
        Some((rest @ [digit, ..], _)) => refuse(rest, Fault::HalfByte(*digit)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<u8>, String> {
        let mut bytes = vec![0xA5];
        match read_into(text.as_bytes(), &mut bytes) {
            Ok(()) => Ok(bytes),
            Err(error) => Err(error.to_string()),
        }
    }

    #[test]
    fn separators_and_prefixes_do_not_matter() {
        let bytes = Ok(vec![0x40, 0x02, 0x00, 0x0A]);
        for text in [
            "4002000a",
            "40 02 00 0A\r\n",
            "40:02:00:0a",
            "0x40, 0x02, 0X00, 0x0a",
            "0x4002000a",
            "4 0\t02\n000a",
        ] {
            assert_eq!(read(text), bytes, "{text}");
        }
        assert_eq!(read(""), Ok(vec![]));
        assert_eq!(read(" 0x \n"), Ok(vec![]));
    }

    #[test]
    fn errors_name_the_character_and_its_column() {
        assert_eq!(read("40 0z"), Err("not hex: 'z' at column 5".into()));
        assert_eq!(read("40\0"), Err("not hex: byte 0x00 at column 3".into()));
        assert_eq!(read("é"), Err("not hex: byte 0xc3 at column 1".into()));
        assert_eq!(read("40x"), Err("not hex: 'x' at column 3".into()));
        assert_eq!(
            read("40 2 "),
            Err("half a byte: '2' stands alone at column 4".into())
        );
    }
}
