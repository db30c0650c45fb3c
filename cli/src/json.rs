//! Findings as JSON, one object a line.

use std::io::{self, Write};

use mqtt_reason::view::{RetainHandling, Subscription, View};
use mqtt_reason::{EncodeOptions, Version};
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

use crate::connection::secrets;
use crate::finding::{Finding, Place, Report, Show, Told};
use crate::packet::{Code, Codes, List, Packet};
use crate::remarks::{advice, odd};

/// How much may be printed before it is written out.
const BUFFER: usize = 1 << 16;

/// Prints findings as JSON.
pub(crate) struct Json<W> {
    out: W,
    buffer: Vec<u8>,
}

impl<W: Write> Json<W> {
    pub(crate) fn new(out: W) -> Self {
        Self {
            out,
            buffer: Vec::with_capacity(2 * BUFFER),
        }
    }

    fn write_out(&mut self) -> io::Result<()> {
        self.out.write_all(&self.buffer)?;
        self.buffer.clear();
        Ok(())
    }
}

impl<W: Write> Report for Json<W> {
    fn report(&mut self, place: Place, told: &Told<'_>) -> io::Result<()> {
        serde_json::to_writer(&mut self.buffer, &Line { place, told })?;
        self.buffer.push(b'\n');
        match self.buffer.len() > BUFFER {
            true => self.write_out(),
            false => Ok(()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        if !self.buffer.is_empty() {
            self.write_out()?;
        }
        self.out.flush()
    }
}

/// The object of one finding of `decode`.
struct Line<'a> {
    place: Place,
    told: &'a Told<'a>,
}

impl Serialize for Line<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(None)?;
        entries(&mut object, self.told)?;
        object.serialize_entry("at", &self.place.at)?;
        if let Some(line) = self.place.line {
            object.serialize_entry("line", &line)?;
        }
        object.end()
    }
}

/// Writes what there is to tell of a packet, or of what is there instead, into an object.
///
/// Where it stands (`at`, `line`, `frame`), when it came, and on which connection from whom is the caller's to write.
pub(crate) fn entries<M: SerializeMap>(object: &mut M, told: &Told<'_>) -> Result<(), M::Error> {
    let version = told.version.map(Version::name);
    let shown = |bytes| Shown {
        version: told.version,
        show: told.show,
        bytes,
    };
    match told.finding {
        Finding::Packet { packet, bytes, len } => {
            object.serialize_entry("result", "packet")?;
            object.serialize_entry("mqtt", &version)?;
            object.serialize_entry("packet", packet.packet_type().name())?;
            object.serialize_entry("length", len)?;
            packet_entries(object, packet)?;
            remarks(object, told)?;
            encoded(object, told.show, bytes, |out| {
                packet.encode(&EncodeOptions::new(), out).is_ok()
            })?;
            object.serialize_entry("bytes", &shown(bytes))
        }
        Finding::View { view, bytes, len } => {
            object.serialize_entry("result", "packet")?;
            match view {
                View::UnknownConnect(_) => object.serialize_entry("mqtt", &())?,
                View::Connect(connect) => {
                    object.serialize_entry("mqtt", connect.version().name())?;
                }
                _ => object.serialize_entry("mqtt", &version)?,
            }
            object.serialize_entry("packet", view.packet_type().name())?;
            object.serialize_entry("length", len)?;
            let version = told.version.unwrap_or(Version::V5_0);
            view_entries(object, version, view, len - bytes.len().min(*len))?;
            remarks(object, told)?;
            encoded(object, told.show, bytes, |out| {
                view.encode(version, out).is_ok()
            })?;
            object.serialize_entry("bytes", &shown(bytes))
        }
        Finding::Unread { packet, bytes, len } => {
            object.serialize_entry("result", "packet")?;
            object.serialize_entry("mqtt", &())?;
            object.serialize_entry("packet", packet)?;
            object.serialize_entry("length", len)?;
            remarks(object, told)?;
            object.serialize_entry("bytes", &shown(bytes))
        }
        Finding::Incomplete {
            packet,
            bytes,
            needed,
            ..
        } => {
            object.serialize_entry("result", "incomplete")?;
            object.serialize_entry("mqtt", &version)?;
            object.serialize_entry("packet", packet)?;
            object.serialize_entry("needed", needed)?;
            hint(object, told)?;
            object.serialize_entry("bytes", &shown(bytes))
        }
        Finding::Refused(refusal) => {
            object.serialize_entry("result", "error")?;
            object.serialize_entry("mqtt", &version)?;
            object.serialize_entry("packet", &refusal.packet())?;
            object.serialize_entry("class", &refusal.class())?;
            object.serialize_entry("answer", &refusal.answer())?;
            object.serialize_entry("offset", &refusal.error.offset())?;
            object.serialize_entry("rule", refusal.error.rule())?;
            if let Some(field) = refusal.error.field(refusal.bytes) {
                object.serialize_entry("field", &field.to_string())?;
            }
            object.serialize_entry("error", &refusal.error.to_string())?;
            object.serialize_entry("action", &refusal.action())?;
            hint(object, told)?;
            object.serialize_entry("bytes", &shown(refusal.bytes))
        }
        Finding::Unreadable(unreadable) => {
            object.serialize_entry("result", "error")?;
            object.serialize_entry("class", &())?;
            object.serialize_entry("error", &unreadable.what)?;
            hint(object, told)?;
            object.serialize_entry("bytes", &Hex(unreadable.bytes))
        }
    }
}

/// What the encoder writes for a packet, or null if it refuses: only where all of the bytes may be shown.
fn encoded<M: SerializeMap>(
    object: &mut M,
    show: Show,
    bytes: &[u8],
    encode: impl FnOnce(&mut Vec<u8>) -> bool,
) -> Result<(), M::Error> {
    if show != Show::ALL {
        return Ok(());
    }
    let mut out = Vec::with_capacity(bytes.len());
    match encode(&mut out) {
        true => object.serialize_entry("encoded", &Hex(&out)),
        false => object.serialize_entry("encoded", &()),
    }
}

fn hint<M: SerializeMap>(object: &mut M, told: &Told<'_>) -> Result<(), M::Error> {
    match &told.hint {
        Some(hint) => object.serialize_entry("hint", hint),
        None => Ok(()),
    }
}

/// What is said of a packet besides what it carries.
fn remarks<M: SerializeMap>(object: &mut M, told: &Told<'_>) -> Result<(), M::Error> {
    object.serialize_entry("failure", &told.finding.failure())?;
    let list = |object: &mut M, key: &str, sentences: Vec<String>| match sentences.is_empty() {
        true => Ok(()),
        false => object.serialize_entry(key, &sentences),
    };
    list(object, "odd", odd(told))?;
    list(object, "advice", advice(told))?;
    hint(object, told)
}

/// What a packet carries.
pub(crate) fn packet_entries<M: SerializeMap>(
    object: &mut M,
    packet: &Packet<'_>,
) -> Result<(), M::Error> {
    if let Some(session_present) = packet.session_present() {
        object.serialize_entry("session_present", &session_present)?;
    }
    if let Some(id) = packet.packet_id() {
        object.serialize_entry("packet_id", &id)?;
    }
    match packet.codes() {
        Codes::None => {}
        Codes::One(Code { value, name, .. }) => {
            object.serialize_entry("reason_code", &value)?;
            object.serialize_entry("reason_name", name)?;
        }
        Codes::List(list) => {
            object.serialize_entry("reason_codes", &Each(list, |code: Code| code.value))?;
            object.serialize_entry("reason_names", &Each(list, |code: Code| code.name))?;
        }
    }
    if let Some(properties) = packet.properties() {
        object.serialize_entry("properties", &properties)?;
    }
    Ok(())
}

/// What one of the other six carries; `missing` bytes of its payload are not there.
fn view_entries<M: SerializeMap>(
    object: &mut M,
    version: Version,
    view: &View<'_>,
    missing: usize,
) -> Result<(), M::Error> {
    match view {
        View::UnknownConnect(connect) => {
            object.serialize_entry("protocol_name", connect.protocol_name())?;
            return object.serialize_entry("level", &connect.level());
        }
        View::Connect(connect) => {
            object.serialize_entry("level", &connect.level())?;
            object.serialize_entry("bridge", &connect.bridge())?;
            object.serialize_entry("client_id", connect.client_id())?;
            object.serialize_entry("clean_start", &connect.clean_start())?;
            object.serialize_entry("keep_alive", &connect.keep_alive())?;
            if let Some(name) = connect.user_name() {
                object.serialize_entry("user_name", name)?;
            }
            if let Some(password) = connect.password() {
                object.serialize_entry("password_length", &password.len())?;
            }
            if let Some(will) = connect.will() {
                object.serialize_entry("will", &Will(connect.version(), will))?;
            }
            if connect.version() != Version::V5_0 {
                return Ok(());
            }
        }
        View::Publish(publish) => {
            object.serialize_entry("topic", publish.topic())?;
            object.serialize_entry("qos", &publish.qos().as_u8())?;
            object.serialize_entry("retain", &publish.retain())?;
            object.serialize_entry("dup", &publish.dup())?;
            if let Some(id) = publish.packet_id() {
                object.serialize_entry("packet_id", &id)?;
            }
            object.serialize_entry("payload_length", &(publish.payload().len() + missing))?;
        }
        View::Subscribe(subscribe) => {
            object.serialize_entry("packet_id", &subscribe.packet_id())?;
            let list = Subscriptions(version, subscribe);
            object.serialize_entry("subscriptions", &list)?;
        }
        View::Unsubscribe(unsubscribe) => {
            object.serialize_entry("packet_id", &unsubscribe.packet_id())?;
            let filters: Vec<&str> = unsubscribe.filters().iter().collect();
            object.serialize_entry("filters", &filters)?;
        }
        View::Pingreq | View::Pingresp => return Ok(()),
    }
    match version {
        Version::V5_0 => object.serialize_entry("properties", &view.properties().iter()),
        _ if matches!(view, View::Connect(_)) => {
            object.serialize_entry("properties", &view.properties().iter())
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

/// Bytes in hexadecimal, lower case, without separators.
pub(crate) struct Hex<'a>(pub(crate) &'a [u8]);

impl Serialize for Hex<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut short = [0; 128];
        if let Some(text) = short.get_mut(..2 * self.0.len())
            && hex::encode_to_slice(self.0, text).is_ok()
            && let Ok(text) = str::from_utf8(text)
        {
            return serializer.serialize_str(text);
        }
        serializer.serialize_str(&hex::encode(self.0))
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
struct Shown<'a> {
    version: Option<Version>,
    show: Show,
    bytes: &'a [u8],
}

impl Serialize for Shown<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.show {
            Show::ALL => Hex(self.bytes).serialize(serializer),
            show => serializer.serialize_str(&secrets::hexadecimal(self.version, self.bytes, show)),
        }
    }
}
