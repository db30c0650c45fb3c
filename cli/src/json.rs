//! Findings as JSON, one object a line.

use std::io::{self, Write};

use mqtt_reason::view::{RetainHandling, Subscription, View};
use mqtt_reason::{EncodeOptions, Version};
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

use crate::buffered::Buffered;
use crate::connection::secrets;
use crate::finding::{Finding, Place, Report, Show, Told};
use crate::object::Object;
use crate::packet::{Code, Codes, List, Packet};
use crate::remarks::{advice, odd};

/// Prints findings as JSON.
pub(crate) struct Json<W>(Buffered<W>);

impl<W: Write> Json<W> {
    pub(crate) fn new(out: W) -> Self {
        Self(Buffered::new(out))
    }
}

impl<W: Write> Report for Json<W> {
    fn report(&mut self, place: Place, told: &Told<'_>) -> io::Result<()> {
        let mut object = Object::new(self.0.buffer());
        entries(&mut object, told)?;
        object.entry("at", &place.at)?;
        if let Some(line) = place.line {
            object.entry("line", &line)?;
        }
        object.end();
        self.0.buffer().push(b'\n');
        self.0.end()
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Writes what there is to tell of a packet, or of what is there instead, into an object.
///
/// Where it stands (`at`, `line`, `frame`), when it came, and on which connection from whom is the caller's to write.
pub(crate) fn entries(object: &mut Object<'_>, told: &Told<'_>) -> io::Result<()> {
    match told.finding {
        Finding::Packet { packet, bytes, len } => {
            object.name("result", "packet");
            mqtt(object, told.version);
            object.name("packet", packet.packet_type().name());
            object.entry("length", len)?;
            packet_entries(object, packet)?;
            remarks(object, told)?;
            encoded(object, told.show, bytes, |out| {
                packet.encode(&EncodeOptions::new(), out).is_ok()
            });
            shown(object, told, bytes)
        }
        Finding::View { view, bytes, len } => {
            object.name("result", "packet");
            match view {
                View::UnknownConnect(_) => mqtt(object, None),
                View::Connect(connect) => mqtt(object, Some(connect.version())),
                _ => mqtt(object, told.version),
            }
            object.name("packet", view.packet_type().name());
            object.entry("length", len)?;
            let version = told.version.unwrap_or(Version::V5_0);
            view_entries(object, version, view, len - bytes.len().min(*len))?;
            remarks(object, told)?;
            encoded(object, told.show, bytes, |out| {
                view.encode(version, out).is_ok()
            });
            shown(object, told, bytes)
        }
        Finding::Unread { packet, bytes, len } => {
            object.name("result", "packet");
            mqtt(object, None);
            object.name("packet", packet.name());
            object.entry("length", len)?;
            remarks(object, told)?;
            shown(object, told, bytes)
        }
        Finding::Incomplete {
            packet,
            bytes,
            needed,
            ..
        } => {
            object.name("result", "incomplete");
            mqtt(object, told.version);
            object.entry("packet", packet)?;
            object.entry("needed", needed)?;
            hint(object, told)?;
            shown(object, told, bytes)
        }
        Finding::Refused(refusal) => {
            object.name("result", "error");
            mqtt(object, told.version);
            object.entry("packet", &refusal.packet())?;
            object.entry("class", &refusal.class())?;
            object.entry("answer", &refusal.answer())?;
            object.entry("offset", &refusal.error.offset())?;
            object.name("rule", refusal.error.rule());
            if let Some(field) = refusal.error.field(refusal.bytes) {
                object.entry("field", &field.to_string())?;
            }
            object.entry("error", &refusal.error.to_string())?;
            object.entry("action", &refusal.action())?;
            hint(object, told)?;
            shown(object, told, refusal.bytes)
        }
        Finding::Unreadable(unreadable) => {
            object.name("result", "error");
            object.entry("class", &())?;
            object.entry("error", &unreadable.what)?;
            hint(object, told)?;
            object.hex("bytes", unreadable.bytes);
            Ok(())
        }
    }
}

fn mqtt(object: &mut Object<'_>, version: Option<Version>) {
    match version {
        Some(version) => object.name("mqtt", version.name()),
        None => object.null("mqtt"),
    }
}

/// What the encoder writes for a packet, or null if it refuses: only where all of the bytes may be shown.
fn encoded(
    object: &mut Object<'_>,
    show: Show,
    bytes: &[u8],
    encode: impl FnOnce(&mut Vec<u8>) -> bool,
) {
    if show != Show::ALL {
        return;
    }
    let mut out = Vec::with_capacity(bytes.len());
    match encode(&mut out) {
        true => object.hex("encoded", &out),
        false => object.null("encoded"),
    }
}

fn hint(object: &mut Object<'_>, told: &Told<'_>) -> io::Result<()> {
    match &told.hint {
        Some(hint) => object.entry("hint", hint),
        None => Ok(()),
    }
}

/// What is said of a packet besides what it carries.
fn remarks(object: &mut Object<'_>, told: &Told<'_>) -> io::Result<()> {
    object.entry("failure", &told.finding.failure())?;
    for (key, sentences) in [("odd", odd(told)), ("advice", advice(told))] {
        if !sentences.is_empty() {
            object.entry(key, &sentences)?;
        }
    }
    hint(object, told)
}

/// What a packet carries.
fn packet_entries(object: &mut Object<'_>, packet: &Packet<'_>) -> io::Result<()> {
    if let Some(session_present) = packet.session_present() {
        object.entry("session_present", &session_present)?;
    }
    if let Some(id) = packet.packet_id() {
        object.entry("packet_id", &id)?;
    }
    match packet.codes() {
        Codes::None => {}
        Codes::One(Code { value, name, .. }) => {
            object.entry("reason_code", &value)?;
            object.name("reason_name", name);
        }
        Codes::List(list) => {
            object.entry("reason_codes", &Each(list, |code: Code| code.value))?;
            object.entry("reason_names", &Each(list, |code: Code| code.name))?;
        }
    }
    if let Some(properties) = packet.properties() {
        object.entry("properties", &properties)?;
    }
    Ok(())
}

/// What one of the other six carries; `missing` bytes of its payload are not there.
fn view_entries(
    object: &mut Object<'_>,
    version: Version,
    view: &View<'_>,
    missing: usize,
) -> io::Result<()> {
    match view {
        View::UnknownConnect(connect) => {
            object.entry("protocol_name", connect.protocol_name())?;
            return object.entry("level", &connect.level());
        }
        View::Connect(connect) => {
            object.entry("level", &connect.level())?;
            object.entry("bridge", &connect.bridge())?;
            object.entry("client_id", connect.client_id())?;
            object.entry("clean_start", &connect.clean_start())?;
            object.entry("keep_alive", &connect.keep_alive())?;
            if let Some(name) = connect.user_name() {
                object.entry("user_name", name)?;
            }
            if let Some(password) = connect.password() {
                object.entry("password_length", &password.len())?;
            }
            if let Some(will) = connect.will() {
                object.entry("will", &Will(connect.version(), will))?;
            }
            if connect.version() != Version::V5_0 {
                return Ok(());
            }
        }
        View::Publish(publish) => {
            object.entry("topic", publish.topic())?;
            object.entry("qos", &publish.qos().as_u8())?;
            object.entry("retain", &publish.retain())?;
            object.entry("dup", &publish.dup())?;
            if let Some(id) = publish.packet_id() {
                object.entry("packet_id", &id)?;
            }
            object.entry("payload_length", &(publish.payload().len() + missing))?;
        }
        View::Subscribe(subscribe) => {
            object.entry("packet_id", &subscribe.packet_id())?;
            let list = Subscriptions(version, subscribe);
            object.entry("subscriptions", &list)?;
        }
        View::Unsubscribe(unsubscribe) => {
            object.entry("packet_id", &unsubscribe.packet_id())?;
            let filters: Vec<&str> = unsubscribe.filters().iter().collect();
            object.entry("filters", &filters)?;
        }
        View::Pingreq | View::Pingresp => return Ok(()),
    }
    match version {
        Version::V5_0 => object.entry("properties", &view.properties().iter()),
        _ if matches!(view, View::Connect(_)) => {
            object.entry("properties", &view.properties().iter())
        }
        _ => Ok(()),
    }
}

/// The Will of a CONNECT; its payload is told by its length alone.
struct Will<'a>(Version, mqtt_reason::view::Will<'a>);

impl Serialize for Will<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(version, will) = self;
        let mut object = serializer.serialize_map(None)?;
        object.serialize_entry("topic", will.topic())?;
        object.serialize_entry("qos", &will.qos().as_u8())?;
        object.serialize_entry("retain", &will.retain())?;
        object.serialize_entry("payload_length", &will.payload().len())?;
        if *version == Version::V5_0 {
            object.serialize_entry("properties", &will.properties().iter())?;
        }
        object.end()
    }
}

/// The subscriptions of a SUBSCRIBE; 3.x has no options but the QoS.
struct Subscriptions<'s, 'a>(Version, &'s mqtt_reason::view::Subscribe<'a>);

impl Serialize for Subscriptions<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        for each in self.1.subscriptions().iter() {
            list.serialize_element(&One(self.0, each))?;
        }
        list.end()
    }
}

struct One<'a>(Version, Subscription<'a>);

impl Serialize for One<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(version, each) = self;
        let mut object = serializer.serialize_map(None)?;
        object.serialize_entry("filter", each.filter())?;
        object.serialize_entry("qos", &each.qos().as_u8())?;
        if *version == Version::V5_0 {
            object.serialize_entry("no_local", &each.no_local())?;
            object.serialize_entry("retain_as_published", &each.retain_as_published())?;
            let handling: RetainHandling = each.retain_handling();
            object.serialize_entry("retain_handling", &handling.as_u8())?;
        }
        object.end()
    }
}

/// Something of each code of a list.
struct Each<'a, F>(List<'a>, F);

impl<T: Serialize, F: Fn(Code) -> T> Serialize for Each<'_, F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(&self.1))
    }
}

/// The bytes of a packet of any kind in hexadecimal: without secrets, unless they may be shown.
fn shown(object: &mut Object<'_>, told: &Told<'_>, bytes: &[u8]) -> io::Result<()> {
    match told.show {
        Show::ALL => object.hex("bytes", bytes),
        show => {
            let text = secrets::hexadecimal(told.version, bytes, show);
            object.entry("bytes", &text)?;
        }
    }
    Ok(())
}
