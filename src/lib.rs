#![no_std]
#![forbid(unsafe_code)]
// No input makes this crate panic: every operation that could is denied here.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::todo,
    clippy::unimplemented,
    clippy::unreachable,
    clippy::unwrap_used
)]
#![cfg_attr(
    test,
    allow(
        clippy::arithmetic_side_effects,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::unwrap_used,
        reason = "a test panics when it fails"
    )
)]
#![cfg_attr(docsrs, feature(doc_cfg))]
//! A zero-copy codec for the MQTT packets that say *why*: CONNACK, PUBACK, PUBREC, PUBREL, PUBCOMP, SUBACK, UNSUBACK,
//! DISCONNECT and AUTH of MQTT 5.0, and the acknowledgements of MQTT 3.1.1 and 3.1.
//!
//! It parses with [`nom`], writes to any [`bytes::BufMut`], refuses every reason code that does not belong in the
//! packet that carries it, and turns each refusal into the reason code to answer with. It is for authors of brokers,
//! bridges, clients and test tools.
//!
//! It is not an MQTT stack: CONNECT, PUBLISH, SUBSCRIBE, UNSUBSCRIBE and the PING packets are handed on as [`Frame`]s, for
//! a parser of your own or for a [`view`]; sessions, retransmission and sockets are yours.
//!
//! ```
//! use mqtt_reason::v5::{self, DisconnectReason, Packet};
//! use mqtt_reason::{Decoded, DecodeOptions, Side};
//!
//! /// What a Server does with what it has read so far: how many bytes are done, or why the connection ends.
//! fn received(buffer: &[u8]) -> Result<usize, DisconnectReason> {
//!     let options = DecodeOptions::new().sender(Side::Client).max_packet_size(64 * 1024);
//!     let mut done = 0;
//!     loop {
//!         match v5::decode_with(&options, &buffer[done..]) {
//!             Ok(Decoded::Packet { packet, len }) => {
//!                 if let Packet::Puback(puback) = packet {
//!                     println!("{}: {}", puback.packet_id(), puback.reason());
//!                 }
//!                 done += len;
//!             }
//!             // PUBLISH and the like: for your own parser.
//!             Ok(Decoded::Frame(frame)) => done += frame.bytes().len(),
//!             Ok(Decoded::Incomplete { .. }) => return Ok(done),
//!             Err(error) => {
//!                 println!("{error} at byte {} [{}]", error.offset(), error.rule());
//!                 return Err(error.into());
//!             }
//!         }
//!     }
//! }
//!
//! assert_eq!(received(&[0x40, 0x03, 0x00, 0x0A, 0x87, 0x40]), Ok(5));
//! // PUBACK has no code 0x8B.
//! assert_eq!(received(&[0x40, 0x03, 0x00, 0x0A, 0x8B]), Err(DisconnectReason::ProtocolError));
//! ```
//!
//! # How to embed it
//!
//! * **In a read loop of your own**: [`decode_with`], [`v5::decode_with`] and [`v3::decode_with`] take what has been read so far. They
//!   borrow from it, never allocate, and say how many bytes are missing. With [`DecodeOptions::max_packet_size`] a
//!   packet that is too large is refused as soon as its fixed header is there.
//! * **After framing of your own**: [`decode_body`] takes the first byte and what follows the Remaining Length.
//! * **In a nom grammar of your own**: [`v5::parse`] and [`v3::parse`] have parsers that compose in your `alt`, with
//!   your error type; [`parse`] has those of data types, properties and sections of properties.
//! * **On tokio**: feature `codec`, a `tokio_util` codec for one connection; its packets own their
//!   [`Bytes`](bytes::Bytes) and share them.
//!
//! Writing is [`Encode::encode`], or [`Encode::encode_with`] under [`EncodeOptions`]: the shortest legal form, checked
//! before the first byte, within what the receiver takes. Packets are built from plain values: [`v5::Puback::new`] and
//! its like; properties come from an array, a slice or any iterator of [`v5::Property`], without a temporary.
//!
//! # How errors become answers
//!
//! A [`DecodeError`] tells what was wrong ([`kind`](DecodeError::kind)), in which packet, at which byte
//! ([`offset`](DecodeError::offset)), against which statement or section of the specification
//! ([`rule`](DecodeError::rule)), and in which class ([`class`](DecodeError::class)):
//!
//! | class | what it means | answer |
//! |---|---|---|
//! | [`MalformedPacket`](ErrorClass::MalformedPacket) | the bytes cannot be parsed | 0x81 |
//! | [`ProtocolError`](ErrorClass::ProtocolError) | they parse, but are not allowed | 0x82 |
//! | [`PacketTooLarge`](ErrorClass::PacketTooLarge) | larger than the Maximum Packet Size | 0x95 |
//!
//! `From<&DecodeError>` for [`v5::DisconnectReason`] and [`v5::ConnackReason`] gives the code to send; in 3.1.1 and 3.1
//! there is none, one closes the connection ([`DecodeError::answer`]).
//!
//! # Conformance
//!
//! A decoder refuses what the specification forbids: by a MUST, by an error that it states, by a form that it does not
//! define; some of it shows only once the sender is known ([`DecodeOptions::sender`]). What the specification merely
//! describes otherwise is decoded, and there is no lenient mode. An encoder keeps to the descriptions as well. Where the
//! specification contradicts itself or leaves a choice, ours stands under a heading "Conformance" like this one.
//! Section numbers are those of [MQTT 5.0](https://docs.oasis-open.org/mqtt/mqtt/v5.0/os/mqtt-v5.0-os.html) unless
//! [3.1.1](http://docs.oasis-open.org/mqtt/mqtt/v3.1.1/os/mqtt-v3.1.1-os.html) is named.
//!
//! What needs knowledge of other packets is left to you: whether a Packet Identifier is in use, whether there are as
//! many codes as Topic Filters, the order of packets, the Authentication Method of a connection, and what a packet says
//! against its CONNECT: a Session Expiry Interval in DISCONNECT where CONNECT had 0 (§3.14.2.2.2), Response Information
//! that was not asked for [MQTT-3.1.2-28], an Assigned Client Identifier [MQTT-3.2.2-16], Session Present with Clean Start
//! [MQTT-3.2.2-2]. Of a [`Frame`], type, flags, direction and size are checked; a [`view`] checks the rest.
//!
//! Strings may hold U+0001 to U+001F, U+007F to U+009F and noncharacters, which the specification says they SHOULD NOT:
//! they are read and written. A receiver is in its right to take them for malformed (§1.5.4).
//!
//! # Features
//!
//! * `std` (default): the standard library, here and in the dependencies. Without it the crate is `no_std`. Decoding,
//!   encoding and errors never allocate, with or without it.
//! * `alloc` (part of `std`): [`conversation`], a checker of both directions of a connection.
//! * `codec`: `tokio_util::codec` for one connection.
//! * `serde`: `Serialize` for codes, packets, properties and errors; `Deserialize` for codes and other closed lists.
//! * `proptest`, `arbitrary`: generators of valid packets and of labelled malformed ones.

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(any(test, feature = "std"))]
extern crate std;

pub mod advice;
#[cfg(feature = "codec")]
#[cfg_attr(docsrs, doc(cfg(feature = "codec")))]
pub mod codec;
mod codes;
#[cfg(feature = "alloc")]
#[cfg_attr(docsrs, doc(cfg(feature = "alloc")))]
pub mod conversation;
mod decoding;
mod encode;
mod encode_error;
mod error;
mod field;
pub mod frame;
pub mod mapping;
pub mod odd;
mod options;
mod owned;
mod packet;
mod packet_type;
pub mod parse;
mod reason;
mod reason_code;
mod reason_codes;
#[cfg(feature = "serde")]
mod serde;
mod spec;
pub mod spelling;
#[cfg(any(feature = "proptest", feature = "arbitrary"))]
#[expect(
    clippy::arithmetic_side_effects,
    reason = "generators choose their own sizes; an overflow is a failed test"
)]
pub mod testing;
pub mod v3;
pub mod v5;
pub mod view;
mod wire;

pub use codes::{CodeIter, CodeList, CodeListError};
pub use encode::Encode;
pub use encode_error::EncodeError;
pub use error::{DecodeError, ErrorClass, ErrorKind};
pub use field::Field;
pub use frame::{Decoded, Frame};
pub use options::{DecodeOptions, EncodeOptions};
pub use owned::{OwnedDecoded, OwnedFrame, OwnedPacket};
pub use packet::{Packet, decode, decode_body, decode_with};
pub use packet_type::{PacketType, ParseNameError, SentBy, Side, Version};
pub use reason::{Code, Meaning, PacketReason, ParseCodeError, ReasonCode, UndefinedCode};
pub use reason_codes::ReasonCodes;
pub use spec::property::{Carrier, ParsePropertyIdError, PropertyId, PropertyUse};
pub use spec::scalar::{PacketId, ParseQosError, QoS, SubscriptionId};

/// The examples of README.md, compiled and run; two of them need a feature.
#[cfg(all(doctest, feature = "codec", feature = "proptest"))]
#[doc = include_str!("../README.md")]
struct ReadmeExamples;
