//! The rules of a refuser and how often each was asked.

use std::sync::atomic::{AtomicU32, Ordering};

use mqtt_reason::PacketType;

use super::rule::Rule;

/// All rules, shared by the connections.
#[derive(Debug, Default)]
pub(crate) struct Rules(Vec<(Rule, AtomicU32)>);

impl Rules {
    pub(crate) fn new(rules: Vec<Rule>) -> Self {
        Self(
            rules
                .into_iter()
                .map(|rule| (rule, AtomicU32::new(0)))
                .collect(),
        )
    }

    /// Whether there is a rule for this packet type.
    pub(super) fn has(&self, packet: PacketType) -> bool {
        self.0.iter().any(|(rule, _)| rule.packet == packet)
    }

    /// The rule by which a request with these topics is answered with this packet; every rule that is about the
    /// request counts it.
    pub(super) fn decide<'t>(
        &self,
        packet: PacketType,
        topics: impl Iterator<Item = &'t str> + Clone,
    ) -> Option<&Rule> {
        self.decide_if(packet, |rule| rule.is_about(topics.clone()))
    }

    /// As [`decide`](Self::decide), for the rules that `about` picks.
    pub(super) fn decide_if(
        &self,
        packet: PacketType,
        about: impl Fn(&Rule) -> bool,
    ) -> Option<&Rule> {
        let mut decided = None;
        for (rule, count) in &self.0 {
            if rule.packet == packet && about(rule) {
                let count = count.fetch_add(1, Ordering::Relaxed).saturating_add(1);
                if decided.is_none() && rule.nth.is_none_or(|nth| nth == count) {
                    decided = Some(rule);
                }
            }
        }
        decided
    }
}
