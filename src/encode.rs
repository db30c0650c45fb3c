//! Writing a packet: count, check, then write; nothing is written on an error.

use bytes::BufMut;

use crate::error::ErrorKind;
use crate::options::EncodeOptions;
use crate::packet_type::{PacketType, Side, Version};
use crate::reason::{PacketReason, sealed::Sealed};
use crate::spec::property::{Carrier, PropertyId};
use crate::types::PacketId;
use crate::v5::PropertyError;
use crate::v5::properties::{Keep, Section, drops_problem_information};
use crate::wire::{
    VARIABLE_BYTE_INTEGER_MAX, put_variable_byte_integer, variable_byte_integer_len,
};

/// A packet of MQTT 5.0 that can be written.
///
/// Sealed: implemented by the nine packets and by [`v5::Packet`](crate::v5::Packet).
pub trait Encode: Sealed {
    /// The size of the packet in bytes, fixed header included, in its shortest legal form and with all properties:
    /// what [`encode`](Self::encode) writes if it does not fail. At most 268,435,460 in a packet that can be sent.
    fn encoded_len(&self) -> usize;

    /// Writes the packet in its shortest legal form, with all properties; returns the number of bytes written.
    ///
    /// # Errors
    ///
    /// Nothing is written on an error. See [`EncodeError`]; without options only an Authentication Method that is
    /// missing, a lack of room in `dst` and a Remaining Length above 268,435,455 are left.
    #[inline]
    fn encode<B: BufMut>(&self, dst: &mut B) -> Result<usize, EncodeError> {
        self.encode_with(EncodeOptions::DEFAULT, dst)
    }

    /// Writes the packet in its shortest legal form, within what `options` say of sender and receiver; returns the
    /// number of bytes written.
    ///
    /// A packet above the receiver's Maximum Packet Size loses all its User Properties; if that is not enough, its
    /// Reason String, too: [MQTT-3.2.2-19], [MQTT-3.2.2-20] and the like of the other packets. User Properties that
    /// would fit once the Reason String is gone do not come back. Both are left out where the Client did not ask for
    /// problem information, [MQTT-3.1.2-29].
    ///
    /// # Errors
    ///
    /// Nothing is written on an error. See [`EncodeError`].
    fn encode_with<B: BufMut>(
        &self,
        options: &EncodeOptions,
        dst: &mut B,
    ) -> Result<usize, EncodeError>;
}

/// Why a packet was not written; nothing of it was.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EncodeError {
    /// Even without User Properties and Reason String the packet is larger than the receiver's Maximum Packet Size,
    /// [MQTT-3.1.2-24], [MQTT-3.2.2-15].
    #[error("{packet} of {len} bytes is larger than the receiver's maximum of {max}")]
    PacketTooLarge {
        /// The packet type.
        packet: PacketType,
        /// The least size the packet can have, in bytes.
        len: usize,
        /// The Maximum Packet Size, in bytes.
        max: u32,
    },
    /// The Remaining Length would exceed 268,435,455, MQTT 5.0 §2.1.4.
    #[error("remaining length {remaining_length} of {packet} exceeds 268435455")]
    RemainingLength {
        /// The packet type.
        packet: PacketType,
        /// What follows the fixed header, in bytes.
        remaining_length: usize,
    },
    /// The buffer has too little room and cannot grow.
    #[error("buffer has room for {available} bytes, {needed} are needed")]
    BufferTooSmall {
        /// The size of the packet, in bytes.
        needed: usize,
        /// The room there is, in bytes.
        available: usize,
    },
    /// This side must not send this packet, MQTT 5.0 §2.1.2, Table 2-1.
    #[error("{packet} must not be sent by a {sender}")]
    WrongDirection {
        /// The packet type.
        packet: PacketType,
        /// Who wants to send it.
        sender: Side,
    },
    /// This side must not send this code: the "Sent by" columns of MQTT 5.0.
    #[error("reason code {code:#04x} of {packet} must not be sent by a {sender}")]
    ReasonCodeSender {
        /// The packet type.
        packet: PacketType,
        /// The code.
        code: u8,
        /// Who wants to send it.
        sender: Side,
    },
    /// This side must not send this property: [MQTT-3.14.2-2], §3.14.2.2.5.
    #[error("{id} must not be sent by a {sender}")]
    PropertySender {
        /// The property.
        id: PropertyId,
        /// Who wants to send it.
        sender: Side,
    },
    /// An AUTH needs an Authentication Method, MQTT 5.0 §3.15.2.2.2, [MQTT-4.12.0-5]; a CONNACK that accepts the
    /// connection needs it beside Authentication Data, [MQTT-4.12.0-5], [MQTT-4.12.0-6].
    #[error("{packet} without authentication method")]
    NoAuthenticationMethod {
        /// The packet type.
        packet: PacketType,
    },
    /// A property that must not be sent.
    #[error(transparent)]
    Property(#[from] PropertyError),
    /// The packet holds what every decoder has to refuse.
    #[error("{packet}: {kind}")]
    Refused {
        /// The packet type.
        packet: PacketType,
        /// What is wrong with it.
        kind: ErrorKind,
    },
    /// A string or binary data of more than 65,535 bytes, MQTT 5.0 §1.5.4, §1.5.6.
    #[error("{field} of {packet} is longer than 65535 bytes")]
    FieldTooLong {
        /// The packet type.
        packet: PacketType,
        /// The field.
        field: &'static str,
    },
    /// This version cannot say this.
    #[error("{what} cannot be said in MQTT {version}")]
    NotInVersion {
        /// The version.
        version: Version,
        /// What cannot be said.
        what: &'static str,
    },
    /// MQTT 3.1 cannot say this: it has no Session Present and no SUBACK failure.
    #[error("{what} cannot be said in MQTT 3.1")]
    NotInV3_1 {
        /// What cannot be said.
        what: &'static str,
    },
}

/// Refuses a packet that `sender` must not send.
#[inline]
pub(crate) fn check_direction(
    version: Version,
    packet: PacketType,
    options: &EncodeOptions,
) -> Result<(), EncodeError> {
    match options.sender {
        Some(sender) if !version.sender_of(packet).includes(sender) => {
            Err(EncodeError::WrongDirection { packet, sender })
        }
        _ => Ok(()),
    }
}

/// Refuses a code that `sender` must not send.
#[inline]
pub(crate) fn check_code<R: PacketReason>(
    reason: R,
    options: &EncodeOptions,
) -> Result<(), EncodeError> {
    match options.sender {
        Some(sender) if !reason.can_be_sent_by(sender) => Err(EncodeError::ReasonCodeSender {
            packet: R::PACKET,
            code: reason.as_u8(),
            sender,
        }),
        _ => Ok(()),
    }
}

/// Writes a packet that is a Packet Identifier and nothing else: the shortest form of PUBACK, PUBREC, PUBREL and
/// PUBCOMP in 5.0, and the only one of those and of UNSUBACK in 3.1.1 and 3.1.
///
/// In 5.0 a short cut: [`Layout::write`] writes the same.
#[inline]
pub(crate) fn packet_id_alone<B: BufMut>(
    first: u8,
    packet_id: PacketId,
    options: &EncodeOptions,
    dst: &mut B,
) -> Result<usize, EncodeError> {
    let len = 4;
    let max = options.max_packet_size;
    if max < 4 {
        return Err(too_large(first, len, max));
    }
    check_room(len, dst)?;
    let [high, low] = packet_id.get().to_be_bytes();
    dst.put_slice(&[first, 2, high, low]);
    Ok(len)
}

/// The error of a packet that even in its smallest form is larger than `max`.
#[cold]
pub(crate) fn too_large(first: u8, len: usize, max: u32) -> EncodeError {
    let packet = PacketType::from_first_byte(first).unwrap_or(PacketType::Puback);
    EncodeError::PacketTooLarge { packet, len, max }
}

/// How little a packet without properties needs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Short {
    /// All of it: a Property Length of 0 is always there.
    None,
    /// No Property Length.
    WithCode,
    /// Neither Property Length nor reason code, which is 0x00.
    WithoutCode,
}

/// A packet of 5.0 as its parts in wire order: fixed header, fields, properties, codes.
pub(crate) struct Layout<'s, 'a, F> {
    pub(crate) packet: PacketType,
    pub(crate) carrier: Carrier,
    /// What stands before the properties when all lengths are below 128, which are one byte each then: given first
    /// byte, Remaining Length and Property Length. A reason code, if any, stands before the Property Length.
    pub(crate) head: F,
    pub(crate) short: Short,
    pub(crate) properties: &'s Section<'a>,
    /// The number of bytes after the properties.
    pub(crate) payload_len: usize,
}

/// The lengths of a packet with certain properties kept.
#[derive(Clone, Copy)]
struct Lengths {
    keep: Keep,
    properties: usize,
    remaining: usize,
    total: usize,
}

impl<F, const N: usize> Layout<'_, '_, F>
where
    F: Fn(u8, u8, u8) -> [u8; N],
{
    /// The number of fields before the Property Length, in bytes.
    const FIELDS: usize = N - 3;

    /// The size of the packet with all its properties.
    #[inline]
    pub(crate) fn encoded_len(&self) -> usize {
        self.lengths(Keep::All).total
    }

    /// Writes the packet; `payload` writes what follows the properties.
    #[inline]
    pub(crate) fn write<B: BufMut>(
        self,
        options: &EncodeOptions,
        dst: &mut B,
        payload: impl Fn(&mut B),
    ) -> Result<usize, EncodeError> {
        match self.whole_and_short(options, dst.remaining_mut()) {
            Some((remaining, properties)) => {
                self.put_short(remaining, properties, Keep::All, dst);
                payload(dst);
                Ok(usize::from(remaining).saturating_add(2))
            }
            None => self.write_any(options, dst, payload),
        }
    }

    /// Remaining Length and Property Length of a packet that is written as it is, with lengths of one byte each: most
    /// packets.
    ///
    /// A short cut: [`write_any`](Self::write_any) writes the same.
    #[inline]
    fn whole_and_short(&self, options: &EncodeOptions, room: usize) -> Option<(u8, u8)> {
        let properties = self.properties.len(Keep::All);
        let remaining = self
            .before_payload(properties, 1)
            .saturating_add(self.payload_len);
        let room = room.min(options.max_packet_size as usize);
        let may_be_sent = check_direction(Version::V5_0, self.packet, options).is_ok();
        let nothing_left_out = options.request_problem_information || properties == 0;
        if remaining < 0x80
            && remaining.saturating_add(2) <= room
            && may_be_sent
            && nothing_left_out
        {
            // Both are below 128: their lowest bytes are all there is.
            let ([remaining, ..], [properties, ..]) =
                (remaining.to_le_bytes(), properties.to_le_bytes());
            Some((remaining, properties))
        } else {
            None
        }
    }

    /// Checks and writes any packet.
    #[inline(never)]
    fn write_any<B: BufMut>(
        self,
        options: &EncodeOptions,
        dst: &mut B,
        payload: impl Fn(&mut B),
    ) -> Result<usize, EncodeError> {
        check_direction(Version::V5_0, self.packet, options)?;
        let lengths = self.fit(options)?;
        check_room(lengths.total, dst)?;
        match (
            u8::try_from(lengths.remaining),
            u8::try_from(lengths.properties),
        ) {
            (Ok(remaining @ 0..=0x7F), Ok(properties)) => {
                self.put_short(remaining, properties, lengths.keep, dst);
            }
            _ => self.put_long(lengths, dst),
        }
        payload(dst);
        Ok(lengths.total)
    }

    /// Writes header, fields and properties when each length has one byte.
    #[inline]
    fn put_short<B: BufMut>(&self, remaining: u8, properties: u8, keep: Keep, dst: &mut B) {
        let head = (self.head)(self.packet.first_byte(), remaining, properties);
        match (self.short, head.as_slice()) {
            (Short::WithoutCode, [head @ .., _, _]) if properties == 0 => dst.put_slice(head),
            (Short::WithCode, [head @ .., _]) if properties == 0 => dst.put_slice(head),
            (_, head) => {
                dst.put_slice(head);
                self.properties.put(keep, dst);
            }
        }
    }

    /// Writes header, fields and properties when the Remaining Length has more than one byte, and so is no short form.
    fn put_long<B: BufMut>(&self, lengths: Lengths, dst: &mut B) {
        let head = (self.head)(self.packet.first_byte(), 0, 0);
        dst.put_u8(self.packet.first_byte());
        put_variable_byte_integer(length(lengths.remaining), dst);
        if let [_, _, fields @ .., _] = head.as_slice() {
            dst.put_slice(fields);
        }
        put_variable_byte_integer(length(lengths.properties), dst);
        self.properties.put(lengths.keep, dst);
    }

    /// The lengths with as many properties as the receiver takes.
    #[inline]
    fn fit(&self, options: &EncodeOptions) -> Result<Lengths, EncodeError> {
        let packet = self.packet;
        let requested = options.request_problem_information;
        let first = if drops_problem_information(self.carrier, options.sender, requested) {
            Keep::NoProblemInformation
        } else {
            Keep::All
        };
        let mut lengths = self.lengths(first);
        if lengths.total > options.max_packet_size as usize {
            lengths = self.shed(lengths, options.max_packet_size)?;
        }
        if lengths.remaining > VARIABLE_BYTE_INTEGER_MAX as usize {
            return Err(EncodeError::RemainingLength {
                packet,
                remaining_length: lengths.remaining,
            });
        }
        Ok(lengths)
    }

    /// Drops User Properties, then the Reason String, until the packet has at most `max` bytes.
    ///
    /// # Conformance
    ///
    /// The specification does not say which goes first, nor whether some User Properties may stay: here all of them
    /// go first, then the Reason String.
    #[cold]
    fn shed(&self, mut lengths: Lengths, max: u32) -> Result<Lengths, EncodeError> {
        for keep in [Keep::AllButUserProperties, Keep::NoProblemInformation] {
            if lengths.keep != Keep::NoProblemInformation {
                lengths = self.lengths(keep);
            }
            if lengths.total <= max as usize {
                return Ok(lengths);
            }
        }
        Err(EncodeError::PacketTooLarge {
            packet: self.packet,
            len: lengths.total,
            max,
        })
    }

    /// The number of bytes between Remaining Length and payload, of which `properties` and their length of `length_len`.
    #[inline]
    const fn before_payload(&self, properties: usize, length_len: usize) -> usize {
        match self.short {
            Short::WithoutCode if properties == 0 => Self::FIELDS.saturating_sub(1),
            Short::WithCode if properties == 0 => Self::FIELDS,
            _ => properties
                .saturating_add(length_len)
                .saturating_add(Self::FIELDS),
        }
    }

    #[inline]
    fn lengths(&self, keep: Keep) -> Lengths {
        let properties = self.properties.len(keep);
        let length_len = variable_byte_integer_len(length(properties)) as usize;
        let remaining = self
            .before_payload(properties, length_len)
            .saturating_add(self.payload_len);
        Lengths {
            keep,
            properties,
            remaining,
            total: with_length(remaining).saturating_add(1),
        }
    }
}

/// The number of bytes of something together with its length as a Variable Byte Integer.
#[inline]
pub(crate) const fn with_length(len: usize) -> usize {
    len.saturating_add(variable_byte_integer_len(length(len)) as usize)
}

/// A length as a number for the wire; one that does not fit is refused before it is written.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "it was compared")]
pub(crate) const fn length(len: usize) -> u32 {
    if len <= VARIABLE_BYTE_INTEGER_MAX as usize {
        len as u32
    } else {
        u32::MAX
    }
}

/// Refuses a buffer that has less than `needed` bytes of room.
#[inline]
pub(crate) fn check_room<B: BufMut>(needed: usize, dst: &B) -> Result<(), EncodeError> {
    let available = dst.remaining_mut();
    if needed > available {
        return Err(EncodeError::BufferTooSmall { needed, available });
    }
    Ok(())
}
