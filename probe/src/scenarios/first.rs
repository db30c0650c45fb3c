//! F: the first packet of a connection is no CONNECT.

use std::time::Duration;

use tokio::time::Instant;

use crate::draft::{Draft, disconnect, pingreq};
use crate::engine::{End, Layout};
use crate::judge::{Outcome, Verdict};
use crate::scenario::words::v5;
use crate::scenario::{Answer, Scenario};
use crate::setting::Setting;

/// How long "a reasonable time" to wait for a CONNECT may be.
const REASONABLE: Duration = Duration::from_secs(12);

/// The rows of the group.
pub(super) fn rows() -> Vec<Scenario> {
    let row = |id, title, bytes: fn(&Setting) -> Draft| {
        let rules = ["MQTT-4.13.1-1", "MQTT-3.1.0-1", "MQTT-3.14.0-1"];
        v5(id, title, &rules).before(bytes).best([Answer::Close])
    };
    let mut rows = vec![
        row("F01", "PINGREQ as the first packet", |_| pingreq()),
        row("F02", "PUBLISH QoS 0 as the first packet", |s| {
            s.publish(0x30, "t", None, &[], b"x")
        }),
        row("F03", "SUBSCRIBE as the first packet", |s| {
            s.subscribe(1, &[], &[("t", 0)])
        }),
        row("F04", "AUTH 0x18 with a method as the first packet", |_| {
            [0xF0, 6, 0x18, 4, 0x15, 0, 1, b'X'].into()
        }),
        row("F05", "DISCONNECT 0x00 as the first packet", |_| {
            disconnect()
        }),
        row("F06", "PUBACK as the first packet", |_| {
            [0x40, 2, 0, 1].into()
        }),
        row("F07", "CONNACK as the first packet", |_| {
            [0x20, 3, 0, 0, 0].into()
        }),
    ];
    let mut silent = v5("F08", "connects and sends nothing", &["3.1.4"])
        .steps(|stage| {
            Box::pin(async move {
                let link = stage.open("client", Layout::ByLength).await?;
                stage.judge_from_here(link);
                let begun = Instant::now();
                let packets = stage.listen(link, begun + REASONABLE).await;
                Ok(match stage.end(link) {
                    End::Open => Verdict::new(
                        Outcome::NotNoticed,
                        "still open after 12 s; §3.1.4 says that a server SHOULD close within a reasonable time",
                    ),
                    _ if packets.is_empty() => Verdict::new(
                        Outcome::AsDemanded,
                        format!("closed after {:.1} s", begun.elapsed().as_secs_f64()),
                    ),
                    _ => Verdict::new(Outcome::OtherCode, "closed, after a packet"),
                })
            })
        })
        .best([Answer::Close])
        .lenient()
        .long();
    silent.needs.clear();
    rows.push(silent);
    rows
}
