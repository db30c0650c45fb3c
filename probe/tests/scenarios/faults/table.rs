//! The table of scenario and planted fault, with what the probe has to make of it.

use mqtt_reason::Version;
use mqtt_reason_probe::judge::Outcome::{self, NotNoticed, Wrong};

use super::proxy::{
    CONNACK, CONNECT, DISCONNECT, Fault, PINGRESP, PUBACK, PUBCOMP, PUBLISH, PUBREC, PUBREL,
    SUBACK, SUBSCRIBE, UNSUBACK, body, framed,
};

/// Scenarios, with spaces between them; the fault that is planted; and what comes of it.
pub(crate) const TABLE: &[(&str, Fault, Outcome)] = &[
    // The first packet: no DISCONNECT may come before CONNACK.
    (
        "F01 F02 F03 F04 F05 F06 F07",
        Fault::Says(&[0xE0, 1, 0x82]),
        Wrong,
    ),
    ("F08", Fault::NeverCloses, NotNoticed),
    // CONNECT: what has to be refused is accepted.
    (
        "C02 C03 C04 C05 C06 C07 C08 C09 C10 C11 C12 C13 C14 C15 C16 C17",
        Fault::Trusting,
        Wrong,
    ),
    (
        "C22 C23 C24 C25 C26 C27 C28 C29 C30 C31 C33 C38 C39 C40 C42 C43 C44 C45",
        Fault::Trusting,
        Wrong,
    ),
    ("C32 C34 C35 C36 C37 C46", Fault::Trusting, NotNoticed),
    ("C01", Fault::Deaf, Wrong),
    (
        "C18 C19",
        Fault::Answers(CONNACK, |_, _| vec![0x20, 3, 0, 0, 0]),
        Wrong,
    ),
    (
        "C20",
        Fault::Answers(CONNACK, |_, _| vec![0x20, 3, 0, 0x85, 0]),
        Wrong,
    ),
    // 0x05 stands in no table of CONNACK.
    (
        "C21 C41 C47",
        Fault::Answers(CONNACK, |_, _| vec![0x20, 3, 0, 5, 0]),
        Wrong,
    ),
    ("C48", Fault::Says(&[0x20, 3, 0, 0, 0]), Wrong),
    // What is sent after CONNACK is overlooked.
    (
        "H01 H02 H03 H04 H05 H07 H12 H13 H14 H15 H16 H17",
        Fault::Deaf,
        NotNoticed,
    ),
    ("H06 H08 H09 H10 H11", Fault::Deaf, Wrong),
    (
        "P01 P02 P03 P04 P05 P06 P07 P08 P09 P10 P11 P12 P13 P14 P15 P16 P17 P18 P19 P20 P21",
        Fault::Deaf,
        NotNoticed,
    ),
    ("P22 P23 P24", Fault::Deaf, NotNoticed),
    (
        "Q04 Q05 Q06 Q07 Q08 Q09 Q10 Q11 Q12",
        Fault::Deaf,
        NotNoticed,
    ),
    (
        "S01 S02 S04 S05 S15 S16 S17 S18 S19 S23 S24 S25 U01 U02 U06 U07",
        Fault::Deaf,
        NotNoticed,
    ),
    ("S03 U05", Fault::Deaf, Wrong),
    (
        "D06 D07 D08 D10 A01 A02 A03 A04 A05 A06",
        Fault::Deaf,
        NotNoticed,
    ),
    (
        "V01 V06 V07 V08 V09 V10 V11 V16 V17 V18 V19 V20 V21 V22 V23 V24 V27 V28",
        Fault::Deaf,
        Wrong,
    ),
    ("V25 V26 V29 V30 V31", Fault::Deaf, NotNoticed),
    (
        "V02 V03 V04 V05 V15 V32 V33 V34 V35 V36 V37 V39 V40",
        Fault::Trusting,
        Wrong,
    ),
    ("K08", Fault::Trusting, Wrong),
    // Whatever happens there is only told; a code outside its table is a fault of its own.
    ("Q03 D04 D09", Fault::Says(&[0xE0, 1, 5]), Wrong),
    // Requests: what must not be granted is.
    (
        "S07 S08 S09 S10 S12 S20 S22 S28 V12 V50",
        Fault::Grants(&[0]),
        Wrong,
    ),
    ("S27", Fault::Grants(&[0, 0, 2]), Wrong),
    (
        "S26 S29 V47",
        Fault::Answers(SUBACK, |packet, _| without_the_last(packet)),
        Wrong,
    ),
    (
        "U04",
        Fault::Answers(UNSUBACK, |packet, _| without_the_last(packet)),
        Wrong,
    ),
    ("V14", Fault::Mutes(SUBACK), Wrong),
    ("U03 V48", Fault::Mutes(UNSUBACK), Wrong),
    ("P26 P30 V44 V49", Fault::Mutes(PUBACK), Wrong),
    ("P27 P31", Fault::Mutes(PUBREC), Wrong),
    ("Q01 M44 V45 V46", Fault::Mutes(PUBCOMP), Wrong),
    ("Q02 M42", Fault::Mutes(PUBREL), Wrong),
    ("K01 V43", Fault::Mutes(PINGRESP), Wrong),
    (
        "V38",
        Fault::Answers(CONNACK, |_, _| vec![0x20, 2, 0, 2]),
        Wrong,
    ),
    (
        "P28 P29 M09",
        Fault::Renames("admin/probe", "probe/admin"),
        Wrong,
    ),
    // Keep Alive, takeover, limits.
    ("K02 K04 V13 V41", Fault::NeverCloses, Wrong),
    ("K03", Fault::Impatient, Wrong),
    (
        "K05 V42",
        Fault::Answers(CONNACK, |packet, _| with_flags(packet, 0)),
        Wrong,
    ),
    ("K06 K07 K09 K10", Fault::Answers(PUBACK, talkative), Wrong),
    // Messages.
    (
        "M01 M13 M16 M25 M32 M33 V59 V63 V64",
        Fault::Mutes(PUBLISH),
        Wrong,
    ),
    (
        "M02",
        Fault::Answers(PUBLISH, |packet, _| as_qos_1(packet)),
        Wrong,
    ),
    (
        "M03",
        Fault::Answers(PUBLISH, |packet, _| flipped(packet, 0x08)),
        Wrong,
    ),
    (
        "M04 M05 V60",
        Fault::Answers(PUBLISH, |packet, _| flipped(packet, 0x01)),
        Wrong,
    ),
    (
        "M06",
        Fault::Answers(PUBLISH, |packet, _| {
            with_topic(packet, |topic| topic.replace('\u{FEFF}', ""))
        }),
        Wrong,
    ),
    ("M07 E09 V67", Fault::Swaps(PUBLISH), Wrong),
    ("M08 M35 M41 M43 V68", Fault::Doubles(PUBLISH), Wrong),
    (
        "M10 M11 M12 M21 M22 WI04",
        Fault::Answers(PUBLISH, |packet, _| with_properties(packet, &[])),
        Wrong,
    ),
    (
        "M14 M15",
        Fault::Answers(PUBLISH, |packet, _| with_properties(packet, &[0x23, 0, 3])),
        Wrong,
    ),
    (
        "M17",
        Fault::Requests(PUBLISH, |packet, _| with_properties(packet, &[])),
        Wrong,
    ),
    (
        "M20",
        Fault::Requests(SUBSCRIBE, |packet, _| {
            with_options(packet, |options| options & !0x04)
        }),
        Wrong,
    ),
    (
        "M23",
        Fault::Answers(PUBLISH, |packet, _| as_qos_0(packet)),
        Wrong,
    ),
    (
        "M24",
        Fault::Answers(PUBLISH, |packet, _| as_qos_0(packet)),
        Wrong,
    ),
    (
        "M26 M27",
        Fault::Requests(SUBSCRIBE, |packet, _| {
            with_options(packet, |options| options & 0x0F)
        }),
        Wrong,
    ),
    (
        "M28 V61",
        Fault::Requests(PUBLISH, keeps_what_is_removed),
        Wrong,
    ),
    (
        "M29 V62",
        Fault::Requests(PUBLISH, |packet, _| set(packet, 0x01)),
        Wrong,
    ),
    (
        "M30 V65",
        Fault::Requests(PUBLISH, |packet, _| {
            with_topic(packet, |topic| topic.replace('$', ""))
        }),
        Wrong,
    ),
    (
        "M31",
        Fault::Requests(PUBLISH, |packet, _| {
            with_topic(packet, |topic| topic.replace("/T/", "/t/"))
        }),
        Wrong,
    ),
    ("M34 V66", Fault::KeepsSubscriptions, Wrong),
    (
        "M40",
        Fault::Requests(CONNECT, without_receive_maximum),
        Wrong,
    ),
    // Wills.
    ("D01 V52", Fault::CutsOff, Wrong),
    (
        "D02 D03 D05",
        Fault::Requests(DISCONNECT, |_, _| vec![0xE0, 0]),
        Wrong,
    ),
    ("WI01 WI06 WI07 WI08 V51", Fault::Mutes(PUBLISH), Wrong),
    (
        "WI02 WI03 V53 V54",
        Fault::Requests(CONNECT, |packet, _| with_will_retain_flipped(packet)),
        Wrong,
    ),
    ("WI05", Fault::Requests(CONNECT, without_will_delay), Wrong),
    // Sessions.
    ("E01 V55", Fault::Mutes(PUBLISH), Wrong),
    (
        "E02 V56",
        Fault::Requests(CONNECT, |packet, _| without_clean_start(packet)),
        Wrong,
    ),
    (
        "E03 E07 E08",
        Fault::Answers(CONNACK, |packet, _| with_flags(packet, 1)),
        Wrong,
    ),
    (
        "E04 V57",
        Fault::Answers(PUBLISH, |packet, _| unset(packet, 0x08)),
        Wrong,
    ),
    ("E05", Fault::Requests(PUBACK, |_, _| Vec::new()), Wrong),
    ("E06 V58", Fault::MutesLater(PUBREL), Wrong),
];

/// What neither this repository's broker nor mosquitto has, or what mosquitto does wrong itself: a scripted peer plays
/// it (`scripted.rs`; P25 and S in `planted.rs`), which tests the judge only.
pub(crate) const SCRIPTED: &str =
    "A07 A08 A09 A10 A11 A12 W01 W02 W03 W04 L01 L02 L03 P25 S06 S11 S13 S14 S21";

/// SUBACK or UNSUBACK without its last code.
fn without_the_last(packet: &[u8]) -> Vec<u8> {
    match (packet, body(packet)) {
        ([first, ..], [body @ .., _]) => framed(*first, body),
        _ => packet.to_vec(),
    }
}

fn with_flags(packet: &[u8], flags: u8) -> Vec<u8> {
    let mut packet = packet.to_vec();
    if let [0x20, _, old, 0, ..] = packet.as_mut_slice() {
        *old = flags;
    }
    packet
}

/// PUBACK with a Reason String of 50 letters.
fn talkative(packet: &[u8], _: Version) -> Vec<u8> {
    let [high, low, ..] = body(packet) else {
        return packet.to_vec();
    };
    let mut body = vec![*high, *low, 0x10, 53, 0x1F, 0, 50];
    body.extend([b'x'; 50]);
    framed(0x40, &body)
}

fn flipped(packet: &[u8], bits: u8) -> Vec<u8> {
    change_first(packet, |first| first ^ bits)
}

fn set(packet: &[u8], bits: u8) -> Vec<u8> {
    change_first(packet, |first| first | bits)
}

fn unset(packet: &[u8], bits: u8) -> Vec<u8> {
    change_first(packet, |first| first & !bits)
}

fn change_first(packet: &[u8], change: impl FnOnce(u8) -> u8) -> Vec<u8> {
    let mut packet = packet.to_vec();
    if let Some(first) = packet.first_mut() {
        *first = change(*first);
    }
    packet
}

/// A PUBLISH in its parts: first byte, Topic Name, Packet Identifier, and the rest, from the Property Length on.
fn parts(packet: &[u8]) -> Option<(u8, &str, &[u8], &[u8])> {
    let first = *packet.first()?;
    let (high, rest) = body(packet).split_first()?;
    let (low, rest) = rest.split_first()?;
    let (topic, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes([*high, *low])))?;
    let id = if first & 0x06 == 0 { 0 } else { 2 };
    let (id, rest) = rest.split_at_checked(id)?;
    Some((first, std::str::from_utf8(topic).ok()?, id, rest))
}

fn publish(first: u8, topic: &str, id: &[u8], rest: &[u8]) -> Vec<u8> {
    let length = u16::try_from(topic.len()).unwrap().to_be_bytes();
    framed(first, &[&length, topic.as_bytes(), id, rest].concat())
}

fn with_topic(packet: &[u8], change: impl FnOnce(&str) -> String) -> Vec<u8> {
    parts(packet).map_or_else(
        || packet.to_vec(),
        |(first, topic, id, rest)| publish(first, &change(topic), id, rest),
    )
}

/// With these properties instead of its own, which have fewer than 128 bytes.
fn with_properties(packet: &[u8], properties: &[u8]) -> Vec<u8> {
    parts(packet).map_or_else(
        || packet.to_vec(),
        |(first, topic, id, rest)| {
            let (length, rest) = rest.split_first().unwrap();
            let payload = rest.get(usize::from(*length)..).unwrap();
            let count = u8::try_from(properties.len()).unwrap();
            publish(first, topic, id, &[&[count], properties, payload].concat())
        },
    )
}

fn as_qos_0(packet: &[u8]) -> Vec<u8> {
    parts(packet).map_or_else(
        || packet.to_vec(),
        |(first, topic, _, rest)| publish(first & !0x06, topic, &[], rest),
    )
}

fn as_qos_1(packet: &[u8]) -> Vec<u8> {
    parts(packet).map_or_else(
        || packet.to_vec(),
        |(first, topic, _, rest)| publish(first | 0x02, topic, &[0, 9], rest),
    )
}

/// A PUBLISH that removes a retained message becomes one that does not.
fn keeps_what_is_removed(packet: &[u8], version: Version) -> Vec<u8> {
    let empty = parts(packet).is_some_and(|(_, _, _, rest)| match version {
        Version::V5_0 => rest == [0],
        _ => rest.is_empty(),
    });
    match empty {
        true => unset(packet, 0x01),
        false => packet.to_vec(),
    }
}

/// SUBSCRIBE of one or two filters: the options of each changed. The filters are the scenarios' own, of one letter
/// at the end.
fn with_options(packet: &[u8], change: fn(u8) -> u8) -> Vec<u8> {
    let mut packet = packet.to_vec();
    let mut at = 5;
    while let Some([high, low]) = packet.get(at..at + 2) {
        at += 2 + usize::from(u16::from_be_bytes([*high, *low]));
        if let Some(options) = packet.get_mut(at) {
            *options = change(*options);
        }
        at += 1;
    }
    packet
}

/// The Connect Flags stand behind the fixed header, the protocol name and the level.
fn change_flags(packet: &[u8], change: impl FnOnce(u8) -> u8) -> Vec<u8> {
    let mut packet = packet.to_vec();
    let at = packet.len() - body(&packet).len() + 7;
    if let Some(flags) = packet.get_mut(at) {
        *flags = change(*flags);
    }
    packet
}

fn without_clean_start(packet: &[u8]) -> Vec<u8> {
    change_flags(packet, |flags| flags & !0x02)
}

fn with_will_retain_flipped(packet: &[u8]) -> Vec<u8> {
    change_flags(packet, |flags| match flags & 0x04 {
        0 => flags,
        _ => flags ^ 0x20,
    })
}

/// A Receive Maximum of 2 becomes one of 2,000.
fn without_receive_maximum(packet: &[u8], _: Version) -> Vec<u8> {
    replaced(packet, &[3, 0x21, 0, 2], &[3, 0x21, 7, 0xD0])
}

/// A Will Delay Interval of 3 s becomes one of 0.
fn without_will_delay(packet: &[u8], _: Version) -> Vec<u8> {
    replaced(packet, &[5, 0x18, 0, 0, 0, 3], &[5, 0x18, 0, 0, 0, 0])
}

fn replaced(packet: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut packet = packet.to_vec();
    let at = packet.windows(from.len()).position(|part| part == from);
    if let Some(part) = at.and_then(|at| packet.get_mut(at..at + to.len())) {
        part.copy_from_slice(to);
    }
    packet
}
