//! The page of `check --html`: what is in it, and what headless Chromium makes of it, which needs Chromium:
//! `cargo test --test check_page -- --ignored`.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by a panic"
)]

#[path = "check_support/mod.rs"]
#[expect(dead_code, reason = "only the packets are needed here")]
mod support;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use support::packets::{CONNACK, DISCONNECT, ack, connect, packet, publish, subscribe};

/// A name that would be markup, and would run.
const EVIL: &str = "<img src=x onerror=alert(1)><script>alert(2)</script>'\"&";

/// A transcript with findings, with a name that is markup, and with many packets in order.
fn transcript(messages: u16) -> String {
    let mut text = String::from("connection <b>bold</b>\n");
    let mut line = |time: f64, side: &str, bytes: &[u8]| {
        let _ = write!(text, "+{time} {side} ");
        for byte in bytes {
            let _ = write!(text, "{byte:02x}");
        }
        text.push('\n');
    };
    line(0.0, "client", &connect(EVIL, b""));
    line(0.01, "server", &CONNACK);
    line(0.5, "client", &subscribe(1, &["a", "b"]));
    line(0.6, "server", &packet(0x90, &[0, 1, 0, 1]));
    let mut time = 1.0;
    for id in 2..2 + messages {
        time += 0.001;
        line(
            time,
            "client",
            &publish(1, id, EVIL, b"<script>alert(3)</script>"),
        );
        line(time, "server", &ack(0x40, id));
    }
    line(time + 20.0, "server", &[0x40, 3, 0, 1, 0x01]);
    line(time + 20.0, "client", &DISCONNECT);
    text + "client closes\nserver resets\n"
}

fn page(name: &str, transcript: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let (input, page) = (folder.join(name), folder.join(format!("{name}.html")));
    fs::write(&input, transcript).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_mqtt-reason"))
        .args(["check", "--findings", "--html"])
        .args([&page, &input])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    page
}

/// The page is whole, loads nothing, and nothing of the input is markup in it.
#[test]
fn the_page_is_one_file_and_escapes_everything() {
    let path = page("page-escaped", &transcript(20));
    let text = fs::read_to_string(path).unwrap();
    assert!(text.starts_with("<!DOCTYPE html>") && text.trim_end().ends_with("</html>"));
    for markup in [
        "<script",
        "<img",
        "<b>bold",
        "src=\"http",
        "href=\"http",
        "url(",
    ] {
        assert!(!text.contains(markup), "{markup}");
    }
    assert!(text.contains("&lt;img src=x onerror=alert(1)&gt;"));
    assert!(text.contains("Connection &lt;b&gt;bold&lt;/b&gt;"));
    // A finding is beside both packets, and each leads to the other one.
    assert_eq!(text.matches("1 code for 2 topic filters").count(), 3);
    assert!(text.contains("href=\"#c1r2\"") && text.contains("href=\"#c1r3\""));
    assert!(text.contains("40 packets in order: 20 PUBLISH, 20 PUBACK"));
    assert!(text.contains("nothing for 20.000 s"), "{text}");
    assert!(text.contains("the server resets the connection"));
}

fn chromium() -> Command {
    let found = ["chromium", "chromium-browser", "google-chrome"]
        .into_iter()
        .find(|name| {
            Command::new(name)
                .arg("--version")
                .output()
                .is_ok_and(|output| output.status.success())
        });
    let mut command = Command::new(found.unwrap());
    command.args([
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--enable-logging=stderr",
        "--v=0",
    ]);
    command
}

/// What Chromium has of a page after it was loaded, and what its console said.
fn dom(page: &Path) -> (String, String) {
    let output = chromium()
        .arg("--dump-dom")
        .arg(format!("file://{}", page.display()))
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    (
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8_lossy(&output.stderr).into_owned(),
    )
}

#[test]
#[ignore = "needs Chromium"]
fn chromium_shows_a_thousand_packets_without_a_complaint() {
    let (dom, log) = dom(&page("page-chromium", &transcript(500)));
    assert!(!log.contains("CONSOLE"), "{log}");
    assert_eq!(dom.matches("<b>PUBLISH</b>").count(), 500);
    assert_eq!(dom.matches("<b>PUBACK</b>").count(), 501);
    assert!(dom.contains("1 code for 2 topic filters"));
    // Markup of the input would be elements by now.
    assert!(!dom.contains("<img") && !dom.contains("<script"));
}

/// The page in light and in dark is a picture of the same size, and not the same picture.
#[test]
#[ignore = "needs Chromium"]
fn chromium_draws_it_in_light_and_in_dark() {
    let page = page("page-drawn", &transcript(500));
    let picture = |name: &str, options: &[&str]| {
        let path = page.with_extension(name);
        let _ = fs::remove_file(&path);
        let output = chromium()
            .args(options)
            .arg("--window-size=1200,1600")
            .arg(format!("--screenshot={}", path.display()))
            .arg(format!("file://{}", page.display()))
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
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
    assert!(light.len() > 10_000 && dark.len() > 10_000);
    assert_ne!(light, dark);
}
