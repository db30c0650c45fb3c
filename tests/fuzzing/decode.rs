//! Raw bytes: what is consumed is there, an error is inside the input, and what was decoded can be written and read
//! again.

use mqtt_reason::{DecodeError, Decoded, Encode, EncodeError, PacketType, v3, v5};

use crate::codec::options;
use crate::input;
use crate::oracle::Version;

/// Panics if the codec does something wrong with `data`.
pub(crate) fn check(data: &[u8]) {
    let Some((context, bytes)) = input::split(data) else {
        return;
    };
    let options = options(&context);
    let version = match context.version {
        Version::V5_0 => {
            let decoded = v5::decode_with(&options, bytes);
            if let Some(packet) = packet_within(decoded, bytes) {
                again_v5(&packet);
            }
            return;
        }
        Version::V3_1_1 => v3::Version::V3_1_1,
        Version::V3_1 => v3::Version::V3_1,
    };
    let decoded = v3::decode_with(version, &options, bytes);
    if let Some(packet) = packet_within(decoded, bytes) {
        again_v3(version, &packet);
    }
}

/// The packet, once it is clear that the answer stays within the input.
fn packet_within<P>(decoded: Result<Decoded<'_, P>, DecodeError>, bytes: &[u8]) -> Option<P> {
    match decoded {
        Ok(Decoded::Packet { packet, len }) => {
            assert!((2..=bytes.len()).contains(&len));
            return Some(packet);
        }
        Ok(Decoded::Frame(frame)) => {
            assert!(frame.bytes().len() <= bytes.len());
            assert!(frame.body().len() < frame.bytes().len());
        }
        Ok(Decoded::Incomplete { needed }) => {
            assert!(bytes.len() + needed.get() <= 268_435_460);
        }
        Err(error) => {
            assert!(error.offset() <= bytes.len());
            assert!(!error.rule().is_empty());
            assert!(!error.to_string().is_empty());
        }
    }
    None
}

fn again_v5(packet: &v5::Packet<'_>) {
    let mut buffer = Vec::new();
    match packet.encode(&mut buffer) {
        Ok(len) => {
            assert_eq!((len, len), (buffer.len(), packet.encoded_len()));
            let again = v5::decode(&buffer);
            let packet = *packet;
            assert_eq!(again, Ok(Decoded::Packet { packet, len }));
        }
        // The decoded values that cannot be written back: an AUTH without a body, and a CONNACK that accepts with
        // Authentication Data but without a method.
        Err(error) => {
            let packet_type = packet.packet_type();
            assert!(matches!(
                error,
                EncodeError::NoAuthenticationMethod { packet, .. } if packet == packet_type
            ));
            let has_data = packet
                .properties()
                .iter()
                .any(|property| matches!(property, v5::Property::AuthenticationData(_)));
            assert_eq!(has_data, packet_type == PacketType::Connack);
        }
    }
}

fn again_v3(version: v3::Version, packet: &v3::Packet<'_>) {
    let mut buffer = Vec::new();
    match packet.encode(version, &mut buffer) {
        Ok(len) => {
            assert_eq!((len, len), (buffer.len(), packet.encoded_len()));
            let again = v3::decode(version, &buffer);
            let packet = *packet;
            assert_eq!(again, Ok(Decoded::Packet { packet, len }));
        }
        // A failure in a SUBACK of 3.1 is read, but not written.
        Err(error) => {
            assert!(matches!(
                error,
                mqtt_reason::EncodeError::NotInVersion { .. }
            ));
            assert_eq!(version, v3::Version::V3_1);
        }
    }
}
