//! Structured packets: decode ∘ encode is the identity, the length is exact, every size limit is respected, and
//! nothing is written on an error.

use mqtt_reason::testing::Valid;
use mqtt_reason::{Decoded, Encode, EncodeError, EncodeOptions, Packet, PropertyId, decode, v5};

/// What a buffer is filled with before it is written to.
const UNTOUCHED: u8 = 0xA5;

/// Panics if the codec does something wrong with a valid packet.
pub(crate) fn check(valid: &Valid) {
    let encodings = valid.encodings();
    let shortest = &encodings[0];
    let checked = valid.with_packet(|packet| {
        written_as(shortest, |mut dst| packet.encode(&mut dst));
        assert_eq!(packet.encoded_len(), shortest.len());
        for bytes in &encodings {
            let len = bytes.len();
            assert_eq!(
                decode(packet.version(), bytes),
                Ok(Decoded::Packet { packet, len })
            );
        }
        if let Packet::V5(packet) = packet {
            limits(valid, shortest, &packet);
        }
    });
    assert_eq!(checked, Some(()), "a valid packet decodes");
}

/// Checks that exactly `bytes` are written into a larger buffer, and nothing into one that is a byte too small.
fn written_as(bytes: &[u8], encode: impl Fn(&mut [u8]) -> Result<usize, EncodeError>) {
    let needed = bytes.len();
    let mut buffer = vec![UNTOUCHED; needed + 8];
    assert_eq!(encode(&mut buffer), Ok(needed));
    assert_eq!(buffer[..needed], *bytes);
    assert!(buffer[needed..].iter().all(|byte| *byte == UNTOUCHED));

    let available = needed - 1;
    let mut buffer = vec![UNTOUCHED; available];
    assert!(matches!(
        encode(&mut buffer),
        Err(EncodeError::BufferTooSmall { needed: n, available: a, .. }) if (n, a) == (needed, available)
    ));
    assert!(buffer.iter().all(|byte| *byte == UNTOUCHED));
}

/// Checks the sizes around which properties are dropped: all User Properties first, then the Reason String.
fn limits(valid: &Valid, all: &[u8], packet: &v5::Packet<'_>) {
    // What is left out step by step, as far as there is something to leave out.
    let mut left = vec![all.to_vec()];
    if valid.has(PropertyId::UserProperty) {
        left.push(valid.without_user_properties().shortest());
    }
    if valid.has(PropertyId::ReasonString) {
        left.push(valid.without_problem_information().shortest());
    }
    let lengths: Vec<usize> = left.iter().map(Vec::len).collect();
    let mut buffer = Vec::new();
    for max in lengths.into_iter().flat_map(|len| [len - 1, len, len + 1]) {
        let options = EncodeOptions::new().max_packet_size(u32::try_from(max).unwrap());
        buffer.clear();
        buffer.push(UNTOUCHED);
        let result = packet.encode_with(&options, &mut buffer);
        match left.iter().find(|bytes| bytes.len() <= max) {
            Some(expected) => {
                assert_eq!(result, Ok(expected.len()));
                assert_eq!(buffer[1..], **expected);
            }
            None => {
                assert!(matches!(result, Err(EncodeError::PacketTooLarge { .. })));
                assert_eq!(buffer[..], [UNTOUCHED]);
            }
        }
    }
}
