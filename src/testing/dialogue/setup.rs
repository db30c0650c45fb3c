//! What the two sides announce: CONNECT and CONNACK.

use std::string::String;
use std::vec::Vec;

use super::write::{Properties, packet, text};
use crate::packet_type::Version;
use crate::testing::choices::Choices;

pub(super) const METHOD: &str = "SCRAM-SHA-256";

/// What CONNECT says.
#[derive(Clone, Debug)]
pub(super) struct Connect {
    pub(super) clean: bool,
    pub(super) id: String,
    pub(super) keep_alive: u16,
    pub(super) receive_maximum: u16,
    pub(super) max_packet_size: Option<u32>,
    pub(super) topic_alias_maximum: u16,
    pub(super) problem_information: bool,
    pub(super) response_information: bool,
    pub(super) expiry: u32,
    pub(super) method: bool,
    pub(super) will: Option<(u8, bool)>,
    pub(super) user_name: bool,
}

/// What CONNACK says.
#[derive(Clone, Debug)]
pub(super) struct Connack {
    pub(super) code: u8,
    pub(super) session_present: bool,
    pub(super) receive_maximum: u16,
    pub(super) max_packet_size: Option<u32>,
    pub(super) topic_alias_maximum: u16,
    pub(super) maximum_qos: u8,
    pub(super) retain: bool,
    pub(super) wildcards: bool,
    pub(super) identifiers: bool,
    pub(super) shared: bool,
    pub(super) keep_alive: Option<u16>,
    pub(super) assigned: bool,
    pub(super) response_information: bool,
    pub(super) method: Option<&'static str>,
    pub(super) data: bool,
}

impl Connect {
    pub(super) fn draw(version: Version, c: &mut Choices<'_>) -> Self {
        let v5 = version == Version::V5_0;
        let clean = !c.one_in(2);
        // 3.1.1 has an empty identifier with Clean Session only, 3.1 has none.
        let empty = c.one_in(4) && (v5 || clean && version == Version::V3_1_1);
        Self {
            clean,
            id: if empty {
                String::new()
            } else {
                String::from("client")
            },
            keep_alive: c.pick(&[0, 60, 5, 600]),
            receive_maximum: if v5 {
                c.pick(&[u16::MAX, 1, 2, 5])
            } else {
                u16::MAX
            },
            max_packet_size: if v5 { c.pick(&[None, Some(300)]) } else { None },
            topic_alias_maximum: if v5 { c.pick(&[0, 1, 3]) } else { 0 },
            problem_information: !(v5 && c.one_in(3)),
            response_information: v5 && c.one_in(3),
            expiry: if v5 { c.pick(&[0, 1000]) } else { 0 },
            method: v5 && c.one_in(4),
            will: c.pick(&[None, Some((0, false)), Some((1, true)), Some((2, false))]),
            user_name: c.one_in(2),
        }
    }

    pub(super) fn bytes(&self, version: Version) -> Vec<u8> {
        let mut properties = Properties::default();
        if self.expiry > 0 {
            properties.four(0x11, self.expiry);
        }
        if self.receive_maximum < u16::MAX {
            properties.two(0x21, self.receive_maximum);
        }
        if let Some(max) = self.max_packet_size {
            properties.four(0x27, max);
        }
        if self.topic_alias_maximum > 0 {
            properties.two(0x22, self.topic_alias_maximum);
        }
        if self.response_information {
            properties.byte(0x19, 1);
        }
        if !self.problem_information {
            properties.byte(0x17, 0);
        }
        if self.method {
            properties.text(0x15, METHOD);
        }
        let (name, level) = match version {
            Version::V3_1 => ("MQIsdp", 3),
            Version::V3_1_1 => ("MQTT", 4),
            Version::V5_0 => ("MQTT", 5),
        };
        let will = self
            .will
            .map_or(0, |(qos, retain)| 0x04 | qos << 3 | u8::from(retain) << 5);
        let flags = u8::from(self.clean) << 1 | will | u8::from(self.user_name) << 7;
        let mut body = text(name);
        body.extend([level, flags]);
        body.extend(self.keep_alive.to_be_bytes());
        body.extend(properties.section(version));
        body.extend(text(&self.id));
        if self.will.is_some() {
            body.extend(Properties::default().section(version));
            body.extend(text("will"));
            body.extend(text("gone"));
        }
        if self.user_name {
            body.extend(text("user"));
        }
        packet(0x10, &body)
    }
}

impl Connack {
    /// What a correct Server says to this CONNECT; `session` tells whether there is a Session.
    pub(super) fn draw(version: Version, connect: &Connect, c: &mut Choices<'_>) -> Self {
        let v5 = version == Version::V5_0;
        let refuses = c.one_in(12);
        let code = match (refuses, v5) {
            (false, _) => 0,
            (true, true) => c.pick(&[0x87, 0x80, 0x88, 0x89, 0x97]),
            (true, false) => c.pick(&[5, 3]),
        };
        let may_resume = !refuses && !connect.clean && !connect.id.is_empty();
        let limit = v5 && !refuses;
        Self {
            code,
            session_present: may_resume && version != Version::V3_1 && c.one_in(2),
            receive_maximum: if limit {
                c.pick(&[u16::MAX, 1, 2, 5])
            } else {
                u16::MAX
            },
            max_packet_size: if limit {
                c.pick(&[None, Some(250)])
            } else {
                None
            },
            topic_alias_maximum: if limit { c.pick(&[0, 1, 3]) } else { 0 },
            maximum_qos: if limit { c.pick(&[2, 1, 0]) } else { 2 },
            retain: !(limit && c.one_in(3)),
            wildcards: !(limit && c.one_in(3)),
            identifiers: !(limit && c.one_in(3)),
            shared: !(limit && c.one_in(3)),
            keep_alive: if limit {
                c.pick(&[None, Some(0), Some(4), Some(100)])
            } else {
                None
            },
            assigned: limit && connect.id.is_empty(),
            response_information: limit && connect.response_information && c.one_in(2),
            method: (limit && connect.method).then_some(METHOD),
            data: limit && connect.method && c.one_in(2),
        }
    }

    /// Announces nothing.
    pub(super) const fn refusal() -> Self {
        Self {
            code: 0x87,
            session_present: false,
            receive_maximum: u16::MAX,
            max_packet_size: None,
            topic_alias_maximum: 0,
            maximum_qos: 2,
            retain: true,
            wildcards: true,
            identifiers: true,
            shared: true,
            keep_alive: None,
            assigned: false,
            response_information: false,
            method: None,
            data: false,
        }
    }

    pub(super) fn bytes(&self, version: Version) -> Vec<u8> {
        let mut properties = Properties::default();
        if self.receive_maximum < u16::MAX {
            properties.two(0x21, self.receive_maximum);
        }
        if self.maximum_qos < 2 {
            properties.byte(0x24, self.maximum_qos);
        }
        if let Some(max) = self.max_packet_size {
            properties.four(0x27, max);
        }
        if self.topic_alias_maximum > 0 {
            properties.two(0x22, self.topic_alias_maximum);
        }
        for (id, is_available) in [
            (0x25, self.retain),
            (0x28, self.wildcards),
            (0x29, self.identifiers),
            (0x2A, self.shared),
        ] {
            if !is_available {
                properties.byte(id, 0);
            }
        }
        if let Some(seconds) = self.keep_alive {
            properties.two(0x13, seconds);
        }
        if self.assigned {
            properties.text(0x12, "assigned");
        }
        if self.response_information {
            properties.text(0x1A, "response");
        }
        if let Some(method) = self.method {
            properties.text(0x15, method);
        }
        if self.data {
            properties.text(0x16, "data");
        }
        let head = [u8::from(self.session_present), self.code];
        packet(0x20, &[&head, &properties.section(version)[..]].concat())
    }
}
