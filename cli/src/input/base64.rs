//! Base64: read when it is asked for, recognised when it is not.

use super::NotHex;

/// Reads base64 as it comes, line after line.
#[derive(Default)]
pub(crate) struct Base64 {
    /// Up to three characters that are waiting for the fourth, six bits each.
    waiting: u32,
    count: usize,
    /// How many `=` have been seen since.
    padding: usize,
}

impl Base64 {
    /// Appends the bytes that are complete with this line.
    pub(crate) fn line(&mut self, text: &[u8], bytes: &mut Vec<u8>) -> Result<(), NotHex> {
        for (offset, &letter) in text.iter().enumerate() {
            let value = match letter {
                b'A'..=b'Z' => letter - b'A',
                b'a'..=b'z' => letter - b'a' + 26,
                b'0'..=b'9' => letter - b'0' + 52,
                b'+' | b'-' => 62,
                b'/' | b'_' => 63,
                b'=' => {
                    self.padding += 1;
                    if self.count + self.padding == 4 {
                        self.flush(bytes)?;
                    }
                    continue;
                }
                b' ' | b'\t' | b'\r' | b'\n' | b'"' | b'\'' | b',' | b';' => continue,
                _ => {
                    let mut error = NotHex::character(text, offset);
                    error.what = error.what.replace("hex", "base64");
                    return Err(error);
                }
            };
            if self.padding > 0 {
                return Err(NotHex::at(offset, "not base64: a letter after ="));
            }
            self.waiting = self.waiting << 6 | u32::from(value);
            self.count += 1;
            if self.count == 4 {
                self.flush(bytes)?;
            }
        }
        Ok(())
    }

    /// The end of the text: what is waiting is the last piece.
    pub(crate) fn end(&mut self, bytes: &mut Vec<u8>) -> Result<(), NotHex> {
        match self.count {
            0 => Ok(()),
            _ => self.flush(bytes),
        }
    }

    fn flush(&mut self, bytes: &mut Vec<u8>) -> Result<(), NotHex> {
        let [_, first, second, third] = (self.waiting << (6 * (4 - self.count))).to_be_bytes();
        let count = self.count;
        *self = Self::default();
        match count {
            4 => bytes.extend([first, second, third]),
            3 => bytes.extend([first, second]),
            2 => bytes.push(first),
            _ => return Err(NotHex::whole("not base64: a letter is left over")),
        }
        Ok(())
    }
}

/// The bytes of a text that is nothing but one piece of base64.
pub(crate) fn decode(text: &[u8]) -> Option<Vec<u8>> {
    let text = text.trim_ascii();
    let letters = text
        .iter()
        .take_while(|letter| letter.is_ascii_alphanumeric() || b"+/-_".contains(letter))
        .count();
    let (letters, padding) = text.split_at_checked(letters)?;
    let whole = (letters.len() + padding.len()) % 4 == 0 || padding.is_empty();
    if letters.len() < 3 || !whole || !matches!(padding, b"" | b"=" | b"==") {
        return None;
    }
    let (mut reader, mut bytes) = (Base64::default(), Vec::new());
    reader.line(letters, &mut bytes).ok()?;
    reader.end(&mut bytes).ok()?;
    Some(bytes)
}
