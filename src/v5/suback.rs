//! SUBACK and UNSUBACK: Packet Identifier, properties, one reason code per Topic Filter.

use core::borrow::Borrow;
use core::fmt;
use core::hash::{Hash, Hasher};
use core::marker::PhantomData;

use bytes::BufMut;

use crate::codes::{CodeList, put_codes};
use crate::error::{ErrorKind, Parsed, read};
use crate::options::DecodeOptions;
use crate::reason::{PacketReason, sealed::Sealed};
use crate::spec::property::Carrier;
use crate::spec::scalar::{PacketId, QoS};
use crate::v5::layout::{Parts, Short, with_properties};
use crate::v5::properties::Properties;
use crate::v5::reason::{SubackReason, UnsubackReason};
use crate::wire::{length, packet_id, put_few};

/// A reason code of SUBACK or UNSUBACK; which one says which packet it is.
///
/// Sealed.
pub trait SubscriptionReason: PacketReason {
    /// The name of the packet's type: `"Suback"`.
    #[doc(hidden)]
    const TYPE_NAME: &'static str;
}

impl SubscriptionReason for SubackReason {
    const TYPE_NAME: &'static str = "Suback";
}

impl SubscriptionReason for UnsubackReason {
    const TYPE_NAME: &'static str = "Unsuback";
}

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
/// use mqtt_reason::{Encode, PacketId, v5::{Suback, SubackReason}};
///
/// let codes = [SubackReason::GrantedQos1, SubackReason::NotAuthorized];
/// let suback = Suback::new(PacketId::new(10).unwrap(), codes).unwrap();
/// let mut buffer = Vec::new();
/// suback.encode(&mut buffer)?;
/// assert_eq!(buffer, [0x90, 0x05, 0x00, 0x0A, 0x00, 0x01, 0x87]);
/// # Ok::<(), mqtt_reason::EncodeError>(())
/// ```
// In this order, so that the identifier has the place that it has in the other packets: what is read of a packet just
// decoded is as wide as what was written there. And `codes_at` right behind the place of a PUBACK's code: a packet is
// moved in the pieces of a PUBACK that are written by themselves, and four bytes more. As a `u32` in its usual place it
// would be moved in two pieces and read as one, for which the processor waits: W4 of `benches/loops`, moved, took 45 to
// 52 ns in five builds, with this order 35 to 37 in four and 46 in two.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct SubscriptionAck<'a, R> {
    /// The properties, without their length, and the codes.
    body: &'a [u8],
    packet_id: PacketId,
    /// Where the codes start in `body`.
    unused: u8,
    codes_at: [u8; 4],
    codes: PhantomData<R>,
}

/// Subscribe acknowledgment, MQTT 5.0 §3.9.
pub type Suback<'a> = SubscriptionAck<'a, SubackReason>;
/// Unsubscribe acknowledgment, MQTT 5.0 §3.11.
pub type Unsuback<'a> = SubscriptionAck<'a, UnsubackReason>;

impl<R: SubscriptionReason> SubscriptionAck<'_, R> {
    /// The packet with one code per Topic Filter and without properties, for writing; `None` without a single code.
    ///
    /// The codes come from an array, a slice, a [`CodeList`] or any iterator, which is cloned: they are gone through
    /// twice.
    #[inline]
    #[must_use]
    #[expect(
        clippy::new_ret_no_self,
        reason = "what is written is another type than what is read"
    )]
    pub fn new<I>(packet_id: PacketId, codes: I) -> Option<WithCodes<R, I::IntoIter>>
    where
        I: IntoIterator<Item: Borrow<R>, IntoIter: Clone>,
    {
        let codes = codes.into_iter();
        codes.clone().next()?;
        Some(WithCodes {
            packet_id,
            codes,
            packet: PhantomData,
        })
    }
}

impl<'a, R: SubscriptionReason> SubscriptionAck<'a, R> {
    /// The packet with these codes and without properties.
    #[inline]
    #[must_use]
    pub const fn from_list(packet_id: PacketId, codes: CodeList<'a, R>) -> Self {
        Self::of(packet_id, codes.as_bytes(), 0)
    }

    /// The packet with these properties and codes, of which the codes start at `codes_at`.
    #[inline(always)]
    const fn of(packet_id: PacketId, body: &'a [u8], codes_at: u32) -> Self {
        Self {
            body,
            packet_id,
            unused: 0,
            codes_at: codes_at.to_ne_bytes(),
            codes: PhantomData,
        }
    }

    /// The Packet Identifier of the packet that is answered.
    #[inline]
    #[must_use]
    pub const fn packet_id(&self) -> PacketId {
        self.packet_id
    }

    /// Reason String and User Properties.
    #[inline]
    #[must_use]
    pub const fn properties(&self) -> Properties<'a> {
        Properties::of_checked(self.split().0)
    }

    /// One reason code per Topic Filter, in the order of the request.
    #[inline]
    #[must_use]
    pub const fn reasons(&self) -> CodeList<'a, R> {
        CodeList::of_checked(self.split().1)
    }

    /// Properties and codes.
    #[inline]
    const fn split(&self) -> (&'a [u8], &'a [u8]) {
        let codes_at = u32::from_ne_bytes(self.codes_at);
        match self.body.split_at_checked(codes_at as usize) {
            Some(parts) => parts,
            None => (&[], self.body),
        }
    }

    /// The body, §3.9.2 and §3.9.3, §3.11.2 and §3.11.3; it has no short form. `found` gets the packet before its
    /// properties and codes are checked.
    #[inline(always)]
    pub(crate) fn parse(
        i: &'a [u8],
        options: &DecodeOptions,
        found: impl FnOnce(Self),
    ) -> Parsed<'a, ()> {
        let (i, packet_id) = read!(packet_id, i);
        let (body, section) = Properties::section(i)?;
        found(Self::of(packet_id, body, length(section.len())));
        Properties::check(section, R::CARRIER, options)?;
        let codes = body.get(section.len()..).unwrap_or_default();
        let (rest, _) = CodeList::<R>::parse(codes, R::PACKET, |packet, code| {
            ErrorKind::ReasonCode { packet, code }
        })?;
        Ok((rest, ()))
    }
}

/// Equal if they say the same.
impl<R: SubscriptionReason> PartialEq for SubscriptionAck<'_, R> {
    fn eq(&self, other: &Self) -> bool {
        self.packet_id == other.packet_id && self.split() == other.split()
    }
}

impl<R: SubscriptionReason> Eq for SubscriptionAck<'_, R> {}

impl<R: SubscriptionReason> Hash for SubscriptionAck<'_, R> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.packet_id.hash(state);
        self.split().hash(state);
    }
}

impl<R: SubscriptionReason> Sealed for SubscriptionAck<'_, R> {}

impl<R: SubscriptionReason> Parts for SubscriptionAck<'_, R> {
    const CARRIER: Carrier = R::CARRIER;
    type Fields = [u8; 2];
    const FIELDS: usize = 2;

    #[inline]
    fn fields(&self) -> [u8; 2] {
        self.packet_id.get().to_be_bytes()
    }

    #[inline]
    fn put_head<B: BufMut>(&self, _: Short, remaining: u8, properties: u8, dst: &mut B) {
        let [high, low] = self.fields();
        let first = R::PACKET.first_byte();
        dst.put_slice(&[first, remaining, high, low, properties]);
    }

    #[inline]
    fn short(&self) -> Short {
        Short::None
    }

    #[inline]
    fn own_properties(&self) -> Properties<'_> {
        self.properties()
    }

    #[inline]
    fn payload_len(&self) -> usize {
        self.reasons().len()
    }

    #[inline]
    fn put_payload<B: BufMut>(&self, dst: &mut B) {
        dst.put_slice(self.reasons().as_bytes());
    }

    fn has_error(&self) -> bool {
        self.reasons().iter().any(R::is_error)
    }
}

with_properties! { ['a, R: SubscriptionReason] SubscriptionAck<'a, R> }

impl<R: SubscriptionReason> fmt::Debug for SubscriptionAck<'_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct(R::TYPE_NAME)
            .field("packet_id", &self.packet_id)
            .field("properties", &self.properties())
            .field("reasons", &self.reasons())
            .finish()
    }
}

/// SUBACK or UNSUBACK with codes of the caller's own, made by [`SubscriptionAck::new`]: to be written.
#[derive(Clone, Copy, Debug)]
pub struct WithCodes<R, I> {
    packet_id: PacketId,
    codes: I,
    packet: PhantomData<R>,
}

impl<R, I: Clone> WithCodes<R, I> {
    /// The Packet Identifier of the packet that is answered.
    #[inline]
    #[must_use]
    pub const fn packet_id(&self) -> PacketId {
        self.packet_id
    }

    /// The codes.
    #[inline]
    #[must_use]
    pub fn codes(&self) -> I {
        self.codes.clone()
    }
}

impl<R, I> Sealed for WithCodes<R, I> {}

impl<R, I> Parts for WithCodes<R, I>
where
    R: SubscriptionReason,
    I: Iterator<Item: Borrow<R>> + Clone,
{
    const CARRIER: Carrier = R::CARRIER;
    type Fields = [u8; 2];
    const FIELDS: usize = 2;

    #[inline]
    fn fields(&self) -> [u8; 2] {
        self.packet_id.get().to_be_bytes()
    }

    #[inline]
    fn put_head<B: BufMut>(&self, _: Short, remaining: u8, properties: u8, dst: &mut B) {
        let [high, low] = self.fields();
        let first = R::PACKET.first_byte();
        put_few([first, remaining, high, low, properties], dst);
    }

    #[inline]
    fn short(&self) -> Short {
        Short::None
    }

    #[inline]
    fn own_properties(&self) -> Properties<'_> {
        Properties::EMPTY
    }

    #[inline]
    fn payload_len(&self) -> usize {
        self.codes.clone().count()
    }

    #[inline(always)]
    fn put_payload<B: BufMut>(&self, dst: &mut B) {
        put_codes(self.codes.clone().map(|code| *code.borrow()), dst);
    }

    fn has_error(&self) -> bool {
        self.codes.clone().any(|code| R::is_error(*code.borrow()))
    }
}

with_properties! { [R: SubscriptionReason, I] WithCodes<R, I> }
