//! The sending half of [`Codec`].

use bytes::BytesMut;
use tokio_util::codec::Encoder;

use super::{Answer, Codec, CodecError, Item, LEAST_STRICT, refuses};
use crate::encode::Encode;
use crate::encode_error::EncodeError;
use crate::options::DecodeOptions;
use crate::owned::{OwnedFrame, OwnedPacket};
use crate::packet::{Packet, decode_with};
use crate::packet_type::PacketType;
use crate::v3;

impl Codec {
    /// Writes a packet of this connection's version.
    fn encode_packet<P: Encode>(
        &mut self,
        packet: &P,
        dst: &mut BytesMut,
    ) -> Result<(), CodecError> {
        if self.version != Some(packet.version()) {
            return Err(self.wrong_version(packet.packet_type()));
        }
        self.check_send(packet.packet_type())?;
        let start = dst.len();
        packet.encode_with(&self.encode, dst)?;
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
        let result = decode_with(version, &options, frame.bytes()).map(drop);
        result.map_err(CodecError::Forbidden)
    }

    const fn wrong_version(&self, packet: PacketType) -> CodecError {
        CodecError::WrongVersion {
            packet,
            connection: self.version,
        }
    }
}

impl<P: Encode> Encoder<P> for Codec {
    type Error = CodecError;

    fn encode(&mut self, packet: P, dst: &mut BytesMut) -> Result<(), CodecError> {
        self.encode_packet(&packet, dst)
    }
}

/// A packet of 3.1.1 or 3.1 is written in the version of the connection.
impl Encoder<v3::Packet<'_>> for Codec {
    type Error = CodecError;

    fn encode(&mut self, packet: v3::Packet<'_>, dst: &mut BytesMut) -> Result<(), CodecError> {
        let Some(Ok(version)) = self.version.map(v3::Version::try_from) else {
            return Err(self.wrong_version(packet.packet_type()));
        };
        self.encode_packet(&Packet::V3(version, packet), dst)
    }
}

impl Encoder<v3::Connack> for Codec {
    type Error = CodecError;

    fn encode(&mut self, connack: v3::Connack, dst: &mut BytesMut) -> Result<(), CodecError> {
        self.encode(v3::Packet::from(connack), dst)
    }
}

impl Encoder<v3::Suback<'_>> for Codec {
    type Error = CodecError;

    fn encode(&mut self, suback: v3::Suback<'_>, dst: &mut BytesMut) -> Result<(), CodecError> {
        self.encode(v3::Packet::from(suback), dst)
    }
}

impl Encoder<OwnedPacket> for Codec {
    type Error = CodecError;

    fn encode(&mut self, packet: OwnedPacket, dst: &mut BytesMut) -> Result<(), CodecError> {
        self.encode(&packet, dst)
    }
}

impl Encoder<&OwnedPacket> for Codec {
    type Error = CodecError;

    fn encode(&mut self, packet: &OwnedPacket, dst: &mut BytesMut) -> Result<(), CodecError> {
        match packet.packet() {
            Packet::V5(packet) => self.encode_packet(&packet, dst),
            Packet::V3(_, packet) => self.encode(packet, dst),
        }
    }
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
            Item::Packet(packet) => self.encode(packet, dst),
            Item::Frame(frame) => self.encode(frame, dst),
        }
    }
}
