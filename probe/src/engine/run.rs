//! Plays many scenarios side by side.

use std::sync::Arc;
use std::time::Duration;

use mqtt_reason::Version;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::again::play_again;
use super::learn::Known;
use super::link::{Act, Breach, Event, Link};
use super::seen::Layout;
use super::stage::{Stage, Stop, Target};
use crate::draft::Announced;
use crate::judge::{Outcome, Verdict, judge};
use crate::net::Connector;
use crate::scenario::{Bare, Need, Play, Scenario};
use crate::setting::{Options, Setting};

/// What came of one scenario.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Played {
    /// The row of the table: index in what was given to [`Runner::play`].
    pub index: usize,
    /// What it is worth.
    pub verdict: Verdict,
    /// What came, in words: packets, then how the connection ended. Empty if it was skipped.
    pub received: Vec<String>,
    /// The connections: name and what happened.
    pub links: Vec<(String, Vec<Event>)>,
    /// The connection that is judged.
    pub subject: usize,
    /// The event of that connection with which it begins.
    pub marked_from: usize,
    /// Where the wrong packet stands: connection, event, byte.
    pub marked: Option<(usize, usize, Option<usize>)>,
    /// How long it took.
    pub took: Duration,
}

impl Played {
    /// What there is to tell of a scenario without its connections.
    pub(super) fn without_links(index: usize, verdict: Verdict) -> Self {
        Self {
            index,
            verdict,
            received: Vec::new(),
            links: Vec::new(),
            subject: 0,
            marked_from: 0,
            marked: None,
            took: Duration::ZERO,
        }
    }

    fn skipped(index: usize, why: String) -> Self {
        Self::without_links(index, Verdict::new(Outcome::Skipped, why))
    }

    /// What happened on a stage, without a verdict of its own.
    pub(super) fn of(index: usize, stage: &Stage) -> Self {
        let links = stage.links().iter();
        Self {
            received: received(stage),
            subject: stage.subject_index(),
            marked_from: stage.subject().map_or(0, Link::marked_from),
            links: links
                .map(|link| (link.name().to_owned(), link.events().to_vec()))
                .collect(),
            ..Self::without_links(index, Verdict::good())
        }
    }

    /// The bytes that the scenario is about.
    pub fn sent(&self) -> impl Iterator<Item = &crate::draft::Draft> {
        self.subject_events().filter_map(|event| match &event.act {
            Act::Sent {
                draft,
                proof: false,
            } => Some(draft),
            _ => None,
        })
    }

    /// The bytes that came in answer.
    pub fn answered(&self) -> impl Iterator<Item = &[u8]> {
        self.subject_events().filter_map(|event| match &event.act {
            Act::Received {
                bytes,
                proof: false,
                ..
            } => Some(bytes.as_slice()),
            _ => None,
        })
    }

    fn subject_events(&self) -> impl Iterator<Item = &Event> {
        self.links
            .get(self.subject)
            .into_iter()
            .flat_map(|(_, events)| events.iter().skip(self.marked_from))
    }
}

/// Plays scenarios against one target.
#[derive(Clone)]
#[non_exhaustive]
pub struct Runner {
    pub(super) target: Arc<Target>,
    known: Arc<Known>,
    options: Options,
    run: String,
    jobs: usize,
}

impl Runner {
    /// Plays `jobs` scenarios at a time.
    #[must_use]
    pub fn new(
        connector: Connector,
        known: Known,
        options: Options,
        run: String,
        jobs: usize,
    ) -> Self {
        let target = Target {
            connector,
            wait: known.wait(),
            patience: known.patience(),
        };
        Self {
            target: Arc::new(target),
            known: Arc::new(known),
            options,
            run,
            jobs: jobs.max(1),
        }
    }

    /// Plays all of them and calls `done` for each as soon as it is over.
    pub async fn play(&self, scenarios: &[Scenario], mut done: impl FnMut(&Played)) -> Vec<Played> {
        let mut played = Vec::with_capacity(scenarios.len());
        for last in [false, true] {
            let now = scenarios.iter().enumerate();
            let now: Vec<_> = now.filter(|(_, scenario)| scenario.last == last).collect();
            self.play_together(&now, &mut played, &mut done).await;
        }
        played.sort_by_key(|played| played.index);
        played
    }

    async fn play_together(
        &self,
        scenarios: &[(usize, &Scenario)],
        played: &mut Vec<Played>,
        done: &mut impl FnMut(&Played),
    ) {
        let places = Arc::new(Semaphore::new(self.jobs));
        let mut running = JoinSet::new();
        let is_again = |scenario: &Scenario| matches!(scenario.play, Play::Again(_));
        let (mut again, others): (Vec<_>, Vec<_>) = scenarios
            .iter()
            .copied()
            .partition(|(_, scenario)| is_again(scenario));
        let (long, short): (Vec<_>, Vec<_>) =
            others.into_iter().partition(|(_, scenario)| scenario.long);
        let mut short_to_come = 0;
        for (index, scenario) in long.into_iter().chain(short) {
            if let Some(why) = self.why_skipped(scenario) {
                let skipped = Played::skipped(index, why);
                done(&skipped);
                played.push(skipped);
                continue;
            }
            let setting = self.setting(scenario);
            let target = Arc::clone(&self.target);
            let places = Arc::clone(&places);
            let mut scenario = scenario.clone();
            let without_v5 = !self.known.speaks(Version::V5_0);
            if scenario.demand.bare_close == Bare::ConformsToV5 && without_v5 {
                scenario.demand.bare_close = Bare::Wrong;
            }
            short_to_come += usize::from(!scenario.long);
            running.spawn(async move {
                let _place = match scenario.long {
                    true => None,
                    false => places.acquire_owned().await.ok(),
                };
                play_one(index, &scenario, setting, target).await
            });
        }
        loop {
            // Only the long ones still run, which send next to nothing: what is played again disturbs nobody.
            if short_to_come == 0 {
                for (index, row) in again.drain(..) {
                    let (runner, row) = (self.clone(), row.clone());
                    let places = Arc::clone(&places);
                    running.spawn(async move { play_again(index, &row, &runner, places).await });
                }
            }
            let Some(result) = running.join_next().await else {
                break;
            };
            if let Ok(result) = result {
                let short = scenarios.iter().any(|(index, scenario)| {
                    *index == result.index && !scenario.long && !is_again(scenario)
                });
                short_to_come = short_to_come.saturating_sub(usize::from(short));
                done(&result);
                played.push(result);
            }
        }
    }

    /// Why a scenario is not played, if it is not.
    #[must_use]
    pub fn why_skipped(&self, scenario: &Scenario) -> Option<String> {
        let needs_connection = scenario.needs.contains(&Need::Connection);
        if let Some(why) = self.known.why_not(scenario.version, needs_connection) {
            return Some(why);
        }
        let setting = self.setting(scenario);
        scenario.needs.iter().find_map(|need| setting.misses(*need))
    }

    /// What a scenario is played with.
    #[must_use]
    pub fn setting(&self, scenario: &Scenario) -> Setting {
        Setting {
            version: scenario.version,
            client_id: format!("mr{}{}", self.run, scenario.id),
            prefix: format!("mr/{}/{}", self.run, scenario.id),
            options: self.options.clone(),
            limits: self.known.limits.clone(),
            announces: Announced::default(),
        }
    }
}

/// How often a scenario is played that shows nothing.
const ATTEMPTS: usize = 3;

/// Plays a scenario, and once more if it shows nothing: if the machine was too busy to keep the times it rests on, or if
/// the target ended a connection that had done nothing wrong. After the last attempt it is only said that nothing is shown.
async fn play_one(
    index: usize,
    scenario: &Scenario,
    setting: Setting,
    target: Arc<Target>,
) -> Played {
    let start = Instant::now();
    let mut attempt = 1;
    loop {
        let mut setting = setting.clone();
        if attempt > 1 {
            // Nothing that an attempt leaves behind meets the next one.
            setting.client_id.push_str(&attempt.to_string());
            setting.prefix.push_str(&attempt.to_string());
        }
        let (mut played, shows) = play_once(index, scenario, setting, Arc::clone(&target)).await;
        if shows || attempt == ATTEMPTS {
            played.took = start.elapsed();
            return played;
        }
        attempt += 1;
    }
}

/// What came of it, and whether that shows anything.
async fn play_once(
    index: usize,
    scenario: &Scenario,
    setting: Setting,
    target: Arc<Target>,
) -> (Played, bool) {
    let mut stage = Stage::new(setting, target);
    let result = act(scenario, &mut stage).await;
    stage.clear().await;
    let lost = matches!(result, Err(Stop::Lost(_)));
    let verdict = match result {
        Ok(verdict) => verdict.unless_woken_late(stage.woken_late()),
        Err(Stop::Skip(why) | Stop::Lost(why)) => Verdict::new(Outcome::Skipped, why),
        Err(Stop::TooBusy) => Verdict::too_busy(),
    };
    let lost = lost || verdict == Verdict::too_busy() || verdict == Verdict::cut_off();
    let took = stage.start().elapsed();
    let breach = breach(scenario, &stage);
    // What a packet shows is told before what follows from the whole.
    let shows = breach.is_some() || !lost;
    let (verdict, marked) = match breach {
        Some((link, breach)) => (
            Verdict::wrong(breach.rule, breach.text),
            Some((link, breach.event, breach.offset)),
        ),
        None => (verdict, None),
    };
    let played = Played {
        verdict,
        marked,
        took,
        ..Played::of(index, &stage)
    };
    (played, shows)
}

pub(super) async fn act(scenario: &Scenario, stage: &mut Stage) -> Result<Verdict, Stop> {
    let received = match scenario.play {
        Play::After(bytes) => {
            let link = stage.connect_own().await?;
            let draft = bytes(&stage.setting);
            stage.stimulate(link, draft).await;
            stage.collect(link, &scenario.demand).await
        }
        Play::Before(bytes) => {
            let link = stage.open("client", Layout::ByLength).await?;
            let draft = bytes(&stage.setting);
            stage.stimulate(link, draft).await;
            stage.collect(link, &scenario.demand).await
        }
        Play::Connect(bytes) => {
            let layout = Layout::Of(stage.setting.version);
            let link = stage.open("client", layout).await?;
            let draft = bytes(&stage.setting);
            stage.stimulate(link, draft).await;
            stage.collect(link, &scenario.demand).await
        }
        Play::Steps(steps) => return steps(stage).await,
        Play::Again(_) => return Err(Stop::Skip("it consists of others".to_owned())),
    };
    Ok(judge(scenario, &received))
}

/// The first MUST that the target broke on the way.
fn breach(scenario: &Scenario, stage: &Stage) -> Option<(usize, Breach)> {
    let links = stage.links().iter().enumerate();
    let mut breaches =
        links.flat_map(|(index, link)| link.breaches().iter().map(move |breach| (index, breach)));
    breaches
        .find(|(_, breach)| {
            let echo = breach.refused.as_ref().is_some_and(|refused| refused.echo);
            scenario.demand.echo_is_fault || !echo
        })
        .map(|(index, breach)| (index, breach.clone()))
}

fn received(stage: &Stage) -> Vec<String> {
    if let Some(told) = stage.told() {
        return told.to_vec();
    }
    let Some(link) = stage.subject() else {
        return Vec::new();
    };
    let packets = link.marked().iter().filter_map(|event| match &event.act {
        Act::Received {
            words,
            proof: false,
            ..
        } => Some(words.clone()),
        _ => None,
    });
    let end = link.end().name().to_owned();
    packets.chain([end]).collect()
}
