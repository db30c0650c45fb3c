//! Sizes of what is returned by value, and what may cross threads.

use mqtt_reason::{
    CodeIter, CodeList, DecodeError, DecodeOptions, Decoded, EncodeError, EncodeOptions,
    ErrorClass, ErrorKind, Frame, OwnedDecoded, OwnedFrame, OwnedPacket, Packet, PacketId,
    PacketType, ParseCodeError, PropertyId, QoS, ReasonCode, SentBy, Side, UndefinedCode, Version,
    v3, v5,
};

#[test]
fn packets_are_small() {
    assert!(size_of::<Packet<'_>>() <= 40);
    assert!(size_of::<v5::Packet<'_>>() <= 32);
    assert!(size_of::<v3::Packet<'_>>() <= 32);
    // A result of decoding is a packet and a length.
    let length = size_of::<usize>();
    assert!(size_of::<Decoded<'_, Packet<'_>>>() <= 40 + length);
    assert!(size_of::<Decoded<'_, v5::Packet<'_>>>() <= 32 + length);
    assert!(size_of::<Decoded<'_, v3::Packet<'_>>>() <= 32 + length);
}

#[test]
fn errors_are_small() {
    assert!(size_of::<ErrorKind>() <= 12);
    assert!(size_of::<DecodeError>() <= 24);
    assert!(size_of::<EncodeError>() <= 32);
    assert!(size_of::<v5::PropertyError>() <= 16);
    // An error makes the result of decoding no larger.
    type DecodedV5<'a> = Decoded<'a, v5::Packet<'a>>;
    assert_eq!(
        size_of::<Result<DecodedV5<'_>, DecodeError>>(),
        size_of::<DecodedV5<'_>>()
    );
}

#[test]
fn codes_are_bytes() {
    assert_eq!(size_of::<ReasonCode>(), 1);
    assert_eq!(size_of::<Option<v5::PubackReason>>(), 1);
    assert_eq!(size_of::<Option<v3::ConnackReturnCode>>(), 1);
    assert_eq!(size_of::<Option<PacketId>>(), 2);
}

/// Compiles if the types may be sent to and shared between threads.
fn crosses_threads<T: Send + Sync>() {}

#[test]
fn everything_crosses_threads() {
    crosses_threads::<v5::Packet<'_>>();
    crosses_threads::<v5::PropertyIter<'_>>();
    crosses_threads::<v5::UserProperties<'_>>();
    crosses_threads::<OwnedPacket>();
    crosses_threads::<Packet<'_>>();
    crosses_threads::<v5::PropertyError>();
    crosses_threads::<v3::Packet<'_>>();
    crosses_threads::<CodeList<'_, v5::SubackReason>>();
    crosses_threads::<CodeIter<'_, v5::SubackReason>>();
    crosses_threads::<Frame<'_>>();
    crosses_threads::<Decoded<'_, v5::Packet<'_>>>();
    crosses_threads::<OwnedDecoded<OwnedPacket>>();
    crosses_threads::<OwnedFrame>();
    crosses_threads::<(DecodeOptions, EncodeOptions)>();
    crosses_threads::<(DecodeError, ErrorKind, ErrorClass, EncodeError)>();
    crosses_threads::<(ReasonCode, UndefinedCode, ParseCodeError)>();
    crosses_threads::<(PacketId, PacketType, PropertyId, QoS, SentBy, Side, Version)>();
}
