//! The page of `probe page`: what is in it, and what headless Chromium makes of it, which needs Chromium:
//! `cargo test --test probe_page -- --ignored`.
#![expect(clippy::unwrap_used, reason = "a test fails by a panic")]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A name that would be markup, and would run.
const EVIL: &str = "<img src=x onerror=alert(1)><script>alert(2)</script>'\"&";

/// Results as `probe --json` prints them, `count` of them.
fn results(ids: &[&str], count: usize) -> String {
    let outcomes = ["as_demanded", "wrong", "not_noticed", "skipped"];
    let mut text = String::new();
    for number in 0..count {
        let id = match ids.get(number) {
            Some(id) => (*id).to_owned(),
            None => format!("Z{number}"),
        };
        let outcome = outcomes.get(number % outcomes.len()).unwrap();
        let line = serde_json::json!({
            "scenario": id, "title": format!("title {EVIL}"), "mqtt": "5.0", "outcome": outcome,
            "demanded": ["DISCONNECT 0x82"], "received": [EVIL, "closed"], "rules": ["MQTT-3.1.0-2"],
            "why": EVIL, "sent": "c000", "transcript": [format!("+0.1 client {EVIL}")],
        });
        let _ = writeln!(text, "{line}");
    }
    text + "{\"result\":\"summary\",\"as_demanded\":1}\n"
}

fn write(name: &str, text: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, text).unwrap();
    path
}

fn page(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_mqtt-reason"))
        .args(["probe", "page"])
        .args(args)
        .output()
        .unwrap()
}

/// The page and the picture of a broker with many results and of two clients.
fn made(name: &str, count: usize) -> (PathBuf, PathBuf) {
    let broker = write(
        &format!("{name}-<b>broker.jsonl"),
        &results(&["F01", "C01", "K04"], count),
    );
    let one = write(
        &format!("{name}-one.jsonl"),
        &results(&["CN01", "PU01", "DI03"], 3),
    );
    let two = write(
        &format!("{name}-two.jsonl"),
        &results(&["CN01", "PU01", "VP01"], 3),
    );
    let (v5, v3) = ("versions-1.0-5.0.jsonl", "versions-1.0-3.1.1.jsonl");
    let v5 = write(
        &format!("{name}-{v5}"),
        &results(&["CN02", "PU02", "DI02"], 3),
    );
    let v3 = write(
        &format!("{name}-{v3}"),
        &results(&["VP01", "VP02", "VW01"], 3),
    );
    let html = broker.with_file_name(format!("{name}.html"));
    let svg = broker.with_file_name(format!("{name}.svg"));
    let shown = |path: &Path| path.to_str().unwrap().to_owned();
    let output = page(&[
        &shown(&broker),
        &shown(&one),
        &shown(&two),
        &shown(&v5),
        &shown(&v3),
        "--html",
        &shown(&html),
        "--svg",
        &shown(&svg),
        "--title",
        EVIL,
    ]);
    assert!(output.status.success(), "{output:?}");
    (html, svg)
}

/// Brokers and clients have a table each; the page loads nothing, and nothing of a file is markup in it.
#[test]
fn brokers_and_clients_are_on_one_page_and_everything_is_escaped() {
    let (html, svg) = made("escaped", 3);
    let text = fs::read_to_string(html).unwrap();
    assert!(text.starts_with("<!DOCTYPE html>") && text.trim_end().ends_with("</html>"));
    for markup in [
        "<script",
        "<img",
        "<b>broker",
        "src=\"http",
        "href=\"http",
        "url(",
    ] {
        assert!(!text.contains(markup), "{markup}");
    }
    assert!(text.contains("<h2>Brokers</h2>") && text.contains("<h2>Clients</h2>"));
    assert!(text.contains("&lt;img src=x onerror=alert(1)&gt;"));
    // Two versions of one client are one column.
    assert_eq!(
        text.matches("<th scope=\"col\">escaped-versions-1.0</th>")
            .count(),
        2
    );
    assert!(!text.contains("versions-1.0-"));
    // What is wrong is a word, and leads to its cell.
    assert!(text.contains("WRONG") && text.contains("href=\"#t1c1-PU01\""));
    assert!(text.contains("id=\"t1c1-PU01\""));
    let picture = fs::read_to_string(svg).unwrap();
    assert!(picture.starts_with("<svg") && picture.trim_end().ends_with("</svg>"));
    assert!(picture.contains("escaped-&lt;b&gt;broker") && !picture.contains("<b>"));
    assert!(picture.contains(">Brokers<") && picture.contains("1 wrong, 0 skipped"));
}

#[test]
fn files_that_hold_no_results_are_wrong_usage() {
    let empty = write("no-results.jsonl", "{}\n");
    let output = page(&[empty.to_str().unwrap(), "--html", "/dev/null"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("holds no result"));
    assert_eq!(page(&[empty.to_str().unwrap()]).status.code(), Some(2));
}

fn chromium(args: &[&str], of: &Path) -> Output {
    let found = ["chromium", "chromium-browser", "google-chrome"]
        .into_iter()
        .find(|name| {
            let version = Command::new(name).arg("--version").output();
            version.is_ok_and(|output| output.status.success())
        });
    let output = Command::new(found.unwrap())
        .args(["--headless", "--no-sandbox", "--disable-gpu"])
        .args(["--enable-logging=stderr", "--v=0"])
        .args(args)
        .arg(format!("file://{}", of.display()))
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    output
}

#[test]
#[ignore = "needs Chromium"]
fn chromium_shows_a_thousand_scenarios_without_a_complaint() {
    let (html, _) = made("chromium", 1000);
    let output = chromium(&["--dump-dom"], &html);
    let log = String::from_utf8_lossy(&output.stderr);
    assert!(!log.contains("CONSOLE"), "{log}");
    let dom = String::from_utf8(output.stdout).unwrap();
    assert_eq!(dom.matches("id=\"t0c0-").count(), 1000);
    // Markup of a file would be elements by now.
    assert!(!dom.contains("<img") && !dom.contains("<script"));
}

/// Page and picture in light and in dark are pictures, and not the same ones.
#[test]
#[ignore = "needs Chromium"]
fn chromium_draws_page_and_picture_in_light_and_in_dark() {
    let (html, svg) = made("drawn", 300);
    for drawn in [html, svg] {
        let picture = |name: &str, options: &[&str]| {
            let path =
                drawn.with_extension(format!("{}.{name}", drawn.extension().unwrap().display()));
            let _ = fs::remove_file(&path);
            let to = format!("--screenshot={}", path.display());
            let args = [options, &["--window-size=1200,1000", &to]].concat();
            chromium(&args, &drawn);
            fs::read(path).unwrap()
        };
        let light = picture("light.png", &[]);
        let dark = picture(
            "dark.png",
            &[
                "--blink-settings=preferredColorScheme=0",
                "--force-dark-mode",
            ],
        );
        assert!(light.len() > 5_000 && dark.len() > 5_000);
        assert_ne!(light, dark);
    }
}
