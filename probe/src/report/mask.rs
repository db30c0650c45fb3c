//! Bytes as they may be shown: without the Password, the Will Payload and most of an application payload.

use std::fmt::Write as _;

use mqtt_reason::view::View;
use mqtt_reason::{DecodeOptions, Decoded, Version, frame, v3, v5};

use crate::draft::Draft;

/// How much of an application payload is shown.
const PAYLOAD: usize = 64;

/// What may be shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Show {
    /// Password and Will Payload, too.
    pub secrets: bool,
    /// Application payloads to their end.
    pub payloads: bool,
}

impl Show {
    /// Shows secrets, payloads, both or none.
    #[must_use]
    pub const fn new(secrets: bool, payloads: bool) -> Self {
        Self { secrets, payloads }
    }

    /// What the probe sent, in hexadecimal: `..` stands for a byte of a secret.
    #[must_use]
    pub fn sent(self, version: Version, draft: &Draft) -> String {
        let mut hex = hex::encode(&draft.bytes);
        if !self.secrets {
            for range in &draft.secrets {
                let dots = ".".repeat(2 * range.len());
                hex.replace_range(2 * range.start..2 * range.end, &dots);
            }
        }
        self.cut(version, &draft.bytes, &hex)
    }

    /// What the other side sent, in hexadecimal.
    #[must_use]
    pub fn received(self, version: Version, bytes: &[u8]) -> String {
        self.cut(version, bytes, &hex::encode(bytes))
    }

    /// A packet with an asterisk for each byte of a Password or a Will Payload: as long as before, and still a packet.
    pub(crate) fn starred(self, packet: &[u8]) -> Vec<u8> {
        let mut bytes = packet.to_vec();
        if self.secrets {
            return bytes;
        }
        let options = DecodeOptions::new();
        let Ok(Decoded::Frame(frame)) = v5::decode_with(&options, packet) else {
            return bytes;
        };
        let secrets = match View::of(Version::V5_0, &options, &frame) {
            Ok(Some(View::Connect(connect))) => [
                connect.password(),
                connect.will().map(|will| will.payload()),
            ],
            _ => return bytes,
        };
        let begin = packet.as_ptr().addr();
        for secret in secrets.into_iter().flatten() {
            let at = secret.as_ptr().addr().saturating_sub(begin);
            if let Some(secret) = bytes.get_mut(at..at.saturating_add(secret.len())) {
                secret.fill(b'*');
            }
        }
        bytes
    }

    /// Ends `hex` 64 bytes into each application payload of `bytes`.
    fn cut(self, version: Version, bytes: &[u8], hex: &str) -> String {
        if self.payloads {
            return hex.to_owned();
        }
        let mut out = String::with_capacity(hex.len());
        let mut at = 0;
        while at < bytes.len() {
            let rest = bytes.get(at..).unwrap_or_default();
            let len = match frame::total_len(version, rest) {
                Ok(Some(len)) if len <= rest.len() => len,
                _ => rest.len(),
            };
            let packet = rest.get(..len).unwrap_or_default();
            let shown = len - payload_of(version, packet).saturating_sub(PAYLOAD);
            out.push_str(hex.get(2 * at..2 * (at + shown)).unwrap_or_default());
            at += len;
        }
        out
    }
}

/// How many bytes of payload a packet has: those of a PUBLISH that is in order.
fn payload_of(version: Version, packet: &[u8]) -> usize {
    let options = DecodeOptions::new();
    let frame = match v3::Version::try_from(version) {
        Ok(version) => match v3::decode_with(version, &options, packet) {
            Ok(Decoded::Frame(frame)) => frame,
            _ => return 0,
        },
        Err(_) => match v5::decode_with(&options, packet) {
            Ok(Decoded::Frame(frame)) => frame,
            _ => return 0,
        },
    };
    match View::of(version, &options, &frame) {
        Ok(Some(View::Publish(publish))) => publish.payload().len(),
        _ => 0,
    }
}

/// The bytes with an asterisk for each byte of a secret: as long as before, and still a packet.
#[must_use]
pub(crate) fn starred(draft: &Draft, show: Show) -> Vec<u8> {
    let mut bytes = draft.bytes.clone();
    if !show.secrets {
        for range in &draft.secrets {
            if let Some(secret) = bytes.get_mut(range.clone()) {
                secret.fill(b'*');
            }
        }
    }
    bytes
}

/// Bytes as `printf` of any shell takes them.
#[must_use]
pub(crate) fn for_printf(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in bytes {
        let _ = write!(text, "\\{byte:03o}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draft::{Connect, publish};

    #[test]
    fn masks_a_password_in_place() {
        let connect = Connect::new(Version::V5_0, "a").with(|connect| {
            connect.user_name = Some(b"u".to_vec());
            connect.password = Some(b"pw".to_vec());
        });
        let shown = Show::default().sent(Version::V5_0, &connect.draft());
        assert!(shown.ends_with("0001750002...."), "{shown}");
        let all = Show::new(true, false).sent(Version::V5_0, &connect.draft());
        assert!(all.ends_with("00017500027077"), "{all}");
    }

    #[test]
    fn ends_64_bytes_into_a_payload() {
        let long = publish(Version::V5_0, 0x30, "t", None, &[], [b'x'; 100]);
        let shown = Show::default().sent(Version::V5_0, &long);
        assert_eq!(shown.len(), 2 * (long.bytes.len() - 36));
        assert_eq!(
            Show::new(false, true).sent(Version::V5_0, &long).len(),
            2 * long.bytes.len()
        );
    }
}
