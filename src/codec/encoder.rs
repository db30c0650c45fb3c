//! The sending half of [`Codec`].

use bytes::BytesMut;
use tokio_util::codec::Encoder;

use super::{Codec, CodecError, Item, Phase};
use crate::encode::{Encode, EncodeError};
use crate::owned::OwnedFrame;
use crate::packet_type::{PacketType, Version};
use crate::{v3, v5};

impl Codec {
    fn encode_v5(&mut self, packet: &v5::Packet<'_>, dst: &mut BytesMut) -> Result<(), CodecError> {
        if self.version != Some(Version::V5_0) {
            return Err(self.wrong_version(packet.packet_type()));
        }
        packet.encode_with(&self.encode, dst)?;
        match packet {
            v5::Packet::Connack(connack) if !connack.reason().is_error() => {
                self.phase = Phase::Open
            }
            v5::Packet::Connack(_) | v5::Packet::Disconnect(_) => self.phase = Phase::Closing,
            _ => {}
        }
        Ok(())
    }

    fn encode_v3(&mut self, packet: &v3::Packet<'_>, dst: &mut BytesMut) -> Result<(), CodecError> {
        let Some(Ok(version)) = self.version.map(v3::Version::try_from) else {
            return Err(self.wrong_version(packet.packet_type()));
        };
        packet.encode_with(version, &self.encode, dst)?;
        Ok(())
    }

    const fn wrong_version(&self, packet: PacketType) -> CodecError {
        CodecError::WrongVersion {
            packet,
            connection: self.version,
        }
    }
}

/// [`Encoder`] for packets by value, by way of the functions that borrow them. It saves five copies of the same impl.
macro_rules! encoders {
    ($($Item:ty => |$codec:ident, $item:ident, $dst:ident| $encode:expr;)+) => {
        $(
            impl Encoder<$Item> for Codec {
                type Error = CodecError;

                fn encode(&mut self, $item: $Item, $dst: &mut BytesMut) -> Result<(), CodecError> {
                    let $codec = self;
                    $encode
                }
            }
        )+
    };
}

encoders! {
    v5::Packet<'_> => |codec, packet, dst| codec.encode_v5(&packet, dst);
    v5::Connack<'_> => |codec, packet, dst| codec.encode_v5(&packet.into(), dst);
    v5::Puback<'_> => |codec, packet, dst| codec.encode_v5(&packet.into(), dst);
    v5::Pubrec<'_> => |codec, packet, dst| codec.encode_v5(&packet.into(), dst);
    v5::Pubrel<'_> => |codec, packet, dst| codec.encode_v5(&packet.into(), dst);
    v5::Pubcomp<'_> => |codec, packet, dst| codec.encode_v5(&packet.into(), dst);
    v5::Suback<'_> => |codec, packet, dst| codec.encode_v5(&packet.into(), dst);
    v5::Unsuback<'_> => |codec, packet, dst| codec.encode_v5(&packet.into(), dst);
    v5::Disconnect<'_> => |codec, packet, dst| codec.encode_v5(&packet.into(), dst);
    v5::Auth<'_> => |codec, packet, dst| codec.encode_v5(&packet.into(), dst);
    v3::Packet<'_> => |codec, packet, dst| codec.encode_v3(&packet, dst);
    v5::OwnedPacket => |codec, packet, dst| codec.encode_v5(&packet.packet(), dst);
    v3::OwnedPacket => |codec, packet, dst| codec.encode_v3(&packet.packet(), dst);
}

/// Packets of other types, which somebody else has encoded: they are held to the peer's Maximum Packet Size, and
/// otherwise sent as they are.
impl Encoder<OwnedFrame> for Codec {
    type Error = CodecError;

    fn encode(&mut self, frame: OwnedFrame, dst: &mut BytesMut) -> Result<(), CodecError> {
        let (len, max) = (frame.bytes().len(), self.encode.max_packet_size);
        if len > max as usize {
            let packet = frame.packet_type();
            return Err(EncodeError::PacketTooLarge { packet, len, max }.into());
        }
        dst.extend_from_slice(frame.bytes());
        Ok(())
    }
}

impl Encoder<Item> for Codec {
    type Error = CodecError;

    fn encode(&mut self, item: Item, dst: &mut BytesMut) -> Result<(), CodecError> {
        match item {
            Item::V5(packet) => self.encode(packet, dst),
            Item::V3(packet) => self.encode(packet, dst),
            Item::Frame(frame) => self.encode(frame, dst),
        }
    }
}
