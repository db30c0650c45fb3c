//! Property sections: checked once, then read without a `Result`; one private engine, four public types.

use core::fmt;

use bytes::BufMut;

use crate::error::{ErrorKind, ParseError, Parsed, failure, read, refuse};
use crate::options::DecodeOptions;
use crate::packet_type::Side;
use crate::spec::property::{Carrier, PropertyId, PropertySet, property_table};
use crate::types::{QoS, SubscriptionId};
use crate::v5::property::{Property, Reader, ValueRefusal, check_value};
use crate::wire::{self, VARIABLE_BYTE_INTEGER_MAX};

/// Properties that were checked: allowed in their packet, none twice but User Property, every value in range.
#[derive(Clone, Copy)]
pub(crate) struct Section<'a> {
    source: Source<'a>,
}

#[derive(Clone, Copy)]
enum Source<'a> {
    /// No properties, as in most packets.
    Empty,
    /// The section of a decoded packet, without its Property Length.
    Wire(&'a [u8]),
    /// Properties to be sent and the bytes they take.
    List { items: &'a [Property<'a>], len: u32 },
}

/// Properties that are allowed in the carrier, but not from this sender or not asked for.
#[inline(always)]
const fn forbidden(carrier: Carrier, options: &DecodeOptions) -> PropertySet {
    let mut forbidden = match options.sender {
        Some(sender) => carrier.forbidden_to(sender),
        None => PropertySet::EMPTY,
    };
    // [MQTT-3.1.2-29]
    if drops_problem_information(carrier, options.sender, options.request_problem_information) {
        forbidden.insert(PropertyId::ReasonString);
        forbidden.insert(PropertyId::UserProperty);
    }
    forbidden
}

/// Why a property with this identifier is refused: for the packet, here, or as a second one.
#[cold]
fn refusal(byte: u8, carrier: Carrier, sender: Option<Side>, forbidden: PropertySet) -> ErrorKind {
    let packet = carrier.packet_type();
    match (PropertyId::from_u8(byte), sender) {
        (None, _) => ErrorKind::UnknownProperty { packet, id: byte },
        (Some(id), _) if !carrier.allowed().contains(id) => {
            ErrorKind::PropertyNotAllowed { packet, id }
        }
        (Some(id), _) if !forbidden.contains(id) => ErrorKind::DuplicateProperty { id },
        (Some(id), Some(sender)) if carrier.forbidden_to(sender).contains(id) => {
            ErrorKind::PropertySender { id, sender }
        }
        (Some(id), _) => ErrorKind::ProblemInformation { packet, id },
    }
}

/// Whether a section must go without Reason String and User Property, [MQTT-3.1.2-29].
///
/// # Conformance
///
/// The setting binds the Server only; an unknown sender is taken for the Server.
#[inline]
pub(crate) const fn drops_problem_information(
    carrier: Carrier,
    sender: Option<Side>,
    requested: bool,
) -> bool {
    !requested
        && !matches!(sender, Some(Side::Client))
        && !matches!(
            carrier,
            // Sent by a Client only.
            Carrier::Connect | Carrier::Will | Carrier::Subscribe | Carrier::Unsubscribe
            // Exempt.
            | Carrier::Publish | Carrier::Connack | Carrier::Disconnect
        )
}

/// Which properties an encoder keeps.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Keep {
    All,
    AllButUserProperties,
    NoProblemInformation,
}

impl Keep {
    const fn keeps(self, id: PropertyId) -> bool {
        match self {
            Self::All => true,
            Self::AllButUserProperties => !matches!(id, PropertyId::UserProperty),
            Self::NoProblemInformation => !id.is_problem_information(),
        }
    }
}

impl<'a> Section<'a> {
    /// No properties. A constant would be copied whole, with memory that says nothing.
    #[inline(always)]
    const fn empty() -> Self {
        let source = Source::Empty;
        Self { source }
    }

    /// Property Length and properties, §2.2.2: fit, allowed in this packet, no duplicates, values in range, exact end.
    #[inline(always)]
    pub(crate) fn parse(
        i: &'a [u8],
        carrier: Carrier,
        options: &DecodeOptions,
    ) -> Parsed<'a, Self> {
        let (rest, Properties { section }) = Properties::parse(i, carrier, options)?;
        let source = if section.is_empty() {
            Source::Empty
        } else {
            Source::Wire(section)
        };
        Ok((rest, Self { source }))
    }

    /// Properties to be sent.
    pub(crate) fn from_list(
        items: &'a [Property<'a>],
        carrier: Carrier,
    ) -> Result<Self, PropertyError> {
        let len = measure(items.iter().copied(), carrier)?;
        let source = Source::List { items, len };
        Ok(Self { source })
    }

    /// Properties to be sent, written into `buffer`.
    pub(crate) fn collect<'p>(
        items: impl IntoIterator<Item = Property<'p>>,
        buffer: &'a mut [u8],
        carrier: Carrier,
    ) -> Result<Self, PropertyError> {
        let mut checker = Checker::new(carrier);
        let mut free = &mut *buffer;
        for item in items {
            let index = checker.index;
            checker.admit(&item)?;
            if item.encoded_len() > free.len() {
                return Err(PropertyError {
                    index,
                    kind: PropertyErrorKind::BufferTooSmall,
                });
            }
            item.put(&mut free);
        }
        let buffer = &*buffer;
        let source = Source::Wire(buffer.get(..checker.len as usize).unwrap_or_default());
        Ok(Self { source })
    }

    /// Whether there is no property.
    #[inline]
    pub(crate) const fn is_empty(&self) -> bool {
        match self.source {
            Source::Empty => true,
            Source::Wire(bytes) => bytes.is_empty(),
            Source::List { items, .. } => items.is_empty(),
        }
    }

    /// The number of bytes of the properties kept: the Property Length.
    #[inline]
    pub(crate) fn len(&self, keep: Keep) -> usize {
        match (self.source, keep) {
            (Source::Empty, _) => 0,
            (Source::Wire(bytes), Keep::All) => bytes.len(),
            (Source::List { len, .. }, Keep::All) => len as usize,
            _ => self.kept_len(keep),
        }
    }

    #[cold]
    fn kept_len(&self, keep: Keep) -> usize {
        self.kept(keep).map(|property| property.encoded_len()).sum()
    }

    /// Writes the properties kept, without the Property Length.
    #[inline]
    pub(crate) fn put<B: BufMut>(&self, keep: Keep, dst: &mut B) {
        match (self.source, keep) {
            (Source::Empty, _) => {}
            (Source::Wire(bytes), Keep::All) => dst.put_slice(bytes),
            (Source::List { items, .. }, Keep::All) => put(items.iter().copied(), dst),
            _ => self.put_kept(keep, dst),
        }
    }

    #[cold]
    fn put_kept<B: BufMut>(&self, keep: Keep, dst: &mut B) {
        put(self.kept(keep), dst);
    }

    fn kept(&self, keep: Keep) -> impl Iterator<Item = Property<'a>> {
        self.iter()
            .filter(move |property| keep.keeps(property.id()))
    }

    /// The properties in order.
    #[inline(always)]
    pub(crate) const fn iter(&self) -> PropertyIter<'a> {
        let (bytes, items): (&[u8], &[_]) = match self.source {
            Source::Empty => return PropertyIter { rest: None },
            Source::Wire(bytes) => (bytes, &[]),
            Source::List { items, .. } => (&[], items),
        };
        let reader = Reader::new(bytes);
        PropertyIter {
            rest: Some(Rest { reader, items }),
        }
    }

    /// The first property with this identifier.
    pub(crate) fn find(&self, id: PropertyId) -> Option<Property<'a>> {
        let bytes = match self.source {
            Source::Empty => return None,
            Source::Wire(bytes) => bytes,
            Source::List { items, .. } => {
                return items.iter().copied().find(|property| property.id() == id);
            }
        };
        // No string is looked at but the one that is looked for.
        let mut reader = Reader::new(bytes);
        while reader.id()? != id {
            reader.skip()?;
        }
        reader.property()
    }
}

/// The error about a packet that ends where its Property Length has to be.
#[cold]
#[inline(never)]
fn no_length(i: &[u8]) -> nom::Err<ParseError<'_>> {
    failure(i, ErrorKind::NoPropertyLength)
}

/// The error about a property that goes past the end of the section, or any other error about its value.
#[cold]
#[inline(never)]
fn in_property(error: nom::Err<ParseError<'_>>, id: PropertyId) -> nom::Err<ParseError<'_>> {
    error.map(|error| match error.kind {
        ErrorKind::Truncated => ParseError {
            kind: ErrorKind::PropertyTruncated { id },
            ..error
        },
        _ => error,
    })
}

/// The error about a Property Length that goes past the end of the packet.
#[cold]
#[inline(never)]
fn too_long(i: &[u8], length: u32) -> nom::Err<ParseError<'_>> {
    failure(i, ErrorKind::PropertyLength { length })
}

/// Checks the properties of a received packet, §2.2.2.2: each before the next, identifier before value.
#[inline(never)]
fn check(
    section: &[u8],
    carrier: Carrier,
    sender: Option<Side>,
    forbidden: PropertySet,
) -> Result<(), nom::Err<ParseError<'_>>> {
    // Those that may come next.
    let mut open = carrier.allowed().without(forbidden);
    let repeatable = carrier.repeatable();
    let mut rest = section;
    while let [byte, value @ ..] = rest {
        let id = match PropertyId::from_u8(*byte) {
            Some(id) if open.contains(id) => id,
            _ => return refuse(rest, refusal(*byte, carrier, sender, forbidden)),
        };
        if !repeatable.contains(id) {
            open.remove(id);
        }
        (rest, ()) = check_value(id, value).map_err(|error| in_property(error, id))?;
    }
    Ok(())
}

/// Checks properties to be sent, one after the other.
struct Checker {
    /// The properties that may come next.
    open: PropertySet,
    carrier: Carrier,
    index: usize,
    len: u32,
}

impl Checker {
    const fn new(carrier: Carrier) -> Self {
        Self {
            open: carrier.allowed(),
            carrier,
            index: 0,
            len: 0,
        }
    }

    fn admit(&mut self, property: &Property<'_>) -> Result<(), PropertyError> {
        let id = property.id();
        let refuse = |kind| {
            Err(PropertyError {
                index: self.index,
                kind,
            })
        };
        if !self.open.contains(id) {
            return refuse(if self.carrier.allowed().contains(id) {
                PropertyErrorKind::Duplicate { id }
            } else {
                PropertyErrorKind::NotAllowed { id }
            });
        }
        match property.refusal() {
            Some(ValueRefusal::TooLong) => return refuse(PropertyErrorKind::TooLong { id }),
            Some(ValueRefusal::NullCharacter) => {
                return refuse(PropertyErrorKind::NullCharacter { id });
            }
            Some(ValueRefusal::MaximumQos2) => return refuse(PropertyErrorKind::MaximumQos2),
            None => {}
        }
        // A property has at most 131,075 bytes, so the sum fits before it is judged.
        let len = (self.len as usize).saturating_add(property.encoded_len());
        match u32::try_from(len) {
            Ok(len) if len <= VARIABLE_BYTE_INTEGER_MAX => self.len = len,
            _ => return refuse(PropertyErrorKind::SectionTooLong),
        }
        if !self.carrier.repeatable().contains(id) {
            self.open.remove(id);
        }
        self.index = self.index.saturating_add(1);
        Ok(())
    }
}

/// Properties that cannot be sent: which of them, and why.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, thiserror::Error)]
#[error("property {index}: {kind}")]
#[non_exhaustive]
pub struct PropertyError {
    /// The place of the property among those given, counted from 0.
    pub index: usize,
    /// What is wrong with it.
    pub kind: PropertyErrorKind,
}

/// Why a property cannot be sent.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PropertyErrorKind {
    /// The packet must not carry it, §2.2.2.2, Table 2-4.
    #[error("{id} is not a property of this packet")]
    NotAllowed {
        /// The property.
        id: PropertyId,
    },
    /// It may occur once only.
    #[error("{id} occurs twice")]
    Duplicate {
        /// The property.
        id: PropertyId,
    },
    /// A string or binary data of more than 65,535 bytes, §1.5.4, §1.5.6.
    #[error("{id} is longer than 65535 bytes")]
    TooLong {
        /// The property.
        id: PropertyId,
    },
    /// A string with U+0000, [MQTT-1.5.4-2].
    #[error("{id} contains U+0000")]
    NullCharacter {
        /// The property.
        id: PropertyId,
    },
    /// Maximum QoS 2 is said by leaving the property out, §3.2.2.3.4.
    #[error("Maximum QoS is 0 or 1; leave it out for 2")]
    MaximumQos2,
    /// All properties together have more than 268,435,455 bytes, §1.5.5.
    #[error("the properties are longer than 268435455 bytes")]
    SectionTooLong,
    /// The buffer that takes the properties is full.
    #[error("the buffer is too small for the properties")]
    BufferTooSmall,
}

/// The properties of a packet in wire order.
///
/// The section was checked when the packet was decoded or built: reading it cannot fail.
#[derive(Clone)]
pub struct PropertyIter<'a> {
    /// Nothing from the start in most packets: most loops end before they begin.
    rest: Option<Rest<'a>>,
}

/// What an iterator has not yet read. One of the two is empty.
#[derive(Clone, Copy)]
struct Rest<'a> {
    /// Properties of a decoded packet.
    reader: Reader<'a>,
    /// Properties to be sent.
    items: &'a [Property<'a>],
}

impl<'a> Iterator for PropertyIter<'a> {
    type Item = Property<'a>;

    // Inlined, so that a loop over the properties branches on each identifier once.
    #[inline(always)]
    fn next(&mut self) -> Option<Property<'a>> {
        let rest = self.rest.as_mut()?;
        if !rest.reader.is_at_end() {
            return rest.reader.property();
        }
        // A loop over bytes comes here once, at their end.
        let (first, others) = rest.items.split_first()?;
        rest.items = others;
        Some(*first)
    }
}

impl core::iter::FusedIterator for PropertyIter<'_> {}

impl fmt::Debug for PropertyIter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}

/// The User Properties of a packet in wire order: names and values.
#[derive(Clone, Debug)]
pub struct UserProperties<'a> {
    properties: PropertyIter<'a>,
}

impl<'a> Iterator for UserProperties<'a> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        self.properties.find_map(|property| match property {
            Property::UserProperty(name, value) => Some((name, value)),
            _ => None,
        })
    }
}

/// The accessors of [`Properties`], one for each property that stands once in a section.
macro_rules! accessors {
    ($(
        $(#[$doc:meta])*
        $id:literal $Variant:ident($($value:ident: $Type:ty),+) $name:literal $key:ident $(: $Plain:ty)?
            [$($Carrier:ident $section:literal $times:ident $($Sender:ident $($rule:literal)?)?),+];
    )+) => {
        impl<'a> Properties<'a> {
            $(accessor! {
                $(#[$doc])*
                #[doc = concat!(" ", $("§", $section, " "),+)]
                $Variant($($value),+) $key $(: $Plain)?
            })+
        }
    };
}

/// One accessor; none for a property that may be repeated.
macro_rules! accessor {
    ($(#[$doc:meta])* $Variant:ident($value:ident) $key:ident: $Plain:ty) => {
        $(#[$doc])*
        #[must_use]
        pub fn $key(&self) -> Option<$Plain> {
            match self.get(PropertyId::$Variant)? {
                Property::$Variant($value) => Some($value.into()),
                _ => None,
            }
        }
    };
    ($(#[$doc:meta])* $Variant:ident($($value:ident),+) $key:ident) => {};
}

property_table!(accessors);

/// The properties of a packet or of a Will as they stand in it, checked: allowed there, none twice that must not be,
/// every value in range. Reading them cannot fail.
///
/// An accessor looks for its property from the start; whoever wants many of them iterates once.
#[derive(Clone, Copy)]
pub struct Properties<'a> {
    /// The section without its Property Length.
    section: &'a [u8],
}

impl<'a> Properties<'a> {
    /// No properties.
    pub const EMPTY: Self = Self { section: &[] };

    /// Property Length and properties, §2.2.2: fit, allowed in this carrier, no duplicates, values in range, exact end.
    #[inline(always)]
    pub(crate) fn parse(
        i: &'a [u8],
        carrier: Carrier,
        options: &DecodeOptions,
    ) -> Parsed<'a, Self> {
        if i.is_empty() {
            return Err(no_length(i));
        }
        let (after_length, length) = read!(wire::variable_byte_integer, i);
        let Some((section, rest)) = after_length.split_at_checked(length as usize) else {
            return Err(too_long(i, length));
        };
        if section.is_empty() {
            return Ok((rest, Self::EMPTY));
        }
        check(
            section,
            carrier,
            options.sender,
            forbidden(carrier, options),
        )?;
        Ok((rest, Self { section }))
    }

    /// The section as it stands in the packet, without its Property Length.
    #[inline]
    #[must_use]
    pub const fn as_bytes(&self) -> &'a [u8] {
        self.section
    }

    /// Whether there is no property.
    #[inline]
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.section.is_empty()
    }

    /// The properties in wire order.
    #[inline(always)]
    #[must_use]
    pub const fn iter(&self) -> PropertyIter<'a> {
        Section {
            source: Source::Wire(self.section),
        }
        .iter()
    }

    /// The first property with this identifier.
    #[must_use]
    pub fn get(&self, id: PropertyId) -> Option<Property<'a>> {
        Section {
            source: Source::Wire(self.section),
        }
        .find(id)
    }

    /// The User Properties, names and values in wire order.
    #[must_use]
    pub const fn user_properties(&self) -> UserProperties<'a> {
        UserProperties {
            properties: self.iter(),
        }
    }

    /// The Subscription Identifiers in wire order: in PUBLISH those of all subscriptions that it matches, §3.3.2.3.8;
    /// in SUBSCRIBE at most one, §3.8.2.1.2.
    pub fn subscription_identifiers(&self) -> impl Iterator<Item = SubscriptionId> + Clone + 'a {
        self.iter().filter_map(|property| match property {
            Property::SubscriptionIdentifier(id) => Some(id),
            _ => None,
        })
    }
}

impl Default for Properties<'_> {
    fn default() -> Self {
        Self::EMPTY
    }
}

impl<'a> IntoIterator for Properties<'a> {
    type Item = Property<'a>;
    type IntoIter = PropertyIter<'a>;

    #[inline(always)]
    fn into_iter(self) -> PropertyIter<'a> {
        self.iter()
    }
}

impl<'a> IntoIterator for &Properties<'a> {
    type Item = Property<'a>;
    type IntoIter = PropertyIter<'a>;

    #[inline(always)]
    fn into_iter(self) -> PropertyIter<'a> {
        self.iter()
    }
}

/// Equal if the same properties stand in the same order.
impl PartialEq for Properties<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for Properties<'_> {}

impl fmt::Debug for Properties<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.iter().fmt(f)
    }
}

/// Checks properties that are to be sent and counts their bytes: the Property Length.
pub(crate) fn measure<'p>(
    properties: impl Iterator<Item = Property<'p>>,
    carrier: Carrier,
) -> Result<u32, PropertyError> {
    let mut checker = Checker::new(carrier);
    for property in properties {
        checker.admit(&property)?;
    }
    Ok(checker.len)
}

/// Writes properties that [`measure`] has accepted, without the Property Length.
pub(crate) fn put<'p, B: BufMut>(properties: impl Iterator<Item = Property<'p>>, dst: &mut B) {
    properties.for_each(|property| property.put(dst));
}

/// A public type over the engine: which properties it allows, and an accessor for each.
///
/// It saves four copies of the same impls; its rows are the one place that says which packet allows which property.
macro_rules! properties {
    (
        $(#[$doc:meta])*
        pub struct $Name:ident in $Carrier:ident;
        $($(#[$row_doc:meta])* $accessor:ident: $Type:ty = $Property:ident($value:ident) => $read:expr,)+
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy)]
        pub struct $Name<'a>(Section<'a>);

        impl<'a> $Name<'a> {
            /// No properties.
            pub const EMPTY: Self = Self::empty();

            const CARRIER: Carrier = Carrier::$Carrier;

            #[inline(always)]
            pub(crate) const fn empty() -> Self {
                Self(Section::empty())
            }

            #[inline(always)]
            pub(crate) fn parse(
                i: &'a [u8],
                carrier: Carrier,
                options: &DecodeOptions,
            ) -> Parsed<'a, Self> {
                let (rest, section) = Section::parse(i, carrier, options)?;
                Ok((rest, Self(section)))
            }

            pub(crate) const fn section(&self) -> &Section<'a> {
                &self.0
            }

            /// Writes properties into `buffer` and borrows them from there: for properties that come from an
            /// iterator. Where there is a slice, `try_from` needs no buffer.
            ///
            /// # Errors
            ///
            /// The first property that this packet must not carry, that occurs twice, that has a value which cannot
            /// be sent, or that `buffer` has no room for.
            pub fn collect_in<'p>(
                properties: impl IntoIterator<Item = Property<'p>>,
                buffer: &'a mut [u8],
            ) -> Result<Self, PropertyError> {
                Section::collect(properties, buffer, Self::CARRIER).map(Self)
            }

            /// Whether there is no property.
            #[inline]
            #[must_use]
            pub const fn is_empty(&self) -> bool {
                self.0.is_empty()
            }

            /// The properties in wire order.
            #[inline(always)]
            #[must_use]
            pub const fn iter(&self) -> PropertyIter<'a> {
                self.0.iter()
            }

            $(
                $(#[$row_doc])*
                #[must_use]
                pub fn $accessor(&self) -> Option<$Type> {
                    match self.0.find(PropertyId::$Property)? {
                        Property::$Property($value) => Some($read),
                        _ => None,
                    }
                }
            )+

            /// The User Properties, names and values in wire order.
            #[must_use]
            pub const fn user_properties(&self) -> UserProperties<'a> {
                UserProperties { properties: self.0.iter() }
            }
        }

        impl Default for $Name<'_> {
            fn default() -> Self {
                Self::empty()
            }
        }

        impl<'a> TryFrom<&'a [Property<'a>]> for $Name<'a> {
            type Error = PropertyError;

            /// Borrows properties to be sent.
            ///
            /// # Errors
            ///
            /// The first property that this packet must not carry, that occurs twice, or that has a value which
            /// cannot be sent.
            fn try_from(properties: &'a [Property<'a>]) -> Result<Self, PropertyError> {
                Section::from_list(properties, Self::CARRIER).map(Self)
            }
        }

        impl<'a, const N: usize> TryFrom<&'a [Property<'a>; N]> for $Name<'a> {
            type Error = PropertyError;

            fn try_from(properties: &'a [Property<'a>; N]) -> Result<Self, PropertyError> {
                Self::try_from(properties.as_slice())
            }
        }

        impl<'a> IntoIterator for $Name<'a> {
            type Item = Property<'a>;
            type IntoIter = PropertyIter<'a>;

            #[inline(always)]
            fn into_iter(self) -> PropertyIter<'a> {
                self.iter()
            }
        }

        impl<'a> IntoIterator for &$Name<'a> {
            type Item = Property<'a>;
            type IntoIter = PropertyIter<'a>;

            #[inline(always)]
            fn into_iter(self) -> PropertyIter<'a> {
                self.iter()
            }
        }

        /// Equal if the same properties stand in the same order, wherever they are borrowed from.
        impl PartialEq for $Name<'_> {
            fn eq(&self, other: &Self) -> bool {
                self.iter().eq(other.iter())
            }
        }

        impl Eq for $Name<'_> {}

        impl fmt::Debug for $Name<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.iter().fmt(f)
            }
        }
    };
}

properties! {
    /// The properties of a CONNACK, MQTT 5.0 §3.2.2.3.
    pub struct ConnackProperties in Connack;
    /// Seconds until the Session ends after the connection; absent: what the Client asked for. §3.2.2.3.2.
    session_expiry_interval: u32 = SessionExpiryInterval(value) => value,
    /// The Client Identifier that the Server chose. §3.2.2.3.7.
    assigned_client_identifier: &'a str = AssignedClientIdentifier(value) => value,
    /// The Keep Alive in seconds that the Client must use; absent: its own. §3.2.2.3.14.
    server_keep_alive: u16 = ServerKeepAlive(value) => value,
    /// The name of the authentication method. §3.2.2.3.17.
    authentication_method: &'a str = AuthenticationMethod(value) => value,
    /// Data of the authentication method. §3.2.2.3.18.
    ///
    /// # Conformance
    ///
    /// Accepted without Authentication Method: no sentence forbids that in a CONNACK.
    authentication_data: &'a [u8] = AuthenticationData(value) => value,
    /// The basis for creating Response Topics. §3.2.2.3.15.
    response_information: &'a str = ResponseInformation(value) => value,
    /// Other Servers to use. §3.2.2.3.16.
    server_reference: &'a str = ServerReference(value) => value,
    /// The reason in words, for people. §3.2.2.3.9.
    reason_string: &'a str = ReasonString(value) => value,
    /// How many QoS 1 and QoS 2 messages the Server handles at a time; absent: 65,535. §3.2.2.3.3.
    receive_maximum: u16 = ReceiveMaximum(value) => value.get(),
    /// The highest Topic Alias that the Server accepts; absent: 0, none. §3.2.2.3.8.
    topic_alias_maximum: u16 = TopicAliasMaximum(value) => value,
    /// The highest QoS that the Server supports, 0 or 1; absent: 2. §3.2.2.3.4.
    maximum_qos: QoS = MaximumQos(value) => value,
    /// Whether the Server keeps retained messages; absent: yes. §3.2.2.3.5.
    retain_available: bool = RetainAvailable(value) => value,
    /// The largest packet that the Server accepts, in bytes; absent: no limit. §3.2.2.3.6.
    maximum_packet_size: u32 = MaximumPacketSize(value) => value.get(),
    /// Whether the Server offers Wildcard Subscriptions; absent: yes. §3.2.2.3.11.
    wildcard_subscription_available: bool = WildcardSubscriptionAvailable(value) => value,
    /// Whether the Server offers Subscription Identifiers; absent: yes. §3.2.2.3.12.
    subscription_identifiers_available: bool = SubscriptionIdentifiersAvailable(value) => value,
    /// Whether the Server offers Shared Subscriptions; absent: yes. §3.2.2.3.13.
    shared_subscription_available: bool = SharedSubscriptionAvailable(value) => value,
}

properties! {
    /// The properties of a PUBACK, PUBREC, PUBREL, PUBCOMP, SUBACK or UNSUBACK, MQTT 5.0 §3.4.2.2 and its kin.
    pub struct AckProperties in Puback;
    /// The reason in words, for people. §3.4.2.2.2 and its kin.
    reason_string: &'a str = ReasonString(value) => value,
}

properties! {
    /// The properties of a DISCONNECT, MQTT 5.0 §3.14.2.2.
    pub struct DisconnectProperties in Disconnect;
    /// Seconds until the Session ends after the connection; absent: as in CONNECT. Sent by the Client. §3.14.2.2.2.
    session_expiry_interval: u32 = SessionExpiryInterval(value) => value,
    /// The reason in words, for people. §3.14.2.2.3.
    reason_string: &'a str = ReasonString(value) => value,
    /// Other Servers to use. §3.14.2.2.5.
    ///
    /// # Conformance
    ///
    /// Accepted with any code and from either side: only descriptive sentences speak of the Server and of 0x9C and
    /// 0x9D. An encoder that knows it works for a Client refuses it.
    server_reference: &'a str = ServerReference(value) => value,
}

properties! {
    /// The properties of an AUTH, MQTT 5.0 §3.15.2.2.
    pub struct AuthProperties in Auth;
    /// The name of the authentication method. §3.15.2.2.2.
    authentication_method: &'a str = AuthenticationMethod(value) => value,
    /// Data of the authentication method. §3.15.2.2.3.
    authentication_data: &'a [u8] = AuthenticationData(value) => value,
    /// The reason in words, for people. §3.15.2.2.4.
    reason_string: &'a str = ReasonString(value) => value,
}
