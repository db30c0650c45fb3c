//! Who may send what when; DISCONNECT.

use crate::conversation::finding::{About, Seen, What};
use crate::conversation::rules::Row;
use crate::conversation::state::Phase;
use crate::conversation::{Breach, Conversation};
use crate::packet_type::{PacketType, Side, Version};
use crate::v5;

impl Conversation {
    /// A packet comes: what its place in the connection makes of it. Whether it is to be looked into.
    #[inline]
    pub(super) fn arrive(&mut self, seen: Seen, packet: PacketType) -> bool {
        match (seen.from, packet) {
            (Side::Server, PacketType::Disconnect) => self.advance_to_the_end(seen.time),
            _ => self.advance(seen.time),
        }
        self.before = self.found.len();
        self.sender_mut(seen.from).seen = true;
        match seen.from {
            Side::Client => {
                self.client_speaks();
                match (self.client.phase, packet) {
                    (Phase::Open, PacketType::Connect) => self.client_opens_again(seen),
                    (Phase::Open, _) if self.server.phase == Phase::Nothing => {
                        self.client_before_connack(seen, packet)
                    }
                    // S6: the Server has refused; the Client may not have read it.
                    (Phase::Open, _) => self.server.phase != Phase::Refused,
                    (Phase::Nothing, PacketType::Connect) => true,
                    (Phase::Nothing, _) => self.client_before_connect(seen, packet),
                    (Phase::Closed | Phase::Refused, _) => self.after_the_last(seen, packet),
                }
            }
            Side::Server => match (self.server.phase, packet) {
                (Phase::Open, PacketType::Connack) => self.connack_again(seen),
                (Phase::Open, _) => true,
                (Phase::Nothing, PacketType::Connack) => true,
                (Phase::Nothing, _) => self.server_before_connack(seen, packet),
                (Phase::Refused | Phase::Closed, _) => self.after_the_last(seen, packet),
            },
        }
    }

    /// S1.
    #[cold]
    fn client_before_connect(&mut self, seen: Seen, packet: PacketType) -> bool {
        if !self.client.told {
            self.client.told = true;
            let what = What::Place("before CONNECT");
            self.tell(Breach::of(Row::S1, seen, packet, what));
        }
        // What answers it follows from it.
        self.muted = true;
        packet != PacketType::Disconnect
    }

    /// S2. In a connection whose beginning was not seen, the first CONNECT is taken to be the beginning.
    #[cold]
    fn client_opens_again(&mut self, seen: Seen) -> bool {
        if self.middle {
            let found = core::mem::take(&mut self.found);
            let (settings, now, before) = (self.settings, self.now, self.before);
            *self = Self::new(settings);
            (self.found, self.now, self.before) = (found, now, before);
            self.client.seen = true;
            return true;
        }
        let about = self.connect.map(|connect| connect.about);
        let what = What::Text("a second CONNECT");
        self.extra_connects = self.extra_connects.saturating_add(1);
        self.tell(Breach::of(Row::S2, seen, PacketType::Connect, what).about(about));
        false
    }

    /// S9.
    fn client_before_connack(&mut self, seen: Seen, packet: PacketType) -> bool {
        let Some(connect) = self.connect.filter(|connect| connect.method.is_some()) else {
            return true;
        };
        if matches!(packet, PacketType::Auth | PacketType::Disconnect) {
            return true;
        }
        if !core::mem::replace(&mut self.client.told, true) {
            let what = What::Place(
                "before CONNACK, where a client whose CONNECT has an Authentication Method sends AUTH or DISCONNECT only",
            );
            self.tell(Breach::of(Row::S9, seen, packet, what).about(Some(connect.about)));
        }
        // Whether and how it is answered follows from it.
        self.muted = true;
        if packet == PacketType::Pingreq {
            self.pings.open = u32::MAX;
        }
        packet != PacketType::Pingreq
    }

    /// S3, S7.
    #[cold]
    fn server_before_connack(&mut self, seen: Seen, packet: PacketType) -> bool {
        match packet {
            PacketType::Auth => return true,
            PacketType::Disconnect if self.is_v5() || self.version.is_none() => {
                let what = What::Place("before a CONNACK that accepts");
                let about = self.connect.map(|connect| connect.about);
                self.tell(Breach::of(Row::S7, seen, packet, what).about(about));
                self.server.phase = Phase::Closed;
                self.server.last = Some(seen.about(packet));
                return false;
            }
            // It answers what is before CONNECT: that was told.
            _ if self.client.phase == Phase::Nothing && self.client.told => {}
            _ if self.server.told => {}
            _ => {
                self.server.told = true;
                let what = What::Place("before CONNACK");
                let about = self.connect.map(|connect| connect.about);
                self.tell(Breach::of(Row::S3, seen, packet, what).about(about));
            }
        }
        // What it acknowledges is acknowledged.
        self.muted = true;
        true
    }

    /// S4. The CONNACK that answers a second CONNECT follows from that.
    #[cold]
    fn connack_again(&mut self, seen: Seen) -> bool {
        if self.middle && self.connack.is_none() {
            return true;
        }
        if self.extra_connects > 0 {
            self.extra_connects = self.extra_connects.saturating_sub(1);
            return false;
        }
        let about = self.connack.map(|connack| connack.about);
        let breach = Breach::of(
            Row::S4,
            seen,
            PacketType::Connack,
            What::Text("a second CONNACK"),
        );
        let breach = breach.about(about);
        self.tell(if self.is_v5() { breach } else { breach.odd() });
        false
    }

    /// S4, S5, S7, S8: after DISCONNECT, and after a CONNACK that refuses.
    #[cold]
    fn after_the_last(&mut self, seen: Seen, packet: PacketType) -> bool {
        let is_v5 = self.is_v5();
        let sender = self.sender_mut(seen.from);
        let refused = sender.phase == Phase::Refused;
        let last = sender.last;
        let told = core::mem::replace(&mut sender.told, true);
        // What it acknowledges is acknowledged, and what answers it follows from it.
        let is_remembered = !refused
            && !matches!(
                packet,
                PacketType::Connect
                    | PacketType::Connack
                    | PacketType::Disconnect
                    | PacketType::Auth
            );
        if told {
            self.muted = true;
            return is_remembered;
        }
        if refused && self.extra_connects > 0 && packet == PacketType::Connack {
            self.extra_connects = self.extra_connects.saturating_sub(1);
            self.server.told = false;
            return false;
        }
        let breach = |row, text| Breach::of(row, seen, packet, What::Place(text)).about(last);
        match (refused, packet) {
            (false, _) => self.tell(breach(Row::S8, "after DISCONNECT")),
            (true, PacketType::Disconnect) if is_v5 => {
                self.tell(breach(Row::S7, "after a CONNACK that refuses"));
            }
            (true, PacketType::Connack) if is_v5 => {
                self.tell(breach(Row::S4, "after a CONNACK that refuses"));
            }
            (true, _) if self.version != Some(Version::V3_1) => {
                self.tell(breach(Row::S5, "after a CONNACK that refuses"));
            }
            (true, _) => {}
        }
        self.muted = true;
        is_remembered
    }

    /// DISCONNECT of 5.0.
    #[cold]
    pub(super) fn disconnect(&mut self, seen: Seen, disconnect: &v5::Disconnect<'_>) {
        let packet = PacketType::Disconnect;
        self.close(seen);
        match seen.from {
            Side::Client => {
                let expiry = disconnect.properties().session_expiry_interval();
                let without_expiry = self.connect.filter(|connect| !connect.expires);
                if let Some(connect) = without_expiry.filter(|_| expiry.unwrap_or(0) != 0) {
                    let what = What::Text(
                        "Session Expiry Interval is not 0 although that of CONNECT is 0 or absent",
                    );
                    self.tell(Breach::of(Row::E1, seen, packet, what).about(Some(connect.about)));
                }
            }
            Side::Server => self.disconnect_against_connack(seen, disconnect.reason().as_u8()),
        }
    }

    /// E5: codes about a limit that the Server never announced.
    fn disconnect_against_connack(&mut self, seen: Seen, code: u8) {
        let Some(connack) = self.connack else {
            return;
        };
        let lacks = match code {
            0x95 if connack.max_packet_size.is_none() => {
                "although CONNACK announced no Maximum Packet Size"
            }
            0x9A if connack.retain => "although CONNACK did not say that retain is not available",
            0x9B if connack.maximum_qos == 2 => "although CONNACK announced no Maximum QoS",
            0x9E if connack.shared => {
                "although CONNACK did not say that shared subscriptions are not available"
            }
            0xA1 if connack.identifiers => {
                "although CONNACK did not say that subscription identifiers are not available"
            }
            0xA2 if connack.wildcards => {
                "although CONNACK did not say that wildcard subscriptions are not available"
            }
            0x8D if self.keep_alive() == Some(0) => "although Keep Alive is 0",
            _ => return,
        };
        let about = Some(connack.about);
        let what = What::Code(code, lacks);
        self.tell(Breach::of(Row::E5, seen, PacketType::Disconnect, what).about(about));
    }

    /// DISCONNECT of 3.1.1 or 3.1; E8.
    #[cold]
    pub(super) fn disconnect_v3(&mut self, seen: Seen) {
        self.close(seen);
        if seen.from == Side::Server {
            let what = What::Place("of a server, which 3.1.1 and 3.1 do not have");
            self.tell(Breach::of(Row::E8, seen, PacketType::Disconnect, what));
        }
    }

    fn close(&mut self, seen: Seen) {
        let sender = self.sender_mut(seen.from);
        sender.phase = Phase::Closed;
        sender.told = false;
        sender.last = Some(seen.about(PacketType::Disconnect));
    }
}

impl Seen {
    pub(super) const fn about(&self, packet: PacketType) -> About {
        About {
            tag: self.tag,
            packet,
        }
    }
}
