//! K02, K03 and V41: Keep Alive, from both sides.
//!
//! What is measured here is measured by a process that shares its machine with others, perhaps with the target. So each
//! judgement takes the times as they were, not as they were to be, and accuses nobody of what the probe did not do itself.

use std::time::Duration;

use mqtt_reason::{PacketType, Version};
use tokio::time::Instant;

use crate::draft::{disconnect as goodbye, pingreq};
use crate::engine::{Act, End, Event, Layout, Link, Seen, Stage, Stop};
use crate::judge::{Outcome, Verdict, ends};
use crate::scenario::words::{disconnect, v5};
use crate::scenario::{Answer, Need, Scenario};

/// K02 and K03.
pub(super) fn rows() -> Vec<Scenario> {
    vec![
        v5(
            "K02",
            "nothing for 1.5 times the Keep Alive of 1 s, on four connections",
            &["MQTT-3.1.2-22"],
        )
        .steps(|stage| Box::pin(silent(stage)))
        .need(Need::OwnKeepAlive)
        .best([disconnect(0x8D)])
        .long(),
        v5(
            "K03",
            "PINGREQ six times, 0.7 s apart, on a Keep Alive of 1 s",
            &["MQTT-3.1.2-22"],
        )
        .steps(|stage| Box::pin(kept_alive(stage)))
        .need(Need::OwnKeepAlive)
        .best([Answer::Other("open, PINGRESP six times")])
        .long(),
    ]
}

/// The Keep Alive of these scenarios.
const KEEP_ALIVE: Duration = Duration::from_secs(1);
/// What Keep Alive allows: one and a half times the Keep Alive of 1 s, and something for the way.
const ALLOWED: Duration = Duration::from_millis(2_300);
/// After this a Server has not closed at all.
const NEVER: Duration = Duration::from_secs(15);

/// Four connections, so that a Server that looks only now and then is not caught now and then.
pub(super) async fn silent(stage: &mut Stage) -> Result<Verdict, Stop> {
    let mut witness = witness(stage).await?;
    let quiet = (0_u32..4).map(|number| {
        let connect = stage.setting.connect_second(&number.to_string());
        let connect = connect.with(|c| c.keep_alive = 1);
        let delay = Duration::from_millis(700) * number;
        let stage = &*stage;
        async move {
            let name = format!("client-{number}");
            stage.quiet(&name, connect, delay, NEVER).await
        }
    });
    let results = tokio::select! {
        biased;
        results = futures_util::future::join_all(quiet) => results,
        () = ping(&mut witness) => Vec::new(),
    };
    let mut unsure = slowest_answer(witness.events(), stage.start().elapsed());
    unsure = unsure.max(witness.woken_late());
    witness.leave().await;
    let mut slowest = Duration::ZERO;
    let mut told = Vec::new();
    let mut wordless = false;
    for result in results {
        let (link, since, packets, refused) = result?;
        let link = stage.add(link);
        stage.judge(link);
        if let Some(why) = refused {
            return Err(Stop::Skip(why));
        }
        let goodbye = packets.iter().find(|seen| ends(seen));
        let first = goodbye.map(|seen| stage.start() + seen.at);
        // A Server that has said DISCONNECT has ended it; that TCP lingers is no delay.
        let ended = first.or_else(|| stage.ended_at(link));
        let ended = ended.map(|at| at.saturating_duration_since(since));
        told.extend(packets.iter().map(Seen::in_words));
        wordless |= goodbye.is_none();
        slowest = slowest.max(match stage.end(link) {
            End::Open => NEVER,
            _ => ended.unwrap_or(NEVER),
        });
    }
    told.push(if slowest >= NEVER { "open" } else { "closed" }.to_owned());
    stage.tell(told);
    let silence = Silence {
        slowest,
        unsure: unsure.max(stage.woken_late()),
        wordless: wordless && stage.version() == Version::V5_0,
    };
    silence.judge(stage.rule("MQTT-3.1.2-22", "MQTT-3.1.2-24"))
}

/// A connection that asks all the time, beside those that say nothing: how long it waits for its answers is how far the
/// times of the others can be trusted.
async fn witness(stage: &Stage) -> Result<Link, Stop> {
    let connect = stage.setting.connect_second("w");
    let connection = stage.connector().connect().await;
    let connection = connection.map_err(|error| Stop::Skip(format!("no connection: {error}")))?;
    let mut link = Link::new(
        "witness",
        connection,
        Layout::Of(connect.version),
        stage.start(),
    );
    link.send(connect.draft()).await;
    link.next(Instant::now() + stage.patience()).await;
    Ok(link)
}

/// Sends PINGREQ every 0.2 s, and never ends.
async fn ping(witness: &mut Link) {
    loop {
        let asked = Instant::now();
        if witness.is_accepted() && witness.end() == End::Open {
            witness.ask(pingreq(), PacketType::Pingresp).await;
            witness.next(asked + NEVER).await;
        }
        tokio::time::sleep_until(asked + Duration::from_millis(200)).await;
    }
}

/// The longest time between a question and its answer, or between the last question and `now`.
fn slowest_answer(events: &[Event], now: Duration) -> Duration {
    let mut slowest = Duration::ZERO;
    let mut asked = None;
    for event in events {
        match event.act {
            Act::Sent { proof: true, .. } => asked = Some(event.at),
            Act::Received { proof: true, .. } => {
                slowest = slowest.max(event.at.saturating_sub(asked.take().unwrap_or(event.at)));
            }
            _ => {}
        }
    }
    slowest.max(now.saturating_sub(asked.unwrap_or(now)))
}

/// What connections show that say nothing.
struct Silence {
    /// How long the slowest of them lived, measured here; [`NEVER`] if it still lives.
    slowest: Duration,
    /// By how much this can be wrong.
    unsure: Duration,
    /// Whether one of them was closed without the DISCONNECT that 5.0 has.
    wordless: bool,
}

impl Silence {
    fn judge(&self, rule: &str) -> Result<Verdict, Stop> {
        let why = format!(
            "the slowest of four connections was closed {:.1} s after its last packet; 1.5 s are allowed",
            self.slowest.as_secs_f64()
        );
        Ok(if self.slowest <= ALLOWED {
            Verdict::new(
                match self.wordless {
                    true => Outcome::BareClose,
                    false => Outcome::AsDemanded,
                },
                why,
            )
        } else if self.slowest.saturating_sub(self.unsure) <= ALLOWED {
            return Err(Stop::TooBusy);
        } else if self.slowest >= NEVER {
            Verdict::wrong(
                rule,
                "still open 15 s after the last packet, on a Keep Alive of 1 s",
            )
        } else {
            let mut late = Verdict::new(Outcome::Late, why);
            late.rule = Some(rule.to_owned());
            late
        })
    }
}

/// How often the connection is tried that keeps its Keep Alive: a target may read late, too.
const ATTEMPTS: usize = 3;

async fn kept_alive(stage: &mut Stage) -> Result<Verdict, Stop> {
    let mut attempts = Vec::new();
    while attempts.len() < ATTEMPTS && !attempts.iter().any(Attempt::is_good) {
        let number = attempts.len() + 1;
        attempts.push(keep_alive_once(stage, number).await?);
    }
    Ok(judge_attempts(&attempts))
}

async fn keep_alive_once(stage: &mut Stage, number: usize) -> Result<Attempt, Stop> {
    let connect = stage.setting.connect_second(&number.to_string());
    let connect = connect.with(|c| c.keep_alive = 1);
    let mut last = Instant::now();
    let (link, _) = stage.connect(&format!("client-{number}"), connect).await?;
    stage.judge_from_here(link);
    let mut attempt = Attempt::default();
    for _ in 0..PINGS {
        let until = last + Duration::from_millis(700);
        let heard = stage.listen(link, until).await;
        attempt.answers += heard.iter().filter(|seen| is_pingresp(seen)).count();
        if stage.end(link) != End::Open {
            break;
        }
        let next = Instant::now();
        stage.send(link, pingreq()).await;
        attempt.longest = attempt.longest.max(last.elapsed());
        last = next;
    }
    if stage.end(link) == End::Open {
        let until = Instant::now() + stage.wait();
        while attempt.answers < PINGS
            && let Some(seen) = stage.next(link, until).await
        {
            attempt.answers += usize::from(is_pingresp(&seen));
        }
    }
    attempt.closed = stage.end(link) != End::Open;
    if attempt.closed {
        attempt.longest = attempt.longest.max(last.elapsed());
    } else {
        stage.send(link, goodbye()).await;
        stage.close(link).await;
    }
    Ok(attempt)
}

fn is_pingresp(seen: &Seen) -> bool {
    seen.packet_type() == Some(PacketType::Pingresp)
}

/// How many PINGREQ are sent.
const PINGS: usize = 6;

/// What came of a connection whose Client sends PINGREQ in time, or was to.
#[derive(Clone, Copy, Default)]
struct Attempt {
    /// The longest time from before one packet was sent until the next one was, or until the end was seen: what the
    /// target saw cannot be longer.
    longest: Duration,
    /// How many PINGRESP came.
    answers: usize,
    /// Whether the target ended it.
    closed: bool,
}

impl Attempt {
    fn is_good(&self) -> bool {
        !self.closed && self.answers >= PINGS
    }

    /// Whether the probe kept the Keep Alive itself [MQTT-3.1.2-20]. Only one and a half times of it is too long for the
    /// target, but who did not do his own duty accuses nobody.
    fn is_in_time(&self) -> bool {
        self.longest < KEEP_ALIVE
    }
}

/// One attempt that succeeds is enough; one that fails is not: the target may share a busy machine with the probe.
fn judge_attempts(attempts: &[Attempt]) -> Verdict {
    if attempts.iter().any(Attempt::is_good) {
        return Verdict::good();
    }
    let in_time: Vec<_> = attempts
        .iter()
        .filter(|attempt| attempt.is_in_time())
        .collect();
    match in_time.as_slice() {
        [] | [_] => Verdict::too_busy(),
        failed if failed.iter().all(|attempt| attempt.closed) => Verdict::wrong(
            "MQTT-3.1.2-22",
            format!(
                "closed although a packet came every 0.7 s, on a Keep Alive of 1 s, in each of {} attempts",
                failed.len()
            ),
        ),
        failed => {
            let most = failed.iter().map(|attempt| attempt.answers).max();
            let most = most.unwrap_or_default();
            Verdict::wrong(
                "MQTT-3.12.4-1",
                format!(
                    "{most} PINGRESP to {PINGS} PINGREQ, in the best of {} attempts",
                    failed.len()
                ),
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attempt(longest: u64, answers: usize, closed: bool) -> Attempt {
        Attempt {
            longest: Duration::from_millis(longest),
            answers,
            closed,
        }
    }

    #[test]
    fn one_good_attempt_is_enough() {
        let closed = attempt(710, 2, true);
        for good in [attempt(710, 6, false), attempt(3_000, 6, false)] {
            assert_eq!(judge_attempts(&[closed, closed, good]), Verdict::good());
        }
    }

    #[test]
    fn nobody_is_accused_by_attempts_that_did_not_keep_the_keep_alive() {
        let late = attempt(1_000, 2, true);
        let in_time = attempt(999, 2, true);
        for attempts in [
            vec![late, late, late],
            vec![late, in_time, late],
            vec![attempt(1_200, 0, false); 3],
            vec![in_time],
        ] {
            assert_eq!(judge_attempts(&attempts), Verdict::too_busy());
        }
    }

    #[test]
    fn two_attempts_in_time_that_were_closed_are_wrong() {
        let in_time = attempt(999, 2, true);
        for attempts in [
            vec![in_time; 3],
            vec![in_time, attempt(1_000, 2, true), in_time],
        ] {
            let verdict = judge_attempts(&attempts);
            assert_eq!(verdict.rule.as_deref(), Some("MQTT-3.1.2-22"));
        }
        let unanswered = attempt(710, 5, false);
        let verdict = judge_attempts(&[in_time, unanswered, unanswered]);
        assert_eq!(verdict.rule.as_deref(), Some("MQTT-3.12.4-1"));
    }

    #[test]
    fn a_close_is_late_only_if_it_is_by_more_than_the_measure_is_unsure() {
        let silence = |slowest, unsure| Silence {
            slowest: Duration::from_millis(slowest),
            unsure: Duration::from_millis(unsure),
            wordless: false,
        };
        let outcome = |slowest, unsure| {
            let verdict = silence(slowest, unsure).judge("MQTT-3.1.2-22");
            verdict.ok().map(|verdict| verdict.outcome)
        };
        assert_eq!(outcome(2_300, 0), Some(Outcome::AsDemanded));
        assert_eq!(outcome(2_300, 9_000), Some(Outcome::AsDemanded));
        assert_eq!(outcome(2_301, 0), Some(Outcome::Late));
        assert_eq!(outcome(2_900, 600), None);
        assert_eq!(outcome(7_000, 600), Some(Outcome::Late));
        assert_eq!(outcome(15_000, 600), Some(Outcome::Wrong));
        assert_eq!(outcome(15_000, 13_000), None);
    }

    #[test]
    fn the_slowest_answer_counts_one_that_is_still_to_come() {
        let at = Duration::from_millis;
        let event = |ms, act| Event { at: at(ms), act };
        let sent = || Act::Sent {
            draft: pingreq(),
            proof: true,
        };
        let received = || Act::Received {
            bytes: vec![0xD0, 0],
            words: String::new(),
            proof: true,
        };
        let events = [
            event(100, sent()),
            event(130, received()),
            event(300, sent()),
            event(340, received()),
            event(500, sent()),
        ];
        assert_eq!(slowest_answer(&events, at(520)), at(40));
        assert_eq!(slowest_answer(&events, at(900)), at(400));
        assert_eq!(slowest_answer(&[], at(900)), Duration::ZERO);
    }
}
