//! Plays scenarios again with a limit that CONNECT sets to every answer: Maximum Packet Size, Request Problem Information.
//!
//! Only the limit is judged. The scenarios have been judged without it, and some of them cannot be played with it: a
//! SUBACK that does not fit is not sent. So nothing is waited for as long as they wait.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use mqtt_reason::view::View;
use mqtt_reason::{DecodeOptions, Side, Version};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::link::{Act, Link};
use super::run::{Played, Runner, act};
use super::seen::mqtt_frame;
use super::stage::{Stage, Target};
use crate::judge::{Outcome, Verdict};
use crate::scenario::{Again, Need, Play, Scenario};
use crate::setting::Setting;

/// How long an answer is waited for: a PINGREQ at the end brings what is later.
const WAIT: Duration = Duration::from_millis(200);
/// How long the answer to that PINGREQ is waited for, and whatever else a scenario needs to go on.
const PATIENCE: Duration = Duration::from_secs(2);

/// Plays the scenarios of a row again: the first breach of the limit, in their order, is what the row tells.
pub(super) async fn play_again(
    index: usize,
    row: &Scenario,
    runner: &Runner,
    places: Arc<Semaphore>,
) -> Played {
    let start = Instant::now();
    let mut played = match row.play {
        Play::Again(again) => match runner.why_skipped(row) {
            None => play_all(index, again, runner, places).await,
            Some(why) => Played::without_links(index, Verdict::new(Outcome::Skipped, why)),
        },
        _ => Played::without_links(
            index,
            Verdict::new(Outcome::Skipped, "nothing to play again"),
        ),
    };
    played.took = start.elapsed();
    played
}

async fn play_all(index: usize, again: Again, runner: &Runner, places: Arc<Semaphore>) -> Played {
    let target = Arc::new(Target {
        wait: runner.target.wait.min(WAIT.max(runner.target.wait / 6)),
        patience: PATIENCE.max(runner.target.wait),
        connector: runner.target.connector.clone(),
    });
    let mut running = JoinSet::new();
    for (order, scenario) in (again.of)().into_iter().enumerate() {
        let mut setting = runner.setting(&scenario);
        setting.announces = again.announces;
        // Nothing that the scenario has left behind meets it again.
        let mark = match again.announces.problem_information {
            true => 's',
            false => 'i',
        };
        setting.client_id.push(mark);
        setting.prefix.push(mark);
        if !concerns(&again, &scenario, &setting) || runner.why_skipped(&scenario).is_some() {
            continue;
        }
        let (places, target) = (Arc::clone(&places), Arc::clone(&target));
        running.spawn(async move {
            let _place = places.acquire_owned().await.ok();
            let breach = play_within(index, again.rule, &scenario, setting, target).await;
            (order, scenario.id, breach)
        });
    }
    let mut count = 0;
    let mut broken = BTreeMap::new();
    while let Some(result) = running.join_next().await {
        let Ok((order, id, Some(breach))) = result else {
            continue;
        };
        count += 1;
        if let Some(played) = breach {
            broken.insert(order, (id, played));
        }
    }
    told(index, count, broken.into_values())
}

/// What the row tells: the first breach, and in which other scenarios there is one.
fn told(
    index: usize,
    count: usize,
    mut broken: impl Iterator<Item = (&'static str, Played)>,
) -> Played {
    let Some((_, mut first)) = broken.next() else {
        let verdict = match count {
            0 => Verdict::new(Outcome::Skipped, "no CONNECT with this limit is answered"),
            _ => Verdict::good(),
        };
        let mut played = Played::without_links(index, verdict);
        if count > 0 {
            played.received = vec![format!("none in {count} scenarios")];
        }
        return played;
    };
    let others: Vec<_> = broken.map(|(id, _)| id).collect();
    if !others.is_empty() {
        let why = &mut first.verdict.why;
        why.push_str("; the same in ");
        why.push_str(&others.join(", "));
    }
    first
}

/// Whether a limit can be broken in a scenario: it sends a CONNECT that nothing is wrong with, and is not about the limit
/// itself.
fn concerns(again: &Again, scenario: &Scenario, setting: &Setting) -> bool {
    let takes_a_hand = |need: &Need| matches!(need, Need::Hook(_) | Need::WebSocket);
    let connects = match scenario.play {
        Play::After(_) | Play::Steps(_) => true,
        Play::Connect(bytes) => is_connect(&bytes(setting).bytes),
        Play::Before(_) | Play::Again(_) => false,
    };
    connects
        && scenario.version == Version::V5_0
        && !scenario.long
        && !scenario.last
        && !scenario.rules.contains(&again.rule)
        && !scenario.needs.iter().any(takes_a_hand)
}

/// Whether the bytes begin with a CONNECT of 5.0 that is in order: a target that finds an error in it need not have read
/// what it announces.
fn is_connect(bytes: &[u8]) -> bool {
    let options = DecodeOptions::new().sender(Side::Client);
    match mqtt_frame(Version::V5_0, &options, bytes) {
        Ok(Some(frame)) => matches!(
            View::of(Version::V5_0, &options, &frame),
            Ok(Some(View::Connect(_)))
        ),
        _ => false,
    }
}

/// The first breach of the limit in one scenario, with all that happened; nothing at all if no CONNECT was answered.
async fn play_within(
    index: usize,
    rule: &str,
    scenario: &Scenario,
    setting: Setting,
    target: Arc<Target>,
) -> Option<Option<Played>> {
    let mut stage = Stage::new(setting, target);
    // Whatever becomes of it: the packets decide.
    let _ = act(scenario, &mut stage).await;
    stage.settle().await;
    stage.clear().await;
    let bound = stage.links().iter().enumerate();
    let bound: Vec<_> = bound.filter(|(_, link)| is_bound(link)).collect();
    if bound.is_empty() {
        return None;
    }
    let breach = bound.iter().find_map(|(number, link)| {
        let breach = link.breaches().iter().find(|breach| breach.rule == rule)?;
        Some((*number, breach.clone()))
    });
    Some(breach.map(|(link, breach)| {
        stage.judge(link);
        Played {
            verdict: Verdict::wrong(
                rule,
                format!("in {} ({}): {}", scenario.id, scenario.title, breach.text),
            ),
            marked: Some((link, breach.event, breach.offset)),
            ..Played::of(index, &stage)
        }
    }))
}

/// Whether the first packet of a connection is a CONNECT that is in order, and was answered.
fn is_bound(link: &Link) -> bool {
    let mut acts = link.events().iter().map(|event| &event.act);
    let first = acts.next();
    matches!(first, Some(Act::Sent { draft, .. }) if is_connect(&draft.bytes))
        && acts.any(|act| matches!(act, Act::Received { .. }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draft::Connect;

    fn broken(why: &str) -> Played {
        Played::without_links(3, Verdict::wrong("MQTT-3.1.2-24", why))
    }

    #[test]
    fn the_first_breach_is_told_and_where_else_there_is_one() {
        let both = [
            ("S29", broken("in S29: too large")),
            ("M10", broken("in M10: too large")),
        ];
        let played = told(3, 160, both.into_iter());
        assert_eq!(played.verdict.why, "in S29: too large; the same in M10");
        assert_eq!(played.verdict.outcome, Outcome::Wrong);

        let played = told(3, 160, std::iter::empty());
        assert_eq!(played.verdict, Verdict::good());
        assert_eq!(played.received, ["none in 160 scenarios"]);

        let played = told(3, 0, std::iter::empty());
        assert_eq!(played.verdict.outcome, Outcome::Skipped);
        assert!(played.received.is_empty());
    }

    #[test]
    fn only_a_connect_that_is_in_order_binds_who_answers() {
        let connect = Connect::new(Version::V5_0, "mr");
        assert!(is_connect(&connect.clone().draft().bytes));
        let bad = connect.clone().with(|connect| connect.tail = vec![0]);
        assert!(!is_connect(&bad.draft().bytes));
        let other = connect.with(|connect| connect.level = 6);
        assert!(!is_connect(&other.draft().bytes));
        assert!(!is_connect(&[0xC0, 0]));
        assert!(!is_connect(&[]));
    }
}
