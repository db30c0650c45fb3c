//! Writing the six packets: count, check, then write; nothing is written on an error.

use bytes::BufMut;

use crate::encode::{check_direction, check_size};
use crate::encode_error::EncodeError;
use crate::error::ErrorKind;
use crate::options::EncodeOptions;
use crate::packet_type::{PacketType, Version};
use crate::spec::property::{Carrier, PropertyId};
use crate::spec::scalar::QoS;
use crate::spec::scalar::VARIABLE_BYTE_INTEGER_MAX;
use crate::v5::source::{self, Own, PropertySource, Source};
use crate::v5::{Properties, Property};
use crate::view::plain::is_plain_text;
use crate::view::topic::{self, check_topic_name};
use crate::view::{Connect, Publish, Subscribe, Unsubscribe, View, Will};
use crate::wire::{LENGTH_MAX, length, put_binary, put_variable_byte_integer, with_length};

/// A packet together with properties that it is to be written with instead of its own.
///
/// What `with_properties` of the packets gives. The properties are checked when the packet is written.
///
/// ```
/// use mqtt_reason::Version;
/// use mqtt_reason::v5::Property;
/// use mqtt_reason::view::Publish;
///
/// let mut buffer = Vec::new();
/// Publish::new("t", b"hi")
///     .with_properties([Property::MessageExpiryInterval(60)])
///     .encode(Version::V5_0, &mut buffer)?;
/// assert_eq!(buffer, b"\x30\x0B\x00\x01t\x05\x02\x00\x00\x00\x3Chi");
/// # Ok::<(), mqtt_reason::EncodeError>(())
/// ```
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct WithProperties<P, I, W = Option<Property<'static>>> {
    packet: P,
    properties: I,
    will_properties: W,
}

impl<'a, I> WithProperties<Connect<'a>, I> {
    /// Properties of the Will, MQTT 5.0 §3.1.3.2; without a Will there is nobody to have them, and they are ignored.
    pub fn with_will_properties<W: PropertySource>(
        self,
        properties: W,
    ) -> WithProperties<Connect<'a>, I, W> {
        WithProperties {
            packet: self.packet,
            properties: self.properties,
            will_properties: properties,
        }
    }
}

/// Everything that is written after the fixed header, checked.
struct Checked<'s, 'a, S, W> {
    packet: Packet<'s, 'a>,
    version: Version,
    properties: &'s S,
    property_length: u32,
    will_properties: &'s W,
    will_property_length: u32,
}

/// The packets that have a body.
#[derive(Clone, Copy)]
enum Packet<'s, 'a> {
    Connect(&'s Connect<'a>),
    Publish(&'s Publish<'a>),
    Subscribe(&'s Subscribe<'a>),
    Unsubscribe(&'s Unsubscribe<'a>),
}

impl Packet<'_, '_> {
    #[inline(always)]
    const fn carrier(self) -> Carrier {
        match self {
            Self::Connect(_) => Carrier::Connect,
            Self::Publish(_) => Carrier::Publish,
            Self::Subscribe(_) => Carrier::Subscribe,
            Self::Unsubscribe(_) => Carrier::Unsubscribe,
        }
    }

    #[inline(always)]
    const fn packet_type(self) -> PacketType {
        self.carrier().packet_type()
    }

    /// Whether the fields, without the properties, can be written in this version.
    #[inline(always)]
    fn check(self, version: Version) -> Result<(), EncodeError> {
        match self {
            Self::Connect(connect) => check_connect(connect),
            Self::Publish(publish) => check_publish(publish),
            Self::Subscribe(subscribe) => check_subscribe(subscribe, version),
            Self::Unsubscribe(unsubscribe) => check_unsubscribe(unsubscribe, version),
        }
    }
}

impl<'s, 'a, S: Source, W: Source> Checked<'s, 'a, S, W> {
    /// What can be written, by the rules of the version and under the options.
    #[inline(always)]
    fn new(
        packet: Packet<'s, 'a>,
        version: Version,
        options: &EncodeOptions,
        properties: &'s S,
        will_properties: &'s W,
    ) -> Result<Self, EncodeError> {
        check_direction(version, packet.packet_type(), options)?;
        packet.check(version)?;
        let mut checked = Self {
            packet,
            version,
            properties,
            property_length: check_properties(packet.carrier(), version, options, properties)?,
            will_properties,
            will_property_length: 0,
        };
        checked.check_together()?;
        if let Packet::Connect(Connect { will: Some(_), .. }) = packet {
            checked.will_property_length =
                check_properties(Carrier::Will, version, options, will_properties)?;
        }
        Ok(checked)
    }

    /// What fields and properties need of each other.
    #[inline(always)]
    fn check_together(&self) -> Result<(), EncodeError> {
        let has = |id| source::has(self.properties, id);
        let kind = match self.packet {
            Packet::Publish(publish) if publish.topic.is_empty() => match self.version {
                Version::V5_0 if has(PropertyId::TopicAlias) => return Ok(()),
                Version::V5_0 => ErrorKind::NoTopic,
                Version::V3_1_1 | Version::V3_1 => ErrorKind::EmptyTopicName,
            },
            Packet::Connect(_)
                if self.property_length > 0
                    && has(PropertyId::AuthenticationData)
                    && !has(PropertyId::AuthenticationMethod) =>
            {
                ErrorKind::AuthenticationDataAlone
            }
            _ => return Ok(()),
        };
        refuse(self.packet.packet_type(), kind)
    }

    /// What follows the fixed header, in bytes.
    #[inline(always)]
    fn remaining_len(&self) -> usize {
        let properties = self.section_len(self.property_length);
        match self.packet {
            Packet::Connect(connect) => {
                let mut len = properties
                    .saturating_add(field_len(connect.protocol_name()))
                    // Level, flags and Keep Alive.
                    .saturating_add(4)
                    .saturating_add(field_len(connect.client_id));
                if let Some(will) = connect.will {
                    len = len
                        .saturating_add(self.section_len(self.will_property_length))
                        .saturating_add(field_len(will.topic))
                        .saturating_add(field_len(will.payload));
                }
                len.saturating_add(connect.user_name.map_or(0, field_len))
                    .saturating_add(connect.password.map_or(0, field_len))
            }
            Packet::Publish(publish) => properties
                .saturating_add(field_len(publish.topic))
                .saturating_add(if publish.packet_id.is_some() { 2 } else { 0 })
                .saturating_add(publish.payload.len()),
            Packet::Subscribe(subscribe) => {
                let list = subscribe.subscriptions;
                let len = match list.as_checked(self.version) {
                    Some(list) => list.len(),
                    None => list
                        .iter()
                        .map(|subscription| field_len(subscription.filter()).saturating_add(1))
                        .fold(0, usize::saturating_add),
                };
                properties.saturating_add(2).saturating_add(len)
            }
            Packet::Unsubscribe(unsubscribe) => {
                let list = unsubscribe.filters;
                let len = match list.as_checked(self.version) {
                    Some(list) => list.len(),
                    None => list.iter().map(field_len).fold(0, usize::saturating_add),
                };
                properties.saturating_add(2).saturating_add(len)
            }
        }
    }

    /// Property Length and properties; 3.1.1 and 3.1 have neither.
    #[inline(always)]
    const fn section_len(&self, property_length: u32) -> usize {
        match self.version {
            Version::V5_0 => with_length(property_length as usize),
            Version::V3_1_1 | Version::V3_1 => 0,
        }
    }

    /// Writes the packet, or refuses it for its size.
    #[inline(always)]
    fn write<B: BufMut>(&self, options: &EncodeOptions, dst: &mut B) -> Result<usize, EncodeError> {
        let packet = self.packet.packet_type();
        let remaining_length = self.remaining_len();
        if remaining_length > VARIABLE_BYTE_INTEGER_MAX as usize {
            return Err(EncodeError::RemainingLength {
                packet,
                remaining_length,
            });
        }
        let len = with_length(remaining_length).saturating_add(1);
        check_size(packet, len, options, dst)?;
        dst.put_u8(first_byte(self.packet));
        put_variable_byte_integer(length(remaining_length), dst);
        match self.packet {
            Packet::Connect(connect) => self.put_connect(connect, dst),
            Packet::Publish(publish) => {
                put_binary(publish.topic.as_bytes(), dst);
                if let Some(id) = publish.packet_id {
                    dst.put_u16(id.get());
                }
                self.put_properties(dst);
                dst.put_slice(publish.payload);
            }
            Packet::Subscribe(subscribe) => {
                dst.put_u16(subscribe.packet_id.get());
                self.put_properties(dst);
                put_subscriptions(subscribe, self.version, dst);
            }
            Packet::Unsubscribe(unsubscribe) => {
                dst.put_u16(unsubscribe.packet_id.get());
                self.put_properties(dst);
                put_filters(unsubscribe, self.version, dst);
            }
        }
        Ok(len)
    }

    #[inline(never)]
    fn put_connect<B: BufMut>(&self, connect: &Connect<'_>, dst: &mut B) {
        put_field(Few::NONE, connect.protocol_name().as_bytes(), dst);
        let fixed = Few::NONE
            .byte(connect.level())
            .byte(connect.flags())
            .two(connect.keep_alive);
        fixed.put(dst);
        let few = self.put_section(self.property_length, self.properties, dst);
        put_field(few, connect.client_id.as_bytes(), dst);
        if let Some(will) = connect.will {
            let few = self.put_section(self.will_property_length, self.will_properties, dst);
            put_field(few, will.topic.as_bytes(), dst);
            put_field(Few::NONE, will.payload, dst);
        }
        if let Some(user_name) = connect.user_name {
            put_field(Few::NONE, user_name.as_bytes(), dst);
        }
        if let Some(password) = connect.password {
            put_field(Few::NONE, password, dst);
        }
    }

    #[inline(always)]
    fn put_properties<B: BufMut>(&self, dst: &mut B) {
        if self.version == Version::V5_0 {
            put_variable_byte_integer(self.property_length, dst);
            if self.property_length > 0 {
                self.properties.put(dst);
            }
        }
    }

    /// A Property Length and its properties, which 3.1.1 and 3.1 do not have; gives back what is still to be written.
    #[inline(always)]
    fn put_section<B: BufMut>(&self, length: u32, properties: &impl Source, dst: &mut B) -> Few {
        if self.version != Version::V5_0 {
            return Few::NONE;
        }
        let few = Few::NONE.variable(length);
        if length == 0 {
            return few;
        }
        few.put(dst);
        properties.put(dst);
        Few::NONE
    }
}

/// A string or binary data with its length, behind `few`. The caller has checked that it has at most 65,535 bytes.
#[inline(always)]
fn put_field<B: BufMut>(few: Few, bytes: &[u8], dst: &mut B) {
    few.two(u16::try_from(bytes.len()).unwrap_or(u16::MAX))
        .put(dst);
    dst.put_slice(bytes);
}

/// At most eight bytes that are written together: each call of a buffer is dear.
#[derive(Clone, Copy)]
struct Few {
    /// The first of them in its lowest bits.
    word: u64,
    /// Eight for each of them.
    bits: u32,
}

impl Few {
    const NONE: Self = Self { word: 0, bits: 0 };

    #[inline(always)]
    const fn byte(self, byte: u8) -> Self {
        Self {
            word: self.word | (byte as u64).wrapping_shl(self.bits),
            bits: self.bits.wrapping_add(8),
        }
    }

    /// A Two Byte Integer.
    #[inline(always)]
    const fn two(self, value: u16) -> Self {
        Self {
            word: self.word | (value.swap_bytes() as u64).wrapping_shl(self.bits),
            bits: self.bits.wrapping_add(16),
        }
    }

    /// A Variable Byte Integer.
    #[inline(always)]
    const fn variable(self, value: u32) -> Self {
        let mut few = self;
        let mut rest = value;
        while rest > 0x7F {
            few = few.byte(rest.to_le_bytes()[0] | 0x80);
            rest >>= 7;
        }
        few.byte(rest.to_le_bytes()[0])
    }

    #[inline(always)]
    fn put<B: BufMut>(self, dst: &mut B) {
        let bytes = self.word.to_le_bytes();
        let len = usize::try_from(self.bits >> 3).unwrap_or_default();
        dst.put_slice(bytes.get(..len).unwrap_or_default());
    }
}

fn put_subscriptions<B: BufMut>(subscribe: &Subscribe<'_>, version: Version, dst: &mut B) {
    if let Some(list) = subscribe.subscriptions.as_checked(version) {
        return dst.put_slice(list);
    }
    for subscription in subscribe.subscriptions {
        put_binary(subscription.filter().as_bytes(), dst);
        dst.put_u8(subscription.options());
    }
}

fn put_filters<B: BufMut>(unsubscribe: &Unsubscribe<'_>, version: Version, dst: &mut B) {
    if let Some(list) = unsubscribe.filters.as_checked(version) {
        return dst.put_slice(list);
    }
    for filter in unsubscribe.filters {
        put_binary(filter.as_bytes(), dst);
    }
}

#[cold]
fn refuse<T>(packet: PacketType, kind: ErrorKind) -> Result<T, EncodeError> {
    Err(EncodeError::Refused { packet, kind })
}

/// The number of bytes of a string or binary data with its length.
#[inline(always)]
fn field_len(bytes: impl AsRef<[u8]>) -> usize {
    bytes.as_ref().len().saturating_add(2)
}

/// Type and flags.
#[inline(always)]
fn first_byte(packet: Packet<'_, '_>) -> u8 {
    let first = packet.packet_type().first_byte();
    match packet {
        Packet::Publish(publish) => {
            first | u8::from(publish.dup) << 3 | publish.qos.as_u8() << 1 | u8::from(publish.retain)
        }
        _ => first,
    }
}

/// Checks properties to be sent and counts their bytes.
#[inline(always)]
fn check_properties<S: Source>(
    carrier: Carrier,
    version: Version,
    options: &EncodeOptions,
    properties: &S,
) -> Result<u32, EncodeError> {
    if version != Version::V5_0 {
        return if properties.total_len() == 0 {
            Ok(0)
        } else {
            not_in(version, "a property")
        };
    }
    let len = length(properties.measure(carrier, options.sender)?.len);
    let mut has_wildcard = false;
    // Those of a packet that was read were looked at then.
    if !S::IS_READ {
        properties.visit(|property| {
            if let Property::ResponseTopic(topic) = property {
                has_wildcard |= topic.contains(['+', '#']);
            }
        });
    }
    if has_wildcard {
        return refuse(carrier.packet_type(), ErrorKind::WildcardInResponseTopic);
    }
    Ok(len)
}

fn not_in<T>(version: Version, what: &'static str) -> Result<T, EncodeError> {
    Err(EncodeError::NotInVersion { version, what })
}

/// §1.5.4, §1.5.6.
#[inline(always)]
fn check_len(
    packet: PacketType,
    field: &'static str,
    bytes: impl AsRef<[u8]>,
) -> Result<(), EncodeError> {
    if bytes.as_ref().len() > LENGTH_MAX {
        return Err(EncodeError::FieldTooLong { packet, field });
    }
    Ok(())
}

/// A string that is no topic.
#[inline(always)]
fn check_text(packet: PacketType, field: &'static str, text: &str) -> Result<(), EncodeError> {
    if !is_plain_text(text.as_bytes()) && text.as_bytes().contains(&0) {
        return refuse(packet, ErrorKind::NullCharacter);
    }
    check_len(packet, field, text)
}

#[inline(always)]
fn check_publish(publish: &Publish<'_>) -> Result<(), EncodeError> {
    let packet = PacketType::Publish;
    if publish.dup && publish.qos == QoS::AtMostOnce {
        return refuse(packet, ErrorKind::DupWithQos0);
    }
    // An empty one may have a Topic Alias: that is checked with the properties.
    if !publish.topic.is_empty() {
        if let Err(kind) = check_topic_name(publish.topic) {
            return refuse(packet, kind);
        }
    }
    check_len(packet, "topic name", publish.topic)
}

#[inline(always)]
fn check_connect(connect: &Connect<'_>) -> Result<(), EncodeError> {
    let packet = PacketType::Connect;
    let version = connect.version;
    if connect.bridge && version == Version::V5_0 {
        return not_in(version, "a bridge");
    }
    if connect.password.is_some() && connect.user_name.is_none() && version != Version::V5_0 {
        return refuse(packet, ErrorKind::PasswordWithoutUserName);
    }
    check_text(packet, "client identifier", connect.client_id)?;
    match version {
        // 3.1.1 [MQTT-3.1.3-7]
        Version::V3_1_1 if connect.client_id.is_empty() && !connect.clean_start => {
            return not_in(version, "an empty client identifier without clean session");
        }
        // 3.1 §3.1
        Version::V3_1 if !matches!(connect.client_id.chars().count(), 1..=23) => {
            return not_in(
                version,
                "a client identifier of other than 1 to 23 characters",
            );
        }
        _ => {}
    }
    if let Some(will) = &connect.will {
        check_will(will)?;
    }
    if let Some(user_name) = connect.user_name {
        check_text(packet, "user name", user_name)?;
    }
    check_len(packet, "password", connect.password.unwrap_or_default())
}

#[inline(always)]
fn check_will(will: &Will<'_>) -> Result<(), EncodeError> {
    let packet = PacketType::Connect;
    if let Err(kind) = check_topic_name(will.topic) {
        return refuse(packet, kind);
    }
    check_len(packet, "will topic", will.topic)?;
    check_len(packet, "will payload", will.payload)
}

#[inline(always)]
fn check_subscribe(subscribe: &Subscribe<'_>, version: Version) -> Result<(), EncodeError> {
    match subscribe.subscriptions.as_checked(version) {
        Some(_) => Ok(()),
        None => check_subscriptions(subscribe, version),
    }
}

#[inline(never)]
fn check_subscriptions(subscribe: &Subscribe<'_>, version: Version) -> Result<(), EncodeError> {
    let packet = PacketType::Subscribe;
    for subscription in subscribe.subscriptions {
        check_filter(packet, version, subscription.filter())?;
        if version != Version::V5_0 && subscription.options() != subscription.qos().as_u8() {
            return not_in(version, "a subscription option other than the QoS");
        }
        if subscription.no_local() && subscription.is_shared() {
            return refuse(packet, ErrorKind::NoLocalOnSharedSubscription);
        }
    }
    Ok(())
}

#[inline(always)]
fn check_unsubscribe(unsubscribe: &Unsubscribe<'_>, version: Version) -> Result<(), EncodeError> {
    match unsubscribe.filters.as_checked(version) {
        Some(_) => Ok(()),
        None => unsubscribe
            .filters
            .iter()
            .try_for_each(|filter| check_filter(PacketType::Unsubscribe, version, filter)),
    }
}

#[inline(always)]
fn check_filter(packet: PacketType, version: Version, filter: &str) -> Result<(), EncodeError> {
    if let Err(kind) = topic::check_topic_filter(version, filter) {
        return refuse(packet, kind);
    }
    check_len(packet, "topic filter", filter)
}

/// The writing calls of a packet of a connection of some version, with its own properties and with others.
///
/// It saves three copies of the same functions.
macro_rules! encode {
    ($($Packet:ident)+) => {
        $(
            impl<'a> $Packet<'a> {
                /// The same packet with these properties instead of its own, for writing. They are checked when the
                /// packet is written; 3.1.1 and 3.1 have none.
                pub fn with_properties<S: PropertySource>(
                    self,
                    properties: S,
                ) -> WithProperties<Self, S> {
                    WithProperties {
                        packet: self,
                        properties,
                        will_properties: None,
                    }
                }

                /// Writes the packet for a connection of `version`; returns the number of bytes written.
                ///
                /// # Errors
                ///
                /// As [`encode_with`](Self::encode_with).
                pub fn encode<B: BufMut>(
                    &self,
                    version: Version,
                    dst: &mut B,
                ) -> Result<usize, EncodeError> {
                    self.encode_with(version, EncodeOptions::DEFAULT, dst)
                }

                /// Writes the packet for a connection of `version`, within what `options` say of sender and receiver;
                /// returns the number of bytes written. Nothing is left out to make it fit.
                ///
                /// # Errors
                ///
                /// Nothing is written on an error. See [`EncodeError`].
                pub fn encode_with<B: BufMut>(
                    &self,
                    version: Version,
                    options: &EncodeOptions,
                    dst: &mut B,
                ) -> Result<usize, EncodeError> {
                    let (own, none) = (&Own(self.properties), &Own(Properties::EMPTY));
                    Checked::new(Packet::$Packet(self), version, options, own, none)?
                        .write(options, dst)
                }
            }

            impl<S: PropertySource> WithProperties<$Packet<'_>, S> {
                /// Writes the packet for a connection of `version`; returns the number of bytes written.
                ///
                /// # Errors
                ///
                /// As [`encode_with`](Self::encode_with).
                pub fn encode<B: BufMut>(
                    &self,
                    version: Version,
                    dst: &mut B,
                ) -> Result<usize, EncodeError> {
                    self.encode_with(version, EncodeOptions::DEFAULT, dst)
                }

                /// Writes the packet for a connection of `version`, within what `options` say of sender and receiver;
                /// returns the number of bytes written. Nothing is left out to make it fit.
                ///
                /// # Errors
                ///
                /// Nothing is written on an error. See [`EncodeError`].
                pub fn encode_with<B: BufMut>(
                    &self,
                    version: Version,
                    options: &EncodeOptions,
                    dst: &mut B,
                ) -> Result<usize, EncodeError> {
                    let (packet, none) = (Packet::$Packet(&self.packet), &Own(Properties::EMPTY));
                    Checked::new(packet, version, options, &self.properties, none)?
                        .write(options, dst)
                }
            }
        )+
    };
}

encode! { Publish Subscribe Unsubscribe }

impl<'a> Connect<'a> {
    /// The same packet with these properties instead of its own, for writing. They are checked when the packet is
    /// written; 3.1.1 and 3.1 have none.
    pub fn with_properties<S: PropertySource>(self, properties: S) -> WithProperties<Self, S> {
        WithProperties {
            packet: self,
            properties,
            will_properties: None,
        }
    }

    /// Writes the packet in its own version; returns the number of bytes written.
    ///
    /// # Errors
    ///
    /// As [`encode_with`](Self::encode_with).
    pub fn encode<B: BufMut>(&self, dst: &mut B) -> Result<usize, EncodeError> {
        self.encode_with(EncodeOptions::DEFAULT, dst)
    }

    /// Writes the packet in its own version, within what `options` say of sender and receiver; returns the number of
    /// bytes written. Nothing is left out to make it fit.
    ///
    /// # Errors
    ///
    /// Nothing is written on an error. See [`EncodeError`].
    pub fn encode_with<B: BufMut>(
        &self,
        options: &EncodeOptions,
        dst: &mut B,
    ) -> Result<usize, EncodeError> {
        let will = self.will.map_or(Properties::EMPTY, |will| will.properties);
        let (own, will) = (Own(self.properties), Own(will));
        Checked::new(Packet::Connect(self), self.version, options, &own, &will)?.write(options, dst)
    }
}

impl<S: PropertySource, W: PropertySource> WithProperties<Connect<'_>, S, W> {
    /// Writes the packet in its own version; returns the number of bytes written.
    ///
    /// # Errors
    ///
    /// As [`encode_with`](Self::encode_with).
    pub fn encode<B: BufMut>(&self, dst: &mut B) -> Result<usize, EncodeError> {
        self.encode_with(EncodeOptions::DEFAULT, dst)
    }

    /// Writes the packet in its own version, within what `options` say of sender and receiver; returns the number of
    /// bytes written. Nothing is left out to make it fit.
    ///
    /// # Errors
    ///
    /// Nothing is written on an error. See [`EncodeError`].
    pub fn encode_with<B: BufMut>(
        &self,
        options: &EncodeOptions,
        dst: &mut B,
    ) -> Result<usize, EncodeError> {
        let (packet, version) = (Packet::Connect(&self.packet), self.packet.version);
        let (properties, will_properties) = (&self.properties, &self.will_properties);
        Checked::new(packet, version, options, properties, will_properties)?.write(options, dst)
    }
}

impl View<'_> {
    /// Writes the packet for a connection of `version`; returns the number of bytes written. A CONNECT has a version of
    /// its own.
    ///
    /// # Errors
    ///
    /// As [`encode_with`](Self::encode_with).
    pub fn encode<B: BufMut>(&self, version: Version, dst: &mut B) -> Result<usize, EncodeError> {
        self.encode_with(version, EncodeOptions::DEFAULT, dst)
    }

    /// Writes the packet for a connection of `version`, within what `options` say of sender and receiver; returns the
    /// number of bytes written. Nothing is left out to make it fit. A CONNECT has a version of its own.
    ///
    /// # Errors
    ///
    /// Nothing is written on an error. See [`EncodeError`]. A CONNECT of no known version is not written: nobody knows
    /// what follows its Protocol Level.
    pub fn encode_with<B: BufMut>(
        &self,
        version: Version,
        options: &EncodeOptions,
        dst: &mut B,
    ) -> Result<usize, EncodeError> {
        match self {
            Self::Connect(connect) => connect.encode_with(options, dst),
            Self::UnknownConnect(_) => not_in(version, "a CONNECT of another version"),
            Self::Publish(publish) => publish.encode_with(version, options, dst),
            Self::Subscribe(subscribe) => subscribe.encode_with(version, options, dst),
            Self::Unsubscribe(unsubscribe) => unsubscribe.encode_with(version, options, dst),
            Self::Pingreq | Self::Pingresp => {
                let packet = self.packet_type();
                check_direction(version, packet, options)?;
                let len = 2;
                check_size(packet, len, options, dst)?;
                dst.put_slice(&[packet.first_byte(), 0]);
                Ok(len)
            }
        }
    }
}
