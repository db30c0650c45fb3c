//! A packet, or what is there instead of one, in the words of `decode`.

use std::io::{self, Write};

use mqtt_reason::view::View;
use serde::ser::SerializeMap;

use super::{Body, Item, What};

/// What may be shown.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Show {
    pub(crate) secrets: bool,
    pub(crate) payloads: bool,
}

/// How much of an application payload is shown.
const PAYLOAD: usize = 64;

/// Writes the entries of a packet, an error or a packet that is cut off.
pub(super) fn entries<M: SerializeMap>(
    object: &mut M,
    item: &Item<'_>,
    show: Show,
) -> Result<(), M::Error> {
    match &item.what {
        What::Packet {
            body, bytes, len, ..
        } => {
            object.serialize_entry("result", "packet")?;
            object.serialize_entry("mqtt", &item.version.map(|version| version.name()))?;
            object.serialize_entry("packet", &body.packet_type())?;
            object.serialize_entry("length", len)?;
            if let Body::Coded(packet) = body {
                crate::json::packet_entries(object, packet)?;
            }
            object.serialize_entry("failure", &body.is_failure())?;
            object.serialize_entry("bytes", &hex(bytes, show))
        }
        What::Error { error, bytes, .. } => {
            object.serialize_entry("result", "error")?;
            object.serialize_entry("mqtt", &item.version.map(|version| version.name()))?;
            object.serialize_entry("packet", &error.packet())?;
            object.serialize_entry("class", &error.class())?;
            object.serialize_entry("answer", &error.answer())?;
            object.serialize_entry("offset", &error.offset())?;
            object.serialize_entry("rule", error.rule())?;
            object.serialize_entry("error", &error.to_string())?;
            object.serialize_entry("bytes", &hex(bytes, show))
        }
        What::Incomplete {
            packet,
            bytes,
            there,
            len,
            ..
        } => {
            object.serialize_entry("result", "incomplete")?;
            object.serialize_entry("packet", packet)?;
            object.serialize_entry("needed", &len.map(|len| len.saturating_sub(*there)))?;
            object.serialize_entry("bytes", &hex(bytes, show))
        }
        _ => Ok(()),
    }
}

/// Writes the same for people.
pub(super) fn human(out: &mut Vec<u8>, item: &Item<'_>, show: Show) -> io::Result<()> {
    match &item.what {
        What::Packet { body, .. } => match body {
            Body::Coded(packet) => crate::human::Human::new(out).packet(packet),
            Body::View(View::Connect(connect)) => {
                writeln!(out, "CONNECT {:?}", connect.client_id())
            }
            Body::View(View::Publish(publish)) => writeln!(out, "PUBLISH {:?}", publish.topic()),
            body => writeln!(out, "{}", body.packet_type()),
        },
        What::Error { error, bytes, .. } => writeln!(out, "{error} {}", hex(bytes, show)),
        What::Incomplete { there, len, .. } => {
            writeln!(out, "incomplete: {there} of {len:?} bytes")
        }
        _ => Ok(()),
    }
}

/// The bytes of a packet in hexadecimal, without its secrets.
fn hex(bytes: &[u8], show: Show) -> String {
    use std::fmt::Write as _;
    let secrets = match show.secrets {
        true => [0..0, 0..0],
        false => super::secrets::ranges(bytes),
    };
    let mut text = String::with_capacity(2 * bytes.len());
    for (at, byte) in bytes.iter().enumerate() {
        match secrets.iter().any(|range| range.contains(&at)) {
            true => text.push_str(".."),
            false => _ = write!(text, "{byte:02x}"),
        }
    }
    text
}
