//! Decoding, reading, encoding and errors allocate nothing: counted, on the workloads of the benches, on expensive
//! packets and on the golden frames.
#![expect(
    clippy::unwrap_used,
    reason = "a test that meets something else has failed"
)]

#[path = "vectors/entries.rs"]
mod entries;
#[path = "workloads/hostile.rs"]
mod hostile;
#[path = "workloads/walk.rs"]
mod walk;
#[expect(dead_code, unreachable_pub, reason = "a part of what the peers use")]
#[path = "workloads/mod.rs"]
mod workloads;

use std::fmt::{self, Debug, Display, Write};
use std::hint::black_box;

use allocation_counter::measure;
use mqtt_reason::{
    DecodeError, DecodeOptions, Decoded, Encode, EncodeError, EncodeOptions, PacketId, Side,
    Version, frame, v3, v5,
};

use self::walk::{walk_v3, walk_v5};
use self::workloads::Protocol;
use self::workloads::visit::Sum;

/// Room for any packet and any text here, made before anything is counted.
const ROOM: usize = 1024 * 1024;

/// Runs `call` and panics if it allocates.
#[track_caller]
fn without_allocation(what: &str, call: impl FnOnce()) {
    let info = measure(call);
    assert_eq!(info.count_total, 0, "{what}: {info:?}");
}

/// Text that goes into a slice.
struct Page<'a> {
    room: &'a mut [u8],
    len: usize,
}

impl Write for Page<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.len + text.len();
        let place = self.room.get_mut(self.len..end).ok_or(fmt::Error)?;
        place.copy_from_slice(text.as_bytes());
        self.len = end;
        Ok(())
    }
}

/// Writes a value as a program that logs it does.
fn log(value: &(impl Debug + ?Sized), room: &mut [u8]) {
    write!(Page { room, len: 0 }, "{value:?}").unwrap();
}

fn show(value: &(impl Display + ?Sized), room: &mut [u8]) {
    write!(Page { room, len: 0 }, "{value}").unwrap();
}

/// All that one does with a refused packet.
fn report(error: &DecodeError, room: &mut [u8]) {
    show(error, room);
    log(error, room);
    show(error.rule(), room);
    log(&(error.class(), error.offset(), error.answer()), room);
    show(&v5::DisconnectReason::from(error), room);
    show(&v5::ConnackReason::from(error), room);
}

fn report_encode_error(error: &EncodeError, room: &mut [u8]) {
    show(error, room);
    log(error, room);
}

/// Decodes a stream to its end or to the first error, and does with each packet all that can be done.
fn use_all(version: Version, options: &DecodeOptions, stream: &[u8], room: &mut [u8]) {
    let mut rest = stream;
    loop {
        let _ = frame::total_len_with(version, options, rest);
        let len = match v3::Version::try_from(version) {
            Ok(version) => use_v3(version, options, rest, room),
            Err(_) => use_v5(options, rest, room),
        };
        match len {
            Some(len) => rest = rest.get(len..).unwrap_or_default(),
            None => return,
        }
    }
}

fn encode_options() -> [EncodeOptions; 5] {
    let plain = EncodeOptions::new();
    [
        plain,
        plain.sender(Side::Client),
        plain.sender(Side::Server),
        plain.request_problem_information(false),
        plain.max_packet_size(16),
    ]
}

fn use_v5(options: &DecodeOptions, i: &[u8], room: &mut [u8]) -> Option<usize> {
    match v5::decode_with(options, i) {
        Ok(Decoded::Packet { packet, len }) => {
            walk_v5(&packet, &mut Sum::default());
            let properties = packet.properties();
            for property in properties {
                log(&property, room);
            }
            log(&packet, room);
            for options in encode_options() {
                for room in [&mut room[..], &mut [0; 1]] {
                    let mut free = &mut *room;
                    if let Err(error) = packet.encode_with(&options, &mut free) {
                        report_encode_error(&error, &mut [0; 256]);
                    }
                }
            }
            black_box(packet.encoded_len());
            Some(len)
        }
        Ok(Decoded::Frame(frame)) => {
            log(&frame, room);
            Some(frame.bytes().len())
        }
        Ok(Decoded::Incomplete { .. }) => None,
        Err(error) => {
            report(&error, room);
            None
        }
    }
}

fn use_v3(
    version: v3::Version,
    options: &DecodeOptions,
    i: &[u8],
    room: &mut [u8],
) -> Option<usize> {
    match v3::decode_with(version, options, i) {
        Ok(Decoded::Packet { packet, len }) => {
            walk_v3(&packet, &mut Sum::default());
            log(&packet, room);
            for options in encode_options() {
                let mut free = &mut *room;
                if let Err(error) = packet.encode_with(version, &options, &mut free) {
                    report_encode_error(&error, &mut [0; 256]);
                }
            }
            black_box(packet.encoded_len());
            Some(len)
        }
        Ok(Decoded::Frame(frame)) => {
            log(&frame, room);
            Some(frame.bytes().len())
        }
        Ok(Decoded::Incomplete { .. }) => None,
        Err(error) => {
            report(&error, room);
            None
        }
    }
}

fn version(protocol: Protocol) -> Version {
    match protocol {
        Protocol::V5 => Version::V5_0,
        Protocol::V311 => Version::V3_1_1,
    }
}

#[test]
fn an_allocation_would_be_counted() {
    assert_eq!(measure(|| drop(black_box(Box::new(1)))).count_total, 1);
}

#[test]
fn workloads_are_handled_without_allocation() {
    let mut room = vec![0; ROOM];
    for workload in workloads::all().iter().chain(&workloads::typical()) {
        let version = version(workload.protocol);
        without_allocation(workload.name, || {
            use_all(version, &DecodeOptions::new(), &workload.bytes, &mut room);
        });
    }
}

#[test]
fn refused_workloads_are_reported_without_allocation() {
    let mut room = vec![0; ROOM];
    for workload in workloads::all().iter().chain(&workloads::typical()) {
        let version = version(workload.protocol);
        let packet = workload.packets().next().unwrap();
        let longer = hostile::with_body(packet, |body| body.push(0xFF));
        without_allocation(workload.name, || {
            use_all(version, &DecodeOptions::new(), &longer, &mut room);
        });
    }
}

#[test]
fn expensive_packets_are_handled_without_allocation() {
    let mut room = vec![0; ROOM];
    for size in [64, 4_096, 65_536] {
        for input in hostile::inputs(size) {
            assert_eq!(
                v5::decode(&input.bytes).is_ok(),
                input.accepted,
                "{}",
                input.name
            );
            without_allocation(input.name, || {
                use_all(
                    Version::V5_0,
                    &DecodeOptions::new(),
                    &input.bytes,
                    &mut room,
                );
            });
        }
    }
}

#[test]
fn properties_are_built_and_refused_without_allocation() {
    let mut room = vec![0; ROOM];
    let id = PacketId::new(10).unwrap();
    without_allocation("PUBACK", || {
        let properties = [
            v5::Property::ReasonString("no"),
            v5::Property::UserProperty("k", "v"),
        ];
        let puback =
            v5::Puback::new(id, v5::PubackReason::NotAuthorized).with_properties(&properties);
        assert_eq!(puback.encode(&mut room.as_mut_slice()), Ok(18));

        let suback = v5::Suback::new(id, [v5::SubackReason::GrantedQos1; 3]).unwrap();
        let suback = suback
            .with_reason_string("no")
            .and(properties.into_iter().skip(1));
        assert_eq!(suback.encode(&mut room.as_mut_slice()), Ok(20));
    });
    without_allocation("refused properties", || {
        let twice = [v5::Property::ReasonString("no"); 2];
        let puback = v5::Puback::success(id).with_properties(&twice);
        let error = puback.encode(&mut room.as_mut_slice()).unwrap_err();
        show(&error, &mut room);
        log(&error, &mut room);
    });
}

/// The bytes of a file and what its options say.
struct Golden {
    name: String,
    bytes: Vec<u8>,
    version: Version,
    options: DecodeOptions,
}

fn golden_frames() -> Vec<Golden> {
    let entries = entries::entries().into_iter();
    entries.map(|(name, text)| read(name, &text)).collect()
}

fn read(name: String, text: &str) -> Golden {
    let (mut version, mut options) = (Version::V5_0, DecodeOptions::new());
    let mut digits = String::new();
    for line in text.lines() {
        if let Some(flags) = line.strip_prefix("# options:") {
            let mut words = flags.split_whitespace();
            while let Some(word) = words.next() {
                match (word, words.clone().next()) {
                    ("--mqtt", Some("3.1")) => version = Version::V3_1,
                    ("--mqtt", Some("3.1.1")) => version = Version::V3_1_1,
                    ("--mqtt", Some("5.0")) => version = Version::V5_0,
                    ("--from", Some("client")) => options = options.sender(Side::Client),
                    ("--from", Some("server")) => options = options.sender(Side::Server),
                    ("--max-packet-size", Some(max)) => {
                        options = options.max_packet_size(max.parse().unwrap());
                    }
                    ("--no-problem-information", _) => {
                        options = options.request_problem_information(false);
                        continue;
                    }
                    other => panic!("{name}: option {other:?}"),
                }
                words.next();
            }
        } else if !line.starts_with('#') && !line.starts_with("=>") {
            digits.extend(line.split_whitespace());
        }
    }
    let bytes = hex::decode(digits).unwrap();
    Golden {
        name,
        bytes,
        version,
        options,
    }
}

#[test]
fn golden_frames_are_handled_without_allocation() {
    let mut room = vec![0; ROOM];
    for golden in golden_frames() {
        let Golden { name, bytes, .. } = &golden;
        without_allocation(name, || {
            use_all(golden.version, &golden.options, bytes, &mut room);
        });
    }
}

#[test]
fn nom_parsers_do_not_allocate() {
    type Error<'a> = nom::error::Error<&'a [u8]>;
    for golden in golden_frames() {
        let Golden { name, bytes, .. } = &golden;
        without_allocation(name, || {
            let _ = frame::parse::<Error<'_>>(golden.version)(bytes);
            match v3::Version::try_from(golden.version) {
                Ok(version) => {
                    let mut packet = v3::parse::packet_with::<Error<'_>>(version, golden.options);
                    let _ = packet(bytes);
                }
                Err(_) => {
                    let mut packet = v5::parse::packet_with::<Error<'_>>(golden.options);
                    let _ = packet(bytes);
                }
            }
        });
    }
}

mod the_workloads {
    use super::workloads;

    #[test]
    fn have_the_sizes_of_their_description() {
        let all = workloads::all();
        for (workload, (count, bytes)) in all.iter().zip([
            (10_000, 4),
            (2_000, 62),
            (1_000, 212),
            (1_000, 69),
            (2_000, 31),
        ]) {
            assert_eq!(workload.len(), count, "{}", workload.name);
            assert!(
                workload.packets().all(|packet| packet.len() == bytes),
                "{}",
                workload.name
            );
        }
        let counts: Vec<_> = all.iter().skip(5).map(workloads::Workload::len).collect();
        assert_eq!(counts, [10_000, 10_000]);
    }

    #[test]
    fn are_the_bytes_of_the_specification() {
        let starts: [(usize, &[u8]); 5] = [
            (0, &[0x40, 0x02]),
            (0, &[0x40, 60]),
            (0, &[0x20, 0xD1, 0x01, 0x01, 0x00, 0xCD, 0x01]),
            (0, &[0x90, 67]),
            (0, &[0xE0, 29, 0x8E, 27, 0x1F, 0x00, 24]),
        ];
        let w2_code_and_reason_string: (usize, &[u8]) = (4, &[0x87, 56, 0x1F, 0x00]);
        let all = workloads::all();
        let check = |index: usize, (skip, expected): (usize, &[u8])| {
            let packet = all.get(index).unwrap().packets().next().unwrap();
            assert!(
                packet.get(skip..).unwrap().starts_with(expected),
                "W{}",
                index + 1
            );
        };
        for (index, start) in starts.into_iter().enumerate() {
            check(index, start);
        }
        check(1, w2_code_and_reason_string);
    }
}
