//! What of a packet is not shown: the Will payload and the Password of a CONNECT, and most of an application payload.

use std::fmt::Write as _;
use std::ops::Range;

use mqtt_reason::Version;

use super::Show;

/// How much of an application payload is shown.
const PAYLOAD: usize = 64;

/// The bytes of a packet, or of its beginning, in hexadecimal: without secrets (`..`), and up to 64 bytes into an
/// application payload, unless more is to be shown.
pub(crate) fn hexadecimal(version: Option<Version>, packet: &[u8], show: Show) -> String {
    let end = match (show.payloads, payload(version, packet)) {
        (false, Some(start)) => packet.len().min(start + PAYLOAD),
        _ => packet.len(),
    };
    let hidden = match show.secrets {
        true => [0..0, 0..0],
        false => ranges(packet),
    };
    let mut text = String::with_capacity(2 * end);
    for (at, byte) in packet.iter().enumerate().take(end) {
        match hidden.iter().any(|range| range.contains(&at)) {
            true => text.push_str(".."),
            // Writing to a string does not fail.
            false => _ = write!(text, "{byte:02x}"),
        }
    }
    text
}

/// Where the application payload of a PUBLISH starts; `None` in other packets, and in one that does not come so far.
///
/// MQTT 5.0 §3.3: Topic Name, Packet Identifier unless QoS is 0, properties (5.0), payload.
fn payload(version: Option<Version>, packet: &[u8]) -> Option<usize> {
    let first = packet.first()?;
    if first >> 4 != 3 {
        return None;
    }
    let mut walk = Walk { packet, at: 1 };
    walk.variable()?;
    walk.field()?;
    if first & 0b0110 != 0 {
        walk.at += 2;
    }
    if version == Some(Version::V5_0) {
        let start = walk.at;
        match walk.variable() {
            Some(length) if walk.at + length <= packet.len() => walk.at += length,
            // Nobody knows where it starts: not later than here.
            _ => walk.at = start,
        }
    }
    Some(walk.at.min(packet.len()))
}

/// The Will payload and the Password in the bytes of a CONNECT, also of one that is cut off or that does not decode:
/// then everything from the first secret on that cannot be told apart. Of other packets, nothing.
///
/// MQTT 5.0 §3.1.3, 3.1.1 §3.1.3: the payload is Client Identifier, Will Properties (5.0), Will Topic, Will Payload,
/// User Name, Password, each as the flags say.
pub(crate) fn ranges(packet: &[u8]) -> [Range<usize>; 2] {
    let mut walk = Walk { packet, at: 1 };
    if packet.first().map(|first| first >> 4) != Some(1) {
        return [0..0, 0..0];
    }
    let mut found = [0..0, 0..0];
    if walk.secrets(&mut found).is_none() {
        // From where nobody knows any more what is what.
        let [_, rest] = &mut found;
        *rest = walk.at.min(packet.len())..packet.len();
    }
    found
}

/// A place in a CONNECT.
struct Walk<'a> {
    packet: &'a [u8],
    at: usize,
}

impl Walk<'_> {
    fn secrets(&mut self, found: &mut [Range<usize>; 2]) -> Option<()> {
        let [will, password] = found;
        self.variable()?;
        self.field()?;
        let level = self.byte()?;
        let flags = self.byte()?;
        if flags & 0b0100_0100 == 0 {
            // Neither Will nor Password.
            return Some(());
        }
        self.at += 2;
        let five = level & 0x7F == 5;
        if five {
            self.properties()?;
        }
        self.field()?;
        if flags & 0b0000_0100 != 0 {
            if five {
                self.properties()?;
            }
            self.field()?;
            *will = self.field()?;
        }
        if flags & 0b1000_0000 != 0 {
            self.field()?;
        }
        if flags & 0b0100_0000 != 0 {
            *password = self.field()?;
        }
        Some(())
    }

    /// A section of properties; one that runs past the end may hold anything.
    fn properties(&mut self) -> Option<()> {
        let start = self.at;
        let length = self.variable();
        let end = length.map(|length| self.at + length);
        match end {
            Some(end) if end <= self.packet.len() => {
                self.at = end;
                Some(())
            }
            _ => {
                self.at = start;
                None
            }
        }
    }

    fn byte(&mut self) -> Option<u8> {
        let byte = self.packet.get(self.at)?;
        self.at += 1;
        Some(*byte)
    }

    /// A Variable Byte Integer.
    fn variable(&mut self) -> Option<usize> {
        let mut value = 0;
        for shift in [0, 7, 14, 21] {
            let byte = self.byte()?;
            value |= usize::from(byte & 0x7F) << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }

    /// A field with its length in front; the range is that of its content.
    fn field(&mut self) -> Option<Range<usize>> {
        let start = self.at;
        let length = usize::from(self.byte()?) << 8 | usize::from(self.byte()?);
        let content = self.at..self.at + length;
        if content.end > self.packet.len() {
            self.at = start;
            return None;
        }
        self.at = content.end;
        Some(content)
    }
}

#[cfg(test)]
mod tests {
    use super::{Show, hexadecimal, ranges};
    use mqtt_reason::Version;

    /// A CONNECT of 5.0 with Will payload "pay", user name "u", Password "secret".
    const CONNECT: &[u8] =
        b"\x10\x25\0\x04MQTT\x05\xc6\0\x3c\0\0\x02id\0\0\x03wil\0\x03pay\0\x01u\0\x06secret";

    fn hidden(packet: &[u8]) -> Vec<u8> {
        let ranges = ranges(packet);
        packet
            .iter()
            .enumerate()
            .map(
                |(at, byte)| match ranges.iter().any(|range| range.contains(&at)) {
                    true => b'*',
                    false => *byte,
                },
            )
            .collect()
    }

    #[test]
    fn will_payload_and_password_are_found() {
        let shown = hidden(CONNECT);
        assert!(
            shown.ends_with(b"wil\0\x03***\0\x01u\0\x06******"),
            "{shown:?}"
        );
    }

    #[test]
    fn no_prefix_and_no_broken_connect_shows_a_secret() {
        for len in 0..CONNECT.len() {
            let (cut, _) = CONNECT.split_at(len);
            let shown = hidden(cut);
            for secret in [b"pay".as_slice(), b"secret", b"secre", b"pa"] {
                assert!(
                    !shown.windows(secret.len()).any(|window| window == secret),
                    "{len}: {shown:?}"
                );
            }
        }
        // A length that runs past the end.
        let mut broken = CONNECT.to_vec();
        let at = broken.len() - 7;
        if let Some(byte) = broken.get_mut(at) {
            *byte = 0xFF;
        }
        assert!(!hidden(&broken).windows(6).any(|window| window == b"secret"));
    }

    #[test]
    fn other_packets_have_none() {
        assert_eq!(ranges(b"\x30\x05\0\x01tabc"), [0..0, 0..0]);
    }

    #[test]
    fn an_application_payload_is_shown_in_part() {
        let mut publish = b"\x32\x70\0\x01t\0\x01\0".to_vec();
        publish.extend([0xAA; 104]);
        let hidden = Show {
            secrets: false,
            payloads: false,
        };
        let text = hexadecimal(Some(Version::V5_0), &publish, hidden);
        assert_eq!(text.matches("aa").count(), 64);
        assert_eq!(text.len(), 2 * (8 + 64));
        let all = Show {
            payloads: true,
            ..hidden
        };
        let text = hexadecimal(Some(Version::V5_0), &publish, all);
        assert_eq!(text.len(), 2 * publish.len());
    }
}
