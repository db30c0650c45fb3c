//! L: what takes a hand on the broker: `--hook NAME=COMMAND`.

use std::process::Stdio;
use std::time::Duration;

use mqtt_reason::PacketType;
use tokio::process::Command;
use tokio::time::Instant;

use crate::engine::{End, Layout, Seen, Stage, Stop};
use crate::judge::{Outcome, Received, Verdict, judge};
use crate::scenario::words::{connack, disconnect, v5};
use crate::scenario::{Need, Scenario};

/// How long a command, and the broker after it, may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// With so many connections no limit was set.
const CONNECTIONS: usize = 100;

/// The rows of the group.
pub(super) fn rows() -> Vec<Scenario> {
    vec![
        v5(
            "L03",
            "connections, until the limit that the hook sets is reached",
            &["3.2.2.2"],
        )
        .steps(|stage| Box::pin(too_many(stage)))
        .need(Need::Hook("limit"))
        .best([connack(0x97), connack(0x9F), connack(0x89)])
        .also([connack(0x80)]),
        v5("L02", "the hook kicks the client", &["3.14.2.1"])
            .steps(|stage| Box::pin(hooked(stage, "kick")))
            .need(Need::Hook("kick"))
            .best([disconnect(0x98)])
            .also([disconnect(0x87), disconnect(0x80)]),
        v5(
            "L01",
            "the hook stops the broker while a client is connected",
            &["3.14.2.1"],
        )
        .steps(|stage| Box::pin(hooked(stage, "stop")))
        .need(Need::Hook("stop"))
        .best([disconnect(0x8B)])
        .also([disconnect(0x98), disconnect(0x80)])
        .last(),
    ]
}

/// Runs the command of a hook; `{id}` stands for the Client Identifier.
async fn run(stage: &Stage, name: &str) -> Result<(), Stop> {
    let command = stage.setting.options.hooks.get(name);
    let command = command.map(|command| command.replace("{id}", &stage.setting.client_id));
    let Some(command) = command else {
        return Err(Stop::Skip(format!("it needs --hook {name}=COMMAND")));
    };
    let started = Command::new("sh")
        .arg("-c")
        .arg(&command)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .kill_on_drop(true)
        .status();
    match tokio::time::timeout(PATIENCE, started).await {
        Ok(Ok(status)) if status.success() => Ok(()),
        Ok(Ok(status)) => Err(Stop::Skip(format!("the hook {name} failed: {status}"))),
        Ok(Err(error)) => Err(Stop::Skip(format!(
            "the hook {name} cannot be run: {error}"
        ))),
        // A command that stays is taken to have done its work.
        Err(_) => Ok(()),
    }
}

async fn hooked(stage: &mut Stage, name: &str) -> Result<Verdict, Stop> {
    let row = match name {
        "stop" => v5("L01", "", &["3.14.2.1"])
            .best([disconnect(0x8B)])
            .also([disconnect(0x98), disconnect(0x80)]),
        _ => v5("L02", "", &["3.14.2.1"])
            .best([disconnect(0x98)])
            .also([disconnect(0x87), disconnect(0x80)]),
    };
    let link = stage.connect_own().await?;
    stage.judge_from_here(link);
    run(stage, name).await?;
    let packets = stage.listen(link, Instant::now() + PATIENCE).await;
    let received = Received {
        packets,
        end: stage.end(link),
        alive: false,
    };
    Ok(match received.end {
        End::Open => Verdict::new(
            Outcome::Observed,
            "the connection stands 10 s after the hook was run",
        ),
        _ => judge(&row, &received),
    })
}

async fn too_many(stage: &mut Stage) -> Result<Verdict, Stop> {
    run(stage, "limit").await?;
    let row = v5("L03", "", &["3.2.2.2"])
        .best([connack(0x97), connack(0x9F), connack(0x89)])
        .also([connack(0x80)]);
    let layout = Layout::Of(stage.version());
    for number in 0..CONNECTIONS {
        let link = stage.open(&format!("client-{number}"), layout).await?;
        let connect = stage.setting.connect_second(&number.to_string());
        stage.stimulate(link, connect.draft()).await;
        let until = Instant::now() + stage.patience();
        let first = stage.next(link, until).await;
        let accepted = first.as_ref().is_some_and(|seen: &Seen| {
            seen.packet_type() == Some(PacketType::Connack) && !seen.refuses()
        });
        if accepted {
            continue;
        }
        let until = Instant::now() + stage.wait();
        let more = stage.listen(link, until).await;
        let received = Received {
            packets: first.into_iter().chain(more).collect(),
            end: stage.end(link),
            alive: false,
        };
        return Ok(judge(&row, &received));
    }
    Err(Stop::Skip(format!(
        "{CONNECTIONS} connections are accepted: no limit was reached"
    )))
}
