//! K: liveness, sessions and limits, in several steps.

use mqtt_reason::{Decoded, PacketType, v5 as packets};
use tokio::time::Instant;

use super::keep_alive;
use crate::draft::{self, Announced, Connect, disconnect as goodbye, four_byte_property, pingreq};
use crate::engine::{End, Layout, Seen, Stage, Stop};
use crate::judge::{Outcome, Received, Verdict, judge};
use crate::scenario::words::{connack, disconnect, v5};
use crate::scenario::{Again, Answer, Need, Scenario};

/// The rows of the group.
pub(super) fn rows() -> Vec<Scenario> {
    let ping = v5("K01", "PINGREQ", &["MQTT-3.12.4-1"])
        .after(|_| pingreq())
        .best([Answer::Plain(PacketType::Pingresp)])
        .answer_is_due();
    let mut rows = vec![ping];
    rows.extend(keep_alive::rows());
    rows.extend(others());
    rows.extend(again());
    rows
}

/// All others with a limit in CONNECT.
fn again() -> [Scenario; 2] {
    let of = super::broker;
    let small = Announced {
        maximum_packet_size: Some(40),
        ..Announced::default()
    };
    let wordless = Announced {
        problem_information: false,
        ..Announced::default()
    };
    [
        v5(
            "K09",
            "every scenario again with Maximum Packet Size 40",
            &["MQTT-3.1.2-24"],
        )
        .again(Again {
            of,
            announces: small,
            rule: "MQTT-3.1.2-24",
        })
        .best([Answer::Other("no packet above 40 bytes in any of them")]),
        v5(
            "K10",
            "every scenario again with Request Problem Information 0",
            &["MQTT-3.1.2-29"],
        )
        .again(Again {
            of,
            announces: wordless,
            rule: "MQTT-3.1.2-29",
        })
        .best([Answer::Other(
            "no Reason String, no User Property outside CONNACK, DISCONNECT and PUBLISH in any of them",
        )]),
    ]
}

fn others() -> Vec<Scenario> {
    vec![
        v5(
            "K04",
            "a second connection with the same Client Identifier",
            &["MQTT-3.1.4-3"],
        )
        .steps(|stage| Box::pin(takeover(stage)))
        .best([disconnect(0x8E)]),
        v5(
            "K05",
            "a Session that is kept, resumed and discarded",
            &["MQTT-3.2.2-3", "MQTT-3.2.2-2"],
        )
        .steps(|stage| Box::pin(session(stage)))
        .best([Answer::Other("Session Present 0, 1, 0")])
        .answer_is_due(),
        v5(
            "K06",
            "Maximum Packet Size 40, then errors with long names",
            &["MQTT-3.1.2-24", "MQTT-3.4.2-2", "MQTT-3.9.2-1"],
        )
        .steps(|stage| Box::pin(errors_with_long_names(stage, Limit::MaximumPacketSize)))
        .need(Need::Qos(1))
        .need(Need::PacketSize(428))
        .best([Answer::Other("no packet above 40 bytes")]),
        v5(
            "K07",
            "Request Problem Information 0, then requests that are refused",
            &["MQTT-3.1.2-29"],
        )
        .steps(|stage| Box::pin(errors_with_long_names(stage, Limit::ProblemInformation)))
        .need(Need::Qos(1))
        .need(Need::Wildcard)
        .best([Answer::Other(
            "no Reason String, no User Property outside CONNACK and DISCONNECT",
        )]),
        v5(
            "K08",
            "SUBSCRIBE behind a CONNECT that is refused (version 6)",
            &["MQTT-3.1.4-6"],
        )
        .before(|s| {
            let connect = s.connect().with(|c| c.level = 6).draft();
            connect.then(&s.subscribe(1, &[], &[("t", 0)]))
        })
        .best([connack(0x84)])
        .also([connack(0x01), connack(0x81), connack(0x82)]),
    ]
}

pub(super) async fn takeover(stage: &mut Stage) -> Result<Verdict, Stop> {
    let is_v5 = stage.setting.version == mqtt_reason::Version::V5_0;
    let row = match is_v5 {
        true => v5("K04", "", &["MQTT-3.1.4-3"]).best([disconnect(0x8E)]),
        false => v5("V13", "", &["MQTT-3.1.4-2"]).best([Answer::Close]),
    };
    let first = stage.connect_own().await?;
    let connect = stage.setting.connect();
    stage.judge_from_here(first);
    let layout = Layout::Of(stage.setting.version);
    let second = stage.open("second", layout).await?;
    stage.send(second, connect.draft()).await;
    let mut received: Received = stage.collect(first, &row.demand).await;
    let connack = stage.expect(second, PacketType::Connack).await?;
    if connack.refuses() && received.end == End::Open {
        return Ok(Verdict::new(
            Outcome::Observed,
            format!("the second CONNECT is refused: {}", connack.in_words()),
        ));
    }
    if received.end == End::Open {
        // It may take a while to end a connection.
        let late = stage.listen(first, Instant::now() + stage.patience()).await;
        received.packets.extend(late);
        received.end = stage.end(first);
    }
    Ok(judge(&row, &received))
}

pub(super) async fn session(stage: &mut Stage) -> Result<Verdict, Stop> {
    stage.judge_from_here(0);
    let kept = |stage: &Stage, clean: bool, expiry: u32| -> Connect {
        let connect = stage.setting.connect().with(|c| c.clean = clean);
        connect.properties(four_byte_property(0x11, expiry))
    };
    let mut present = Vec::new();
    // In 3.1.1 the Session is kept that was begun with Clean Session 0.
    let first = stage.version() == mqtt_reason::Version::V5_0;
    for (clean, expiry) in [(first, 60), (false, 60), (true, 0)] {
        let connect = kept(stage, clean, expiry);
        let (link, connack) = stage.connect("client", connect).await?;
        must_keep(&connack, expiry)?;
        present.push(session_present(&connack));
        stage.send(link, goodbye()).await;
        let until = Instant::now() + stage.wait();
        stage.listen(link, until).await;
        stage.close(link).await;
    }
    let words: Vec<_> = present
        .iter()
        .map(|set| u8::from(*set).to_string())
        .collect();
    stage.tell(vec![
        format!("Session Present {}", words.join(", ")),
        "closed".to_owned(),
    ]);
    Ok(match present.as_slice() {
        [false, true, false] => Verdict::good(),
        [_, _, true] => Verdict::wrong(
            stage.rule("MQTT-3.2.2-2", "MQTT-3.2.2-1"),
            "Session Present 1 in answer to Clean Start 1 (Clean Session 1)",
        ),
        [true, ..] => Verdict::wrong(
            stage.rule("MQTT-3.2.2-2", "MQTT-3.2.2-3"),
            "Session Present 1 although there is no Session of this Client Identifier",
        ),
        _ => Verdict::wrong(
            stage.rule("MQTT-3.2.2-3", "MQTT-3.2.2-2"),
            match stage.version() {
                mqtt_reason::Version::V5_0 => {
                    "Session Present 0 although the Session was to be kept for 60 s"
                }
                _ => "Session Present 0 although the Session was begun with Clean Session 0",
            },
        ),
    })
}

/// Skips what needs a Session that is kept if the CONNACK says that it is not, or not for so long: §3.2.2.3.2.
pub(super) fn must_keep(connack: &Seen, seconds: u32) -> Result<(), Stop> {
    let Ok(Decoded::Packet {
        packet: packets::Packet::Connack(connack),
        ..
    }) = packets::decode(&connack.bytes)
    else {
        return Ok(());
    };
    match connack.properties().session_expiry_interval() {
        Some(kept) if kept < seconds => Err(Stop::Skip(format!(
            "the CONNACK says that the Session is kept for {kept} s, not for {seconds} s"
        ))),
        _ => Ok(()),
    }
}

pub(super) fn session_present(connack: &Seen) -> bool {
    connack.bytes.get(2).is_some_and(|flags| flags & 1 == 1)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Limit {
    MaximumPacketSize,
    ProblemInformation,
}

/// Requests that are refused with long explanations by those who explain. The decoder says whether the limit is kept.
async fn errors_with_long_names(stage: &mut Stage, limit: Limit) -> Result<Verdict, Stop> {
    let connect = stage.setting.connect().with(|c| match limit {
        Limit::MaximumPacketSize => c.maximum_packet_size = Some(40),
        Limit::ProblemInformation => c.no_problem_information = true,
    });
    let (link, _) = stage.connect("client", connect).await?;
    let long = "n".repeat(match limit {
        Limit::MaximumPacketSize => 150,
        Limit::ProblemInformation => 1,
    });
    let setting = &stage.setting;
    let bad_filter = format!("{}/#/x", setting.topic(&long));
    let all = setting
        .unsubscribe(5, &[], &[&long])
        .then(&setting.publish(0x32, &long, Some(7), &[], b"x"))
        .then(&draft::subscribe(
            setting.version,
            9,
            &[],
            &[(bad_filter, 0)],
        ));
    stage.stimulate(link, all).await;
    let (packets, alive) = stage.flush(link).await;
    Ok(if packets.is_empty() && !alive {
        match stage.end(link) {
            End::Open => Verdict::new(Outcome::Observed, "nothing is answered"),
            _ => Verdict::new(Outcome::BareClose, "closed without saying why"),
        }
    } else {
        Verdict::good()
    })
}
