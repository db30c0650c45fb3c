//! What to answer, and when: one rule for one packet type.

use std::time::Duration;

use mqtt_reason::v3::{ConnackReturnCode, SubackReturnCode};
use mqtt_reason::v5::{
    AuthReason, ConnackReason, DisconnectReason, PubackReason, PubcompReason, PubrecReason,
    PubrelReason, SubackReason, UnsubackReason,
};
use mqtt_reason::{PacketType, ReasonCode, Side};

use crate::topic;

/// A code to answer with, and which request it answers.
///
/// ```
/// use std::time::Duration;
/// use mqtt_reason::PacketType;
/// use mqtt_reason_probe::refuse::Rule;
///
/// // The second PUBLISH with QoS 1 is answered with PUBACK 0x87, after 1.5 seconds.
/// let rule = Rule::new(PacketType::Puback, 0x87)?.nth(2).after(Duration::from_millis(1500));
/// assert_eq!(Rule::parse(PacketType::Puback, "0x87:2@1.5", false)?, rule);
/// # Ok::<(), mqtt_reason_probe::refuse::RuleError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rule {
    pub(super) packet: PacketType,
    pub(super) codes: Vec<u8>,
    pub(super) nth: Option<u32>,
    pub(super) delay: Duration,
    pub(super) topic: Option<String>,
    pub(super) reason_string: Option<String>,
    /// Whether what no Server may send is sent all the same.
    pub(super) force: bool,
}

/// Why a rule cannot be.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RuleError {
    /// The text is not `CODE[,CODE...][:N][@SECONDS]`.
    #[error(
        "{text:?} is not CODE[:N][@SECONDS], such as 0x87, 0x87:2 or 0x87:2@1.5: {part:?} is no {expected}"
    )]
    #[non_exhaustive]
    Syntax {
        /// The whole text.
        text: String,
        /// The part of it that cannot be read.
        part: String,
        /// What the part should be.
        expected: &'static str,
    },
    /// The packet has no such code.
    #[error(
        "{packet} has no reason code {code:#04x}; its codes are {codes} (--force sends it all the same)"
    )]
    #[non_exhaustive]
    Code {
        /// The packet.
        packet: PacketType,
        /// The code.
        code: u8,
        /// The codes that it has.
        codes: String,
    },
    /// The code is the Client's.
    #[error("{packet} {code:#04x} must not be sent by a server (--force sends it all the same)")]
    #[non_exhaustive]
    Sender {
        /// The packet.
        packet: PacketType,
        /// The code.
        code: u8,
    },
    /// More than one code for a packet that carries one.
    #[error("{packet} carries one reason code")]
    #[non_exhaustive]
    OneCode {
        /// The packet.
        packet: PacketType,
    },
    /// The packet carries no reason code.
    #[error("{packet} carries no reason code")]
    #[non_exhaustive]
    NoCodes {
        /// The packet.
        packet: PacketType,
    },
}

impl Rule {
    /// Every packet of this type carries this code.
    ///
    /// # Errors
    ///
    /// If no Server may send the code in this packet: it is in no table of 5.0 or 3.x, or the table gives it to the
    /// Client; or if the packet type carries no codes.
    pub fn new(packet: PacketType, code: u8) -> Result<Self, RuleError> {
        let rule = Self::forced(packet, vec![code]);
        rule.check()?;
        Ok(Self {
            force: false,
            ..rule
        })
    }

    /// The packets of this type carry these codes, whether or not a Server may send them.
    ///
    /// SUBACK and UNSUBACK carry one code for each Topic Filter if there is one code here, else the list as it is, even
    /// where its length is not that of the request. The other packets carry the first code.
    #[must_use]
    pub const fn forced(packet: PacketType, codes: Vec<u8>) -> Self {
        Self {
            packet,
            codes,
            nth: None,
            delay: Duration::ZERO,
            topic: None,
            reason_string: None,
            force: true,
        }
    }

    /// Only the `nth` request is answered so, counted from 1 over all connections.
    #[must_use]
    pub const fn nth(mut self, nth: u32) -> Self {
        self.nth = Some(nth);
        self
    }

    /// The answer is held back for this long; answers to other requests are not.
    #[must_use]
    pub const fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Only requests whose Topic Name or Topic Filter this filter matches are answered so, and counted.
    ///
    /// With DISCONNECT: it is sent in answer to such a PUBLISH or SUBSCRIBE instead of right after CONNACK.
    #[must_use]
    pub fn topic(mut self, filter: impl Into<String>) -> Self {
        self.topic = Some(filter.into());
        self
    }

    /// The answer carries this Reason String, in 5.0, if the Client's limits leave room for it.
    #[must_use]
    pub fn reason_string(mut self, text: impl Into<String>) -> Self {
        self.reason_string = Some(text.into());
        self
    }

    /// Reads `CODE[,CODE...][:N][@SECONDS]`: codes by number or name, the number of the request, the delay.
    ///
    /// # Errors
    ///
    /// If the text has another form, or, without `force`, if no Server may send such a packet.
    pub fn parse(packet: PacketType, text: &str, force: bool) -> Result<Self, RuleError> {
        let syntax = |part: &str, expected| RuleError::Syntax {
            text: text.to_owned(),
            part: part.to_owned(),
            expected,
        };
        let (rest, delay) = match text.split_once('@') {
            None => (text, Duration::ZERO),
            Some((rest, seconds)) => {
                let delay = seconds
                    .trim()
                    .parse()
                    .ok()
                    .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
                    .ok_or_else(|| syntax(seconds, "number of seconds"))?;
                (rest, delay)
            }
        };
        let (codes, nth) = match rest.split_once(':') {
            None => (rest, None),
            Some((codes, nth)) => {
                let number = nth.trim().parse().ok().filter(|&number| number > 0);
                let number = number.ok_or_else(|| syntax(nth, "number of a request, from 1"))?;
                (codes, Some(number))
            }
        };
        let codes = codes
            .split(',')
            .map(|part| {
                code(packet, part.trim()).ok_or_else(|| syntax(part, "code or name of one"))
            })
            .collect::<Result<Vec<_>, _>>()?;
        let rule = Self {
            nth,
            delay,
            ..Self::forced(packet, codes)
        };
        if !force {
            rule.check()?;
        }
        Ok(Self { force, ..rule })
    }

    /// Whether a Server may send this.
    fn check(&self) -> Result<(), RuleError> {
        let packet = self.packet;
        if !packet.is_reason_coded() {
            return Err(RuleError::NoCodes { packet });
        }
        if self.codes.len() != 1 && !matches!(packet, PacketType::Suback | PacketType::Unsuback) {
            return Err(RuleError::OneCode { packet });
        }
        for &code in &self.codes {
            let meaning = ReasonCode::table()
                .find(|meaning| meaning.packet == packet && meaning.code.as_u8() == code);
            match meaning {
                Some(meaning) if meaning.sent_by.includes(Side::Server) => {}
                Some(_) => return Err(RuleError::Sender { packet, code }),
                None if in_3x(packet, code) => {}
                None => {
                    return Err(RuleError::Code {
                        packet,
                        code,
                        codes: codes_of(packet),
                    });
                }
            }
        }
        Ok(())
    }

    /// Whether one of these Topic Names or Topic Filters is one that the rule is about.
    pub(super) fn is_about<'t>(&self, mut topics: impl Iterator<Item = &'t str>) -> bool {
        match &self.topic {
            None => true,
            Some(filter) => topics.any(|topic| topic::covers(filter, topic)),
        }
    }
}

/// The code that `text` writes or names in this packet, of 5.0 or 3.x.
fn code(packet: PacketType, text: &str) -> Option<u8> {
    let number = match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(hex) => u8::from_str_radix(hex, 16).ok(),
        None => text.parse().ok(),
    };
    number.or_else(|| named(packet, text))
}

fn named(packet: PacketType, text: &str) -> Option<u8> {
    macro_rules! in_table {
        ($Table:ident) => {
            text.parse::<$Table>().ok().map($Table::as_u8)
        };
    }
    match packet {
        PacketType::Connack => in_table!(ConnackReason).or_else(|| in_table!(ConnackReturnCode)),
        PacketType::Puback => in_table!(PubackReason),
        PacketType::Pubrec => in_table!(PubrecReason),
        PacketType::Pubrel => in_table!(PubrelReason),
        PacketType::Pubcomp => in_table!(PubcompReason),
        PacketType::Suback => in_table!(SubackReason).or_else(|| in_table!(SubackReturnCode)),
        PacketType::Unsuback => in_table!(UnsubackReason),
        PacketType::Disconnect => in_table!(DisconnectReason),
        PacketType::Auth => in_table!(AuthReason),
        _ => None,
    }
}

/// Whether the code is one of 3.1.1 in this packet.
fn in_3x(packet: PacketType, code: u8) -> bool {
    match packet {
        PacketType::Connack => ConnackReturnCode::from_u8(code).is_some(),
        PacketType::Suback => SubackReturnCode::from_u8(code).is_some(),
        _ => false,
    }
}

/// The codes that a Server may send in this packet.
fn codes_of(packet: PacketType) -> String {
    let codes: Vec<_> = ReasonCode::table()
        .filter(|meaning| meaning.packet == packet && meaning.sent_by.includes(Side::Server))
        .map(|meaning| format!("{:#04x}", meaning.code.as_u8()))
        .collect();
    codes.join(" ")
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test panics when it fails")]
mod tests {
    use super::*;

    #[test]
    fn all_94_pairs_of_a_server_are_taken_and_the_two_of_the_client_refused() {
        let mut taken = 0;
        for meaning in ReasonCode::table() {
            let code = meaning.code.as_u8();
            match Rule::new(meaning.packet, code) {
                Ok(rule) => {
                    assert_eq!(rule.codes, [code]);
                    taken += 1;
                }
                Err(error) => {
                    assert!(matches!(error, RuleError::Sender { .. }), "{error}");
                    assert!(
                        matches!(
                            (meaning.packet, code),
                            (PacketType::Disconnect, 0x04) | (PacketType::Auth, 0x19)
                        ),
                        "{error}"
                    );
                }
            }
        }
        assert_eq!(taken, 94);
    }

    #[test]
    fn reads_codes_numbers_and_delays() {
        let parse = |text| Rule::parse(PacketType::Puback, text, false);
        let rule = parse("135:2@1.5").unwrap();
        assert_eq!((rule.codes.as_slice(), rule.nth), (&[0x87][..], Some(2)));
        assert_eq!(rule.delay, Duration::from_millis(1500));
        assert_eq!(parse("Not authorized").unwrap().codes, [0x87]);
        assert_eq!(parse("0x97@0").unwrap().delay, Duration::ZERO);
        for wrong in [
            "",
            "0x",
            "0x87:0",
            "0x87:x",
            "0x87@-1",
            "0x87@x",
            "256",
            "no such name",
        ] {
            assert!(parse(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn what_no_server_may_send_needs_force() {
        let message = Rule::parse(PacketType::Puback, "0x8b", false).unwrap_err();
        let message = message.to_string();
        assert!(
            message.starts_with("PUBACK has no reason code 0x8b; its codes are 0x00 0x10 0x80")
        );
        assert!(Rule::parse(PacketType::Puback, "0x8b", true).is_ok());
        assert!(Rule::parse(PacketType::Disconnect, "4", false).is_err());
        assert!(Rule::parse(PacketType::Puback, "0x87,0x87", false).is_err());
        assert!(Rule::parse(PacketType::Suback, "0x87,0x00", false).is_ok());
        assert!(Rule::parse(PacketType::Connack, "5", false).is_ok());
        assert!(Rule::parse(PacketType::Connack, "6", false).is_err());
    }
}
