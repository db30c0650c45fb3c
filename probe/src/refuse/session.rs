//! What the refuser does with the packets of one client: no I/O.

use std::collections::{BTreeMap, BTreeSet};
use std::iter;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use mqtt_reason::v3::ConnackReturnCode;
use mqtt_reason::v5::ConnackReason;
use mqtt_reason::view::{Connect, Publish, Subscribe, UnknownConnect, Unsubscribe, View};
use mqtt_reason::{
    DecodeError, DecodeOptions, Decoded, Packet, PacketType, QoS, ReasonCode, Side, Version,
    decode_with, mapping,
};

use super::answer::{Answer, Limits, variable_byte_integer};
use super::rule::Rule;
use super::rules::Rules;

/// What is to be done.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Step {
    /// Send these bytes after this delay.
    Send(Vec<u8>, Duration),
    /// Close the connection after this delay.
    Close(Duration),
    /// Tell whoever watches.
    Note(String),
}

/// The state of one connection.
#[derive(Debug)]
pub(crate) struct Session<'r> {
    rules: &'r Rules,
    /// From CONNECT; `None` before it.
    limits: Option<Limits>,
    phase: Phase,
    /// The Authentication Method of CONNECT.
    method: Option<String>,
    /// What CONNACK will assign to a client without a Client Identifier.
    assigned: Option<String>,
    /// Identifiers of QoS 2 messages of the client that wait for PUBREL.
    released: BTreeSet<u16>,
    /// Identifiers of messages to the client, and whether PUBREL was sent.
    sent: BTreeMap<u16, bool>,
    next_id: u16,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Phase {
    /// Nothing came yet, or AUTH was sent and the client's is waited for.
    Connecting,
    Open,
    /// Nothing more is sent or read.
    Over,
}

impl<'r> Session<'r> {
    pub(crate) const fn new(rules: &'r Rules) -> Self {
        Self {
            rules,
            limits: None,
            phase: Phase::Connecting,
            method: None,
            assigned: None,
            released: BTreeSet::new(),
            sent: BTreeMap::new(),
            next_id: 1,
        }
    }

    /// The version of the connection, 5.0 before CONNECT.
    pub(crate) fn version(&self) -> Version {
        self.limits
            .as_ref()
            .map_or(Version::V5_0, |limits| limits.version)
    }

    /// Whether nothing more is sent or read.
    pub(super) fn is_over(&self) -> bool {
        self.phase == Phase::Over
    }

    /// Takes the first packet out of `bytes`: its type, its length and what is to be done. `None`: it is not whole yet.
    pub(crate) fn receive(
        &mut self,
        bytes: &[u8],
    ) -> Option<(Option<PacketType>, usize, Vec<Step>)> {
        let version = self.version();
        let options = DecodeOptions::new().sender(Side::Client);
        let mut steps = Vec::new();
        let (packet, len) = match decode_with(version, &options, bytes) {
            Ok(Decoded::Incomplete { .. }) => return None,
            Ok(Decoded::Packet { packet, len }) => {
                self.packet(&packet, &mut steps);
                (Some(packet.packet_type()), len)
            }
            Ok(Decoded::Frame(frame)) => {
                match View::of(version, &options, &frame) {
                    Ok(Some(view)) => self.view(&view, &mut steps),
                    Ok(None) => {}
                    Err(error) => self.refuse(&error, &mut steps),
                }
                (Some(frame.packet_type()), frame.bytes().len())
            }
            Err(error) => {
                self.refuse(&error, &mut steps);
                (None, bytes.len())
            }
        };
        Some((packet, len, steps))
    }

    fn view(&mut self, view: &View<'_>, steps: &mut Vec<Step>) {
        match (view, self.phase) {
            (_, Phase::Over) => {}
            (View::Connect(connect), Phase::Connecting) if self.limits.is_none() => {
                self.connect(connect, steps);
            }
            (View::UnknownConnect(connect), Phase::Connecting) => {
                self.unknown_connect(connect, steps)
            }
            (View::Publish(publish), Phase::Open) => self.publish(publish, steps),
            (View::Subscribe(subscribe), Phase::Open) => self.subscribe(subscribe, steps),
            (View::Unsubscribe(unsubscribe), Phase::Open) => self.unsubscribe(unsubscribe, steps),
            (View::Pingreq, Phase::Open) => steps.push(Step::Send(vec![0xD0, 0], Duration::ZERO)),
            // A second CONNECT, or a packet before the connection is accepted.
            (view, _) => {
                let packet = view.packet_type();
                self.note(
                    format!("{packet} is out of order: the connection is closed"),
                    steps,
                );
                self.end_with(0x82, steps);
            }
        }
    }

    fn packet(&mut self, packet: &Packet<'_>, steps: &mut Vec<Step>) {
        let packet_id = packet.packet_id().map_or(0, u16::from);
        let failed = packet.is_error();
        match (packet.packet_type(), self.phase) {
            (_, Phase::Over) => {}
            (PacketType::Auth, Phase::Connecting) if self.limits.is_some() => self.accept(steps),
            (PacketType::Auth, Phase::Open) => self.authenticate(packet, steps),
            (PacketType::Disconnect, _) => {
                self.phase = Phase::Over;
                steps.push(Step::Close(Duration::ZERO));
            }
            (_, Phase::Connecting) => {
                self.note(
                    format!(
                        "{} before CONNACK: the connection is closed",
                        packet.packet_type()
                    ),
                    steps,
                );
                self.end_with(0x82, steps);
            }
            (PacketType::Pubrec, Phase::Open) if failed => {
                self.sent.remove(&packet_id);
            }
            (PacketType::Pubrec, Phase::Open) => {
                // PUBREL 0x92 is what an unknown identifier is told, Table 3-6.
                let normal = match self.sent.get_mut(&packet_id) {
                    Some(released) => {
                        *released = true;
                        0x00
                    }
                    None => 0x92,
                };
                self.answer(PacketType::Pubrel, packet_id, normal, iter::empty(), steps);
            }
            (PacketType::Pubrel, Phase::Open) => {
                let normal = if self.released.remove(&packet_id) {
                    0x00
                } else {
                    0x92
                };
                self.answer(PacketType::Pubcomp, packet_id, normal, iter::empty(), steps);
            }
            (PacketType::Pubcomp | PacketType::Puback, Phase::Open) => {
                self.sent.remove(&packet_id);
            }
            (_, Phase::Open) => {}
        }
    }

    fn connect(&mut self, connect: &Connect<'_>, steps: &mut Vec<Step>) {
        let properties = connect.properties();
        self.limits = Some(Limits {
            version: connect.version(),
            max_packet_size: properties.maximum_packet_size().unwrap_or(u32::MAX),
            request_problem_information: properties.request_problem_information() != Some(false),
        });
        self.method = properties.authentication_method().map(str::to_owned);
        if connect.client_id().is_empty() {
            static ASSIGNED: AtomicU32 = AtomicU32::new(0);
            let number = ASSIGNED.fetch_add(1, Ordering::Relaxed);
            self.assigned = Some(format!("mqtt-reason-{number}"));
        }
        self.note(
            format!(
                "CONNECT of {:?} with MQTT {}",
                connect.client_id(),
                connect.version()
            ),
            steps,
        );
        if self.rules.has(PacketType::Auth) && self.begin_authentication(steps) {
            return;
        }
        self.accept(steps);
    }

    /// Sends AUTH before CONNACK if a rule says so; whether it was sent.
    fn begin_authentication(&mut self, steps: &mut Vec<Step>) -> bool {
        let method = self.method.clone();
        let rule = self.rules.decide_if(PacketType::Auth, |rule| {
            rule.codes.first() != Some(&0x00) && (method.is_some() || rule.force)
        });
        let Some(rule) = rule else {
            if self.method.is_none() {
                self.note(
                    "the client names no Authentication Method: no AUTH is sent".to_owned(),
                    steps,
                );
            }
            return false;
        };
        self.send(PacketType::Auth, 0, &rule.codes.clone(), Some(rule), steps);
        true
    }

    /// Sends CONNACK.
    fn accept(&mut self, steps: &mut Vec<Step>) {
        self.phase = Phase::Open;
        if let Some(rule) = self.rules.decide(PacketType::Connack, iter::empty()) {
            let Some(code) = connack_code(rule, self.version()) else {
                self.note(
                    "MQTT 3.x has no such return code: the connection is closed".to_owned(),
                    steps,
                );
                self.close(rule.delay, steps);
                return;
            };
            self.send(PacketType::Connack, 0, &[code], Some(rule), steps);
            if code != 0 {
                // [MQTT-3.2.2-7]
                self.close(rule.delay, steps);
                return;
            }
        } else {
            self.send(PacketType::Connack, 0, &[0], None, steps);
        }
        let rules = self.rules;
        let rule = rules.decide_if(PacketType::Disconnect, |rule| rule.topic.is_none());
        if let Some(rule) = rule {
            self.disconnect(rule, steps);
        }
    }

    /// What is sent after the answer to a CONNECT of unknown name or level: MQTT 5.0 [MQTT-3.1.2-1], [MQTT-3.1.2-2].
    fn unknown_connect(&mut self, connect: &UnknownConnect<'_>, steps: &mut Vec<Step>) {
        self.note(
            format!(
                "CONNECT of unknown protocol {:?}, level {}",
                connect.protocol_name(),
                connect.level()
            ),
            steps,
        );
        let bytes = if connect.level() < 5 {
            vec![0x20, 2, 0, 1]
        } else {
            vec![0x20, 3, 0, 0x84, 0]
        };
        steps.push(Step::Send(bytes, Duration::ZERO));
        self.close(Duration::ZERO, steps);
    }

    fn publish(&mut self, publish: &Publish<'_>, steps: &mut Vec<Step>) {
        let topics = iter::once(publish.topic());
        if self.disconnects(topics.clone(), steps) {
            return;
        }
        let packet_id = publish.packet_id().map_or(0, u16::from);
        match publish.qos() {
            QoS::AtMostOnce => {}
            QoS::AtLeastOnce => {
                self.answer(PacketType::Puback, packet_id, 0, topics, steps);
            }
            QoS::ExactlyOnce => {
                self.released.insert(packet_id);
                if self.answer(PacketType::Pubrec, packet_id, 0, topics, steps) >= 0x80 {
                    self.released.remove(&packet_id);
                }
            }
        }
    }

    fn subscribe(&mut self, subscribe: &Subscribe<'_>, steps: &mut Vec<Step>) {
        let filters = subscribe
            .subscriptions()
            .iter()
            .map(|subscription| subscription.filter());
        if self.disconnects(filters.clone(), steps) {
            return;
        }
        let rules = self.rules;
        let rule = rules.decide(PacketType::Suback, filters.clone());
        let granted = subscribe.subscriptions().iter().map(|s| s.qos() as u8);
        let codes = codes_of_list(rule, filters.clone(), granted, |code| {
            match self.version() {
                Version::V5_0 => Some(code),
                // One failure in 3.1.1; 3.1 has none, but 0x80 is what deployed Servers send.
                Version::V3_1_1 | Version::V3_1 => Some(if code > 2 { 0x80 } else { code }),
            }
        });
        let packet_id = u16::from(subscribe.packet_id());
        self.send(PacketType::Suback, packet_id, &codes, rule, steps);
        // So that there is a PUBREC to answer.
        if self.rules.has(PacketType::Pubrel)
            && let Some((filter, _)) = filters.zip(&codes).find(|(_, code)| **code == 2)
        {
            self.publish_to(
                filter,
                rule.map_or(Duration::ZERO, |rule| rule.delay),
                steps,
            );
        }
    }

    fn unsubscribe(&mut self, unsubscribe: &Unsubscribe<'_>, steps: &mut Vec<Step>) {
        let filters = unsubscribe.filters().iter();
        let rules = self.rules;
        let rule = rules.decide(PacketType::Unsuback, filters.clone());
        let codes = codes_of_list(rule, filters.clone(), filters.map(|_| 0), Some);
        let packet_id = u16::from(unsubscribe.packet_id());
        self.send(PacketType::Unsuback, packet_id, &codes, rule, steps);
    }

    /// AUTH of a client after CONNACK: re-authentication, §4.12.1.
    fn authenticate(&mut self, packet: &Packet<'_>, steps: &mut Vec<Step>) {
        if self.method.is_none()
            || packet.properties().authentication_method() != self.method.as_deref()
        {
            self.note(
                "AUTH does not have the Authentication Method of CONNECT: the connection is closed"
                    .to_owned(),
                steps,
            );
            self.end_with(0x82, steps);
            return;
        }
        // What answers an AUTH 0x18 of the refuser ends the exchange: the same again would never end.
        let continues = packet
            .reason_codes()
            .next()
            .is_some_and(|code| code == ReasonCode::CONTINUE_AUTHENTICATION);
        let rules = self.rules;
        let rule = (!continues)
            .then(|| rules.decide(PacketType::Auth, iter::empty()))
            .flatten();
        let codes = rule.map_or_else(|| vec![0], |rule| rule.codes.clone());
        self.send(PacketType::Auth, 0, &codes, rule, steps);
    }

    /// Sends DISCONNECT if a rule says so of one of these topics; whether it did.
    fn disconnects<'t>(
        &mut self,
        topics: impl Iterator<Item = &'t str> + Clone,
        steps: &mut Vec<Step>,
    ) -> bool {
        let rules = self.rules;
        let about = |rule: &Rule| rule.topic.is_some() && rule.is_about(topics.clone());
        let rule = rules.decide_if(PacketType::Disconnect, about);
        if let Some(rule) = rule {
            self.disconnect(rule, steps);
        }
        rule.is_some()
    }

    fn disconnect(&mut self, rule: &Rule, steps: &mut Vec<Step>) {
        if self.version() == Version::V5_0 {
            self.send(PacketType::Disconnect, 0, &rule.codes, Some(rule), steps);
        } else {
            self.note(
                "MQTT 3.x has no DISCONNECT from a server: the connection is closed".to_owned(),
                steps,
            );
        }
        // Until then the connection goes on.
        if rule.delay.is_zero() {
            self.phase = Phase::Over;
        }
        steps.push(Step::Close(rule.delay));
    }

    /// Answers with this code unless a rule says otherwise; returns the code that was sent.
    fn answer<'t>(
        &mut self,
        packet: PacketType,
        packet_id: u16,
        normal: u8,
        topics: impl Iterator<Item = &'t str> + Clone,
        steps: &mut Vec<Step>,
    ) -> u8 {
        let rules = self.rules;
        let rule = rules.decide(packet, topics);
        let code = rule
            .and_then(|rule| rule.codes.first().copied())
            .unwrap_or(normal);
        if self.version() != Version::V5_0
            && let Some(rule) = rule
            && code >= 0x80
        {
            self.note(
                format!("MQTT 3.x has no reason code in {packet}: the connection is closed"),
                steps,
            );
            self.close(rule.delay, steps);
        } else {
            self.send(packet, packet_id, &[code], rule, steps);
        }
        code
    }

    fn send(
        &mut self,
        packet: PacketType,
        packet_id: u16,
        codes: &[u8],
        rule: Option<&Rule>,
        steps: &mut Vec<Step>,
    ) {
        let Some(limits) = &self.limits else {
            return;
        };
        let with_method = matches!(packet, PacketType::Connack | PacketType::Auth);
        let assigns = packet == PacketType::Connack && codes == [0];
        let answer = Answer {
            packet_id,
            codes,
            reason_string: rule.and_then(|rule| rule.reason_string.as_deref()),
            assigned_client_identifier: self.assigned.as_deref().filter(|_| assigns),
            authentication_method: self.method.as_deref().filter(|_| with_method),
            authentication_data: None,
        };
        let bytes = answer.bytes(packet, limits);
        let delay = rule.map_or(Duration::ZERO, |rule| rule.delay);
        if rule.is_some() {
            let text = told(packet, packet_id, codes, limits.version);
            self.note(format!("answered with {text}"), steps);
        }
        steps.push(Step::Send(bytes, delay));
    }

    /// A PUBLISH with QoS 2 to a topic that the filter matches.
    fn publish_to(&mut self, filter: &str, delay: Duration, steps: &mut Vec<Step>) {
        let filter = mqtt_reason::view::share(filter).map_or(filter, |(_, filter)| filter);
        let topic = filter.replace(['+', '#'], "x");
        let packet_id = self.next_id;
        self.next_id = self.next_id.checked_add(1).unwrap_or(1);
        self.sent.insert(packet_id, false);
        let mut body = Vec::new();
        let [high, low] = u16::try_from(topic.len()).unwrap_or(u16::MAX).to_be_bytes();
        body.extend([high, low]);
        body.extend(topic.bytes());
        body.extend(packet_id.to_be_bytes());
        if self.version() == Version::V5_0 {
            body.push(0);
        }
        body.extend(b"mqtt-reason refuse");
        let mut bytes = vec![0x34];
        variable_byte_integer(body.len(), &mut bytes);
        bytes.extend(body);
        steps.push(Step::Send(bytes, delay));
    }

    /// The client has broken a rule.
    fn refuse(&mut self, error: &DecodeError, steps: &mut Vec<Step>) {
        self.note(
            format!("{error} [{}]: the connection is closed", error.rule()),
            steps,
        );
        let code = error.answer().map_or(0x82, |reason| reason.as_u8());
        self.end_with(code, steps);
    }

    /// Ends the connection, with this code where one can be sent.
    fn end_with(&mut self, code: u8, steps: &mut Vec<Step>) {
        // [MQTT-3.14.0-1]
        if self.phase == Phase::Open && self.version() == Version::V5_0 {
            self.send(PacketType::Disconnect, 0, &[code], None, steps);
        }
        self.close(Duration::ZERO, steps);
    }

    fn close(&mut self, delay: Duration, steps: &mut Vec<Step>) {
        self.phase = Phase::Over;
        steps.push(Step::Close(delay));
    }

    #[expect(clippy::unused_self, reason = "reads like the other steps")]
    fn note(&self, text: String, steps: &mut Vec<Step>) {
        steps.push(Step::Note(text));
    }
}

/// The rule's code in the tables of the version; `None` if they have nothing like it.
pub(super) fn connack_code(rule: &Rule, version: Version) -> Option<u8> {
    let code = rule.codes.first().copied()?;
    let in_v3 = ConnackReturnCode::from_u8(code);
    let in_v5 = ConnackReason::from_u8(code);
    match (version, in_v5, in_v3) {
        (Version::V5_0, None, Some(code)) if !rule.force => {
            Some(mapping::connack_to_v5(code).as_u8())
        }
        (Version::V3_1_1 | Version::V3_1, Some(code), None) => {
            mapping::connack_to_v3(code).map(ConnackReturnCode::as_u8)
        }
        _ => Some(code),
    }
}

/// The codes of a SUBACK or UNSUBACK: those of the rule for the topics that it is about, else the normal ones.
pub(super) fn codes_of_list<'t>(
    rule: Option<&Rule>,
    topics: impl Iterator<Item = &'t str>,
    normal: impl Iterator<Item = u8>,
    in_version: impl Fn(u8) -> Option<u8>,
) -> Vec<u8> {
    let Some(rule) = rule else {
        return normal.collect();
    };
    match rule.codes.as_slice() {
        [code] => topics
            .zip(normal)
            .map(|(topic, normal)| {
                if rule.is_about(iter::once(topic)) {
                    in_version(*code).unwrap_or(normal)
                } else {
                    normal
                }
            })
            .collect(),
        list => list.iter().filter_map(|code| in_version(*code)).collect(),
    }
}

/// The packet in words.
pub(super) fn told(packet: PacketType, packet_id: u16, codes: &[u8], version: Version) -> String {
    let mut text = packet.to_string();
    if packet_id != 0 {
        text.push_str(&format!(" id {packet_id}"));
    }
    for code in codes {
        text.push_str(&format!(" {code:#04x}"));
        let meaning = ReasonCode::table()
            .find(|meaning| meaning.packet == packet && meaning.code.as_u8() == *code);
        if let Some(meaning) = meaning.filter(|_| version == Version::V5_0) {
            text.push_str(&format!(" {}", meaning.name));
        }
    }
    text
}
