//! What has been learned of a connection: from CONNECT, CONNACK and DISCONNECT.

use mqtt_reason::v5::Property;
use mqtt_reason::view::Connect;
use mqtt_reason::{Side, Version};

use crate::packet::Packet;

/// What a side announced about what it takes, and the Keep Alive.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub(crate) struct Limits {
    pub(crate) max_packet_size: Option<u32>,
    pub(crate) receive_maximum: Option<u16>,
}

/// What is known of a connection.
#[derive(Default)]
pub(super) struct Facts {
    /// How packets are read; unknown before CONNECT and after one of an unknown level.
    pub(super) version: Option<Version>,
    /// Whether the CONNECT had a level that no version has.
    pub(super) unknown_level: bool,
    pub(super) saw_connect: bool,
    /// Whether a CONNECT came that does not decode.
    pub(super) broken_connect: bool,
    /// What CONNACK said.
    pub(super) accepted: Option<bool>,
    client: Limits,
    server: Limits,
    /// In seconds, as it holds.
    pub(super) keep_alive: Option<u16>,
}

impl Facts {
    /// What a side announced.
    pub(super) const fn limits(&self, side: Side) -> Limits {
        match side {
            Side::Client => self.client,
            Side::Server => self.server,
        }
    }

    /// A CONNECT came; only the first one counts.
    pub(super) fn connect(&mut self, connect: &Connect<'_>) {
        if self.saw_connect {
            return;
        }
        self.saw_connect = true;
        self.version = Some(connect.version());
        self.keep_alive = Some(connect.keep_alive());
        let properties = connect.properties();
        self.client = Limits {
            max_packet_size: properties.maximum_packet_size(),
            receive_maximum: properties.receive_maximum(),
        };
    }

    /// A CONNECT of a level that no version has.
    pub(super) const fn unknown_connect(&mut self) {
        self.saw_connect = true;
        self.unknown_level = true;
    }

    /// A CONNACK came from the server; only the first one counts.
    pub(super) fn connack(&mut self, packet: &Packet<'_>) {
        if self.accepted.is_some() {
            return;
        }
        self.accepted = Some(!packet.is_error());
        for property in packet.properties().into_iter().flatten() {
            match property {
                Property::MaximumPacketSize(size) => {
                    self.server.max_packet_size = Some(size.get());
                }
                Property::ReceiveMaximum(count) => {
                    self.server.receive_maximum = Some(count.get());
                }
                Property::ServerKeepAlive(seconds) => self.keep_alive = Some(seconds),
                _ => {}
            }
        }
    }
}
