//! The bytes of an answer, also of one that no Server may send: hence written here, not by the library's encoder.

use mqtt_reason::{PacketType, Version};

/// What the Client lets a Server send: from its CONNECT.
#[derive(Clone, Debug)]
pub(super) struct Limits {
    pub(super) version: Version,
    /// Maximum Packet Size, `u32::MAX` if there is none.
    pub(super) max_packet_size: u32,
    pub(super) request_problem_information: bool,
}

/// A packet that the refuser sends.
#[derive(Clone, Debug, Default)]
pub(super) struct Answer<'a> {
    /// The Packet Identifier, in the packets that have one.
    pub(super) packet_id: u16,
    /// One code, in SUBACK and UNSUBACK any number.
    pub(super) codes: &'a [u8],
    pub(super) reason_string: Option<&'a str>,
    pub(super) assigned_client_identifier: Option<&'a str>,
    pub(super) authentication_method: Option<&'a str>,
    pub(super) authentication_data: Option<&'a [u8]>,
}

impl Answer<'_> {
    /// The packet's bytes; the Reason String is left out where the Client's limits ask for that, [MQTT-3.1.2-24],
    /// [MQTT-3.1.2-29].
    pub(super) fn bytes(&self, packet: PacketType, limits: &Limits) -> Vec<u8> {
        let wanted = limits.request_problem_information
            || matches!(packet, PacketType::Connack | PacketType::Disconnect);
        let whole = self.written(packet, limits.version, wanted);
        if self.reason_string.is_some() && whole.len() as u64 > u64::from(limits.max_packet_size) {
            self.written(packet, limits.version, false)
        } else {
            whole
        }
    }

    fn written(&self, packet: PacketType, version: Version, reason_string: bool) -> Vec<u8> {
        let v5 = version == Version::V5_0;
        let code = self.codes.first().copied().unwrap_or_default();
        let mut body = Vec::new();
        match packet {
            PacketType::Connack => body.extend([0, code]),
            PacketType::Disconnect | PacketType::Auth if v5 => body.push(code),
            PacketType::Disconnect | PacketType::Auth => {}
            _ => body.extend(self.packet_id.to_be_bytes()),
        }
        let one_code = matches!(
            packet,
            PacketType::Puback | PacketType::Pubrec | PacketType::Pubrel | PacketType::Pubcomp
        );
        if v5 && one_code {
            body.push(code);
        }
        if v5 {
            let properties = self.properties(reason_string);
            // Every Client reads the form without a code, and the form with code and Property Length.
            if one_code && code == 0 && properties.is_empty() {
                body.truncate(2);
            } else {
                variable_byte_integer(properties.len(), &mut body);
                body.extend(properties);
            }
        }
        if packet == PacketType::Suback || (v5 && packet == PacketType::Unsuback) {
            body.extend(self.codes);
        }
        let mut bytes = vec![first_byte(packet)];
        variable_byte_integer(body.len(), &mut bytes);
        bytes.extend(body);
        bytes
    }

    fn properties(&self, reason_string: bool) -> Vec<u8> {
        let texts = [
            (
                0x1F,
                self.reason_string
                    .filter(|_| reason_string)
                    .map(str::as_bytes),
            ),
            (0x12, self.assigned_client_identifier.map(str::as_bytes)),
            (0x15, self.authentication_method.map(str::as_bytes)),
            (0x16, self.authentication_data),
        ];
        let mut properties = Vec::new();
        for (identifier, text) in texts {
            if let Some(text) = text
                && let Ok(len) = u16::try_from(text.len())
            {
                properties.push(identifier);
                properties.extend(len.to_be_bytes());
                properties.extend(text);
            }
        }
        properties
    }
}

/// Type and flags, MQTT 5.0 §2.1.3.
const fn first_byte(packet: PacketType) -> u8 {
    let flags = if matches!(packet, PacketType::Pubrel) {
        0b0010
    } else {
        0
    };
    packet.as_u8() << 4 | flags
}

/// A Variable Byte Integer, MQTT 5.0 §1.5.5.
pub(crate) fn variable_byte_integer(mut value: usize, bytes: &mut Vec<u8>) {
    loop {
        let [low, ..] = value.to_le_bytes();
        value >>= 7;
        if value == 0 {
            bytes.push(low & 0x7F);
            return;
        }
        bytes.push(low | 0x80);
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test panics when it fails")]
mod tests {
    use mqtt_reason::{DecodeOptions, Decoded, ReasonCode, Side, v5};

    use super::*;

    const LIMITS: Limits = Limits {
        version: Version::V5_0,
        max_packet_size: u32::MAX,
        request_problem_information: true,
    };

    #[test]
    fn a_receiver_reads_each_of_the_94_pairs() {
        let options = DecodeOptions::new().sender(Side::Server);
        for meaning in ReasonCode::table().filter(|m| m.sent_by.includes(Side::Server)) {
            let code = [meaning.code.as_u8()];
            for reason_string in [None, Some("because")] {
                let answer = Answer {
                    packet_id: 10,
                    codes: &code,
                    reason_string,
                    authentication_method: (meaning.packet == PacketType::Auth).then_some("X"),
                    ..Answer::default()
                };
                let bytes = answer.bytes(meaning.packet, &LIMITS);
                let Decoded::Packet { packet, len } = v5::decode_with(&options, &bytes).unwrap()
                else {
                    panic!("{meaning:?}: {bytes:02x?}");
                };
                assert_eq!(len, bytes.len());
                assert_eq!(packet.packet_type(), meaning.packet);
                let shown = format!("{packet:?}");
                assert_eq!(
                    reason_string.is_some(),
                    shown.contains("because"),
                    "{shown}"
                );
            }
        }
    }

    #[test]
    fn the_reason_string_gives_way_to_the_clients_limits() {
        let answer = Answer {
            packet_id: 10,
            codes: &[0x87],
            reason_string: Some("because"),
            ..Answer::default()
        };
        let small = Limits {
            max_packet_size: 15,
            ..LIMITS
        };
        let silent = Limits {
            request_problem_information: false,
            ..LIMITS
        };
        let short = [0x40, 0x04, 0x00, 0x0A, 0x87, 0x00];
        assert_eq!(answer.bytes(PacketType::Puback, &LIMITS).len(), 16);
        assert_eq!(answer.bytes(PacketType::Puback, &small), short);
        assert_eq!(answer.bytes(PacketType::Puback, &silent), short);
        assert_eq!(answer.bytes(PacketType::Connack, &silent).len(), 15);
    }

    #[test]
    fn packets_of_3_1_1_have_no_codes_but_connack_and_suback() {
        let limits = Limits {
            version: Version::V3_1_1,
            ..LIMITS
        };
        let answer = Answer {
            packet_id: 10,
            codes: &[0x05],
            reason_string: Some("because"),
            ..Answer::default()
        };
        let bytes = |packet| answer.bytes(packet, &limits);
        assert_eq!(bytes(PacketType::Connack), [0x20, 2, 0, 5]);
        assert_eq!(bytes(PacketType::Puback), [0x40, 2, 0, 10]);
        assert_eq!(bytes(PacketType::Pubrel), [0x62, 2, 0, 10]);
        assert_eq!(bytes(PacketType::Suback), [0x90, 3, 0, 10, 5]);
        assert_eq!(bytes(PacketType::Unsuback), [0xB0, 2, 0, 10]);
    }
}
