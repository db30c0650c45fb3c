//! What the fuzz targets of the command check, on what the fuzzer once found and on inputs made here.
//!
//! The targets in `fuzz/fuzz_targets` call the same functions. A finding is kept as `fuzz/findings/TARGET/*`.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test panics when it fails"
)]

#[path = "../../src/capture/mod.rs"]
#[expect(dead_code, reason = "the command uses more of it")]
mod capture;
#[path = "../../src/connection/direction.rs"]
#[expect(dead_code, reason = "the command uses more of it")]
mod direction;
#[path = "../../src/finding.rs"]
#[expect(dead_code, reason = "the command uses more of it")]
mod finding;
#[path = "../../src/input/mod.rs"]
mod input;
#[path = "../../src/packet.rs"]
#[expect(dead_code, reason = "the command uses more of it")]
mod packet;
#[path = "../../src/connection/secrets.rs"]
mod secrets;
#[path = "../check_support/mod.rs"]
#[expect(dead_code, reason = "the tests of captures use more of it")]
mod support;
#[path = "../../src/connection/transport.rs"]
#[expect(dead_code, reason = "the command uses more of it")]
mod transport;
#[path = "../../src/connection/websocket.rs"]
mod websocket;

mod captures;
mod carried;
mod pasted;

use std::fs;
use std::path::{Path, PathBuf};

use capture::{At, How};
use finding::Show;
use support::packets::{CONNACK, connect, publish};
use support::{FORMATS, From, LINKS, Tcp};

/// The files below a folder of the project.
fn files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .join(folder);
    match fs::read_dir(&folder) {
        Ok(entries) => entries.map(|entry| entry.unwrap().path()).collect(),
        Err(_) => Vec::new(),
    }
}

#[test]
fn findings_of_the_fuzzer_are_no_findings_any_more() {
    type Check = fn(&[u8]);
    let targets: [(&str, Check); 3] = [
        ("captures", captures::check),
        ("carried", carried::check),
        ("pasted", pasted::check),
    ];
    for (target, check) in targets {
        for finding in files(&format!("fuzz/findings/{target}")) {
            check(&fs::read(finding).unwrap());
        }
    }
}

/// A small generator, so that a failure can be repeated.
struct Random(u64);

impl Random {
    fn below(&mut self, count: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        usize::try_from(self.0 >> 33).unwrap() % count.max(1)
    }

    /// The same with some bytes changed, left out or repeated.
    fn damaged(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        for _ in 0..=self.below(4) {
            let at = self.below(bytes.len());
            match self.below(4) {
                _ if bytes.is_empty() => {}
                0 => bytes[at] = u8::try_from(self.below(256)).unwrap(),
                1 => bytes[at] ^= 1 << self.below(8),
                2 => drop(bytes.drain(at..)),
                _ => bytes.insert(at, bytes[at]),
            }
        }
        bytes
    }
}

/// Captures of every kind, whole and damaged.
#[test]
fn captures_that_are_damaged() {
    let mut tcp = Tcp::open("192.0.2.1:50000", "192.0.2.2:1883");
    tcp.send(From::Client, &connect("c", b""));
    tcp.send(From::Server, &CONNACK);
    tcp.send(From::Client, &publish(1, 2, "a/b", &[7; 300]));
    let mut random = Random(1);
    for format in FORMATS {
        for link in LINKS {
            let whole = support::capture(format, link, usize::MAX, &tcp.packets());
            captures::check(&whole);
            for _ in 0..50 {
                captures::check(&random.damaged(&whole));
            }
        }
    }
}

#[test]
fn transcripts_that_are_damaged() {
    let whole = b"# all of it\n\nconnection a\n+1 client 100e\n+1.5 server 2003000000\nconnection b\nclient closes\nserver resets\n";
    let mut random = Random(2);
    captures::check(whole);
    for _ in 0..2000 {
        captures::check(&random.damaged(whole));
    }
}

#[test]
fn directions_of_a_connection_in_pieces() {
    let frame = |bytes: &[u8]| [&[0x82, u8::try_from(bytes.len()).unwrap()], bytes].concat();
    let request = b"GET /mqtt HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n";
    let packets = [connect("c", b""), publish(1, 2, "a/b", &[7; 60])].concat();
    let streams = [
        packets.clone(),
        [&request[..], &frame(&packets)].concat(),
        [b"PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n", &packets[..]].concat(),
        b"\x16\x03\x01\x02\x00\x01\x00".to_vec(),
    ];
    let mut random = Random(3);
    for stream in streams {
        for size in 0..40 {
            for side in 0..2 {
                carried::check(&[&[side, size], &stream[..]].concat());
                let damaged = random.damaged(&stream);
                carried::check(&[&[side, size], &damaged[..]].concat());
            }
        }
    }
}

#[test]
fn pasted_text_of_every_form() {
    let texts: [&[u8]; 8] = [
        b"20 03 00 87 00",
        b"<<64,2,0,2>> [32, 3, 0, 135, 0]",
        b"0000000 20 03 00 87 00 |. ...|\n0000005",
        b"b\"\\x20\\x03\\x00 \\n\" // comment",
        b"<Buffer 20 03 00 87 00>",
        b"IAMAhwA=",
        b"0x20, 0x3, $00 16#87 00h",
        "\u{feff}[]byte{0x20,\u{a0}0x03}".as_bytes(),
    ];
    let mut random = Random(4);
    for text in texts {
        for choice in 0..64 {
            pasted::check(&[&[choice], text].concat());
            for _ in 0..20 {
                pasted::check(&[&[choice], &random.damaged(text)[..]].concat());
            }
        }
    }
}
