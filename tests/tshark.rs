//! What tshark, the dissector of the Wireshark project, reads in the packets that this crate writes.
//!
//! The test writes a capture file with every pair of packet and code, every property and the packets of 3.x, has
//! tshark dissect it, and compares names, numbers and the bytes of every value with what was encoded.
//! `tests/real/README.md` says how to install what is needed.

use std::collections::BTreeSet;
use std::fs;
use std::mem;
use std::process::Command;

use mqtt_reason::v3::{self, ConnackReturnCode, SubackReturnCode};
use mqtt_reason::v5::{
    AckReason, AuthReason, Connack, ConnackReason, Disconnect, DisconnectReason, Property,
    PubackReason, PubcompReason, PubrecReason, PubrelReason, SubackReason, SubscriptionAck,
    SubscriptionReason, UnsubackReason,
};
use mqtt_reason::{CodeList, Encode, PacketId, PacketType, QoS, v5};

#[path = "real/capture.rs"]
mod capture;
#[path = "real/programs.rs"]
mod programs;
#[path = "real/table.rs"]
mod table;

use capture::Capture;

/// Names that differ in tshark 4.0: packet, code, and the name there.
///
/// Where another tshark has the specification's name, that is right, too.
const NAMES_OF_TSHARK: [(PacketType, u8, &str); 6] = [
    // Missing in tshark's lists; Tables 2-6, 3-1 and 3-9 have them. The numbers are read all the same.
    (PacketType::Connack, 0x99, "Unknown"),
    (PacketType::Unsuback, 0x80, "Unknown"),
    // Singular there, plural in Tables 2-6, 3-8 and 3-10.
    (
        PacketType::Suback,
        0x9E,
        "Shared Subscription not supported",
    ),
    (
        PacketType::Suback,
        0xA2,
        "Wildcard Subscription not supported",
    ),
    (
        PacketType::Disconnect,
        0x9E,
        "Shared Subscription not supported",
    ),
    (
        PacketType::Disconnect,
        0xA2,
        "Wildcard Subscription not supported",
    ),
];

/// tshark shows Authentication Data, which is binary, as a string: its text is not compared, its bytes are.
const AUTHENTICATION_DATA: u8 = 0x16;

/// What a packet says: what was encoded, or what tshark read.
#[derive(Clone, PartialEq, Debug, Default)]
struct Said {
    packet: u8,
    remaining_length: u32,
    session_present: Option<bool>,
    packet_id: Option<u16>,
    /// The codes that are on the wire, so none in a short form without code, and their names in 5.0.
    codes: Vec<(u8, String)>,
    /// Identifier, name and values: one, or the two of a User Property.
    properties: Vec<(u8, String, Vec<Value>)>,
    /// What tshark found to be wrong.
    complaints: Vec<String>,
}

/// A value of a property.
#[derive(Clone, PartialEq, Debug)]
struct Value {
    bytes: Vec<u8>,
    /// The string or the decimal number.
    text: String,
}

impl Said {
    fn v3(packet: PacketType, codes: &[u8]) -> Self {
        Self {
            packet: packet as u8,
            codes: codes.iter().map(|code| (*code, String::new())).collect(),
            ..Self::default()
        }
    }

    fn v5(packet: PacketType, codes: &[u8]) -> Self {
        let names = table::codes_of(packet);
        let name = |code: u8| {
            names
                .iter()
                .find(|row| row.0 == code)
                .map_or("?", |row| row.1)
        };
        Self {
            packet: packet as u8,
            codes: codes
                .iter()
                .map(|code| (*code, name(*code).to_string()))
                .collect(),
            ..Self::default()
        }
    }

    fn with_id(mut self, id: u16) -> Self {
        self.packet_id = Some(id);
        self
    }

    fn with_session(mut self, present: bool) -> Self {
        self.session_present = Some(present);
        self
    }

    fn with_properties(mut self, properties: &[Property<'_>]) -> Self {
        self.properties = properties.iter().map(laid_out).collect();
        self
    }

    fn ends_in_authentication_data(&self) -> bool {
        matches!(self.properties.last(), Some((AUTHENTICATION_DATA, ..)))
    }

    fn complaint(&mut self, label: &str) {
        self.complaints.push(label.to_string());
    }
}

/// Identifier, name and values of a property as Table 2-4 and section 3 of the specification have them.
fn laid_out(property: &Property<'_>) -> (u8, String, Vec<Value>) {
    let value = |bytes: &[u8], text: String| Value {
        bytes: bytes.to_vec(),
        text,
    };
    let text = |text: &str| vec![value(text.as_bytes(), text.to_string())];
    let byte = |number: u8| vec![value(&[number], number.to_string())];
    let two = |number: u16| vec![value(&number.to_be_bytes(), number.to_string())];
    let four = |number: u32| vec![value(&number.to_be_bytes(), number.to_string())];
    let (id, name, values) = match *property {
        Property::SessionExpiryInterval(n) => (0x11, "Session Expiry Interval", four(n)),
        Property::AssignedClientIdentifier(s) => (0x12, "Assigned Client Identifier", text(s)),
        Property::ServerKeepAlive(n) => (0x13, "Server Keep Alive", two(n)),
        Property::AuthenticationMethod(s) => (0x15, "Authentication Method", text(s)),
        Property::AuthenticationData(data) => {
            let values = vec![value(data, String::new())];
            (AUTHENTICATION_DATA, "Authentication Data", values)
        }
        Property::ResponseInformation(s) => (0x1A, "Response Information", text(s)),
        Property::ServerReference(s) => (0x1C, "Server Reference", text(s)),
        Property::ReasonString(s) => (0x1F, "Reason String", text(s)),
        Property::ReceiveMaximum(n) => (0x21, "Receive Maximum", two(n.get())),
        Property::TopicAliasMaximum(n) => (0x22, "Topic Alias Maximum", two(n)),
        Property::MaximumQos(qos) => (0x24, "Maximum QoS", byte(qos.as_u8())),
        Property::RetainAvailable(b) => (0x25, "Retain Available", byte(b.into())),
        Property::UserProperty(name, value) => {
            (0x26, "User Property", [text(name), text(value)].concat())
        }
        Property::MaximumPacketSize(n) => (0x27, "Maximum Packet Size", four(n.get())),
        Property::WildcardSubscriptionAvailable(b) => {
            (0x28, "Wildcard Subscription Available", byte(b.into()))
        }
        Property::SubscriptionIdentifiersAvailable(b) => {
            (0x29, "Subscription Identifier Available", byte(b.into()))
        }
        Property::SharedSubscriptionAvailable(b) => {
            (0x2A, "Shared Subscription Available", byte(b.into()))
        }
        other => panic!("no property of the nine packets: {other:?}"),
    };
    (id, name.to_string(), values)
}

/// The packets that go into the capture file, and what each of them says.
struct Sent {
    capture: Capture,
    expected: Vec<Said>,
}

impl Sent {
    fn new() -> Self {
        Self {
            capture: Capture::new(),
            expected: Vec::new(),
        }
    }

    /// Adds a packet of 5.0.
    fn add(&mut self, packet: &impl Encode, said: Said) {
        let mut bytes = Vec::new();
        packet.encode(&mut bytes).expect("the packet can be sent");
        self.add_bytes(5, &bytes, said);
    }

    /// Adds a packet of 3.x.
    fn add_v3(&mut self, version: v3::Version, packet: &v3::Packet<'_>, said: Said) {
        let level = match version {
            v3::Version::V3_1 => 3,
            v3::Version::V3_1_1 => 4,
        };
        let mut bytes = Vec::new();
        packet
            .encode(version, &mut bytes)
            .expect("the packet can be sent");
        self.add_bytes(level, &bytes, said);
    }

    fn add_bytes(&mut self, level: u8, bytes: &[u8], mut said: Said) {
        let length = bytes
            .iter()
            .skip(1)
            .take_while(|byte| **byte >= 0x80)
            .count()
            + 1;
        said.remaining_length = u32::try_from(bytes.len() - 1 - length).expect("a small packet");
        self.capture.add(level, bytes);
        self.expected.push(said);
    }

    /// PUBACK, PUBREC, PUBREL or PUBCOMP, each with every code of its table.
    fn acks<R: AckReason>(&mut self) {
        for (n, reason) in (0x0101..).zip(R::ALL) {
            let ack = v5::Ack::new(id(n), *reason);
            let code = reason.as_u8();
            let on_wire: &[u8] = if code == 0 { &[] } else { &[code] };
            self.add(&ack, Said::v5(R::PACKET, on_wire).with_id(n));
            for properties in ack_properties() {
                let properties = properties.as_slice();
                let ack = ack.with_properties(properties);
                let said = Said::v5(R::PACKET, &[code]).with_id(n);
                self.add(&ack, said.with_properties(properties));
            }
        }
    }

    /// SUBACK or UNSUBACK, with every code alone, with all codes, and with many.
    fn subscription_acks<R: SubscriptionReason>(&mut self) {
        let many: Vec<R> = R::ALL.iter().copied().cycle().take(300).collect();
        let lists = R::ALL.chunks(1).chain([R::ALL, &many]);
        for (n, list) in (0xFE00..).zip(lists) {
            let codes: Vec<u8> = list.iter().map(|code| code.as_u8()).collect();
            let ack = SubscriptionAck::<R>::new(id(n), list).expect("there is a code");
            let said = Said::v5(R::PACKET, &codes).with_id(n);
            self.add(&ack, said.clone());
            for properties in ack_properties() {
                let properties = properties.as_slice();
                let ack = ack.clone().with_properties(properties);
                self.add(&ack, said.clone().with_properties(properties));
            }
        }
    }

    fn connacks(&mut self) {
        for session_present in [false, true] {
            let said = Said::v5(PacketType::Connack, &[0]).with_session(session_present);
            self.add(&Connack::accepted(session_present), said);
        }
        let long = "x".repeat(1000);
        let all = connack_properties(&long);
        // Authentication Data is not written without a method, which comes right before it.
        let method = Property::AuthenticationMethod("SCRAM-SHA-256");
        let alone = all.iter().copied().map(|property| match property {
            Property::AuthenticationData(_) => vec![method, property],
            _ => vec![property],
        });
        let mut sections: Vec<_> = alone.collect();
        sections.push(all.to_vec());
        sections.push(all.iter().rev().copied().collect());
        sections.push(least_values());
        for properties in &sections {
            let properties = properties.as_slice();
            let connack = Connack::accepted(true).with_properties(properties);
            let said = Said::v5(PacketType::Connack, &[0]).with_session(true);
            self.add(&connack, said.with_properties(properties));
        }
        let properties = [
            Property::ReasonString("no"),
            Property::UserProperty("k", "v"),
        ];
        for reason in ConnackReason::ALL {
            let connack = Connack::refused(*reason);
            let said = Said::v5(PacketType::Connack, &[reason.as_u8()]).with_session(false);
            self.add(&connack, said.clone());
            let connack = connack.with_properties(&properties);
            self.add(&connack, said.with_properties(&properties));
        }
    }

    fn disconnects(&mut self) {
        let all = [
            Property::SessionExpiryInterval(u32::MAX),
            Property::ReasonString("the server is moved"),
            Property::ServerReference("one.example two.example:1884"),
            Property::UserProperty("a", "1"),
            Property::UserProperty("a", "2"),
        ];
        for reason in DisconnectReason::ALL {
            let code = reason.as_u8();
            let on_wire: &[u8] = if code == 0 { &[] } else { &[code] };
            let disconnect = Disconnect::new(*reason);
            self.add(&disconnect, Said::v5(PacketType::Disconnect, on_wire));
            for properties in all.chunks(1).chain([all.as_slice()]) {
                let disconnect = disconnect.with_properties(properties);
                let said = Said::v5(PacketType::Disconnect, &[code]);
                self.add(&disconnect, said.with_properties(properties));
            }
        }
    }

    fn auths(&mut self) {
        let all = [
            Property::AuthenticationMethod("SCRAM-SHA-256"),
            Property::AuthenticationData(&[0x00, 0x01, 0x7F, 0x80, 0xFF, 0x00]),
            Property::ReasonString("go on"),
            Property::UserProperty("schlüssel", "värde"),
        ];
        for reason in AuthReason::ALL {
            for count in 1..=all.len() {
                let (properties, _) = all.split_at(count);
                let auth = v5::Auth::without_properties(*reason).with_properties(properties);
                let said = Said::v5(PacketType::Auth, &[reason.as_u8()]);
                self.add(&auth, said.with_properties(properties));
            }
        }
    }

    /// Remaining Lengths of two, three and four bytes, which take more than one TCP segment.
    fn large(&mut self) {
        let longest = "y".repeat(65_535);
        for count in [1, 2, 20] {
            let properties = vec![Property::UserProperty(&longest, &longest); count];
            let said = Said::v5(PacketType::Disconnect, &[0x83]).with_properties(&properties);
            let disconnect = Disconnect::new(DisconnectReason::ImplementationSpecificError)
                .with_properties(&properties);
            self.add(&disconnect, said);
        }
    }

    /// The packets of 3.1.1 or 3.1.
    fn v3(&mut self, version: v3::Version) {
        let session = version == v3::Version::V3_1_1;
        for code in ConnackReturnCode::ALL {
            let said = Said::v3(PacketType::Connack, &[code.as_u8()]);
            let packet = v3::Packet::Connack(v3::Connack::refused(*code));
            // 3.1 has no such flag.
            let said = if session {
                said.with_session(false)
            } else {
                said
            };
            self.add_v3(version, &packet, said);
        }
        if session {
            let said = Said::v3(PacketType::Connack, &[0]).with_session(true);
            self.add_v3(
                version,
                &v3::Packet::Connack(v3::Connack::accepted(true)),
                said,
            );
        }
        let last = if session {
            SubackReturnCode::ALL.len()
        } else {
            3
        };
        let (codes, _) = SubackReturnCode::ALL.split_at(last);
        for list in codes.chunks(1).chain([codes]) {
            let bytes: Vec<u8> = list.iter().map(|code| code.as_u8()).collect();
            let list = CodeList::from_bytes(&bytes).expect("there is a code");
            let packet = v3::Packet::Suback(v3::Suback::new(id(0xABCD), list));
            self.add_v3(
                version,
                &packet,
                Said::v3(PacketType::Suback, &bytes).with_id(0xABCD),
            );
        }
        for (n, packet) in [
            (1, v3::Packet::Puback as fn(PacketId) -> v3::Packet<'static>),
            (255, v3::Packet::Pubrec),
            (256, v3::Packet::Pubrel),
            (0xFFFF, v3::Packet::Pubcomp),
            (0x8000, v3::Packet::Unsuback),
        ] {
            let packet = packet(id(n));
            let said = Said::v3(packet.packet_type(), &[]).with_id(n);
            self.add_v3(version, &packet, said);
        }
        self.add_v3(
            version,
            &v3::Packet::Disconnect,
            Said::v3(PacketType::Disconnect, &[]),
        );
    }
}

fn id(n: u16) -> PacketId {
    PacketId::new(n).expect("the tests use no packet identifier 0")
}

/// Property sections of an acknowledgement.
fn ack_properties() -> [Vec<Property<'static>>; 3] {
    [
        vec![Property::ReasonString("the topic is reserved")],
        vec![
            Property::UserProperty("k", ""),
            Property::ReasonString("grün ⛔ 𝄞"),
            Property::UserProperty("", "v"),
            Property::UserProperty("k", "v"),
        ],
        // A Property Length of two bytes.
        vec![Property::ReasonString(
            "two hundred bytes, 8 letters at a time: xxxxxxxx xxxxxxxx xxxxxxxx xxxxxxxx xxxxxxxx \
             xxxxxxxx xxxxxxxx xxxxxxxx xxxxxxxx xxxxxxxx xxxxxxxx xxxxxxxx xxxxxxxx xxxxxxxx",
        )],
    ]
}

/// All seventeen properties, and a second User Property.
fn connack_properties(long: &str) -> [Property<'_>; 18] {
    [
        Property::SessionExpiryInterval(0x0102_0304),
        Property::AssignedClientIdentifier("auto-1"),
        Property::ServerKeepAlive(0x0506),
        Property::AuthenticationMethod("SCRAM-SHA-1"),
        Property::AuthenticationData(&[0xFF, 0x00, 0x80]),
        Property::ResponseInformation("response/1"),
        Property::ServerReference("other.example"),
        Property::ReasonString(long),
        Property::ReceiveMaximum(0x0708.try_into().expect("not 0")),
        Property::TopicAliasMaximum(0x090A),
        Property::MaximumQos(QoS::AtLeastOnce),
        Property::RetainAvailable(true),
        Property::UserProperty("name", "value"),
        Property::UserProperty("name", "another"),
        Property::MaximumPacketSize(0x0B0C_0D0E.try_into().expect("not 0")),
        Property::WildcardSubscriptionAvailable(true),
        Property::SubscriptionIdentifiersAvailable(true),
        Property::SharedSubscriptionAvailable(true),
    ]
}

/// Every property of fixed length with its least value, and empty strings.
fn least_values() -> Vec<Property<'static>> {
    vec![
        Property::SessionExpiryInterval(0),
        Property::AssignedClientIdentifier(""),
        Property::ServerKeepAlive(0),
        Property::AuthenticationMethod(""),
        Property::AuthenticationData(&[]),
        Property::ReceiveMaximum(1.try_into().expect("not 0")),
        Property::TopicAliasMaximum(0),
        Property::MaximumQos(QoS::AtMostOnce),
        Property::RetainAvailable(false),
        Property::UserProperty("", ""),
        Property::MaximumPacketSize(1.try_into().expect("not 0")),
        Property::WildcardSubscriptionAvailable(false),
        Property::SubscriptionIdentifiersAvailable(false),
        Property::SharedSubscriptionAvailable(false),
    ]
}

/// A field of tshark's output.
struct Field<'a> {
    name: &'a str,
    /// What tshark prints for a person: label and value.
    label: &'a str,
    /// The value as text.
    value: &'a str,
    /// The bytes it was read from, hexadecimal.
    bytes: &'a str,
}

/// The value of an attribute of an element that stands on one line; no attribute's value holds a quotation mark.
fn attribute<'a>(line: &'a str, name: &str) -> &'a str {
    line.split_once(&format!(" {name}=\""))
        .and_then(|(_, rest)| rest.split_once('"'))
        .map_or("", |(value, _)| value)
}

/// The MQTT packets in tshark's PDML, each the list of its fields in order.
fn dissected(pdml: &str) -> Vec<Vec<Field<'_>>> {
    let mut packets = Vec::new();
    let mut inside = false;
    for line in pdml.lines().map(str::trim_start) {
        if line.starts_with("<proto ") {
            inside = attribute(line, "name") == "mqtt";
            if inside {
                packets.push(Vec::new());
            }
        } else if line.starts_with("</proto>") {
            inside = false;
        } else if inside
            && line.starts_with("<field ")
            && let Some(packet) = packets.last_mut()
        {
            packet.push(Field {
                name: attribute(line, "name"),
                label: attribute(line, "showname"),
                value: attribute(line, "show"),
                bytes: attribute(line, "value"),
            });
        }
    }
    packets
}

/// The name in a label like `Reason Code: Not authorized (135)`.
fn name_in(label: &str) -> String {
    let (_, name) = label.split_once(": ").unwrap_or(("", label));
    let (name, _) = name.rsplit_once(" (").unwrap_or((name, ""));
    name.to_string()
}

/// What tshark read in a packet.
fn read(fields: &[Field<'_>]) -> Said {
    let mut said = Said::default();
    for field in fields {
        let number = || -> u32 { field.value.parse().expect("a decimal number") };
        let byte = || u8::try_from(number()).expect("a byte");
        let two_bytes = || u16::try_from(number()).expect("two bytes");
        match field.name {
            "mqtt.msgtype" => said.packet = byte(),
            "mqtt.len" => said.remaining_length = number(),
            "mqtt.conack.flags.sp" => said.session_present = Some(byte() == 1),
            "mqtt.msgid" => said.packet_id = Some(two_bytes()),
            "mqtt.conack.val" | "mqtt.suback.qos" => said.codes.push((byte(), String::new())),
            name if name.ends_with(".reason_code") => {
                said.codes.push((byte(), name_in(field.label)));
            }
            "mqtt.property_id" => {
                let id = u8::from_str_radix(field.bytes, 16).expect("one byte");
                said.properties.push((id, name_in(field.label), Vec::new()));
            }
            "mqtt.prop_number"
            | "mqtt.property.max_qos"
            | "mqtt.prop_string"
            | "mqtt.prop_key"
            | "mqtt.prop_value" => {
                let (id, _, values) = said.properties.last_mut().expect("a property was begun");
                let text = match *id {
                    AUTHENTICATION_DATA => "",
                    _ => field.value,
                };
                values.push(Value {
                    bytes: hex::decode(field.bytes).expect("hexadecimal"),
                    text: text.to_string(),
                });
            }
            "_ws.string.trailing_stray_characters" if said.ends_in_authentication_data() => {}
            "mqtt.prop_unknown" | "mqtt.unknown_version" => said.complaint(field.label),
            name if name.starts_with("_ws.") && !name.starts_with("_ws.expert") => {
                said.complaint(field.label);
            }
            _ => {}
        }
    }
    said
}

#[test]
#[ignore = "needs tshark"]
fn tshark_reads_what_was_encoded() {
    let mut sent = Sent::new();
    sent.connacks();
    sent.acks::<PubackReason>();
    sent.acks::<PubrecReason>();
    sent.acks::<PubrelReason>();
    sent.acks::<PubcompReason>();
    sent.subscription_acks::<SubackReason>();
    sent.subscription_acks::<UnsubackReason>();
    sent.disconnects();
    sent.auths();
    sent.large();
    sent.v3(v3::Version::V3_1_1);
    sent.v3(v3::Version::V3_1);

    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let file = folder.path().join("packets.pcap");
    fs::write(&file, sent.capture.bytes()).expect("the capture file can be written");
    let pdml = programs::run(
        Command::new(programs::find("tshark"))
            .arg("-n")
            .args([
                "-d",
                "tcp.port==1883,mqtt",
                "-T",
                "pdml",
                "-J",
                "mqtt",
                "-r",
            ])
            .arg(&file),
        "see tests/real/README.md",
    );
    assert!(
        !pdml.contains("_ws.malformed"),
        "tshark calls a packet malformed"
    );

    let read: Vec<Said> = dissected(&pdml)
        .iter()
        .map(|fields| read(fields))
        .filter(|said| said.packet != PacketType::Connect as u8)
        .collect();
    let mut pairs = BTreeSet::new();
    let mut renamed = BTreeSet::new();
    for (number, (mut read, expected)) in read.iter().cloned().zip(&sent.expected).enumerate() {
        for ((code, name), (_, ours)) in read.codes.iter_mut().zip(&expected.codes) {
            if !ours.is_empty() {
                pairs.insert((expected.packet, *code));
            }
            if name != ours {
                renamed.insert((expected.packet, *code, mem::replace(name, ours.clone())));
            }
        }
        assert_eq!(read, *expected, "packet {number}: left is tshark's");
    }
    assert_eq!(read.len(), sent.expected.len(), "number of packets");
    assert_eq!(
        pairs.len(),
        96,
        "pairs of packet and code that were compared"
    );
    println!(
        "tshark agrees on {} packets with {} pairs of packet and code",
        read.len(),
        pairs.len(),
    );
    let mut unlisted = 0;
    for (packet, code, name) in &renamed {
        let listed = NAMES_OF_TSHARK
            .iter()
            .any(|row| (row.0 as u8, row.1, row.2) == (*packet, *code, name.as_str()));
        println!("tshark: packet type {packet}, code {code:#04x}: {name:?}, listed: {listed}");
        unlisted += u32::from(!listed);
    }
    assert_eq!(unlisted, 0, "names that are not listed, see above");
}
