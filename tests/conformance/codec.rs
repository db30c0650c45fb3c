//! The codec's answer in the words of the oracle.

use mqtt_reason::v5::{Property, PropertyValue};
use mqtt_reason::{Code, CodeList, DecodeError, DecodeOptions, Decoded, ErrorClass, Side, v3, v5};

use crate::oracle::{Class, Context, Packet, Sender, Value, Verdict, Version};

/// Every context that differs in version or sender, without limits.
pub(crate) fn contexts() -> impl Iterator<Item = Context> {
    let versions = [Version::V3_1, Version::V3_1_1, Version::V5_0];
    let senders = [None, Some(Sender::Client), Some(Sender::Server)];
    versions
        .into_iter()
        .flat_map(move |version| senders.map(|sender| context(version, sender)))
}

/// A context without limits.
pub(crate) fn context(version: Version, sender: Option<Sender>) -> Context {
    Context {
        version,
        sender,
        max_packet_size: None,
        request_problem_information: true,
    }
}

/// The options that say what the context says.
pub(crate) fn options(context: &Context) -> DecodeOptions {
    let mut options =
        DecodeOptions::new().request_problem_information(context.request_problem_information);
    match context.sender {
        Some(Sender::Client) => options = options.sender(Side::Client),
        Some(Sender::Server) => options = options.sender(Side::Server),
        None => {}
    }
    if let Some(max) = context.max_packet_size {
        options = options.max_packet_size(max);
    }
    options
}

/// What the codec makes of `bytes`.
pub(crate) fn verdict(bytes: &[u8], context: &Context) -> Verdict {
    let options = options(context);
    match context.version {
        Version::V5_0 => judge(v5::decode_with(&options, bytes), v5_packet),
        Version::V3_1_1 => judge(
            v3::decode_with(v3::Version::V3_1_1, &options, bytes),
            v3_packet,
        ),
        Version::V3_1 => judge(
            v3::decode_with(v3::Version::V3_1, &options, bytes),
            v3_packet,
        ),
    }
}

/// Whether [`verdict`] is `expected`; `options` are those of the context. Faster where both refuse.
pub(crate) fn says(
    expected: &Verdict,
    bytes: &[u8],
    context: &Context,
    options: &DecodeOptions,
) -> bool {
    match context.version {
        Version::V5_0 => is(expected, v5::decode_with(options, bytes), v5_packet),
        Version::V3_1_1 => is(
            expected,
            v3::decode_with(v3::Version::V3_1_1, options, bytes),
            v3_packet,
        ),
        Version::V3_1 => is(
            expected,
            v3::decode_with(v3::Version::V3_1, options, bytes),
            v3_packet,
        ),
    }
}

fn is<P>(
    expected: &Verdict,
    result: Result<Decoded<'_, P>, DecodeError>,
    fields: fn(P) -> Packet,
) -> bool {
    if let (
        Err(error),
        Verdict::Refused {
            class,
            offset,
            packet_type,
        },
    ) = (&result, expected)
    {
        return refusal(error) == (*class, *offset, *packet_type);
    }
    judge(result, fields) == *expected
}

fn judge<P>(result: Result<Decoded<'_, P>, DecodeError>, fields: fn(P) -> Packet) -> Verdict {
    match result {
        Ok(Decoded::Packet { packet, len }) => Verdict::Packet {
            packet: fields(packet),
            len,
        },
        Ok(Decoded::Frame(frame)) => Verdict::Frame {
            packet_type: frame.packet_type().as_u8(),
            len: frame.bytes().len(),
        },
        Ok(Decoded::Incomplete { needed }) => Verdict::Incomplete {
            needed: needed.get(),
        },
        Err(error) => {
            let (class, offset, packet_type) = refusal(&error);
            Verdict::Refused {
                class,
                offset,
                packet_type,
            }
        }
    }
}

/// Class, offset and packet type of an error.
fn refusal(error: &DecodeError) -> (Class, usize, Option<u8>) {
    let class = match error.class() {
        ErrorClass::MalformedPacket => Class::Malformed,
        ErrorClass::ProtocolError => Class::ProtocolError,
        ErrorClass::PacketTooLarge => Class::PacketTooLarge,
        class => panic!("a class that the oracle does not know: {class:?}"),
    };
    let packet_type = error.packet().map(|packet| packet.as_u8());
    (class, error.offset(), packet_type)
}

fn codes<C: Code>(list: CodeList<'_, C>) -> Vec<u8> {
    list.iter().map(Code::as_u8).collect()
}

fn v5_packet(packet: v5::Packet<'_>) -> Packet {
    let mut fields = Packet {
        packet_type: packet.packet_type().as_u8(),
        session_present: None,
        packet_id: None,
        codes: Vec::new(),
        properties: packet.properties().iter().map(property).collect(),
    };
    let (packet_id, codes) = match packet {
        v5::Packet::Connack(connack) => {
            fields.session_present = Some(connack.session_present());
            (None, vec![connack.reason().as_u8()])
        }
        v5::Packet::Puback(ack) => (Some(ack.packet_id()), vec![ack.reason().as_u8()]),
        v5::Packet::Pubrec(ack) => (Some(ack.packet_id()), vec![ack.reason().as_u8()]),
        v5::Packet::Pubrel(ack) => (Some(ack.packet_id()), vec![ack.reason().as_u8()]),
        v5::Packet::Pubcomp(ack) => (Some(ack.packet_id()), vec![ack.reason().as_u8()]),
        v5::Packet::Suback(ack) => (Some(ack.packet_id()), codes(ack.reasons())),
        v5::Packet::Unsuback(ack) => (Some(ack.packet_id()), codes(ack.reasons())),
        v5::Packet::Disconnect(disconnect) => (None, vec![disconnect.reason().as_u8()]),
        v5::Packet::Auth(auth) => (None, vec![auth.reason().as_u8()]),
    };
    fields.packet_id = packet_id.map(u16::from);
    fields.codes = codes;
    fields
}

fn property(property: Property<'_>) -> (u8, Value) {
    let value = match property.value() {
        PropertyValue::Byte(value) => Value::Byte(value),
        PropertyValue::TwoByteInteger(value) => Value::Two(value),
        PropertyValue::FourByteInteger(value) => Value::Four(value),
        PropertyValue::String(text) => Value::Text(text.to_owned()),
        PropertyValue::BinaryData(data) => Value::Binary(data.to_vec()),
        PropertyValue::StringPair(name, value) => Value::Pair(name.to_owned(), value.to_owned()),
        PropertyValue::VariableByteInteger(_) => panic!("no property of the nine packets"),
    };
    (property.id().as_u8(), value)
}

fn v3_packet(packet: v3::Packet<'_>) -> Packet {
    let (session_present, packet_id, codes) = match packet {
        v3::Packet::Connack(connack) => (
            Some(connack.session_present()),
            None,
            vec![connack.return_code().as_u8()],
        ),
        v3::Packet::Puback(id)
        | v3::Packet::Pubrec(id)
        | v3::Packet::Pubrel(id)
        | v3::Packet::Pubcomp(id)
        | v3::Packet::Unsuback(id) => (None, Some(id), Vec::new()),
        v3::Packet::Suback(suback) => {
            (None, Some(suback.packet_id()), codes(suback.return_codes()))
        }
        v3::Packet::Disconnect => (None, None, Vec::new()),
    };
    Packet {
        packet_type: packet.packet_type().as_u8(),
        session_present,
        packet_id: packet_id.map(u16::from),
        codes,
        properties: Vec::new(),
    }
}
