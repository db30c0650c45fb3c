//! A: AUTH and enhanced authentication.

use mqtt_reason::{Decoded, PacketType, v5 as packets};
use tokio::time::Instant;

use crate::draft::{Connect, Draft, frame, join, section, text_property};
use crate::engine::{End, Layout, Seen, Stage, Stop};
use crate::judge::{CLOSING, Verdict, ends, judge};
use crate::scenario::words::{connack, disconnect, v5};
use crate::scenario::{Answer, Need, Scenario};
use crate::setting::Setting;

/// The rows of the group.
pub(super) fn rows() -> Vec<Scenario> {
    let mut rows = unasked();
    rows.extend(with_method());
    rows
}

/// An AUTH packet.
fn auth(code: u8, properties: &[u8]) -> Draft {
    let section = section(mqtt_reason::Version::V5_0, properties);
    frame(0xF0, &join(&[&[code], &section])).into()
}

/// AUTH on a connection that has no Authentication Method.
fn unasked() -> Vec<Scenario> {
    let row = |id, title, rules: &[&'static str], bytes: fn(&Setting) -> Draft| {
        v5(id, title, rules)
            .after(bytes)
            .best([disconnect(0x82)])
            .lenient()
    };
    vec![
        row(
            "A01",
            "AUTH 0x19 without a method in CONNECT",
            &["MQTT-4.12.0-7", "3.15"],
            |_| auth(0x19, &text_property(0x15, "x")),
        ),
        row(
            "A02",
            "AUTH 0x18 after CONNACK, no method in CONNECT",
            &["MQTT-4.12.0-7"],
            |_| auth(0x18, &text_property(0x15, "x")),
        ),
        row(
            "A03",
            "AUTH F0 00",
            &["MQTT-4.12.0-7", "3.15.2.2.2"],
            |_| [0xF0, 0].into(),
        ),
        row(
            "A04",
            "AUTH 0x19 without Authentication Method",
            &["3.15.2.2.2"],
            |_| auth(0x19, &text_property(0x1F, "x")),
        ),
        row(
            "A05",
            "AUTH with code 0x20, not in the table",
            &["MQTT-3.15.2-1"],
            |_| auth(0x20, &text_property(0x15, "x")),
        ),
        row(
            "A06",
            "AUTH with 0x00, the Server's code",
            &["3.15.2.1"],
            |_| auth(0x00, &text_property(0x15, "x")),
        ),
    ]
}

/// The method of the user and, if they are there, the data.
fn method(setting: &Setting) -> Vec<u8> {
    let method = setting.options.auth_method.clone().unwrap_or_default();
    let mut properties = text_property(0x15, method);
    if let Some(data) = &setting.options.auth_data {
        properties.extend(text_property(0x16, data));
    }
    properties
}

fn connect(setting: &Setting) -> Connect {
    setting.connect().properties(method(setting))
}

fn with_method() -> Vec<Scenario> {
    vec![
        v5(
            "A07",
            "AUTH 0x18 with another method in the exchange",
            &["MQTT-4.12.0-5", "MQTT-4.12.0-4", "MQTT-3.14.0-1"],
        )
        .steps(|stage| Box::pin(other_method(stage)))
        .need(Need::AuthMethod)
        .best([connack(0x8C), connack(0x82)])
        .also([connack(0x87)])
        .lenient(),
        v5(
            "A08",
            "CONNECT with a method, then PUBLISH before CONNACK",
            &["MQTT-3.1.2-30"],
        )
        .connect(|s| {
            connect(s)
                .draft()
                .then(&s.publish(0x30, "t", None, &[], b"x"))
        })
        .need(Need::AuthMethod)
        .best([connack(0x82)])
        .lenient(),
        v5("A09", "AUTH 0x19 before CONNACK", &["MQTT-4.12.0-3"])
            .connect(|s| connect(s).draft().then(&auth(0x19, &method(s))))
            .need(Need::AuthMethod)
            .best([connack(0x82)])
            .also([connack(0x8C)])
            .lenient(),
        v5(
            "A10",
            "re-authentication with another method",
            &["MQTT-4.12.1-1", "3.15"],
        )
        .steps(|stage| {
            Box::pin(again_with(stage, |_| {
                text_property(0x15, "mqtt-reason-other")
            }))
        })
        .need(Need::AuthData)
        .best([disconnect(0x82), disconnect(0x8C)])
        .also([disconnect(0x87)])
        .lenient(),
        v5("A11", "re-authentication with bad data", &["MQTT-4.12.1-2"])
            .steps(|stage| Box::pin(again_with(stage, bad_data)))
            .need(Need::AuthData)
            .best([disconnect(0x87)])
            .lenient(),
        v5(
            "A12",
            "the CONNACK, and every AUTH, names the method of CONNECT",
            &["MQTT-4.12.0-5"],
        )
        .steps(|stage| Box::pin(names_the_method(stage)))
        .need(Need::AuthMethod)
        .best([Answer::Other("CONNACK 0x00 with the method of CONNECT")])
        .answer_is_due(),
    ]
}

fn bad_data(setting: &Setting) -> Vec<u8> {
    let method = setting.options.auth_method.clone().unwrap_or_default();
    let data = setting.options.auth_data.clone().unwrap_or_default();
    let wrong: Vec<u8> = data.iter().map(|byte| !byte).chain(*b"wrong").collect();
    join(&[&text_property(0x15, method), &text_property(0x16, wrong)])
}

async fn other_method(stage: &mut Stage) -> Result<Verdict, Stop> {
    let row = v5("A07", "", &["MQTT-4.12.0-5"])
        .best([connack(0x8C), connack(0x82)])
        .also([connack(0x87)])
        .lenient();
    let layout = Layout::Of(stage.setting.version);
    let link = stage.open("client", layout).await?;
    let draft = connect(&stage.setting).draft();
    stage.send(link, draft).await;
    match stage.next(link, Instant::now() + stage.patience()).await {
        Some(seen) if seen.packet_type() == Some(PacketType::Auth) => {}
        Some(seen) => {
            return Err(Stop::Skip(format!(
                "the exchange of this method has no second step: {}",
                seen.in_words()
            )));
        }
        None => {
            return Err(Stop::Skip(
                "nothing answers a CONNECT with the method".to_owned(),
            ));
        }
    }
    let other = auth(0x18, &text_property(0x15, "mqtt-reason-other"));
    stage.stimulate(link, other).await;
    let received = stage.collect(link, &row.demand).await;
    Ok(judge(&row, &received))
}

/// A connection that was accepted with the method, and every packet of the exchange.
async fn authenticated(stage: &mut Stage) -> Result<(usize, Vec<Seen>), Stop> {
    let layout = Layout::Of(stage.setting.version);
    let link = stage.open("client", layout).await?;
    let draft = connect(&stage.setting).draft();
    stage.send(link, draft).await;
    let mut exchange = Vec::new();
    for _ in 0..8 {
        let until = Instant::now() + stage.patience();
        let Some(seen) = stage.next(link, until).await else {
            break;
        };
        exchange.push(seen.clone());
        match seen.packet_type() {
            Some(PacketType::Connack) if !seen.refuses() => return Ok((link, exchange)),
            Some(PacketType::Auth) => {
                let next = auth(0x18, &method(&stage.setting));
                stage.send(link, next).await;
            }
            _ => break,
        }
    }
    let last = exchange
        .last()
        .map_or_else(|| "nothing".to_owned(), Seen::in_words);
    Err(Stop::Skip(format!(
        "CONNECT with the method and its data is not accepted: {last}"
    )))
}

async fn again_with(
    stage: &mut Stage,
    properties: fn(&Setting) -> Vec<u8>,
) -> Result<Verdict, Stop> {
    let row = v5("A10", "", &["MQTT-4.12.1-2"])
        .best([disconnect(0x87), disconnect(0x82), disconnect(0x8C)])
        .lenient();
    let (link, _) = authenticated(stage).await?;
    let properties = properties(&stage.setting);
    stage.stimulate(link, auth(0x19, &properties)).await;
    let first = stage.next(link, Instant::now() + stage.patience()).await;
    let asks = first
        .as_ref()
        .is_some_and(|seen| seen.codes_of(PacketType::Auth) == Some(&[0x18]));
    if asks {
        // An exchange of several steps: what decides is the answer to the last.
        stage.stimulate(link, auth(0x18, &properties)).await;
    }
    let mut received = stage.collect(link, &row.demand).await;
    if let Some(first) = first.filter(|_| !asks) {
        if ends(&first) && received.end == End::Open {
            stage.listen(link, Instant::now() + CLOSING).await;
            received.end = stage.end(link);
        }
        received.packets.insert(0, first);
    }
    Ok(judge(&row, &received))
}

async fn names_the_method(stage: &mut Stage) -> Result<Verdict, Stop> {
    stage.judge_from_here(0);
    let (link, exchange) = authenticated(stage).await?;
    stage.tell(vec![
        exchange
            .iter()
            .map(Seen::in_words)
            .collect::<Vec<_>>()
            .join(", "),
        stage.end(link).name().to_owned(),
    ]);
    let wanted = stage.setting.options.auth_method.clone();
    let other = exchange.iter().find(|seen| method_of(seen) != wanted);
    Ok(match other {
        None => Verdict::good(),
        Some(seen) => Verdict::wrong(
            "MQTT-4.12.0-5",
            format!("{} does not name the method of CONNECT", seen.in_words()),
        ),
    })
}

fn method_of(seen: &Seen) -> Option<String> {
    let Ok(Decoded::Packet { packet, .. }) = packets::decode(&seen.bytes) else {
        return None;
    };
    let method = match &packet {
        packets::Packet::Connack(connack) => connack.properties().authentication_method(),
        packets::Packet::Auth(auth) => auth.properties().authentication_method(),
        _ => None,
    };
    method.map(str::to_owned)
}
