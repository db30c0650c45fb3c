//! The six packets.

use super::properties::{self, Section, check_response_topic};
use super::reader::Reader;
use super::{
    Context, Fault, Packet, Properties, Version, Will, answered_with, malformed, protocol_error,
};

/// Reads a whole packet with a sound fixed header.
pub(crate) fn judge(packet: &[u8], context: &Context) -> Result<Packet, Fault> {
    let length_bytes = packet[1..].iter().take_while(|byte| **byte >= 128).count() + 1;
    let body = Reader::new(packet, 1 + length_bytes);
    match packet[0] >> 4 {
        1 => connect(body, context),
        3 => publish(packet[0] & 0x0F, body, context),
        8 => subscribe(body, context),
        10 => unsubscribe(body, context),
        // V5
        12 | 13 if body.left() > 0 => Err(malformed(1)),
        12 => Ok(Packet::Pingreq),
        13 => Ok(Packet::Pingresp),
        other => panic!("packet type {other}"),
    }
}

fn connect(mut body: Reader<'_>, context: &Context) -> Result<Packet, Fault> {
    // V12
    let protocol_name = body.text()?;
    let level = body.byte()?;
    // V10, V11
    let version = match (protocol_name.as_str(), level) {
        ("MQTT", 5) => Version::V5_0,
        ("MQTT", 4 | 0x84) => Version::V3_1_1,
        ("MQIsdp", 3 | 0x83) => Version::V3_1,
        _ => {
            return Ok(Packet::UnknownConnect {
                protocol_name,
                level,
            });
        }
    };
    let context = &Context {
        version,
        ..*context
    };
    let in_3_1 = version == Version::V3_1;
    let flags_at = body.at;
    let flags = body.byte()?;
    let flag = |bit: u32| flags >> bit & 1 == 1;
    let will_qos = flags / 8 % 4;
    // V13
    let reserved = flag(0) && !in_3_1;
    // V14
    let will_flags = !flag(2) && (will_qos > 0 || flag(5)) && !in_3_1;
    // V15
    let will_qos_3 = flag(2) && will_qos == 3;
    // V16
    let password_alone = flag(6) && !flag(7) && version != Version::V5_0;
    if reserved || will_flags || will_qos_3 || password_alone {
        return Err(malformed(flags_at));
    }
    // V17
    let keep_alive = u16::try_from(body.number(2)?).unwrap();
    let mut properties = Properties::new();
    if version == Version::V5_0 {
        let at = body.at;
        (properties, _) = properties::read(Section::Connect, &mut body, context)?;
        let has = |id| properties.iter().any(|(other, _)| *other == id);
        // V21
        if has(0x16) && !has(0x15) {
            return Err(protocol_error(at));
        }
    }
    // V22
    let client_id = body.text_with(in_3_1)?;
    let mut will = None;
    if flag(2) {
        will = Some(read_will(will_qos, flag(5), &mut body, context)?);
    }
    // V26
    let follows = |bit, body: &Reader<'_>| flag(bit) && !(in_3_1 && body.left() == 0);
    let mut user_name = None;
    if follows(7, &body) {
        user_name = Some(body.text_with(in_3_1)?);
    }
    let mut password = None;
    if follows(6, &body) {
        password = Some(body.binary()?.to_vec());
    }
    // V27
    if body.left() > 0 {
        return Err(malformed(body.at));
    }
    Ok(Packet::Connect {
        level,
        clean_start: flag(1),
        keep_alive,
        properties,
        client_id,
        will,
        user_name,
        password,
    })
}

/// V23 to V25
fn read_will(
    qos: u8,
    retain: bool,
    body: &mut Reader<'_>,
    context: &Context,
) -> Result<Will, Fault> {
    let mut properties = Properties::new();
    if context.version == Version::V5_0 {
        let places;
        (properties, places) = properties::read(Section::Will, body, context)?;
        check_response_topic(&properties, &places)?;
    }
    let topic_at = body.at;
    let topic = body.topic_name()?;
    if topic.is_empty() {
        return Err(answered_with(0x90, topic_at));
    }
    Ok(Will {
        topic,
        qos,
        retain,
        properties,
        payload: body.binary()?.to_vec(),
    })
}

fn publish(flags: u8, mut body: Reader<'_>, context: &Context) -> Result<Packet, Fault> {
    let qos = flags / 2 % 4;
    let dup = flags >= 8;
    // V3
    if qos == 3 {
        return Err(malformed(0));
    }
    // V4
    if qos == 0 && dup && context.version != Version::V3_1 {
        return Err(malformed(0));
    }
    let topic_at = body.at;
    let topic = body.topic_name()?;
    let mut packet_id = None;
    if qos > 0 {
        packet_id = Some(identifier(&mut body)?);
    }
    let mut properties = Properties::new();
    if context.version == Version::V5_0 {
        let at = body.at;
        let places;
        (properties, places) = properties::read(Section::Publish, &mut body, context)?;
        // V38
        if topic.is_empty() && !properties.iter().any(|(id, _)| *id == 0x23) {
            return Err(protocol_error(at));
        }
        check_response_topic(&properties, &places)?;
    } else if topic.is_empty() {
        // V40
        return Err(answered_with(0x90, topic_at));
    }
    Ok(Packet::Publish {
        topic,
        qos,
        retain: flags % 2 == 1,
        dup,
        packet_id,
        properties,
        payload: body.rest().to_vec(),
    })
}

fn subscribe(mut body: Reader<'_>, context: &Context) -> Result<Packet, Fault> {
    let packet_id = identifier(&mut body)?;
    let mut properties = Properties::new();
    if context.version == Version::V5_0 {
        (properties, _) = properties::read(Section::Subscribe, &mut body, context)?;
    }
    // V53
    if body.left() == 0 {
        return Err(protocol_error(body.at));
    }
    let mut subscriptions = Vec::new();
    while body.left() > 0 {
        let filter = body.topic_filter(context.version)?;
        let at = body.at;
        let options = body.byte()?;
        subscriptions.push((filter.clone(), subscription(&filter, options, at, context)?));
    }
    Ok(Packet::Subscribe {
        packet_id,
        properties,
        subscriptions,
    })
}

/// What is used of a byte of options.
fn subscription(filter: &str, options: u8, at: usize, context: &Context) -> Result<u8, Fault> {
    // V56
    let (reserved, used) = match context.version {
        Version::V5_0 => (0xC0, 0x3F),
        Version::V3_1_1 => (0xFC, 0x03),
        Version::V3_1 => (0x00, 0x03),
    };
    if options & reserved > 0 {
        return Err(malformed(at));
    }
    let retain_handling = options / 16 % 4;
    let no_local = options / 4 % 2 == 1;
    let in_5_0 = context.version == Version::V5_0;
    // V57, V58, V59
    if options % 4 == 3
        || in_5_0 && retain_handling == 3
        || in_5_0 && no_local && filter.starts_with("$share/")
    {
        return Err(protocol_error(at));
    }
    Ok(options & used)
}

fn unsubscribe(mut body: Reader<'_>, context: &Context) -> Result<Packet, Fault> {
    let packet_id = identifier(&mut body)?;
    let mut properties = Properties::new();
    if context.version == Version::V5_0 {
        (properties, _) = properties::read(Section::Unsubscribe, &mut body, context)?;
    }
    // V53
    if body.left() == 0 {
        return Err(protocol_error(body.at));
    }
    let mut filters = Vec::new();
    while body.left() > 0 {
        filters.push(body.topic_filter(context.version)?);
    }
    Ok(Packet::Unsubscribe {
        packet_id,
        properties,
        filters,
    })
}

/// V31, V50
fn identifier(body: &mut Reader<'_>) -> Result<u16, Fault> {
    let at = body.at;
    match body.number(2)? {
        0 => Err(protocol_error(at)),
        id => Ok(u16::try_from(id).unwrap()),
    }
}
