//! PUBLISH.

use nom::Parser;
use nom::combinator::map;

use crate::error::{DecodeError, ErrorKind, ParseError, Parsed, refuse};
use crate::frame::{self, HeaderOrNeeded};
use crate::options::DecodeOptions;
use crate::packet_type::{PacketType, Version};
use crate::spec::property::{Carrier, PropertyId, PropertySet};
use crate::spec::scalar::{PacketId, QoS};
use crate::v5::Properties;
use crate::view::text::{at, topic_name};
use crate::wire::VariableByteInteger;
use crate::wire::packet_id;

/// An application message on its way: MQTT 5.0 §3.3, 3.1.1 §3.3, 3.1 §3.3.
///
/// ```
/// use mqtt_reason::view::{Publish, View};
/// use mqtt_reason::{Decoded, DecodeOptions, QoS, Version, v5};
///
/// let bytes = [0x32, 0x08, 0, 1, b't', 0, 10, 0, b'h', b'i'];
/// let Decoded::Frame(frame) = v5::decode(&bytes)? else { panic!("it is a PUBLISH") };
/// let Some(View::Publish(publish)) = View::of(Version::V5_0, &DecodeOptions::new(), &frame)? else {
///     panic!("it is a PUBLISH")
/// };
/// assert_eq!((publish.topic(), publish.qos(), publish.payload()), ("t", QoS::AtLeastOnce, &b"hi"[..]));
/// # Ok::<(), mqtt_reason::DecodeError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Publish<'a> {
    pub(crate) topic: &'a str,
    pub(crate) payload: &'a [u8],
    pub(crate) properties: Properties<'a>,
    pub(crate) packet_id: Option<PacketId>,
    pub(crate) qos: QoS,
    pub(crate) retain: bool,
    pub(crate) dup: bool,
}

impl<'a> Publish<'a> {
    /// A message with QoS 0, not retained, without properties.
    #[must_use]
    pub const fn new(topic: &'a str, payload: &'a [u8]) -> Self {
        Self {
            topic,
            payload,
            properties: Properties::EMPTY,
            packet_id: None,
            qos: QoS::AtMostOnce,
            retain: false,
            dup: false,
        }
    }

    /// A message with QoS 1.
    #[must_use]
    pub const fn at_least_once(topic: &'a str, packet_id: PacketId, payload: &'a [u8]) -> Self {
        Self::new(topic, payload).with_delivery(Delivery::AtLeastOnce(packet_id))
    }

    /// A message with QoS 2.
    #[must_use]
    pub const fn exactly_once(topic: &'a str, packet_id: PacketId, payload: &'a [u8]) -> Self {
        Self::new(topic, payload).with_delivery(Delivery::ExactlyOnce(packet_id))
    }

    /// The same message with this QoS and Packet Identifier: to send on what was received, or to send it again.
    #[must_use]
    pub const fn with_delivery(mut self, delivery: Delivery) -> Self {
        (self.qos, self.packet_id) = match delivery {
            Delivery::AtMostOnce => (QoS::AtMostOnce, None),
            Delivery::AtLeastOnce(id) => (QoS::AtLeastOnce, Some(id)),
            Delivery::ExactlyOnce(id) => (QoS::ExactlyOnce, Some(id)),
        };
        self
    }

    /// The same message with this RETAIN flag, §3.3.1.3.
    #[must_use]
    pub const fn with_retain(mut self, retain: bool) -> Self {
        self.retain = retain;
        self
    }

    /// The same message with this DUP flag, which only QoS 1 and 2 may have, [MQTT-3.3.1-2].
    #[must_use]
    pub const fn with_dup(mut self, dup: bool) -> Self {
        self.dup = dup;
        self
    }

    /// The Topic Name, §3.3.2.1; empty in 5.0 if a Topic Alias stands for it.
    #[must_use]
    pub const fn topic(&self) -> &'a str {
        self.topic
    }

    /// The Quality of Service, §3.3.1.2.
    #[must_use]
    pub const fn qos(&self) -> QoS {
        self.qos
    }

    /// The RETAIN flag, §3.3.1.3.
    #[must_use]
    pub const fn retain(&self) -> bool {
        self.retain
    }

    /// The DUP flag: whether it may be a re-delivery, §3.3.1.1.
    #[must_use]
    pub const fn dup(&self) -> bool {
        self.dup
    }

    /// The Packet Identifier, which QoS 1 and 2 have and QoS 0 has not, §3.3.2.2.
    #[must_use]
    pub const fn packet_id(&self) -> Option<PacketId> {
        self.packet_id
    }

    /// The properties, §3.3.2.3; empty in 3.1.1 and 3.1.
    #[must_use]
    pub const fn properties(&self) -> Properties<'a> {
        self.properties
    }

    /// The application message, §3.3.3.
    #[must_use]
    pub const fn payload(&self) -> &'a [u8] {
        self.payload
    }

    /// A PUBLISH whose payload is not all there: `i` begins with its fixed header and holds what there is of it, and
    /// the [`payload`](Self::payload) is the part of it that is there. `None` if more bytes are needed for what comes
    /// before the payload.
    ///
    /// For captures that cut packets short, and for relays that do not keep large ones.
    ///
    /// # Errors
    ///
    /// As [`View::of`](crate::view::View::of), and what the fixed header shows; a packet of another type has none of
    /// these and gives `None`.
    pub fn head(
        version: Version,
        options: &DecodeOptions,
        i: &'a [u8],
    ) -> Result<Option<Self>, DecodeError> {
        let header = frame::header(version, options, i)?;
        let (Some(first), Some(length)) = (i.first(), i.get(1..)) else {
            return Ok(None);
        };
        if PacketType::from_first_byte(*first) != Some(PacketType::Publish) {
            return Ok(None);
        }
        let VariableByteInteger::Whole { len, .. } = VariableByteInteger::read(length) else {
            return Ok(None);
        };
        let packet = match header {
            HeaderOrNeeded::Header(header) => i.get(..header.len).unwrap_or_default(),
            HeaderOrNeeded::Needed(_) => i,
        };
        let body = packet
            .get(usize::from(len).saturating_add(1)..)
            .unwrap_or_default();
        match Self::parse(version, options, packet, body) {
            Ok((_, publish)) => Ok(Some(publish)),
            Err(error) if matches!(header, HeaderOrNeeded::Needed(_)) && runs_out(&error) => {
                Ok(None)
            }
            Err(error) => Err(frame::place(
                error,
                (PacketType::Publish, 0, packet),
                version,
                options.sender,
            )),
        }
    }

    /// The packet: `packet` is all of it, `body` what follows the fixed header.
    #[inline(always)]
    pub(crate) fn parse(
        version: Version,
        options: &DecodeOptions,
        packet: &'a [u8],
        body: &'a [u8],
    ) -> Parsed<'a, Self> {
        let flags = packet.first().copied().unwrap_or_default() & 0x0F;
        let Some(qos) = QoS::from_u8(flags >> 1 & 0b11) else {
            let packet_type = PacketType::Publish;
            let kind = ErrorKind::FixedHeaderFlags {
                packet: packet_type,
                flags,
            };
            return refuse(packet, kind);
        };
        // [MQTT-3.3.1-2]; 3.1 only describes it (§2.1).
        if flags & 0b1110 == 0b1000 && version != Version::V3_1 {
            return refuse(packet, ErrorKind::DupWithQos0);
        }
        let (i, topic) = topic_name(body)?;
        let (i, packet_id) = match qos {
            QoS::AtMostOnce => (i, None),
            QoS::AtLeastOnce | QoS::ExactlyOnce => map(packet_id, Some).parse(i)?,
        };
        let (payload, properties) = if version == Version::V5_0 {
            let (rest, (properties, single)) =
                Properties::parse_with_set(i, Carrier::Publish, options)?;
            if topic.is_empty() && !single.contains(PropertyId::TopicAlias) {
                // §3.3.2.1
                return refuse(i, ErrorKind::NoTopic);
            }
            check_response_topic(&properties, single)?;
            (rest, properties)
        } else if topic.is_empty() {
            return refuse(body, ErrorKind::EmptyTopicName);
        } else {
            (i, Properties::EMPTY)
        };
        let publish = Self {
            topic,
            payload,
            properties,
            packet_id,
            qos,
            retain: flags & 0b0001 != 0,
            dup: flags & 0b1000 != 0,
        };
        Ok((&[], publish))
    }
}

/// A QoS with the Packet Identifier that it needs, MQTT 5.0 §4.3, §2.2.1.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[expect(
    clippy::exhaustive_enums,
    reason = "the specification's list is closed"
)]
pub enum Delivery {
    /// QoS 0.
    AtMostOnce,
    /// QoS 1.
    AtLeastOnce(PacketId),
    /// QoS 2.
    ExactlyOnce(PacketId),
}

/// A Response Topic has no wildcards, [MQTT-3.3.2-14].
///
/// # Conformance
///
/// An empty one is accepted: no sentence speaks of it.
#[inline(always)]
pub(crate) fn check_response_topic<'a>(
    properties: &Properties<'a>,
    single: PropertySet,
) -> Result<(), nom::Err<ParseError<'a>>> {
    if single.contains(PropertyId::ResponseTopic) {
        check_present_response_topic(*properties)
    } else {
        Ok(())
    }
}

#[inline(never)]
fn check_present_response_topic(
    properties: Properties<'_>,
) -> Result<(), nom::Err<ParseError<'_>>> {
    let Some(topic) = properties.response_topic() else {
        return Ok(());
    };
    match topic.bytes().position(|byte| matches!(byte, b'+' | b'#')) {
        None => Ok(()),
        Some(place) => Err(at(
            topic.as_bytes(),
            place,
            ErrorKind::WildcardInResponseTopic,
        )),
    }
}

/// Whether a parser ran out of bytes.
fn runs_out(error: &nom::Err<ParseError<'_>>) -> bool {
    match error {
        nom::Err::Incomplete(_) => true,
        nom::Err::Error(error) | nom::Err::Failure(error) => matches!(
            error.kind,
            ErrorKind::Truncated | ErrorKind::PropertyLength { .. } | ErrorKind::NoPropertyLength
        ),
    }
}
