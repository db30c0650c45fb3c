//! WI: Wills, seen by a subscriber. Those that a DISCONNECT decides about are in D.

use std::time::Duration;

use tokio::time::Instant;

use super::disconnect::{Fate, will_fate};
use super::messages::{forget, missing, one, tell};
use crate::draft::{Draft, byte_property, four_byte_property, join, text_property, user_property};
use crate::engine::{Message, Stage, Stop};
use crate::judge::Verdict;
use crate::scenario::words::v5;
use crate::scenario::{Answer, Need, Scenario, Steps};

/// The rows of the group.
pub(super) fn rows() -> Vec<Scenario> {
    let row = |id, title, demanded, rules: &[&'static str], steps: Steps| {
        v5(id, title, rules)
            .steps(steps)
            .best([Answer::Other(demanded)])
            .answer_is_due()
    };
    vec![
        row(
            "WI01",
            "TCP is closed without DISCONNECT, with a Will and a subscriber to it",
            "the Will once",
            &["MQTT-3.1.2-8", "MQTT-3.1.2-10"],
            |stage| Box::pin(closed(stage)),
        ),
        row(
            "WI02",
            "a Will with Will Retain 1, asked for afterwards",
            "the Will as a retained message",
            &["MQTT-3.1.2-15"],
            |stage| Box::pin(asked_for_afterwards(stage, true)),
        )
        .need(Need::Retain),
        row(
            "WI03",
            "a Will with Will Retain 0, asked for afterwards",
            "no message",
            &["MQTT-3.1.2-14"],
            |stage| Box::pin(asked_for_afterwards(stage, false)),
        )
        .need(Need::Retain),
        row(
            "WI04",
            "a Will of QoS 1 with Will Properties",
            "the Will, QoS 1, with its properties, User Properties in their order",
            &["MQTT-3.1.3-10", "MQTT-3.1.2-9"],
            |stage| Box::pin(with_properties(stage)),
        )
        .need(Need::Qos(1)),
        row(
            "WI05",
            "Will Delay Interval 3 s and a reconnect to the Session within it",
            "no Will",
            &["MQTT-3.1.3-9"],
            |stage| Box::pin(reconnected_in_time(stage)),
        )
        .long(),
        row(
            "WI06",
            "Will Delay Interval 60 s and a Session that ends with the connection",
            "the Will at once",
            &["MQTT-3.1.2-8", "3.1.3.2.2"],
            |stage| Box::pin(session_ends_first(stage)),
        ),
        row(
            "WI07",
            "a second connection with the same Client Identifier and Clean Start 1, with a Will and a subscriber to it",
            "the Will of the first connection",
            &["MQTT-3.1.2-8", "MQTT-3.1.4-3"],
            |stage| Box::pin(taken_over(stage)),
        ),
        row(
            "WI08",
            "a protocol error (second CONNECT), with a Will and a subscriber to it",
            "the Will",
            &["MQTT-3.1.2-8"],
            |stage| Box::pin(after_an_error(stage)),
        ),
    ]
}

/// The Will once, and only once.
pub(super) async fn closed(stage: &mut Stage) -> Result<Verdict, Stop> {
    let subscriber = stage.watcher().await?;
    let connect = stage.setting.connect().will(stage.setting.will());
    let (link, _) = stage.connect("client", connect).await?;
    stage.judge_from_here(link);
    stage.close(link).await;
    let mut messages = stage.messages(subscriber, 1).await;
    messages.extend(stage.further_messages(subscriber).await);
    tell(stage, subscriber, &messages);
    Ok(match one(stage, subscriber, &messages, "MQTT-3.1.2-8") {
        Ok(_) => Verdict::good(),
        Err(verdict) => verdict,
    })
}

pub(super) async fn asked_for_afterwards(stage: &mut Stage, retain: bool) -> Result<Verdict, Stop> {
    let subscriber = stage.watcher().await?;
    let will = stage.setting.will();
    let will = if retain { will.retained() } else { will };
    let connect = stage.setting.connect().will(will);
    let (link, _) = stage.connect("client", connect).await?;
    stage.judge_from_here(link);
    stage.close(link).await;
    // The subscriber that was there before shows that the Will is published.
    if stage.messages(subscriber, 1).await.is_empty() {
        let why = "the Will is not published";
        return Ok(missing(stage, subscriber, "MQTT-3.1.2-8", why));
    }
    let connect = stage.setting.connect_second("l");
    let (late, _) = stage.connect("late", connect).await?;
    let subscribe = stage.setting.subscribe(1, &[], &[("will", 0)]);
    stage.send(late, subscribe).await;
    let mut messages = stage.messages(late, usize::from(retain)).await;
    messages.extend(stage.further_messages(late).await);
    tell(stage, late, &messages);
    forget(stage, late, "will").await;
    Ok(match (retain, messages.as_slice()) {
        (true, messages) if messages.iter().any(|message| message.retain) => Verdict::good(),
        (false, []) => Verdict::good(),
        (true, _) => missing(
            stage,
            late,
            stage.rule("MQTT-3.1.2-15", "MQTT-3.1.2-17"),
            "the Will is not published as a retained message",
        ),
        (false, _) => Verdict::wrong(
            stage.rule("MQTT-3.1.2-14", "MQTT-3.1.2-16"),
            "the Will is published as a retained message",
        ),
    })
}

async fn with_properties(stage: &mut Stage) -> Result<Verdict, Stop> {
    let subscriber = stage.watcher().await?;
    let properties = join(&[
        &byte_property(0x01, 1),
        &text_property(0x03, "text/plain"),
        &text_property(0x08, "answer/here"),
        &text_property(0x09, [0, 0xFF]),
        &user_property("b", "1"),
        &user_property("a", "2"),
        &user_property("b", "3"),
    ]);
    let will = stage.setting.will().qos(1).properties(properties);
    let connect = stage.setting.connect().will(will);
    let (link, _) = stage.connect("client", connect).await?;
    stage.judge_from_here(link);
    stage.close(link).await;
    let messages = stage.messages(subscriber, 1).await;
    tell(stage, subscriber, &messages);
    let message = match one(stage, subscriber, &messages, "MQTT-3.1.2-8") {
        Ok(message) => message,
        Err(verdict) => return Ok(verdict),
    };
    let names: Vec<&str> = message
        .user_properties
        .iter()
        .map(|(_, value)| value.as_str())
        .collect();
    Ok(if names != ["1", "2", "3"] {
        Verdict::wrong(
            "MQTT-3.1.3-10",
            "the User Properties of the Will are not all there, or not in their order",
        )
    } else if message.qos != 1 {
        Verdict::wrong("MQTT-3.8.4-8", "the Will comes with another QoS than 1")
    } else if message.content_type.as_deref() != Some("text/plain")
        || message.response_topic.as_deref() != Some("answer/here")
        || message.correlation_data.as_deref() != Some(&[0, 0xFF][..])
        || message.is_text != Some(true)
    {
        Verdict::wrong(
            "MQTT-3.1.2-9",
            "properties of the Will are missing or altered",
        )
    } else {
        Verdict::good()
    })
}

async fn reconnected_in_time(stage: &mut Stage) -> Result<Verdict, Stop> {
    let subscriber = stage.watcher().await?;
    let will = stage.setting.will().properties(four_byte_property(0x18, 3));
    let connect = stage
        .setting
        .connect()
        .properties(four_byte_property(0x11, 60));
    let (link, _) = stage.connect("client", connect.clone().will(will)).await?;
    stage.judge_from_here(link);
    let closed = Instant::now();
    stage.close(link).await;
    // Without a Will, and to the same Session.
    let again = connect.with(|connect| connect.clean = false);
    let (again, connack) = stage.connect("client", again).await?;
    let away = closed.elapsed();
    if !super::liveness::session_present(&connack) {
        return Err(Stop::Skip(
            "the Session was not kept, so that the Will may be published".to_owned(),
        ));
    }
    let until = Instant::now() + Duration::from_millis(4_500);
    let packets = stage.listen(subscriber, until).await;
    let messages: Vec<Message> = packets
        .iter()
        .filter_map(|seen| stage.message_of(seen))
        .collect();
    tell(stage, subscriber, &messages);
    end_session(stage, again).await;
    Ok(match messages.is_empty() {
        true => Verdict::good(),
        // Half of the interval: the target may count whole seconds.
        false if away > Duration::from_millis(1_500) => return Err(Stop::TooBusy),
        false => Verdict::wrong(
            "MQTT-3.1.3-9",
            "the Will is published although its Client came back within the Will Delay Interval",
        ),
    })
}

/// DISCONNECT with Session Expiry Interval 0: the end of a Session of 5.0 that was to be kept.
pub(super) fn goodbye_for_good() -> Draft {
    [0xE0, 7, 0, 5, 0x11, 0, 0, 0, 0].into()
}

/// Ends a Session of 5.0 that was to be kept.
pub(super) async fn end_session(stage: &mut Stage, link: usize) {
    stage.send(link, goodbye_for_good()).await;
}

async fn session_ends_first(stage: &mut Stage) -> Result<Verdict, Stop> {
    let subscriber = stage.watcher().await?;
    let will = stage
        .setting
        .will()
        .properties(four_byte_property(0x18, 60));
    let connect = stage.setting.connect().will(will);
    let (link, _) = stage.connect("client", connect).await?;
    stage.judge_from_here(link);
    stage.close(link).await;
    let verdict = will_fate(stage, subscriber, Fate::Published).await;
    stage.tell(vec![
        match &verdict {
            None => "PUBLISH of the Will".to_owned(),
            Some(_) => "no Will".to_owned(),
        },
        "closed".to_owned(),
    ]);
    Ok(verdict.map_or_else(Verdict::good, |_| {
        Verdict::wrong(
            "MQTT-3.1.2-8",
            "the Session ended with the connection, and the Will is not published",
        )
    }))
}

async fn taken_over(stage: &mut Stage) -> Result<Verdict, Stop> {
    let subscriber = stage.watcher().await?;
    let connect = stage.setting.connect().will(stage.setting.will());
    let (link, _) = stage.connect("client", connect).await?;
    stage.judge_from_here(link);
    let second = stage.setting.connect();
    stage.connect("second", second).await?;
    let until = Instant::now() + stage.wait();
    stage.listen(link, until).await;
    let verdict = will_fate(stage, subscriber, Fate::Published).await;
    Ok(verdict.unwrap_or_else(Verdict::good))
}

async fn after_an_error(stage: &mut Stage) -> Result<Verdict, Stop> {
    let subscriber = stage.watcher().await?;
    let connect = stage.setting.connect().will(stage.setting.will());
    let (link, _) = stage.connect("client", connect).await?;
    // Without a Will: there is only the one of the first CONNECT.
    let second = stage.setting.connect().draft();
    stage.stimulate(link, second).await;
    let until = Instant::now() + stage.wait();
    stage.listen(link, until).await;
    if stage.end(link) == crate::engine::End::Open {
        return Err(Stop::Skip(
            "the second CONNECT does not end the connection (C01)".to_owned(),
        ));
    }
    let verdict = will_fate(stage, subscriber, Fate::Published).await;
    Ok(verdict.unwrap_or_else(Verdict::good))
}
