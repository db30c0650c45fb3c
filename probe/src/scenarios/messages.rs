//! M: what becomes of a message between a publisher and its subscribers.

use mqtt_reason::PacketType;
use tokio::time::Instant;

use crate::draft::{
    self, acknowledge, byte_property, four_byte_property, join, text_property, two_byte_property,
    user_property,
};
use crate::engine::{End, Message, Stage, Stop};
use crate::judge::{Outcome, Verdict};
use crate::scenario::words::v5;
use crate::scenario::{Answer, Need, Scenario, Steps};

/// The rows of the group.
pub(super) fn rows() -> Vec<Scenario> {
    [forwarding(), properties(), options(), matching(), flow()]
        .into_iter()
        .flatten()
        .collect()
}

fn row(
    id: &'static str,
    title: &'static str,
    demanded: &'static str,
    rules: &[&'static str],
    steps: Steps,
) -> Scenario {
    v5(id, title, rules)
        .steps(steps)
        .need(Need::Qos(1))
        .best([Answer::Other(demanded)])
        .answer_is_due()
}

/// A subscriber with these options and a publisher.
async fn pair(stage: &mut Stage, filters: &[(&str, u8)]) -> Result<(usize, usize), Stop> {
    let subscriber = stage.subscriber(filters).await?;
    let publisher = stage.publisher().await?;
    Ok((subscriber, publisher))
}

/// Tells what the subscriber got.
pub(super) fn tell(stage: &mut Stage, subscriber: usize, messages: &[Message]) {
    let mut told: Vec<_> = messages.iter().map(Message::in_words).collect();
    told.push(stage.end(subscriber).name().to_owned());
    stage.tell(told);
}

/// `wrong`, because a message does not come; but one that could not come any more, because the connection was closed, shows
/// nothing.
pub(super) fn missing(stage: &Stage, subscriber: usize, rule: &str, why: &str) -> Verdict {
    match stage.end(subscriber) {
        End::Open => Verdict::wrong(rule, why),
        _ => Verdict::cut_off(),
    }
}

/// The one message that has to come, or why it did not.
pub(super) fn one<'a>(
    stage: &Stage,
    subscriber: usize,
    messages: &'a [Message],
    rule: &str,
) -> Result<&'a Message, Verdict> {
    match messages {
        [message] => Ok(message),
        [] => {
            let why = "the message does not come to the subscriber";
            Err(missing(stage, subscriber, rule, why))
        }
        more => Err(Verdict::wrong(
            rule,
            format!("{} messages come where one was published", more.len()),
        )),
    }
}

/// Publishes one message with QoS 1 and hands the one that the subscriber gets to `check`.
async fn forwarded(
    stage: &mut Stage,
    filters: &[(&str, u8)],
    draft: fn(&Stage) -> draft::Draft,
    rule: &'static str,
    check: fn(&Message) -> Result<(), String>,
) -> Result<Verdict, Stop> {
    let (subscriber, publisher) = pair(stage, filters).await?;
    let draft = draft(stage);
    stage.judge_from_here(publisher);
    stage.publish_acknowledged(publisher, draft).await?;
    let mut messages = stage.messages(subscriber, 1).await;
    messages.extend(stage.further_messages(subscriber).await);
    tell(stage, subscriber, &messages);
    Ok(match one(stage, subscriber, &messages, "MQTT-4.5.0-1") {
        Err(verdict) => verdict,
        Ok(message) => match check(message) {
            Ok(()) => Verdict::good(),
            Err(why) => Verdict::wrong(rule, why),
        },
    })
}

fn ensure(fits: bool, why: &str) -> Result<(), String> {
    match fits {
        true => Ok(()),
        false => Err(why.to_owned()),
    }
}

fn forwarding() -> Vec<Scenario> {
    vec![
        row(
            "M01",
            "a QoS 1 message to a QoS 1 subscription",
            "the message once, QoS 1",
            &["MQTT-4.5.0-1", "MQTT-3.8.4-8", "MQTT-3.3.2-3"],
            |stage| {
                Box::pin(forwarded(
                    stage,
                    &[("t", 1)],
                    |stage| stage.setting.publish(0x32, "t", Some(7), &[], b"m"),
                    "MQTT-3.8.4-8",
                    |message| {
                        ensure(message.says("m"), "another payload comes")?;
                        ensure(message.topic.ends_with("/t"), "another Topic Name comes")?;
                        ensure(message.qos == 1, "it comes with another QoS than 1")
                    },
                ))
            },
        ),
        row(
            "M02",
            "a QoS 1 message to a QoS 0 subscription",
            "the message once, QoS 0",
            &["MQTT-3.8.4-8"],
            |stage| {
                Box::pin(forwarded(
                    stage,
                    &[("t", 0)],
                    |stage| stage.setting.publish(0x32, "t", Some(7), &[], b"m"),
                    "MQTT-3.8.4-8",
                    |message| ensure(message.qos == 0, "it comes with a higher QoS than was granted"),
                ))
            },
        ),
        row(
            "M03",
            "a message with DUP 1",
            "the message with DUP 0",
            &["MQTT-3.3.1-3"],
            |stage| {
                Box::pin(forwarded(
                    stage,
                    &[("t", 1)],
                    |stage| stage.setting.publish(0x3A, "t", Some(7), &[], b"m"),
                    "MQTT-3.3.1-3",
                    |message| ensure(!message.dup, "DUP is passed on to the subscriber"),
                ))
            },
        ),
        row(
            "M04",
            "a message with RETAIN 1 to a subscription that stands (Retain As Published 0)",
            "the message with RETAIN 0",
            &["MQTT-3.3.1-12"],
            |stage| Box::pin(retain_flag(stage, false)),
        )
        .need(Need::Retain),
        row(
            "M05",
            "a message with RETAIN 1 to a subscription with Retain As Published 1",
            "the message with RETAIN 1",
            &["MQTT-3.3.1-13"],
            |stage| Box::pin(retain_flag(stage, true)),
        )
        .need(Need::Retain),
        row(
            "M06",
            "a Topic Name that begins with U+FEFF (EF BB BF)",
            "the message with the whole Topic Name",
            &["MQTT-1.5.4-3", "MQTT-4.7.3-4"],
            |stage| {
                Box::pin(forwarded(
                    stage,
                    &[("+", 1)],
                    |stage| stage.setting.publish(0x32, "\u{FEFF}t", Some(7), &[], b"m"),
                    "MQTT-1.5.4-3",
                    |message| {
                        ensure(
                            message.topic.ends_with("/\u{FEFF}t"),
                            "U+FEFF is stripped off the Topic Name",
                        )
                    },
                ))
            },
        )
        .need(Need::Wildcard),
        row(
            "M07",
            "20 messages of one publisher to one topic",
            "the messages in their order",
            &["MQTT-4.6.0-5", "MQTT-4.6.0-6"],
            |stage| Box::pin(in_order(stage)),
        ),
        row(
            "M08",
            "a QoS 2 message whose PUBLISH is sent twice before PUBREL",
            "the message once",
            &["MQTT-4.3.3-10"],
            |stage| Box::pin(exactly_once(stage)),
        )
        .need(Need::Qos(2)),
        row(
            "M09",
            "a message that is refused (PUBACK or PUBREC of 0x80 and above, QoS 1 to --denied-topic), with a subscriber",
            "no message",
            &["3.4.2.1"],
            |stage| Box::pin(refused_not_forwarded(stage)),
        )
        .need(Need::DeniedTopic),
    ]
}

pub(super) async fn retain_flag(stage: &mut Stage, as_published: bool) -> Result<Verdict, Stop> {
    let options = if as_published { 0x09 } else { 0x01 };
    let (subscriber, publisher) = pair(stage, &[("t", options)]).await?;
    let draft = stage.setting.publish(0x33, "t", Some(7), &[], b"m");
    stage.judge_from_here(publisher);
    stage.publish_acknowledged(publisher, draft).await?;
    let messages = stage.messages(subscriber, 1).await;
    tell(stage, subscriber, &messages);
    forget(stage, publisher, "t").await;
    let rule = match as_published {
        true => "MQTT-3.3.1-13",
        false => stage.rule("MQTT-3.3.1-12", "MQTT-3.3.1-9"),
    };
    Ok(match one(stage, subscriber, &messages, "MQTT-4.5.0-1") {
        Err(verdict) => verdict,
        Ok(message) if message.retain == as_published => Verdict::good(),
        Ok(message) => Verdict::wrong(
            rule,
            format!(
                "RETAIN {} comes to this subscription",
                u8::from(message.retain)
            ),
        ),
    })
}

/// Removes a retained message, whatever came before.
pub(super) async fn forget(stage: &mut Stage, publisher: usize, name: &str) {
    let draft = stage.setting.publish(0x31, name, None, &[], b"");
    stage.send(publisher, draft).await;
    stage.flush(publisher).await;
}

pub(super) async fn in_order(stage: &mut Stage) -> Result<Verdict, Stop> {
    let (subscriber, publisher) = pair(stage, &[("t", 0)]).await?;
    let mut all = draft::Draft::default();
    for number in 0..20 {
        let payload = format!("{number:02}");
        let next = stage
            .setting
            .publish(0x30, "t", None, &[], payload.as_bytes());
        all = all.then(&next);
    }
    stage.stimulate(publisher, all).await;
    let messages = stage.messages(subscriber, 20).await;
    tell(stage, subscriber, &messages);
    if messages.is_empty() {
        return Ok(Verdict::new(
            Outcome::Observed,
            "none of 20 QoS 0 messages comes, which QoS 0 allows",
        ));
    }
    let sorted = messages.windows(2).all(|pair| match pair {
        [first, second] => first.payload < second.payload,
        _ => true,
    });
    Ok(match sorted {
        true => Verdict::good(),
        false => Verdict::wrong(
            stage.rule("MQTT-4.6.0-5", "MQTT-4.6.0-6"),
            "messages of one topic overtake each other",
        ),
    })
}

pub(super) async fn exactly_once(stage: &mut Stage) -> Result<Verdict, Stop> {
    let (subscriber, publisher) = pair(stage, &[("t", 2)]).await?;
    let first = stage.setting.publish(0x34, "t", Some(7), &[], b"m");
    let again = stage.setting.publish(0x3C, "t", Some(7), &[], b"m");
    stage.stimulate(publisher, first.then(&again)).await;
    stage.expect(publisher, PacketType::Pubrec).await?;
    stage.flush(publisher).await;
    stage.send(publisher, acknowledge(0x62, 7)).await;
    stage.expect(publisher, PacketType::Pubcomp).await?;
    let mut messages = stage.messages(subscriber, 1).await;
    messages.extend(stage.further_messages(subscriber).await);
    tell(stage, subscriber, &messages);
    let rule = stage.rule("MQTT-4.3.3-10", "MQTT-4.3.3-2");
    Ok(match one(stage, subscriber, &messages, rule) {
        Ok(_) => Verdict::good(),
        Err(verdict) => verdict,
    })
}

async fn refused_not_forwarded(stage: &mut Stage) -> Result<Verdict, Stop> {
    let topic = stage
        .setting
        .options
        .denied_topic
        .clone()
        .unwrap_or_default();
    let connect = stage.setting.connect_second("s");
    let (subscriber, _) = stage.connect("subscriber", connect).await?;
    let subscribe = draft::subscribe(stage.version(), 1, &[], &[(topic.clone(), 1)]);
    stage.subscribe(subscriber, subscribe).await?;
    let publisher = stage.publisher().await?;
    let draft = draft::publish(stage.version(), 0x32, topic, Some(7), &[], "m");
    stage.stimulate(publisher, draft).await;
    let until = Instant::now() + stage.wait();
    let answers = stage.listen(publisher, until).await;
    let messages = stage.further_messages(subscriber).await;
    tell(stage, subscriber, &messages);
    let refused = answers.iter().any(crate::engine::Seen::refuses);
    Ok(match messages.as_slice() {
        [] => Verdict::good(),
        _ if refused => Verdict::wrong(
            "3.4.2.1",
            "the message was refused and is forwarded all the same",
        ),
        _ => Verdict::wrong("3.4.2.1", "a message to the forbidden topic is forwarded"),
    })
}

fn properties() -> Vec<Scenario> {
    vec![
        row(
            "M10",
            "Payload Format Indicator, Content Type, Response Topic, Correlation Data",
            "the message with all of them",
            &[
                "MQTT-3.3.2-4",
                "MQTT-3.3.2-15",
                "MQTT-3.3.2-16",
                "MQTT-3.3.2-20",
            ],
            |stage| Box::pin(unaltered(stage)),
        ),
        row(
            "M11",
            "four User Properties, two of the same name",
            "the message with all four, in their order",
            &["MQTT-3.3.2-18", "MQTT-3.3.2-17"],
            |stage| {
                Box::pin(forwarded(
                    stage,
                    &[("t", 1)],
                    |stage| {
                        let pairs = join(&[
                            &user_property("b", "1"),
                            &user_property("a", "2"),
                            &user_property("b", "3"),
                            &user_property("", ""),
                        ]);
                        stage.setting.publish(0x32, "t", Some(7), &pairs, b"m")
                    },
                    "MQTT-3.3.2-18",
                    |message| {
                        let pairs: Vec<(&str, &str)> = message
                            .user_properties
                            .iter()
                            .map(|(name, value)| (name.as_str(), value.as_str()))
                            .collect();
                        ensure(
                            pairs == [("b", "1"), ("a", "2"), ("b", "3"), ("", "")],
                            "the User Properties are not all there, or not in their order",
                        )
                    },
                ))
            },
        ),
        row(
            "M12",
            "Message Expiry Interval 100",
            "the message with a Message Expiry Interval of at most 100",
            &["MQTT-3.3.2-6"],
            |stage| {
                Box::pin(forwarded(
                    stage,
                    &[("t", 1)],
                    |stage| {
                        let expiry = four_byte_property(0x02, 100);
                        stage.setting.publish(0x32, "t", Some(7), &expiry, b"m")
                    },
                    "MQTT-3.3.2-6",
                    |message| {
                        ensure(
                            message
                                .expiry
                                .is_some_and(|expiry| (1..=100).contains(&expiry)),
                            "the Message Expiry Interval is not the received value minus the time that it waited",
                        )
                    },
                ))
            },
        ),
        row(
            "M13",
            "a Topic Alias in its first use and then without a Topic Name",
            "both messages, with the Topic Name, without that alias",
            &["MQTT-3.3.2-12", "MQTT-3.1.2-27"],
            |stage| Box::pin(topic_alias(stage)),
        )
        .need(Need::TwoInFlight)
        .need(Need::TopicAlias),
        row(
            "M14",
            "a subscriber that announced no Topic Alias Maximum",
            "messages without a Topic Alias",
            &["MQTT-3.1.2-27"],
            |stage| {
                Box::pin(forwarded(
                    stage,
                    &[("t", 1)],
                    |stage| stage.setting.publish(0x32, "t", Some(7), &[], b"m"),
                    "MQTT-3.1.2-27",
                    |message| {
                        ensure(
                            message.topic_alias.is_none(),
                            "a Topic Alias comes although none was allowed",
                        )
                    },
                ))
            },
        ),
        row(
            "M15",
            "four topics to a subscriber with Topic Alias Maximum 2",
            "messages with Topic Aliases up to 2, or none",
            &["MQTT-3.1.2-26"],
            |stage| Box::pin(alias_maximum(stage)),
        ),
        row(
            "M16",
            "a message larger than the Maximum Packet Size of one of two subscribers",
            "PUBACK; the message to the other one; only the next, smaller one to the first",
            &["MQTT-3.1.2-25", "MQTT-3.1.2-24"],
            |stage| Box::pin(too_large_for_one(stage)),
        )
        .need(Need::PacketSize(500)),
        row(
            "M17",
            "a retained message with a Message Expiry Interval of 1 s, asked for after 3 s",
            "no message",
            &["MQTT-3.3.2-5"],
            |stage| Box::pin(expired(stage)),
        )
        .need(Need::Retain)
        .long(),
    ]
}

async fn unaltered(stage: &mut Stage) -> Result<Verdict, Stop> {
    let (subscriber, publisher) = pair(stage, &[("t", 1)]).await?;
    let properties = join(&[
        &byte_property(0x01, 1),
        &text_property(0x03, "text/plain"),
        &text_property(0x08, "answer/here"),
        &text_property(0x09, [0, 0xFF, 7]),
    ]);
    let draft = stage.setting.publish(0x32, "t", Some(7), &properties, b"m");
    stage.judge_from_here(publisher);
    stage.publish_acknowledged(publisher, draft).await?;
    let messages = stage.messages(subscriber, 1).await;
    tell(stage, subscriber, &messages);
    let message = match one(stage, subscriber, &messages, "MQTT-4.5.0-1") {
        Ok(message) => message,
        Err(verdict) => return Ok(verdict),
    };
    let lost = |rule, name| {
        Ok(Verdict::wrong(
            rule,
            format!("{name} is not passed on unaltered"),
        ))
    };
    if message.is_text != Some(true) {
        return lost("MQTT-3.3.2-4", "the Payload Format Indicator");
    }
    if message.content_type.as_deref() != Some("text/plain") {
        return lost("MQTT-3.3.2-20", "the Content Type");
    }
    if message.response_topic.as_deref() != Some("answer/here") {
        return lost("MQTT-3.3.2-15", "the Response Topic");
    }
    if message.correlation_data.as_deref() != Some(&[0, 0xFF, 7][..]) {
        return lost("MQTT-3.3.2-16", "the Correlation Data");
    }
    Ok(Verdict::good())
}

async fn topic_alias(stage: &mut Stage) -> Result<Verdict, Stop> {
    let (subscriber, publisher) = pair(stage, &[("t", 1)]).await?;
    let alias = two_byte_property(0x23, stage.setting.limits.topic_alias_maximum);
    let first = stage.setting.publish(0x32, "t", Some(7), &alias, b"1");
    let second = draft::publish(stage.version(), 0x32, "", Some(8), &alias, "2");
    stage.judge_from_here(publisher);
    stage.send(publisher, first.then(&second)).await;
    let messages = stage.messages(subscriber, 2).await;
    tell(stage, subscriber, &messages);
    let topic = stage.setting.topic("t");
    Ok(match messages.as_slice() {
        [first, second] if first.topic == topic && second.topic == topic => Verdict::good(),
        _ => missing(
            stage,
            subscriber,
            "MQTT-3.3.2-12",
            "an alias up to the announced Topic Alias Maximum does not stand for its Topic Name",
        ),
    })
}

async fn alias_maximum(stage: &mut Stage) -> Result<Verdict, Stop> {
    let connect = stage.setting.connect_second("s");
    let connect = connect.properties(two_byte_property(0x22, 2));
    let (subscriber, _) = stage.connect("subscriber", connect).await?;
    let names = ["a", "b", "c", "d"];
    let filters: Vec<_> = names.iter().map(|name| (*name, 0)).collect();
    let subscribe = stage.setting.subscribe(1, &[], &filters);
    stage.subscribe(subscriber, subscribe).await?;
    let publisher = stage.publisher().await?;
    let mut all = draft::Draft::default();
    for name in names {
        all = all.then(&stage.setting.publish(0x30, name, None, &[], b"m"));
    }
    stage.stimulate(publisher, all.clone().then(&all)).await;
    let messages = stage.messages(subscriber, 8).await;
    tell(stage, subscriber, &messages);
    let above = messages
        .iter()
        .filter_map(|m| m.topic_alias)
        .find(|alias| *alias > 2);
    Ok(match above {
        Some(alias) => Verdict::wrong(
            "MQTT-3.1.2-26",
            format!("Topic Alias {alias} comes, the Client announced 2"),
        ),
        None if messages.is_empty() => Verdict::new(Outcome::Observed, "no message comes"),
        None => Verdict::good(),
    })
}

async fn too_large_for_one(stage: &mut Stage) -> Result<Verdict, Stop> {
    let connect = stage.setting.connect_second("s");
    let small = connect.with(|connect| connect.maximum_packet_size = Some(200));
    let (small, _) = stage.connect("small", small).await?;
    let subscribe = stage.setting.subscribe(1, &[], &[("t", 1)]);
    stage.subscribe(small, subscribe).await?;
    let connect = stage.setting.connect_second("l");
    let (large, _) = stage.connect("large", connect).await?;
    let subscribe = stage.setting.subscribe(1, &[], &[("t", 1)]);
    stage.subscribe(large, subscribe).await?;
    let publisher = stage.publisher().await?;
    let draft = stage.setting.publish(0x32, "t", Some(7), &[], &[b'x'; 400]);
    stage.judge_from_here(publisher);
    stage.publish_acknowledged(publisher, draft).await?;
    let next = stage.setting.publish(0x32, "t", Some(8), &[], b"small");
    stage.publish_acknowledged(publisher, next).await?;
    let messages = stage.messages(small, 1).await;
    let to_large = stage.messages(large, 2).await;
    tell(stage, small, &messages);
    Ok(match messages.as_slice() {
        [message] if message.says("small") && to_large.len() == 2 => Verdict::good(),
        [message] if message.says("small") => missing(
            stage,
            large,
            "MQTT-3.1.2-25",
            "the subscriber that takes large packets does not get both messages",
        ),
        [] if stage.end(small) != End::Open => Verdict::wrong(
            "MQTT-3.1.2-25",
            "the subscriber is cut off because a message is too large for it",
        ),
        _ => Verdict::wrong(
            "MQTT-3.1.2-25",
            "the next message does not come to the subscriber for whom the first was too large",
        ),
    })
}

async fn expired(stage: &mut Stage) -> Result<Verdict, Stop> {
    let publisher = stage.publisher().await?;
    let expiry = four_byte_property(0x02, 1);
    let draft = stage.setting.publish(0x33, "t", Some(7), &expiry, b"old");
    stage.judge_from_here(publisher);
    stage.publish_acknowledged(publisher, draft).await?;
    tokio::time::sleep(std::time::Duration::from_secs(3)).await;
    let subscriber = stage.subscriber(&[("t", 1)]).await?;
    let messages = stage.further_messages(subscriber).await;
    tell(stage, subscriber, &messages);
    forget(stage, publisher, "t").await;
    Ok(match messages.is_empty() {
        true => Verdict::good(),
        false => Verdict::wrong(
            "MQTT-3.3.2-5",
            "a message comes after its Message Expiry Interval",
        ),
    })
}

fn options() -> Vec<Scenario> {
    vec![
        row(
            "M20",
            "No Local: a Client publishes to its own subscription",
            "no message",
            &["MQTT-3.8.3-3"],
            |stage| Box::pin(no_local(stage)),
        )
        .need(Need::TwoInFlight),
        row(
            "M21",
            "a subscription with a Subscription Identifier",
            "the message with that Subscription Identifier",
            &["MQTT-3.3.4-3"],
            |stage| Box::pin(subscription_ids(stage, false)),
        )
        .need(Need::SubscriptionIds),
        row(
            "M22",
            "two overlapping subscriptions with Subscription Identifiers",
            "one message with both, or two messages with one each",
            &["MQTT-3.3.4-4", "MQTT-3.3.4-5"],
            |stage| Box::pin(subscription_ids(stage, true)),
        )
        .need(Need::SubscriptionIds)
        .need(Need::Wildcard),
        row(
            "M23",
            "overlapping subscriptions of QoS 0 and QoS 1",
            "the message with QoS 1, at least once",
            &["MQTT-3.3.4-2"],
            |stage| Box::pin(overlapping(stage)),
        )
        .need(Need::Wildcard),
        row(
            "M24",
            "a new SUBSCRIBE of the same filter with another QoS",
            "the message once, with the new QoS",
            &["MQTT-3.8.4-3"],
            |stage| Box::pin(replaced(stage)),
        ),
        row(
            "M25",
            "a retained message, Retain Handling 0",
            "the message with RETAIN 1, at each SUBSCRIBE",
            &["MQTT-3.3.1-9", "MQTT-3.3.1-5"],
            |stage| Box::pin(retained(stage, 0, [true, true])),
        )
        .need(Need::Retain),
        row(
            "M26",
            "a retained message, Retain Handling 1",
            "the message at the first SUBSCRIBE only",
            &["MQTT-3.3.1-10"],
            |stage| Box::pin(retained(stage, 1, [true, false])),
        )
        .need(Need::Retain),
        row(
            "M27",
            "a retained message, Retain Handling 2",
            "no message",
            &["MQTT-3.3.1-11"],
            |stage| Box::pin(retained(stage, 2, [false, false])),
        )
        .need(Need::Retain),
        row(
            "M28",
            "a retained message, then one with RETAIN 1 and no payload",
            "no retained message any more",
            &["MQTT-3.3.1-6", "MQTT-3.3.1-7"],
            |stage| Box::pin(retained_then(stage, 0x33, b"")),
        )
        .need(Need::Retain),
        row(
            "M29",
            "a retained message, then one with RETAIN 0",
            "the retained message as before",
            &["MQTT-3.3.1-8"],
            |stage| Box::pin(retained_then(stage, 0x32, b"other")),
        )
        .need(Need::Retain),
    ]
}

async fn no_local(stage: &mut Stage) -> Result<Verdict, Stop> {
    let link = stage.connect_own().await?;
    let subscribe = stage.setting.subscribe(1, &[], &[("t", 0x05), ("u", 0x01)]);
    stage.subscribe(link, subscribe).await?;
    let own = stage.setting.publish(0x32, "t", Some(7), &[], b"own");
    let control = stage.setting.publish(0x32, "u", Some(8), &[], b"control");
    stage.stimulate(link, own.then(&control)).await;
    let until = Instant::now() + stage.wait();
    let mut messages = Vec::new();
    // The second message shows that the first one had its time.
    while let Some(seen) = stage.next(link, until).await {
        messages.extend(stage.message_of(&seen));
        stage.acknowledge(link, &seen).await;
        if messages
            .last()
            .is_some_and(|message: &Message| message.says("control"))
        {
            break;
        }
    }
    messages.extend(stage.further_messages(link).await);
    tell(stage, link, &messages);
    Ok(match messages.iter().any(|message| message.says("own")) {
        true => Verdict::wrong(
            "MQTT-3.8.3-3",
            "a message comes back to its publisher although No Local is 1",
        ),
        false => Verdict::good(),
    })
}

async fn subscription_ids(stage: &mut Stage, overlap: bool) -> Result<Verdict, Stop> {
    let connect = stage.setting.connect_second("s");
    let (subscriber, _) = stage.connect("subscriber", connect).await?;
    let first = stage.setting.subscribe(1, &[0x0B, 5], &[("t", 1)]);
    stage.subscribe(subscriber, first).await?;
    if overlap {
        let second = stage.setting.subscribe(2, &[0x0B, 0x80, 0x02], &[("+", 1)]);
        stage.subscribe(subscriber, second).await?;
    }
    let publisher = stage.publisher().await?;
    let draft = stage.setting.publish(0x32, "t", Some(7), &[], b"m");
    stage.judge_from_here(publisher);
    stage.publish_acknowledged(publisher, draft).await?;
    let mut messages = stage.messages(subscriber, 1).await;
    messages.extend(stage.further_messages(subscriber).await);
    tell(stage, subscriber, &messages);
    let ids: Vec<&[u32]> = messages
        .iter()
        .map(|message| message.subscription_ids.as_slice())
        .collect();
    Ok(match (overlap, ids.as_slice()) {
        (false, [[5]]) | (true, [[5, 256]] | [[5], [256]] | [[256], [5]]) => Verdict::good(),
        (_, []) => missing(
            stage,
            subscriber,
            "MQTT-4.5.0-1",
            "the message does not come to the subscriber",
        ),
        (false, _) => Verdict::wrong(
            "MQTT-3.3.4-3",
            format!("Subscription Identifiers {ids:?} come, the subscription has 5"),
        ),
        (true, _) => Verdict::wrong(
            "MQTT-3.3.4-4",
            format!("Subscription Identifiers {ids:?} come, the subscriptions have 5 and 256"),
        ),
    })
}

async fn overlapping(stage: &mut Stage) -> Result<Verdict, Stop> {
    let (subscriber, publisher) = pair(stage, &[("t", 0), ("+", 1)]).await?;
    let draft = stage.setting.publish(0x32, "t", Some(7), &[], b"m");
    stage.judge_from_here(publisher);
    stage.publish_acknowledged(publisher, draft).await?;
    let mut messages = stage.messages(subscriber, 1).await;
    messages.extend(stage.further_messages(subscriber).await);
    tell(stage, subscriber, &messages);
    Ok(match messages.iter().map(|message| message.qos).max() {
        Some(1) => Verdict::good(),
        Some(qos) => Verdict::wrong(
            "MQTT-3.3.4-2",
            format!("the message comes with QoS {qos}, the highest of the subscriptions is 1"),
        ),
        None => missing(
            stage,
            subscriber,
            "MQTT-4.5.0-1",
            "the message does not come to the subscriber",
        ),
    })
}

async fn replaced(stage: &mut Stage) -> Result<Verdict, Stop> {
    let (subscriber, publisher) = pair(stage, &[("t", 0)]).await?;
    let again = stage.setting.subscribe(2, &[], &[("t", 1)]);
    stage.subscribe(subscriber, again).await?;
    let draft = stage.setting.publish(0x32, "t", Some(7), &[], b"m");
    stage.judge_from_here(publisher);
    stage.publish_acknowledged(publisher, draft).await?;
    let mut messages = stage.messages(subscriber, 1).await;
    messages.extend(stage.further_messages(subscriber).await);
    tell(stage, subscriber, &messages);
    Ok(match one(stage, subscriber, &messages, "MQTT-3.8.4-3") {
        Err(verdict) => verdict,
        Ok(message) if message.qos == 1 => Verdict::good(),
        Ok(_) => Verdict::wrong(
            "MQTT-3.8.4-3",
            "the message comes with the QoS of the old subscription",
        ),
    })
}

/// Which of two SUBSCRIBE packets of the same filter bring the retained message.
pub(super) async fn retained(
    stage: &mut Stage,
    handling: u8,
    due: [bool; 2],
) -> Result<Verdict, Stop> {
    let publisher = stage.publisher().await?;
    let draft = stage.setting.publish(0x33, "t", Some(7), &[], b"kept");
    stage.judge_from_here(publisher);
    stage.publish_acknowledged(publisher, draft).await?;
    let connect = stage.setting.connect_second("s");
    let (subscriber, _) = stage.connect("subscriber", connect).await?;
    let mut all = Vec::new();
    let mut verdict = Verdict::good();
    for (index, due) in due.into_iter().enumerate() {
        let id = if index == 0 { 1 } else { 2 };
        let subscribe = stage
            .setting
            .subscribe(id, &[], &[("t", 0x01 | (handling << 4))]);
        stage.send(subscriber, subscribe).await;
        // A retained message may come before the SUBACK.
        let count = usize::from(due);
        let mut messages = stage.messages(subscriber, count).await;
        messages.extend(stage.further_messages(subscriber).await);
        let rule = match handling {
            0 if index == 0 => stage.rule("MQTT-3.3.1-9", "MQTT-3.3.1-6"),
            0 => stage.rule("MQTT-3.3.1-9", "MQTT-3.8.4-3"),
            1 => "MQTT-3.3.1-10",
            _ => "MQTT-3.3.1-11",
        };
        let which = format!("at SUBSCRIBE {}", index + 1);
        if due && messages.is_empty() {
            let why = format!("the retained message does not come {which}");
            verdict = missing(stage, subscriber, rule, &why);
        } else if !due && !messages.is_empty() {
            verdict = Verdict::wrong(rule, format!("the retained message comes {which}"));
        } else if messages.iter().any(|message| !message.retain) {
            let rule = stage.rule("3.8.3.1", "MQTT-3.3.1-8");
            verdict = Verdict::wrong(rule, "the retained message comes with RETAIN 0");
        }
        all.extend(messages);
    }
    tell(stage, subscriber, &all);
    forget(stage, publisher, "t").await;
    Ok(verdict)
}

/// What is retained after a second PUBLISH.
pub(super) async fn retained_then(
    stage: &mut Stage,
    first: u8,
    payload: &[u8],
) -> Result<Verdict, Stop> {
    let publisher = stage.publisher().await?;
    let draft = stage.setting.publish(0x33, "t", Some(7), &[], b"kept");
    stage.judge_from_here(publisher);
    stage.publish_acknowledged(publisher, draft).await?;
    let then = stage.setting.publish(first, "t", Some(8), &[], payload);
    stage.publish_acknowledged(publisher, then).await?;
    let connect = stage.setting.connect_second("s");
    let (subscriber, _) = stage.connect("subscriber", connect).await?;
    let subscribe = stage.setting.subscribe(1, &[], &[("t", 1)]);
    stage.send(subscriber, subscribe).await;
    let count = usize::from(!payload.is_empty());
    let mut messages = stage.messages(subscriber, count).await;
    messages.extend(stage.further_messages(subscriber).await);
    tell(stage, subscriber, &messages);
    forget(stage, publisher, "t").await;
    Ok(match (payload, messages.as_slice()) {
        (b"", []) => Verdict::good(),
        (b"", _) => Verdict::wrong(
            stage.rule("MQTT-3.3.1-6", "MQTT-3.3.1-10"),
            "there is still a retained message after a PUBLISH with RETAIN 1 and no payload",
        ),
        (_, [message]) if message.says("kept") => Verdict::good(),
        _ => missing(
            stage,
            subscriber,
            stage.rule("MQTT-3.3.1-8", "MQTT-3.3.1-12"),
            "a PUBLISH with RETAIN 0 changes what is retained",
        ),
    })
}

fn matching() -> Vec<Scenario> {
    vec![
        row(
            "M30",
            "a Topic Name that begins with $ and a filter that begins with +",
            "no message",
            &["MQTT-4.7.2-1"],
            |stage| Box::pin(dollar(stage)),
        )
        .need(Need::Wildcard),
        row(
            "M31",
            "Topic Names that differ from the filter in case or in normalization",
            "only the message of the very same Topic Name",
            &["MQTT-4.7.3-4"],
            |stage| Box::pin(only(stage, "t/\u{E9}", &["T/\u{E9}", "t/e\u{301}", "t/\u{E9}/", "t/\u{E9}"], &["t/\u{E9}"])),
        ),
        row(
            "M32",
            "the filter a/+/c",
            "the messages of a/b/c and a//c",
            &["MQTT-3.3.2-3", "MQTT-4.5.0-1", "MQTT-4.7.1-2"],
            |stage| Box::pin(only(stage, "a/+/c", &["a/b/d/c", "a/c", "a//c", "a/b/c"], &["a//c", "a/b/c"])),
        )
        .need(Need::Wildcard),
        row(
            "M33",
            "the filter a/#",
            "the messages of a, a/ and a/b/c",
            &["MQTT-3.3.2-3", "MQTT-4.5.0-1", "MQTT-4.7.1-1"],
            |stage| Box::pin(only(stage, "a/#", &["ab", "b", "a", "a/", "a/b/c"], &["a", "a/", "a/b/c"])),
        )
        .need(Need::Wildcard),
        row(
            "M34",
            "a message after UNSUBACK",
            "no message",
            &["MQTT-3.10.4-2", "MQTT-3.10.4-1"],
            |stage| Box::pin(unsubscribed(stage)),
        ),
        row(
            "M35",
            "two subscribers of one Shared Subscription; the first refuses the message with PUBACK 0x83",
            "the message to nobody else",
            &["MQTT-4.8.2-6"],
            |stage| Box::pin(shared_refused(stage)),
        )
        .need(Need::Shared),
    ]
}

pub(super) async fn dollar(stage: &mut Stage) -> Result<Verdict, Stop> {
    let connect = stage.setting.connect_second("s");
    let (subscriber, _) = stage.connect("subscriber", connect).await?;
    let prefix = stage.setting.prefix.clone();
    let rest = prefix
        .split_once('/')
        .map_or("", |(_, rest)| rest)
        .to_owned();
    let version = stage.version();
    let filter = format!("+/{rest}/t");
    let subscribe = draft::subscribe(version, 1, &[], &[(filter, 1)]);
    stage.subscribe(subscriber, subscribe).await?;
    let publisher = stage.publisher().await?;
    let special = draft::publish(version, 0x30, format!("$mr/{rest}/t"), None, &[], "special");
    let control = draft::publish(version, 0x30, format!("mr/{rest}/t"), None, &[], "control");
    stage.stimulate(publisher, special.then(&control)).await;
    let mut messages = stage.messages(subscriber, 1).await;
    messages.extend(stage.further_messages(subscriber).await);
    tell(stage, subscriber, &messages);
    Ok(
        match messages.iter().any(|message| message.says("special")) {
            true => Verdict::wrong(
                "MQTT-4.7.2-1",
                "a filter that begins with a wildcard matches a Topic Name that begins with $",
            ),
            false => Verdict::good(),
        },
    )
}

/// Publishes to all of `names` and looks at which messages match the filter: those of `due`.
pub(super) async fn only(
    stage: &mut Stage,
    filter: &str,
    names: &[&str],
    due: &[&str],
) -> Result<Verdict, Stop> {
    let (subscriber, publisher) = pair(stage, &[(filter, 1)]).await?;
    stage.judge_from_here(publisher);
    for (index, name) in names.iter().enumerate() {
        let id = u16::try_from(index + 1).unwrap_or(1);
        let draft = stage
            .setting
            .publish(0x32, name, Some(id), &[], name.as_bytes());
        stage.publish_acknowledged(publisher, draft).await?;
    }
    let mut messages = stage.messages(subscriber, due.len()).await;
    messages.extend(stage.further_messages(subscriber).await);
    tell(stage, subscriber, &messages);
    let came = |name: &str| messages.iter().any(|message| message.says(name));
    if let Some(missing) = due.iter().find(|name| !came(name)) {
        return Ok(match stage.end(subscriber) {
            End::Open => Verdict::wrong(
                "MQTT-4.5.0-1",
                format!("{missing:?} does not match {filter:?}"),
            ),
            _ => Verdict::cut_off(),
        });
    }
    Ok(
        match names.iter().find(|name| !due.contains(name) && came(name)) {
            Some(more) if !filter.contains(['+', '#']) => {
                Verdict::wrong("MQTT-4.7.3-4", format!("{more:?} matches {filter:?}"))
            }
            Some(more) => Verdict::wrong("MQTT-3.3.2-3", format!("{more:?} matches {filter:?}")),
            None => Verdict::good(),
        },
    )
}

pub(super) async fn unsubscribed(stage: &mut Stage) -> Result<Verdict, Stop> {
    let (subscriber, publisher) = pair(stage, &[("t", 1), ("u", 1)]).await?;
    let unsubscribe = stage.setting.unsubscribe(9, &[], &["t"]);
    stage.send(subscriber, unsubscribe).await;
    stage.expect(subscriber, PacketType::Unsuback).await?;
    let after = stage.setting.publish(0x32, "t", Some(7), &[], b"after");
    stage.judge_from_here(publisher);
    stage.publish_acknowledged(publisher, after).await?;
    let control = stage.setting.publish(0x32, "u", Some(8), &[], b"control");
    stage.publish_acknowledged(publisher, control).await?;
    let mut messages = stage.messages(subscriber, 1).await;
    messages.extend(stage.further_messages(subscriber).await);
    tell(stage, subscriber, &messages);
    Ok(match messages.iter().any(|message| message.says("after")) {
        true => Verdict::wrong(
            "MQTT-3.10.4-2",
            "a message comes after UNSUBACK that was published after it",
        ),
        false => Verdict::good(),
    })
}

async fn shared_refused(stage: &mut Stage) -> Result<Verdict, Stop> {
    let filter = format!("$share/g/{}", stage.setting.topic("t"));
    let mut links = Vec::new();
    for suffix in ["a", "b"] {
        let connect = stage.setting.connect_second(suffix);
        let (link, _) = stage
            .connect(&format!("subscriber-{suffix}"), connect)
            .await?;
        let subscribe = draft::subscribe(stage.version(), 1, &[], &[(filter.clone(), 1)]);
        stage.subscribe(link, subscribe).await?;
        links.push(link);
    }
    let publisher = stage.publisher().await?;
    let draft = stage.setting.publish(0x32, "t", Some(7), &[], b"m");
    stage.stimulate(publisher, draft).await;
    let until = Instant::now() + stage.wait() * 2;
    let mut first = None;
    while first.is_none() && Instant::now() < until {
        for link in &links {
            let soon = Instant::now() + std::time::Duration::from_millis(50);
            if let Some(seen) = stage.next(*link, soon).await
                && let Some(message) = stage.message_of(&seen)
            {
                first = Some((*link, message));
                break;
            }
        }
    }
    let Some((taker, message)) = first else {
        return Ok(Verdict::new(
            Outcome::Observed,
            "the message comes to neither",
        ));
    };
    let Some(id) = message.packet_id else {
        return Ok(Verdict::new(
            Outcome::Observed,
            "the message comes with QoS 0",
        ));
    };
    let [high, low] = id.to_be_bytes();
    stage
        .send(taker, draft::Draft::new([0x40, 3, high, low, 0x83]))
        .await;
    let (packets, _) = stage.flush(taker).await;
    let mut again: Vec<Message> = packets
        .iter()
        .filter_map(|seen| stage.message_of(seen))
        .collect();
    for link in &links {
        again.extend(stage.further_messages(*link).await);
    }
    tell(stage, taker, &again);
    Ok(match again.is_empty() {
        true => Verdict::good(),
        false => Verdict::wrong(
            "MQTT-4.8.2-6",
            "a message of a Shared Subscription is sent again after PUBACK 0x83",
        ),
    })
}

fn flow() -> Vec<Scenario> {
    vec![
        row(
            "M40",
            "five QoS 1 messages to a subscriber with Receive Maximum 2 that does not acknowledge; then it sends PINGREQ and two PUBACKs",
            "two messages, PINGRESP, then the others",
            &["MQTT-4.9.0-2", "MQTT-3.3.4-9", "MQTT-4.9.0-3"],
            |stage| Box::pin(receive_maximum(stage)),
        ),
        row(
            "M41",
            "a QoS 1 message that is not acknowledged while the connection stands",
            "the message once",
            &["MQTT-4.4.0-1"],
            |stage| Box::pin(not_resent(stage)),
        ),
        row(
            "M42",
            "a QoS 2 message to a QoS 2 subscription, acknowledged step by step",
            "PUBLISH, PUBREL, once each",
            &["MQTT-4.3.3-4", "MQTT-4.3.3-6"],
            |stage| Box::pin(qos_2_delivery(stage, 0x00)),
        )
        .need(Need::Qos(2)),
        row(
            "M43",
            "a QoS 2 message that the subscriber refuses with PUBREC 0x83",
            "no PUBREL for it, and it is not sent again",
            &["MQTT-4.4.0-2"],
            |stage| Box::pin(qos_2_delivery(stage, 0x83)),
        )
        .need(Need::Qos(2)),
        row(
            "M44",
            "the whole QoS 2 handshake of a publisher",
            "PUBREC 0x00, PUBCOMP 0x00 with the identifier",
            &["MQTT-4.3.3-11", "MQTT-4.3.3-8"],
            |stage| Box::pin(qos_2_publish(stage)),
        )
        .need(Need::Qos(2)),
    ]
}

async fn receive_maximum(stage: &mut Stage) -> Result<Verdict, Stop> {
    let connect = stage.setting.connect_second("s");
    let connect = connect.properties(two_byte_property(0x21, 2));
    let (subscriber, _) = stage.connect("subscriber", connect).await?;
    let subscribe = stage.setting.subscribe(1, &[], &[("t", 1)]);
    stage.subscribe(subscriber, subscribe).await?;
    let publisher = stage.publisher().await?;
    stage.judge_from_here(publisher);
    for id in 1..=5 {
        let draft = stage.setting.publish(0x32, "t", Some(id), &[], b"m");
        stage.publish_acknowledged(publisher, draft).await?;
    }
    let mut messages = stage.messages_unacknowledged(subscriber, 2).await;
    let more = Instant::now() + stage.wait() / 2;
    let more = stage.listen(subscriber, more).await;
    let (packets, alive) = stage.flush(subscriber).await;
    messages.extend(
        more.iter()
            .chain(&packets)
            .filter_map(|seen| stage.message_of(seen)),
    );
    tell(stage, subscriber, &messages);
    if messages.len() > 2 {
        return Ok(Verdict::wrong(
            "MQTT-4.9.0-2",
            format!(
                "{} messages come unacknowledged, the Client announced a Receive Maximum of 2",
                messages.len()
            ),
        ));
    }
    if messages.len() < 2 {
        return Ok(Verdict::new(
            Outcome::Observed,
            "fewer messages come than the Receive Maximum allows",
        ));
    }
    if !alive {
        let why = "PINGREQ is not answered while the Receive Maximum is used up";
        return Ok(missing(stage, subscriber, "MQTT-4.9.0-3", why));
    }
    for message in messages.clone() {
        if let Some(id) = message.packet_id {
            stage.send(subscriber, acknowledge(0x40, id)).await;
        }
    }
    let rest = stage.messages(subscriber, 3).await;
    messages.extend(rest);
    tell(stage, subscriber, &messages);
    Ok(match messages.len() {
        5 => Verdict::good(),
        count => missing(
            stage,
            subscriber,
            "MQTT-4.5.0-1",
            &format!("{count} of 5 messages come, although those that came were acknowledged"),
        ),
    })
}

async fn not_resent(stage: &mut Stage) -> Result<Verdict, Stop> {
    let (subscriber, publisher) = pair(stage, &[("t", 1)]).await?;
    let draft = stage.setting.publish(0x32, "t", Some(7), &[], b"m");
    stage.judge_from_here(publisher);
    stage.publish_acknowledged(publisher, draft).await?;
    let mut messages = stage.messages_unacknowledged(subscriber, 1).await;
    let until = Instant::now() + stage.wait() * 3;
    let more = stage.listen(subscriber, until).await;
    messages.extend(more.iter().filter_map(|seen| stage.message_of(seen)));
    tell(stage, subscriber, &messages);
    Ok(match messages.len() {
        0 => missing(
            stage,
            subscriber,
            "MQTT-4.5.0-1",
            "the message does not come to the subscriber",
        ),
        1 => Verdict::good(),
        _ => Verdict::wrong(
            "MQTT-4.4.0-1",
            "a message is sent again although the connection stands",
        ),
    })
}

async fn qos_2_delivery(stage: &mut Stage, code: u8) -> Result<Verdict, Stop> {
    let (subscriber, publisher) = pair(stage, &[("t", 2)]).await?;
    let draft = stage.setting.publish(0x34, "t", Some(7), &[], b"m");
    stage.stimulate(publisher, draft).await;
    stage.expect(publisher, PacketType::Pubrec).await?;
    stage.send(publisher, acknowledge(0x62, 7)).await;
    let messages = stage.messages_unacknowledged(subscriber, 1).await;
    tell(stage, subscriber, &messages);
    let message = match one(stage, subscriber, &messages, "MQTT-4.5.0-1") {
        Ok(message) => message,
        Err(verdict) => return Ok(verdict),
    };
    let (2, Some(id)) = (message.qos, message.packet_id) else {
        return Ok(Verdict::wrong(
            "MQTT-3.8.4-8",
            "the message comes with another QoS than 2",
        ));
    };
    let [high, low] = id.to_be_bytes();
    let pubrec = match code {
        0 => acknowledge(0x50, id),
        code => draft::Draft::new([0x50, 3, high, low, code]),
    };
    stage.send(subscriber, pubrec).await;
    let is_pubrel = |seen: &crate::engine::Seen| {
        seen.packet_type() == Some(PacketType::Pubrel) && seen.packet_id() == Some(id)
    };
    let until = Instant::now() + stage.wait() / 2;
    let mut packets = stage.listen(subscriber, until).await;
    packets.extend(stage.flush(subscriber).await.0);
    if code == 0 {
        let until = Instant::now() + stage.patience();
        while !packets.iter().any(is_pubrel)
            && let Some(seen) = stage.next(subscriber, until).await
        {
            packets.push(seen);
        }
    }
    let pubrels = packets.iter().filter(|seen| is_pubrel(seen)).count();
    let again = packets
        .iter()
        .filter_map(|seen| stage.message_of(seen))
        .count();
    stage.tell(vec![
        messages.iter().map(Message::in_words).collect(),
        format!("{pubrels} PUBREL, {again} PUBLISH again"),
        stage.end(subscriber).name().to_owned(),
    ]);
    if again > 0 {
        return Ok(Verdict::wrong(
            "MQTT-4.3.3-6",
            "the message is sent again after PUBREC",
        ));
    }
    match (code, pubrels) {
        (0, 1) => {
            stage.send(subscriber, acknowledge(0x70, id)).await;
            Ok(Verdict::good())
        }
        (0, 0) => Ok(missing(
            stage,
            subscriber,
            "MQTT-4.3.3-4",
            "no PUBREL answers the PUBREC",
        )),
        (0, _) => Ok(Verdict::wrong(
            "MQTT-4.4.0-1",
            "PUBREL is sent again although the connection stands",
        )),
        (_, 0) => Ok(Verdict::good()),
        (..) => Ok(Verdict::new(
            Outcome::NotNoticed,
            "PUBREL follows a PUBREC that refuses; no statement forbids it",
        )),
    }
}

pub(super) async fn qos_2_publish(stage: &mut Stage) -> Result<Verdict, Stop> {
    let link = stage.connect_own().await?;
    let draft = stage.setting.publish(0x34, "t", Some(0x1234), &[], b"m");
    stage.stimulate(link, draft).await;
    let pubrec = stage.expect(link, PacketType::Pubrec).await?;
    stage.send(link, acknowledge(0x62, 0x1234)).await;
    let until = Instant::now() + stage.patience();
    let mut pubcomp = None;
    while let Some(seen) = stage.next(link, until).await {
        if seen.packet_type() == Some(PacketType::Pubcomp) {
            pubcomp = Some(seen);
            break;
        }
    }
    let right = |seen: &crate::engine::Seen| seen.packet_id() == Some(0x1234);
    Ok(match pubcomp {
        Some(pubcomp) if right(&pubcomp) && right(&pubrec) && !pubcomp.refuses() => Verdict::good(),
        Some(pubcomp) if right(&pubcomp) && right(&pubrec) => Verdict::new(
            Outcome::OtherCode,
            "PUBCOMP refuses an identifier that was received a moment before",
        ),
        Some(_) => Verdict::wrong("MQTT-2.2.1-5", "the acknowledgement has another identifier"),
        None => Verdict::wrong(
            stage.rule("MQTT-4.3.3-11", "MQTT-4.3.3-2"),
            "PUBREL is not answered with PUBCOMP",
        ),
    })
}
