//! E: Sessions across connections.

use std::time::Duration;

use mqtt_reason::{PacketType, Version};
use tokio::time::Instant;

use super::liveness::{must_keep, session_present};
use super::messages::{missing, one, tell};
use super::wills::{end_session, goodbye_for_good};
use crate::draft::{self, Connect, Draft, acknowledge, four_byte_property};
use crate::engine::{Message, Seen, Stage, Stop};
use crate::judge::Verdict;
use crate::scenario::words::v5;
use crate::scenario::{Answer, Need, Scenario, Steps};

/// The rows of the group.
pub(super) fn rows() -> Vec<Scenario> {
    let row = |id, title, demanded, rules: &[&'static str], steps: Steps| {
        v5(id, title, rules)
            .steps(steps)
            .need(Need::Qos(1))
            .best([Answer::Other(demanded)])
            .answer_is_due()
    };
    vec![
        row(
            "E01",
            "a QoS 1 message to a Session whose Client is away",
            "the message after the reconnect",
            &["MQTT-4.5.0-1", "MQTT-3.1.2-5", "MQTT-3.1.2-23"],
            |stage| Box::pin(kept_for_later(stage)),
        ),
        row(
            "E02",
            "a Session that is discarded with Clean Start 1: its subscription and its messages",
            "no message",
            &["MQTT-3.1.2-4"],
            |stage| Box::pin(discarded(stage)),
        ),
        row(
            "E03",
            "Session Expiry Interval 1 s, a reconnect after 8 s",
            "Session Present 0",
            &["MQTT-4.1.0-2", "MQTT-3.1.2-23"],
            |stage| Box::pin(expired(stage)),
        )
        .long(),
        row(
            "E04",
            "a QoS 1 message that was not acknowledged, after the reconnect",
            "the message with its identifier and DUP 1",
            &["MQTT-4.4.0-1", "MQTT-3.3.1-1"],
            |stage| Box::pin(resent(stage)),
        ),
        row(
            "E05",
            "a QoS 1 message that was refused with PUBACK 0x83, after the reconnect",
            "no message",
            &["MQTT-4.4.0-2"],
            |stage| Box::pin(not_resent_after_refusal(stage)),
        ),
        row(
            "E06",
            "a QoS 2 message whose PUBREL was not answered, after the reconnect",
            "PUBREL with its identifier, no PUBLISH",
            &["MQTT-4.4.0-1", "MQTT-4.3.3-6"],
            |stage| Box::pin(pubrel_resent(stage)),
        )
        .need(Need::Qos(2)),
        row(
            "E07",
            "a Session that ends with its connection (Session Expiry Interval 0)",
            "Session Present 0",
            &["MQTT-4.1.0-2", "MQTT-3.2.2-3"],
            |stage| Box::pin(ends_with_the_connection(stage)),
        ),
        row(
            "E08",
            "DISCONNECT with Session Expiry Interval 0 after CONNECT with 60",
            "Session Present 0",
            &["MQTT-4.1.0-2", "3.14.2.2.2"],
            |stage| Box::pin(shortened(stage)),
        ),
        row(
            "E09",
            "three QoS 1 messages to a Session whose Client is away",
            "the messages in their order",
            &["MQTT-4.6.0-5", "MQTT-4.6.0-6"],
            |stage| Box::pin(kept_in_order(stage)),
        ),
    ]
}

/// The CONNECT of a Session that is kept.
fn kept(stage: &Stage, clean: bool) -> Connect {
    let connect = stage
        .setting
        .connect()
        .with(|connect| connect.clean = clean);
    match stage.version() {
        Version::V5_0 => connect.properties(four_byte_property(0x11, 60)),
        // 3.1.1 keeps the Session of a CONNECT with Clean Session 0.
        _ => connect.with(|connect| connect.clean = false),
    }
}

/// Ends a connection so that the Session stays.
async fn away(stage: &mut Stage, link: usize) {
    stage.send(link, draft::disconnect()).await;
    let until = Instant::now() + stage.wait();
    stage.listen(link, until).await;
    stage.close(link).await;
}

/// A Session with a subscription; in 3.1.1 one of another test run may still be there, so it is begun anew.
async fn begin(stage: &mut Stage, qos: u8) -> Result<usize, Stop> {
    let connect = kept(stage, true);
    let (link, connack) = stage.connect("client", connect).await?;
    must_keep(&connack, 60)?;
    let subscribe = stage.setting.subscribe(1, &[], &[("t", qos)]);
    stage.subscribe(link, subscribe).await?;
    Ok(link)
}

async fn publish(stage: &mut Stage, payloads: &[&str]) -> Result<(), Stop> {
    let publisher = stage.publisher().await?;
    for (index, payload) in payloads.iter().enumerate() {
        let id = u16::try_from(index + 1).unwrap_or(1);
        let draft = stage
            .setting
            .publish(0x32, "t", Some(id), &[], payload.as_bytes());
        stage.publish_acknowledged(publisher, draft).await?;
    }
    Ok(())
}

/// Comes back to the Session.
async fn back(stage: &mut Stage) -> Result<(usize, Seen), Stop> {
    let connect = kept(stage, false);
    let (link, connack) = stage.connect("client", connect).await?;
    stage.judge_from_here(link);
    Ok((link, connack))
}

/// Ends the Session so that nothing is left behind.
async fn clean_up(stage: &mut Stage, link: usize) {
    match stage.version() {
        Version::V5_0 => end_session(stage, link).await,
        _ => {
            stage.send(link, draft::disconnect()).await;
            let connect = stage.setting.connect();
            let _ = stage.connect("client", connect).await;
        }
    }
}

pub(super) async fn kept_for_later(stage: &mut Stage) -> Result<Verdict, Stop> {
    let link = begin(stage, 1).await?;
    away(stage, link).await;
    publish(stage, &["m"]).await?;
    let (link, connack) = back(stage).await?;
    let mut messages = stage.messages(link, 1).await;
    messages.extend(stage.further_messages(link).await);
    tell(stage, link, &messages);
    clean_up(stage, link).await;
    if !session_present(&connack) {
        let rule = stage.rule("MQTT-3.1.2-5", "MQTT-3.1.2-4");
        return Ok(Verdict::wrong(
            rule,
            "the Session was not kept: Session Present 0",
        ));
    }
    Ok(match one(stage, link, &messages, "MQTT-4.5.0-1") {
        Ok(message) if message.says("m") => Verdict::good(),
        Ok(_) => Verdict::wrong("MQTT-4.5.0-1", "another message comes"),
        Err(verdict) => verdict,
    })
}

pub(super) async fn discarded(stage: &mut Stage) -> Result<Verdict, Stop> {
    let link = begin(stage, 1).await?;
    away(stage, link).await;
    publish(stage, &["before"]).await?;
    let connect = stage.setting.connect();
    let (link, _) = stage.connect("client", connect).await?;
    stage.judge_from_here(link);
    publish(stage, &["after"]).await?;
    let messages = stage.further_messages(link).await;
    tell(stage, link, &messages);
    let rule = stage.rule("MQTT-3.1.2-4", "MQTT-3.1.2-6");
    Ok(match messages.is_empty() {
        true => Verdict::good(),
        false => Verdict::wrong(
            rule,
            "messages of the discarded Session come to the new one",
        ),
    })
}

async fn expired(stage: &mut Stage) -> Result<Verdict, Stop> {
    let connect = stage.setting.connect();
    let (link, _) = stage
        .connect("client", connect.properties(four_byte_property(0x11, 1)))
        .await?;
    away(stage, link).await;
    tokio::time::sleep(Duration::from_secs(8)).await;
    is_gone(stage, "the Session is still there 7 s after its end").await
}

/// Connects to a Session that has ended and looks at Session Present.
async fn is_gone(stage: &mut Stage, why: &str) -> Result<Verdict, Stop> {
    let connect = stage
        .setting
        .connect()
        .with(|connect| connect.clean = false);
    let (link, connack) = stage.connect("client", connect).await?;
    stage.judge_from_here(link);
    let present = session_present(&connack);
    stage.tell(vec![
        format!(
            "{}, Session Present {}",
            connack.in_words(),
            u8::from(present)
        ),
        stage.end(link).name().to_owned(),
    ]);
    Ok(match present {
        false => Verdict::good(),
        true => Verdict::wrong("MQTT-4.1.0-2", why),
    })
}

/// Whether a Session is gone that ends with its connection. A target that has not seen the end of the connection yet
/// rightly says that the Session is there: it gets more time, and the last answer counts.
async fn gone_after(
    stage: &mut Stage,
    connect: Connect,
    goodbye: Draft,
    why: &str,
) -> Result<Verdict, Stop> {
    let mut verdict = Verdict::good();
    for seconds in [0, 1, 3] {
        let (link, _) = stage.connect("client", connect.clone()).await?;
        stage.send(link, goodbye.clone()).await;
        let until = Instant::now() + stage.wait();
        stage.listen(link, until).await;
        stage.close(link).await;
        tokio::time::sleep(Duration::from_secs(seconds)).await;
        verdict = is_gone(stage, why).await?;
        if verdict == Verdict::good() {
            break;
        }
        stage.close(stage.subject_index()).await;
    }
    Ok(verdict)
}

async fn ends_with_the_connection(stage: &mut Stage) -> Result<Verdict, Stop> {
    let why = "a Session of Session Expiry Interval 0 outlives its connection";
    let connect = stage.setting.connect();
    gone_after(stage, connect, draft::disconnect(), why).await
}

async fn shortened(stage: &mut Stage) -> Result<Verdict, Stop> {
    let why = "the Session outlives its connection although DISCONNECT set its Session Expiry Interval to 0";
    let connect = kept(stage, true);
    gone_after(stage, connect, goodbye_for_good(), why).await
}

/// A connection whose Client goes away before it answers the message that it got.
async fn unanswered(stage: &mut Stage, answer: fn(u16) -> Option<Draft>) -> Result<Message, Stop> {
    let link = begin(stage, 1).await?;
    publish(stage, &["m"]).await?;
    let messages = stage.messages_unacknowledged(link, 1).await;
    let Some(message) = messages.into_iter().next() else {
        return Err(Stop::Skip("the message does not come (M01)".to_owned()));
    };
    let id = message.packet_id.unwrap_or_default();
    if let Some(answer) = answer(id) {
        stage.send(link, answer).await;
        stage.flush(link).await;
    }
    stage.close(link).await;
    Ok(message)
}

pub(super) async fn resent(stage: &mut Stage) -> Result<Verdict, Stop> {
    let first = unanswered(stage, |_| None).await?;
    let (link, _) = back(stage).await?;
    let messages = stage.messages(link, 1).await;
    tell(stage, link, &messages);
    clean_up(stage, link).await;
    Ok(match one(stage, link, &messages, "MQTT-4.4.0-1") {
        Ok(message) if message.packet_id != first.packet_id => Verdict::wrong(
            "MQTT-4.4.0-1",
            "the message is sent again with another identifier",
        ),
        Ok(message) if !message.dup => {
            Verdict::wrong("MQTT-3.3.1-1", "the message is sent again with DUP 0")
        }
        Ok(_) => Verdict::good(),
        Err(verdict) => verdict,
    })
}

async fn not_resent_after_refusal(stage: &mut Stage) -> Result<Verdict, Stop> {
    unanswered(stage, |id| {
        let [high, low] = id.to_be_bytes();
        Some(Draft::new([0x40, 3, high, low, 0x83]))
    })
    .await?;
    let (link, _) = back(stage).await?;
    let messages = stage.further_messages(link).await;
    tell(stage, link, &messages);
    clean_up(stage, link).await;
    Ok(match messages.is_empty() {
        true => Verdict::good(),
        false => Verdict::wrong("MQTT-4.4.0-2", "a message is sent again after PUBACK 0x83"),
    })
}

pub(super) async fn pubrel_resent(stage: &mut Stage) -> Result<Verdict, Stop> {
    let link = begin(stage, 2).await?;
    let publisher = stage.publisher().await?;
    let draft = stage.setting.publish(0x34, "t", Some(7), &[], b"m");
    stage.send(publisher, draft).await;
    stage.expect(publisher, PacketType::Pubrec).await?;
    stage.send(publisher, acknowledge(0x62, 7)).await;
    let messages = stage.messages_unacknowledged(link, 1).await;
    let Some(Some(id)) = messages.first().map(|message| message.packet_id) else {
        return Err(Stop::Skip("the message does not come (M42)".to_owned()));
    };
    stage.send(link, acknowledge(0x50, id)).await;
    stage.expect(link, PacketType::Pubrel).await?;
    stage.close(link).await;
    let (link, _) = back(stage).await?;
    let until = Instant::now() + stage.patience();
    let mut told = Vec::new();
    let mut pubrel = false;
    let mut again = false;
    while let Some(seen) = stage.next(link, until).await {
        told.push(seen.in_words());
        again |= stage.message_of(&seen).is_some();
        pubrel |= seen.packet_type() == Some(PacketType::Pubrel) && seen.packet_id() == Some(id);
        stage.acknowledge(link, &seen).await;
        if pubrel || again {
            break;
        }
    }
    told.push(stage.end(link).name().to_owned());
    stage.tell(told);
    clean_up(stage, link).await;
    let again_rule = stage.rule("MQTT-4.3.3-6", "MQTT-4.3.3-1");
    Ok(if again {
        Verdict::wrong(
            again_rule,
            "PUBLISH is sent again although its PUBREL was sent",
        )
    } else if pubrel {
        Verdict::good()
    } else {
        missing(
            stage,
            link,
            "MQTT-4.4.0-1",
            "PUBREL is not sent again after the reconnect",
        )
    })
}

async fn kept_in_order(stage: &mut Stage) -> Result<Verdict, Stop> {
    let link = begin(stage, 1).await?;
    away(stage, link).await;
    publish(stage, &["1", "2", "3"]).await?;
    let (link, connack) = back(stage).await?;
    let messages = stage.messages(link, 3).await;
    tell(stage, link, &messages);
    clean_up(stage, link).await;
    if !session_present(&connack) {
        return Err(Stop::Skip("the Session was not kept (E01)".to_owned()));
    }
    let payloads: Vec<&[u8]> = messages
        .iter()
        .map(|message| message.payload.as_slice())
        .collect();
    Ok(match payloads.as_slice() {
        [b"1", b"2", b"3"] => Verdict::good(),
        [_, _, _] => Verdict::wrong("MQTT-4.6.0-5", "messages of one topic overtake each other"),
        few => {
            let why = format!("{} of 3 messages come", few.len());
            missing(stage, link, "MQTT-4.5.0-1", &why)
        }
    })
}
