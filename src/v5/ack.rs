//! PUBACK, PUBREC, PUBREL and PUBCOMP: Packet Identifier, one reason code, properties.

use core::fmt;

use bytes::BufMut;

use crate::codes::reason_code;
use crate::encode::check_code;
use crate::encode_error::EncodeError;
use crate::error::{Parsed, read};
use crate::options::{DecodeOptions, EncodeOptions};
use crate::reason::{PacketReason, sealed::Sealed};
use crate::spec::property::Carrier;
use crate::spec::scalar::PacketId;
use crate::v5::layout::{Parts, Short, with_properties};
use crate::v5::properties::Properties;
use crate::v5::reason::{PubackReason, PubcompReason, PubrecReason, PubrelReason};
use crate::wire::{packet_id, put_few};

/// A reason code of PUBACK, PUBREC, PUBREL or PUBCOMP; which one says which packet it is.
///
/// Sealed.
pub trait AckReason: PacketReason {
    /// 0x00 Success.
    const SUCCESS: Self;

    /// The name of the packet's type: `"Puback"`.
    #[doc(hidden)]
    const TYPE_NAME: &'static str;
}

impl AckReason for PubackReason {
    const SUCCESS: Self = Self::Success;
    const TYPE_NAME: &'static str = "Puback";
}

impl AckReason for PubrecReason {
    const SUCCESS: Self = Self::Success;
    const TYPE_NAME: &'static str = "Pubrec";
}

impl AckReason for PubrelReason {
    const SUCCESS: Self = Self::Success;
    const TYPE_NAME: &'static str = "Pubrel";
}

impl AckReason for PubcompReason {
    const SUCCESS: Self = Self::Success;
    const TYPE_NAME: &'static str = "Pubcomp";
}

/// The two tables have the same codes.
///
/// ```
/// use mqtt_reason::v5::{PubackReason, PubrecReason};
///
/// assert_eq!(PubrecReason::from(PubackReason::QuotaExceeded), PubrecReason::QuotaExceeded);
/// ```
impl From<PubackReason> for PubrecReason {
    fn from(code: PubackReason) -> Self {
        match code {
            PubackReason::Success => Self::Success,
            PubackReason::NoMatchingSubscribers => Self::NoMatchingSubscribers,
            PubackReason::UnspecifiedError => Self::UnspecifiedError,
            PubackReason::ImplementationSpecificError => Self::ImplementationSpecificError,
            PubackReason::NotAuthorized => Self::NotAuthorized,
            PubackReason::TopicNameInvalid => Self::TopicNameInvalid,
            PubackReason::PacketIdentifierInUse => Self::PacketIdentifierInUse,
            PubackReason::QuotaExceeded => Self::QuotaExceeded,
            PubackReason::PayloadFormatInvalid => Self::PayloadFormatInvalid,
        }
    }
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
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Ack<'a, R> {
    packet_id: PacketId,
    reason: R,
    properties: Properties<'a>,
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
            properties: Properties::EMPTY,
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
    /// The Packet Identifier of the packet that is answered.
    #[inline]
    #[must_use]
    pub const fn packet_id(&self) -> PacketId {
        self.packet_id
    }

    /// The reason code.
    #[inline]
    #[must_use]
    pub const fn reason(&self) -> R {
        self.reason
    }

    /// Reason String and User Properties.
    #[inline]
    #[must_use]
    pub const fn properties(&self) -> Properties<'a> {
        self.properties
    }

    /// First byte, Packet Identifier, reason code and properties, the same in all four packets.
    #[inline]
    pub(crate) fn parts(&self) -> (u8, PacketId, u8, Properties<'a>) {
        let code = self.reason.as_u8();
        let first = R::PACKET.first_byte();
        (first, self.packet_id, code, self.properties)
    }

    /// The body, in one of its three forms: §3.4.2.1 and §3.4.2.2.1, and their kin. `found` gets the packet before its
    /// properties are checked.
    #[inline(always)]
    pub(crate) fn parse(
        i: &'a [u8],
        options: &DecodeOptions,
        found: impl FnOnce(Self),
    ) -> Parsed<'a, ()> {
        let (i, packet_id) = read!(packet_id, i);
        if i.is_empty() {
            found(Self::success(packet_id));
            return Ok((i, ()));
        }
        let (i, reason) = read!(|i| reason_code::<R>(i, options), i);
        if i.is_empty() {
            found(Self::new(packet_id, reason));
            return Ok((i, ()));
        }
        let (i, section) = Properties::section(i)?;
        found(Self {
            packet_id,
            reason,
            properties: Properties::of_checked(section),
        });
        Properties::check(section, R::CARRIER, options)?;
        Ok((i.get(section.len()..).unwrap_or_default(), ()))
    }
}

impl<R: AckReason> Sealed for Ack<'_, R> {}

impl<R: AckReason> Parts for Ack<'_, R> {
    const CARRIER: Carrier = R::CARRIER;
    type Fields = [u8; 3];
    const FIELDS: usize = 3;

    #[inline]
    fn fields(&self) -> [u8; 3] {
        let [high, low] = self.packet_id.get().to_be_bytes();
        [high, low, self.reason.as_u8()]
    }

    #[inline]
    fn put_head<B: BufMut>(&self, form: Short, remaining: u8, properties: u8, dst: &mut B) {
        let (first, [high, low, code]) = (R::PACKET.first_byte(), self.fields());
        if form == Short::None {
            return put_few([first, remaining, high, low, code, properties], dst);
        }
        put_few([first, remaining, high, low], dst);
        if form == Short::WithCode {
            dst.put_u8(code);
        }
    }

    #[inline]
    fn short(&self) -> Short {
        if self.reason == R::SUCCESS {
            Short::WithoutCode
        } else {
            Short::WithCode
        }
    }

    #[inline]
    fn own_properties(&self) -> Properties<'_> {
        self.properties
    }

    #[inline]
    fn check_code(&self, options: &EncodeOptions) -> Result<(), EncodeError> {
        check_code(self.reason, options)
    }

    #[inline]
    fn has_error(&self) -> bool {
        self.reason.is_error()
    }
}

impl<R: AckReason> fmt::Debug for Ack<'_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct(R::TYPE_NAME)
            .field("packet_id", &self.packet_id)
            .field("reason", &self.reason)
            .field("properties", &self.properties)
            .finish()
    }
}

with_properties! { ['a, R: AckReason] Ack<'a, R> }
