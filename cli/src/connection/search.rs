//! A stream that is not seen from its start: where its first packet begins, and of which version it is.

use mqtt_reason::conversation::{self, Conversation};
use mqtt_reason::{DecodeOptions, PacketType, Side, Version, frame};

use super::direction::{Header, header};
use super::reading::{Read, read};
use super::{At, Body, Connection, Sink};

impl Connection {
    /// Looks for a packet at the start of a piece.
    pub(super) fn search(&mut self, side: Side, at: At, bytes: &[u8], sink: &mut dyn Sink) -> bool {
        let options = DecodeOptions::new().sender(side);
        if let Some(version) = self.facts.version {
            return can_start(version, &options, bytes);
        }
        let can = [
            can_start(Version::V5_0, &options, bytes),
            can_start(Version::V3_1_1, &options, bytes),
        ];
        let version = match can {
            [true, false] => Version::V5_0,
            [false, true] => Version::V3_1_1,
            // 3.1.1 reads every PUBLISH of 5.0; that 5.0 reads one of 3.1.1 would be an accident.
            [true, true] if has_publish(bytes) => Version::V5_0,
            [true, true] => {
                self.undecided(side, at, bytes, sink);
                return false;
            }
            [false, false] => return false,
        };
        self.facts.version = Some(version);
        self.conversation =
            Conversation::from_the_middle(conversation::Settings::new(), Some(version));
        let text = format!("read as MQTT {version}, which is what these packets look like");
        self.note(None, at, &text, sink);
        true
    }

    /// Tells packets that either version reads: the next piece may say which one it is.
    fn undecided(&mut self, side: Side, at: At, bytes: &[u8], sink: &mut dyn Sink) {
        let options = DecodeOptions::new().sender(side);
        let mut rest = bytes;
        while let Header::Whole(len) = header(Version::V5_0, &options, rest) {
            let (bytes, after) = rest.split_at_checked(len).unwrap_or((rest, &[]));
            let first = bytes.first().copied().unwrap_or_default();
            if let (Some(packet), true) =
                (PacketType::from_first_byte(first), self.settings.packets)
            {
                let body = Body::Unread(packet);
                self.tell_packet(side, at, body, bytes, len, None, sink);
            }
            rest = after;
        }
    }
}

/// Whether a piece of a stream that was not seen from its start can begin with a packet: whole packets that decode,
/// and at most the beginning of one after them.
fn can_start(version: Version, options: &DecodeOptions, mut bytes: &[u8]) -> bool {
    let mut found = false;
    loop {
        match frame::total_len_with(version, options, bytes) {
            Ok(Some(len)) if len <= bytes.len() => {
                if !matches!(read(version, options, bytes, len), Ok(Read::Body(_))) {
                    return false;
                }
                found = true;
                bytes = bytes.get(len..).unwrap_or_default();
                if bytes.is_empty() {
                    return true;
                }
            }
            // The beginning of a packet says little: of a PUBLISH, its topic must be there.
            Ok(Some(len)) => {
                let head = matches!(read(version, options, bytes, len), Ok(Read::Body(_)));
                return found || head;
            }
            Ok(None) => return found,
            Err(_) => return false,
        }
    }
}

/// Whether one of the packets is a PUBLISH.
fn has_publish(mut bytes: &[u8]) -> bool {
    while let Some(first) = bytes.first() {
        if PacketType::from_first_byte(*first) == Some(PacketType::Publish) {
            return true;
        }
        match frame::total_len(Version::V5_0, bytes) {
            Ok(Some(len)) => bytes = bytes.get(len..).unwrap_or_default(),
            _ => return false,
        }
    }
    false
}
