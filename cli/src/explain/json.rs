//! Answers as JSON, one object a line.

use std::io::{self, Write};

use mqtt_reason::{Meaning, PacketType, PropertyId, ReasonCode, SentBy, Version, advice, v3};
use serde_json::{Value, json};

use crate::packet::Code;

use super::V3Row;
use super::answer::equivalents;
use super::ask::{Answer, Found};

/// Writes one object for each answer; all numbers of libraries are one.
pub(super) fn found(
    out: &mut impl Write,
    what: &str,
    found: &Found,
    packet: Option<PacketType>,
) -> io::Result<()> {
    let mut libraries = Vec::new();
    let mut number = 0;
    for answer in &found.answers {
        match answer {
            Answer::Reason(code) => reason(out, Some(what), *code, packet)?,
            Answer::Connack(version, code) => {
                for row in super::v3_rows(*version) {
                    if row.packet == PacketType::Connack && row.code.value == code.as_u8() {
                        line(out, &v3_object(Some(what), *version, &row))?;
                    }
                }
            }
            Answer::Suback(version, code) => {
                for row in super::v3_rows(*version) {
                    if row.packet == PacketType::Suback && row.code.value == code.as_u8() {
                        line(out, &v3_object(Some(what), *version, &row))?;
                    }
                }
            }
            Answer::Property(id) => line(out, &property(what, *id))?,
            Answer::Library(row) => {
                number = row.number;
                libraries.push(json!({
                    "library": row.library, "release": row.release, "name": row.name, "meaning": row.meaning,
                }));
            }
        }
    }
    if !libraries.is_empty() {
        line(
            out,
            &json!({"result": "library", "what": what, "number": number, "libraries": libraries}),
        )?;
    }
    Ok(())
}

/// Nothing was found.
pub(super) fn unknown(out: &mut impl Write, what: &str, message: &str) -> io::Result<()> {
    line(
        out,
        &json!({"result": "error", "class": null, "what": what, "error": message}),
    )
}

/// A reason code of 5.0 in all packets, or in one.
pub(super) fn reason(
    out: &mut impl Write,
    what: Option<&str>,
    code: ReasonCode,
    packet: Option<PacketType>,
) -> io::Result<()> {
    let value = code.as_u8();
    let packets: Vec<Value> = code
        .meanings()
        .filter(|meaning| packet.is_none_or(|only| only == meaning.packet))
        .map(in_packet)
        .collect();
    line(
        out,
        &json!({
            "result": "code", "what": what, "mqtt": Version::V5_0.name(), "reason_code": value,
            "hex": format!("{value:#04x}"), "reason_name": code.name(), "failure": code.is_error(),
            "packets": packets,
        }),
    )
}

fn in_packet(meaning: &Meaning) -> Value {
    let advice = advice::of(Version::V5_0, meaning.packet, meaning.code.as_u8());
    let [in_3_1_1, in_3_1] = equivalents(meaning);
    json!({
        "packet": meaning.packet.name(), "reason_name": meaning.name, "senders": senders(meaning.sent_by),
        "meaning": meaning.help,
        "consequence": advice.map(|advice| advice.consequence), "action": advice.map(|advice| advice.action),
        "in_3_1_1": in_3_1_1, "in_3_1": in_3_1,
    })
}

/// A row of the tables of 3.x.
pub(super) fn v3_row(out: &mut impl Write, version: v3::Version, row: &V3Row) -> io::Result<()> {
    line(out, &v3_object(None, version, row))
}

fn v3_object(what: Option<&str>, version: v3::Version, row: &V3Row) -> Value {
    let Code {
        value,
        name,
        help,
        is_error,
    } = row.code;
    let version = Version::from(version);
    let advice = advice::of(version, row.packet, value);
    json!({
        "result": "code", "what": what, "mqtt": version.name(), "reason_code": value,
        "hex": format!("{value:#04x}"), "reason_name": name, "failure": is_error,
        "packets": [{
            "packet": row.packet.name(), "reason_name": name, "senders": senders(version.sender_of(row.packet)),
            "meaning": format!("{help}{}", row.note),
            "consequence": advice.map(|advice| advice.consequence), "action": advice.map(|advice| advice.action),
            "in_5_0": row.in_v5.value,
        }],
    })
}

fn property(what: &str, id: PropertyId) -> Value {
    let value = id.as_u8();
    let packets: Vec<Value> = id
        .uses()
        .iter()
        .map(|each| {
            json!({
                "packet": each.carrier.name(), "senders": senders(each.sent_by), "repeatable": each.repeatable,
                "section": each.section,
            })
        })
        .collect();
    json!({
        "result": "property", "what": what, "mqtt": Version::V5_0.name(), "identifier": value,
        "hex": format!("{value:#04x}"), "name": id.name(), "key": id.key(), "meaning": id.help(), "packets": packets,
    })
}

fn senders(sent_by: SentBy) -> Value {
    match sent_by {
        SentBy::Client => json!(["client"]),
        SentBy::Server => json!(["server"]),
        SentBy::Either => json!(["client", "server"]),
    }
}

fn line(out: &mut impl Write, object: &Value) -> io::Result<()> {
    serde_json::to_writer(&mut *out, object)?;
    out.write_all(b"\n")
}
