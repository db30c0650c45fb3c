//! Every scenario of `probe client` can be passed and can be failed: shown by a client with faults on order.
#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    reason = "a test that meets something else has failed"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::path::PathBuf;
use std::process::Command;

use futures_util::stream::{self, StreamExt};
use mqtt_reason_probe::client::Client;
use mqtt_reason_probe::judge::Outcome;

/// The example: `cargo test` builds it before it runs the tests; `cargo test --test scenarios` does not.
fn example() -> PathBuf {
    let mut path = env::current_exe().unwrap();
    path.pop();
    path.pop();
    path.push("examples/client");
    if !path.exists() {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args([
            "build",
            "--quiet",
            "--package",
            env!("CARGO_PKG_NAME"),
            "--example",
            "client",
        ]);
        assert!(cargo.status().unwrap().success());
    }
    path
}

/// The outcome of each scenario against this client, and the line of JSON for people who read a failure.
async fn outcomes(options: &[&str]) -> BTreeMap<&'static str, (Outcome, String)> {
    let program = example().into_os_string().into_string().unwrap();
    let placeholders = ["{host}", "{port}", "{id}", "{action}", "{topic}", "{qos}"];
    let command = [program.as_str()]
        .into_iter()
        .chain(placeholders)
        .chain(options.iter().copied());
    let mut client = Client::new(
        ([127, 0, 0, 1], 0).into(),
        command.map(str::to_owned).collect(),
    );
    // They sleep most of the time.
    client.jobs = Some(100);
    client.user = Some("name".to_owned());
    client.password = Some("word".to_owned());
    let mut outcomes = BTreeMap::new();
    client
        .run(|told| {
            let shown = format!("{:?}\n{}", told.line, told.transcript);
            outcomes.insert(told.line.scenario, (told.line.outcome, shown));
        })
        .await
        .unwrap();
    outcomes
}

/// Those that nothing is demanded in.
const OBSERVED: [&str; 3] = ["SA04", "PA06", "DI01"];

#[tokio::test(flavor = "multi_thread")]
async fn a_careful_client_passes_every_scenario() {
    let mut played = 0;
    for options in [
        [
            "careful",
            "5.0",
            "count={count}",
            "user={user}",
            "password={password}",
        ],
        [
            "careful",
            "auth",
            "count={count}",
            "user={user}",
            "password={password}",
        ],
        [
            "careful",
            "3.1.1",
            "count={count}",
            "user={user}",
            "password={password}",
        ],
    ] {
        for (id, (outcome, shown)) in outcomes(&options).await {
            match outcome {
                Outcome::Skipped => continue,
                Outcome::Observed => assert!(OBSERVED.contains(&id), "{id}: {shown}"),
                outcome => assert_eq!(outcome, Outcome::AsDemanded, "{id} {options:?}: {shown}"),
            }
            played += 1;
        }
    }
    assert!(played > 241, "{played}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_scenario_is_failed_by_a_client_with_a_fault() {
    let mut passed: BTreeMap<&str, String> = BTreeMap::new();
    let mut failed = BTreeSet::new();
    let clients = [
        ("deaf", "5.0", "user={user}"),
        ("deaf", "auth", "user={user}"),
        ("deaf", "3.1.1", "user={user}"),
        ("touchy", "5.0", "user={user}"),
        ("touchy", "auth", "user={user}"),
        ("touchy", "3.1.1", "user={user}"),
        ("greedy", "5.0", "user={user}"),
        ("greedy", "auth", "user={user}"),
        ("careful", "5.0", "user=nobody"),
        ("careful", "3.1.1", "user=nobody"),
    ];
    let mut played = stream::iter(clients)
        .map(async |(mode, word, user)| {
            outcomes(&[mode, word, user, "count={count}", "password={password}"]).await
        })
        .buffer_unordered(2);
    while let Some(outcomes) = played.next().await {
        for (id, (outcome, shown)) in outcomes {
            match outcome {
                Outcome::AsDemanded => drop(passed.insert(id, shown)),
                Outcome::Observed | Outcome::Skipped => {}
                _ => drop(failed.insert(id)),
            }
        }
    }
    assert!(failed.len() > 230, "{}", failed.len());
    passed.retain(|id, _| !failed.contains(id));
    let first = passed.values().next();
    let ids: Vec<_> = passed.keys().collect();
    assert!(
        passed.is_empty(),
        "nobody fails {ids:?}; the first: {first:?}"
    );
}
