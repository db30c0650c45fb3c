//! SUBACK of 3.1.1 and 3.1.

use bytes::BufMut;

use crate::codes::CodeList;
use crate::encode::check_size;
use crate::encode_error::EncodeError;
use crate::error::{ErrorKind, Parsed, read};
use crate::options::EncodeOptions;
use crate::packet_type::PacketType;
use crate::spec::scalar::PacketId;
use crate::spec::scalar::VARIABLE_BYTE_INTEGER_MAX;
use crate::v3::reason::SubackReturnCode;
use crate::wire::packet_id;
use crate::wire::{length, put_variable_byte_integer, with_length};

/// Subscribe acknowledgment, 3.1.1 §3.9, 3.1 §3.9.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Suback<'a> {
    packet_id: PacketId,
    return_codes: CodeList<'a, SubackReturnCode>,
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

    /// The Packet Identifier of the SUBSCRIBE that is answered.
    #[inline]
    #[must_use]
    pub const fn packet_id(&self) -> PacketId {
        self.packet_id
    }

    /// One return code per Topic Filter, in the order of the SUBSCRIBE.
    #[inline]
    #[must_use]
    pub const fn return_codes(&self) -> CodeList<'a, SubackReturnCode> {
        self.return_codes
    }

    /// The size of the packet in bytes.
    #[inline]
    pub(crate) const fn encoded_len(&self) -> usize {
        with_length(self.remaining_len()).saturating_add(1)
    }

    const fn remaining_len(&self) -> usize {
        self.return_codes.len().saturating_add(2)
    }

    /// Writes the packet, whose direction was checked.
    #[inline]
    pub(crate) fn encode_with<B: BufMut>(
        &self,
        options: &EncodeOptions,
        dst: &mut B,
    ) -> Result<usize, EncodeError> {
        let packet = PacketType::Suback;
        let remaining_length = self.remaining_len();
        let len = self.encoded_len();
        if remaining_length > VARIABLE_BYTE_INTEGER_MAX as usize {
            return Err(EncodeError::RemainingLength {
                packet,
                remaining_length,
            });
        }
        check_size(packet, len, options, dst)?;
        let [high, low] = self.packet_id.get().to_be_bytes();
        match u8::try_from(remaining_length) {
            Ok(remaining @ 0..=0x7F) => {
                dst.put_slice(&[packet.first_byte(), remaining, high, low]);
            }
            _ => {
                dst.put_u8(packet.first_byte());
                put_variable_byte_integer(length(remaining_length), dst);
                dst.put_slice(&[high, low]);
            }
        }
        dst.put_slice(self.return_codes.as_bytes());
        Ok(len)
    }

    /// The body.
    #[inline(always)]
    pub(crate) fn parse(i: &'a [u8]) -> Parsed<'a, Self> {
        let (i, packet_id) = read!(packet_id, i);
        let (i, return_codes) = CodeList::parse(i, PacketType::Suback, |packet, code| {
            ErrorKind::ReturnCode { packet, code }
        })?;
        Ok((i, Self::new(packet_id, return_codes)))
    }
}
