//! What somebody asks for: a number, a range, a name, a property, or a line of a log that holds one of these.

use mqtt_reason::spelling::{self, LibraryNumber, Means, NUMBERS, Spelling};
use mqtt_reason::v3::{ConnackReturnCode, SubackReturnCode};
use mqtt_reason::{PacketType, PropertyId, ReasonCode, Version, v3};

/// What may be answered.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scope {
    /// The version that was asked for; all of them otherwise.
    pub(super) version: Option<Version>,
    pub(super) packet: Option<PacketType>,
}

/// One answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Answer {
    /// A reason code of 5.0.
    Reason(ReasonCode),
    /// A return code of CONNACK.
    Connack(v3::Version, ConnackReturnCode),
    /// A return code of SUBACK.
    Suback(v3::Version, SubackReturnCode),
    Property(PropertyId),
    /// A library's own number.
    Library(&'static LibraryNumber),
}

/// What was asked for, and everything that answers it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Found {
    pub(super) answers: Vec<Answer>,
    /// The number, if it is one that 5.0 does not have.
    pub(super) not_in_v5: Option<u8>,
    /// How the name is spelled, if it is not the specification's.
    pub(super) spelling: Option<Spelling>,
    /// A range was asked for.
    pub(super) range: bool,
}

impl Found {
    fn of(answers: Vec<Answer>) -> Self {
        Self {
            answers,
            not_in_v5: None,
            spelling: None,
            range: false,
        }
    }
}

impl Scope {
    /// What answers `text`; `None` if nothing does.
    pub(super) fn find(&self, text: &str) -> Option<Found> {
        let text = text.trim().trim_matches(['"', '\'', '`']);
        self.property(text)
            .or_else(|| self.range(text))
            .or_else(|| number(text).and_then(|number| self.number(number)))
            .or_else(|| self.name(text))
            .or_else(|| self.line(text))
    }

    fn wants_v5(&self) -> bool {
        matches!(self.version, None | Some(Version::V5_0))
    }

    fn wants_packet(&self, packet: PacketType) -> bool {
        self.packet.is_none_or(|only| only == packet)
    }

    /// The versions of 3.x that are asked for; 3.1.1 stands for both.
    fn v3_version(&self) -> Option<v3::Version> {
        match self.version {
            None | Some(Version::V3_1_1) => Some(v3::Version::V3_1_1),
            Some(Version::V3_1) => Some(v3::Version::V3_1),
            Some(Version::V5_0) => None,
        }
    }

    fn reason(&self, value: u8) -> Option<Answer> {
        let code = ReasonCode::from_u8(value).filter(|_| self.wants_v5())?;
        let wanted = code
            .meanings()
            .any(|meaning| self.wants_packet(meaning.packet));
        wanted.then_some(Answer::Reason(code))
    }

    fn connack(&self, value: u8) -> Option<Answer> {
        let version = self.v3_version()?;
        let code = ConnackReturnCode::from_u8(value)?;
        self.wants_packet(PacketType::Connack)
            .then_some(Answer::Connack(version, code))
    }

    fn suback(&self, value: u8) -> Option<Answer> {
        let version = self.v3_version()?;
        let code = SubackReturnCode::from_u8(value)?;
        self.wants_packet(PacketType::Suback)
            .then_some(Answer::Suback(version, code))
    }

    /// Everything that has this number.
    fn number(&self, number: i32) -> Option<Found> {
        let mut answers = Vec::new();
        let mut not_in_v5 = None;
        if let Ok(value) = u8::try_from(number) {
            answers.extend(self.reason(value));
            answers.extend(self.connack(value));
            answers.extend(self.suback(value));
            if !answers.is_empty() && ReasonCode::from_u8(value).is_none() {
                not_in_v5 = Some(value);
            }
            if self.packet.is_none() && self.wants_v5() {
                answers.extend(PropertyId::from_u8(value).map(Answer::Property));
            }
        }
        if self.packet.is_none() && self.version.is_none() {
            answers.extend(
                NUMBERS
                    .iter()
                    .filter(|row| row.number == number)
                    .map(Answer::Library),
            );
        }
        (!answers.is_empty()).then(|| Found {
            not_in_v5,
            ..Found::of(answers)
        })
    }

    /// Everything that has this name, in any spelling.
    fn name(&self, text: &str) -> Option<Found> {
        let mut answers = Vec::new();
        let mut spelled = None;
        for found in spelling::find(text) {
            let answer = match found.means {
                Means::Reason(value) => self.reason(value),
                Means::V3Connack(value) => self.connack(value),
                Means::V3Suback(value) => self.suback(value),
                Means::Library(number) if self.packet.is_none() && self.version.is_none() => {
                    let of_library =
                        |row: &&LibraryNumber| row.number == number && row.library == found.library;
                    NUMBERS
                        .iter()
                        .filter(of_library)
                        .find(|row| spelling::same(row.name, text))
                        .or_else(|| NUMBERS.iter().find(of_library))
                        .map(Answer::Library)
                }
                _ => None,
            };
            if let Some(answer) = answer {
                spelled = spelled.or(Some(found));
                answers.push(answer);
            }
        }
        // 3.1 has names of its own.
        if let Some(version) = self.v3_version() {
            for code in ConnackReturnCode::ALL {
                let answer = Answer::Connack(version, *code);
                let named = spelling::same(code.name_in(version), text);
                if named && !answers.contains(&answer) && self.wants_packet(PacketType::Connack) {
                    answers.push(answer);
                }
            }
            for code in SubackReturnCode::ALL {
                let answer = Answer::Suback(version, *code);
                let named = spelling::same(code.name_in(version), text);
                if named && !answers.contains(&answer) && self.wants_packet(PacketType::Suback) {
                    answers.push(answer);
                }
            }
        }
        if self.packet.is_none() && self.wants_v5() {
            let property = PropertyId::ALL.iter().find(|id| {
                spelling::same(id.name(), text)
                    || spelling::same(id.key(), text)
                    || ["MQTTPROPERTY_CODE_", "MQTT_PROP_", "MQTT5_PROPERTY_"]
                        .iter()
                        .any(|prefix| {
                            text.strip_prefix(prefix)
                                .is_some_and(|rest| spelling::same(id.name(), rest))
                        })
            });
            answers.extend(property.copied().map(Answer::Property));
        }
        let spelling = spelled
            .filter(|found| !["MQTT 5.0", "MQTT 3.1.1", "log texts"].contains(&found.library));
        (!answers.is_empty()).then(|| Found {
            spelling,
            ..Found::of(answers)
        })
    }

    /// "property 0x21", "property identifier 33".
    fn property(&self, text: &str) -> Option<Found> {
        let words = words(text);
        let (first, rest) = words.split_first()?;
        let number = match rest {
            [number] => number,
            [word, number]
                if ["id", "identifier"]
                    .iter()
                    .any(|id| word.text.eq_ignore_ascii_case(id)) =>
            {
                number
            }
            _ => return None,
        };
        if !first.text.eq_ignore_ascii_case("property") || self.packet.is_some() || !self.wants_v5()
        {
            return None;
        }
        let value = u8::try_from(self::number(number.text)?).ok()?;
        Some(Found::of(vec![Answer::Property(PropertyId::from_u8(
            value,
        )?)]))
    }

    /// All codes of a range.
    fn range(&self, text: &str) -> Option<Found> {
        let (from, to) = ["..=", "..", "–", " to ", "-"]
            .iter()
            .find_map(|between| text.split_once(between))?;
        let (from, to) = (number(from.trim())?, number(to.trim())?);
        let (from, to) = (u8::try_from(from).ok()?, u8::try_from(to).ok()?);
        let mut answers = Vec::new();
        for value in from..=to {
            answers.extend(self.reason(value));
            answers.extend(self.connack(value));
            answers.extend(self.suback(value));
        }
        (!answers.is_empty()).then(|| Found {
            range: true,
            ..Found::of(answers)
        })
    }

    /// What a line of a log holds: a number that a key introduces or that stands in two forms, else a name, else a
    /// bare number.
    fn line(&self, text: &str) -> Option<Found> {
        let words = words(text);
        if let Some(found) = connack_pair(text).and_then(|number| self.number(number)) {
            return Some(found);
        }
        if let Some(found) = two_forms(&words).and_then(|number| self.number(number)) {
            return Some(found);
        }
        let keyed = keyed(&words);
        // "CONNACK rc 4": what that packet has.
        if let Some(packet) = only_packet(&words).filter(|_| self.packet.is_none()) {
            let scope = Self {
                packet: Some(packet),
                ..*self
            };
            if let Some(found) = keyed.iter().find_map(|number| scope.number(*number)) {
                return Some(found);
            }
        }
        if let Some(found) = keyed.into_iter().find_map(|number| self.number(number)) {
            return Some(found);
        }
        let bare = bare(&words);
        // A number of 5.0 beside its own name: "Connection refused: Not authorized 135".
        let lower = text.to_ascii_lowercase();
        let named = bare.iter().copied().find(|number| {
            u8::try_from(*number)
                .ok()
                .filter(|value| *value >= 0x80)
                .is_some_and(|value| {
                    ReasonCode::from_u8(value)
                        .is_some_and(|code| lower.contains(&code.name().to_ascii_lowercase()))
                })
        });
        if let Some(found) = named.and_then(|number| self.number(number)) {
            return Some(found);
        }
        if let Some(found) = self.name_in(text) {
            return Some(found);
        }
        bare.into_iter().find_map(|number| {
            let found = self.number(number)?;
            // A number alone is a code at most.
            let answers: Vec<Answer> = found
                .answers
                .iter()
                .copied()
                .filter(|answer| !matches!(answer, Answer::Property(_)))
                .collect();
            (!answers.is_empty()).then_some(Found { answers, ..found })
        })
    }

    /// The longest name among the words.
    fn name_in(&self, text: &str) -> Option<Found> {
        let starts: Vec<(usize, usize)> = spans(text);
        let longest = starts.len().min(10);
        for count in (1..=longest).rev() {
            for window in starts.windows(count) {
                let (Some((start, _)), Some((_, end))) = (window.first(), window.last()) else {
                    continue;
                };
                let Some(part) = text.get(*start..*end) else {
                    continue;
                };
                // A word alone that is a number is none.
                if part.bytes().any(|byte| byte.is_ascii_alphabetic())
                    && part.len() > 3
                    && let Some(found) = self.name(part)
                {
                    return Some(found);
                }
            }
        }
        None
    }

    /// Names that may have been meant by `text`, in words that are shown.
    pub(super) fn near(&self, text: &str) -> Vec<String> {
        let mut near: Vec<(usize, String)> = Vec::new();
        if let Ok(value) = u8::from_str_radix(text.trim(), 16)
            && let Some(Answer::Reason(code)) = self.reason(value)
        {
            near.push((0, title(value, code.name())));
        }
        if self.wants_v5() {
            for meaning in ReasonCode::table().filter(|meaning| self.wants_packet(meaning.packet)) {
                if let Some(far) = crate::names::distance(text, meaning.name) {
                    near.push((far, title(meaning.code.as_u8(), meaning.name)));
                }
            }
            for id in PropertyId::ALL.iter().filter(|_| self.packet.is_none()) {
                if let Some(far) = crate::names::distance(text, id.name()) {
                    near.push((far, format!("property {:#04x} {id}", id.as_u8())));
                }
            }
        }
        if let Some(version) = self.v3_version() {
            for code in ConnackReturnCode::ALL {
                let name = code.name_in(version);
                let short = name.strip_prefix("Connection Refused, ").unwrap_or(name);
                let far = [name, short]
                    .iter()
                    .filter_map(|name| crate::names::distance(text, name))
                    .min();
                if self.wants_packet(PacketType::Connack)
                    && let Some(far) = far
                {
                    near.push((far, format!("{} of 3.x", title(code.as_u8(), name))));
                }
            }
        }
        near.sort();
        near.dedup();
        near.into_iter().map(|(_, name)| name).collect()
    }
}

/// A code in both numbers, and its name.
pub(super) fn title(value: u8, name: &str) -> String {
    format!("{value:#04x} ({value}) {name}")
}

/// The number that `text` writes: 135, 0x87, 87h, 16#87, \x87, $87, 8e, -2.
fn number(text: &str) -> Option<i32> {
    let text = text.trim();
    let hex = |digits: &str| {
        let good = !digits.is_empty()
            && digits.len() <= 4
            && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        good.then(|| i32::from_str_radix(digits, 16).ok()).flatten()
    };
    for prefix in ["0x", "0X", "16#", "\\x", "$", "&H", "x'", "#x"] {
        if let Some(digits) = text.strip_prefix(prefix) {
            return hex(digits.trim_end_matches(['\'', '#', 'u', 'U']));
        }
    }
    if let Some(digits) = text.strip_suffix(['h', 'H']) {
        return hex(digits);
    }
    let digits = text.strip_prefix(['-', '−']).unwrap_or(text);
    if !digits.is_empty() && digits.len() <= 6 && digits.bytes().all(|digit| digit.is_ascii_digit())
    {
        let value: i32 = digits.parse().ok()?;
        return Some(if digits.len() == text.len() {
            value
        } else {
            -value
        });
    }
    // 8e: a digit and a letter are no word.
    let mixed = text.len() == 2
        && text.bytes().any(|digit| digit.is_ascii_digit())
        && text.bytes().any(|digit| digit.is_ascii_alphabetic());
    match mixed {
        true => hex(text),
        false => None,
    }
}

/// A piece of a line: letters and digits with what belongs to a number or a name.
#[derive(Clone, Copy, Debug)]
struct Word<'t> {
    text: &'t str,
    /// What stands between it and the word before.
    gap: &'t str,
    /// The character behind it.
    next: Option<char>,
}

/// The words of a line.
fn words(text: &str) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let mut last = 0;
    for (start, end) in spans(text) {
        // A minus sign that stands alone before a number belongs to it.
        let before = text.get(last..start).unwrap_or_default();
        let minus = before.ends_with('-')
            && !before
                .trim_end_matches('-')
                .ends_with(|letter: char| letter.is_alphanumeric())
            && before.len() > 1
            && text
                .get(start..end)
                .is_some_and(|word| word.bytes().all(|byte| byte.is_ascii_digit()));
        let start = if minus { start - 1 } else { start };
        let escape = before.ends_with("\\");
        let start = if escape { start - 1 } else { start };
        words.push(Word {
            text: text.get(start..end).unwrap_or_default(),
            gap: text.get(last..start).unwrap_or_default(),
            next: text.get(end..).and_then(|rest| rest.chars().next()),
        });
        last = end;
    }
    words
}

/// Where words begin and end: letters, digits and `_`; `16#87` is one.
fn spans(text: &str) -> Vec<(usize, usize)> {
    let mut spans: Vec<(usize, usize)> = Vec::new();
    let mut start = None;
    for (at, letter) in text.char_indices() {
        let inside = letter.is_alphanumeric()
            || letter == '_'
            || (letter == '#' && text.get(..at).is_some_and(|before| before.ends_with("16")));
        match (inside, start) {
            (true, None) => start = Some(at),
            (false, Some(begin)) => {
                spans.push((begin, at));
                start = None;
            }
            _ => {}
        }
    }
    if let Some(begin) = start {
        spans.push((begin, text.len()));
    }
    spans
}

/// The packet that the words name, if they name one.
fn only_packet(words: &[Word<'_>]) -> Option<PacketType> {
    let named = |packet: &&PacketType| {
        words
            .iter()
            .any(|word| word.text.eq_ignore_ascii_case(packet.name()))
    };
    let mut packets = PacketType::REASON_CODED.iter().filter(named);
    let first = packets.next().copied();
    first.filter(|_| packets.next().is_none())
}

/// A number that stands in hexadecimal and in decimal, side by side.
fn two_forms(words: &[Word<'_>]) -> Option<i32> {
    words.windows(2).find_map(|pair| {
        let &[one, two] = pair else { return None };
        let (first, second) = (number(one.text)?, number(two.text)?);
        let near = two.gap.len() <= 4 && !two.gap.is_empty() && !two.gap.contains('.');
        (near && first == second && one.text != two.text).then_some(first)
    })
}

/// What mosquitto logs: `Sending CONNACK to name (0, 5)`, Session Present and the code.
fn connack_pair(text: &str) -> Option<i32> {
    let (_, rest) = text.split_once("CONNACK")?;
    let (_, pair) = rest.trim_end().strip_suffix(')')?.rsplit_once('(')?;
    let (session_present, code) = pair.split_once(',')?;
    match session_present.trim() {
        "0" | "1" => number(code),
        _ => None,
    }
}

/// Words that introduce a code.
const KEYS: [&str; 26] = [
    "rc",
    "code",
    "reason",
    "reasoncode",
    "reason_code",
    "returncode",
    "return_code",
    "resultcode",
    "result_code",
    "returned",
    "rcode",
    "errorcode",
    "error_code",
    "err",
    "errno",
    "error",
    "result",
    "status",
    "state",
    "connack",
    "puback",
    "pubrec",
    "suback",
    "unsuback",
    "disconnect",
    "res",
];
/// Words that introduce or follow other numbers.
const OTHERS: [&str; 36] = [
    "mid",
    "id",
    "qos",
    "port",
    "pid",
    "keepalive",
    "level",
    "len",
    "length",
    "size",
    "attempt",
    "line",
    "count",
    "session",
    "bytes",
    "byte",
    "ms",
    "s",
    "sec",
    "seconds",
    "second",
    "minutes",
    "messages",
    "message",
    "packets",
    "clients",
    "times",
    "retries",
    "tries",
    "connections",
    "topics",
    "subscriptions",
    "version",
    "v",
    "k",
    "retry",
];

/// Numbers that a key introduces.
fn keyed(words: &[Word<'_>]) -> Vec<i32> {
    let mut found = Vec::new();
    for (index, word) in words.iter().enumerate() {
        let lower = word.text.to_ascii_lowercase();
        // rc135 is one word.
        for key in ["rc", "rc_"] {
            if let Some(rest) = lower.strip_prefix(key)
                && rest
                    .bytes()
                    .next()
                    .is_some_and(|byte| byte.is_ascii_digit())
                && let Some(value) = number(rest)
            {
                found.push(value);
            }
        }
        let is_key = KEYS.contains(&lower.as_str())
            || lower.ends_with("_code")
            || lower.ends_with("reasoncode")
            || lower.ends_with("returncode");
        let Some(next) = words.get(index + 1).filter(|_| is_key) else {
            continue;
        };
        let mut next = next;
        // "code is 5", "reason code: 5".
        if matches!(
            next.text.to_ascii_lowercase().as_str(),
            "is" | "was" | "of" | "value" | "no" | "nr" | "number"
        ) && let Some(after) = words.get(index + 2)
        {
            next = after;
        }
        let plain = next.gap.len() <= 4 && !next.gap.contains(['.', '/']);
        let counted = words.get(index + 2).is_some_and(|after| {
            OTHERS.contains(&after.text.to_ascii_lowercase().as_str()) && after.gap == " "
        });
        if plain
            && !counted
            && !is_part_of_time(next)
            && let Some(value) = number(next.text)
        {
            found.push(value);
        }
    }
    found
}

/// Numbers that stand for themselves, the likely ones first: no dates, times, counts, addresses.
fn bare(words: &[Word<'_>]) -> Vec<i32> {
    let mut found: Vec<(u8, i32)> = Vec::new();
    for (index, word) in words.iter().enumerate() {
        let Some(value) = number(word.text) else {
            continue;
        };
        let before = index.checked_sub(1).and_then(|index| words.get(index));
        let after = words.get(index + 1);
        let is_other = |word: Option<&Word<'_>>| {
            word.is_some_and(|word| OTHERS.contains(&word.text.to_ascii_lowercase().as_str()))
        };
        let hex = word.text.starts_with("0x") || word.text.starts_with("0X");
        let followed = is_other(after) && after.is_some_and(|after| after.gap.trim().is_empty());
        let joined = before.is_some_and(|before| number(before.text).is_some())
            && matches!(word.gap, "." | ":" | "-" | "/" | "," | "T")
            || word.gap == "."
                && before.is_some_and(|before| {
                    before.text.ends_with(|last: char| last.is_ascii_digit())
                });
        // "MQTT 5", "MQTT v5.0": a version.
        let version = matches!(value, 3..=5)
            && word.gap == " "
            && before.is_some_and(|before| before.text.eq_ignore_ascii_case("mqtt"));
        if !hex && (is_other(before) || followed || joined || version || is_part_of_time(word)) {
            continue;
        }
        let rank = match value {
            _ if hex => 0,
            0x80..=0xFF => 1,
            _ if word.gap.ends_with('(') => 2,
            _ => 3,
        };
        // A bare number below 0x80 may be anything, unless it is all that there is.
        if rank < 3 || words.len() <= 3 {
            found.push((rank, value));
        }
    }
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().map(|(_, value)| value).collect()
}

/// Whether the word belongs to a date, a time or an address: a digit follows behind a colon, a dot or a dash.
fn is_part_of_time(word: &Word<'_>) -> bool {
    let joins = |letter: Option<char>| matches!(letter, Some(':' | '/'));
    (joins(word.next)
        && word.text.len() <= 4
        && word.text.bytes().all(|byte| byte.is_ascii_digit())
        && word.gap.is_empty())
        || matches!(word.gap, ":")
            && word.text.bytes().all(|byte| byte.is_ascii_digit())
            && word.text.len() == 2
        || word.text.len() > 5
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Scope = Scope {
        version: None,
        packet: None,
    };

    fn codes(text: &str) -> Vec<u8> {
        let found = ALL.find(text);
        found
            .map(|found| found.answers)
            .unwrap_or_default()
            .iter()
            .filter_map(|answer| match answer {
                Answer::Reason(code) => Some(code.as_u8()),
                Answer::Connack(_, code) => Some(code.as_u8()),
                Answer::Suback(_, code) => Some(code.as_u8()),
                _ => None,
            })
            .collect()
    }

    #[test]
    fn numbers_are_read_in_every_form() {
        for text in [
            "135",
            "0x87",
            "87h",
            "16#87",
            "\\x87",
            "$87",
            "0x87 (135)",
            "135 (0x87)",
            "rc=135",
            "rc135",
            "code 135",
            "reason code: 0x87",
            "(135/0x87)",
            "RC:135",
            "reasonCode=135",
            "return code is 135",
        ] {
            assert_eq!(codes(text), [0x87], "{text}");
        }
        assert_eq!(codes("8e"), [0x8E]);
        assert_eq!(codes("rc=5"), [5]);
        assert!(codes("87").is_empty());
    }

    #[test]
    fn a_line_of_a_log_is_searched() {
        for (line, expected) in [
            (
                "1732545678: Client auto-1 disconnected, not authorised.",
                &[0x87, 5][..],
            ),
            (
                "Connection error: Connection Refused: not authorised.",
                &[5],
            ),
            (
                "2026-11-25T21:28:09 Client null received CONNACK (135)",
                &[0x87],
            ),
            ("Sending PUBACK (m12, rc16)", &[0x10]),
            ("Received PUBACK (Mid: 1, RC:135)", &[0x87]),
            (
                "12:34:56.789 disconnected: Session taken over (0x8E)",
                &[0x8E],
            ),
            ("Pubrec error 145, not sending PUBREL", &[0x91]),
            ("error MQTT_RC_NOT_AUTHORIZED after 3 tries", &[0x87]),
            ("received DISCONNECT (142) on client42", &[0x8E]),
            ("MqttException (134) at 10:20:30", &[0x86]),
            ("Connected to 127.0.0.1:1883 in 135 ms", &[]),
            ("14 messages sent", &[]),
            ("Sending CONNACK to foo (0, 5)", &[5]),
            ("CONNACK rc 4", &[4]),
            ("Connection refused: Bad username or password", &[0x86, 4]),
            ("1732529472: Sending CONNACK to foo (1, 135)", &[0x87]),
            ("Error: Connection refused: Not authorized 135", &[0x87]),
            ("MQTT 5", &[]),
            ("MQTT v5.0", &[]),
            ("MQTT 3.1.1", &[]),
        ] {
            assert_eq!(codes(line), expected, "{line}");
        }
    }

    #[test]
    fn numbers_of_libraries_are_theirs() {
        for text in [
            "7",
            "16",
            "19",
            "-2",
            "-4",
            "rc=7",
            "rc -2",
            "rc=-2",
            "MQTT_ERR_CONN_LOST",
            "32103",
        ] {
            let found = ALL.find(text).unwrap_or_else(|| panic!("{text}"));
            assert!(
                found
                    .answers
                    .iter()
                    .any(|answer| matches!(answer, Answer::Library(_))),
                "{text}: {found:?}"
            );
        }
        assert!(ALL.find("999").is_none());
        assert!(ALL.find("banana").is_none());
        assert!(ALL.find("").is_none());
    }

    #[test]
    fn ranges_and_properties_are_found() {
        for text in ["0x80-0x8f", "128..143", "128-143", "0x80 to 0x8f"] {
            let found = ALL.find(text).unwrap_or_else(|| panic!("{text}"));
            assert!(found.range && found.answers.len() > 15, "{text}");
        }
        for text in [
            "Receive Maximum",
            "receive_maximum",
            "0x21",
            "33",
            "property 33",
            "property id 0x21",
        ] {
            let found = ALL.find(text).unwrap_or_else(|| panic!("{text}"));
            assert!(
                found
                    .answers
                    .contains(&Answer::Property(PropertyId::ReceiveMaximum)),
                "{text}"
            );
        }
    }
}
