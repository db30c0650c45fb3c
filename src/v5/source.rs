//! Properties to be sent, whoever has them: those of a decoded packet, or somebody's iterator.

use bytes::BufMut;

use crate::encode_error::{EncodeError, PropertyError, PropertyErrorKind};
use crate::packet_type::Side;
use crate::spec::property::{Carrier, PropertyId, PropertySet};
use crate::spec::scalar::VARIABLE_BYTE_INTEGER_MAX;
use crate::v5::properties::Properties;
use crate::v5::property::{Property, ValueRefusal, put_first, string_len};
use crate::wire::{put_binary, seldom};

/// A [`Property`], or a reference to one: what the iterators of properties may yield.
///
/// Sealed.
pub trait AsProperty: Item {}

impl<P: Item> AsProperty for P {}

/// What the writer asks of what an iterator yields.
#[expect(unnameable_types, reason = "that is what seals a trait")]
pub trait Item: Sized {
    /// The property.
    fn as_property(&self) -> &Property<'_>;

    /// Goes through properties, behind those that `open` has been through, up to one that is refused.
    fn admit_each(items: impl Iterator<Item = Self>, open: Open, carrier: Carrier) -> Open;

    /// Writes properties.
    fn put_each<B: BufMut>(items: impl Iterator<Item = Self>, dst: &mut B);
}

/// In place, where the iterator makes the properties: the compiler then knows each one's variant and keeps it in registers.
/// A PUBACK with Reason String and User Property is written in 16 ns so; with a call, in 30: what was stored field by field
/// is copied as a whole, for which the processor waits.
impl Item for Property<'_> {
    #[inline(always)]
    fn as_property(&self) -> &Property<'_> {
        self
    }

    #[inline(always)]
    fn admit_each(items: impl Iterator<Item = Self>, open: Open, carrier: Carrier) -> Open {
        open.admit_each(items, carrier.repeatable())
    }

    #[inline(always)]
    fn put_each<B: BufMut>(items: impl Iterator<Item = Self>, dst: &mut B) {
        for item in items {
            item.put(dst);
        }
    }
}

/// By a call: the properties are in memory already, and may be of any variant.
impl Item for &Property<'_> {
    #[inline(always)]
    fn as_property(&self) -> &Property<'_> {
        self
    }

    #[inline]
    fn admit_each(items: impl Iterator<Item = Self>, open: Open, carrier: Carrier) -> Open {
        open.admit_each(items, carrier.repeatable())
    }

    #[inline]
    fn put_each<B: BufMut>(items: impl Iterator<Item = Self>, dst: &mut B) {
        for item in items {
            item.put(dst);
        }
    }
}

/// Properties to be written: those of a packet that was read, [`ProblemInformation`], anything that gives a [`Property`]
/// after the other, and two of these [one behind the other](ProblemInformation::and).
///
/// They are checked when the packet is written, and gone through more than once: hence `Clone` of what is iterated, which
/// has to give the same each time and may not call itself empty (`size_hint`) if it is not. Sealed.
///
/// ```
/// use mqtt_reason::v5::{ProblemInformation, Property, PropertySource};
///
/// let mut names = Vec::new();
/// ProblemInformation::new(Some("ACL"), [("topic", "a/b")])
///     .and([Property::SessionExpiryInterval(0)])
///     .for_each_property(|property| names.push(property.id().name()));
/// assert_eq!(names, ["Reason String", "User Property", "Session Expiry Interval"]);
/// ```
pub trait PropertySource: Source {
    /// Calls `visit` for each property in the order in which they are written.
    #[inline]
    fn for_each_property(&self, visit: impl FnMut(&Property<'_>)) {
        self.visit(visit);
    }
}

impl<S: Source> PropertySource for S {}

/// What the writer asks of properties.
#[expect(unnameable_types, reason = "that is what seals a trait")]
pub trait Source: Clone {
    /// Whether they stand in the packet itself, which was read: that checked them.
    const IS_READ: bool = false;

    /// Goes through the properties, behind those that `open` has been through, up to one that is refused.
    fn admit_all(&self, open: Open, carrier: Carrier) -> Open;

    /// Writes all properties.
    fn put<B: BufMut>(&self, dst: &mut B);

    /// Calls `visit` for each property.
    fn visit(&self, visit: impl FnMut(&Property<'_>));

    /// What they are, if `carrier` may have them and `sender` may send them.
    #[inline(always)]
    fn measure(&self, carrier: Carrier, sender: Option<Side>) -> Result<Measured, EncodeError> {
        let end = self.admit_all(Open::new(carrier, sender), carrier);
        if end.fits() {
            Ok(Measured {
                len: end.len,
                given: carrier.allowed().without(end.properties),
            })
        } else {
            seldom();
            // Of a copy, as elsewhere: what another function is given the address of is kept in memory all along.
            Err(self.clone().refusal(carrier, sender))
        }
    }

    /// Why the properties are refused.
    #[cold]
    #[inline(never)]
    fn refusal(self, carrier: Carrier, sender: Option<Side>) -> EncodeError {
        let (mut index, mut open) = (0_usize, Open::new(carrier, sender));
        let mut error = None;
        self.visit(|property| {
            if error.is_none() {
                let next = open.admit(property, carrier.repeatable());
                if next.fits() {
                    open = next;
                    index = index.saturating_add(1);
                } else {
                    error = Some(open.refusal(property, index, carrier, sender));
                }
            }
        });
        // There is one, or the iterator does not yield the same again.
        let kind = PropertyErrorKind::SectionTooLong;
        error.unwrap_or(EncodeError::Property(PropertyError { index, kind }))
    }

    /// The number of bytes of all properties, unchecked.
    #[inline]
    fn total_len(&self) -> usize {
        let mut len: usize = 0;
        self.visit(|property| len = len.saturating_add(property.encoded_len()));
        len
    }
}

/// Whether this property is there.
pub(crate) fn has(source: &impl Source, id: PropertyId) -> bool {
    let mut found = false;
    source.visit(|property| found |= property.id() == id);
    found
}

/// The number of bytes of those that are kept, unchecked.
#[cold]
pub(crate) fn kept_len(source: &impl Source, keep: Keep) -> usize {
    let mut len: usize = 0;
    source.visit(|property| {
        if keep.keeps(property.id()) {
            len = len.saturating_add(property.encoded_len());
        }
    });
    len
}

/// Writes those that are kept.
#[cold]
pub(crate) fn put_kept<B: BufMut>(source: &impl Source, keep: Keep, dst: &mut B) {
    source.visit(|property| {
        if keep.keeps(property.id()) {
            property.put(dst);
        }
    });
}

/// What is known of properties that may be sent.
#[derive(Clone, Copy)]
#[expect(unnameable_types, reason = "part of a sealed trait")]
pub struct Measured {
    /// The Property Length.
    pub(crate) len: usize,
    /// Those that are there of the ones that may stand once; empty if the packet [was read](Source::IS_READ), which knows.
    pub(crate) given: PropertySet,
}

/// How far properties to be sent have been gone through.
///
/// Two words: that much is handed on in registers, a third one would be stored and read again.
#[derive(Clone, Copy)]
#[expect(unnameable_types, reason = "part of a sealed trait")]
pub struct Open {
    /// Those that may come next.
    properties: PropertySet,
    /// The number of bytes so far; as large as can be if a property was refused.
    len: usize,
}

impl Open {
    /// A property was refused, and so are all behind it.
    const REFUSED: Self = Self {
        properties: PropertySet::EMPTY,
        len: usize::MAX,
    };

    #[inline]
    const fn new(carrier: Carrier, sender: Option<Side>) -> Self {
        let properties = match sender {
            Some(sender) => carrier.allowed().without(carrier.not_sent_by(sender)),
            None => carrier.allowed(),
        };
        Self { properties, len: 0 }
    }

    /// Whether no property was refused, and the length is one that can be written.
    #[inline(always)]
    const fn fits(self) -> bool {
        self.len <= VARIABLE_BYTE_INTEGER_MAX as usize
    }

    /// With a property of so many bytes, if it may come next. `repeatable` are those that may come more than once.
    #[inline(always)]
    const fn with(self, id: PropertyId, len: usize, repeatable: PropertySet) -> Self {
        if !self.properties.contains(id) {
            seldom();
            return Self::REFUSED;
        }
        let mut properties = self.properties;
        if !repeatable.contains(id) {
            properties.remove(id);
        }
        Self {
            properties,
            len: self.len.saturating_add(len),
        }
    }

    /// With the next properties, up to one that is refused.
    #[inline(always)]
    fn admit_each(
        mut self,
        items: impl Iterator<Item: AsProperty>,
        repeatable: PropertySet,
    ) -> Self {
        for item in items {
            self = self.admit(item.as_property(), repeatable);
            if !self.fits() {
                break;
            }
        }
        self
    }

    /// With the next property.
    #[inline(always)]
    fn admit(self, property: &Property<'_>, repeatable: PropertySet) -> Self {
        match property.checked() {
            Some((id, len)) => self.with(id, len, repeatable),
            None => Self::REFUSED,
        }
    }

    /// Why the next property is not admitted.
    #[cold]
    fn refusal(
        self,
        property: &Property<'_>,
        index: usize,
        carrier: Carrier,
        sender: Option<Side>,
    ) -> EncodeError {
        let id = property.id();
        let kind = match (sender, property.refusal()) {
            _ if !carrier.allowed().contains(id) => PropertyErrorKind::NotAllowed { id },
            (Some(sender), _) if carrier.not_sent_by(sender).contains(id) => {
                return EncodeError::PropertySender { id, sender };
            }
            _ if !self.properties.contains(id) => PropertyErrorKind::Duplicate { id },
            (_, Some(ValueRefusal::TooLong)) => PropertyErrorKind::TooLong { id },
            (_, Some(ValueRefusal::NullCharacter)) => PropertyErrorKind::NullCharacter { id },
            (_, Some(ValueRefusal::MaximumQos2)) => PropertyErrorKind::MaximumQos2,
            (_, None) => PropertyErrorKind::SectionTooLong,
        };
        EncodeError::Property(PropertyError { index, kind })
    }
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

/// The properties of a decoded packet, in that packet: checked, and written as they stand in it.
#[derive(Clone, Copy)]
pub(crate) struct Own<'a>(pub(crate) Properties<'a>);

impl Source for Own<'_> {
    const IS_READ: bool = true;

    #[inline]
    fn admit_all(&self, open: Open, carrier: Carrier) -> Open {
        self.0.admit_all(open, carrier)
    }

    #[inline(always)]
    fn measure(&self, carrier: Carrier, sender: Option<Side>) -> Result<Measured, EncodeError> {
        if let Some(sender) = sender {
            let forbidden = carrier.not_sent_by(sender);
            if let Some(id) = self.0.ids().find(|id| forbidden.contains(*id)) {
                return Err(EncodeError::PropertySender { id, sender });
            }
        }
        Ok(Measured {
            len: self.0.as_bytes().len(),
            given: PropertySet::EMPTY,
        })
    }

    #[inline]
    fn total_len(&self) -> usize {
        self.0.as_bytes().len()
    }

    #[inline(always)]
    fn put<B: BufMut>(&self, dst: &mut B) {
        dst.put_slice(self.0.as_bytes());
    }

    fn visit(&self, visit: impl FnMut(&Property<'_>)) {
        self.0.visit(visit);
    }
}

/// Properties one after the other.
impl<I: IntoIterator<Item: AsProperty> + Clone> Source for I {
    #[inline(always)]
    fn admit_all(&self, open: Open, carrier: Carrier) -> Open {
        let items = self.clone().into_iter();
        // Of an empty list no more than that is asked.
        if items.size_hint().1 == Some(0) {
            return open;
        }
        I::Item::admit_each(items, open, carrier)
    }

    #[inline(always)]
    fn put<B: BufMut>(&self, dst: &mut B) {
        I::Item::put_each(self.clone().into_iter(), dst);
    }

    #[inline]
    fn visit(&self, mut visit: impl FnMut(&Property<'_>)) {
        for item in self.clone() {
            visit(item.as_property());
        }
    }
}

/// Reason String and User Properties, which tell what went wrong, to be written: MQTT 5.0 §3.1.2.11.7 calls them so.
///
/// From whatever a program keeps them in, without a [`Property`] for each. Strings are checked when the packet is
/// written: one of more than 65,535 bytes or with U+0000 is a [`PropertyError`], §1.5.4.
///
/// ```
/// use mqtt_reason::{Encode, PacketId};
/// use mqtt_reason::v5::{ProblemInformation, Puback, PubackReason};
///
/// let text = Some("ACL".to_owned());
/// let pairs = vec![("topic".to_owned(), "a/b".to_owned())];
/// let puback = Puback::new(PacketId::new(10).unwrap(), PubackReason::NotAuthorized)
///     .with_properties(ProblemInformation::new(text.as_deref(), &pairs));
/// let mut buffer = Vec::new();
/// puback.encode(&mut buffer)?;
/// assert_eq!(buffer[..12], *b"\x40\x17\x00\x0A\x87\x13\x1F\x00\x03ACL");
/// # Ok::<(), mqtt_reason::EncodeError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct ProblemInformation<'a, I = [(&'a str, &'a str); 0]> {
    reason_string: Option<&'a str>,
    user_properties: I,
}

impl<'a, I: IntoIterator<Item: AsPair> + Clone> ProblemInformation<'a, I> {
    /// A Reason String, if there is one, and User Properties: pairs of name and value.
    #[inline]
    pub const fn new(reason_string: Option<&'a str>, user_properties: I) -> Self {
        Self {
            reason_string,
            user_properties,
        }
    }

    /// These, and other properties behind them.
    #[inline]
    pub const fn and<J: PropertySource>(self, properties: J) -> And<Self, J> {
        And(self, properties)
    }
}

impl<I: IntoIterator<Item: AsPair> + Clone> Source for ProblemInformation<'_, I> {
    #[inline(always)]
    fn admit_all(&self, mut open: Open, carrier: Carrier) -> Open {
        let repeatable = carrier.repeatable();
        if let Some(text) = self.reason_string {
            let Some(len) = string_len(text) else {
                return Open::REFUSED;
            };
            open = open.with(PropertyId::ReasonString, len.saturating_add(1), repeatable);
        }
        for pair in self.user_properties.clone() {
            let (name, value) = pair.as_pair();
            let (Some(name), Some(value)) = (string_len(name), string_len(value)) else {
                return Open::REFUSED;
            };
            let len = name.saturating_add(value).saturating_add(1);
            open = open.with(PropertyId::UserProperty, len, repeatable);
        }
        open
    }

    #[inline(always)]
    fn put<B: BufMut>(&self, dst: &mut B) {
        if let Some(text) = self.reason_string {
            put_first(PropertyId::ReasonString.as_u8(), text.as_bytes(), dst);
        }
        for pair in self.user_properties.clone() {
            let (name, value) = pair.as_pair();
            put_first(PropertyId::UserProperty.as_u8(), name.as_bytes(), dst);
            put_binary(value.as_bytes(), dst);
        }
    }

    fn visit(&self, mut visit: impl FnMut(&Property<'_>)) {
        if let Some(text) = self.reason_string {
            visit(&Property::ReasonString(text));
        }
        for pair in self.user_properties.clone() {
            let (name, value) = pair.as_pair();
            visit(&Property::UserProperty(name, value));
        }
    }
}

/// Properties behind others.
#[derive(Clone, Copy, Debug)]
pub struct And<A, B>(A, B);

impl<A, B> And<A, B> {
    #[inline]
    pub(crate) const fn new(first: A, second: B) -> Self {
        Self(first, second)
    }

    /// These, and other properties behind them.
    #[inline]
    pub const fn and<C: PropertySource>(self, properties: C) -> And<Self, C> {
        And(self, properties)
    }
}

impl<A: Source, B: Source> Source for And<A, B> {
    #[inline]
    fn admit_all(&self, open: Open, carrier: Carrier) -> Open {
        self.1.admit_all(self.0.admit_all(open, carrier), carrier)
    }

    #[inline]
    fn put<T: BufMut>(&self, dst: &mut T) {
        self.0.put(dst);
        self.1.put(dst);
    }

    fn visit(&self, mut visit: impl FnMut(&Property<'_>)) {
        self.0.visit(&mut visit);
        self.1.visit(visit);
    }
}

/// Name and value of a User Property: a pair of anything that is text, or a reference to one.
///
/// Sealed.
pub trait AsPair: Pair {}

impl<P: Pair> AsPair for P {}

/// What the writer asks of a pair.
#[expect(unnameable_types, reason = "that is what seals a trait")]
pub trait Pair {
    /// Name and value.
    fn as_pair(&self) -> (&str, &str);
}

impl<N: AsRef<str>, V: AsRef<str>> Pair for (N, V) {
    #[inline]
    fn as_pair(&self) -> (&str, &str) {
        (self.0.as_ref(), self.1.as_ref())
    }
}

impl<N: AsRef<str>, V: AsRef<str>> Pair for &(N, V) {
    #[inline]
    fn as_pair(&self) -> (&str, &str) {
        (self.0.as_ref(), self.1.as_ref())
    }
}
