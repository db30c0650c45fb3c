//! Interim until `mqtt_reason::conversation` is there.
use std::time::Duration;

use mqtt_reason::view::View;
use mqtt_reason::{DecodeOptions, PacketType, Side, Version};

use crate::packet::Packet;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    Violation,
    Odd,
}
impl Kind {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Violation => "violation",
            Self::Odd => "odd",
        }
    }
}
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct About {
    pub(crate) tag: u64,
    pub(crate) packet: PacketType,
}
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Finding {
    by: Side,
    packet: PacketType,
}
impl Finding {
    pub(crate) const fn kind(&self) -> Kind {
        Kind::Violation
    }
    pub(crate) const fn by(&self) -> Side {
        self.by
    }
    pub(crate) const fn packet(&self) -> PacketType {
        self.packet
    }
    pub(crate) const fn rule(&self) -> &'static str {
        ""
    }
    pub(crate) const fn answer(&self) -> Option<u8> {
        None
    }
    pub(crate) const fn about(&self) -> Option<About> {
        None
    }
    pub(crate) const fn class(&self) -> Option<mqtt_reason::ErrorClass> {
        None
    }
}
impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("x")
    }
}
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen {
    pub(crate) from: Side,
    pub(crate) time: Duration,
    pub(crate) tag: u64,
    pub(crate) len: u32,
}
pub(crate) struct Settings;
impl Settings {
    pub(crate) const fn new() -> Self {
        Self
    }
}
pub(crate) struct Conversation;
impl Conversation {
    pub(crate) const fn new(_: Settings) -> Self {
        Self
    }
    pub(crate) const fn from_the_middle(_: Settings, _: Option<Version>) -> Self {
        Self
    }
    pub(crate) const fn packet(&mut self, _: Seen, _: &Packet<'_>) -> Vec<Finding> {
        Vec::new()
    }
    pub(crate) const fn view(&mut self, _: Seen, _: &View<'_>) -> Vec<Finding> {
        Vec::new()
    }
    pub(crate) const fn broken(&mut self, _: Seen, _: Option<PacketType>, _: &[u8]) {}
    pub(crate) const fn lost(&mut self, _: Side, _: Duration) {}
    pub(crate) const fn end(&mut self, _: Side, _: Duration) -> Vec<Finding> {
        Vec::new()
    }
    pub(crate) const fn tick(&mut self, _: Duration) -> Vec<Finding> {
        Vec::new()
    }
    pub(crate) const fn decode_options(&self, from: Side) -> DecodeOptions {
        DecodeOptions::new().sender(from)
    }
}
