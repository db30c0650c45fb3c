//! The ladder of one connection: a row for each packet, findings beside the packets that they are about. `drawing`
//! writes it.

use std::fmt::Write as _;

use mqtt_reason::v5::Property;
use mqtt_reason::view::View;
use mqtt_reason::{PacketType, Side, Version};

use crate::capture::Opening;
use crate::connection::{At, Body, Head, How, Item, Kind, Place, Show, What, human, json, secrets};

/// How many bytes of a packet are shown.
const BYTES: usize = 1024;

/// One connection.
pub(super) struct Ladder {
    pub(super) number: usize,
    pub(super) name: String,
    pub(super) addresses: Option<(String, String)>,
    pub(super) middle: bool,
    pub(super) version: Option<Version>,
    pub(super) client_id: Option<String>,
    pub(super) rows: Vec<Row>,
    /// How many packets were left out.
    pub(super) left_out: u64,
}

/// One row.
pub(super) struct Row {
    pub(super) at: At,
    pub(super) look: Look,
    pub(super) side: Option<Side>,
    pub(super) packet: Option<PacketType>,
    /// What it says, in a line.
    pub(super) words: String,
    /// What there is besides.
    pub(super) more: String,
    /// Whether it is shown in any case.
    pub(super) striking: bool,
    pub(super) findings: Vec<Beside>,
}

/// What a row looks like.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    Packet,
    /// A packet whose code refuses.
    Refusal,
    /// A packet that does not decode, or not all of it is there.
    Broken,
    /// An end of a side.
    End,
    Remark,
}

/// A finding beside a row.
pub(super) enum Beside {
    Finding {
        number: usize,
        kind: Option<Kind>,
        words: String,
        more: String,
        /// The row of the earlier packet.
        about: Option<usize>,
    },
    /// A finding of a later row, which is about this one.
    Later {
        number: usize,
        words: String,
        row: usize,
    },
}

impl Ladder {
    pub(super) fn new(number: usize, name: &str, opening: &Opening<'_>) -> Self {
        Self {
            number,
            name: name.to_owned(),
            addresses: opening
                .addresses
                .map(|(client, server)| (client.to_string(), server.to_string())),
            middle: opening.middle,
            version: None,
            client_id: None,
            rows: Vec::new(),
            left_out: 0,
        }
    }

    /// Whether an item is drawn however many there are.
    pub(super) fn is_needed(&self, item: &Item<'_>) -> bool {
        let end = matches!(
            item.packet_type(),
            Some(PacketType::Connect | PacketType::Connack | PacketType::Disconnect)
        );
        end && self.rows.len() < 100
    }

    pub(super) const fn leave_out(&mut self) {
        self.left_out += 1;
    }

    /// Draws a packet, an end or a remark.
    pub(super) fn row(&mut self, item: &Item<'_>, show: Show) {
        self.version = item.version.or(self.version);
        let (look, bytes): (_, &[u8]) = match &item.what {
            What::Packet { body, bytes, .. } => {
                if let Body::View(View::Connect(connect)) = body
                    && self.client_id.is_none()
                {
                    self.client_id = Some(connect.client_id().to_owned());
                }
                if let Body::Coded(packet) = body
                    && self.client_id.as_deref() == Some("")
                {
                    for property in packet.properties().into_iter().flatten() {
                        if let Property::AssignedClientIdentifier(assigned) = property {
                            self.client_id = Some(assigned.to_owned());
                        }
                    }
                }
                let look = if body.is_failure() {
                    Look::Refusal
                } else {
                    Look::Packet
                };
                (look, bytes)
            }
            What::Incomplete { bytes, .. } | What::Error { bytes, .. } => (Look::Broken, bytes),
            What::Closed { .. } => (Look::End, &[]),
            What::Note { .. } | What::Finding(_) => (Look::Remark, &[]),
        };
        let text = words(item, show);
        let (first, rest) = text.split_once('\n').unwrap_or((&text, ""));
        let mut more = unindented(rest);
        if !bytes.is_empty() {
            let _ = write!(more, "{}", bytes_of(item.version, bytes, show));
        }
        let words = match &item.what {
            What::Closed { by, how } => {
                let side = json::side_name(*by);
                match how {
                    How::Fin => format!("the {side} closes"),
                    How::Reset => format!("the {side} resets the connection"),
                    How::Timeout => format!("the {side} is given up"),
                }
            }
            _ => first.to_owned(),
        };
        let ordinary = matches!(
            item.packet_type(),
            Some(
                PacketType::Publish
                    | PacketType::Puback
                    | PacketType::Pubrec
                    | PacketType::Pubrel
                    | PacketType::Pubcomp
                    | PacketType::Pingreq
                    | PacketType::Pingresp
                    | PacketType::Subscribe
                    | PacketType::Suback
                    | PacketType::Unsubscribe
                    | PacketType::Unsuback
            )
        );
        self.rows.push(Row {
            at: item.at,
            look,
            side: item.side(),
            packet: item.packet_type(),
            words,
            more,
            striking: !(ordinary && look == Look::Packet),
            findings: Vec::new(),
        });
    }

    /// Puts a finding beside the packet that broke the rule and beside the one that it is about; an error is a row, too.
    pub(super) fn finding(&mut self, number: usize, item: &Item<'_>, show: Show) {
        let (kind, about) = match &item.what {
            What::Finding(finding) => {
                // Usually the packet that was drawn last. What is missing has no row: it gets one.
                let own = self.rows.last().is_some_and(|row| {
                    row.packet == Some(finding.packet())
                        && row.at.place == item.at.place
                        && row.side == Some(finding.by())
                });
                if !own {
                    self.rows.push(Row {
                        at: item.at,
                        look: Look::Remark,
                        side: None,
                        packet: None,
                        words: "noticed here".to_owned(),
                        more: String::new(),
                        striking: true,
                        findings: Vec::new(),
                    });
                }
                (Some(finding.kind()), finding.about())
            }
            _ => {
                self.row(item, show);
                (None, None)
            }
        };
        let text = words(item, show);
        let (first, rest) = text.split_once('\n').unwrap_or((&text, ""));
        let row = self.rows.len().saturating_sub(1);
        let about = about.and_then(|about| {
            self.rows.iter().take(row).rposition(|row| {
                let place = match row.at.place {
                    Place::Line(number) | Place::Frame(number) => number,
                    Place::Nowhere => return false,
                };
                place == about.tag && row.packet == Some(about.packet)
            })
        });
        if let Some(earlier) = about.and_then(|earlier| self.rows.get_mut(earlier)) {
            earlier.striking = true;
            earlier.findings.push(Beside::Later {
                number,
                words: first.to_owned(),
                row,
            });
        }
        if let Some(last) = self.rows.last_mut() {
            last.striking = true;
            last.findings.push(Beside::Finding {
                number,
                kind,
                words: first.to_owned(),
                more: match kind {
                    Some(_) => unindented(rest),
                    None => String::new(),
                },
                about,
            });
        }
    }
}

/// What people are told of an item, without colours and without where it stands.
fn words(item: &Item<'_>, show: Show) -> String {
    let mut text = Vec::new();
    let head = Head {
        prefix: Some(""),
        ..Head::default()
    };
    // Writing to memory does not fail.
    let _ = human::item(&mut text, &head, item, show);
    let text = String::from_utf8_lossy(&text);
    anstream::adapter::strip_str(&text).to_string()
}

/// The lines below the first, without their indentation.
fn unindented(text: &str) -> String {
    text.lines().fold(String::new(), |mut all, line| {
        all.push_str(line.strip_prefix("    ").unwrap_or(line));
        all.push('\n');
        all
    })
}

/// The bytes of a packet, as far as they may be shown.
fn bytes_of(version: Option<Version>, bytes: &[u8], show: Show) -> String {
    let shown = bytes.get(..BYTES).unwrap_or(bytes);
    let mut text = secrets::hexadecimal(version, shown, show);
    if shown.len() < bytes.len() {
        text.push('…');
    }
    text
}
