//! What acknowledgements are about: the topics and filters of identifiers that are outstanding.

use std::collections::HashMap;

use mqtt_reason::Side;

/// How many bytes of topics and filters are kept of one connection, and how many entries. What comes beyond that is
/// not remembered.
const KEPT: usize = 1 << 20;
const ENTRIES: usize = 1 << 16;

/// What a packet is about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Subject {
    /// The Topic Name of a PUBLISH.
    Topic(String),
    /// The Topic Filters of a SUBSCRIBE or UNSUBSCRIBE.
    Filters(Vec<String>),
}

impl Subject {
    /// About how much memory it takes.
    fn len(&self) -> usize {
        match self {
            Self::Topic(topic) => topic.len(),
            Self::Filters(filters) => filters.iter().map(|filter| filter.len() + 24).sum(),
        }
    }
}

/// The topics and filters of one connection.
#[derive(Default)]
pub(super) struct Subjects {
    client: Assigned,
    server: Assigned,
    kept: usize,
}

/// What one side assigned.
#[derive(Default)]
struct Assigned {
    identifiers: HashMap<u16, Subject>,
    aliases: HashMap<u16, String>,
}

impl Subjects {
    /// The topic of a PUBLISH of `side`: its own, or the one that its Topic Alias stands for.
    pub(super) fn topic(&mut self, side: Side, topic: &str, alias: Option<u16>) -> Option<String> {
        let Some(alias) = alias else {
            return Some(topic.to_owned());
        };
        if topic.is_empty() {
            return self.of(side).aliases.get(&alias).cloned();
        }
        let fits = self.kept + topic.len() <= KEPT;
        let aliases = &mut self.of(side).aliases;
        let old = aliases.remove(&alias).map_or(0, |old| old.len());
        if fits && aliases.len() < ENTRIES {
            aliases.insert(alias, topic.to_owned());
            self.kept += topic.len();
        }
        self.kept = self.kept.saturating_sub(old);
        Some(topic.to_owned())
    }

    /// Remembers what an identifier of `side` is about.
    pub(super) fn remember(&mut self, side: Side, id: u16, subject: Subject) {
        let len = subject.len();
        let fits = self.kept + len <= KEPT;
        let identifiers = &mut self.of(side).identifiers;
        let old = identifiers.remove(&id).map_or(0, |old| old.len());
        if fits && identifiers.len() < ENTRIES {
            identifiers.insert(id, subject);
            self.kept += len;
        }
        self.kept = self.kept.saturating_sub(old);
    }

    /// What an identifier of `side` is about.
    pub(super) fn get(&mut self, side: Side, id: u16) -> Option<&Subject> {
        self.of(side).identifiers.get(&id)
    }

    /// An identifier of `side` is free again.
    pub(super) fn forget(&mut self, side: Side, id: u16) {
        let old = self.of(side).identifiers.remove(&id);
        self.kept = self.kept.saturating_sub(old.map_or(0, |old| old.len()));
    }

    const fn of(&mut self, side: Side) -> &mut Assigned {
        match side {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aliases_are_resolved_per_direction() {
        let mut subjects = Subjects::default();
        assert_eq!(subjects.topic(Side::Client, "", Some(1)), None);
        subjects.topic(Side::Client, "a/b", Some(1));
        assert_eq!(
            subjects.topic(Side::Client, "", Some(1)).as_deref(),
            Some("a/b")
        );
        assert_eq!(subjects.topic(Side::Server, "", Some(1)), None);
    }

    #[test]
    fn memory_is_bounded_and_given_back() {
        let mut subjects = Subjects::default();
        for id in 0..1000 {
            subjects.remember(Side::Client, id, Subject::Topic("t".repeat(60_000)));
        }
        assert!(subjects.kept <= KEPT);
        assert!(subjects.get(Side::Client, 0).is_some());
        assert!(subjects.get(Side::Client, 999).is_none());
        for id in 0..1000 {
            subjects.forget(Side::Client, id);
        }
        assert_eq!(subjects.kept, 0);
    }
}
