//! Whether a program tells its user of a code: by its number, or by its name in any library's spelling.

use mqtt_reason::spelling::{Means, SPELLINGS, find, same};
use mqtt_reason::v3::{ConnackReturnCode, SubackReturnCode};
use mqtt_reason::{ReasonCode, Version};

use super::scenarios::{Scenario, Trigger};

/// No name has more words.
const WORDS: usize = 8;

/// No more of what a program prints is looked at.
const LIMIT: usize = 64 * 1024;

impl Scenario {
    /// What this code means in the packet that the scenario sends.
    pub(super) fn meaning(&self, code: u8) -> Means {
        match (self.mqtt, self.after) {
            (Version::V5_0, _) => Means::Reason(code),
            (_, Trigger::Connect) => Means::V3Connack(code),
            _ => Means::V3Suback(code),
        }
    }
}

/// Whether the number of the code, or a name of it, is in the text.
pub(super) fn tell(text: &str, code: u8, means: Means) -> bool {
    tells_number(text, code) || tells_name(text, means)
}

/// Whether the text says that the server does not speak the version, as 5.0 or as 3.1.1 says it.
pub(super) fn tell_of_the_version(text: &str) -> bool {
    tell(text, 0x01, Means::V3Connack(0x01)) || tell(text, 0x84, Means::Reason(0x84))
}

/// A number that stands alone, in decimal or in hexadecimal; the parts of an address or a time are none.
fn tells_number(text: &str, code: u8) -> bool {
    let decimal = code.to_string();
    let in_number = |letter: char| letter.is_ascii_alphanumeric() || letter == '.';
    text.split(|letter| !in_number(letter))
        .map(|token| token.trim_matches('.'))
        .any(|token| {
            let digits = token
                .strip_prefix("0x")
                .or_else(|| token.strip_prefix("0X"));
            let number = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
            token == decimal || number == Some(code)
        })
}

fn tells_name(text: &str, means: Means) -> bool {
    let names = names(means);
    let text = text.get(..LIMIT).unwrap_or(text);
    text.lines().any(|line| {
        let words: Vec<_> = words(line).collect();
        (0..words.len()).any(|first| {
            let rest = words.get(first..).unwrap_or_default();
            let some = rest.iter().take(WORDS).filter_map(|(_, end)| {
                let (start, _) = rest.first()?;
                line.get(*start..*end)
            });
            let mut some = some.enumerate();
            some.any(|(further, part)| {
                names.iter().any(|name| same(name, part))
                    // A library's prefix is part of the word.
                    || (further == 0 && find(part).any(|found| found.means == means))
            })
        })
    })
}

/// The names of the code, as the specification and the libraries spell them.
fn names(means: Means) -> Vec<&'static str> {
    let own: Vec<_> = match means {
        Means::Reason(code) => ReasonCode::table()
            .filter(|row| row.code.as_u8() == code)
            .map(|row| row.name)
            .collect(),
        Means::V3Connack(code) => ConnackReturnCode::ALL
            .iter()
            .filter(|row| row.as_u8() == code)
            .flat_map(|row| {
                let name = row.name_in(mqtt_reason::v3::Version::V3_1_1);
                [name, name.trim_start_matches("Connection Refused, ")]
            })
            .collect(),
        Means::V3Suback(code) => SubackReturnCode::ALL
            .iter()
            .filter(|row| row.as_u8() == code)
            .map(|row| row.name_in(mqtt_reason::v3::Version::V3_1_1))
            .collect(),
        _ => Vec::new(),
    };
    // A library's name is often printed without the name of its type.
    let spelled = SPELLINGS
        .iter()
        .filter(|row| row.means == means)
        .flat_map(|row| {
            [
                row.text,
                row.text.rsplit([':', '.']).next().unwrap_or(row.text),
            ]
        });
    own.into_iter().chain(spelled).collect()
}

/// Where the words of a line begin and end.
fn words(line: &str) -> impl Iterator<Item = (usize, usize)> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = line.get(at..)?;
        let start = at.checked_add(rest.find(|letter: char| letter.is_ascii_alphanumeric())?)?;
        let rest = line.get(start..)?;
        let len = rest.find(|letter: char| !letter.is_ascii_alphanumeric());
        at = start.checked_add(len.unwrap_or(rest.len()))?;
        Some((start, at))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_told_by_number_or_name() {
        let not_authorized = Means::Reason(0x87);
        for text in [
            "rc=135",
            "code 0x87:",
            "Connection refused: Not authorized",
            "NOT_AUTHORIZED",
            "not authorised",
            "ConnectReturnCode::NotAuthorized",
            "MQTT_RC_NOT_AUTHORIZED",
            "x\ny MqttConnectionNotAuthorized",
        ] {
            assert!(tell(text, 0x87, not_authorized), "{text}");
        }
        for text in [
            "1350",
            "port 1135",
            "authorized",
            "x0x870",
            "127.0.135.1",
            "not",
        ] {
            assert!(!tell(text, 0x87, not_authorized), "{text}");
        }
        let shared = "error: 'Shared subscription not supported'";
        assert!(tells_name(shared, Means::Reason(0x9E)));
        assert!(tells_name(
            "code: BadUserNamePassword, x",
            Means::Reason(0x86)
        ));
        assert!(tells_name("PkidInUse", Means::Reason(0x91)));
        assert!(tells_name(
            "Connection Refused: identifier rejected.",
            Means::V3Connack(2)
        ));
    }

    #[test]
    fn an_address_is_no_code_of_3_1_1() {
        assert!(!tell("connected to 127.0.0.1:1883", 1, Means::V3Connack(1)));
        assert!(tell("rc 1", 1, Means::V3Connack(1)));
        assert!(tell("CONNACK: 0x1", 1, Means::V3Connack(1)));
        assert!(tell_of_the_version("unacceptable protocol version"));
        assert!(tell_of_the_version("Unsupported protocol version"));
        assert!(!tell_of_the_version("connection lost"));
    }
}
