//! Generators for testing an MQTT implementation, this one or another: valid packets, and packets with one known
//! defect each.
//!
//! * [`Valid`] is a packet that breaks no rule: what it says, and each way in which it can be written. It has up to all
//!   properties of its packet, strings of every shape (empty, 65,535 bytes, characters of two to four bytes, byte order
//!   marks, control characters, noncharacters), lists of 1 to 20,000 codes.
//! * [`Request`] and [`MalformedRequest`] are the same for the other six packets, CONNECT, PUBLISH, SUBSCRIBE,
//!   UNSUBSCRIBE, PINGREQ and PINGRESP; see [`request`].
//! * [`Dialogue`] is a whole connection, correct or with one fault that is [`Planted`].
//! * [`Malformed`] is a packet with one [`Defect`], and what a correct receiver says of it: class, offset, answer.
//!
//! With feature `proptest` they come from the strategies of `testing::proptest`, with feature `arbitrary`
//! from their `Arbitrary` instances. Neither uses the encoder or the decoder of this crate; they share its
//! tables of codes and property identifiers.
//!
//! # Testing a decoder of your own
//!
//! ```
//! # #[cfg(feature = "proptest")] {
//! use mqtt_reason::testing::{self, Malformed, Valid};
//! use mqtt_reason::{ErrorClass, PacketType};
//! use proptest::prelude::*;
//!
//! # mod yours {
//! #     pub enum Error { Malformed, Protocol, TooLarge }
//! #     pub fn decode(bytes: &[u8], max: Option<u32>) -> Result<Option<u16>, Error> {
//! #         use mqtt_reason::{DecodeOptions, Decoded, ErrorClass, v5::{self, Packet}};
//! #         let options = DecodeOptions::new().max_packet_size(max.unwrap_or(u32::MAX));
//! #         match v5::decode_with(&options, bytes) {
//! #             Ok(Decoded::Packet { packet: Packet::Puback(puback), .. }) => Ok(Some(puback.packet_id().get())),
//! #             Ok(_) => Ok(None),
//! #             Err(error) => Err(match error.class() {
//! #                 ErrorClass::MalformedPacket => Error::Malformed,
//! #                 ErrorClass::PacketTooLarge => Error::TooLarge,
//! #                 _ => Error::Protocol,
//! #             }),
//! #         }
//! #     }
//! # }
//! // Whatever is valid is read, in each of its forms.
//! proptest!(|(packet in testing::proptest::packet())| {
//!     for bytes in packet.encodings() {
//!         let Ok(id) = yours::decode(&bytes, None) else {
//!             return Err(TestCaseError::fail("refused"));
//!         };
//!         if packet.packet_type() == PacketType::Puback {
//!             prop_assert_eq!(id, packet.packet_id().map(|id| id.get()));
//!         }
//!     }
//! });
//!
//! // Whatever is not is refused; the class is the one that the specification names, where it does.
//! proptest!(|(packet in testing::proptest::malformed())| {
//!     // This decoder is told neither who sends nor what the CONNECT packet asked for.
//!     prop_assume!(packet.sender.is_none() && packet.request_problem_information);
//!     let class = match yours::decode(&packet.bytes, packet.max_packet_size) {
//!         Ok(_) => return Err(TestCaseError::fail("accepted")),
//!         Err(yours::Error::Malformed) => ErrorClass::MalformedPacket,
//!         Err(yours::Error::Protocol) => ErrorClass::ProtocolError,
//!         Err(yours::Error::TooLarge) => ErrorClass::PacketTooLarge,
//!     };
//!     if packet.defect.class_is_stated() {
//!         prop_assert_eq!(class, packet.class);
//!     }
//! });
//! # }
//! ```

#[cfg(feature = "arbitrary")]
mod arbitrary;
mod choices;
mod defect;
mod dialogue;
mod draft;
mod generate;
mod malformed;
mod property;
#[cfg(feature = "proptest")]
#[cfg_attr(docsrs, doc(cfg(feature = "proptest")))]
pub mod proptest;
pub mod request;
#[cfg(feature = "proptest")]
mod shrink;
mod text;
mod valid;

pub use self::defect::Defect;
pub use self::dialogue::{Dialogue, Planted, Step};
pub use self::malformed::Malformed;
pub use self::request::{MalformedRequest, Request, RequestDefect};
pub use self::valid::{Form, Valid};
