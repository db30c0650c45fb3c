//! Structured packets: decode ∘ encode is the identity, the length is exact, every size limit is respected, and
//! nothing is written on an error.

use bytes::BufMut;
use mqtt_reason::testing::Valid;
use mqtt_reason::{Decoded, Encode, EncodeError, EncodeOptions, v3, v5};

/// What a buffer is filled with before it is written to.
const UNTOUCHED: u8 = 0xA5;

/// Panics if the codec does something wrong with a valid packet.
pub(crate) fn check(valid: &Valid) {
    let shortest = valid.shortest();
    valid.with_v5(|packet| {
        written_as(&shortest, |mut dst| packet.encode(&mut dst));
        assert_eq!(packet.encoded_len(), shortest.len());
        limits(valid, &packet);
        for bytes in valid.encodings() {
            let len = bytes.len();
            assert_eq!(v5::decode(&bytes), Ok(Decoded::Packet { packet, len }));
        }
    });
    valid.with_v3(|version, packet| {
        written_as(&shortest, |mut dst| packet.encode(version, &mut dst));
        assert_eq!(packet.encoded_len(), shortest.len());
        for bytes in valid.encodings() {
            let len = bytes.len();
            assert_eq!(
                v3::decode(version, &bytes),
                Ok(Decoded::Packet { packet, len })
            );
        }
    });
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
    let error = EncodeError::BufferTooSmall { needed, available };
    assert_eq!(encode(&mut buffer), Err(error));
    assert!(buffer.iter().all(|byte| *byte == UNTOUCHED));
}

/// Checks the sizes around which properties are dropped: all User Properties first, then the Reason String.
fn limits(valid: &Valid, packet: &v5::Packet<'_>) {
    let all = valid.shortest();
    let without_user_properties = valid.without_user_properties().shortest();
    let without_any = valid.without_problem_information().shortest();
    let lengths = [all.len(), without_user_properties.len(), without_any.len()];
    for max in lengths.into_iter().flat_map(|len| [len - 1, len, len + 1]) {
        let options = EncodeOptions::new().max_packet_size(u32::try_from(max).unwrap());
        let mut buffer = bytes::BytesMut::new();
        buffer.put_u8(UNTOUCHED);
        let result = packet.encode_with(&options, &mut buffer);
        let expected = [&all, &without_user_properties, &without_any]
            .into_iter()
            .find(|bytes| bytes.len() <= max);
        match expected {
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
