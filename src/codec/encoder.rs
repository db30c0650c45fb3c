//! The sending half of [`Codec`].

use bytes::BytesMut;
use tokio_util::codec::Encoder;

use super::{Answer, Codec, CodecError, Item, LEAST_STRICT, refuses};
use crate::encode::{Encode, EncodeError};
use crate::options::DecodeOptions;
use crate::owned::OwnedFrame;
use crate::packet_type::{PacketType, Version};
use crate::{v3, v5};

impl Codec {
    fn encode_v5(&mut self, packet: &v5::Packet<'_>, dst: &mut BytesMut) -> Result<(), CodecError> {
        if self.version != Some(Version::V5_0) {
            return Err(self.wrong_version(packet.packet_type()));
        }
        self.check_send(packet.packet_type())?;
        let start = dst.len();
        packet.encode_with(&self.encode, dst)?;
        self.note_sent(dst.get(start..).unwrap_or_default());
        Ok(())
    }

    fn encode_v3(&mut self, packet: &v3::Packet<'_>, dst: &mut BytesMut) -> Result<(), CodecError> {
        let Some(Ok(version)) = self.version.map(v3::Version::try_from) else {
            return Err(self.wrong_version(packet.packet_type()));
        };
        self.check_send(packet.packet_type())?;
        let start = dst.len();
        packet.encode_with(version, &self.encode, dst)?;
        self.note_sent(dst.get(start..).unwrap_or_default());
        Ok(())
    }

    /// Refuses a packet that this side must not send at this point.
    fn check_send(&self, packet: PacketType) -> Result<(), CodecError> {
        let version = self.version.unwrap_or(LEAST_STRICT);
        match self.sent.forbids(self.side, version, packet) {
            None => Ok(()),
            Some(order) => Err(CodecError::OutOfOrder {
                packet,
                order,
                rule: order.rule(version),
                answer: Answer::Close,
            }),
        }
    }

    /// Notes the packet that this side has sent.
    fn note_sent(&mut self, packet: &[u8]) {
        let first = packet.first().copied().unwrap_or_default();
        if let Some(packet_type) = PacketType::from_first_byte(first) {
            let version = self.version.unwrap_or(LEAST_STRICT);
            let refuses = refuses(packet);
            self.sent = self.sent.after(self.side, version, packet_type, refuses);
        }
    }

    /// Refuses a frame that is a reason-coded packet which this side must not send.
    fn check_frame(&self, frame: &OwnedFrame) -> Result<(), CodecError> {
        let Some(version) = self
            .version
            .filter(|_| frame.packet_type().is_reason_coded())
        else {
            return Ok(());
        };
        let options = DecodeOptions::new().sender(self.side);
        let result = match v3::Version::try_from(version) {
            Ok(version) => v3::decode_with(version, &options, frame.bytes()).map(drop),
            Err(_) => v5::decode_with(&options, frame.bytes()).map(drop),
        };
        result.map_err(CodecError::Forbidden)
    }

    const fn wrong_version(&self, packet: PacketType) -> CodecError {
        CodecError::WrongVersion {
            packet,
            connection: self.version,
        }
    }
}

/// [`Encoder`] for packets by value, by way of the functions that borrow them. It saves thirteen copies of the same impl.
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

/// Packets that somebody else has encoded: held to the peer's Maximum Packet Size and to the order of packets, and
/// otherwise sent as they are. One of the nine that carry reason codes is checked as if it had been received.
impl Encoder<OwnedFrame> for Codec {
    type Error = CodecError;

    fn encode(&mut self, frame: OwnedFrame, dst: &mut BytesMut) -> Result<(), CodecError> {
        let (len, max) = (frame.bytes().len(), self.encode.max_packet_size);
        if len > max as usize {
            let packet = frame.packet_type();
            return Err(EncodeError::PacketTooLarge { packet, len, max }.into());
        }
        self.check_send(frame.packet_type())?;
        self.check_frame(&frame)?;
        dst.extend_from_slice(frame.bytes());
        self.note_sent(frame.bytes());
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
