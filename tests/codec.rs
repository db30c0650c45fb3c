//! The tokio codec: every split of the stream, what it answers, what it holds in memory, and when it is over.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that meets something else has failed"
)]

use bytes::{Bytes, BytesMut};
use futures_util::{SinkExt, StreamExt};
use mqtt_reason::codec::{Answer, Codec, CodecError, Item};
use mqtt_reason::v5::{
    Connack, ConnackReason, Disconnect, DisconnectReason, Property, Puback, PubackReason,
};
use mqtt_reason::{
    EncodeError, ErrorKind, OwnedFrame, OwnedPacket, Packet, PacketId, PacketType, Version, v3, v5,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
use tokio_util::codec::{Decoder, Encoder, Framed};

#[macro_use]
#[path = "shown/mod.rs"]
mod shown;

/// CONNECT of each version with Clean Start and Keep Alive 60, MQTT 5.0 §3.1, 3.1.1 §3.1, 3.1 §3.1.
const CONNECT_5: &[u8] = b"\x10\x0d\0\x04MQTT\x05\x02\0\x3c\0\0\0";
const CONNECT_3_1_1: &[u8] = b"\x10\x0c\0\x04MQTT\x04\x02\0\x3c\0\0";
const CONNECT_3_1: &[u8] = b"\x10\x0f\0\x06MQIsdp\x03\x02\0\x3c\0\x01c";
const PUBACK: &[u8] = &[0x40, 0x03, 0x00, 0x0A, 0x87];
const BAD_PUBACK: &[u8] = &[0x40, 0x03, 0x00, 0x0A, 0x8B];
const PUBLISH: &[u8] = &[0x30, 0x06, 0x00, 0x01, b't', 0x00, b'h', b'i'];

fn id() -> PacketId {
    PacketId::new(10).unwrap()
}

/// All items of `bytes`, given to the codec in these pieces.
fn items(codec: &mut Codec, pieces: &[&[u8]]) -> Result<Vec<Item>, CodecError> {
    let mut buffer = BytesMut::new();
    let mut items = Vec::new();
    for piece in pieces {
        buffer.extend_from_slice(piece);
        while let Some(item) = codec.decode(&mut buffer)? {
            items.push(item);
        }
    }
    while let Some(item) = codec.decode_eof(&mut buffer)? {
        items.push(item);
    }
    Ok(items)
}

fn bytes_of(item: &Item) -> &Bytes {
    match item {
        Item::Packet(packet) => packet.bytes(),
        Item::Frame(frame) => frame.bytes(),
        other => panic!("{other:?}"),
    }
}

fn encode<T>(codec: &mut Codec, item: T) -> Result<Vec<u8>, CodecError>
where
    Codec: Encoder<T, Error = CodecError>,
{
    let mut buffer = BytesMut::from(&b"before"[..]);
    let result = codec.encode(item, &mut buffer);
    let written = buffer.split_off(6);
    assert_eq!(buffer[..], *b"before");
    assert!(result.is_ok() || written.is_empty());
    result.map(|()| written.to_vec())
}

/// The Server's codec after a CONNECT of this version.
fn server_of(version: Version) -> Codec {
    let mut codec = Codec::server();
    let connect = match version {
        Version::V5_0 => CONNECT_5,
        Version::V3_1_1 => CONNECT_3_1_1,
        Version::V3_1 => CONNECT_3_1,
    };
    let item = codec.decode(&mut BytesMut::from(connect)).unwrap();
    assert!(matches!(item, Some(Item::Frame(_))));
    assert_eq!(codec.version(), Some(version));
    codec
}

/// The same after it has accepted the connection.
fn open_server_of(version: Version) -> Codec {
    let mut codec = server_of(version);
    match v3::Version::try_from(version) {
        Ok(_) => encode(
            &mut codec,
            v3::Packet::Connack(v3::Connack::accepted(false)),
        ),
        Err(_) => encode(&mut codec, Connack::accepted(false)),
    }
    .unwrap();
    codec
}

/// The Client's codec after a CONNACK that accepts.
fn open_client_of(version: Version) -> Codec {
    let mut codec = Codec::client(version);
    let connack = match version {
        Version::V5_0 => &[0x20, 3, 0, 0, 0][..],
        Version::V3_1_1 | Version::V3_1 => &[0x20, 2, 0, 0],
    };
    assert!(
        codec
            .decode(&mut BytesMut::from(connack))
            .unwrap()
            .is_some()
    );
    codec
}

#[test]
fn yields_the_same_items_however_the_stream_is_split() {
    let long = [&[0x32, 0x80, 0x02][..], &[b'x'; 256]].concat();
    let streams: [(&[&[u8]], Version); 3] = [
        (
            &[
                CONNECT_5,
                PUBACK,
                PUBLISH,
                &long,
                &[0xC0, 0x00],
                &[0x62, 0x02, 0x00, 0x01],
                &[0xE0, 0x00],
            ],
            Version::V5_0,
        ),
        (
            &[
                CONNECT_3_1_1,
                &[0x40, 0x02, 0, 10],
                PUBLISH,
                &long,
                &[0xE0, 0x00],
            ],
            Version::V3_1_1,
        ),
        (
            &[
                CONNECT_3_1,
                &[0x6A, 0x02, 0, 10],
                &[0xC0, 0x80, 0x00],
                &[0xE0, 0x00],
            ],
            Version::V3_1,
        ),
    ];
    for (packets, version) in streams {
        let stream = packets.concat();
        let whole = items(&mut Codec::server(), &[&stream]).unwrap();
        assert!(whole.iter().map(bytes_of).eq(packets));
        assert!(matches!(&whole[0], Item::Frame(frame)
            if frame.packet_type() == PacketType::Connect));

        let byte_by_byte: Vec<&[u8]> = stream.chunks(1).collect();
        assert_eq!(
            items(&mut Codec::server(), &byte_by_byte).unwrap(),
            whole,
            "{version}"
        );
        for split in 0..=stream.len() {
            let (first, second) = stream.split_at(split);
            let mut codec = Codec::server();
            assert_eq!(items(&mut codec, &[first, second]).unwrap(), whole);
            assert_eq!(codec.version(), Some(version));
        }
    }
}

#[test]
fn yields_typed_packets_of_the_connections_version() {
    let found = items(&mut server_of(Version::V5_0), &[PUBACK]).unwrap();
    let Item::Packet(packet) = &found[0] else {
        panic!("{found:?}");
    };
    assert_eq!(
        packet.packet(),
        Packet::from(Puback::new(id(), PubackReason::NotAuthorized))
    );
    let found = items(&mut server_of(Version::V3_1_1), &[&[0x40, 2, 0, 10]]).unwrap();
    let Item::Packet(packet) = &found[0] else {
        panic!("{found:?}");
    };
    let pubrel = v3::Packet::Puback(id());
    assert_eq!(packet.packet(), Packet::V3(v3::Version::V3_1_1, pubrel));
    assert_eq!(found[0].packet_type(), PacketType::Puback);
}

#[test]
fn shares_the_read_buffer_with_its_items() {
    let mut buffer = BytesMut::from(&[PUBACK, PUBLISH].concat()[..]);
    let all = buffer.as_ptr_range();
    let mut codec = server_of(Version::V5_0);
    let puback = codec.decode(&mut buffer).unwrap().unwrap();
    let publish = codec.decode(&mut buffer).unwrap().unwrap();
    assert_eq!(bytes_of(&puback).as_ptr_range().start, all.start);
    assert_eq!(bytes_of(&publish).as_ptr_range().end, all.end);
}

#[test]
fn reserves_nothing_for_what_a_peer_claims() {
    let mut codec = server_of(Version::V5_0);
    let mut buffer = BytesMut::from(&[0x30, 0xFF, 0xFF, 0xFF, 0x7F][..]);
    let capacity = buffer.capacity();
    assert!(codec.decode(&mut buffer).unwrap().is_none());
    assert_eq!(buffer.capacity(), capacity);
    // What arrives makes it grow, by doubling.
    let mut most = 0;
    for arrived in (0..200_000).step_by(1000) {
        buffer.extend_from_slice(&[b'x'; 1000]);
        assert!(codec.decode(&mut buffer).unwrap().is_none());
        most = most.max(buffer.capacity());
        assert!(buffer.capacity() <= 2 * (arrived + 1000) + 64);
    }
    assert!(most >= 200_000);
}

#[test]
fn refuses_a_packet_that_is_too_large_by_its_header() {
    let mut codec = server_of(Version::V5_0).max_packet_size(100);
    let mut buffer = BytesMut::from(&[0x30, 0xFF, 0xFF, 0xFF, 0x7F][..]);
    let error = codec.decode(&mut buffer).unwrap_err();
    assert!(matches!(
        error,
        CodecError::Refused { error, answer: Answer::Connack(ConnackReason::PacketTooLarge), .. }
            if error.kind() == shown!(ErrorKind::PacketTooLarge { len: 268_435_460, max: 100 })
    ));
    // Exactly the maximum is accepted, a byte more is not.
    let publish = |len: u8| [&[0x30, len - 2][..], &vec![0; usize::from(len) - 2]].concat();
    let new = || server_of(Version::V5_0).max_packet_size(100);
    assert!(items(&mut new(), &[&publish(100)]).is_ok());
    assert!(items(&mut new(), &[&publish(101)]).is_err());
    // It holds for the first packet, too.
    assert!(items(&mut Codec::server().max_packet_size(15), &[CONNECT_5]).is_ok());
    assert!(items(&mut Codec::server().max_packet_size(14), &[CONNECT_5]).is_err());
}

#[test]
fn is_over_after_an_error_and_says_so() {
    let mut codec = open_server_of(Version::V5_0);
    let mut buffer = BytesMut::from(&[PUBACK, BAD_PUBACK, PUBACK].concat()[..]);
    assert!(codec.decode(&mut buffer).unwrap().is_some());
    assert!(!codec.is_over());
    assert!(matches!(
        codec.decode(&mut buffer),
        Err(CodecError::Refused { .. })
    ));
    assert!(codec.is_over());
    assert!(buffer.is_empty());
    for _ in 0..3 {
        buffer.extend_from_slice(PUBACK);
        assert!(matches!(codec.decode(&mut buffer), Err(CodecError::Over)));
        assert_eq!((buffer.len(), buffer.capacity()), (0, 0));
    }
    assert!(codec.decode_eof(&mut buffer).unwrap().is_none());
    // The answer can still be sent.
    let answer = Packet::from(Disconnect::new(DisconnectReason::ProtocolError));
    assert_eq!(encode(&mut codec, answer).unwrap(), [0xE0, 0x01, 0x82]);
}

#[test]
fn answers_what_the_connection_allows_at_that_point() {
    let answer = |codec: &mut Codec, bytes: &[u8]| {
        let mut buffer = BytesMut::from(bytes);
        loop {
            match codec.decode(&mut buffer) {
                Ok(Some(_)) => {}
                Ok(None) => panic!("no error in {bytes:?}"),
                Err(error) => return error.answer(),
            }
        }
    };
    // Before CONNACK: CONNACK, [MQTT-3.14.0-1].
    let early = [CONNECT_5, BAD_PUBACK].concat();
    assert_eq!(
        answer(&mut Codec::server(), &early),
        Answer::Connack(ConnackReason::ProtocolError)
    );
    // After it: DISCONNECT.
    let mut codec = server_of(Version::V5_0);
    encode(&mut codec, Connack::accepted(false)).unwrap();
    assert_eq!(
        answer(&mut codec, BAD_PUBACK),
        Answer::Disconnect(DisconnectReason::ProtocolError)
    );
    let mut codec = server_of(Version::V5_0);
    encode(&mut codec, Connack::accepted(false)).unwrap();
    assert_eq!(
        answer(&mut codec, &[0x40, 0x80, 0x00]),
        Answer::Disconnect(DisconnectReason::MalformedPacket)
    );
    // After a refusal or a DISCONNECT: nothing, [MQTT-3.2.2-7], [MQTT-3.14.4-2].
    let mut codec = server_of(Version::V5_0);
    encode(&mut codec, Connack::refused(ConnackReason::Banned)).unwrap();
    assert_eq!(answer(&mut codec, BAD_PUBACK), Answer::Close);
    let mut codec = server_of(Version::V5_0);
    encode(&mut codec, Connack::accepted(false)).unwrap();
    encode(
        &mut codec,
        Disconnect::new(DisconnectReason::ServerShuttingDown),
    )
    .unwrap();
    assert_eq!(answer(&mut codec, BAD_PUBACK), Answer::Close);
    // 3.x: nothing, 3.1.1 [MQTT-4.8.0-1].
    assert_eq!(
        answer(&mut Codec::server(), &[CONNECT_3_1_1, BAD_PUBACK].concat()),
        Answer::Close
    );
    // A Client answers with DISCONNECT, but not to a Server of 3.x.
    assert_eq!(
        answer(&mut Codec::client(Version::V5_0), &[0x20, 0x03, 0, 1, 0]),
        Answer::Disconnect(DisconnectReason::ProtocolError)
    );
    assert_eq!(
        answer(&mut Codec::client(Version::V5_0), &[0x20, 0x02, 0, 1]),
        Answer::Close
    );
    assert_eq!(
        answer(&mut Codec::client(Version::V3_1), &[0x20, 0x02, 0, 9]),
        Answer::Close
    );
    // The version is not known yet, or is known from the packet that is wrong.
    assert_eq!(answer(&mut Codec::server(), &[0x00]), Answer::Close);
    assert_eq!(
        answer(&mut Codec::server(), &[0x10, 0xFF, 0xFF, 0xFF, 0xFF]),
        Answer::Close
    );
    assert_eq!(
        answer(
            &mut Codec::server(),
            b"\x10\x8d\0\0\x04MQTT\x05\x02\0\x3c\0\0\0"
        ),
        Answer::Connack(ConnackReason::MalformedPacket)
    );
}

#[test]
fn turns_answers_into_packets() {
    let bytes = |answer: Answer| {
        answer
            .packet()
            .map(|packet| OwnedPacket::new(&packet).unwrap().into_bytes())
    };
    assert_eq!(
        bytes(Answer::Connack(ConnackReason::PacketTooLarge)).unwrap()[..],
        [0x20, 0x03, 0x00, 0x95, 0x00]
    );
    assert_eq!(
        bytes(Answer::Disconnect(DisconnectReason::MalformedPacket)).unwrap()[..],
        [0xE0, 0x01, 0x81]
    );
    assert_eq!(bytes(Answer::Close), None);
}

#[test]
fn accepts_nothing_before_connect() {
    for first in [0x20, 0x30, 0x40, 0x82, 0xC0, 0xE0, 0xF0] {
        // Refused by its first byte, before the packet is whole.
        let error = Codec::server()
            .decode(&mut BytesMut::from(&[first][..]))
            .unwrap_err();
        assert!(matches!(error, CodecError::NotConnect { packet, .. }
            if Some(packet) == PacketType::from_first_byte(first)));
        assert_eq!(error.answer(), Answer::Close);
    }
    let error = items(&mut Codec::server(), &[&[0x0F, 0x00]]).unwrap_err();
    assert!(matches!(error, CodecError::Refused { .. }));
}

#[test]
fn hands_over_a_connect_of_an_unknown_version() {
    // The rule against a Remaining Length in two bytes came with 5.0: an unknown version may do without.
    let padded = b"\x10\x8d\0\0\x04MQTT\x06\x02\0\x3c\0\0\0";
    let padded = items(&mut Codec::server(), &[padded]).unwrap();
    assert!(matches!(padded[..], [Item::Frame(_)]));

    let mut codec = Codec::server();
    let mut buffer = BytesMut::from(&b"\x10\x0d\0\x04MQTT\x07\x02\0\x3c\0\0\0"[..]);
    assert!(matches!(
        codec.decode(&mut buffer),
        Ok(Some(Item::Frame(_)))
    ));
    assert_eq!(codec.version(), None);
    let refusal = || Connack::refused(ConnackReason::UnsupportedProtocolVersion);
    assert!(matches!(
        encode(&mut codec, refusal()),
        Err(CodecError::WrongVersion {
            packet: PacketType::Connack,
            connection: None,
            ..
        })
    ));
    // [MQTT-3.1.2-2]
    codec.set_version(Version::V5_0);
    assert_eq!(
        encode(&mut codec, refusal()).unwrap(),
        [0x20, 0x03, 0x00, 0x84, 0x00]
    );
}

#[test]
fn enforces_the_direction_of_its_side() {
    let unsuback = &[0xB0, 0x04, 0, 10, 0, 0];
    assert!(items(&mut open_client_of(Version::V5_0), &[unsuback]).is_ok());
    assert!(items(&mut server_of(Version::V5_0), &[unsuback]).is_err());
    assert!(matches!(
        encode(&mut Codec::client(Version::V5_0), Connack::accepted(false)),
        Err(CodecError::Encode(EncodeError::WrongDirection { .. }))
    ));
    assert!(matches!(
        encode(&mut open_server_of(Version::V3_1_1), v3::Packet::Disconnect),
        Err(CodecError::Encode(EncodeError::WrongDirection { .. }))
    ));
}

#[test]
fn keeps_to_what_the_peer_announced() {
    let properties = [Property::ReasonString("why not")];
    let puback = || Puback::new(id(), PubackReason::NotAuthorized).with_properties(&properties);
    let mut codec = open_server_of(Version::V5_0);
    assert_eq!(encode(&mut codec, puback()).unwrap().len(), 16);
    codec.set_peer_max_packet_size(15);
    assert_eq!(encode(&mut codec, puback()).unwrap(), PUBACK);
    codec.set_peer_max_packet_size(4);
    assert!(matches!(
        encode(&mut codec, puback()),
        Err(CodecError::Encode(EncodeError::PacketTooLarge { .. }))
    ));

    let mut codec = open_server_of(Version::V5_0);
    codec.set_request_problem_information(false);
    assert_eq!(encode(&mut codec, puback()).unwrap(), PUBACK);

    // A Client that did not ask for problem information refuses it.
    let bytes = OwnedPacket::new(&puback()).unwrap().into_bytes();
    let mut client = open_client_of(Version::V5_0);
    assert!(items(&mut client, &[&bytes]).is_ok());
    client.set_request_problem_information(false);
    assert!(items(&mut client, &[&bytes]).is_err());
}

#[test]
fn holds_frames_to_the_peers_maximum() {
    let mut buffer = BytesMut::from(PUBLISH);
    let publish = OwnedFrame::decode(Version::V5_0, &mut buffer)
        .unwrap()
        .unwrap();
    let mut codec = open_server_of(Version::V5_0);
    codec.set_peer_max_packet_size(8);
    assert_eq!(encode(&mut codec, publish.clone()).unwrap(), PUBLISH);
    codec.set_peer_max_packet_size(7);
    let Err(CodecError::Encode(error)) = encode(&mut codec, publish) else {
        panic!("it is too large");
    };
    assert_eq!(
        error,
        shown!(EncodeError::PacketTooLarge {
            packet: PacketType::Publish,
            len: 8,
            max: 7
        })
    );
}

#[test]
fn sends_no_packet_of_another_version() {
    let puback_5 = || Packet::from(Puback::success(id()));
    let puback_3 = v3::Packet::Puback(id());
    assert!(encode(&mut open_server_of(Version::V5_0), puback_5()).is_ok());
    assert!(encode(&mut open_server_of(Version::V3_1_1), puback_3).is_ok());
    for (version, result) in [
        (
            Version::V5_0,
            encode(&mut open_server_of(Version::V5_0), puback_3),
        ),
        (
            Version::V3_1,
            encode(&mut open_server_of(Version::V3_1), puback_5()),
        ),
        (
            Version::V3_1_1,
            encode(&mut open_server_of(Version::V3_1_1), puback_5()),
        ),
    ] {
        assert!(matches!(
            result,
            Err(CodecError::WrongVersion { packet: PacketType::Puback, connection: Some(of), .. })
                if of == version
        ));
    }
}

#[test]
fn takes_every_kind_of_packet_to_send() {
    let mut codec = server_of(Version::V5_0);
    let suback = [v5::SubackReason::NotAuthorized];
    let unsuback = [v5::UnsubackReason::Success];
    let suback = v5::Suback::new(id(), suback).unwrap();
    let unsuback = v5::Unsuback::new(id(), unsuback).unwrap();
    let auth = v5::Auth::new(v5::AuthReason::ContinueAuthentication, "m");
    let c = &mut codec;
    assert_eq!(encode(c, Connack::accepted(false)).unwrap()[0], 0x20);
    assert_eq!(encode(c, v5::Puback::success(id())).unwrap()[0], 0x40);
    assert_eq!(encode(c, v5::Pubrec::success(id())).unwrap()[0], 0x50);
    assert_eq!(encode(c, v5::Pubrel::success(id())).unwrap()[0], 0x62);
    assert_eq!(encode(c, v5::Pubcomp::success(id())).unwrap()[0], 0x70);
    assert_eq!(encode(c, suback).unwrap(), [0x90, 4, 0, 10, 0, 0x87]);
    assert_eq!(encode(c, unsuback).unwrap(), [0xB0, 4, 0, 10, 0, 0]);
    assert_eq!(encode(c, auth).unwrap()[..3], [0xF0, 0x06, 0x18]);
    for bytes in [PUBACK, PUBLISH] {
        let item = items(&mut server_of(Version::V5_0), &[bytes])
            .unwrap()
            .remove(0);
        assert_eq!(encode(c, item).unwrap(), bytes);
    }
    let owned = OwnedPacket::new(&v5::Puback::success(id())).unwrap();
    assert_eq!(encode(c, owned).unwrap(), [0x40, 2, 0, 10]);
    let pubrel = Packet::V3(v3::Version::V3_1_1, v3::Packet::Pubrel(id()));
    let owned = OwnedPacket::new(&pubrel).unwrap();
    let item = Item::Packet(owned.clone());
    assert_eq!(
        encode(&mut open_server_of(Version::V3_1_1), owned).unwrap(),
        [0x62, 2, 0, 10]
    );
    assert_eq!(
        encode(&mut open_server_of(Version::V3_1), item).unwrap(),
        [0x62, 2, 0, 10]
    );
}

#[test]
fn reports_a_connection_that_ends_inside_a_packet() {
    for len in 1..PUBACK.len() {
        let error = items(&mut server_of(Version::V5_0), &[&PUBACK[..len]]).unwrap_err();
        assert!(matches!(error, CodecError::ClosedInPacket { buffered, .. } if buffered == len));
        assert_eq!(error.answer(), Answer::Close);

        let mut codec = server_of(Version::V5_0);
        let mut buffer = BytesMut::from(&PUBACK[..len]);
        assert!(codec.decode_eof(&mut buffer).is_err());
        assert!(codec.is_over());
        assert!(matches!(codec.decode(&mut buffer), Err(CodecError::Over)));
    }
    assert!(
        items(&mut server_of(Version::V5_0), &[])
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn works_in_framed_with_many_frames_in_one_read() {
    let (client, mut server) = duplex(1 << 20);
    let mut client = Framed::new(client, Codec::client(Version::V5_0));
    let mut stream = vec![0x20, 0x03, 0x00, 0x00, 0x00];
    for _ in 0..10_000 {
        stream.extend_from_slice(PUBACK);
    }
    server.write_all(&stream).await.unwrap();
    let mut count = 0;
    while count < 10_001 {
        let item = client.next().await.unwrap().unwrap();
        assert!(matches!(item, Item::Packet(_)));
        count += 1;
    }
    client
        .send(Disconnect::new(DisconnectReason::DisconnectWithWillMessage))
        .await
        .unwrap();
    drop(client);
    let mut sent = Vec::new();
    server.read_to_end(&mut sent).await.unwrap();
    assert_eq!(sent, [0xE0, 0x01, 0x04]);
}

#[tokio::test]
async fn works_in_framed_over_a_pipe_of_one_byte() {
    let (client, server) = duplex(1);
    let mut server = Framed::new(server, Codec::server());
    let client = tokio::spawn(async move {
        let (mut read, mut write) = tokio::io::split(client);
        let write = async move {
            let stream = [CONNECT_5, PUBACK, PUBLISH, BAD_PUBACK, PUBACK].concat();
            // The server stops reading at the error: the rest may find nobody.
            let _ = write.write_all(&stream).await;
        };
        let mut answers = Vec::new();
        let (_, read) = tokio::join!(write, read.read_to_end(&mut answers));
        read.unwrap();
        answers
    });
    assert_eq!(
        server.next().await.unwrap().unwrap().packet_type(),
        PacketType::Connect
    );
    server.send(Connack::accepted(false)).await.unwrap();
    for expected in [PacketType::Puback, PacketType::Publish] {
        assert_eq!(
            server.next().await.unwrap().unwrap().packet_type(),
            expected
        );
    }
    let error = server.next().await.unwrap().unwrap_err();
    assert_eq!(
        error.to_string(),
        "reason code 0x8b is not defined for PUBACK"
    );
    assert!(server.next().await.is_none(), "the stream is over");
    server.send(error.answer().packet().unwrap()).await.unwrap();
    drop(server);
    assert_eq!(
        client.await.unwrap(),
        [0x20, 0x03, 0x00, 0x00, 0x00, 0xE0, 0x01, 0x82]
    );
}
