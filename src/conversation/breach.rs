//! A breach on its way to a finding.

use crate::conversation::Conversation;
use crate::conversation::finding::{About, Finding, Kind, Seen, What};
use crate::conversation::rules::{Check, Row};
use crate::packet_type::{PacketType, Side, Version};

/// A breach on its way to a [`Finding`].
#[derive(Clone, Copy)]
pub(super) struct Breach {
    pub(super) row: Row,
    pub(super) by: Side,
    pub(super) packet: PacketType,
    pub(super) seen: Option<Seen>,
    pub(super) about: Option<About>,
    pub(super) what: What,
    pub(super) kind: Option<Kind>,
    pub(super) number: Option<&'static str>,
    pub(super) answer: Option<u8>,
}

impl Breach {
    /// A packet that is wrong.
    pub(super) const fn of(row: Row, seen: Seen, packet: PacketType, what: What) -> Self {
        Self {
            row,
            by: seen.from,
            packet,
            seen: Some(seen),
            about: None,
            what,
            kind: None,
            number: None,
            answer: None,
        }
    }

    /// A packet that did not come.
    pub(super) const fn absence(row: Row, by: Side, packet: PacketType, what: What) -> Self {
        Self {
            row,
            by,
            packet,
            seen: None,
            about: None,
            what,
            kind: None,
            number: None,
            answer: None,
        }
    }

    pub(super) const fn about(mut self, about: Option<About>) -> Self {
        self.about = about;
        self
    }

    pub(super) const fn odd(mut self) -> Self {
        self.kind = Some(Kind::Odd);
        self
    }

    pub(super) const fn numbered(mut self, number: &'static str) -> Self {
        self.number = Some(number);
        self
    }

    pub(super) const fn answered(mut self, answer: u8) -> Self {
        self.answer = Some(answer);
        self
    }
}

impl Conversation {
    /// Tells a breach, unless the packet has one already; a violation takes the place of what is odd.
    #[cold]
    #[inline(never)]
    pub(super) fn tell(&mut self, breach: Breach) {
        if self.muted || self.over {
            return;
        }
        let rule = breach.row.rule();
        let version = self.version.unwrap_or(Version::V5_0);
        let is_v5 = self.is_v5();
        let kind = breach.kind.unwrap_or(match rule.check {
            Check::Violation => Kind::Violation,
            _ => Kind::Odd,
        });
        let finding = Finding {
            kind,
            by: breach.by,
            row: breach.row,
            rule: breach.number.unwrap_or(rule.number(version, breach.by)),
            answer: breach.answer.or(rule.answer).filter(|_| is_v5),
            class: rule.class.filter(|_| is_v5 && kind == Kind::Violation),
            packet: breach.packet,
            seen: breach.seen,
            time: self.now,
            about: breach.about,
            what: breach.what,
        };
        let several = breach.seen.is_none() || breach.packet == PacketType::Connack;
        match self
            .found
            .get_mut(self.before..)
            .and_then(|found| found.last_mut())
        {
            Some(told) if !several && told.seen.is_some() => {
                if kind > told.kind {
                    *told = finding;
                }
            }
            _ => self.found.push(finding),
        }
    }
}
