//! The last packets of a client, for when the server says that one of them was wrong.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::time::Duration;

use mqtt_reason::{DecodeError, PacketType};
use serde_json::{Value, json};

use super::clock::Stretch;
use super::lines::seconds;
use crate::connection::{Finding, secrets};

/// How many packets are remembered.
const PACKETS: usize = 3;
/// How many bytes of each.
const BYTES: usize = 64;

/// The last packets of a client.
#[derive(Default)]
pub(super) struct Recent(VecDeque<Sent>);

struct Sent {
    packet: Option<PacketType>,
    /// The first bytes, in hex, secrets masked.
    bytes: String,
    length: usize,
    time: Duration,
    wrong: Vec<String>,
}

impl Recent {
    pub(super) fn add(&mut self, packet: PacketType, bytes: &[u8], length: usize, time: Duration) {
        self.push(Some(packet), bytes, length, time, Vec::new());
    }

    /// A packet that does not decode.
    pub(super) fn add_broken(&mut self, error: &DecodeError, bytes: &[u8], time: Duration) {
        self.push(
            error.packet(),
            bytes,
            bytes.len(),
            time,
            vec![error.to_string()],
        );
    }

    /// Something is wrong with the last packet.
    pub(super) fn blame(&mut self, finding: &Finding) {
        if let Some(last) = self.0.back_mut() {
            last.wrong.push(finding.to_string());
        }
    }

    fn push(
        &mut self,
        packet: Option<PacketType>,
        bytes: &[u8],
        length: usize,
        time: Duration,
        wrong: Vec<String>,
    ) {
        if self.0.len() == PACKETS {
            self.0.pop_front();
        }
        let hidden = secrets::ranges(bytes);
        let mut shown = String::with_capacity(2 * BYTES.min(bytes.len()));
        for (at, byte) in bytes.iter().enumerate().take(BYTES) {
            match hidden.iter().any(|range| range.contains(&at)) {
                true => shown.push_str(".."),
                // Writing into a string does not fail.
                false => drop(write!(shown, "{byte:02x}")),
            }
        }
        self.0.push_back(Sent {
            packet,
            bytes: shown,
            length,
            time,
            wrong,
        });
    }

    /// The packets, the last one last. `limit` is what the server has announced as Maximum Packet Size.
    pub(super) fn json(&self, now: Duration, limit: Option<u32>) -> Value {
        let packets = self.0.iter().map(|sent| {
            json!({
                "packet": sent.packet.map(|packet| packet.name()),
                "length": sent.length,
                "bytes": sent.bytes,
                "ago": seconds(now.saturating_sub(sent.time)),
                "wrong": sent.wrong(limit),
            })
        });
        packets.collect()
    }

    /// The packets, a line each.
    pub(super) fn human(&self, now: Duration, limit: Option<u32>) -> String {
        let mut text = String::new();
        if self.0.is_empty() {
            return text;
        }
        text.push_str("    the client's last packets before it:\n");
        for sent in &self.0 {
            let name = sent.packet.map_or("packet", |packet| packet.name());
            let more = if sent.length > BYTES { "…" } else { "" };
            let _ = writeln!(
                text,
                "      {name} of {} bytes, {} before: {}{more}",
                sent.length,
                Stretch(now.saturating_sub(sent.time)),
                sent.bytes
            );
            for wrong in sent.wrong(limit) {
                let _ = writeln!(text, "        wrong with it: {wrong}");
            }
        }
        text
    }
}

impl Sent {
    /// What is wrong with it. That it is above the limit is said even where the client need not have known.
    fn wrong(&self, limit: Option<u32>) -> Vec<String> {
        let mut wrong = self.wrong.clone();
        let limit =
            limit.filter(|limit| self.length > usize::try_from(*limit).unwrap_or(usize::MAX));
        if let (Some(limit), true) = (limit, wrong.is_empty()) {
            wrong.push(format!(
                "{} bytes are more than the Maximum Packet Size of {limit} bytes that the server announced",
                self.length
            ));
        }
        wrong
    }
}
