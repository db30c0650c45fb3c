//! The other six packets of 5.0, 3.1.1 and 3.1 as views of a [`Frame`]: CONNECT, PUBLISH, SUBSCRIBE, UNSUBSCRIBE, PINGREQ
//! and PINGRESP.
//!
//! They carry no reason code, but what the nine answer is in them. A view borrows from the frame, allocates nothing and
//! is checked as strictly as the nine: what [`View::of`] gives breaks no rule that a packet alone can break. Unused,
//! it costs nothing.
//!
//! ```
//! use mqtt_reason::view::View;
//! use mqtt_reason::{Decoded, DecodeOptions, ErrorKind, Version, v5};
//!
//! // SUBSCRIBE to "mr/#/x": no Topic Filter [MQTT-4.7.1-1].
//! let bytes = b"\x82\x0C\x00\x01\x00\x00\x06mr/#/x\x00";
//! let Decoded::Frame(frame) = v5::decode(bytes)? else { panic!("it is a SUBSCRIBE") };
//! let error = View::of(Version::V5_0, &DecodeOptions::new(), &frame).unwrap_err();
//! assert_eq!(error.kind(), ErrorKind::MultiLevelWildcard);
//! assert_eq!((error.offset(), error.rule()), (10, "MQTT-4.7.1-1"));
//! # Ok::<(), mqtt_reason::DecodeError>(())
//! ```
//!
//! # Conformance
//!
//! The encoding of a string is judged before what stands in it. What no Topic Name and no Topic Filter can be is a
//! protocol error, as no section names the class, and is answered with the code that says so: 0x90, 0x8F.

mod connect;
mod encode;
mod list;
pub mod parse;
mod plain;
mod publish;
#[cfg(feature = "serde")]
mod serde;
mod subscribe;
mod text;
mod topic;

pub use self::connect::{Connect, UnknownConnect, Will};
pub use self::encode::WithProperties;
pub use self::list::{FilterIter, Filters, SubscriptionIter, Subscriptions};
pub use self::publish::{Delivery, Publish};
pub use self::subscribe::{RetainHandling, Subscribe, Subscription, Unsubscribe};
pub use self::topic::{check_topic_filter, check_topic_name, filter_matches, share};

use self::connect::{Protocol, protocol};
use crate::error::{DecodeError, ErrorKind, ParseError, failure};
use crate::frame::{self, Frame};
use crate::options::DecodeOptions;
use crate::packet_type::{PacketType, Version};
use crate::spec::scalar::PacketId;
use crate::v5::Properties;

/// One of the six packets that carry no reason code, MQTT 5.0 §3.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(
    clippy::exhaustive_enums,
    reason = "six packets, and the one that may be of no version"
)]
pub enum View<'a> {
    /// Connection request.
    Connect(Connect<'a>),
    /// Connection request of a Protocol Name or Protocol Level that no version has.
    UnknownConnect(UnknownConnect<'a>),
    /// Application message.
    Publish(Publish<'a>),
    /// Subscribe request.
    Subscribe(Subscribe<'a>),
    /// Unsubscribe request.
    Unsubscribe(Unsubscribe<'a>),
    /// Ping request.
    Pingreq,
    /// Ping response.
    Pingresp,
}

impl<'a> View<'a> {
    /// What the frame says; `None` if it is one of the nine reason-coded packets.
    ///
    /// `version` is the version of the connection, and `options` are those that the frame was decoded with: its fixed
    /// header was judged then. A CONNECT tells its own version, by whose rules it is judged.
    ///
    /// # Errors
    ///
    /// The first thing in wire order that the specification forbids, see [`ErrorKind`].
    #[inline]
    pub fn of(
        version: Version,
        options: &DecodeOptions,
        frame: &Frame<'a>,
    ) -> Result<Option<Self>, DecodeError> {
        // What is not inlined gets a copy: a frame whose address nobody has needs no memory.
        let frame = *frame;
        // Most of them; the first byte is looked at in any case.
        if matches!(frame.first_byte(), 0x30..=0x3F) {
            return match Publish::parse(version, options, frame.bytes(), frame.body()) {
                Ok((_, publish)) => Ok(Some(Self::Publish(publish))),
                Err(error) => Err(refused(error, version, options, frame)),
            };
        }
        Self::of_other(version, options, &{ frame })
    }

    /// What a frame says that is no PUBLISH.
    #[inline(never)]
    fn of_other(
        version: Version,
        options: &DecodeOptions,
        frame: &Frame<'a>,
    ) -> Result<Option<Self>, DecodeError> {
        match frame.packet_type() {
            PacketType::Connect => Self::connect(version, options, frame),
            PacketType::Subscribe => Self::subscribe(version, options, frame),
            _ => Self::of_rest(version, options, frame),
        }
    }

    #[inline(never)]
    fn of_rest(
        version: Version,
        options: &DecodeOptions,
        frame: &Frame<'a>,
    ) -> Result<Option<Self>, DecodeError> {
        let body = frame.body();
        let error = match frame.packet_type() {
            PacketType::Unsubscribe => match Unsubscribe::parse(version, options, body) {
                Ok((_, unsubscribe)) => return Ok(Some(Self::Unsubscribe(unsubscribe))),
                Err(error) => error,
            },
            PacketType::Pingreq if body.is_empty() => return Ok(Some(Self::Pingreq)),
            PacketType::Pingresp if body.is_empty() => return Ok(Some(Self::Pingresp)),
            PacketType::Pingreq | PacketType::Pingresp => not_empty(*frame),
            _ => return Ok(None),
        };
        Err(refused(error, version, options, *frame))
    }

    #[inline(never)]
    fn subscribe(
        version: Version,
        options: &DecodeOptions,
        frame: &Frame<'a>,
    ) -> Result<Option<Self>, DecodeError> {
        match Subscribe::parse(version, options, frame.body()) {
            Ok((_, subscribe)) => Ok(Some(Self::Subscribe(subscribe))),
            Err(error) => Err(refused(error, version, options, *frame)),
        }
    }

    /// A CONNECT, by the rules of the version that it asks for.
    #[inline(never)]
    fn connect(
        version: Version,
        options: &DecodeOptions,
        frame: &Frame<'a>,
    ) -> Result<Option<Self>, DecodeError> {
        // Most of them, by a parser that is compiled for them.
        if let [0, 4, b'M', b'Q', b'T', b'T', 5, rest @ ..] = frame.body() {
            return match Connect::parse(Version::V5_0, false, options, rest) {
                Ok((_, connect)) => Ok(Some(Self::Connect(connect))),
                Err(error) => Err(refused(error, Version::V5_0, options, *frame)),
            };
        }
        Self::other_connect(version, options, frame)
    }

    /// A CONNECT that is not of 5.0.
    #[inline(never)]
    fn other_connect(
        version: Version,
        options: &DecodeOptions,
        frame: &Frame<'a>,
    ) -> Result<Option<Self>, DecodeError> {
        let (version, error) = match protocol(frame.body()) {
            Ok((_, Protocol::Unknown(connect))) => return Ok(Some(Self::UnknownConnect(connect))),
            Ok((rest, Protocol::Known(version, bridge))) => {
                match Connect::parse(version, bridge, options, rest) {
                    Ok((_, connect)) => return Ok(Some(Self::Connect(connect))),
                    Err(error) => (version, error),
                }
            }
            Err(error) => (version, error),
        };
        Err(refused(error, version, options, *frame))
    }

    /// The packet type.
    #[must_use]
    pub const fn packet_type(&self) -> PacketType {
        match self {
            Self::Connect(_) | Self::UnknownConnect(_) => PacketType::Connect,
            Self::Publish(_) => PacketType::Publish,
            Self::Subscribe(_) => PacketType::Subscribe,
            Self::Unsubscribe(_) => PacketType::Unsubscribe,
            Self::Pingreq => PacketType::Pingreq,
            Self::Pingresp => PacketType::Pingresp,
        }
    }

    /// The Packet Identifier, where the packet has one, MQTT 5.0 §2.2.1.
    #[must_use]
    pub const fn packet_id(&self) -> Option<PacketId> {
        match self {
            Self::Publish(publish) => publish.packet_id,
            Self::Subscribe(subscribe) => Some(subscribe.packet_id),
            Self::Unsubscribe(unsubscribe) => Some(unsubscribe.packet_id),
            Self::Connect(_) | Self::UnknownConnect(_) | Self::Pingreq | Self::Pingresp => None,
        }
    }

    /// The properties, without those of a Will; empty in 3.1.1 and 3.1.
    #[must_use]
    pub const fn properties(&self) -> Properties<'a> {
        match self {
            Self::Connect(connect) => connect.properties,
            Self::Publish(publish) => publish.properties,
            Self::Subscribe(subscribe) => subscribe.properties,
            Self::Unsubscribe(unsubscribe) => unsubscribe.properties,
            Self::UnknownConnect(_) | Self::Pingreq | Self::Pingresp => Properties::EMPTY,
        }
    }
}

/// The error about a PINGREQ or PINGRESP with a body: they have none, §3.12, §3.13.
#[cold]
fn not_empty(frame: Frame<'_>) -> nom::Err<ParseError<'_>> {
    let from_length = frame.bytes().get(1..).unwrap_or_default();
    failure(
        from_length,
        ErrorKind::RemainingLength {
            packet: frame.packet_type(),
            expected: 0,
            found: u32::try_from(frame.body().len()).unwrap_or(u32::MAX),
        },
    )
}

/// The error of a parser, placed in the frame.
#[cold]
#[inline(never)]
fn refused(
    error: nom::Err<ParseError<'_>>,
    version: Version,
    options: &DecodeOptions,
    frame: Frame<'_>,
) -> DecodeError {
    frame::place(
        error,
        (frame.packet_type(), 0, frame.bytes()),
        version,
        options.sender,
    )
}
