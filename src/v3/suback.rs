//! SUBACK of 3.1.1 and 3.1.

use crate::codes::CodeList;
use crate::error::{ErrorKind, Parsed};
use crate::packet_type::PacketType;
use crate::types::{PacketId, packet_id};
use crate::v3::SubackReturnCode;

/// Subscribe acknowledgment, 3.1.1 §3.9, 3.1 §3.9.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(
    clippy::exhaustive_structs,
    reason = "the fields are the specification's"
)]
pub struct Suback<'a> {
    /// The Packet Identifier of the SUBSCRIBE that is answered.
    pub packet_id: PacketId,
    /// One return code per Topic Filter, in the order of the SUBSCRIBE.
    pub return_codes: CodeList<'a, SubackReturnCode>,
}

impl<'a> Suback<'a> {
    /// The packet.
    #[inline]
    #[must_use]
    pub const fn new(packet_id: PacketId, return_codes: CodeList<'a, SubackReturnCode>) -> Self {
        Self {
            packet_id,
            return_codes,
        }
    }

    /// The body.
    pub(crate) fn parse(i: &'a [u8]) -> Parsed<'a, Self> {
        let (i, packet_id) = packet_id(i)?;
        let (i, return_codes) = CodeList::parse(i, PacketType::Suback, |packet, code| {
            ErrorKind::ReturnCode { packet, code }
        })?;
        Ok((i, Self::new(packet_id, return_codes)))
    }
}
