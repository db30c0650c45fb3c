//! How a packet reads in another version: for whoever reads it in the wrong one.

use mqtt_reason::view::View;
use mqtt_reason::{DecodeOptions, ErrorKind, PacketType, Version};

use crate::finding::Finding;
use crate::packet::Codes;

/// What another version makes of the packet that `bytes`, all that is there, start with, if that is worth saying: this version refuses it,
/// or reads other things from it.
pub(crate) fn hint(
    version: Version,
    options: &DecodeOptions,
    finding: &Finding<'_>,
    bytes: &[u8],
) -> Option<String> {
    let others = match version {
        Version::V5_0 => [Version::V3_1_1, Version::V3_1],
        Version::V3_1_1 => [Version::V5_0, Version::V3_1],
        Version::V3_1 => [Version::V3_1_1, Version::V5_0],
    };
    match finding {
        Finding::Refused(refusal) if has_no_header(refusal.error.kind()) => {
            let len = bytes.len();
            let header = match u8::try_from(len) {
                Ok(len @ 0..=0x7F) => format!("40 {len:02x}"),
                _ => "40 and the length".to_owned(),
            };
            Some(format!(
                "no packet begins with 00 to 0f; if this is a body without its fixed header, put that in front: {header} \
                 for a PUBACK, 50 for a PUBREC, 90 for a SUBACK"
            ))
        }
        Finding::Refused(refusal) => others.into_iter().find_map(|other| {
            let (found, rest) = Finding::first(other, options, refusal.bytes);
            let whole = rest.is_some_and(<[u8]>::is_empty);
            if !found.is_good() || !whole {
                return None;
            }
            let what = summary(&found);
            Some(format!(
                "MQTT {other} reads it: {what}; read it with --mqtt {other}"
            ))
        }),
        Finding::Packet { packet, .. } if packet.packet_type() == PacketType::Suback => {
            differs(others, options, finding, bytes)
        }
        Finding::View {
            view: View::Publish(_) | View::Subscribe(_) | View::Unsubscribe(_),
            ..
        } => differs(others, options, finding, bytes),
        _ => None,
    }
}

/// Whether the first byte is that of no packet.
const fn has_no_header(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::ReservedPacketType { number: 0, .. })
}

/// Where both versions read the packet and find different things.
fn differs(
    others: [Version; 2],
    options: &DecodeOptions,
    finding: &Finding<'_>,
    bytes: &[u8],
) -> Option<String> {
    let this = essence(finding);
    others.into_iter().find_map(|other| {
        let (found, rest) = Finding::first(other, options, bytes);
        let whole = rest.is_some_and(<[u8]>::is_empty);
        if !found.is_good() || !whole || essence(&found) == this {
            return None;
        }
        let what = summary(&found);
        Some(format!(
            "MQTT {other} reads it differently: {what} (--mqtt {other})"
        ))
    })
}

/// What is compared: the numbers that the versions may find at different places.
fn essence(finding: &Finding<'_>) -> Vec<usize> {
    match finding {
        Finding::Packet { packet, .. } => match packet.codes() {
            Codes::List(list) => list.iter().map(|code| usize::from(code.value)).collect(),
            _ => Vec::new(),
        },
        Finding::View { view, .. } => match view {
            View::Publish(publish) => vec![publish.payload().len()],
            View::Subscribe(subscribe) => subscribe
                .subscriptions()
                .iter()
                .flat_map(|each| [each.filter().len(), usize::from(each.options())])
                .collect(),
            View::Unsubscribe(unsubscribe) => unsubscribe.filters().iter().map(str::len).collect(),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// The packet in a few words.
pub(crate) fn summary(finding: &Finding<'_>) -> String {
    match finding {
        Finding::Packet { packet, .. } => {
            let name = packet.packet_type();
            let id = packet
                .packet_id()
                .map_or(String::new(), |id| format!(" id {id}"));
            match packet.codes() {
                Codes::None => format!("{name}{id}"),
                Codes::One(code) => format!("{name}{id} with {:#04x} {}", code.value, code.name),
                Codes::List(list) => {
                    let codes: Vec<String> = list
                        .iter()
                        .take(4)
                        .map(|code| format!("{:#04x} {}", code.value, code.name))
                        .collect();
                    let more = if list.iter().nth(4).is_some() {
                        ", …"
                    } else {
                        ""
                    };
                    format!("{name}{id} with {}{more}", codes.join(", "))
                }
            }
        }
        Finding::View { view, .. } => match view {
            View::Publish(publish) => format!(
                "PUBLISH to {:?} with a payload of {} bytes",
                publish.topic(),
                publish.payload().len()
            ),
            View::Subscribe(subscribe) => {
                format!(
                    "SUBSCRIBE with {} topic filters",
                    subscribe.subscriptions().len()
                )
            }
            View::Unsubscribe(unsubscribe) => {
                format!(
                    "UNSUBSCRIBE with {} topic filters",
                    unsubscribe.filters().len()
                )
            }
            view => view.packet_type().to_string(),
        },
        _ => String::new(),
    }
}
