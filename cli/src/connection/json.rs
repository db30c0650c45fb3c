//! Items as JSON, one object a line.

use std::io;

use mqtt_reason::Side;
use mqtt_reason::view::View;
use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::capture::Opening;
use crate::object::Object;

use super::told::{self, Show};
use super::{At, Body, Finding, Head, Item, Place, Subject, What};

/// Appends an item as one object and a line end.
pub(crate) fn item(
    out: &mut Vec<u8>,
    head: &Head<'_>,
    item: &Item<'_>,
    show: Show,
) -> io::Result<()> {
    Told { head, item, show }.write(out)?;
    out.push(b'\n');
    Ok(())
}

/// Appends what is known of a connection of a capture when its first byte comes.
pub(crate) fn opened(out: &mut Vec<u8>, name: &str, opening: &Opening<'_>) -> io::Result<()> {
    let Some((client, server)) = opening.addresses else {
        return Ok(());
    };
    let mut object = Object::new(out);
    object.name("result", "opened");
    object.entry("connection", name)?;
    place(&mut object, opening.at)?;
    object.entry("client", &client.to_string())?;
    object.entry("server", &server.to_string())?;
    object.entry("from_start", &!opening.middle)?;
    object.end();
    out.push(b'\n');
    Ok(())
}

/// An item as an object.
struct Told<'a> {
    head: &'a Head<'a>,
    item: &'a Item<'a>,
    show: Show,
}

impl Told<'_> {
    fn write(&self, out: &mut Vec<u8>) -> io::Result<()> {
        let mut object = Object::new(out);
        match &self.item.what {
            What::Packet { subject, .. } => {
                self.context(&mut object)?;
                told::entries(&mut object, self.item, self.show)?;
                match subject {
                    None => {}
                    Some(Subject::Topic(topic)) => object.entry("for", topic)?,
                    Some(Subject::Filters(filters)) => object.entry("for", filters)?,
                }
            }
            What::Error { .. } | What::Incomplete { .. } => {
                self.context(&mut object)?;
                told::entries(&mut object, self.item, self.show)?;
            }
            What::Finding(finding) => self.finding(&mut object, finding)?,
            What::Note { text, .. } => {
                object.name("result", "note");
                self.context(&mut object)?;
                object.entry("text", text)?;
            }
            What::Closed { by, how } => {
                object.name("result", "closing");
                self.context(&mut object)?;
                object.name("by", side_name(*by));
                object.name("how", how.name());
            }
        }
        for (key, value) in self.head.more {
            object.entry(key, value)?;
        }
        object.end();
        Ok(())
    }

    /// Of which connection this is, where, when, and of which side.
    fn context(&self, object: &mut Object<'_>) -> io::Result<()> {
        match self.head.number {
            Some(number) => object.entry("connection", &number)?,
            None => object.entry("connection", self.head.connection)?,
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
            object.entry("client_id", client_id)?;
        }
        match &self.item.what {
            What::Packet { from, .. }
            | What::Error { from, .. }
            | What::Incomplete { from, .. } => {
                object.name("from", side_name(*from));
            }
            What::Note {
                side: Some(side), ..
            } => object.name("from", side_name(*side)),
            What::Finding(_) | What::Note { .. } | What::Closed { .. } => {}
        }
        match self.head.time {
            None => place(object, self.item.at),
            Some(time) => object.entry("time", &time),
        }
    }

    fn finding(&self, object: &mut Object<'_>, finding: &Finding) -> io::Result<()> {
        object.name("result", "finding");
        self.context(object)?;
        object.entry("mqtt", &self.item.version.map(|version| version.name()))?;
        object.name("kind", finding.kind().name());
        object.name("by", side_name(finding.by()));
        object.entry("packet", &finding.packet())?;
        object.name("rule", finding.rule());
        object.entry("class", &finding.class())?;
        object.entry("answer", &finding.answer())?;
        if let Some(about) = finding.about() {
            let about = About {
                place: self.item.at.place,
                about,
            };
            object.entry("about", &about)?;
        }
        object.entry("text", &finding.to_string())
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
fn place(object: &mut Object<'_>, at: At) -> io::Result<()> {
    match at.place {
        Place::Line(line) => object.entry("line", &line)?,
        Place::Frame(frame) => object.entry("frame", &frame)?,
        Place::Nowhere => {}
    }
    object.entry("time", &seconds(at))
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
