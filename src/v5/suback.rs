//! SUBACK and UNSUBACK: Packet Identifier, properties, one reason code per Topic Filter.

use core::fmt;

use bytes::BufMut;

use crate::codes::CodeList;
use crate::encode::{Encode, EncodeError, Layout, Short};
use crate::error::{ErrorKind, Parsed, read};
use crate::options::{DecodeOptions, EncodeOptions};
use crate::reason::{PacketReason, sealed::Sealed};
use crate::types::{PacketId, QoS, packet_id};
use crate::v5::properties::AckProperties;
use crate::v5::reason::{SubackReason, UnsubackReason};

/// A reason code of SUBACK or UNSUBACK; which one says which packet it is.
///
/// Sealed.
pub trait SubscriptionReason: PacketReason {}

impl SubscriptionReason for SubackReason {}
impl SubscriptionReason for UnsubackReason {}

impl SubackReason {
    /// The maximum QoS that the code grants, `None` if it reports a failure, [MQTT-3.8.4-7].
    #[must_use]
    pub const fn granted_qos(self) -> Option<QoS> {
        match self {
            Self::GrantedQos0 => Some(QoS::AtMostOnce),
            Self::GrantedQos1 => Some(QoS::AtLeastOnce),
            Self::GrantedQos2 => Some(QoS::ExactlyOnce),
            _ => None,
        }
    }
}

/// SUBACK or UNSUBACK: the enum of its reason codes says which.
///
/// MQTT 5.0 §3.9 and §3.11.
///
/// # Conformance
///
/// A packet without a single code is refused as a protocol error, as §3.8.3 and §3.10.3 do with empty requests. The
/// properties stand before the codes, although Figures 3-23 and 3-32 leave them out.
///
/// ```
/// use mqtt_reason::{CodeList, Encode, PacketId, v5::{Suback, SubackReason}};
///
/// let codes = [SubackReason::GrantedQos1, SubackReason::NotAuthorized];
/// let suback = Suback::new(PacketId::new(10).unwrap(), CodeList::new(&codes).unwrap());
/// let mut buffer = Vec::new();
/// suback.encode(&mut buffer)?;
/// assert_eq!(buffer, [0x90, 0x05, 0x00, 0x0A, 0x00, 0x01, 0x87]);
/// # Ok::<(), mqtt_reason::EncodeError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "the fields are the specification's"
)]
pub struct SubscriptionAck<'a, R: SubscriptionReason> {
    /// The Packet Identifier of the packet that is answered.
    pub packet_id: PacketId,
    /// Reason String and User Properties.
    pub properties: AckProperties<'a>,
    /// One reason code per Topic Filter, in the order of the request.
    pub reasons: CodeList<'a, R>,
}

/// Subscribe acknowledgment, MQTT 5.0 §3.9.
pub type Suback<'a> = SubscriptionAck<'a, SubackReason>;
/// Unsubscribe acknowledgment, MQTT 5.0 §3.11.
pub type Unsuback<'a> = SubscriptionAck<'a, UnsubackReason>;

impl<'a, R: SubscriptionReason> SubscriptionAck<'a, R> {
    /// The packet without properties.
    #[inline]
    #[must_use]
    pub const fn new(packet_id: PacketId, reasons: CodeList<'a, R>) -> Self {
        Self {
            packet_id,
            properties: AckProperties::empty(),
            reasons,
        }
    }

    /// The packet with these properties instead of its own.
    #[inline]
    #[must_use]
    pub const fn with_properties(mut self, properties: AckProperties<'a>) -> Self {
        self.properties = properties;
        self
    }

    /// The body, §3.9.2 and §3.9.3, §3.11.2 and §3.11.3; it has no short form.
    #[inline(always)]
    pub(crate) fn parse(i: &'a [u8], options: &DecodeOptions) -> Parsed<'a, Self> {
        let (i, packet_id) = read!(packet_id, i);
        let (i, properties) = AckProperties::parse(i, R::CARRIER, options)?;
        let (i, reasons) = CodeList::parse(i, R::PACKET, |packet, code| ErrorKind::ReasonCode {
            packet,
            code,
        })?;
        Ok((i, Self::new(packet_id, reasons).with_properties(properties)))
    }

    #[inline]
    fn layout(&self) -> Layout<'_, 'a, impl Fn(u8, u8, u8) -> [u8; 5]> {
        let [high, low] = self.packet_id.get().to_be_bytes();
        Layout {
            packet: R::PACKET,
            carrier: R::CARRIER,
            head: move |first, remaining, properties| [first, remaining, high, low, properties],
            short: Short::None,
            properties: self.properties.section(),
            payload_len: self.reasons.len(),
        }
    }
}

impl<R: SubscriptionReason> Sealed for SubscriptionAck<'_, R> {}

impl<R: SubscriptionReason> Encode for SubscriptionAck<'_, R> {
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
        self.layout()
            .write(options, dst, |dst| self.reasons.put(dst))
    }
}

impl<R: SubscriptionReason> fmt::Debug for SubscriptionAck<'_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct(R::PACKET.name())
            .field("packet_id", &self.packet_id)
            .field("properties", &self.properties)
            .field("reasons", &self.reasons)
            .finish()
    }
}
