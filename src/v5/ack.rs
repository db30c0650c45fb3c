//! PUBACK, PUBREC, PUBREL and PUBCOMP: Packet Identifier, one reason code, properties.

use core::fmt;

use bytes::BufMut;

use crate::codes::reason_code;
use crate::encode::{self, Encode, EncodeError, Layout, Short, check_code};
use crate::error::{Parsed, read};
use crate::options::{DecodeOptions, EncodeOptions};
use crate::reason::{PacketReason, sealed::Sealed};
use crate::types::{PacketId, packet_id};
use crate::v5::properties::AckProperties;
use crate::v5::reason::{PubackReason, PubcompReason, PubrecReason, PubrelReason};

/// A reason code of PUBACK, PUBREC, PUBREL or PUBCOMP; which one says which packet it is.
///
/// Sealed.
pub trait AckReason: PacketReason {
    /// 0x00 Success.
    const SUCCESS: Self;
}

impl AckReason for PubackReason {
    const SUCCESS: Self = Self::Success;
}

impl AckReason for PubrecReason {
    const SUCCESS: Self = Self::Success;
}

impl AckReason for PubrelReason {
    const SUCCESS: Self = Self::Success;
}

impl AckReason for PubcompReason {
    const SUCCESS: Self = Self::Success;
}

/// PUBACK, PUBREC, PUBREL or PUBCOMP: the enum of its reason code says which.
///
/// MQTT 5.0 §3.4 to §3.7.
///
/// # Conformance
///
/// All short forms are read, with any code: Remaining Length 2 (0x00, no properties) and 3 (no properties). The
/// shortest one is written.
///
/// ```
/// use mqtt_reason::{Encode, PacketId, v5::{Packet, Pubrec, PubrecReason}};
///
/// let pubrec = Pubrec::new(PacketId::new(10).unwrap(), PubrecReason::QuotaExceeded);
/// let mut buffer = Vec::new();
/// pubrec.encode(&mut buffer)?;
/// assert_eq!(buffer, [0x50, 0x03, 0x00, 0x0A, 0x97]);
/// # Ok::<(), mqtt_reason::EncodeError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "the fields are the specification's"
)]
pub struct Ack<'a, R> {
    /// The Packet Identifier of the packet that is answered.
    pub packet_id: PacketId,
    /// The reason code.
    pub reason: R,
    /// Reason String and User Properties.
    pub properties: AckProperties<'a>,
}

/// Publish acknowledgment, MQTT 5.0 §3.4.
pub type Puback<'a> = Ack<'a, PubackReason>;
/// Publish received, MQTT 5.0 §3.5.
pub type Pubrec<'a> = Ack<'a, PubrecReason>;
/// Publish release, MQTT 5.0 §3.6.
pub type Pubrel<'a> = Ack<'a, PubrelReason>;
/// Publish complete, MQTT 5.0 §3.7.
pub type Pubcomp<'a> = Ack<'a, PubcompReason>;

impl<R: AckReason> Ack<'_, R> {
    /// The packet without properties.
    #[inline]
    #[must_use]
    pub const fn new(packet_id: PacketId, reason: R) -> Self {
        Self {
            packet_id,
            reason,
            properties: AckProperties::empty(),
        }
    }

    /// The packet with 0x00 Success and without properties.
    #[inline]
    #[must_use]
    pub const fn success(packet_id: PacketId) -> Self {
        Self::new(packet_id, R::SUCCESS)
    }
}

impl<'a, R: AckReason> Ack<'a, R> {
    /// The packet with these properties instead of its own.
    #[inline]
    #[must_use]
    pub const fn with_properties(mut self, properties: AckProperties<'a>) -> Self {
        self.properties = properties;
        self
    }

    /// The body, in one of its three forms: §3.4.2.1 and §3.4.2.2.1, and their kin.
    #[inline(always)]
    pub(crate) fn parse(i: &'a [u8], options: &DecodeOptions) -> Parsed<'a, Self> {
        let (i, packet_id) = read!(packet_id, i);
        if i.is_empty() {
            return Ok((i, Self::success(packet_id)));
        }
        let (i, reason) = read!(|i| reason_code::<R>(i, options), i);
        if i.is_empty() {
            return Ok((i, Self::new(packet_id, reason)));
        }
        let (i, properties) = AckProperties::parse(i, R::CARRIER, options)?;
        Ok((i, Self::new(packet_id, reason).with_properties(properties)))
    }

    #[inline]
    fn layout(&self) -> Layout<'_, 'a, impl Fn(u8, u8, u8) -> [u8; 6]> {
        let [high, low] = self.packet_id.get().to_be_bytes();
        let code = self.reason.as_u8();
        Layout {
            packet: R::PACKET,
            carrier: R::CARRIER,
            head: move |first, remaining, properties| {
                [first, remaining, high, low, code, properties]
            },
            short: if self.reason == R::SUCCESS {
                Short::WithoutCode
            } else {
                Short::WithCode
            },
            properties: self.properties.section(),
            payload_len: 0,
        }
    }
}

impl<R: AckReason> Sealed for Ack<'_, R> {}

impl<R: AckReason> Encode for Ack<'_, R> {
    #[inline]
    fn encoded_len(&self) -> usize {
        self.layout().encoded_len()
    }

    #[inline]
    fn encode_with<B: BufMut>(
        &self,
        options: &EncodeOptions,
        dst: &mut B,
    ) -> Result<usize, EncodeError> {
        check_code(self.reason, options)?;
        if self.reason == R::SUCCESS && self.properties.is_empty() {
            let first = R::PACKET.first_byte();
            return encode::packet_id_alone(first, self.packet_id, options, dst);
        }
        self.layout().write(options, dst, |_| ())
    }
}

impl<R: AckReason> fmt::Debug for Ack<'_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct(R::PACKET.name())
            .field("packet_id", &self.packet_id)
            .field("reason", &self.reason)
            .field("properties", &self.properties)
            .finish()
    }
}
