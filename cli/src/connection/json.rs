//! Items as JSON, one object a line.

use std::io::{self, Write};

use mqtt_reason::Side;
use mqtt_reason::view::View;
use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::capture::Opening;

use super::told::{self, Show};
use super::{At, Body, Finding, Head, Item, Place, Subject, What};

/// Appends an item as one object and a line end.
pub(crate) fn item(
    out: &mut Vec<u8>,
    head: &Head<'_>,
    item: &Item<'_>,
    show: Show,
) -> io::Result<()> {
    serde_json::to_writer(&mut *out, &Object { head, item, show })?;
    out.write_all(b"\n")
}

/// Appends what is known of a connection of a capture when its first byte comes.
pub(crate) fn opened(out: &mut Vec<u8>, name: &str, opening: &Opening<'_>) -> io::Result<()> {
    let Some((client, server)) = opening.addresses else {
        return Ok(());
    };
    let object = Opened {
        name,
        at: opening.at,
        client: client.to_string(),
        server: server.to_string(),
        from_start: !opening.middle,
    };
    serde_json::to_writer(&mut *out, &object)?;
    out.write_all(b"\n")
}

struct Opened<'a> {
    name: &'a str,
    at: At,
    client: String,
    server: String,
    from_start: bool,
}

impl Serialize for Opened<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(None)?;
        object.serialize_entry("result", "opened")?;
        object.serialize_entry("connection", self.name)?;
        place(&mut object, self.at)?;
        object.serialize_entry("client", &self.client)?;
        object.serialize_entry("server", &self.server)?;
        object.serialize_entry("from_start", &self.from_start)?;
        object.end()
    }
}

/// An item as an object.
struct Object<'a> {
    head: &'a Head<'a>,
    item: &'a Item<'a>,
    show: Show,
}

impl Serialize for Object<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(None)?;
        match &self.item.what {
            What::Packet { subject, .. } => {
                self.context(&mut object)?;
                told::entries(&mut object, self.item, self.show)?;
                match subject {
                    None => {}
                    Some(Subject::Topic(topic)) => object.serialize_entry("for", topic)?,
                    Some(Subject::Filters(filters)) => object.serialize_entry("for", filters)?,
                }
            }
            What::Error { .. } | What::Incomplete { .. } => {
                self.context(&mut object)?;
                told::entries(&mut object, self.item, self.show)?;
            }
            What::Finding(finding) => self.finding(&mut object, finding)?,
            What::Note { text, .. } => {
                object.serialize_entry("result", "note")?;
                self.context(&mut object)?;
                object.serialize_entry("text", text)?;
            }
            What::Closed { by, how } => {
                object.serialize_entry("result", "closing")?;
                self.context(&mut object)?;
                object.serialize_entry("by", side_name(*by))?;
                object.serialize_entry("how", how.name())?;
            }
        }
        for (key, value) in self.head.more {
            object.serialize_entry(key, value)?;
        }
        object.end()
    }
}

impl Object<'_> {
    /// Of which connection this is, where, when, and of which side.
    fn context<M: SerializeMap>(&self, object: &mut M) -> Result<(), M::Error> {
        match self.head.number {
            Some(number) => object.serialize_entry("connection", &number)?,
            None => object.serialize_entry("connection", self.head.connection)?,
        }
        // A CONNECT tells it itself.
        let is_connect = matches!(
            self.item.what,
            What::Packet {
                body: Body::View(View::Connect(_)),
                ..
            }
        );
        if let (Some(client_id), false) = (self.head.client_id, is_connect) {
            object.serialize_entry("client_id", client_id)?;
        }
        match &self.item.what {
            What::Packet { from, .. }
            | What::Error { from, .. }
            | What::Incomplete { from, .. } => {
                object.serialize_entry("from", side_name(*from))?;
            }
            What::Note {
                side: Some(side), ..
            } => object.serialize_entry("from", side_name(*side))?,
            What::Finding(_) | What::Note { .. } | What::Closed { .. } => {}
        }
        match self.head.time {
            None => place(object, self.item.at),
            Some(time) => object.serialize_entry("time", &time),
        }
    }

    fn finding<M: SerializeMap>(&self, object: &mut M, finding: &Finding) -> Result<(), M::Error> {
        object.serialize_entry("result", "finding")?;
        self.context(object)?;
        object.serialize_entry("mqtt", &self.item.version.map(|version| version.name()))?;
        object.serialize_entry("kind", finding.kind().name())?;
        object.serialize_entry("by", side_name(finding.by()))?;
        object.serialize_entry("packet", &finding.packet())?;
        object.serialize_entry("rule", finding.rule())?;
        object.serialize_entry("class", &finding.class())?;
        object.serialize_entry("answer", &finding.answer())?;
        if let Some(about) = finding.about() {
            let about = About {
                place: self.item.at.place,
                about,
            };
            object.serialize_entry("about", &about)?;
        }
        object.serialize_entry("text", &finding.to_string())
    }
}

/// The earlier packet that a finding is about.
struct About {
    /// The finding's own place, which is of the same kind.
    place: Place,
    about: super::About,
}

impl Serialize for About {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(None)?;
        match self.place {
            Place::Line(_) => object.serialize_entry("line", &self.about.tag)?,
            Place::Frame(_) => object.serialize_entry("frame", &self.about.tag)?,
            Place::Nowhere => {}
        }
        object.serialize_entry("packet", &self.about.packet)?;
        object.end()
    }
}

/// Where and when.
fn place<M: SerializeMap>(object: &mut M, at: At) -> Result<(), M::Error> {
    match at.place {
        Place::Line(line) => object.serialize_entry("line", &line)?,
        Place::Frame(frame) => object.serialize_entry("frame", &frame)?,
        Place::Nowhere => {}
    }
    object.serialize_entry("time", &seconds(at))
}

/// The time in seconds, to the microsecond.
#[expect(
    clippy::cast_precision_loss,
    reason = "a float holds the microseconds of 285 years"
)]
fn seconds(at: At) -> f64 {
    at.time.as_micros() as f64 / 1e6
}

/// The word for a side.
pub(crate) const fn side_name(side: Side) -> &'static str {
    match side {
        Side::Client => "client",
        Side::Server => "server",
    }
}
