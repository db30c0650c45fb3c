//! Property sections: checked once, then read without a `Result`.

use core::fmt;

use crate::error::{ErrorKind, ParseError, Parsed, failure, read};
use crate::options::DecodeOptions;
use crate::packet_type::Side;
use crate::spec::property::{Carrier, DataType, PropertyId, PropertySet, property_table};
use crate::spec::scalar::{QoS, SubscriptionId};
use crate::v5::property::{Property, Reader, after_most_values, check_value};
use crate::wire;

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

/// The error about a packet that ends where its Property Length has to be.
#[cold]
#[inline(never)]
fn no_length(i: &[u8]) -> nom::Err<ParseError<'_>> {
    failure(i, ErrorKind::NoPropertyLength)
}

/// The error about a Property Length that goes past the end of the packet.
#[cold]
#[inline(never)]
fn too_long(i: &[u8], length: u32) -> nom::Err<ParseError<'_>> {
    failure(i, ErrorKind::PropertyLength { length })
}

/// How far the properties of a received packet are right, and which of them there are.
///
/// No error: what is returned in registers is there at once, and most packets are right.
#[derive(Clone, Copy)]
struct Checked {
    /// How many bytes are left, the first of them those of a property that is refused; 0 if none is.
    left: usize,
    /// Those that might have come next.
    open: PropertySet,
}

/// Checks the properties of a received packet, §2.2.2.2: each before the next, identifier before value. `repeatable` are
/// those of `allowed` that may come more than once.
#[inline(never)]
fn check(section: &[u8], allowed: PropertySet, repeatable: PropertySet) -> Checked {
    let mut open = allowed;
    let mut rest = section;
    while let [byte, value @ ..] = rest {
        if !open.contains_byte(*byte) {
            break;
        }
        let data_type = DataType::of_byte(*byte);
        rest = match after_most_values(data_type, value) {
            Some(rest) => rest,
            None => match check_value(*byte, data_type, value) {
                Ok(rest) => rest,
                Err(_) => break,
            },
        };
        open = open.without_byte(*byte).with(repeatable);
    }
    Checked {
        left: rest.len(),
        open,
    }
}

/// The error about a property that [`check`] has refused: the first of `rest`.
#[cold]
#[inline(never)]
fn refused<'a>(
    rest: &'a [u8],
    open: PropertySet,
    carrier: Carrier,
    options: &DecodeOptions,
) -> nom::Err<ParseError<'a>> {
    let byte = rest.first().copied().unwrap_or_default();
    if !open.contains_byte(byte) {
        let forbidden = forbidden(carrier, options);
        let kind = refusal(byte, carrier, options.sender, forbidden);
        return failure(rest, kind);
    }
    let value = rest.get(1..).unwrap_or_default();
    match check_value(byte, DataType::of_byte(byte), value) {
        Err(error) => error,
        // It does not: the same bytes have been refused before.
        Ok(rest) => failure(rest, ErrorKind::Truncated),
    }
}

/// The properties of a packet in wire order.
///
/// The section was checked when the packet was decoded or built: reading it cannot fail.
#[derive(Clone)]
pub struct PropertyIter<'a> {
    rest: Reader<'a>,
}

impl<'a> Iterator for PropertyIter<'a> {
    type Item = Property<'a>;

    // Inlined, so that a loop over the properties branches on each identifier once.
    #[inline(always)]
    fn next(&mut self) -> Option<Property<'a>> {
        self.rest.property()
    }

    /// A property has at least two bytes.
    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        let bytes = self.rest.len();
        (usize::from(bytes > 0), Some(bytes / 2))
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

impl core::iter::FusedIterator for UserProperties<'_> {}

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
/// Two are equal if the same properties stand in the same order: each has one form.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
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
        let (rest, (properties, _)) = Self::parse_with_set(i, carrier, options)?;
        Ok((rest, properties))
    }

    /// As [`parse`](Self::parse), and tells which properties are there, of those that may not be repeated.
    #[inline(always)]
    pub(crate) fn parse_with_set(
        i: &'a [u8],
        carrier: Carrier,
        options: &DecodeOptions,
    ) -> Parsed<'a, (Self, PropertySet)> {
        let (i, section) = Self::section(i)?;
        let single = Self::check(section, carrier, options)?;
        let rest = i.get(section.len()..).unwrap_or_default();
        Ok((rest, (Self { section }, single)))
    }

    /// The section, not yet checked: as many bytes as its Property Length says. What is left starts with it.
    #[inline(always)]
    pub(crate) fn section(i: &'a [u8]) -> Parsed<'a, &'a [u8]> {
        if i.is_empty() {
            return Err(no_length(i));
        }
        let (from_section, length) = read!(wire::variable_byte_integer, i);
        match from_section.get(..length as usize) {
            Some(section) => Ok((from_section, section)),
            None => Err(too_long(i, length)),
        }
    }

    /// Checks a section: allowed in this carrier, no duplicates, values in range, exact end. Tells which properties are
    /// there, of those that may not be repeated.
    #[inline(always)]
    pub(crate) fn check(
        section: &'a [u8],
        carrier: Carrier,
        options: &DecodeOptions,
    ) -> Result<PropertySet, nom::Err<ParseError<'a>>> {
        if section.is_empty() {
            return Ok(PropertySet::EMPTY);
        }
        let forbidden = forbidden(carrier, options);
        let allowed = carrier.allowed().without(forbidden);
        let repeatable = carrier.repeatable().without(forbidden);
        let Checked { left, open } = check(section, allowed, repeatable);
        if left > 0 {
            let rest = section.get(section.len().saturating_sub(left)..);
            return Err(refused(rest.unwrap_or_default(), open, carrier, options));
        }
        Ok(allowed.without(open))
    }

    /// A section that was checked.
    #[inline]
    pub(crate) const fn of_checked(section: &'a [u8]) -> Self {
        Self { section }
    }

    /// The identifiers of the properties in wire order.
    #[inline]
    pub(crate) fn ids(&self) -> impl Iterator<Item = PropertyId> + 'a {
        let mut reader = Reader::new(self.section);
        core::iter::from_fn(move || {
            let id = reader.id()?;
            reader.skip()?;
            Some(id)
        })
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
        let rest = Reader::new(self.section);
        PropertyIter { rest }
    }

    /// The first property with this identifier.
    #[must_use]
    pub fn get(&self, id: PropertyId) -> Option<Property<'a>> {
        // No string is looked at but the one that is looked for.
        let mut reader = Reader::new(self.section);
        while reader.id()? != id {
            reader.skip()?;
        }
        reader.property()
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

impl fmt::Debug for Properties<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.iter().fmt(f)
    }
}
