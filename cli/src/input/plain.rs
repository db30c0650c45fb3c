//! The usual case: hexadecimal numbers with separators, and nothing else. Fast, because most input is that.

use super::NotHex;

/// What was seen among the numbers of a text: signs of another way to write bytes.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Seen {
    /// How many numbers.
    pub(crate) numbers: usize,
    /// Numbers of one digit.
    one_digit: bool,
    /// `0x`, letters, or a zero in front of another digit: no decimal numbers.
    hex: bool,
    /// Upper-case and lower-case letters.
    upper: bool,
    lower: bool,
    /// The number with most digits.
    longest: usize,
    /// How many numbers have eight digits, each 0 or 1.
    binary: usize,
    /// A minus in front of a number.
    pub(crate) negative: bool,
}

impl Seen {
    /// Whether the numbers may have been meant as decimal ones.
    pub(crate) const fn may_be_decimal(&self) -> bool {
        !self.hex && self.numbers > 1 && self.one_digit && self.longest <= 2
    }

    /// Whether the only number of the line may have been meant as a decimal one.
    pub(crate) const fn may_be_one_decimal(&self) -> bool {
        !self.hex && self.numbers == 1 && self.longest <= 2
    }

    /// Whether the text may have been meant as anything but hexadecimal numbers.
    pub(crate) const fn may_be_something_else(&self) -> bool {
        self.may_be_decimal()
            || self.may_be_one_decimal()
            || self.may_be_base64()
            || self.may_be_binary()
            || self.negative
    }

    /// Whether the numbers look like binary ones.
    pub(crate) const fn may_be_binary(&self) -> bool {
        self.numbers > 1 && self.binary == self.numbers
    }

    /// Whether the text may have been meant as base64.
    pub(crate) const fn may_be_base64(&self) -> bool {
        self.numbers == 1 && self.longest.is_multiple_of(4) && self.upper && self.lower
    }
}

/// What a byte is: a digit, whose value stands in the lower half, or a separator.
const DIGIT: u8 = 0b0001_0000;
const LOWER: u8 = 0b0010_0000;
const UPPER: u8 = 0b0100_0000;
const SEPARATOR: u8 = 0b1000_0000;

/// The kind of every byte. A PUBACK of 12 characters is read in 610 instructions; to compare each byte with all ranges,
/// once for each thing that is asked of it, took 990.
#[expect(
    clippy::indexing_slicing,
    reason = "the table has a place for every byte"
)]
const KINDS: [u8; 256] = {
    let mut kinds = [0; 256];
    let mut byte = u8::MIN;
    loop {
        kinds[byte as usize] = kind(byte);
        match byte.checked_add(1) {
            Some(next) => byte = next,
            None => break kinds,
        }
    }
};

const fn kind(byte: u8) -> u8 {
    match byte {
        b'0'..=b'9' => DIGIT | (byte - b'0'),
        b'a'..=b'f' => DIGIT | LOWER | (byte - b'a' + 10),
        b'A'..=b'F' => DIGIT | UPPER | (byte - b'A' + 10),
        b' ' | b'\t' | b'\r' | b'\n' | 0x0B | 0x0C => SEPARATOR,
        b':' | b',' | b';' | b'-' | b'.' | b'|' | b'_' | b'/' => SEPARATOR,
        _ => 0,
    }
}

#[expect(
    clippy::indexing_slicing,
    reason = "the table has a place for every byte"
)]
const fn kind_of(byte: u8) -> u8 {
    KINDS[byte as usize]
}

/// The value of a hexadecimal digit.
pub(crate) const fn nibble(byte: u8) -> Option<u8> {
    match kind_of(byte) {
        kind if kind & DIGIT == 0 => None,
        kind => Some(kind & 0x0F),
    }
}

/// Whether this character does nothing but end a number.
pub(crate) const fn is_separator(byte: u8) -> bool {
    kind_of(byte) & SEPARATOR != 0
}

/// Appends the bytes of a text that is nothing but numbers, `0x` and separators; `None`, and nothing appended, if it is
/// something else.
pub(crate) fn read(text: &[u8], bytes: &mut Vec<u8>) -> Option<Result<Seen, NotHex>> {
    let start = bytes.len();
    let mut seen = Seen::default();
    let mut rest = text;
    loop {
        match rest {
            [] => return Some(Ok(seen)),
            // A comment, or a sign that something is left out.
            [b'/', b'/' | b'*', ..] | [b'.', b'.', ..] => break,
            [first, tail @ ..] if is_separator(*first) => {
                seen.negative |= matches!(rest, [b' ' | b',' | b'\t', b'-', b'1'..=b'9', ..]);
                rest = tail;
                continue;
            }
            [b'0', b'x' | b'X', tail @ ..] if tail.first().is_some_and(u8::is_ascii_hexdigit) => {
                seen.hex = true;
                rest = tail;
            }
            _ => {}
        }
        let mut kinds = 0;
        let len = rest
            .iter()
            .map(|byte| kind_of(*byte))
            .take_while(|kind| kind & DIGIT != 0)
            .inspect(|kind| kinds |= kind)
            .count();
        let (digits, tail) = rest.split_at_checked(len)?;
        // Binary digits behind 0b.
        if (3..=10).contains(&len)
            && seen.numbers == 0
            && digits.starts_with(b"0b")
            && digits
                .iter()
                .skip(2)
                .all(|digit| matches!(digit, b'0' | b'1'))
        {
            break;
        }
        if len == 0 || tail.first().is_some_and(|next| !is_separator(*next)) {
            break;
        }
        seen.count(digits, kinds);
        if let Err(()) = push(digits, bytes) {
            bytes.truncate(start);
            let offset = text.len() - rest.len();
            return Some(Err(NotHex::digits(offset, digits)));
        }
        rest = tail;
    }
    bytes.truncate(start);
    None
}

impl Seen {
    fn count(&mut self, digits: &[u8], kinds: u8) {
        self.numbers += 1;
        self.longest = self.longest.max(digits.len());
        match digits {
            [_] => self.one_digit = true,
            [b'0', ..] => self.hex = true,
            _ => {}
        }
        if digits.len() == 8 && digits.iter().all(|digit| matches!(digit, b'0' | b'1')) {
            self.binary += 1;
        }
        self.lower |= kinds & LOWER != 0;
        self.upper |= kinds & UPPER != 0;
        self.hex |= kinds & (LOWER | UPPER) != 0;
    }
}

/// Appends the bytes of one number: one digit is a byte, more are two for each byte.
pub(crate) fn push(digits: &[u8], bytes: &mut Vec<u8>) -> Result<(), ()> {
    if let [digit] = digits {
        bytes.push(nibble(*digit).ok_or(())?);
        return Ok(());
    }
    let (pairs, []) = digits.as_chunks::<2>() else {
        return Err(());
    };
    for &[high, low] in pairs {
        let (high, low) = (nibble(high).ok_or(())?, nibble(low).ok_or(())?);
        bytes.push(high << 4 | low);
    }
    Ok(())
}
