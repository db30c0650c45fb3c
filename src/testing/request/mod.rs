//! The other six packets, drawn: CONNECT, PUBLISH, SUBSCRIBE, UNSUBSCRIBE, PINGREQ and PINGRESP.
//!
//! They have types of their own beside [`Valid`](super::Valid), [`Malformed`](super::Malformed) and
//! [`Defect`](super::Defect): a CONNECT has two property sections and no code, and whoever tests a reader of the nine
//! is not to be handed packets that it does not read. What the two families share is named alike.
//!
//! * [`Request`] is a packet that breaks no rule: what it says, and each way in which it can be written.
//! * [`MalformedRequest`] is one with a single [`RequestDefect`], and what a correct receiver says of it.
//!
//! ```
//! # #[cfg(feature = "proptest")] {
//! use mqtt_reason::testing::proptest as strategies;
//! use mqtt_reason::testing::request::Fields;
//! use mqtt_reason::{Decoded, Version, v5};
//! use proptest::prelude::*;
//!
//! proptest!(|(request in strategies::request(Version::V5_0))| {
//!     let bytes = request.bytes();
//!     prop_assert!(matches!(v5::decode(&bytes), Ok(Decoded::Frame(frame)) if frame.bytes() == bytes));
//!     if let Fields::Publish(publish) = request.fields() {
//!         prop_assert!(bytes.ends_with(&publish.payload));
//!     }
//! });
//!
//! proptest!(|(malformed in strategies::malformed_request(Version::V5_0))| {
//!     // A decoder of your own is to refuse these bytes, with this class where the specification names it.
//!     prop_assert!(malformed.offset <= malformed.bytes.len());
//! });
//! # }
//! ```

mod defect;
mod draw;
mod encode;
mod fields;
mod malformed;
mod sheet;
mod topic;

use std::vec::Vec;

pub use self::defect::RequestDefect;
pub use self::fields::{Connect, Fields, Publish, Subscribe, Unsubscribe, Will};
pub use self::malformed::MalformedRequest;

#[cfg(feature = "proptest")]
pub(crate) use self::draw::PACKETS;
use self::sheet::Sheet;
use super::property::Owned;
use super::valid::Form;
use crate::frame::Decoded;
use crate::options::DecodeOptions;
use crate::packet::decode;
use crate::packet_type::{PacketType, Side, Version};
use crate::spec::property::{Carrier, PropertyId};
use crate::spec::scalar::PacketId;
use crate::v5::Property;
use crate::view::View;

/// One of the six packets without a reason code that breaks no rule: what it says, and how it is written.
///
/// Whoever writes it by the description of its version would write the same: a Client Identifier has 1 to 23 characters
/// in 3.1, and none at all in 3.1.1 only with Clean Session. Its [`bytes`](Self::bytes) are written without the encoder
/// of this crate, so that either can be tested by the other.
///
/// ```
/// # #[cfg(feature = "arbitrary")] {
/// use arbitrary::{Arbitrary, Unstructured};
/// use mqtt_reason::testing::Request;
///
/// let request = Request::arbitrary(&mut Unstructured::new(&[0x5A; 64])).unwrap();
/// assert!(request.encodings().contains(&request.bytes()));
/// # }
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Request {
    pub(crate) version: Version,
    pub(crate) sender: Side,
    pub(crate) fields: Fields,
    pub(crate) form: Form,
}

impl Request {
    /// The version whose rules the packet keeps.
    #[must_use]
    pub const fn version(&self) -> Version {
        self.version
    }

    /// The packet type: one of the six.
    #[must_use]
    pub const fn packet_type(&self) -> PacketType {
        match self.fields {
            Fields::Connect(_) => PacketType::Connect,
            Fields::Publish(_) => PacketType::Publish,
            Fields::Subscribe(_) => PacketType::Subscribe,
            Fields::Unsubscribe(_) => PacketType::Unsubscribe,
            Fields::Pingreq => PacketType::Pingreq,
            Fields::Pingresp => PacketType::Pingresp,
        }
    }

    /// A side that may send the packet; a PUBLISH can often come from the other one, too.
    #[must_use]
    pub const fn sender(&self) -> Side {
        self.sender
    }

    /// What the packet says, but for its properties.
    #[must_use]
    pub const fn fields(&self) -> &Fields {
        &self.fields
    }

    /// The Packet Identifier, where the packet has one.
    #[must_use]
    pub const fn packet_id(&self) -> Option<PacketId> {
        match &self.fields {
            Fields::Publish(publish) => publish.packet_id,
            Fields::Subscribe(subscribe) => Some(subscribe.packet_id),
            Fields::Unsubscribe(unsubscribe) => Some(unsubscribe.packet_id),
            Fields::Connect(_) | Fields::Pingreq | Fields::Pingresp => None,
        }
    }

    /// The properties in wire order, without those of a Will; none in 3.x.
    pub fn properties(&self) -> impl Iterator<Item = Property<'_>> + Clone {
        self.owned().iter().filter_map(Owned::lend)
    }

    /// Whether there is a property with this identifier; those of a Will are not looked at.
    #[must_use]
    pub fn has(&self, id: PropertyId) -> bool {
        self.owned().iter().any(|property| property.id == id)
    }

    fn owned(&self) -> &[Owned] {
        match &self.fields {
            Fields::Connect(connect) => &connect.properties,
            Fields::Publish(publish) => &publish.properties,
            Fields::Subscribe(subscribe) => &subscribe.properties,
            Fields::Unsubscribe(unsubscribe) => &unsubscribe.properties,
            Fields::Pingreq | Fields::Pingresp => &[],
        }
    }

    /// The properties of one of the packet's sections.
    fn section_mut(&mut self, carrier: Carrier) -> Option<&mut Vec<Owned>> {
        match (&mut self.fields, carrier) {
            (Fields::Connect(connect), Carrier::Will) => {
                Some(&mut connect.will.as_mut()?.properties)
            }
            (Fields::Connect(connect), _) => Some(&mut connect.properties),
            (Fields::Publish(publish), _) => Some(&mut publish.properties),
            (Fields::Subscribe(subscribe), _) => Some(&mut subscribe.properties),
            (Fields::Unsubscribe(unsubscribe), _) => Some(&mut unsubscribe.properties),
            (Fields::Pingreq | Fields::Pingresp, _) => None,
        }
    }

    /// The form that [`bytes`](Self::bytes) uses: [`Form::Whole`], [`Form::PaddedLength`] or [`Form::UnusedBits`].
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
        Some(Sheet::of(self, form)?.bytes())
    }

    /// The packet in its shortest form: what a sender writes.
    #[must_use]
    pub fn shortest(&self) -> Vec<u8> {
        self.bytes_in(Form::Whole).unwrap_or_default()
    }

    /// The packet in each form that can say it, the shortest first: a decoder reads the same from all of them.
    #[must_use]
    pub fn encodings(&self) -> Vec<Vec<u8>> {
        let all = Form::ALL.into_iter();
        all.filter_map(|form| self.bytes_in(form)).collect()
    }

    /// Lends the packet as the crate's own type, decoded.
    pub fn with_view<T>(&self, take: impl FnOnce(View<'_>) -> T) -> Option<T> {
        let bytes = self.shortest();
        let Ok(Decoded::Frame(frame)) = decode(self.version, &bytes) else {
            return None;
        };
        let view = View::of(self.version, &DecodeOptions::new(), &frame);
        Some(take(view.ok()??))
    }
}
