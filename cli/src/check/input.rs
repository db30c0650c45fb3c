//! The input of `check`: which kind it is, and how it is read to its end.

use std::fs::File;
use std::io::{self, BufRead, BufReader, ErrorKind, IsTerminal, Read, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use crate::capture::link::{self, Content};
use crate::capture::packets::{Packets, is_capture};
use crate::capture::streams::Streams;
use crate::capture::transcript::Transcript;
use crate::capture::{At, Place, Unusable};
use crate::failure::{Failure, usage};

use super::tally::counted;
use super::{Check, Checker};

/// The port of MQTT, IANA `mqtt`.
const MQTT: u16 = 1883;
/// No line of a transcript is longer.
const LINE: u64 = 1 << 28;
/// How often progress is shown, and after how long for the first time.
const PROGRESS: Duration = Duration::from_millis(500);

/// What the input holds besides the connections that were told.
#[derive(Default)]
pub(super) struct Besides {
    packets: u64,
    streams: crate::capture::streams::Besides,
    fragments: u64,
    /// Packets of link types that are not read, and the first of these types.
    unread: u64,
    link: i32,
    cut_off: bool,
    /// Whether it is a capture, and what that is called on a command line.
    capture: Option<String>,
}

impl Besides {
    /// What there is to say of it, a sentence each.
    pub(super) fn lines(&self, connections: usize) -> Vec<String> {
        let mut lines = Vec::new();
        let Some(capture) = &self.capture else {
            return lines;
        };
        if self.cut_off {
            lines.push(format!(
                "the capture ends inside packet {}",
                self.packets + 1
            ));
        }
        if self.fragments > 0 {
            let count = counted(self.fragments, "fragmented IP packet");
            lines.push(format!(
                "{count} with TCP in it: not put together, taken for lost"
            ));
        }
        if self.unread > 0 {
            let count = counted(self.unread, "packet");
            lines.push(format!("{count} of link type {}: not read", self.link));
        }
        if self.streams.others > 0 && connections == 0 {
            let count = counted(self.streams.others, "TCP connection");
            lines.push(format!(
                "{count} that neither uses the port of MQTT nor starts with a CONNECT; --port names another port"
            ));
        }
        if let Some((client, server)) = self.streams.tls_example {
            let count = counted(self.streams.tls, "TCP connection");
            lines.push(format!(
                "{count} with TLS; {}",
                decrypt(capture, client, server)
            ));
        }
        lines
    }
}

/// What is to be done first with a file of another format, told by its first four bytes.
fn foreign(start: &[u8]) -> Option<String> {
    let packed = match start {
        [0x1F, 0x8B, ..] => "gzip",
        [0x28, 0xB5, 0x2F, 0xFD, ..] => "zstd",
        [0x04, 0x22, 0x4D, 0x18, ..] => "lz4",
        [0xFD, b'7', b'z', b'X', ..] => "xz",
        [b'B', b'Z', b'h', ..] => "bzip2",
        [b'P', b'K', 3, 4, ..] => "zip",
        b"snoo" => {
            return Some(
                "this is a snoop capture: `editcap -F pcap FROM TO` makes a pcap file of it".into(),
            );
        }
        _ => return None,
    };
    Some(format!("this is packed with {packed}: unpack it first"))
}

/// How TLS in a capture can be read.
pub(super) fn decrypt(
    capture: &str,
    client: std::net::SocketAddr,
    server: std::net::SocketAddr,
) -> String {
    // tshark indents what one of the two sent, and says who the other one is.
    let sides = format!(
        "awk '/^Node 0/{{a=($3==\"{server}\")?\"server\":\"client\";b=a==\"server\"?\"client\":\"server\"}}/^[0-9a-f]+$/{{print a,$1}}/^\\t[0-9a-f]+$/{{print b,$1}}'"
    );
    let capture = quoted(capture);
    format!(
        "with the keys (SSLKEYLOGFILE) this reads it: tshark -r {capture} -o tls.keylog_file:KEYS -q -z follow,tls,raw,{client},{server} | {sides} | mqtt-reason check -"
    )
}

/// A word of a command line.
fn quoted(word: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-+:".contains(&byte);
    match word.bytes().all(plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}

impl Check {
    /// Reads all of the input.
    pub(super) fn read<W: Write>(&self, checker: &mut Checker<W>) -> Result<Besides, Failure> {
        let file = self.file.as_deref().filter(|path| path.as_os_str() != "-");
        let (mut input, size) = open(file)?;
        let start = first_bytes(&mut input).map_err(|error| cannot_read(file, &error))?;
        let result = match start.as_slice() {
            [] => Err(usage(
                "the input is empty: neither a capture nor a transcript",
            )),
            start if is_capture(start) => checker.capture(start, input, self.ports(), size),
            start => match foreign(start) {
                Some(text) => Err(usage(text)),
                None => checker.transcript(start, input),
            },
        };
        match result {
            Err(Failure::Usage(text)) => {
                // What was found before is told before.
                checker.told.flush();
                Err(usage(match file {
                    Some(path) => format!("{}: {text}", path.display()),
                    None => text,
                }))
            }
            result => result,
        }
    }

    fn ports(&self) -> Vec<u16> {
        match self.ports.as_slice() {
            [] => vec![MQTT],
            ports => ports.to_vec(),
        }
    }
}

impl<W: Write> Checker<W> {
    /// A capture.
    fn capture(
        &mut self,
        start: &[u8],
        input: impl Read,
        ports: Vec<u16>,
        size: Option<u64>,
    ) -> Result<Besides, Failure> {
        let mut packets = Packets::new(start, input);
        let mut streams = Streams::new(ports);
        let mut besides = Besides {
            capture: Some(self.capture.clone()),
            ..Besides::default()
        };
        let mut progress = Progress::new(size);
        let result = loop {
            let captured = match packets.next(&mut || self.told.flush()) {
                Ok(Some(captured)) => captured,
                Ok(None) => break Ok(()),
                Err(unusable) => break Err(unusable),
            };
            besides.packets = captured.number;
            let at = At {
                place: Place::Frame(captured.number),
                time: captured.time,
            };
            match link::content(captured.link, captured.data) {
                Content::Segment(segment) => streams.segment(self, at, &segment),
                Content::Fragment => besides.fragments += 1,
                Content::Other => {}
                Content::UnknownLink => {
                    if besides.unread == 0 {
                        besides.link = captured.link;
                    }
                    besides.unread += 1;
                }
            }
            if self.told.failed.is_some() {
                break Ok(());
            }
            if besides.packets.is_multiple_of(4096) {
                progress.show(packets.read());
            }
        };
        progress.clear();
        streams.finish(self);
        besides.cut_off = packets.is_cut_off();
        besides.streams = streams.besides;
        match result {
            Err(unusable) => Err(usage(unusable.to_string())),
            Ok(()) if besides.unread > 0 && besides.unread == besides.packets => {
                Err(usage(format!(
                    "its packets have link type {}, which is not read here; Ethernet, Linux cooked, loopback and raw IP are",
                    besides.link
                )))
            }
            Ok(()) => Ok(besides),
        }
    }

    /// A transcript.
    fn transcript(&mut self, start: &[u8], input: impl Read) -> Result<Besides, Failure> {
        let mut reader = BufReader::with_capacity(1 << 16, start.chain(input));
        let mut transcript = Transcript::new(transcript_bytes);
        let mut line = Vec::new();
        let result = loop {
            // Whoever writes line by line and waits for what it says must get it.
            if !reader.buffer().contains(&b'\n') {
                self.told.flush();
            }
            line.clear();
            match reader.by_ref().take(LINE).read_until(b'\n', &mut line) {
                Ok(0) => break Ok(()),
                Ok(_) => {}
                Err(error) => break Err(Unusable::Read(error)),
            }
            if let Err(unusable) = transcript.line(self, &line) {
                break Err(unusable);
            }
            if self.told.failed.is_some() {
                break Ok(());
            }
        };
        transcript.finish(self);
        match result {
            Err(unusable) => Err(usage(unusable.to_string())),
            Ok(()) => Ok(Besides::default()),
        }
    }
}

/// The input, and its size if that is known.
fn open(file: Option<&Path>) -> Result<(Box<dyn Read>, Option<u64>), Failure> {
    match file {
        None => {
            let stdin = io::stdin();
            if stdin.is_terminal() {
                anstream::eprintln!("reading standard input; Ctrl-D ends it");
            } else {
                outlive_one_interrupt();
            }
            Ok((Box::new(stdin.lock()), None))
        }
        Some(path) => {
            let opened = File::open(path).map_err(|error| cannot_read(file, &error))?;
            let size = opened.metadata().ok();
            let size = size
                .filter(|found| found.is_file())
                .map(|found| found.len());
            Ok((Box::new(opened), size))
        }
    }
}

/// Ctrl-C ends the capture in front of a pipe, too: what it has sent until then is told. A second one ends this program.
fn outlive_one_interrupt() {
    std::thread::spawn(|| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        if let Ok(runtime) = runtime {
            runtime.block_on(async {
                if tokio::signal::ctrl_c().await.is_ok() && tokio::signal::ctrl_c().await.is_ok() {
                    std::process::exit(130);
                }
            });
        }
    });
}

fn cannot_read(file: Option<&Path>, error: &io::Error) -> Failure {
    match file {
        None => usage(format!("cannot read standard input: {error}")),
        Some(path) => usage(format!("cannot read {}: {error}", path.display())),
    }
}

/// The first four bytes, or fewer if there are no more.
fn first_bytes(input: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut start = Vec::new();
    while start.len() < 4 {
        let mut byte = [0];
        match input.read(&mut byte) {
            Ok(0) => break,
            Ok(_) => start.extend(byte),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(start)
}

/// How far a long capture has been read, shown on a terminal.
struct Progress {
    size: Option<u64>,
    next: Instant,
    shown: bool,
}

impl Progress {
    fn new(size: Option<u64>) -> Self {
        Self {
            size: size.filter(|size| *size > 0 && io::stderr().is_terminal()),
            next: Instant::now() + PROGRESS,
            shown: false,
        }
    }

    fn show(&mut self, read: u64) {
        if let Some(size) = self.size
            && Instant::now() >= self.next
        {
            self.next = Instant::now() + PROGRESS;
            self.shown = true;
            let percent = read.saturating_mul(100) / size;
            let _ = write!(io::stderr(), "\r{percent:>3} % of the capture read");
        }
    }

    fn clear(&self) {
        if self.shown {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}

fn transcript_bytes(text: &str) -> Result<Vec<u8>, String> {
    crate::input::hex(text).map_err(|error| error.to_string())
}
