//! A connection told step by step, and what the checker says to it.

use std::time::Duration;

use mqtt_reason::Side;
use mqtt_reason::conversation::{Conversation, Event, Settings, Streams};

/// One step of a connection.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    Bytes(Side, Vec<u8>),
    /// Seconds since the start.
    At(f64),
    End(Side),
    Lost(Side),
}

/// The steps of a connection, numbered from 1: these numbers are the tags.
#[derive(Clone, Debug, Default)]
pub(crate) struct Talk {
    pub(crate) steps: Vec<Step>,
    pub(crate) middle: bool,
}

impl Talk {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn middle() -> Self {
        Self {
            middle: true,
            ..Self::default()
        }
    }

    fn step(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }

    /// The client sends.
    pub(crate) fn c(self, bytes: impl Into<Vec<u8>>) -> Self {
        self.step(Step::Bytes(Side::Client, bytes.into()))
    }

    /// The server sends.
    pub(crate) fn s(self, bytes: impl Into<Vec<u8>>) -> Self {
        self.step(Step::Bytes(Side::Server, bytes.into()))
    }

    /// So many seconds have passed since the start.
    pub(crate) fn at(self, seconds: f64) -> Self {
        self.step(Step::At(seconds))
    }

    pub(crate) fn end(self, side: Side) -> Self {
        self.step(Step::End(side))
    }

    pub(crate) fn lost(self, side: Side) -> Self {
        self.step(Step::Lost(side))
    }

    /// What is told: "error client …" or "violation server SUBACK MQTT-3.8.4-6 130 @3".
    pub(crate) fn told(&self) -> Vec<String> {
        self.told_in_pieces(usize::MAX, Settings::new())
    }

    /// The same with the bytes in pieces of at most this size.
    pub(crate) fn told_in_pieces(&self, piece: usize, settings: Settings) -> Vec<String> {
        let conversation = if self.middle {
            Conversation::from_the_middle(settings, Some(mqtt_reason::Version::V5_0))
        } else {
            Conversation::new(settings)
        };
        let mut streams = Streams::new(conversation);
        let mut told = Vec::new();
        let mut tell = |event: Event<'_>| match event {
            Event::Finding(finding) => {
                let number = |answer: Option<u8>| {
                    answer.map_or(String::from("-"), |answer| format!("{answer:#04x}"))
                };
                let about = finding.about().map_or(String::new(), |about| {
                    format!(" @{} {}", about.tag, about.packet)
                });
                assert!(!finding.to_string().is_empty());
                told.push(format!(
                    "{} {} {} {} {} {}{about}",
                    finding.row(),
                    finding.kind(),
                    finding.by(),
                    finding.packet(),
                    finding.rule(),
                    number(finding.answer()),
                ));
            }
            Event::Error(seen, error, _) => told.push(format!("error {} {error}", seen.from)),
            _ => {}
        };
        let mut time = Duration::ZERO;
        for (tag, step) in (1..).zip(&self.steps) {
            match step {
                Step::Bytes(side, bytes) => {
                    for piece in bytes.chunks(piece) {
                        streams.receive(*side, time, tag, piece, &mut tell);
                    }
                }
                Step::At(seconds) => {
                    time = Duration::from_secs_f64(*seconds);
                    streams.tick(time, &mut tell);
                }
                Step::End(side) => streams.end(*side, time, tag, &mut tell),
                Step::Lost(side) => streams.conversation_mut().lost(*side, time),
            }
        }
        told
    }
}

/// A connection that breaks a rule of the table, or comes close to it and does not.
pub(crate) struct Case {
    pub(crate) row: &'static str,
    pub(crate) talk: Talk,
    /// What is told, without the row; empty if the rule is not broken.
    pub(crate) told: &'static [&'static str],
}

/// Breaks the rule.
pub(crate) fn breaks(row: &'static str, talk: Talk, told: &'static [&'static str]) -> Case {
    assert!(!told.is_empty());
    Case { row, talk, told }
}

/// Comes close, and does not break it.
pub(crate) fn keeps(row: &'static str, talk: Talk) -> Case {
    Case {
        row,
        talk,
        told: &[],
    }
}

/// Plays each case, whole and byte by byte.
pub(crate) fn play(cases: &[Case]) {
    for (index, case) in cases.iter().enumerate() {
        for piece in [usize::MAX, 1] {
            let told = case.talk.told_in_pieces(piece, Settings::new());
            let expected: Vec<_> = case
                .told
                .iter()
                .map(|told| match told.strip_prefix("also ") {
                    Some(other) => other.to_owned(),
                    None => format!("{} {told}", case.row),
                })
                .collect();
            assert_eq!(
                told, expected,
                "case {index}, row {}, in pieces of {piece}: {:?}",
                case.row, case.talk
            );
        }
    }
}
