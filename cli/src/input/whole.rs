//! Whether bytes are whole packets: how two readings of the same text are told apart.

use mqtt_reason::{DecodeOptions, PacketType, Version};

use crate::finding::Finding;

/// Whether every one of `bytes` belongs to a packet that decodes, and there is at least one.
///
/// In `version`; in any one of the three if none was asked for. A CONNECT sets the version of what follows it.
pub(crate) fn is_whole(version: Option<Version>, bytes: &[u8]) -> bool {
    const ALL: &[Version] = &[Version::V5_0, Version::V3_1_1, Version::V3_1];
    let versions = version.as_ref().map_or(ALL, std::slice::from_ref);
    !bytes.is_empty()
        && versions
            .iter()
            .any(|start| is_whole_in(*start, version.is_none(), bytes))
}

/// Whether the lengths of `bytes` fit together: every one of them belongs to a packet, good or bad.
pub(crate) fn is_framed(bytes: &[u8]) -> bool {
    !bytes.is_empty() && unframed(bytes).is_some_and(<[u8]>::is_empty)
}

/// What is left behind the last packet that is all there; `None` if no packet can begin there.
pub(crate) fn unframed(bytes: &[u8]) -> Option<&[u8]> {
    let mut rest = bytes;
    loop {
        let [first, body @ ..] = rest else {
            return Some(rest);
        };
        // Type 0 is no packet.
        if *first < 0x10 {
            return None;
        }
        let digits = body.iter().take(4).position(|byte| *byte < 0x80);
        let Some((length, body)) = digits.and_then(|at| body.split_at_checked(at + 1)) else {
            return (body.len() < 4).then_some(rest);
        };
        let length = length
            .iter()
            .rev()
            .fold(0_usize, |value, byte| value << 7 | usize::from(byte & 0x7F));
        match body.get(length..) {
            Some(next) => rest = next,
            None => return Some(rest),
        }
    }
}

fn is_whole_in(mut version: Version, follow: bool, bytes: &[u8]) -> bool {
    let options = DecodeOptions::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let (finding, next) = Finding::first(version, &options, rest);
        let Some(next) = next.filter(|_| finding.is_good() && has_usual_flags(&finding)) else {
            return false;
        };
        if follow && let Some(found) = finding.connect_version() {
            version = found;
        }
        rest = next;
    }
    true
}

/// 3.1 takes any flags in most packets: that it reads numbers which others refuse says nothing of what they are.
fn has_usual_flags(finding: &Finding<'_>) -> bool {
    match finding {
        Finding::Packet { packet, bytes, .. } => {
            let usual = match packet.packet_type() {
                PacketType::Pubrel => 0b0010,
                _ => 0b0000,
            };
            bytes.first().is_some_and(|first| first & 0x0F == usual)
        }
        Finding::View { view, bytes, .. } => {
            let usual = match view.packet_type() {
                PacketType::Publish => return true,
                PacketType::Subscribe | PacketType::Unsubscribe => 0b0010,
                _ => 0b0000,
            };
            bytes.first().is_some_and(|first| first & 0x0F == usual)
        }
        _ => false,
    }
}
