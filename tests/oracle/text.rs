//! Which bytes are text.

/// The first byte that may not stand in a UTF-8 Encoded String: the first of an ill-formed sequence (R56), or a
/// U+0000 (R57). Control characters, noncharacters (R58) and U+FEFF (R59) may.
pub(super) fn first_bad_byte(bytes: &[u8]) -> Option<usize> {
    let mut rest = bytes;
    while let [first, ..] = rest {
        let at = bytes.len() - rest.len();
        // R57
        if *first == 0x00 {
            return Some(at);
        }
        // R56
        let Some(after) = after_character(rest) else {
            return Some(at);
        };
        rest = after;
    }
    None
}

/// What follows the character at the start of `bytes`; nothing if no well-formed one stands there.
///
/// This is the grammar of RFC 3629, section 4, line by line. It has no overlong forms, no surrogates and nothing
/// above U+10FFFF.
fn after_character(bytes: &[u8]) -> Option<&[u8]> {
    match bytes {
        // UTF8-1
        [0x00..=0x7F, after @ ..] => Some(after),
        // UTF8-2
        [0xC2..=0xDF, 0x80..=0xBF, after @ ..] => Some(after),
        // UTF8-3
        [0xE0, 0xA0..=0xBF, 0x80..=0xBF, after @ ..] => Some(after),
        [0xE1..=0xEC, 0x80..=0xBF, 0x80..=0xBF, after @ ..] => Some(after),
        [0xED, 0x80..=0x9F, 0x80..=0xBF, after @ ..] => Some(after),
        [0xEE..=0xEF, 0x80..=0xBF, 0x80..=0xBF, after @ ..] => Some(after),
        // UTF8-4
        [0xF0, 0x90..=0xBF, 0x80..=0xBF, 0x80..=0xBF, after @ ..] => Some(after),
        [
            0xF1..=0xF3,
            0x80..=0xBF,
            0x80..=0xBF,
            0x80..=0xBF,
            after @ ..,
        ] => Some(after),
        [0xF4, 0x80..=0x8F, 0x80..=0xBF, 0x80..=0xBF, after @ ..] => Some(after),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::first_bad_byte;

    /// Every byte at which the RFC's grammar changes its mind, and the one before it.
    const EDGES: [u8; 27] = [
        0x00, 0x01, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0,
        0xE1, 0xEC, 0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFE, 0xFF,
    ];

    /// What the standard library finds first.
    fn expected(bytes: &[u8]) -> Option<usize> {
        let ill_formed = std::str::from_utf8(bytes)
            .err()
            .map(|error| error.valid_up_to());
        let nul = bytes.iter().position(|&byte| byte == 0x00);
        match (ill_formed, nul) {
            (Some(ill_formed), Some(nul)) => Some(ill_formed.min(nul)),
            (ill_formed, nul) => ill_formed.or(nul),
        }
    }

    #[test]
    fn agrees_with_the_standard_library_on_four_bytes() {
        for a in EDGES {
            for b in EDGES {
                for c in EDGES {
                    for d in EDGES {
                        let text = [a, b, c, d];
                        assert_eq!(first_bad_byte(&text), expected(&text), "{text:02X?}");
                    }
                }
            }
        }
    }

    #[test]
    fn agrees_with_the_standard_library_on_up_to_two_bytes() {
        assert_eq!(first_bad_byte(&[]), None);
        for a in 0..=0xFF {
            assert_eq!(first_bad_byte(&[a]), expected(&[a]), "{a:02X}");
            for b in 0..=0xFF {
                assert_eq!(
                    first_bad_byte(&[a, b]),
                    expected(&[a, b]),
                    "{a:02X} {b:02X}"
                );
            }
        }
    }

    #[test]
    fn names_the_first_bad_byte() {
        assert_eq!(first_bad_byte(b"ab\xED\xA0\x80"), Some(2));
        assert_eq!(first_bad_byte(b"ab\x00\xFF"), Some(2));
        assert_eq!(first_bad_byte(b"ab\xFF\x00"), Some(2));
        assert_eq!(
            first_bad_byte("\u{FEFF}\u{1}\u{FFFE}\u{10FFFF}".as_bytes()),
            None
        );
    }
}
