//! How numbers and names are read in text: for `FromStr`.

/// The number that `text` writes, decimal or hexadecimal with `0x`.
pub(crate) fn parse_number(text: &str) -> Option<u8> {
    match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(hex) if !hex.starts_with('+') => u8::from_str_radix(hex, 16).ok(),
        Some(_) => None,
        None if text.starts_with('+') => None,
        None => text.parse().ok(),
    }
}

/// Whether two names are the same but for case, spaces and punctuation.
pub(crate) fn same_name(one: &str, other: &str) -> bool {
    fn letters(text: &str) -> impl Iterator<Item = u8> + '_ {
        text.bytes()
            .filter(|byte| byte.is_ascii_alphanumeric() || !byte.is_ascii())
            .map(|byte| byte.to_ascii_lowercase())
    }
    letters(one).eq(letters(other))
}
