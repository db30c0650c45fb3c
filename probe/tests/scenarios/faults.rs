//! Every scenario fails if its fault is planted, and not otherwise: a proxy plants it between the probe and
//! `examples/broker`, or mosquitto where the example lacks the feature. `faults/table.rs` is the table; what neither
//! broker has is played with a scripted peer (`scripted.rs`), which tests the judge only.

#![expect(clippy::unwrap_used, reason = "a test panics when it fails")]

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;

use mqtt_reason::Version;
use mqtt_reason_probe::engine::{Known, Played, Runner, learn};
use mqtt_reason_probe::judge::Outcome;
use mqtt_reason_probe::net::{Connector, TlsOptions};
use mqtt_reason_probe::scenario::Scenario;
use mqtt_reason_probe::scenarios::broker;
use mqtt_reason_probe::setting::Options;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

#[path = "../../../examples/broker/main.rs"]
#[expect(dead_code, reason = "the test does not call the program's main")]
mod ours;
mod proxy;
mod table;

use crate::mosquitto;
use proxy::Fault;
use table::{SCRIPTED, TABLE};

/// How many scenarios are played at a time, each with its fault and without.
const AT_A_TIME: usize = 64;

fn connector(address: SocketAddr) -> Connector {
    let address = address.to_string().parse().unwrap();
    Connector::new(address, &TlsOptions::default()).unwrap()
}

/// A broker and what is known of it.
struct Target {
    address: SocketAddr,
    known: Known,
    options: Options,
}

impl Target {
    async fn new(address: SocketAddr, options: Options) -> Self {
        let versions = [Version::V5_0, Version::V3_1_1];
        let known = learn(&connector(address), &options, &versions, "0f0f0f")
            .await
            .unwrap();
        Self {
            address,
            known,
            options,
        }
    }

    fn runner(&self, address: SocketAddr, run: &str) -> Runner {
        let (known, options) = (self.known.clone(), self.options.clone());
        Runner::new(
            connector(address),
            known,
            options,
            run.to_owned(),
            AT_A_TIME,
        )
    }

    /// Plays a scenario through a proxy with this fault.
    async fn play(&self, scenario: &Scenario, fault: Fault, run: &str) -> Played {
        let setting = self.runner(self.address, run).setting(scenario);
        let address = proxy::start(self.address, scenario, setting, fault).await;
        let runner = self.runner(address, run);
        let mut played = runner.play(std::slice::from_ref(scenario), |_| {}).await;
        played.remove(0)
    }
}

/// Plays the scenarios of the table that are chosen and that the target offers, with their faults and without; those
/// that it does not offer are returned.
async fn plant(target: Target, chosen: impl Fn(&str) -> bool) -> String {
    let places = Arc::new(Semaphore::new(AT_A_TIME));
    let target = Arc::new(target);
    let mut running = JoinSet::new();
    let mut rows: Vec<_> = TABLE
        .iter()
        .flat_map(|(ids, fault, expected)| {
            let named = |scenario: &Scenario| ids.split(' ').any(|id| id == scenario.id);
            let scenarios = broker().into_iter().filter(named);
            scenarios.map(move |scenario| (scenario, *fault, *expected))
        })
        .filter(|(scenario, ..)| chosen(scenario.id))
        .collect();
    // Those that wait for long begin first.
    rows.sort_by_key(|(scenario, ..)| !scenario.long);
    for (scenario, fault, expected) in rows {
        let (places, target) = (Arc::clone(&places), Arc::clone(&target));
        running.spawn(async move {
            let _place = places.acquire_owned().await.unwrap();
            // K09 and K10 play other scenarios again, perhaps while those run: each has Client Identifiers of its own.
            let run = |letter: char| format!("{letter}{:0>5}", scenario.id);
            let (sound, faulty) = (run('a'), run('b'));
            let (without, with) = tokio::join!(
                target.play(&scenario, Fault::None, &sound),
                target.play(&scenario, fault, &faulty),
            );
            (scenario, expected, without, with)
        });
    }
    let mut lacking = BTreeSet::new();
    let mut failures = Vec::new();
    while let Some(result) = running.join_next().await {
        let (scenario, expected, without, with) = result.unwrap();
        let told = |played: &Played| {
            let verdict = &played.verdict;
            let (outcome, why) = (verdict.outcome, &verdict.why);
            format!("{outcome:?} ({why}); received {:?}", played.received)
        };
        if without.verdict.outcome == Outcome::Skipped {
            lacking.insert(scenario.id);
            continue;
        }
        let (good, bad) = (without.verdict.outcome, with.verdict.outcome);
        if good == Outcome::Wrong || bad != expected || good == bad {
            failures.push(format!(
                "{} {}: {expected:?} is wanted; without the fault {}; with it {}",
                scenario.id,
                scenario.title,
                told(&without),
                told(&with),
            ));
        }
    }
    failures.sort();
    assert!(failures.is_empty(), "{failures:#?}");
    lacking.into_iter().collect::<Vec<_>>().join(" ")
}

#[tokio::test(flavor = "multi_thread")]
async fn planted_in_our_broker() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(ours::serve(listener, std::future::pending()));
    let mut options = Options::default();
    options.user_name = Some("alice".to_owned());
    options.password = Some("wonderland".to_owned());
    options.denied_topic = Some("admin/probe".to_owned());
    // It checks what its clients may do, and notices that P31 sends again.
    let lacking = plant(Target::new(address, options).await, |id| id != "P31").await;
    assert_eq!(lacking, OURS_LACKS);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs mosquitto"]
async fn planted_in_mosquitto() {
    let ours_lacks = |id: &str| id == "P31" || OURS_LACKS.split(' ').any(|lacking| lacking == id);
    let folder = tempfile::tempdir().unwrap();
    let acl = "topic readwrite mr/#\ntopic readwrite probe/admin\n";
    std::fs::write(folder.path().join("acl_of_probe"), acl).unwrap();
    let lines = ["allow_anonymous true", "acl_file @folder/acl_of_probe"];
    let broker = mosquitto::Broker::start_in(folder, &lines);
    let mut options = Options::default();
    options.denied_topic = Some("admin/probe".to_owned());
    let lacking = plant(Target::new(broker.address(), options).await, ours_lacks).await;
    assert_eq!(lacking, "C43 P22");

    let broker = mosquitto::Broker::start(&["allow_anonymous true", "max_qos 1"]);
    let target = Target::new(broker.address(), Options::default()).await;
    let lacking = plant(target, |id| matches!(id, "C43" | "P22")).await;
    assert_eq!(lacking, "");
}

/// What `examples/broker` does not offer.
const OURS_LACKS: &str = "C43 E01 E02 E04 E05 E06 E09 K05 M04 M05 M08 M09 M13 M17 M21 M22 M25 M26 M27 M28 M29 M35 P13 \
    P22 S12 S17 S18 S19 V53 V54 V59 V60 V61 V62 WI02 WI03 WI05";

#[test]
fn every_scenario_has_a_fault() {
    let mut named = BTreeSet::new();
    let tabled = TABLE.iter().map(|(ids, _, _)| *ids);
    for ids in tabled.chain([SCRIPTED]) {
        for id in ids.split(' ') {
            assert!(named.insert(id), "{id} stands in the table twice");
        }
    }
    let all: BTreeSet<&str> = broker().iter().map(|scenario| scenario.id).collect();
    assert_eq!(named, all);
}
