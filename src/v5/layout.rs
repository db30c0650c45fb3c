//! How a packet of 5.0 is written: fixed header, fields, properties, codes.

use bytes::BufMut;

use crate::encode::{Encode, check_direction, check_size};
use crate::encode_error::EncodeError;
use crate::options::EncodeOptions;
use crate::packet_type::{PacketType, Version};
use crate::reason::sealed::Sealed;
use crate::spec::property::{Carrier, PropertyId};
use crate::spec::scalar::VARIABLE_BYTE_INTEGER_MAX;
use crate::v5::properties::{Properties, drops_problem_information};
use crate::v5::source::{self, And, Keep, Own, PropertySource, Source};
use crate::wire::{length, put_variable_byte_integer, seldom, with_length};

/// How little a packet without properties needs.
#[derive(Clone, Copy, PartialEq, Eq)]
#[expect(unnameable_types, reason = "part of a sealed trait")]
pub enum Short {
    /// All of it: a Property Length of 0 is always there.
    None,
    /// No Property Length.
    WithCode,
    /// Neither Property Length nor reason code, which is 0x00.
    WithoutCode,
}

/// A packet of 5.0 as its parts in wire order, but for the properties.
#[expect(unnameable_types, reason = "that is what seals a trait")]
pub trait Parts: Sealed + Clone {
    /// The packet, as one that has properties.
    const CARRIER: Carrier;

    /// What stands between Remaining Length and Property Length. A reason code, if any, is the last field.
    type Fields: AsRef<[u8]>;

    /// The number of fields before the Property Length, in bytes.
    const FIELDS: usize;

    /// The fields before the Property Length.
    fn fields(&self) -> Self::Fields;

    /// Writes what stands before the properties when every length is below 128 and so has one byte: first byte,
    /// Remaining Length, fields, Property Length, and of these what the form has.
    fn put_head<B: BufMut>(&self, form: Short, remaining: u8, properties: u8, dst: &mut B);

    /// How little the packet needs without properties.
    fn short(&self) -> Short;

    /// The properties that the packet itself has.
    fn own_properties(&self) -> Properties<'_>;

    /// The number of bytes after the properties.
    #[inline]
    fn payload_len(&self) -> usize {
        0
    }

    /// Writes what follows the properties.
    #[inline]
    fn put_payload<B: BufMut>(&self, _dst: &mut B) {}

    /// Refuses a code that the sender must not send.
    #[inline]
    fn check_code(&self, _options: &EncodeOptions) -> Result<(), EncodeError> {
        Ok(())
    }

    /// Refuses the packet if a property is missing; `has` tells which it is given.
    #[inline]
    fn check_properties(&self, _has: impl Fn(PropertyId) -> bool) -> Result<(), EncodeError> {
        Ok(())
    }

    /// Refuses the packet if one is missing among its own properties.
    #[inline]
    fn check_own_properties(&self) -> Result<(), EncodeError> {
        Ok(())
    }

    /// Whether a code reports a failure.
    fn has_error(&self) -> bool;
}

impl<P: Parts> Encode for P {
    #[inline]
    fn version(&self) -> Version {
        Version::V5_0
    }

    #[inline]
    fn packet_type(&self) -> PacketType {
        P::CARRIER.packet_type()
    }

    #[inline]
    fn is_error(&self) -> bool {
        self.has_error()
    }

    #[inline]
    fn encoded_len(&self) -> usize {
        Layout::new(self, &Own(self.own_properties()), EncodeOptions::DEFAULT).encoded_len()
    }

    #[inline]
    fn encode_with<B: BufMut>(
        &self,
        options: &EncodeOptions,
        dst: &mut B,
    ) -> Result<usize, EncodeError> {
        Layout::new(self, &Own(self.own_properties()), options).write(dst)
    }
}

/// A packet with properties that are not part of it, made by its `with_properties` and `with_reason_string`.
///
/// They are checked when the packet is written.
///
/// ```
/// use mqtt_reason::{Encode, PacketId};
/// use mqtt_reason::v5::{Property, Puback, PubackReason};
///
/// let id = PacketId::new(10).unwrap();
/// let pairs = vec![("topic".to_owned(), "a/b".to_owned())];
/// let puback = Puback::new(id, PubackReason::NotAuthorized)
///     .with_reason_string("ACL")
///     .and(pairs.iter().map(|(name, value)| Property::UserProperty(name, value)));
/// let mut buffer = Vec::new();
/// puback.encode(&mut buffer)?;
/// assert_eq!(buffer[..8], [0x40, 0x17, 0x00, 0x0A, 0x87, 0x13, 0x1F, 0x00]);
/// # Ok::<(), mqtt_reason::EncodeError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct WithProperties<P, S> {
    packet: P,
    properties: S,
}

impl<P, S> WithProperties<P, S> {
    #[inline]
    pub(crate) const fn new(packet: P, properties: S) -> Self {
        Self { packet, properties }
    }

    /// The packet.
    #[inline]
    #[must_use]
    pub const fn packet(&self) -> &P {
        &self.packet
    }

    /// The properties that it is given.
    #[inline]
    #[must_use]
    pub const fn properties(&self) -> &S {
        &self.properties
    }

    /// The packet with these properties after those it has.
    #[inline]
    #[must_use]
    pub fn and<T: PropertySource>(self, properties: T) -> WithProperties<P, And<S, T>> {
        WithProperties {
            packet: self.packet,
            properties: And::new(self.properties, properties),
        }
    }
}

/// The two methods by which a packet gets properties of the caller's own. It saves six copies of them.
macro_rules! with_properties {
    ([$($generics:tt)*] $Packet:ty) => {
        impl<$($generics)*> $Packet {
            /// The packet with these properties instead of its own, for writing; they are checked then.
            #[inline]
            #[must_use]
            pub fn with_properties<S: $crate::v5::PropertySource>(
                self,
                properties: S,
            ) -> $crate::v5::WithProperties<Self, S> {
                $crate::v5::WithProperties::new(self, properties)
            }

            /// The packet with this Reason String instead of its own properties, for writing.
            #[inline]
            #[must_use]
            pub fn with_reason_string(
                self,
                text: &str,
            ) -> $crate::v5::WithProperties<Self, $crate::v5::ProblemInformation<'_>> {
                self.with_properties($crate::v5::ProblemInformation::new(Some(text), []))
            }
        }
    };
}
pub(crate) use with_properties;

impl<P, S> Sealed for WithProperties<P, S> {}

impl<P: Parts, S: PropertySource> Encode for WithProperties<P, S> {
    #[inline]
    fn version(&self) -> Version {
        Version::V5_0
    }

    #[inline]
    fn packet_type(&self) -> PacketType {
        P::CARRIER.packet_type()
    }

    #[inline]
    fn is_error(&self) -> bool {
        self.packet.has_error()
    }

    #[inline]
    fn encoded_len(&self) -> usize {
        Layout::new(&self.packet, &self.properties, EncodeOptions::DEFAULT).encoded_len()
    }

    #[inline(always)]
    fn encode_with<B: BufMut>(
        &self,
        options: &EncodeOptions,
        dst: &mut B,
    ) -> Result<usize, EncodeError> {
        Layout::new(&self.packet, &self.properties, options).write(dst)
    }
}

/// A packet, its properties and what is known of sender and receiver.
struct Layout<'s, P, S> {
    packet: &'s P,
    properties: &'s S,
    options: &'s EncodeOptions,
    short: Short,
}

/// The lengths of a packet with certain properties kept.
#[derive(Clone, Copy)]
struct Lengths {
    keep: Keep,
    properties: usize,
    remaining: usize,
    total: usize,
}

impl<'s, P: Parts, S: Source> Layout<'s, P, S> {
    const PACKET: PacketType = P::CARRIER.packet_type();

    #[inline]
    fn new(packet: &'s P, properties: &'s S, options: &'s EncodeOptions) -> Self {
        let short = if options.long_form {
            Short::None
        } else {
            packet.short()
        };
        Self {
            packet,
            properties,
            options,
            short,
        }
    }

    /// The size of the packet with all its properties.
    #[inline]
    fn encoded_len(&self) -> usize {
        self.lengths(Keep::All, self.properties.total_len()).total
    }

    /// Checks and writes the packet.
    #[inline(always)]
    fn write<B: BufMut>(&self, dst: &mut B) -> Result<usize, EncodeError> {
        check_direction(Version::V5_0, Self::PACKET, self.options)?;
        self.packet.check_code(self.options)?;
        let measured = self.properties.measure(P::CARRIER, self.options.sender)?;
        if S::IS_READ {
            self.packet.check_own_properties()?;
        } else {
            self.packet
                .check_properties(|id| measured.given.contains(id))?;
        }
        let properties = measured.len;
        match self.whole_and_short(properties, dst.remaining_mut()) {
            Some((remaining, properties)) => {
                self.put_short(remaining, properties, Keep::All, dst);
                self.packet.put_payload(dst);
                Ok(usize::from(remaining).saturating_add(2))
            }
            None => {
                seldom();
                // Of copies: what another function is given the address of is kept in memory all along.
                let (packet, given) = (self.packet.clone(), self.properties.clone());
                Layout::write_any(&packet, &given, self.options, properties, dst)
            }
        }
    }

    /// Remaining Length and Property Length of a packet that is written as it is, with lengths of one byte each: most
    /// packets.
    ///
    /// A short cut: [`write_any`](Self::write_any) writes the same.
    #[inline]
    fn whole_and_short(&self, properties: usize, room: usize) -> Option<(u8, u8)> {
        let remaining = self
            .before_payload(properties, 1)
            .saturating_add(self.packet.payload_len());
        let total = remaining.saturating_add(2);
        let has_room = total <= room && total <= self.options.max_packet_size as usize;
        let nothing_left_out = self.options.request_problem_information || properties == 0;
        if remaining < 0x80 && has_room && nothing_left_out {
            // Both are below 128: their lowest bytes are all there is.
            let ([remaining, ..], [properties, ..]) =
                (remaining.to_le_bytes(), properties.to_le_bytes());
            Some((remaining, properties))
        } else {
            seldom();
            None
        }
    }

    /// Checks and writes any packet.
    #[inline(never)]
    fn write_any<B: BufMut>(
        packet: &'s P,
        properties: &'s S,
        options: &'s EncodeOptions,
        property_length: usize,
        dst: &mut B,
    ) -> Result<usize, EncodeError> {
        let layout = Self::new(packet, properties, options);
        let lengths = layout.fit(property_length)?;
        check_size(Self::PACKET, lengths.total, options, dst)?;
        match (
            u8::try_from(lengths.remaining),
            u8::try_from(lengths.properties),
        ) {
            (Ok(remaining @ 0..=0x7F), Ok(properties)) => {
                layout.put_short(remaining, properties, lengths.keep, dst);
            }
            _ => layout.put_long(lengths, dst),
        }
        packet.put_payload(dst);
        Ok(lengths.total)
    }

    /// Writes header, fields and properties when each length has one byte.
    #[inline(always)]
    fn put_short<B: BufMut>(&self, remaining: u8, properties: u8, keep: Keep, dst: &mut B) {
        if properties == 0 {
            return self.packet.put_head(self.short, remaining, 0, dst);
        }
        self.packet
            .put_head(Short::None, remaining, properties, dst);
        self.put_properties(keep, dst);
    }

    /// Writes header, fields and properties when the Remaining Length has more than one byte, and so is no short form.
    fn put_long<B: BufMut>(&self, lengths: Lengths, dst: &mut B) {
        dst.put_u8(Self::PACKET.first_byte());
        put_variable_byte_integer(length(lengths.remaining), dst);
        dst.put_slice(self.packet.fields().as_ref());
        put_variable_byte_integer(length(lengths.properties), dst);
        self.put_properties(lengths.keep, dst);
    }

    #[inline(always)]
    fn put_properties<B: BufMut>(&self, keep: Keep, dst: &mut B) {
        match keep {
            Keep::All => self.properties.put(dst),
            _ => source::put_kept(self.properties, keep, dst),
        }
    }

    /// The lengths with as many properties as the receiver takes.
    #[inline]
    fn fit(&self, properties: usize) -> Result<Lengths, EncodeError> {
        let requested = self.options.request_problem_information;
        let mut lengths = if drops_problem_information(P::CARRIER, self.options.sender, requested) {
            self.kept(Keep::NoProblemInformation)
        } else {
            self.lengths(Keep::All, properties)
        };
        if lengths.total > self.options.max_packet_size as usize {
            lengths = self.shed(lengths)?;
        }
        if lengths.remaining > VARIABLE_BYTE_INTEGER_MAX as usize {
            return Err(EncodeError::RemainingLength {
                packet: Self::PACKET,
                remaining_length: lengths.remaining,
            });
        }
        Ok(lengths)
    }

    /// Drops User Properties, then the Reason String, until the receiver takes the packet.
    ///
    /// # Conformance
    ///
    /// The specification does not say which goes first, nor whether some User Properties may stay: here all of them
    /// go first, then the Reason String.
    #[cold]
    fn shed(&self, mut lengths: Lengths) -> Result<Lengths, EncodeError> {
        let max = self.options.max_packet_size;
        for keep in [Keep::AllButUserProperties, Keep::NoProblemInformation] {
            if lengths.keep != Keep::NoProblemInformation {
                lengths = self.kept(keep);
            }
            if lengths.total <= max as usize {
                return Ok(lengths);
            }
        }
        Err(EncodeError::PacketTooLarge {
            packet: Self::PACKET,
            len: lengths.total,
            max,
        })
    }

    /// The number of bytes between Remaining Length and payload, of which `properties` and their length of `length_len`.
    #[inline]
    const fn before_payload(&self, properties: usize, length_len: usize) -> usize {
        match self.short {
            Short::WithoutCode if properties == 0 => P::FIELDS.saturating_sub(1),
            Short::WithCode if properties == 0 => P::FIELDS,
            _ => properties
                .saturating_add(length_len)
                .saturating_add(P::FIELDS),
        }
    }

    /// The lengths without the properties that are left out.
    fn kept(&self, keep: Keep) -> Lengths {
        self.lengths(keep, source::kept_len(self.properties, keep))
    }

    #[inline]
    fn lengths(&self, keep: Keep, properties: usize) -> Lengths {
        let length_len = with_length(properties).saturating_sub(properties);
        let remaining = self
            .before_payload(properties, length_len)
            .saturating_add(self.packet.payload_len());
        Lengths {
            keep,
            properties,
            remaining,
            total: with_length(remaining).saturating_add(1),
        }
    }
}
