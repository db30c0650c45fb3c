//! Bytes as hex, and what must come of them.

use std::borrow::Borrow;

use crate::shown::Shown;
use mqtt_reason::v5::{PropertySource, SubscriptionReason, WithCodes, WithProperties};
use mqtt_reason::{
    DecodeError, DecodeOptions, Decoded, Encode, EncodeError, EncodeOptions, ErrorClass, PacketId,
    PacketType, PropertyId, ReasonCode, Side, Version, v3, v5,
};

/// The versions of the module `v3`.
pub(crate) const V3: [v3::Version; 2] = [v3::Version::V3_1, v3::Version::V3_1_1];

/// One packet of each type in 5.0: its first byte and what follows it.
pub(crate) const ONE_OF_EACH: [(PacketType, u8, &str); 9] = [
    (PacketType::Connack, 0x20, "03 00 00 00"),
    (PacketType::Puback, 0x40, "02 00 0A"),
    (PacketType::Pubrec, 0x50, "02 00 0A"),
    (PacketType::Pubrel, 0x62, "02 00 0A"),
    (PacketType::Pubcomp, 0x70, "02 00 0A"),
    (PacketType::Suback, 0x90, "04 00 0A 00 01"),
    (PacketType::Unsuback, 0xB0, "04 00 0A 00 11"),
    (PacketType::Disconnect, 0xE0, "00"),
    (PacketType::Auth, 0xF0, "06 18 04 15 00 01 41"),
];

/// One packet of each type in 3.1.1 and 3.1: its first byte and what follows it.
pub(crate) const ONE_OF_EACH_V3: [(PacketType, u8, &str); 8] = [
    (PacketType::Connack, 0x20, "02 00 00"),
    (PacketType::Puback, 0x40, "02 00 0A"),
    (PacketType::Pubrec, 0x50, "02 00 0A"),
    (PacketType::Pubrel, 0x62, "02 00 0A"),
    (PacketType::Pubcomp, 0x70, "02 00 0A"),
    (PacketType::Suback, 0x90, "03 00 0A 01"),
    (PacketType::Unsuback, 0xB0, "02 00 0A"),
    (PacketType::Disconnect, 0xE0, "00"),
];

/// A packet of 5.0 with the properties left open.
pub(crate) struct Template {
    pub(crate) packet: PacketType,
    first: u8,
    before: &'static str,
    after: &'static str,
    /// Where the first property stands, counted from the start of the packet.
    pub(crate) offset: usize,
}

/// One packet of each type that has properties: what stands before the Property Length and after the properties.
pub(crate) const TEMPLATES: [Template; 9] = [
    template(PacketType::Connack, 0x20, "00 00", "", 5),
    template(PacketType::Puback, 0x40, "00 0A 00", "", 6),
    template(PacketType::Pubrec, 0x50, "00 0A 00", "", 6),
    template(PacketType::Pubrel, 0x62, "00 0A 00", "", 6),
    template(PacketType::Pubcomp, 0x70, "00 0A 00", "", 6),
    template(PacketType::Suback, 0x90, "00 0A", "01", 5),
    template(PacketType::Unsuback, 0xB0, "00 0A", "11", 5),
    template(PacketType::Disconnect, 0xE0, "00", "", 4),
    template(PacketType::Auth, 0xF0, "18", "", 4),
];

const fn template(
    packet: PacketType,
    first: u8,
    before: &'static str,
    after: &'static str,
    offset: usize,
) -> Template {
    Template {
        packet,
        first,
        before,
        after,
        offset,
    }
}

/// The template of one packet type.
#[track_caller]
pub(crate) fn template_of(packet: PacketType) -> &'static Template {
    TEMPLATES
        .iter()
        .find(|template| template.packet == packet)
        .expect("it has properties")
}

impl Template {
    /// The packet in hex with these properties, both lengths counted.
    #[track_caller]
    pub(crate) fn with(&self, properties: &str) -> String {
        let property_length = bytes(properties).len();
        let remaining_length =
            bytes(self.before).len() + 1 + property_length + bytes(self.after).len();
        assert!(remaining_length < 128, "the lengths have one byte each");
        format!(
            "{:02X} {remaining_length:02X} {} {property_length:02X} {properties} {}",
            self.first, self.before, self.after
        )
    }
}

/// The bytes that `text` writes in hex; spaces are free.
#[track_caller]
pub(crate) fn bytes(text: &str) -> Vec<u8> {
    let digits: String = text.split_whitespace().collect();
    hex::decode(digits).expect("hex")
}

/// The identifier of the property whose value, the second string of a pair included, starts at `offset`.
#[track_caller]
pub(crate) fn property_at(hex: &str, offset: usize) -> PropertyId {
    let bytes = bytes(hex);
    let before = bytes.get(..offset).expect("in the packet");
    // A pair's second string follows a first one of a byte.
    let at = match before {
        [.., 0x26, _, _, _] => offset - 4,
        _ => offset - 1,
    };
    let id = bytes.get(at).copied().and_then(PropertyId::from_u8);
    id.expect("a property")
}

/// A Packet Identifier.
#[track_caller]
pub(crate) fn id(id: u16) -> PacketId {
    PacketId::new(id).expect("not 0")
}

/// What a decoded packet has to be.
pub(crate) trait Expected {
    fn assert_is(&self, decoded: &v5::Packet<'_>);
}

/// Packets without properties of their own.
macro_rules! expected {
    ($($Packet:ident)+) => {$(
        impl Expected for v5::$Packet<'_> {
            #[track_caller]
            fn assert_is(&self, decoded: &v5::Packet<'_>) {
                assert_eq!(decoded, &(*self).into());
            }
        }
    )+};
}

expected! { Packet Connack Puback Pubrec Pubrel Pubcomp Suback Unsuback Disconnect Auth }

impl<R, I> Expected for WithCodes<R, I>
where
    R: SubscriptionReason,
    I: Iterator<Item: Borrow<R>> + Clone,
{
    #[track_caller]
    fn assert_is(&self, decoded: &v5::Packet<'_>) {
        assert_eq!(decoded.packet_type(), R::PACKET);
        assert_eq!(decoded.packet_id(), Some(self.packet_id()));
        let codes = self
            .codes()
            .map(|code| ReasonCode::from_u8(code.borrow().as_u8()));
        assert!(decoded.reason_codes().map(Some).eq(codes), "{decoded:?}");
    }
}

impl<E: Expected> Expected for &E {
    #[track_caller]
    fn assert_is(&self, decoded: &v5::Packet<'_>) {
        (*self).assert_is(decoded);
    }
}

/// With these properties, and otherwise as the packet without them.
impl<P, S> Expected for WithProperties<P, S>
where
    P: Encode + Clone,
    S: PropertySource,
    Self: Encode,
{
    #[track_caller]
    fn assert_is(&self, decoded: &v5::Packet<'_>) {
        assert_eq!(decoded.packet_type(), self.packet_type());
        let mut read = decoded.properties().iter();
        self.properties()
            .for_each_property(|property| assert_eq!(read.next(), Some(*property)));
        assert_eq!(read.next(), None);
        // An AUTH cannot be written without its properties; its code is compared by `writes`.
        let mut bytes = Vec::new();
        if self.packet().encode(&mut bytes).is_ok() {
            let Ok(Decoded::Packet { packet, .. }) = v5::decode(&bytes) else {
                panic!("{bytes:02X?} is a packet");
            };
            assert_eq!(decoded.packet_id(), packet.packet_id());
            assert!(
                decoded.reason_codes().eq(packet.reason_codes()),
                "{decoded:?}"
            );
            if let (v5::Packet::Connack(one), v5::Packet::Connack(other)) = (decoded, packet) {
                assert_eq!(one.session_present(), other.session_present());
            }
        }
    }
}

/// Bytes of MQTT 5.0 that were received.
pub(crate) fn received(hex: &str) -> Received {
    Received {
        bytes: bytes(hex),
        options: DecodeOptions::new(),
    }
}

/// Bytes of MQTT 5.0, and what their receiver knows.
pub(crate) struct Received {
    bytes: Vec<u8>,
    options: DecodeOptions,
}

impl Received {
    /// From this side.
    pub(crate) fn from(mut self, sender: Side) -> Self {
        self.options = self.options.sender(sender);
        self
    }

    /// By a receiver that announced this Maximum Packet Size.
    pub(crate) fn at_most(mut self, max: u32) -> Self {
        self.options = self.options.max_packet_size(max);
        self
    }

    /// After a CONNECT with Request Problem Information 0.
    pub(crate) fn without_problem_information(mut self) -> Self {
        self.options = self.options.request_problem_information(false);
        self
    }

    /// The packet that all the bytes are.
    #[track_caller]
    pub(crate) fn packet(&self) -> v5::Packet<'_> {
        match v5::decode_with(&self.options, &self.bytes) {
            Ok(Decoded::Packet { packet, len }) => {
                assert_eq!(len, self.bytes.len(), "{:02X?}", self.bytes);
                packet
            }
            other => panic!("{:02X?}: {other:?}", self.bytes),
        }
    }

    /// The bytes are a packet of another type.
    #[track_caller]
    pub(crate) fn frame(&self) {
        match v5::decode_with(&self.options, &self.bytes) {
            Ok(Decoded::Frame(frame)) => assert_eq!(frame.bytes(), self.bytes),
            other => panic!("{:02X?}: {other:?}", self.bytes),
        }
    }

    /// The bytes are this packet.
    #[track_caller]
    pub(crate) fn is(&self, packet: impl Expected) {
        packet.assert_is(&self.packet());
    }

    /// They are malformed: answered with 0x81.
    #[track_caller]
    pub(crate) fn malformed(&self, offset: usize, rule: &str, kind: impl Into<Shown>) {
        self.refused(
            ErrorClass::MalformedPacket,
            v5::DisconnectReason::MalformedPacket,
            offset,
            rule,
            kind,
        );
    }

    /// They are a protocol error: answered with 0x82.
    #[track_caller]
    pub(crate) fn protocol_error(&self, offset: usize, rule: &str, kind: impl Into<Shown>) {
        self.refused(
            ErrorClass::ProtocolError,
            v5::DisconnectReason::ProtocolError,
            offset,
            rule,
            kind,
        );
    }

    /// They are larger than the Maximum Packet Size: answered with 0x95.
    #[track_caller]
    pub(crate) fn too_large(&self, rule: &str, kind: impl Into<Shown>) {
        self.refused(
            ErrorClass::PacketTooLarge,
            v5::DisconnectReason::PacketTooLarge,
            1,
            rule,
            kind,
        );
    }

    /// The error that the bytes are refused with.
    #[track_caller]
    pub(crate) fn error(&self) -> DecodeError {
        v5::decode_with(&self.options, &self.bytes).expect_err("refused")
    }

    #[track_caller]
    fn refused(
        &self,
        class: ErrorClass,
        answer: v5::DisconnectReason,
        offset: usize,
        rule: &str,
        kind: impl Into<Shown>,
    ) {
        let bytes = &self.bytes;
        let error = match v5::decode_with(&self.options, bytes) {
            Err(error) => error,
            accepted => panic!("{bytes:02X?} accepted: {accepted:?}"),
        };
        let packet = bytes
            .first()
            .and_then(|&first| PacketType::from_first_byte(first));
        assert_eq!(error.kind(), kind.into(), "{bytes:02X?}");
        assert_eq!(error.class(), class, "{bytes:02X?}: {error}");
        assert_eq!(error.answer(), Some(answer), "{bytes:02X?}: {error}");
        assert_eq!(error.offset(), offset, "{bytes:02X?}: {error}");
        assert_eq!(error.rule(), rule, "{bytes:02X?}: {error}");
        assert_eq!(error.packet(), packet, "{bytes:02X?}: {error}");
        assert_eq!(error.version(), Version::V5_0);
    }
}

/// Bytes of MQTT 3.1.1 or 3.1 that were received.
pub(crate) fn received_v3(version: v3::Version, hex: &str) -> ReceivedV3 {
    ReceivedV3 {
        version,
        bytes: bytes(hex),
        options: DecodeOptions::new(),
    }
}

/// Bytes of MQTT 3.1.1 or 3.1, and what their receiver knows.
pub(crate) struct ReceivedV3 {
    version: v3::Version,
    bytes: Vec<u8>,
    options: DecodeOptions,
}

impl ReceivedV3 {
    /// From this side.
    pub(crate) fn from(mut self, sender: Side) -> Self {
        self.options = self.options.sender(sender);
        self
    }

    /// By a receiver that takes no larger packet.
    pub(crate) fn at_most(mut self, max: u32) -> Self {
        self.options = self.options.max_packet_size(max);
        self
    }

    /// The bytes are a packet of another type.
    #[track_caller]
    pub(crate) fn frame(&self) {
        match v3::decode_with(self.version, &self.options, &self.bytes) {
            Ok(Decoded::Frame(frame)) => assert_eq!(frame.bytes(), self.bytes),
            other => panic!("{:02X?}: {other:?}", self.bytes),
        }
    }

    /// The packet that all the bytes are.
    #[track_caller]
    pub(crate) fn packet(&self) -> v3::Packet<'_> {
        match v3::decode_with(self.version, &self.options, &self.bytes) {
            Ok(Decoded::Packet { packet, len }) => {
                assert_eq!(len, self.bytes.len(), "{:02X?}", self.bytes);
                packet
            }
            other => panic!("{:?} {:02X?}: {other:?}", self.version, self.bytes),
        }
    }

    /// The bytes are this packet.
    #[track_caller]
    pub(crate) fn is(&self, packet: v3::Packet<'_>) {
        assert_eq!(
            self.packet(),
            packet,
            "{:?} {:02X?}",
            self.version,
            self.bytes
        );
    }

    /// They would be malformed in 5.0; one can only close.
    #[track_caller]
    pub(crate) fn malformed(&self, offset: usize, rule: &str, kind: impl Into<Shown>) {
        self.refused(ErrorClass::MalformedPacket, offset, rule, kind);
    }

    /// They would be a protocol error in 5.0; one can only close.
    #[track_caller]
    pub(crate) fn protocol_error(&self, offset: usize, rule: &str, kind: impl Into<Shown>) {
        self.refused(ErrorClass::ProtocolError, offset, rule, kind);
    }

    #[track_caller]
    pub(crate) fn refused(
        &self,
        class: ErrorClass,
        offset: usize,
        rule: &str,
        kind: impl Into<Shown>,
    ) {
        let (version, bytes) = (self.version, &self.bytes);
        let error = match v3::decode_with(version, &self.options, bytes) {
            Err(error) => error,
            accepted => panic!("{version:?} {bytes:02X?} accepted: {accepted:?}"),
        };
        assert_eq!(error.kind(), kind.into(), "{version:?} {bytes:02X?}");
        assert_eq!(error.class(), class, "{version:?} {bytes:02X?}: {error}");
        assert_eq!(error.answer(), None, "{version:?} {bytes:02X?}: {error}");
        assert_eq!(error.offset(), offset, "{version:?} {bytes:02X?}: {error}");
        assert_eq!(error.rule(), rule, "{version:?} {bytes:02X?}: {error}");
        assert_eq!(error.version(), version.into());
    }
}

/// What the encoder writes, after checks that it says how much.
#[track_caller]
pub(crate) fn written(options: &EncodeOptions, packet: &impl Encode) -> Vec<u8> {
    let mut buffer = Vec::new();
    let len = packet
        .encode_with(options, &mut buffer)
        .expect("it can be written");
    assert_eq!(len, buffer.len());
    buffer
}

/// The encoder writes these bytes, and announces their number.
#[track_caller]
pub(crate) fn writes(packet: &impl Encode, hex: &str) {
    let expected = bytes(hex);
    let mut buffer = Vec::new();
    assert_eq!(packet.encoded_len(), expected.len(), "{hex}");
    assert_eq!(packet.encode(&mut buffer), Ok(expected.len()), "{hex}");
    assert_eq!(buffer, expected, "{buffer:02X?}");
}

/// The bytes are this packet, and the encoder writes them for it.
#[track_caller]
pub(crate) fn reads_and_writes(hex: &str, packet: impl Expected + Encode) {
    writes(&packet, hex);
    let received = received(hex);
    writes(&received.packet(), hex);
    received.is(packet);
}

/// The encoder refuses the packet and leaves the buffer as it was.
#[track_caller]
pub(crate) fn refuses(options: &EncodeOptions, packet: &impl Encode, error: impl Into<Shown>) {
    let mut buffer = vec![0xA5];
    let refused = packet
        .encode_with(options, &mut buffer)
        .expect_err("refused");
    assert_eq!(refused, error.into());
    assert_eq!(buffer, [0xA5], "nothing is written on an error");
}

/// Why the properties of a packet cannot be written.
#[track_caller]
pub(crate) fn property_error(packet: &impl Encode) -> v5::PropertyError {
    let mut buffer = vec![0xA5];
    let error = packet.encode(&mut buffer).expect_err("refused");
    assert_eq!(buffer, [0xA5], "nothing is written on an error");
    match error {
        EncodeError::Property(error) => error,
        other => panic!("{other}"),
    }
}

/// The encoder of 3.x writes these bytes, and announces their number.
#[track_caller]
pub(crate) fn writes_v3(version: v3::Version, packet: &v3::Packet<'_>, hex: &str) {
    let expected = bytes(hex);
    let mut buffer = Vec::new();
    assert_eq!(packet.encoded_len(), expected.len(), "{hex}");
    assert_eq!(packet.encode(version, &mut buffer), Ok(expected.len()));
    assert_eq!(buffer, expected, "{version:?} {buffer:02X?}");
}

/// The encoder of 3.x refuses the packet and leaves the buffer as it was.
#[track_caller]
pub(crate) fn refuses_v3(
    version: v3::Version,
    options: &EncodeOptions,
    packet: &v3::Packet<'_>,
    error: impl Into<Shown>,
) {
    let mut buffer = vec![0xA5];
    let refused = packet.encode_with(version, options, &mut buffer);
    assert_eq!(refused.expect_err("refused"), error.into());
    assert_eq!(buffer, [0xA5], "nothing is written on an error");
}
