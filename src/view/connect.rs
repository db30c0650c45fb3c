//! CONNECT: the packet that says which version the connection speaks.

use nom::Parser;
use nom::combinator::map;

use crate::error::{ErrorKind, Parsed, refuse};
use crate::frame;
use crate::options::DecodeOptions;
use crate::packet_type::Version;
use crate::spec::property::{Carrier, PropertyId};
use crate::spec::scalar::QoS;
use crate::v5::Properties;
use crate::view::publish::check_response_topic;
use crate::view::text::{text, topic_name};
use crate::wire;

/// A connection request of a known version: MQTT 5.0 §3.1, 3.1.1 §3.1, 3.1 §3.1.
///
/// # Conformance
///
/// * Protocol levels 0x83 and 0x84 are 3.1 and 3.1.1 of a bridge: mosquitto's convention.
/// * An empty Client Identifier is accepted in every version: what a Server does about it depends on the version and on
///   Clean Start ([MQTT-3.1.3-6], 3.1.1 [MQTT-3.1.3-8]). So is one of more than 23 characters in 3.1, to which a Server
///   answers return code 2.
/// * 3.1 lets a Client set User Name Flag and Password Flag without sending either: the Remaining Length decides. It
///   does not use Will QoS and Will Retain without a Will, nor bit 0 of the flags.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Connect<'a> {
    pub(crate) client_id: &'a str,
    pub(crate) properties: Properties<'a>,
    pub(crate) will: Option<Will<'a>>,
    pub(crate) user_name: Option<&'a str>,
    pub(crate) password: Option<&'a [u8]>,
    pub(crate) keep_alive: u16,
    pub(crate) version: Version,
    pub(crate) bridge: bool,
    pub(crate) clean_start: bool,
}

impl<'a> Connect<'a> {
    /// A request with Clean Start, without Keep Alive, Will, User Name, Password and properties.
    #[must_use]
    pub const fn new(version: Version, client_id: &'a str) -> Self {
        Self {
            client_id,
            properties: Properties::EMPTY,
            will: None,
            user_name: None,
            password: None,
            keep_alive: 0,
            version,
            bridge: false,
            clean_start: true,
        }
    }

    /// The same request with this Clean Start, §3.1.2.4; in 3.1.1 and 3.1 it is Clean Session.
    #[must_use]
    pub const fn with_clean_start(mut self, clean_start: bool) -> Self {
        self.clean_start = clean_start;
        self
    }

    /// The same request with this Keep Alive in seconds, §3.1.2.10.
    #[must_use]
    pub const fn with_keep_alive(mut self, seconds: u16) -> Self {
        self.keep_alive = seconds;
        self
    }

    /// The same request with this Will, §3.1.2.5.
    #[must_use]
    pub const fn with_will(mut self, will: Will<'a>) -> Self {
        self.will = Some(will);
        self
    }

    /// The same request with this User Name, §3.1.3.5.
    #[must_use]
    pub const fn with_user_name(mut self, user_name: &'a str) -> Self {
        self.user_name = Some(user_name);
        self
    }

    /// The same request with this Password, §3.1.3.6; 3.1.1 and 3.1 need a User Name with it.
    #[must_use]
    pub const fn with_password(mut self, password: &'a [u8]) -> Self {
        self.password = Some(password);
        self
    }

    /// The same request of a bridge or not: level 0x83 or 0x84, which 5.0 does not have.
    #[must_use]
    pub const fn with_bridge(mut self, bridge: bool) -> Self {
        self.bridge = bridge;
        self
    }

    /// The version that the Client asks for.
    #[must_use]
    pub const fn version(&self) -> Version {
        self.version
    }

    /// Whether the sender says that it is a bridge, by bit 7 of the Protocol Level.
    #[must_use]
    pub const fn bridge(&self) -> bool {
        self.bridge
    }

    /// The Protocol Name, §3.1.2.1: `"MQTT"`, in 3.1 `"MQIsdp"`.
    #[must_use]
    pub const fn protocol_name(&self) -> &'static str {
        match self.version {
            Version::V3_1 => "MQIsdp",
            Version::V3_1_1 | Version::V5_0 => "MQTT",
        }
    }

    /// The Protocol Version or Level as on the wire, §3.1.2.2: 3, 4, 5, and 0x83, 0x84 of a bridge.
    #[must_use]
    pub const fn level(&self) -> u8 {
        let level = match self.version {
            Version::V3_1 => 3,
            Version::V3_1_1 => 4,
            Version::V5_0 => 5,
        };
        if self.bridge { level | 0x80 } else { level }
    }

    /// Clean Start, §3.1.2.4; in 3.1.1 and 3.1 Clean Session.
    #[must_use]
    pub const fn clean_start(&self) -> bool {
        self.clean_start
    }

    /// The Keep Alive in seconds, §3.1.2.10; 0 turns it off.
    #[must_use]
    pub const fn keep_alive(&self) -> u16 {
        self.keep_alive
    }

    /// The properties, §3.1.2.11; empty in 3.1.1 and 3.1.
    #[must_use]
    pub const fn properties(&self) -> Properties<'a> {
        self.properties
    }

    /// The Client Identifier, §3.1.3.1; empty if the Server is to choose one.
    #[must_use]
    pub const fn client_id(&self) -> &'a str {
        self.client_id
    }

    /// The Will, §3.1.2.5, §3.1.3.2 to §3.1.3.4.
    #[must_use]
    pub const fn will(&self) -> Option<Will<'a>> {
        self.will
    }

    /// The User Name, §3.1.3.5.
    #[must_use]
    pub const fn user_name(&self) -> Option<&'a str> {
        self.user_name
    }

    /// The Password, §3.1.3.6.
    #[must_use]
    pub const fn password(&self) -> Option<&'a [u8]> {
        self.password
    }

    /// What follows Protocol Name and Protocol Level in a CONNECT of this version.
    #[inline(always)]
    pub(crate) fn parse(
        version: Version,
        bridge: bool,
        options: &DecodeOptions,
        i: &'a [u8],
    ) -> Parsed<'a, Self> {
        let flags_at = i;
        let (i, flags) = wire::byte(i)?;
        let flags = Flags(flags);
        if let Some(kind) = flags.refusal(version) {
            return refuse(flags_at, kind);
        }
        let (i, keep_alive) = wire::two_byte_integer(i)?;
        let (i, properties) = connect_properties(version, options, i)?;
        let (i, client_id) = text(i, version)?;
        let (i, will) = match flags.will_qos() {
            Some(qos) if flags.has(Flags::WILL) => {
                let retain = flags.has(Flags::WILL_RETAIN);
                let (i, will) = Will::parse(version, options, qos, retain, i)?;
                (i, Some(will))
            }
            _ => (i, None),
        };
        // 3.1: the Remaining Length takes precedence over the flags.
        let is_there =
            |flag, i: &[u8]| flags.has(flag) && !(version == Version::V3_1 && i.is_empty());
        let (i, user_name) = if is_there(Flags::USER_NAME, i) {
            let (i, name) = text(i, version)?;
            (i, Some(name))
        } else {
            (i, None)
        };
        let (i, password) = if is_there(Flags::PASSWORD, i) {
            map(wire::binary, Some).parse(i)?
        } else {
            (i, None)
        };
        if !i.is_empty() {
            return Err(frame::left_over(i));
        }
        let connect = Self {
            client_id,
            properties,
            will,
            user_name,
            password,
            keep_alive,
            version,
            bridge,
            clean_start: flags.has(Flags::CLEAN_START),
        };
        Ok((i, connect))
    }

    pub(crate) const fn flags(&self) -> u8 {
        let mut flags = 0;
        if self.clean_start {
            flags |= Flags::CLEAN_START;
        }
        if let Some(will) = self.will {
            flags |= Flags::WILL | will.qos.as_u8() << 3;
            if will.retain {
                flags |= Flags::WILL_RETAIN;
            }
        }
        if self.password.is_some() {
            flags |= Flags::PASSWORD;
        }
        if self.user_name.is_some() {
            flags |= Flags::USER_NAME;
        }
        flags
    }
}

/// The Password and the Will's payload are not shown, only their sizes.
impl core::fmt::Debug for Connect<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Connect")
            .field("version", &self.version)
            .field("bridge", &self.bridge)
            .field("clean_start", &self.clean_start)
            .field("keep_alive", &self.keep_alive)
            .field("properties", &self.properties)
            .field("client_id", &self.client_id)
            .field("will", &self.will)
            .field("user_name", &self.user_name)
            .field("password_len", &self.password.map(<[u8]>::len))
            .finish()
    }
}

/// The properties of CONNECT, §3.1.2.11, and what they need of each other.
#[inline(always)]
fn connect_properties<'a>(
    version: Version,
    options: &DecodeOptions,
    i: &'a [u8],
) -> Parsed<'a, Properties<'a>> {
    if version != Version::V5_0 {
        return Ok((i, Properties::EMPTY));
    }
    let (rest, (properties, single)) = Properties::parse_with_set(i, Carrier::Connect, options)?;
    // §3.1.2.11.10
    if single.contains(PropertyId::AuthenticationData)
        && !single.contains(PropertyId::AuthenticationMethod)
    {
        return refuse(i, ErrorKind::AuthenticationDataAlone);
    }
    Ok((rest, properties))
}

/// The Connect Flags, §3.1.2.3.
#[derive(Clone, Copy)]
struct Flags(u8);

impl Flags {
    const RESERVED: u8 = 0b0000_0001;
    const CLEAN_START: u8 = 0b0000_0010;
    const WILL: u8 = 0b0000_0100;
    const WILL_QOS: u8 = 0b0001_1000;
    const WILL_RETAIN: u8 = 0b0010_0000;
    const PASSWORD: u8 = 0b0100_0000;
    const USER_NAME: u8 = 0b1000_0000;

    const fn has(self, flag: u8) -> bool {
        self.0 & flag != 0
    }

    const fn will_qos(self) -> Option<QoS> {
        QoS::from_u8((self.0 & Self::WILL_QOS) >> 3)
    }

    /// What is wrong with the flags, if anything.
    const fn refusal(self, version: Version) -> Option<ErrorKind> {
        let flags = self.0;
        let in_3_1 = matches!(version, Version::V3_1);
        // [MQTT-3.1.2-3]
        if self.has(Self::RESERVED) && !in_3_1 {
            return Some(ErrorKind::ConnectFlags { flags });
        }
        // [MQTT-3.1.2-11], [MQTT-3.1.2-13]
        if !self.has(Self::WILL) && self.has(Self::WILL_QOS | Self::WILL_RETAIN) && !in_3_1 {
            return Some(ErrorKind::WillFlags { flags });
        }
        // [MQTT-3.1.2-12]
        if self.has(Self::WILL) && self.will_qos().is_none() {
            return Some(ErrorKind::WillQos);
        }
        // 3.1.1 [MQTT-3.1.2-22], 3.1 §3.1; 5.0 allows it, §3.1.2.9.
        if self.has(Self::PASSWORD)
            && !self.has(Self::USER_NAME)
            && !matches!(version, Version::V5_0)
        {
            return Some(ErrorKind::PasswordWithoutUserName);
        }
        None
    }
}

/// A Will: the message that the Server publishes when the connection ends otherwise than by DISCONNECT 0x00.
///
/// MQTT 5.0 §3.1.2.5, §3.1.3.2 to §3.1.3.4.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Will<'a> {
    pub(crate) topic: &'a str,
    pub(crate) payload: &'a [u8],
    pub(crate) properties: Properties<'a>,
    pub(crate) qos: QoS,
    pub(crate) retain: bool,
}

impl<'a> Will<'a> {
    /// A Will with QoS 0, not retained, without properties.
    #[must_use]
    pub const fn new(topic: &'a str, payload: &'a [u8]) -> Self {
        Self {
            topic,
            payload,
            properties: Properties::EMPTY,
            qos: QoS::AtMostOnce,
            retain: false,
        }
    }

    /// The same Will with this QoS, §3.1.2.6.
    #[must_use]
    pub const fn with_qos(mut self, qos: QoS) -> Self {
        self.qos = qos;
        self
    }

    /// The same Will with this Will Retain, §3.1.2.7.
    #[must_use]
    pub const fn with_retain(mut self, retain: bool) -> Self {
        self.retain = retain;
        self
    }

    /// The Will Topic, §3.1.3.3.
    #[must_use]
    pub const fn topic(&self) -> &'a str {
        self.topic
    }

    /// The Will QoS, §3.1.2.6.
    #[must_use]
    pub const fn qos(&self) -> QoS {
        self.qos
    }

    /// Will Retain, §3.1.2.7.
    #[must_use]
    pub const fn retain(&self) -> bool {
        self.retain
    }

    /// The Will Properties, §3.1.3.2; empty in 3.1.1 and 3.1.
    #[must_use]
    pub const fn properties(&self) -> Properties<'a> {
        self.properties
    }

    /// The Will Payload, §3.1.3.4.
    #[must_use]
    pub const fn payload(&self) -> &'a [u8] {
        self.payload
    }

    #[inline(always)]
    fn parse(
        version: Version,
        options: &DecodeOptions,
        qos: QoS,
        retain: bool,
        i: &'a [u8],
    ) -> Parsed<'a, Self> {
        let (i, properties) = if version == Version::V5_0 {
            let (i, (properties, single)) = Properties::parse_with_set(i, Carrier::Will, options)?;
            check_response_topic(&properties, single)?;
            (i, properties)
        } else {
            (i, Properties::EMPTY)
        };
        let topic_at = i;
        let (i, topic) = topic_name(i)?;
        if topic.is_empty() {
            return refuse(topic_at, ErrorKind::EmptyTopicName);
        }
        let (i, payload) = wire::binary(i)?;
        let will = Self {
            topic,
            payload,
            properties,
            qos,
            retain,
        };
        Ok((i, will))
    }
}

/// The payload is not shown, only its size.
impl core::fmt::Debug for Will<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Will")
            .field("topic", &self.topic)
            .field("qos", &self.qos)
            .field("retain", &self.retain)
            .field("properties", &self.properties)
            .field("payload_len", &self.payload.len())
            .finish()
    }
}

/// A connection request whose Protocol Name or Protocol Level no version has; nothing else in it is judged.
///
/// MQTT 5.0 [MQTT-3.1.2-1], [MQTT-3.1.2-2]: a Server that does not want it answers 0x84, one that speaks 3.1.1 only
/// answers 0x01 in the layout of that version.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct UnknownConnect<'a> {
    pub(crate) protocol_name: &'a str,
    pub(crate) level: u8,
}

impl<'a> UnknownConnect<'a> {
    /// The Protocol Name.
    #[must_use]
    pub const fn protocol_name(&self) -> &'a str {
        self.protocol_name
    }

    /// The Protocol Level.
    #[must_use]
    pub const fn level(&self) -> u8 {
        self.level
    }
}

/// What a CONNECT begins with.
pub(crate) enum Protocol<'a> {
    /// A version, and whether it is a bridge's.
    Known(Version, bool),
    Unknown(UnknownConnect<'a>),
}

/// Protocol Name and Protocol Level.
#[inline(always)]
pub(crate) fn protocol(i: &[u8]) -> Parsed<'_, Protocol<'_>> {
    let (rest, version, bridge) = match i {
        [0, 4, b'M', b'Q', b'T', b'T', 5, rest @ ..] => (rest, Version::V5_0, false),
        [0, 4, b'M', b'Q', b'T', b'T', level @ (4 | 0x84), rest @ ..] => {
            (rest, Version::V3_1_1, *level == 0x84)
        }
        _ => return old_or_unknown_protocol(i),
    };
    Ok((rest, Protocol::Known(version, bridge)))
}

/// The Protocol Name and Protocol Level of 3.1, or such that no version has.
#[cold]
fn old_or_unknown_protocol(i: &[u8]) -> Parsed<'_, Protocol<'_>> {
    let (rest, protocol_name) = text(i, Version::V5_0)?;
    let (rest, level) = wire::byte(rest)?;
    let protocol = match (protocol_name, level) {
        ("MQIsdp", 3 | 0x83) => Protocol::Known(Version::V3_1, level == 0x83),
        _ => Protocol::Unknown(UnknownConnect {
            protocol_name,
            level,
        }),
    };
    Ok((rest, protocol))
}
