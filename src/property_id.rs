//! The identifiers of the properties that the reason-coded packets of MQTT 5.0 may carry.

use core::fmt;

/// The identifiers from one table: rows of value, variant and name.
///
/// It saves a second and a third list of the seventeen variants.
macro_rules! property_ids {
    ($($value:literal $Variant:ident $name:literal,)+) => {
        /// The identifier of a property, MQTT 5.0 §2.2.2.2, Table 2-4.
        ///
        /// The seventeen properties of the nine reason-coded packets; those of other packets only (Payload Format
        /// Indicator, Topic Alias, …) have no variant.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[repr(u8)]
        #[expect(clippy::exhaustive_enums, reason = "the specification's list is closed")]
        pub enum PropertyId {
            $(
                #[doc = concat!("`", stringify!($value), "` ", $name, ".")]
                $Variant = $value,
            )+
        }

        impl PropertyId {
            /// Every identifier, ascending.
            pub const ALL: &'static [Self] = &[$(Self::$Variant),+];

            /// The property with this identifier, `None` if no reason-coded packet may carry it.
            #[inline]
            #[must_use]
            pub const fn from_u8(id: u8) -> Option<Self> {
                match id {
                    $($value => Some(Self::$Variant),)+
                    _ => None,
                }
            }

            /// The specification's name of the property.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$Variant => $name,)+
                }
            }
        }
    };
}

property_ids! {
    0x11 SessionExpiryInterval "Session Expiry Interval",
    0x12 AssignedClientIdentifier "Assigned Client Identifier",
    0x13 ServerKeepAlive "Server Keep Alive",
    0x15 AuthenticationMethod "Authentication Method",
    0x16 AuthenticationData "Authentication Data",
    0x1A ResponseInformation "Response Information",
    0x1C ServerReference "Server Reference",
    0x1F ReasonString "Reason String",
    0x21 ReceiveMaximum "Receive Maximum",
    0x22 TopicAliasMaximum "Topic Alias Maximum",
    0x24 MaximumQos "Maximum QoS",
    0x25 RetainAvailable "Retain Available",
    0x26 UserProperty "User Property",
    0x27 MaximumPacketSize "Maximum Packet Size",
    0x28 WildcardSubscriptionAvailable "Wildcard Subscription Available",
    0x29 SubscriptionIdentifiersAvailable "Subscription Identifier Available",
    0x2A SharedSubscriptionAvailable "Shared Subscription Available",
}

impl PropertyId {
    /// The identifier on the wire.
    #[inline]
    #[must_use]
    pub const fn as_u8(self) -> u8 {
        self as u8
    }

    /// Whether the property carries problem information: Reason String or User Property, [MQTT-3.1.2-29].
    ///
    /// These two, and only these, may be left out to make a packet fit or because they were not asked for.
    #[inline]
    #[must_use]
    pub const fn is_problem_information(self) -> bool {
        matches!(self, Self::ReasonString | Self::UserProperty)
    }
}

impl fmt::Display for PropertyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A set of properties.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct PropertySet(u64);

impl PropertySet {
    /// The set of `ids`.
    pub(crate) const fn of(ids: &[PropertyId]) -> Self {
        let mut bits = 0;
        let mut rest = ids;
        while let [id, others @ ..] = rest {
            bits |= 1 << *id as u8;
            rest = others;
        }
        Self(bits)
    }

    /// The set without members.
    pub(crate) const EMPTY: Self = Self(0);

    /// Whether `id` is a member.
    #[inline]
    pub(crate) const fn contains(self, id: PropertyId) -> bool {
        self.0 & 1 << id as u8 != 0
    }

    /// Adds `id`.
    #[inline]
    pub(crate) const fn insert(&mut self, id: PropertyId) {
        self.0 |= 1 << id as u8;
    }
}
