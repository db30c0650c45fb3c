//! Findings as JSON, one object a line.

use std::io::{self, Write};

use mqtt_reason::{EncodeOptions, Version};
use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::finding::{Finding, Place, Report};
use crate::packet::{Code, Codes, List, Packet};

/// Prints findings as JSON.
pub(crate) struct Json<W> {
    out: W,
    scratch: Scratch,
}

impl<W: Write> Json<W> {
    pub(crate) fn new(out: W) -> Self {
        Self {
            out,
            scratch: Scratch::default(),
        }
    }
}

impl<W: Write> Report for Json<W> {
    fn report(&mut self, version: Version, _: Place, finding: &Finding<'_>) -> io::Result<()> {
        let encoded = match finding {
            Finding::Packet { packet, .. } => self.scratch.encode(packet),
            _ => None,
        };
        let object = Object {
            version,
            finding,
            encoded,
        };
        serde_json::to_writer(&mut self.out, &object)?;
        self.out.write_all(b"\n")
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Buffers for encoded packets, used again and again.
#[derive(Default)]
struct Scratch {
    bytes: Vec<u8>,
    hex: Vec<u8>,
}

impl Scratch {
    /// What the encoder writes for the packet, in hex; `None` if it refuses.
    fn encode(&mut self, packet: &Packet<'_>) -> Option<&str> {
        self.bytes.clear();
        packet.encode(&EncodeOptions::new(), &mut self.bytes).ok()?;
        self.hex.resize(2 * self.bytes.len(), 0);
        hex::encode_to_slice(&self.bytes, &mut self.hex).ok()?;
        str::from_utf8(&self.hex).ok()
    }
}

/// A finding as an object.
struct Object<'a> {
    version: Version,
    finding: &'a Finding<'a>,
    encoded: Option<&'a str>,
}

impl Serialize for Object<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(None)?;
        match self.finding {
            Finding::Packet { packet, len } => {
                object.serialize_entry("result", "packet")?;
                object.serialize_entry("mqtt", self.version.name())?;
                object.serialize_entry("packet", &packet.packet_type())?;
                object.serialize_entry("length", len)?;
                packet_entries(&mut object, packet)?;
                object.serialize_entry("encoded", &self.encoded)?;
            }
            Finding::Frame(frame) => {
                object.serialize_entry("result", "frame")?;
                object.serialize_entry("mqtt", self.version.name())?;
                object.serialize_entry("packet", &frame.packet_type())?;
                object.serialize_entry("length", &frame.bytes().len())?;
            }
            Finding::Incomplete { needed, .. } => {
                object.serialize_entry("result", "incomplete")?;
                object.serialize_entry("needed", needed)?;
            }
            Finding::Refused(refusal) => {
                object.serialize_entry("result", "error")?;
                object.serialize_entry("packet", &refusal.packet)?;
                object.serialize_entry("class", &refusal.class)?;
                object.serialize_entry("answer", &refusal.answer)?;
                object.serialize_entry("offset", &refusal.offset)?;
                object.serialize_entry("rule", refusal.rule)?;
                object.serialize_entry("error", &refusal.fault.to_string())?;
            }
            Finding::NotHex { error, .. } => {
                object.serialize_entry("result", "error")?;
                object.serialize_entry("class", &())?;
                object.serialize_entry("error", &error.to_string())?;
            }
        }
        object.end()
    }
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

/// Something of each code of a list.
struct Each<'a, F>(List<'a>, F);

impl<T: Serialize, F: Fn(Code) -> T> Serialize for Each<'_, F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(&self.1))
    }
}
