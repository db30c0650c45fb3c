//! A valid packet that owns what it says, and every way to write it down.

use std::vec::Vec;

use bytes::BufMut;

use super::draft::{Draft, Length};
use super::property::Owned;
use crate::codes::CodeList;
use crate::encode::Encode;
use crate::encode_error::EncodeError;
use crate::frame::Decoded;
use crate::options::EncodeOptions;
use crate::packet::{Packet, decode};
use crate::packet_type::{PacketType, Side, Version};
use crate::reason::Code;
use crate::spec::property::PropertyId;
use crate::spec::scalar::PacketId;
use crate::{v3, v5};

/// A packet that breaks no rule: what it says, and how it is written.
///
/// It is valid in every reading of the specification but for two points on which its own tables disagree: DISCONNECT
/// with 0x8C (in Table 2-6, not in Table 3-10), and DISCONNECT with 0x9B from a Client (§3.3.4 against Table 3-10).
///
/// Its [`bytes`](Self::bytes) are written without the encoder of this crate, so that either can be tested by the
/// other.
///
/// ```
/// # #[cfg(feature = "arbitrary")] {
/// use arbitrary::{Arbitrary, Unstructured};
/// use mqtt_reason::testing::Valid;
///
/// let mut entropy = Unstructured::new(&[0x5A; 64]);
/// let packet = Valid::arbitrary(&mut entropy).unwrap();
/// assert!(packet.encodings().contains(&packet.bytes()));
/// # }
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Valid {
    pub(crate) version: Version,
    pub(crate) packet: PacketType,
    pub(crate) sender: Side,
    pub(crate) session_present: bool,
    pub(crate) packet_id: Option<PacketId>,
    pub(crate) codes: Vec<u8>,
    pub(crate) properties: Vec<Owned>,
    pub(crate) form: Form,
}

/// A way to write a packet down: a correct decoder reads all of those that can say it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum Form {
    /// MQTT 5.0: without reason code and Property Length, for 0x00 without properties; PUBACK, PUBREC, PUBREL,
    /// PUBCOMP (Remaining Length 2) and DISCONNECT (0). §3.4.2.1, §3.14.2.1.
    NoCode,
    /// MQTT 5.0: without Property Length, for any code without properties; PUBACK, PUBREC, PUBREL, PUBCOMP (Remaining
    /// Length 3) and DISCONNECT (1). §3.4.2.2.1, §3.14.2.2.1.
    NoPropertyLength,
    /// With all fields.
    Whole,
    /// 3.1.1 and 3.1: as [`Whole`](Self::Whole), with the Remaining Length in four bytes. Neither version asks for
    /// the shortest form.
    PaddedLength,
    /// 3.1: as [`Whole`](Self::Whole), with every bit set that is not used and not checked: in the first byte of each
    /// packet but the QoS of PUBREL, and the byte before the return code of CONNACK. Of the other six packets: the first
    /// byte but that of PUBLISH, bit 0 of the Connect Flags, Will QoS and Will Retain without a Will, the flags of a User
    /// Name and a Password that are not there, and all Subscription Options but the QoS.
    UnusedBits,
}

impl Form {
    /// Every form, the shortest first.
    pub const ALL: [Self; 5] = [
        Self::NoCode,
        Self::NoPropertyLength,
        Self::Whole,
        Self::PaddedLength,
        Self::UnusedBits,
    ];
}

impl Valid {
    /// The version whose rules the packet keeps.
    #[must_use]
    pub const fn version(&self) -> Version {
        self.version
    }

    /// The packet type: one of the nine.
    #[must_use]
    pub const fn packet_type(&self) -> PacketType {
        self.packet
    }

    /// A side that may send the packet; often the other one may, too.
    #[must_use]
    pub const fn sender(&self) -> Side {
        self.sender
    }

    /// The Session Present flag of a CONNACK; `false` in other packets and in 3.1.
    #[must_use]
    pub const fn session_present(&self) -> bool {
        self.session_present
    }

    /// The Packet Identifier, `None` in CONNACK, DISCONNECT and AUTH.
    #[must_use]
    pub const fn packet_id(&self) -> Option<PacketId> {
        self.packet_id
    }

    /// The reason codes or return codes: one per Topic Filter in SUBACK and in UNSUBACK of 5.0, none in packets of
    /// 3.x that have none, else one. A code that a short form leaves out is there.
    #[must_use]
    pub fn codes(&self) -> &[u8] {
        &self.codes
    }

    /// The properties in wire order; none in 3.x.
    pub fn properties(&self) -> impl Iterator<Item = v5::Property<'_>> + Clone {
        self.properties.iter().filter_map(Owned::lend)
    }

    /// Whether there is a property with this identifier.
    #[must_use]
    pub fn has(&self, id: PropertyId) -> bool {
        self.properties.iter().any(|property| property.id == id)
    }

    /// The packet without its User Properties: what a sender first makes of one that is too large.
    #[must_use]
    pub fn without_user_properties(&self) -> Self {
        self.without(|id| id == PropertyId::UserProperty)
    }

    /// The packet without User Properties and Reason String: what is left of one that is too large, or whose receiver
    /// did not ask for problem information.
    #[must_use]
    pub fn without_problem_information(&self) -> Self {
        self.without(PropertyId::is_problem_information)
    }

    fn without(&self, drops: fn(PropertyId) -> bool) -> Self {
        let mut packet = self.clone();
        packet.properties.retain(|property| !drops(property.id));
        packet
    }

    /// The form that [`bytes`](Self::bytes) uses.
    #[must_use]
    pub const fn form(&self) -> Form {
        self.form
    }

    /// The packet in one of its forms, drawn with everything else.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        self.bytes_in(self.form).unwrap_or_default()
    }

    /// The packet in this form, `None` if the form cannot say it.
    #[must_use]
    pub fn bytes_in(&self, form: Form) -> Option<Vec<u8>> {
        Some(self.draft_in(form)?.bytes())
    }

    /// The packet in its shortest form: what a sender writes.
    #[must_use]
    pub fn shortest(&self) -> Vec<u8> {
        let mut all = Form::ALL.into_iter();
        all.find_map(|form| self.bytes_in(form)).unwrap_or_default()
    }

    /// The packet in each form that can say it, the shortest first: a decoder reads the same from all of them.
    #[must_use]
    pub fn encodings(&self) -> Vec<Vec<u8>> {
        let all = Form::ALL.into_iter();
        all.filter_map(|form| self.bytes_in(form)).collect()
    }

    /// Lends the packet as the crate's own type, decoded.
    pub fn with_packet<T>(&self, take: impl FnOnce(Packet<'_>) -> T) -> Option<T> {
        let bytes = self.draft().bytes();
        match decode(self.version, &bytes) {
            Ok(Decoded::Packet { packet, .. }) => Some(take(packet)),
            _ => None,
        }
    }

    /// Lends the packet as the crate's own type, decoded; `None` if it is not one of 5.0.
    pub fn with_v5<T>(&self, take: impl FnOnce(v5::Packet<'_>) -> T) -> Option<T> {
        self.with_packet(|packet| match packet {
            Packet::V5(packet) => Some(take(packet)),
            Packet::V3(..) => None,
        })?
    }

    /// Lends the packet as the crate's own type, decoded, with its version; `None` if it is one of 5.0.
    pub fn with_v3<T>(&self, take: impl FnOnce(v3::Version, v3::Packet<'_>) -> T) -> Option<T> {
        self.with_packet(|packet| match packet {
            Packet::V3(version, packet) => Some(take(version, packet)),
            Packet::V5(_) => None,
        })?
    }

    /// Writes the packet as whoever sends it would: made by the constructors of its type, with properties and codes
    /// from iterators. A decoded packet is written by copying what was read.
    ///
    /// # Errors
    ///
    /// As [`Encode::encode_with`].
    pub fn encode_with<B: BufMut>(
        &self,
        options: &EncodeOptions,
        dst: &mut B,
    ) -> Result<usize, EncodeError> {
        let packet = self.packet;
        let unspeakable = Err(EncodeError::NotInVersion {
            version: self.version,
            what: packet.name(),
        });
        self.encode(options, dst).unwrap_or(unspeakable)
    }

    /// As [`encode_with`](Self::encode_with); `None` if the crate's types cannot say the packet, which does not happen.
    fn encode<B: BufMut>(
        &self,
        options: &EncodeOptions,
        dst: &mut B,
    ) -> Option<Result<usize, EncodeError>> {
        if let Ok(version) = v3::Version::try_from(self.version) {
            return Some(self.v3()?.encode_with(version, options, dst));
        }
        let properties = || self.properties();
        Some(match self.packet {
            PacketType::Connack => v5::Connack::new(self.session_present, self.code()?)?
                .with_properties(properties())
                .encode_with(options, dst),
            PacketType::Puback => self.ack::<v5::PubackReason, B>(options, dst)?,
            PacketType::Pubrec => self.ack::<v5::PubrecReason, B>(options, dst)?,
            PacketType::Pubrel => self.ack::<v5::PubrelReason, B>(options, dst)?,
            PacketType::Pubcomp => self.ack::<v5::PubcompReason, B>(options, dst)?,
            PacketType::Suback => self.subscription_ack::<v5::SubackReason, B>(options, dst)?,
            PacketType::Unsuback => self.subscription_ack::<v5::UnsubackReason, B>(options, dst)?,
            PacketType::Disconnect => v5::Disconnect::new(self.code()?)
                .with_properties(properties())
                .encode_with(options, dst),
            _ => v5::Auth::without_properties(self.code()?)
                .with_properties(properties())
                .encode_with(options, dst),
        })
    }

    fn v3(&self) -> Option<v3::Packet<'_>> {
        use v3::Packet;
        Some(match self.packet {
            PacketType::Connack => v3::Connack::new(self.session_present, self.code()?)?.into(),
            PacketType::Puback => Packet::Puback(self.packet_id?),
            PacketType::Pubrec => Packet::Pubrec(self.packet_id?),
            PacketType::Pubrel => Packet::Pubrel(self.packet_id?),
            PacketType::Pubcomp => Packet::Pubcomp(self.packet_id?),
            PacketType::Suback => {
                let codes = CodeList::from_bytes(&self.codes).ok()?;
                v3::Suback::new(self.packet_id?, codes).into()
            }
            PacketType::Unsuback => Packet::Unsuback(self.packet_id?),
            _ => Packet::Disconnect,
        })
    }

    fn ack<R: v5::AckReason, B: BufMut>(
        &self,
        options: &EncodeOptions,
        dst: &mut B,
    ) -> Option<Result<usize, EncodeError>> {
        let ack = v5::Ack::<R>::new(self.packet_id?, self.code()?);
        Some(
            ack.with_properties(self.properties())
                .encode_with(options, dst),
        )
    }

    fn subscription_ack<R: v5::SubscriptionReason, B: BufMut>(
        &self,
        options: &EncodeOptions,
        dst: &mut B,
    ) -> Option<Result<usize, EncodeError>> {
        let codes = self.codes.iter().filter_map(|code| R::from_u8(*code));
        let ack = v5::SubscriptionAck::<R>::new(self.packet_id?, codes)?;
        Some(
            ack.with_properties(self.properties())
                .encode_with(options, dst),
        )
    }

    fn code<C: Code>(&self) -> Option<C> {
        C::from_u8(*self.codes.first()?)
    }

    /// The packet as its parts, with all of them.
    pub(crate) fn draft(&self) -> Draft {
        let flags = match self.packet {
            PacketType::Pubrel => 0b0010,
            _ => 0b0000,
        };
        let is_5_0 = self.version == Version::V5_0;
        let mut fixed = Vec::new();
        if self.packet == PacketType::Connack {
            fixed.push(self.session_present.into());
        }
        if let Some(id) = self.packet_id {
            fixed.extend(id.get().to_be_bytes());
        }
        let codes_are_payload = matches!(self.packet, PacketType::Suback | PacketType::Unsuback);
        let mut payload = Vec::new();
        if codes_are_payload {
            payload.clone_from(&self.codes);
        } else {
            fixed.extend(&self.codes);
        }
        Draft {
            first: self.packet.as_u8() << 4 | flags,
            remaining_length: Length::Shortest,
            fixed,
            properties: is_5_0.then(|| self.properties.iter().map(Owned::bytes).collect()),
            property_length: Length::Shortest,
            payload,
        }
    }

    /// Whether the form can say the packet.
    pub(crate) fn has_form(&self, form: Form) -> bool {
        match form {
            Form::NoCode => self.has_short_forms() && self.codes == [0x00],
            Form::NoPropertyLength => self.has_short_forms(),
            Form::Whole => true,
            Form::PaddedLength => self.version != Version::V5_0,
            Form::UnusedBits => self.version == Version::V3_1,
        }
    }

    fn draft_in(&self, form: Form) -> Option<Draft> {
        if !self.has_form(form) {
            return None;
        }
        let mut draft = self.draft();
        match form {
            Form::NoCode => {
                draft.fixed.pop();
                draft.properties = None;
            }
            Form::NoPropertyLength => draft.properties = None,
            Form::Whole => {}
            Form::PaddedLength => draft.remaining_length = Length::Padded(4),
            Form::UnusedBits => {
                draft.first |= match self.packet {
                    PacketType::Pubrel => 0b1001,
                    _ => 0b1111,
                };
                if let (PacketType::Connack, Some(unused)) = (self.packet, draft.fixed.first_mut())
                {
                    *unused = 0xFF;
                }
            }
        }
        Some(draft)
    }

    /// Whether the packet can go without Property Length.
    pub(crate) fn has_short_forms(&self) -> bool {
        self.version == Version::V5_0
            && self.properties.is_empty()
            && matches!(
                self.packet,
                PacketType::Puback
                    | PacketType::Pubrec
                    | PacketType::Pubrel
                    | PacketType::Pubcomp
                    | PacketType::Disconnect
            )
    }
}
