//! What the crate says of bytes, in the words of the oracle.

use mqtt_reason::v5::{Properties, Property};
use mqtt_reason::view::View;
use mqtt_reason::{DecodeError, DecodeOptions, Decoded, ErrorClass, Frame, Side, Version, v3, v5};

use crate::oracle::{self, Class, Context, Fault, Packet, Sender, Value};

pub(crate) fn version(version: oracle::Version) -> Version {
    match version {
        oracle::Version::V3_1 => Version::V3_1,
        oracle::Version::V3_1_1 => Version::V3_1_1,
        oracle::Version::V5_0 => Version::V5_0,
    }
}

pub(crate) fn options(context: &Context) -> DecodeOptions {
    match context.sender {
        None => DecodeOptions::new(),
        Some(Sender::Client) => DecodeOptions::new().sender(Side::Client),
        Some(Sender::Server) => DecodeOptions::new().sender(Side::Server),
    }
}

/// All versions and senders.
pub(crate) fn contexts() -> impl Iterator<Item = Context> {
    use oracle::Version::{V3_1, V3_1_1, V5_0};
    [V5_0, V3_1_1, V3_1].into_iter().flat_map(|version| {
        [None, Some(Sender::Client), Some(Sender::Server)]
            .into_iter()
            .map(move |sender| Context { version, sender })
    })
}

/// What a connection of `version` makes of `bytes`: a frame that is one of the six, whole, and nothing after it.
///
/// An `Err` is of the frame layer: of the fixed header.
pub(crate) fn frame<'a>(
    version: Version,
    options: &DecodeOptions,
    bytes: &'a [u8],
) -> Result<Frame<'a>, DecodeError> {
    let frame = match version {
        Version::V5_0 => match v5::decode_with(options, bytes)? {
            Decoded::Frame(frame) => frame,
            other => panic!("no frame but {other:?}"),
        },
        Version::V3_1_1 | Version::V3_1 => {
            let version = if version == Version::V3_1 {
                v3::Version::V3_1
            } else {
                v3::Version::V3_1_1
            };
            match v3::decode_with(version, options, bytes)? {
                Decoded::Frame(frame) => frame,
                other => panic!("no frame but {other:?}"),
            }
        }
    };
    assert_eq!(frame.bytes(), bytes, "one whole packet");
    Ok(frame)
}

/// What the crate says of a whole packet of the six; `None` if its fixed header is refused.
pub(crate) fn judge(bytes: &[u8], context: &Context) -> Option<Result<Packet, Fault>> {
    let (version, options) = (version(context.version), options(context));
    let frame = frame(version, &options, bytes).ok()?;
    Some(match View::of(version, &options, &frame) {
        Ok(view) => Ok(packet(&view.expect("one of the six"))),
        Err(error) => Err(fault(&error)),
    })
}

pub(crate) fn fault(error: &DecodeError) -> Fault {
    Fault {
        class: match error.class() {
            ErrorClass::MalformedPacket => Class::Malformed,
            ErrorClass::ProtocolError => Class::Protocol,
            other => panic!("{other}"),
        },
        offset: error.offset(),
        answer: v5::DisconnectReason::from(error).as_u8(),
    }
}

pub(crate) fn packet(view: &View<'_>) -> Packet {
    match view {
        View::Connect(connect) => Packet::Connect {
            level: connect.level(),
            clean_start: connect.clean_start(),
            keep_alive: connect.keep_alive(),
            properties: properties(connect.properties()),
            client_id: connect.client_id().into(),
            will: connect.will().map(|will| oracle::Will {
                topic: will.topic().into(),
                qos: will.qos().as_u8(),
                retain: will.retain(),
                properties: properties(will.properties()),
                payload: will.payload().into(),
            }),
            user_name: connect.user_name().map(Into::into),
            password: connect.password().map(Into::into),
        },
        View::UnknownConnect(connect) => Packet::UnknownConnect {
            protocol_name: connect.protocol_name().into(),
            level: connect.level(),
        },
        View::Publish(publish) => Packet::Publish {
            topic: publish.topic().into(),
            qos: publish.qos().as_u8(),
            retain: publish.retain(),
            dup: publish.dup(),
            packet_id: publish.packet_id().map(u16::from),
            properties: properties(publish.properties()),
            payload: publish.payload().into(),
        },
        View::Subscribe(subscribe) => Packet::Subscribe {
            packet_id: subscribe.packet_id().get(),
            properties: properties(subscribe.properties()),
            subscriptions: subscribe
                .subscriptions()
                .iter()
                .map(|subscription| (subscription.filter().into(), subscription.options()))
                .collect(),
        },
        View::Unsubscribe(unsubscribe) => Packet::Unsubscribe {
            packet_id: unsubscribe.packet_id().get(),
            properties: properties(unsubscribe.properties()),
            filters: unsubscribe.filters().iter().map(Into::into).collect(),
        },
        View::Pingreq => Packet::Pingreq,
        View::Pingresp => Packet::Pingresp,
    }
}

fn properties(properties: Properties<'_>) -> oracle::Properties {
    values(properties.iter())
}

pub(crate) fn values<'a>(properties: impl Iterator<Item = Property<'a>>) -> oracle::Properties {
    properties
        .map(|property| (property.id().as_u8(), value(property)))
        .collect()
}

fn value(property: Property<'_>) -> Value {
    match property {
        Property::PayloadFormatIndicator(value)
        | Property::RequestProblemInformation(value)
        | Property::RequestResponseInformation(value) => Value::Number(value.into()),
        Property::MessageExpiryInterval(value)
        | Property::SessionExpiryInterval(value)
        | Property::WillDelayInterval(value) => Value::Number(value),
        Property::MaximumPacketSize(value) => Value::Number(value.get()),
        Property::SubscriptionIdentifier(value) => Value::Number(value.get()),
        Property::ReceiveMaximum(value) | Property::TopicAlias(value) => {
            Value::Number(value.get().into())
        }
        Property::TopicAliasMaximum(value) => Value::Number(value.into()),
        Property::ContentType(text)
        | Property::ResponseTopic(text)
        | Property::AuthenticationMethod(text) => Value::Text(text.into()),
        Property::CorrelationData(data) | Property::AuthenticationData(data) => {
            Value::Binary(data.into())
        }
        Property::UserProperty(name, value) => Value::Pair(name.into(), value.into()),
        other => panic!("{other:?} in one of the six packets"),
    }
}
