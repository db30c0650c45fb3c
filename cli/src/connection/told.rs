//! A packet, or what is there instead of one, in the words of `decode`.

use std::io;

use crate::finding::{Finding, Refusal, Told};
use crate::object::Object;
use crate::style::Paint;

use super::{Body, Item, What};

pub(crate) use crate::finding::Show;

/// Writes the entries of a packet, an error or a packet that is cut off.
pub(super) fn entries(object: &mut Object<'_>, item: &Item<'_>, show: Show) -> io::Result<()> {
    match finding(item) {
        Some(finding) => crate::json::entries(object, &told(item, &finding, show)),
        None => Ok(()),
    }
}

/// Writes the same for people.
pub(super) fn human(out: &mut Vec<u8>, item: &Item<'_>, show: Show) -> io::Result<()> {
    match finding(item) {
        Some(finding) => crate::human::write(out, &told(item, &finding, show), Paint::ON),
        None => Ok(()),
    }
}

fn told<'a>(item: &Item<'_>, finding: &'a Finding<'a>, show: Show) -> Told<'a> {
    Told {
        version: item.version,
        finding,
        show,
        sender: item.side(),
        hint: None,
        advice: match item.what {
            What::Packet { advice, .. } => advice,
            _ => None,
        },
    }
}

/// The item as a finding of `decode`; `None` if it is about no packet.
fn finding<'a>(item: &Item<'a>) -> Option<Finding<'a>> {
    Some(match item.what {
        What::Packet {
            body, bytes, len, ..
        } => match body {
            Body::Coded(packet) => Finding::Packet { packet, bytes, len },
            Body::View(view) => Finding::View { view, bytes, len },
            Body::Unread(packet) => Finding::Unread { packet, bytes, len },
        },
        What::Error { error, bytes, .. } => Finding::Refused(Refusal::new(*error, bytes)),
        What::Incomplete {
            packet,
            bytes,
            there,
            len,
            ..
        } => Finding::Incomplete {
            packet,
            bytes,
            there,
            // A packet has two bytes at least.
            needed: match len {
                Some(len) => Some(len.saturating_sub(there)),
                None => Some(2_usize.saturating_sub(there).max(1)),
            },
            exact: len.is_some(),
        },
        _ => return None,
    })
}
