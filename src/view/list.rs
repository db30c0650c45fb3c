//! The payloads of SUBSCRIBE and UNSUBSCRIBE: lists that were checked once, then read without a `Result`.

use core::fmt;

use crate::error::{Parsed, refuse};
use crate::packet_type::{PacketType, Version};
use crate::v5::property::Reader;
use crate::view::subscribe::{Subscription, no_filters};
use crate::view::text::topic_filter;

/// A public list over one of the two sources: bytes of a packet, checked, or a slice to be sent.
///
/// It saves a second copy of the same impls.
macro_rules! list {
    (
        $(#[$doc:meta])*
        $List:ident of $Item:ty, $(#[$iter_doc:meta])* $Iter:ident, $PACKET:expr, $check:expr, $read:expr
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy)]
        pub struct $List<'a>(Source<'a, $Item>);

        impl<'a> $List<'a> {
            /// A list to be sent, `None` if it is empty: no such packet may be without a Topic Filter.
            #[must_use]
            pub const fn new(items: &'a [$Item]) -> Option<Self> {
                if items.is_empty() {
                    None
                } else {
                    Some(Self(Source::List(items)))
                }
            }

            /// All the rest of a packet as a list.
            #[inline]
            pub(crate) fn parse(version: Version, i: &'a [u8]) -> Parsed<'a, Self> {
                if i.is_empty() {
                    return refuse(i, no_filters($PACKET));
                }
                let mut rest = i;
                while !rest.is_empty() {
                    rest = $check(version, rest)?;
                }
                Ok((rest, Self(Source::Wire(version, i))))
            }

            /// The list as it stands in a packet of this version, in which it was checked; `None` if it is to be made
            /// from its entries.
            ///
            /// Copied as a block, a SUBSCRIBE that was read (W10) takes a sixth of the instructions.
            #[inline]
            pub(crate) const fn as_checked(&self, version: Version) -> Option<&'a [u8]> {
                match (self.0, version) {
                    (Source::Wire(Version::V5_0, list), Version::V5_0)
                    | (Source::Wire(Version::V3_1_1, list), Version::V3_1_1) => Some(list),
                    // 3.1 does not say what the unused bits are, and others have other rules.
                    _ => None,
                }
            }

            /// The entries in order.
            #[inline]
            #[must_use]
            pub const fn iter(&self) -> $Iter<'a> {
                $Iter(match self.0 {
                    Source::List(items) => Rest::List(items),
                    Source::Wire(version, list) => Rest::Wire(version, Reader::new(list)),
                })
            }

            /// How many entries there are, at least 1; they are counted.
            #[must_use]
            #[expect(clippy::len_without_is_empty, reason = "never empty")]
            pub fn len(&self) -> usize {
                match self.0 {
                    Source::List(items) => items.len(),
                    Source::Wire(..) => self.iter().count(),
                }
            }
        }

        impl<'a> IntoIterator for $List<'a> {
            type Item = $Item;
            type IntoIter = $Iter<'a>;

            fn into_iter(self) -> $Iter<'a> {
                self.iter()
            }
        }

        impl<'a> IntoIterator for &$List<'a> {
            type Item = $Item;
            type IntoIter = $Iter<'a>;

            fn into_iter(self) -> $Iter<'a> {
                self.iter()
            }
        }

        /// Equal if the same entries stand in the same order, wherever they are borrowed from.
        impl PartialEq for $List<'_> {
            fn eq(&self, other: &Self) -> bool {
                self.iter().eq(other.iter())
            }
        }

        impl Eq for $List<'_> {}

        impl fmt::Debug for $List<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_list().entries(self).finish()
            }
        }

        $(#[$iter_doc])*
        #[derive(Clone)]
        pub struct $Iter<'a>(Rest<'a, $Item>);

        impl<'a> Iterator for $Iter<'a> {
            type Item = $Item;

            #[inline]
            fn next(&mut self) -> Option<$Item> {
                match &mut self.0 {
                    Rest::List(items) => {
                        let (first, others) = items.split_first()?;
                        *items = others;
                        Some(*first)
                    }
                    Rest::Wire(version, reader) => $read(*version, reader),
                }
            }
        }

        impl core::iter::FusedIterator for $Iter<'_> {}

        impl fmt::Debug for $Iter<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_list().entries(self.clone()).finish()
            }
        }
    };
}

#[derive(Clone, Copy)]
enum Source<'a, T> {
    /// The payload of a packet of this version.
    Wire(Version, &'a [u8]),
    /// Entries to be sent.
    List(&'a [T]),
}

/// What is left of a list.
#[derive(Clone, Copy)]
enum Rest<'a, T> {
    /// Of a payload.
    Wire(Version, Reader<'a>),
    /// Of entries to be sent.
    List(&'a [T]),
}

list! {
    /// Topic Filters and their Subscription Options, one or more, in the order of the packet, MQTT 5.0 §3.8.3.
    ///
    /// ```
    /// use mqtt_reason::QoS;
    /// use mqtt_reason::view::{Subscription, Subscriptions};
    ///
    /// let wanted = [Subscription::new("a/#", QoS::AtLeastOnce)];
    /// let list = Subscriptions::new(&wanted).unwrap();
    /// assert!(list.iter().eq(wanted));
    /// assert!(Subscriptions::new(&[]).is_none());
    /// ```
    Subscriptions of Subscription<'a>,
    /// The entries of a SUBSCRIBE.
    SubscriptionIter,
    PacketType::Subscribe,
    |version, i| Subscription::check(version, i).map(|(rest, ())| rest),
    |version, reader: &mut Reader<'a>| {
        let filter = reader.string()?;
        Subscription::from_options(version, filter, reader.byte()?)
    }
}

list! {
    /// Topic Filters, one or more, in the order of the packet, MQTT 5.0 §3.10.3.
    Filters of &'a str,
    /// The Topic Filters of an UNSUBSCRIBE.
    FilterIter,
    PacketType::Unsubscribe,
    |version, i| topic_filter(i, version).map(|(rest, _)| rest),
    |_, reader: &mut Reader<'a>| reader.string()
}

impl Subscriptions<'_> {
    /// Whether the entries have options beside the QoS: those of 5.0, and those to be sent.
    #[cfg(feature = "serde")]
    pub(crate) fn has_options(&self) -> bool {
        match self.0 {
            Source::Wire(version, _) => version == Version::V5_0,
            Source::List(_) => true,
        }
    }
}
