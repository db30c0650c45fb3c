//! `decode`: bytes from arguments, a file or standard input, as one stream of packets or one packet a line.

use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal, Read};
use std::path::PathBuf;

use clap::Args;
use mqtt_reason::{DecodeOptions, Version};

use crate::Verdict;
use crate::bytes::mark_text;
use crate::failure::{Failure, usage};
use crate::finding::{Finding, Place, Report};
use crate::hex_text;
use crate::human::Human;
use crate::json::Json;
use crate::options::Circumstances;
use crate::style::{human_output, plain_output};

const EXAMPLES: &str = "\
Examples:
  mqtt-reason decode 40 03 00 0a 87
  mqtt-reason decode --mqtt 3.1.1 20:02:00:05
  mqtt-reason decode --file capture.bin --from server
  mqtt-reason decode --lines --json < frames.txt

Exit status: 0 if every packet was decoded, 1 if one was refused or is incomplete, 2 for wrong usage.";

/// Decode packets and say what is wrong with those that break a rule
///
/// The bytes come from the arguments, from a file, or from standard input. Text is hex; spaces, line ends, colons,
/// commas and `0x` do not matter.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Decode {
    /// The bytes in hex; without them and --file, standard input is read
    hex: Vec<String>,

    /// Read the bytes from a binary file, with --lines hex from a text file; - is standard input
    #[arg(long, value_name = "FILE", conflicts_with = "hex")]
    file: Option<PathBuf>,

    /// Every line, or argument, is one packet in hex, whatever the others are
    #[arg(long)]
    lines: bool,

    #[command(flatten)]
    circumstances: Circumstances,

    /// Print one JSON object a line
    #[arg(long)]
    json: bool,
}

impl Decode {
    /// Decodes everything.
    pub(crate) fn run(&self) -> Result<Verdict, Failure> {
        if self.json {
            self.run_with(Json::new(plain_output()))
        } else {
            self.run_with(Human::new(human_output()))
        }
    }

    fn run_with(&self, report: impl Report) -> Result<Verdict, Failure> {
        let mut decoder = Decoder {
            version: self.circumstances.mqtt,
            options: self.circumstances.decode_options(),
            report,
            verdict: Verdict::Good,
        };
        match (self.lines, self.input()) {
            (false, _) => decoder.stream(&self.stream()?)?,
            (true, None) => {
                let lines = self.hex.iter().map(String::as_bytes);
                let mut bytes = Vec::new();
                for (number, line) in (1..).zip(lines) {
                    decoder.line(number, line, &mut bytes)?;
                }
            }
            (true, Some(input)) => decoder.lines(input)?,
        }
        decoder.report.flush()?;
        Ok(decoder.verdict)
    }

    /// Where bytes come from if not from arguments.
    fn input(&self) -> Option<Input<'_>> {
        match &self.file {
            Some(path) if path.as_os_str() == "-" => Some(Input::Stdin),
            Some(path) => Some(Input::File(path)),
            None if self.hex.is_empty() => Some(Input::Stdin),
            None => None,
        }
    }

    /// The bytes of all packets.
    fn stream(&self) -> Result<Vec<u8>, Failure> {
        let bytes = match self.input() {
            None => from_hex(self.hex.join(" ").as_bytes())?,
            Some(input) => {
                let mut content = Vec::new();
                let read = input.open()?.read_to_end(&mut content);
                read.map_err(|error| input.failure(&error))?;
                match self.file {
                    Some(_) => content,
                    None => from_hex(&content)?,
                }
            }
        };
        if bytes.is_empty() {
            return Err(usage("nothing to decode: there is not a single byte"));
        }
        Ok(bytes)
    }
}

/// A file or standard input.
enum Input<'a> {
    Stdin,
    File(&'a PathBuf),
}

impl Input<'_> {
    fn open(&self) -> Result<Box<dyn Read>, Failure> {
        Ok(match self {
            Self::Stdin => {
                let stdin = io::stdin();
                if stdin.is_terminal() {
                    anstream::eprintln!("reading standard input; Ctrl-D ends it");
                }
                Box::new(stdin.lock())
            }
            Self::File(path) => Box::new(File::open(path).map_err(|error| self.failure(&error))?),
        })
    }

    fn failure(&self, error: &io::Error) -> Failure {
        match self {
            Self::Stdin => usage(format!("cannot read standard input: {error}")),
            Self::File(path) => usage(format!("cannot read {}: {error}", path.display())),
        }
    }
}

/// The bytes that `text` writes; the failure shows the line and the place in it.
fn from_hex(text: &[u8]) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    hex_text::read_into(text, &mut bytes).map_err(|mut error| {
        let before = text.get(..error.offset).unwrap_or(text);
        let number = before.split(|byte| *byte == b'\n').count();
        let start = before
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |end| end + 1);
        error.offset -= start;
        let line = text.get(start..).unwrap_or_default();
        let line = line
            .split(|byte| matches!(byte, b'\r' | b'\n'))
            .next()
            .unwrap_or_default();
        let marked = mark_text(line, error.offset);
        let place = match number {
            1 => String::new(),
            _ => format!(" of line {number}"),
        };
        let (lead, mark) = marked.mark;
        usage(format!("{error}{place}\n  {}\n  {lead}{mark}", marked.line))
    })?;
    Ok(bytes)
}

/// Decodes and reports.
struct Decoder<R> {
    version: Version,
    options: DecodeOptions,
    report: R,
    verdict: Verdict,
}

impl<R: Report> Decoder<R> {
    /// Packet after packet, until the end or until nobody can tell where the next one starts.
    fn stream(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut rest = bytes;
        while !rest.is_empty() {
            let place = Place::Byte(bytes.len() - rest.len());
            let (finding, next) = Finding::first(self.version, &self.options, rest);
            self.found(place, &finding)?;
            match next {
                Some(next) => rest = next,
                None => {
                    if let Finding::Refused(refusal) = finding {
                        self.report.flush()?;
                        let count = refusal.bytes.len();
                        anstream::eprintln!("note: the last {count} bytes are not decoded");
                    }
                    break;
                }
            }
        }
        Ok(())
    }

    /// Line after line, whatever is in them.
    fn lines(&mut self, input: Input<'_>) -> Result<(), Failure> {
        let mut reader = BufReader::with_capacity(1 << 16, input.open()?);
        let (mut line, mut bytes) = (Vec::new(), Vec::new());
        for number in 1.. {
            // Whoever writes line by line and waits for each answer must get it.
            if !reader.buffer().contains(&b'\n') {
                self.report.flush()?;
            }
            line.clear();
            let read = reader.read_until(b'\n', &mut line);
            if read.map_err(|error| input.failure(&error))? == 0 {
                break;
            }
            self.line(number, &line, &mut bytes)?;
        }
        Ok(())
    }

    /// One line; `bytes` is a buffer that is used again.
    fn line(&mut self, number: u64, text: &[u8], bytes: &mut Vec<u8>) -> io::Result<()> {
        let finding = match hex_text::read_into(text, bytes) {
            Ok(()) => Finding::only(self.version, &self.options, bytes),
            Err(error) => Finding::NotHex {
                text: text.trim_ascii_end(),
                error,
            },
        };
        self.found(Place::Line(number), &finding)
    }

    fn found(&mut self, place: Place, finding: &Finding<'_>) -> io::Result<()> {
        if !finding.is_good() {
            self.verdict = Verdict::Bad;
        }
        self.report.report(self.version, place, finding)
    }
}
