//! What logs and people put in front of bytes: times, dates, counters, addresses, `len=4`, `>` of a quoted mail.

/// What stands in front of the bytes of a line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Stamp {
    /// How many bytes of the text it takes, with the spaces behind it.
    pub(crate) len: usize,
    /// Whether it can be nothing else. Otherwise its digits may be bytes, too.
    pub(crate) certain: bool,
    /// Whether it is nothing but a number.
    pub(crate) bare: bool,
}

/// What one piece of the text may be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Piece {
    /// A time, a date or a number that no bytes are written like.
    Certain,
    /// The same in digits that may be bytes as well.
    Date,
    Time,
    Other,
    /// A number without any sign; the number of its digits matters.
    Bare,
    /// `->`, `|`: nothing by itself.
    Mark,
}

/// How many pieces are looked at.
const PIECES: usize = 8;

/// The marks that mails and terminals put in front of a line: `> `, `< `.
pub(crate) fn quotes(text: &str) -> usize {
    let mut rest = text.trim_start_matches([' ', '\t']);
    let mut len = 0;
    while rest.starts_with(['>', '<']) {
        let marks = rest.len() - rest.trim_start_matches(['>', '<']).len();
        let after = rest.get(marks..).unwrap_or_default();
        if marks > 3 || !after.starts_with([' ', '\t']) {
            break;
        }
        rest = after.trim_start_matches([' ', '\t']);
        len = text.len() - rest.len();
        // The spaces of a dump that was quoted stay.
        if let Some(one) = after.strip_prefix([' ', '\t'])
            && !rest.starts_with(['>', '<'])
        {
            len = text.len() - one.len();
        }
    }
    len
}

/// Whether the line is to be looked at for a time or a counter in front: a quick look that most lines do not pass.
pub(crate) fn may_stand_in(line: &[u8], usual: bool) -> bool {
    let line = line.trim_ascii();
    if usual {
        return true;
    }
    let end = line
        .iter()
        .take(48)
        .position(|byte| matches!(byte, b' ' | b'\t'));
    let (head, rest) = line
        .split_at_checked(end.unwrap_or(0))
        .unwrap_or((line, &[]));
    if end.is_none() {
        let head = line.get(..24).unwrap_or(line);
        return head.contains(&b'.') && head.iter().any(|byte| matches!(byte, b',' | b';'));
    }
    let number = |head: &[u8]| head.len() > 2 && head.iter().all(u8::is_ascii_digit);
    !rest.is_empty()
        && !matches!(line, [b'0', b'x' | b'X', ..])
        && (number(head)
            || head
                .iter()
                .any(|byte| matches!(byte, b':' | b'.' | b'|' | b'/' | b'-' | b'=')))
}

/// What stands in front of the bytes, if there is something.
pub(crate) fn stamp(text: &str) -> Option<Stamp> {
    let mut at = text.len() - text.trim_start().len();
    let mut found: Option<Stamp> = None;
    // `D (12345) mqtt: …` of ESP-IDF: two of its letters are hexadecimal digits.
    let rest = text.get(at..)?;
    if rest.starts_with(['D', 'E', 'I', 'V', 'W'])
        && let Some(inner) = rest.get(1..)?.strip_prefix(" (")
        && let Some((milliseconds, after)) = inner.split_once(')')
        && is_digits(milliseconds, 1..=13)
        && after.starts_with(' ')
    {
        at += rest.len() - after.trim_start().len();
        found = Some(Stamp {
            len: at,
            certain: true,
            bare: false,
        });
    }
    let mut before: Option<Piece> = None;
    for number in 0..PIECES {
        let rest = text.get(at..)?;
        let len = piece_len(rest);
        let piece = match kind(rest.get(..len)?, number) {
            Some(piece) => piece,
            None => break,
        };
        let after = rest.get(len..)?;
        let spaces = after.len() - after.trim_start().len();
        if after.trim().is_empty() {
            break;
        }
        at += len + spaces;
        let certain = match (before, piece) {
            (_, Piece::Certain)
            | (Some(Piece::Date), Piece::Time)
            | (Some(Piece::Time), Piece::Date) => true,
            _ => found.is_some_and(|found| found.certain),
        };
        found = match (piece, found) {
            (Piece::Mark, None) => None,
            (Piece::Mark, Some(stamp)) => Some(Stamp { len: at, ..stamp }),
            (Piece::Bare, _) => Some(Stamp {
                len: at,
                certain,
                bare: true,
            }),
            _ => Some(Stamp {
                len: at,
                certain,
                bare: false,
            }),
        };
        before = Some(piece);
        if piece == Piece::Bare {
            break;
        }
    }
    found
}

/// Whether the line is nothing but what stands in front of bytes elsewhere; with `usual`, where that was seen before.
pub(crate) fn is_alone(text: &str, usual: bool) -> bool {
    // A byte behind it makes a line of it.
    let line = format!("{} 00", text.trim());
    stamp(&line).is_some_and(|stamp| (stamp.certain || usual) && stamp.len + 2 == line.len())
}

/// Where the piece at the beginning ends: at a space, at the bracket that closes it, or behind a time or a fraction at
/// a comma.
fn piece_len(text: &str) -> usize {
    let closing = match text.chars().next() {
        Some('[') => Some(']'),
        Some('(') => Some(')'),
        Some('<') => Some('>'),
        _ => None,
    };
    if let Some(closing) = closing
        && let Some(end) = text.find(closing)
        && end < 48
    {
        let marks = text
            .get(end + 1..)
            .unwrap_or_default()
            .bytes()
            .take_while(|byte| matches!(byte, b':' | b'>'))
            .count();
        return end + 1 + marks;
    }
    let end = text
        .find(|letter: char| letter.is_whitespace())
        .unwrap_or(text.len());
    let piece = text.get(..end).unwrap_or_default();
    // 0.000123,0x40: the time of a table.
    match piece.find([',', ';']) {
        Some(comma) if piece.get(..comma).is_some_and(is_fraction) => comma + 1,
        _ => end,
    }
}

/// What the piece is; `number` pieces stand before it.
fn kind(piece: &str, number: usize) -> Option<Piece> {
    if matches!(
        piece,
        "->" | "-->"
            | "=>"
            | "==>"
            | "<-"
            | "<--"
            | "<="
            | ">"
            | ">>"
            | ">>>"
            | "<"
            | "<<<"
            | "|"
            | "-"
            | "*"
            | "+"
            | "•"
            | "–"
            | "—"
            | "←"
            | "→"
            | "AM"
            | "PM"
    ) {
        return Some(Piece::Mark);
    }
    let opened = piece.starts_with(['[', '(', '<', '#']);
    // [48, 12, 0]
    if piece.starts_with(['[', '(', '<']) && !piece.contains([']', ')', '>']) {
        return None;
    }
    let core = piece.trim_start_matches(['[', '(', '<', '#']);
    let core = core
        .trim_end_matches([':', '>', '|', ',', ';', ')', ']', '.'])
        .trim();
    let marked = piece.ends_with([':', '>', ')', ']', '.', '|']);
    if core.is_empty() {
        return None;
    }
    // [2026-11-26 12:30:01]
    if let Some((date, time)) = core.split_once(' ') {
        let both = kind(date.trim(), 0)? == Piece::Date
            && matches!(kind(time.trim(), 0)?, Piece::Time | Piece::Certain);
        return both.then_some(Piece::Certain);
    }
    if let Some((date, time)) = core.split_once('T') {
        let both = is_date(date) || is_digits(date, 8..=8);
        return (both && time.starts_with(|first: char| first.is_ascii_digit()))
            .then_some(Piece::Certain);
    }
    if let Some(time) = core
        .strip_suffix('Z')
        .or_else(|| core.split_once('+').map(|(time, _)| time))
        && matches!(kind(time, 0), Some(Piece::Time | Piece::Certain))
    {
        return Some(Piece::Certain);
    }
    if let Some((key, value)) = core.split_once('=') {
        let is_key = !key.is_empty()
            && key
                .bytes()
                .all(|byte| byte.is_ascii_alphabetic() || byte == b'_');
        return (is_key && is_digits(value, 1..=13)).then_some(Piece::Other);
    }
    if is_date(core) {
        return Some(Piece::Date);
    }
    if let Some(certain) = time(core) {
        return Some(if certain { Piece::Certain } else { Piece::Time });
    }
    if is_fraction(core) || is_address(core) {
        return Some(Piece::Other);
    }
    // 20261126-123001
    if let Some((date, time)) = core.split_once('-')
        && is_digits(date, 8..=8)
        && is_digits(time, 6..=6)
    {
        return Some(Piece::Other);
    }
    // 11-26: month and day of Android's log.
    if let Some((month, day)) = core.split_once('-')
        && is_digits(month, 2..=2)
        && is_digits(day, 2..=2)
        && number == 0
    {
        return Some(Piece::Date);
    }
    match is_digits(core, 1..=19) {
        true if opened || marked => Some(Piece::Other),
        true if core.len() >= 3 => Some(Piece::Bare),
        _ => None,
    }
}

fn is_digits(text: &str, len: std::ops::RangeInclusive<usize>) -> bool {
    len.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Year, month and day in any order.
fn is_date(text: &str) -> bool {
    ['-', '/', '.'].iter().any(|between| {
        let parts: Vec<&str> = text.split(*between).collect();
        let [one, two, three] = parts.as_slice() else {
            return false;
        };
        let small = |part: &str| {
            is_digits(part, 1..=2)
                && part
                    .parse()
                    .is_ok_and(|value: u8| (1..=31).contains(&value))
        };
        let year = |part: &str| {
            is_digits(part, 4..=4) && (part.starts_with("19") || part.starts_with("20"))
        };
        let short = |part: &str| is_digits(part, 2..=2) && *between == '/';
        small(two) && ((year(one) && small(three)) || (small(one) && (year(three) || short(three))))
    })
}

/// Whether hours, minutes and seconds are a time; and if so, whether a fraction makes it certain.
fn time(text: &str) -> Option<bool> {
    let (clock, fraction) = match text.find(['.', ',']) {
        Some(at) => (text.get(..at)?, text.get(at + 1..)),
        None => (text, None),
    };
    let parts: Vec<&str> = clock.split(':').collect();
    let (first, others) = parts.split_first()?;
    let fits = (1..=3).contains(&others.len())
        && is_digits(first, 1..=2)
        && first.parse().is_ok_and(|value: u8| value < 60)
        && others
            .iter()
            .take(2)
            .all(|part| is_digits(part, 2..=2) && part.parse().is_ok_and(|value: u8| value < 60))
        // 12:30:01:123
        && others.get(2).is_none_or(|part| is_digits(part, 3..=3));
    let digits = |fraction: &str| {
        let digits: String = fraction.split([',', '.']).collect();
        is_digits(&digits, 1..=9)
    };
    if !fits || !fraction.is_none_or(digits) {
        return None;
    }
    Some(others.len() == 3 || fraction.is_some_and(|fraction| fraction.len() >= 3))
}

/// Seconds with decimals.
fn is_fraction(text: &str) -> bool {
    text.split_once('.')
        .is_some_and(|(seconds, part)| is_digits(seconds, 1..=13) && is_digits(part, 3..=9))
}

/// An address of IPv4, with a port behind a colon or a dot.
fn is_address(text: &str) -> bool {
    let parts: Vec<&str> = text.split(['.', ':']).collect();
    let (address, port) = match parts.as_slice() {
        [address @ .., port] if address.len() == 4 => (address, Some(*port)),
        address => (address, None),
    };
    address.len() == 4
        && text.bytes().filter(|byte| *byte == b'.').count() >= 3
        && address.iter().all(|part| part.parse::<u8>().is_ok())
        && port.is_none_or(|port| port.parse::<u16>().is_ok())
        && (port.is_some() || address.iter().any(|part| part.len() != 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is left, and whether the rest is certain to be something else.
    fn rest(text: &str) -> Option<(&str, bool)> {
        let stamp = stamp(text)?;
        Some((text.get(stamp.len..)?, stamp.certain))
    }

    #[test]
    fn times_and_counters_stand_in_front() {
        for text in [
            "12:30:01.123 40 02",
            "D (12345) 40 02",
            "[2026-11-26 12:30:01] 40 02",
            "2026/11/26 12:30:01 40 02",
            "2026-11-26T12:30:01Z 40 02",
            "26.11.2026 12:30:01 40 02",
            "11-26 12:30:01.123 40 02",
            "23:59:59,999 > 40 02",
        ] {
            assert_eq!(rest(text), Some(("40 02", true)), "{text}");
        }
        for text in [
            "12:30:01 40 02",
            "[1234] 40 02",
            "1732529472: 40 02",
            "[  12.345678] 40 02",
            "12: 40 02",
            "1) 40 02",
            "10.0.0.1:1883 -> 40 02",
            "len=4 40 02",
            "<12> 40 02",
            "0.000123,40 02",
            "1234 40 02",
        ] {
            assert_eq!(rest(text), Some(("40 02", false)), "{text}");
        }
        for text in [
            "40 02 00 01",
            "40:02:00:01",
            "4002",
            "2a: 40",
            "e0018e 40",
            "[64, 2, 0, 1]",
            "0x40 02",
            "12:30:01",
        ] {
            assert_eq!(rest(text), None, "{text}");
        }
    }

    #[test]
    fn a_time_alone_is_a_line_without_bytes() {
        assert!(is_alone("2026-11-26 12:30:01.123", false));
        assert!(!is_alone("12:30:01", false));
        assert!(is_alone("12:30:01", true));
        assert!(!is_alone("40 02 00 01", true));
        assert!(!is_alone("40:02:00:01", true));
    }

    #[test]
    fn marks_of_mails_are_no_bytes() {
        assert_eq!(quotes("> 40 02"), 2);
        assert_eq!(quotes("> > 40 02"), 4);
        assert_eq!(quotes(">>> 40 02"), 4);
        assert_eq!(quotes("<Buffer 40>"), 0);
        assert_eq!(quotes("<<64,2>>"), 0);
        assert_eq!(quotes("40 02"), 0);
    }
}
