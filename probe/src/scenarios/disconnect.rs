//! D: DISCONNECT from the Client, and what becomes of its Will.

use tokio::time::Instant;

use crate::draft::{Draft, four_byte_property, frame, join, text_property, two_byte_property};
use crate::engine::{End, Stage, Stop};
use crate::judge::{Outcome, Verdict, judge};
use crate::scenario::words::{disconnect, v5};
use crate::scenario::{Answer, Scenario};
use crate::setting::Setting;

/// The rows of the group.
pub(super) fn rows() -> Vec<Scenario> {
    let bad = |id, title, code, rules: &[&'static str], bytes: fn(&Setting) -> Draft| {
        v5(id, title, rules)
            .after(bytes)
            .best([disconnect(code)])
            .lenient()
    };
    vec![
        v5(
            "D01",
            "DISCONNECT 0x00, with a Will and a subscriber to it",
            &["MQTT-3.14.4-3"],
        )
        .steps(|stage| Box::pin(with_will(stage, "D01", &[0xE0, 0], Fate::Dropped)))
        .best([Answer::Close])
        .lenient(),
        v5(
            "D02",
            "DISCONNECT 0x04, short form E0 01 04, with a Will and a subscriber to it",
            &["MQTT-3.1.2-8", "3.14.2.1"],
        )
        .steps(|stage| Box::pin(with_will(stage, "D02", &[0xE0, 1, 4], Fate::Published)))
        .best([Answer::Close])
        .lenient(),
        v5(
            "D03",
            "DISCONNECT with code 0x05, not in the table, with a Will and a subscriber to it",
            &["MQTT-3.1.2-8", "MQTT-3.14.2-1"],
        )
        .steps(|stage| Box::pin(with_will(stage, "D03", &[0xE0, 1, 5], Fate::Published)))
        .best([disconnect(0x82)])
        .lenient(),
        v5("D04", "DISCONNECT with 0x8E, a Server code", &["3.14.2.1"])
            .after(|_| [0xE0, 1, 0x8E].into())
            .best([disconnect(0x82)])
            .observed(),
        v5(
            "D05",
            "Session Expiry Interval 30 although CONNECT had none, with a Will and a subscriber to it",
            &["3.14.2.2.2", "MQTT-3.1.2-8"],
        )
        .steps(|stage| {
            let bytes = &[0xE0, 7, 0, 5, 0x11, 0, 0, 0, 30];
            Box::pin(with_will(stage, "D05", bytes, Fate::Published))
        })
        .best([disconnect(0x82)])
        .lenient(),
        bad("D06", "Session Expiry Interval twice", 0x82, &["3.14.2.2.2"], |_| {
            let twice = join(&[&four_byte_property(0x11, 0), &four_byte_property(0x11, 0)]);
            frame(0xE0, &join(&[&[0, 10], &twice])).into()
        }),
        bad("D07", "unknown property 0x7E", 0x81, &["2.2.2.2"], |_| {
            [0xE0, 4, 0, 2, 0x7E, 0].into()
        }),
        bad("D08", "a CONNACK property (0x21)", 0x81, &["2.2.2.2"], |_| {
            frame(0xE0, &join(&[&[0, 3], &two_byte_property(0x21, 1)])).into()
        }),
        v5("D09", "Server Reference from a Client", &["3.14.2.2.5"])
            .after(|_| frame(0xE0, &join(&[&[0, 4], &text_property(0x1C, "x")])).into())
            .best([disconnect(0x82)])
            .observed(),
        bad("D10", "Property Length past the end", 0x81, &["2.2.2.1"], |_| {
            [0xE0, 2, 0, 0x7F].into()
        }),
    ]
}

/// What becomes of a Will.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It must be published.
    Published,
    /// It must not.
    Dropped,
}

/// Sends the last packet of a connection that has a Will, and looks at what a subscriber to the Will gets.
async fn with_will(
    stage: &mut Stage,
    id: &'static str,
    bytes: &'static [u8],
    fate: Fate,
) -> Result<Verdict, Stop> {
    let rows = rows_of_steps();
    let Some(row) = rows.into_iter().find(|row| row.id == id) else {
        return Err(Stop::Skip("no such row".to_owned()));
    };
    let subscriber = stage.watcher().await?;
    let connect = stage.setting.connect().will(stage.setting.will());
    let (link, _) = stage.connect("client", connect).await?;
    stage.stimulate(link, Draft::new(bytes)).await;
    let received = stage.collect(link, &row.demand).await;
    let verdict = judge(&row, &received);
    if stage.end(link) == End::Open {
        return Ok(verdict);
    }
    Ok(match will_fate(stage, subscriber, fate).await {
        Some(wrong) if verdict.outcome != Outcome::Wrong => wrong,
        _ => verdict,
    })
}

/// The demands of the rows that are played in steps.
fn rows_of_steps() -> Vec<Scenario> {
    let closes = |id| {
        v5(id, "", &["MQTT-3.14.4-3"])
            .best([Answer::Close])
            .lenient()
    };
    let told = |id, rule| v5(id, "", &[rule]).best([disconnect(0x82)]).lenient();
    vec![
        closes("D01"),
        closes("D02"),
        told("D03", "MQTT-3.14.2-1"),
        told("D05", "3.14.2.2.2"),
    ]
}

/// Whether the Will, to be seen by `subscriber`, met its fate; if not, the verdict.
pub(super) async fn will_fate(stage: &mut Stage, subscriber: usize, fate: Fate) -> Option<Verdict> {
    match fate {
        Fate::Published => {
            let until = Instant::now() + stage.patience();
            while let Some(seen) = stage.next(subscriber, until).await {
                if stage.message_of(&seen).is_some() {
                    return None;
                }
            }
            let (packets, alive) = stage.flush(subscriber).await;
            let published = packets.iter().any(|seen| stage.message_of(seen).is_some());
            (alive && !published).then(|| {
                Verdict::wrong(
                    "MQTT-3.1.2-8",
                    "the connection ended without DISCONNECT 0x00, and the Will is not published",
                )
            })
        }
        Fate::Dropped => {
            let until = Instant::now() + stage.wait() / 2;
            let mut packets = stage.listen(subscriber, until).await;
            packets.extend(stage.flush(subscriber).await.0);
            let published = packets.iter().any(|seen| stage.message_of(seen).is_some());
            published.then(|| {
                Verdict::wrong(
                    "MQTT-3.14.4-3",
                    "the Will is published although the Client said DISCONNECT 0x00",
                )
            })
        }
    }
}
