//! The identifiers of the properties that the reason-coded packets of MQTT 5.0 may carry.

use core::fmt;

/// The identifiers from one table: rows of value, variant, name and type.
///
/// It saves a second and a third list of the seventeen variants.
macro_rules! property_ids {
    ($($value:literal $Variant:ident $name:literal $Type:ident,)+) => {
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

            /// The type of the property's value, Table 2-4.
            #[inline]
            pub(crate) const fn data_type(self) -> DataType {
                match self {
                    $(Self::$Variant => DataType::$Type,)+
                }
            }
        }
    };
}

property_ids! {
    0x11 SessionExpiryInterval "Session Expiry Interval" FourByteInteger,
    0x12 AssignedClientIdentifier "Assigned Client Identifier" String,
    0x13 ServerKeepAlive "Server Keep Alive" TwoByteInteger,
    0x15 AuthenticationMethod "Authentication Method" String,
    0x16 AuthenticationData "Authentication Data" BinaryData,
    0x1A ResponseInformation "Response Information" String,
    0x1C ServerReference "Server Reference" String,
    0x1F ReasonString "Reason String" String,
    0x21 ReceiveMaximum "Receive Maximum" TwoByteInteger,
    0x22 TopicAliasMaximum "Topic Alias Maximum" TwoByteInteger,
    0x24 MaximumQos "Maximum QoS" Byte,
    0x25 RetainAvailable "Retain Available" Byte,
    0x26 UserProperty "User Property" StringPair,
    0x27 MaximumPacketSize "Maximum Packet Size" FourByteInteger,
    0x28 WildcardSubscriptionAvailable "Wildcard Subscription Available" Byte,
    0x29 SubscriptionIdentifiersAvailable "Subscription Identifier Available" Byte,
    0x2A SharedSubscriptionAvailable "Shared Subscription Available" Byte,
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

/// The types of property values, MQTT 5.0 §1.5, Table 2-4.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum DataType {
    Byte,
    TwoByteInteger,
    FourByteInteger,
    String,
    StringPair,
    BinaryData,
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

    /// Takes `id` out.
    #[inline]
    pub(crate) const fn remove(&mut self, id: PropertyId) {
        self.0 &= !(1 << id as u8);
    }

    /// Adds `id`.
    #[inline]
    pub(crate) const fn insert(&mut self, id: PropertyId) {
        self.0 |= 1 << id as u8;
    }

    /// The members that `others` does not have.
    #[inline]
    pub(crate) const fn without(self, others: Self) -> Self {
        Self(self.0 & !others.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The sets that the packets need are constants: here one is made while the program runs.
    #[test]
    fn a_set_holds_the_properties_that_were_put_into_it() {
        let (some, others) = PropertyId::ALL.split_at(5);
        let set = PropertySet::of(some);
        for &id in PropertyId::ALL {
            assert_eq!(set.contains(id), some.contains(&id), "{id}");
            let mut changed = set;
            changed.insert(id);
            assert!(changed.contains(id), "{id}");
            changed.remove(id);
            assert!(!changed.contains(id), "{id}");
        }
        let all = PropertySet::of(PropertyId::ALL);
        assert_eq!(all.without(set), PropertySet::of(others));
        assert_eq!(PropertySet::of(&[]), PropertySet::EMPTY);
    }
}
