//! A checker of both directions of one connection: the rules that need more than one packet; feature `alloc`.
//!
//! [`Conversation`] is told each packet that either side sends, and when; it answers with what is wrong: a violation of
//! a statement, or something odd. It does no input or output and has no clock.
//!
//! It accuses nobody of what was not seen: see [`Conversation::from_the_middle`] and [`Conversation::lost`]. What a
//! CONNACK announces binds the Client once it must have read it: after it acknowledged or answered a later packet of
//! the Server, or five seconds after the CONNACK. After a breach it goes on as the other side must, so that what
//! follows from the breach is not told again. A packet breaks one rule at most here, the most specific one; CONNACK may
//! break several.
//!
//! Every rule is in one table, [`RULES`], with what is checked and why others are not.
//!
//! # Memory
//!
//! 24 bytes for each identifier in use, in a table that is at most three quarters full, and 8 bytes for each PUBLISH of
//! a Server, whose acknowledgements have an order; up to 8 KiB of Topic Aliases a side. Identifiers in use are limited
//! by the Receive Maximum of the two sides, by the requests that a Client leaves open, and by
//! [`Settings::max_outstanding`]. Nothing is allocated unless there are more of them than ever before.

mod acknowledgements;
mod authentication;
mod breach;
mod broken;
mod connection;
mod finding;
mod identifiers;
mod limits;
mod opening;
mod publish;
mod rules;
mod state;
mod streams;
mod subscriptions;
mod time;

use alloc::vec::Vec;
use core::time::Duration;

pub use self::finding::{About, Finding, Kind, Seen};
pub use self::rules::{Check, RULES, Rule};
pub use self::streams::{Event, Streams};

use self::acknowledgements::Ack;
use self::breach::Breach;
use self::state::{Authentication, Connack, Connect, Phase, Pings, Sender};
use crate::options::DecodeOptions;
use crate::packet::Packet;
use crate::packet_type::{PacketType, Side, Version};
use crate::view::View;
use crate::{v3, v5};

/// What a caller decides about a [`Conversation`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[must_use]
pub struct Settings {
    pub(self) max_outstanding: usize,
    pub(self) answer_timeout: Duration,
}

impl Settings {
    /// Every identifier is remembered, and an answer is missed after 30 seconds.
    pub const fn new() -> Self {
        Self {
            max_outstanding: 65_535,
            answer_timeout: Duration::from_secs(30),
        }
    }

    /// How many identifiers of each side are remembered at most; with more in use than that, nothing is told of
    /// identifiers that are not known.
    pub const fn max_outstanding(mut self, max: usize) -> Self {
        self.max_outstanding = max;
        self
    }

    /// After how long an answer that did not come is odd. The specification sets no time.
    pub const fn answer_timeout(mut self, timeout: Duration) -> Self {
        self.answer_timeout = timeout;
        self
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self::new()
    }
}

/// What both sides of one connection have said so far, as far as it decides over what they may say.
///
/// ```
/// # use std::time::Duration;
/// use mqtt_reason::conversation::{Conversation, Kind, Seen, Settings};
/// use mqtt_reason::{Packet, Decoded, Side, v5};
///
/// let mut conversation = Conversation::new(Settings::new());
/// let mut found = Vec::new();
/// let disconnect = [0xE0, 0x01, 0x87];
/// let Decoded::Packet { packet, len } = v5::decode(&disconnect)? else { panic!() };
/// let seen = Seen { from: Side::Server, time: Duration::ZERO, tag: 1, len: len as u32 };
/// for finding in conversation.packet(seen, &Packet::V5(packet)) {
///     assert_eq!((finding.kind(), finding.by()), (Kind::Violation, Side::Server));
///     assert_eq!(finding.rule(), "MQTT-3.14.0-1");
///     found.push(finding.to_string());
/// }
/// assert_eq!(found, ["DISCONNECT before a CONNACK that accepts"]);
/// # Ok::<(), mqtt_reason::DecodeError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Conversation {
    settings: Settings,
    version: Option<Version>,
    /// The beginning was not seen.
    middle: bool,
    /// The two sides speak different versions: nothing is judged any more.
    over: bool,
    now: Duration,
    client: Sender,
    server: Sender,
    connect: Option<Connect>,
    connack: Option<Connack>,
    /// A CONNACK was seen, also one that was not understood or that refuses.
    answered: bool,
    /// CONNECT packets that were one too many, and whose CONNACK may follow.
    extra_connects: u32,
    /// The identifiers of an earlier connection may be in use.
    resumed: bool,
    /// The Client has read what CONNACK announces.
    bound: bool,
    authentication: Authentication,
    pings: Pings,
    /// When the Client sent its last packet.
    client_sent: Duration,
    /// Until when the Client may be silent before the Server must have closed.
    quiet_until: Duration,
    /// A wrong Authentication Method, or one too many, was told.
    method_told: bool,
    slow_told: bool,
    no_connack_told: bool,
    /// The earliest time at which an answer may be missed.
    due: Option<Duration>,
    found: Vec<Finding>,
    /// How many findings there were before the packet that is looked at.
    before: usize,
    /// What is found is not told: it follows from what was.
    muted: bool,
}

impl Conversation {
    /// A connection that is seen from its first byte.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            version: None,
            middle: false,
            over: false,
            now: Duration::ZERO,
            client: Sender::new(Phase::Nothing),
            server: Sender::new(Phase::Nothing),
            connect: None,
            connack: None,
            answered: false,
            extra_connects: 0,
            resumed: false,
            bound: false,
            authentication: Authentication::Idle,
            pings: Pings::default(),
            client_sent: Duration::ZERO,
            quiet_until: Duration::MAX,
            method_told: false,
            slow_told: false,
            no_connack_told: false,
            due: None,
            found: Vec::new(),
            before: 0,
            muted: false,
        }
    }

    /// A connection whose beginning was not seen, of this version if that is known: nothing is concluded from a
    /// CONNECT, a CONNACK or identifiers that may have been there.
    #[must_use]
    pub fn from_the_middle(settings: Settings, version: Option<Version>) -> Self {
        let mut conversation = Self::new(settings);
        conversation.version = version;
        conversation.enter_the_middle();
        conversation
    }

    fn enter_the_middle(&mut self) {
        self.middle = true;
        self.answered = true;
        self.resumed = true;
        self.authentication = Authentication::Unknown;
        for sender in [&mut self.client, &mut self.server] {
            if sender.phase == Phase::Nothing {
                sender.phase = Phase::Open;
            }
            sender.lost = true;
            sender.forget_ids();
        }
        self.pings.open = u32::MAX;
    }

    /// The version of the connection; `None` before CONNECT, and after one of a level that no version has.
    #[must_use]
    pub const fn version(&self) -> Option<Version> {
        self.version
    }

    /// The version by which the next packets of this side are to be decoded: that of the connection, but for a Server
    /// that has answered a CONNECT of 5.0 with a CONNACK of 3.1.1.
    #[must_use]
    pub const fn version_of(&self, from: Side) -> Option<Version> {
        match from {
            Side::Server if self.over => Some(Version::V3_1_1),
            _ => self.version,
        }
    }

    /// How to decode what this side sends: the sender is set, and nothing else. A breach of Maximum Packet Size or
    /// Request Problem Information is a finding here, and the packet still decodes.
    pub const fn decode_options(&self, from: Side) -> DecodeOptions {
        DecodeOptions::new().sender(from)
    }

    /// Bytes on the heap.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.client.memory().saturating_add(self.server.memory())
    }

    /// One of the nine packets that carry reason codes was sent.
    #[must_use = "it is what was found"]
    pub fn packet(&mut self, seen: Seen, packet: &Packet<'_>) -> Vec<Finding> {
        if self.arrive(seen, packet.packet_type()) {
            match packet {
                Packet::V5(packet) => self.packet_v5(seen, packet),
                Packet::V3(version, packet) => self.packet_v3(seen, *version, packet),
            }
        }
        self.leave(seen, packet.packet_type())
    }

    /// One of the other six packets was sent.
    #[must_use = "it is what was found"]
    pub fn view(&mut self, seen: Seen, view: &View<'_>) -> Vec<Finding> {
        let packet = view.packet_type();
        if self.arrive(seen, packet) {
            match view {
                View::Connect(connect) => self.connect(seen, connect),
                View::UnknownConnect(_) => self.unknown_connect(seen),
                View::Publish(publish) => self.publish(seen, publish),
                View::Subscribe(subscribe) => self.subscribe(seen, subscribe),
                View::Unsubscribe(unsubscribe) => self.unsubscribe(seen, unsubscribe),
                View::Pingreq => self.pingreq(seen),
                View::Pingresp => self.pingresp(seen),
            }
        }
        self.leave(seen, packet)
    }

    fn packet_v5(&mut self, seen: Seen, packet: &v5::Packet<'_>) {
        use v5::Packet as P;
        match packet {
            P::Puback(ack) => self.ack(seen, Ack::Puback, ack.packet_id(), ack.reason().as_u8()),
            P::Pubrec(ack) => self.ack(seen, Ack::Pubrec, ack.packet_id(), ack.reason().as_u8()),
            P::Pubrel(ack) => self.pubrel(seen, ack.packet_id(), ack.reason().as_u8()),
            P::Pubcomp(ack) => self.ack(seen, Ack::Pubcomp, ack.packet_id(), ack.reason().as_u8()),
            P::Suback(suback) => {
                self.suback(
                    seen,
                    suback.packet_id(),
                    suback.reasons().iter().map(|code| code.as_u8()),
                );
            }
            P::Unsuback(unsuback) => {
                self.unsuback(seen, unsuback.packet_id(), Some(unsuback.reasons().len()));
            }
            P::Connack(connack) => self.connack(seen, connack),
            P::Disconnect(disconnect) => self.disconnect(seen, disconnect),
            P::Auth(auth) => self.auth(seen, auth),
        }
        if seen.from == Side::Server && packet.properties().iter().next().is_some() {
            self.problem_information(seen, packet);
        }
    }

    fn packet_v3(&mut self, seen: Seen, version: v3::Version, packet: &v3::Packet<'_>) {
        use v3::Packet as P;
        match *packet {
            P::Puback(id) => self.ack(seen, Ack::Puback, id, 0),
            P::Pubrec(id) => self.ack(seen, Ack::Pubrec, id, 0),
            P::Pubrel(id) => self.pubrel(seen, id, 0),
            P::Pubcomp(id) => self.ack(seen, Ack::Pubcomp, id, 0),
            P::Suback(suback) => {
                self.suback(
                    seen,
                    suback.packet_id(),
                    suback.return_codes().iter().map(|code| code.as_u8()),
                );
            }
            P::Unsuback(id) => self.unsuback(seen, id, None),
            P::Connack(connack) => self.connack_v3(seen, version, &connack),
            P::Disconnect => self.disconnect_v3(seen),
        }
    }

    /// Bytes of this side came that do not complete a packet: it is not silent.
    pub fn busy(&mut self, from: Side, time: Duration) {
        self.now = self.now.max(time);
        if from == Side::Client {
            self.client_speaks();
        }
    }

    /// A packet of this side did not decode: the caller tells that, and nothing more is told of it. `bytes` is what is
    /// there of it, from its first byte; `packet` its type, if that is known.
    pub fn broken(&mut self, seen: Seen, packet: Option<PacketType>, bytes: &[u8]) {
        self.now = self.now.max(seen.time);
        self.forgive(seen, packet, bytes);
    }

    /// Bytes of this side are missing: nothing is concluded from then on from what may have been in them.
    pub fn lost(&mut self, from: Side, time: Duration) {
        self.now = self.now.max(time);
        self.sender_mut(from).lost = true;
        if from == Side::Client {
            self.client_is_there();
        }
        self.pings.open = u32::MAX;
        self.authentication = Authentication::Unknown;
        for sender in [&mut self.client, &mut self.server] {
            sender.forget_ids();
        }
        if self.sender(from).phase == Phase::Nothing {
            self.enter_the_middle();
        }
    }

    /// A side ended the network connection, or it is gone: an answer that does not come is no finding any more.
    #[must_use = "it is what was found"]
    pub fn end(&mut self, from: Side, time: Duration) -> Vec<Finding> {
        self.advance_to_the_end(time);
        self.sender_mut(from).ended = true;
        core::mem::take(&mut self.found)
    }

    /// Time has passed: answers that did not come, and silences.
    #[must_use = "it is what was found"]
    pub fn tick(&mut self, time: Duration) -> Vec<Finding> {
        self.advance(time);
        self.client.shrink();
        self.server.shrink();
        core::mem::take(&mut self.found)
    }

    fn leave(&mut self, seen: Seen, packet: PacketType) -> Vec<Finding> {
        self.size(seen, packet);
        self.muted = false;
        core::mem::take(&mut self.found)
    }

    const fn sender(&self, side: Side) -> &Sender {
        match side {
            Side::Client => &self.client,
            Side::Server => &self.server,
        }
    }

    const fn sender_mut(&mut self, side: Side) -> &mut Sender {
        match side {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        }
    }

    fn is_v5(&self) -> bool {
        self.version == Some(Version::V5_0)
    }
}
