//! The statements of MQTT 5.0 and 3.1.1 that bind a Server, or that a Server may have to notice: what they say in our
//! words, and which scenario shows them, or why none does. `statements.csv` is the table.

use mqtt_reason::Version;

const TABLE: &str = include_str!("statements.csv");

/// One statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Statement {
    /// `5.0` or `3.1.1`.
    pub version: &'static str,
    /// The id, `MQTT-3.1.0-2`.
    pub id: &'static str,
    /// Whom it binds: `Server`, `Client` or `both`.
    pub binds: &'static str,
    /// The scenarios that show it, with spaces; `every`: the decoder and the checker of conversations look at every
    /// packet of every scenario.
    pub scenarios: &'static str,
    /// Why no scenario shows it.
    pub why_none: &'static str,
    /// What it says, in our words.
    pub says: &'static str,
}

/// All statements, in the order of the specification.
pub fn all() -> impl Iterator<Item = Statement> {
    TABLE.lines().skip(1).filter_map(|line| {
        let mut fields = line.split('|');
        Some(Statement {
            version: fields.next()?,
            id: fields.next()?,
            binds: fields.next()?,
            scenarios: fields.next()?,
            why_none: fields.next()?,
            says: fields.next()?,
        })
    })
}

/// What a statement says; `None` for a section or a statement that is not in the table.
#[must_use]
pub fn text(version: Version, id: &str) -> Option<&'static str> {
    all()
        .find(|statement| statement.version == version.name() && statement.id == id)
        .map(|statement| statement.says)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::scenario::Unnoticed;
    use crate::scenarios::broker;

    #[test]
    fn every_statement_has_a_scenario_or_a_reason() {
        let ids: BTreeSet<&str> = broker().iter().map(|scenario| scenario.id).collect();
        for statement in all() {
            let id = statement.id;
            assert_ne!(
                statement.scenarios.is_empty(),
                statement.why_none.is_empty(),
                "{id}: scenarios, or why none"
            );
            assert!(
                matches!(statement.binds, "Server" | "Client" | "both"),
                "{id}"
            );
            assert!(!statement.says.is_empty(), "{id}");
            for named in statement.scenarios.split_whitespace() {
                assert!(
                    named == "every" || ids.contains(named),
                    "{id} names {named}"
                );
            }
        }
    }

    #[test]
    fn every_statement_that_a_scenario_names_is_in_the_table_and_names_the_scenario() {
        let mut missing = Vec::new();
        for scenario in broker() {
            let version = scenario.version.name();
            let mut named = false;
            for rule in &scenario.rules {
                if !rule.starts_with("MQTT-") {
                    continue;
                }
                let statement =
                    all().find(|statement| statement.version == version && statement.id == *rule);
                let statement = statement.unwrap_or_else(|| panic!("{} of {}", rule, scenario.id));
                named |= statement
                    .scenarios
                    .split_whitespace()
                    .any(|id| id == scenario.id);
            }
            let only_sections = scenario.rules.iter().all(|rule| !rule.starts_with("MQTT-"));
            if !named && !only_sections {
                missing.push(format!("{} is named by no statement", scenario.id));
            }
        }
        assert!(missing.is_empty(), "{missing:#?}");
    }

    #[test]
    fn what_is_named_when_a_check_is_missing_binds_the_server() {
        for scenario in broker() {
            if scenario.demand.unnoticed != Unnoticed::Wrong {
                continue;
            }
            let version = scenario.version.name();
            let duty = scenario.duty();
            let binds = all()
                .find(|statement| statement.version == version && statement.id == duty)
                .map_or("Server", |section| section.binds);
            assert_ne!(binds, "Client", "{}: {duty}", scenario.id);
        }
    }

    #[test]
    fn ids_are_unique_and_keep_their_groups() {
        let scenarios = broker();
        let ids: BTreeSet<&str> = scenarios.iter().map(|scenario| scenario.id).collect();
        assert_eq!(ids.len(), scenarios.len());
        for scenario in &scenarios {
            let digits = scenario.id.trim_start_matches(scenario.group());
            assert!(digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit()));
        }
    }
}
