//! Writing a packet: count, check, then write; nothing is written on an error.

use bytes::BufMut;

use crate::encode_error::EncodeError;
use crate::options::EncodeOptions;
use crate::packet_type::{PacketType, Version};
use crate::reason::{PacketReason, sealed::Sealed};
use crate::spec::scalar::PacketId;

/// A packet that knows its version and can be written.
///
/// Sealed: implemented by [`Packet`](crate::Packet), by [`v5::Packet`](crate::v5::Packet) and the nine packets of 5.0,
/// and by those with properties or codes of your own, [`v5::WithProperties`](crate::v5::WithProperties) and
/// [`v5::WithCodes`](crate::v5::WithCodes). A [`v3::Packet`](crate::v3::Packet) is told its version when it is written.
pub trait Encode: Sealed {
    /// The version whose packet it is.
    fn version(&self) -> Version;

    /// The packet type.
    fn packet_type(&self) -> PacketType;

    /// Whether it says that something failed: a code of 0x80 or above, or a return code that refuses.
    fn is_error(&self) -> bool;

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
/// It takes the first byte and not the type, which only an error tells: from the type the compiler would branch on which
/// packet it is, and in a mix the processor does not foresee that. W7 of `benches/peers` took 3.9 ns so, and takes 1.4.
#[inline]
pub(crate) fn packet_id_alone<B: BufMut>(
    first: u8,
    packet_id: PacketId,
    options: &EncodeOptions,
    dst: &mut B,
) -> Result<usize, EncodeError> {
    if options.max_packet_size < 4 || dst.remaining_mut() < 4 {
        return Err(no_room(first, options, dst.remaining_mut()));
    }
    let [high, low] = packet_id.get().to_be_bytes();
    dst.put_slice(&[first, 2, high, low]);
    Ok(4)
}

/// Why four bytes cannot be written.
#[cold]
#[inline(never)]
fn no_room(first: u8, options: &EncodeOptions, available: usize) -> EncodeError {
    let (len, max) = (4, options.max_packet_size);
    match PacketType::from_first_byte(first) {
        Some(packet) if len > max as usize => EncodeError::PacketTooLarge { packet, len, max },
        _ => EncodeError::BufferTooSmall {
            needed: len,
            available,
        },
    }
}

/// Refuses a packet of `len` bytes that is larger than the receiver or the buffer takes.
#[inline]
pub(crate) fn check_size<B: BufMut>(
    packet: PacketType,
    len: usize,
    options: &EncodeOptions,
    dst: &B,
) -> Result<(), EncodeError> {
    let (max, available) = (options.max_packet_size, dst.remaining_mut());
    if len > max as usize {
        return Err(EncodeError::PacketTooLarge { packet, len, max });
    }
    if len > available {
        let needed = len;
        return Err(EncodeError::BufferTooSmall { needed, available });
    }
    Ok(())
}
