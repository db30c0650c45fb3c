//! `check`: a capture or a transcript, told packet by packet, with what is wrong between the packets.

mod input;
mod tally;

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;
use mqtt_reason::Side;

use crate::Verdict;
use crate::capture::{At, How, Opening, Watcher};
use crate::connection::{Connection, Head, Item, Settings, Show, Sink, TLS, What, human, json};
use crate::failure::Failure;
use crate::html::Page;
use crate::style::{human_output, plain_output};

use self::tally::Tally;

const EXAMPLES: &str = "\
Examples:
  mqtt-reason check capture.pcapng
  mqtt-reason check --findings --json transcript.txt
  tcpdump -i any -w - port 1883 | mqtt-reason check -
  mqtt-reason check --html page.html --port 11883 capture.pcap

A transcript is text, a line each:
  # comment; blank lines are skipped
  connection NAME        starts a connection (one is open at the start); a later one of the same name returns to it
  [+SECONDS] client HEX  bytes that the client sends, packets or parts of packets, in any form that decode takes
  [+SECONDS] server HEX
  [+SECONDS] client closes | server closes | client resets | server resets
SECONDS count from the start of the file and never go back.

Exit status: 0 if nothing is wrong, 1 if a packet does not decode or a rule is broken, 2 for wrong usage and for input
that cannot be used. What is only odd, and packets that the end of a stream cuts off, do not change it.";

/// Check both directions of connections: captures and transcripts
///
/// Rebuilds each connection, prints its packets, and what is wrong with them or between them. Captures are pcap and
/// pcapng; MQTT is what uses port 1883 (or --port) and what starts with a CONNECT. WebSocket is unwrapped; TLS is
/// named.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Check {
    /// A capture or a transcript; without it, and for -, standard input
    file: Option<PathBuf>,

    /// Print one JSON object a line
    #[arg(long)]
    json: bool,

    /// Print findings and errors only
    #[arg(long)]
    findings: bool,

    /// Write a page with a picture of each connection
    #[arg(long, value_name = "OUT")]
    html: Option<PathBuf>,

    /// The port of MQTT in the capture, if it is not 1883; may be given several times
    #[arg(long = "port", value_name = "N")]
    ports: Vec<u16>,

    /// Show Passwords and Will payloads
    #[arg(long)]
    secrets: bool,

    /// Show application payloads: 64 bytes of each as text, and all of their bytes
    #[arg(long)]
    payloads: bool,
}

impl Check {
    /// Checks everything.
    pub(crate) fn run(&self) -> Result<Verdict, Failure> {
        let show = Show {
            secrets: self.secrets,
            payloads: self.payloads,
        };
        let page = match &self.html {
            Some(path) => Some(Page::create(path, &self.title(), show)?),
            None => None,
        };
        if self.json {
            self.run_with(plain_output(), show, page)
        } else {
            self.run_with(human_output(), show, page)
        }
    }

    fn run_with(
        &self,
        out: impl Write,
        show: Show,
        page: Option<Page>,
    ) -> Result<Verdict, Failure> {
        let mut checker = Checker {
            packets: !self.findings || page.is_some(),
            capture: match &self.file {
                Some(path) if path.as_os_str() != "-" => path.display().to_string(),
                _ => "FILE".to_owned(),
            },
            told: Told {
                out,
                line: Vec::new(),
                json: self.json,
                findings: self.findings,
                show,
                page,
                tally: Tally::default(),
                failed: None,
            },
        };
        let read = self.read(&mut checker);
        let Told {
            mut out,
            page,
            tally,
            failed,
            ..
        } = checker.told;
        if let Some(error) = failed {
            return Err(error.into());
        }
        out.flush()?;
        if let Some(page) = page {
            page.finish()?;
        }
        // What was found before the input could not be used any more has been told.
        let besides = read?;
        tally.report(&besides);
        Ok(match tally.is_bad() {
            true => Verdict::Bad,
            false => Verdict::Good,
        })
    }

    /// What the page is called.
    fn title(&self) -> String {
        match &self.file {
            Some(path) if path.as_os_str() != "-" => path.display().to_string(),
            _ => "standard input".to_owned(),
        }
    }
}

/// Whoever is told what the input holds.
struct Checker<W> {
    told: Told<W>,
    /// Whether packets that are in order are wanted.
    packets: bool,
    /// What the capture is called on a command line.
    capture: String,
}

/// What prints, draws and counts.
struct Told<W> {
    out: W,
    /// What is being printed.
    line: Vec<u8>,
    json: bool,
    findings: bool,
    show: Show,
    page: Option<Page>,
    tally: Tally,
    /// Why printing failed: then nothing more is read.
    failed: Option<io::Error>,
}

/// One connection and its name.
struct Stream {
    name: String,
    /// Its number, from 0.
    index: usize,
    /// How its TLS can be read, if it is TLS.
    decrypt: Option<String>,
    connection: Connection,
}

impl<W: Write> Watcher for Checker<W> {
    type Stream = Stream;

    fn open(&mut self, opening: &Opening<'_>) -> Stream {
        let index = self.told.tally.open();
        let name = match opening.name {
            Some(name) => name.to_owned(),
            None => (index + 1).to_string(),
        };
        self.told.opened(&name, opening);
        Stream {
            name,
            index,
            decrypt: opening
                .addresses
                .map(|(client, server)| input::decrypt(&self.capture, client, server)),
            connection: Connection::new(Settings {
                packets: self.packets,
                middle: opening.middle,
            }),
        }
    }

    fn bytes(&mut self, stream: &mut Stream, side: Side, at: At, bytes: &[u8]) {
        let mut sink = self
            .told
            .sink(&stream.name, stream.index, stream.decrypt.as_deref());
        stream.connection.receive(side, at, bytes, &mut sink);
    }

    fn lost(&mut self, stream: &mut Stream, side: Side, at: At, count: u64) {
        let mut sink = self
            .told
            .sink(&stream.name, stream.index, stream.decrypt.as_deref());
        stream.connection.lost(side, at, count, &mut sink);
    }

    fn close(&mut self, stream: &mut Stream, side: Side, how: How, at: At) {
        let mut sink = self
            .told
            .sink(&stream.name, stream.index, stream.decrypt.as_deref());
        stream.connection.close(side, how, at, &mut sink);
    }

    fn finish(&mut self, mut stream: Stream, at: At) {
        let mut sink = self
            .told
            .sink(&stream.name, stream.index, stream.decrypt.as_deref());
        stream.connection.finish(at, &mut sink);
    }
}

impl<W: Write> Told<W> {
    const fn sink<'a>(
        &'a mut self,
        name: &'a str,
        index: usize,
        decrypt: Option<&'a str>,
    ) -> OneConnection<'a, W> {
        OneConnection {
            told: self,
            name,
            index,
            decrypt,
        }
    }

    /// Prints what there is to say of a connection before its first packet.
    fn opened(&mut self, name: &str, opening: &Opening<'_>) {
        if let Some(page) = &mut self.page {
            page.opened(name, opening);
        }
        if !self.findings {
            self.line.clear();
            let written = match self.json {
                true => json::opened(&mut self.line, name, opening),
                false => human::opened(&mut self.line, name, opening),
            };
            self.print(written);
        }
    }

    fn item(&mut self, name: &str, index: usize, item: &Item<'_>) {
        self.tally.count(item);
        if let Some(page) = &mut self.page {
            page.item(index, item);
        }
        if self.findings && !item.is_finding() {
            return;
        }
        self.line.clear();
        let head = Head {
            connection: name,
            ..Head::default()
        };
        let written = match self.json {
            true => json::item(&mut self.line, &head, item, self.show),
            false => human::item(&mut self.line, &head, item, self.show),
        };
        self.print(written);
    }

    fn print(&mut self, written: io::Result<()>) {
        if self.failed.is_none() {
            let printed = written.and_then(|()| self.out.write_all(&self.line));
            self.failed = printed.err();
        }
    }

    /// Hands what was printed to whoever reads it.
    fn flush(&mut self) {
        if self.failed.is_none() {
            self.failed = self.out.flush().err();
        }
    }
}

/// Where the items of one connection go.
struct OneConnection<'a, W> {
    told: &'a mut Told<W>,
    name: &'a str,
    index: usize,
    decrypt: Option<&'a str>,
}

impl<W: Write> Sink for OneConnection<'_, W> {
    fn item(&mut self, item: &Item<'_>) {
        match (&item.what, self.decrypt) {
            (What::Note { side, text }, Some(decrypt)) if *text == TLS => {
                let text = &format!("{text}; {decrypt}");
                let what = What::Note { side: *side, text };
                self.told
                    .item(self.name, self.index, &Item { what, ..*item });
            }
            _ => self.told.item(self.name, self.index, item),
        }
    }
}
