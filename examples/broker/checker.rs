//! What both sides say, checked across packets, which no codec can do packet by packet.
//!
//! What a client breaks ends its connection with the code that belongs to it. What this broker breaks is a fault in its
//! own code: a debug build panics there, so that tests find it.

use std::time::Instant;

use mqtt_reason::conversation::{
    Conversation, Event, Finding, Kind, RULES, Seen, Settings, Streams,
};
use mqtt_reason::v5::DisconnectReason;
use mqtt_reason::view::View;
use mqtt_reason::{Packet, PacketType, Side};

use super::link::End;

/// The checker of one connection.
pub(super) struct Checker {
    streams: Streams,
    start: Instant,
    /// Numbers the packets of both sides, for what a finding is about.
    count: u64,
}

impl Checker {
    pub(super) fn new() -> Self {
        Self {
            streams: Streams::new(Conversation::new(Settings::new())),
            start: Instant::now(),
            count: 0,
        }
    }

    /// The client has sent one of the nine packets with reason codes. It has been decoded, and need not be again.
    pub(super) fn packet(&mut self, packet: &Packet<'_>, len: usize) -> Result<(), End> {
        let seen = self.seen(len);
        let findings = self.streams.conversation_mut().packet(seen, packet);
        judge(&findings)
    }

    /// The client has sent one of the other six.
    pub(super) fn view(&mut self, view: &View<'_>, len: usize) -> Result<(), End> {
        let seen = self.seen(len);
        let findings = self.streams.conversation_mut().view(seen, view);
        judge(&findings)
    }

    /// The client has sent a packet that is refused for what it is.
    pub(super) fn broken(&mut self, packet: Option<PacketType>) {
        let seen = self.seen(0);
        self.streams.conversation_mut().broken(seen, packet, &[]);
    }

    /// This broker sends these bytes, which are whole packets: as they go, whatever the encoder left out of them.
    pub(super) fn sent(&mut self, bytes: &[u8]) {
        self.count += 1;
        let mut findings = Vec::new();
        let mut tell = |event: Event<'_>| match event {
            Event::Error(_, error, _) if cfg!(debug_assertions) => {
                panic!("this broker sends what does not decode: {error}");
            }
            Event::Finding(finding) => findings.push(finding),
            _ => {}
        };
        let time = self.start.elapsed();
        self.streams
            .receive(Side::Server, time, self.count, bytes, &mut tell);
        // What the client breaks is told with its own packets.
        let _ = judge(&findings);
    }

    fn seen(&mut self, len: usize) -> Seen {
        self.count += 1;
        Seen {
            from: Side::Client,
            time: self.start.elapsed(),
            tag: self.count,
            len: u32::try_from(len).unwrap_or(u32::MAX),
        }
    }
}

/// What follows from what was found.
fn judge(findings: &[Finding]) -> Result<(), End> {
    let mut end = Ok(());
    for finding in findings {
        let is_violation = finding.kind() == Kind::Violation;
        match finding.by() {
            Side::Server if is_violation && cfg!(debug_assertions) => {
                panic!("this broker breaks [{}]: {finding}", finding.rule());
            }
            Side::Client if is_violation && ends(finding) && end.is_ok() => {
                // Without a code there is nothing more fitting.
                let code = finding.answer().and_then(DisconnectReason::from_u8);
                let code = code.unwrap_or(DisconnectReason::ProtocolError);
                end = Err(End::Because(
                    code,
                    format!("{finding} [{}]", finding.rule()),
                ));
            }
            // Odd, or a rule whose breach ends no connection.
            side => eprintln!("{side}: {finding} [{}]", finding.rule()),
        }
    }
    end
}

/// Whether a breach of this rule is an error of the connection: in MQTT 5.0 it has a class. An acknowledgement out of
/// order has none, nor has a Packet Identifier that is in use.
fn ends(finding: &Finding) -> bool {
    RULES
        .iter()
        .any(|rule| rule.row == finding.row() && rule.class.is_some())
}

#[cfg(test)]
mod tests {
    use mqtt_reason::view::View;
    use mqtt_reason::{DecodeOptions, OwnedFrame, Side, Version};

    use super::Checker;

    /// A connection on which the client waits for the answer to a SUBSCRIBE with two filters.
    fn asked() -> Checker {
        let mut checker = Checker::new();
        let client = |checker: &mut Checker, bytes: &[u8]| {
            let mut bytes = bytes.into();
            let frame = OwnedFrame::decode(Version::V5_0, &mut bytes);
            let frame = frame.unwrap().unwrap();
            let options = DecodeOptions::new().sender(Side::Client);
            let view = View::of(Version::V5_0, &options, &frame.frame());
            let ended = checker.view(&view.unwrap().unwrap(), frame.bytes().len());
            assert!(ended.is_ok());
        };
        client(&mut checker, b"\x10\x0e\0\x04MQTT\x05\x02\0\x3c\0\0\x01c");
        checker.sent(b"\x20\x03\0\0\0");
        client(&mut checker, b"\x82\x0b\0\x01\0\0\x01a\0\0\x01b\0");
        checker
    }

    #[test]
    fn an_answer_in_order_passes() {
        asked().sent(b"\x90\x05\0\x01\0\0\0");
    }

    #[test]
    #[should_panic(expected = "this broker breaks [MQTT-3.8.4-6]: 1 code for 2 topic filters")]
    fn an_answer_of_the_broker_that_breaks_a_rule_stops_a_debug_build() {
        asked().sent(b"\x90\x04\0\x01\0\0");
    }

    #[test]
    #[should_panic(expected = "this broker sends what does not decode")]
    fn so_does_one_that_does_not_decode() {
        asked().sent(b"\x90\x04\0\x01\0\x03");
    }
}
