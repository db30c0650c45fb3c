//! `decode`: bytes from arguments, a file or standard input, as one stream of packets or some packets a line.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, IsTerminal, Read};
use std::path::PathBuf;

use clap::Args;
use mqtt_reason::{DecodeOptions, Side, Version};

use crate::Verdict;
use crate::bytes::mark_text;
use crate::failure::{Failure, usage};
use crate::finding::{Finding, Place, Report, Show, Told, Unreadable, total_len};
use crate::hint::hint;
use crate::human::Human;
use crate::input::{self, Form, NotHex, Text};
use crate::json::Json;
use crate::options::Circumstances;
use crate::style::{painted_output, plain_output};

const EXAMPLES: &str = "\
Examples:
  mqtt-reason decode 40 03 00 0a 87
  mqtt-reason decode --mqtt 3.1.1 20:02:00:05
  mqtt-reason decode '<<64,2,0,2>>'
  mqtt-reason decode 'b\"\\x20\\x02\\x00\\x05\"'
  mqtt-reason decode --as base64 IAMAhwA=
  mqtt-reason decode --file capture.bin --from server
  tshark -r capture.pcap -T fields -e tcp.payload | mqtt-reason decode --lines --json

Exit status: 0 if every packet was decoded, 1 if one was refused or is incomplete, 2 for wrong usage and for input that
is not MQTT or that cannot be read.";

/// How much of a line is read at a time.
const LINE: u64 = 1 << 20;
/// The longest line: the text of the largest packet.
const LONGEST_LINE: usize = 1 << 30;
/// The size up to which the end of a packet that is refused is waited for.
const REFUSED: usize = 1 << 16;
/// How many bytes tell text from packets: a packet has a control character among its first five bytes.
const TELLING: usize = 5;
/// How many bytes of text are waited for before it is called text.
const TEXT_TELLS: usize = 40;

/// Decode packets and say what is wrong with those that break a rule
///
/// The bytes come from the arguments, from a file, or from standard input, as people paste them: hex in any grouping,
/// with 0x, \x, $, h or 16#, in brackets and quotes of any kind; string literals; decimal numbers in brackets; dumps of
/// xxd, hexdump, od -tx1, Wireshark, tshark and tcpdump. How they were read is said on standard error.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Decode {
    /// The bytes; without them and --file, standard input is read
    #[arg(value_name = "BYTES")]
    hex: Vec<String>,

    /// Read the bytes from a file, binary or text; - is standard input
    #[arg(long, value_name = "FILE", conflicts_with = "hex")]
    file: Option<PathBuf>,

    /// Every line, or argument, is read on its own, whatever the others are; blank lines and # lines are skipped
    #[arg(long)]
    lines: bool,

    /// How the bytes are written, where that cannot be told
    #[arg(long = "as", value_name = "FORM")]
    form: Option<Form>,

    #[command(flatten)]
    circumstances: Circumstances,

    /// Print one JSON object a packet and line
    #[arg(long)]
    json: bool,
}

impl Decode {
    /// Decodes everything.
    pub(crate) fn run(&self) -> Result<Verdict, Failure> {
        if self.json {
            self.run_with(Json::new(plain_output()))
        } else {
            let (out, paint) = painted_output();
            self.run_with(Human::new(out, paint))
        }
    }

    fn run_with(&self, report: impl Report) -> Result<Verdict, Failure> {
        let asked = self.circumstances.mqtt;
        let mut decoder = Decoder {
            asked,
            version: asked.unwrap_or(Version::V5_0),
            by_connect: false,
            options: self.circumstances.decode_options(),
            sender: self.circumstances.from,
            json: self.json,
            report,
            verdict: Verdict::Good,
            text: Text::new(self.form, asked),
            start: 0,
            buffer: Vec::new(),
            at_hand: false,
        };
        match (self.lines, self.input()) {
            (false, None) => {
                let text = self.hex.join(" ");
                if self.form == Some(Form::Raw) {
                    decoder.raw(&mut text.as_bytes(), &|error| usage(error.to_string()))?;
                } else {
                    decoder.text(&mut text.as_bytes(), &|error| usage(error.to_string()))?;
                }
            }
            (true, None) => {
                for (number, line) in (1..).zip(&self.hex) {
                    decoder.line(number, line.as_bytes())?;
                }
            }
            (lines, Some(input)) => {
                let failure = |error: io::Error| input.failure(&error);
                let mut reader = input.open()?;
                if lines {
                    let mut reader = BufReader::with_capacity(1 << 16, reader);
                    decoder.lines(&mut reader, &failure)?;
                } else {
                    let (first, kind) = first_bytes(&mut reader, self.form).map_err(failure)?;
                    let rest = Cursor::new(first).chain(reader);
                    let mut reader = BufReader::with_capacity(1 << 16, rest);
                    match (kind, self.file.is_some()) {
                        (Kind::Bytes, false) if self.form.is_none() => {
                            decoder.remark("the input is binary: its bytes are read as they are")?;
                        }
                        (Kind::Text, true) if self.form.is_none() => decoder.remark(
                            "the file holds text: the bytes that it writes are read; for its own bytes add --as raw",
                        )?,
                        _ => {}
                    }
                    match kind {
                        Kind::Bytes => decoder.raw(&mut reader, &failure)?,
                        Kind::Text => decoder.text(&mut reader, &failure)?,
                        Kind::Utf16 { low_first } => {
                            let narrow = Narrow { reader, low_first };
                            let mut reader = BufReader::new(narrow);
                            decoder.text(&mut reader, &failure)?;
                        }
                    }
                }
            }
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

/// What the input holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    /// Packets, or something else that is not text.
    Bytes,
    /// Text that writes bytes.
    Text,
    /// The same, in two bytes a character.
    Utf16 { low_first: bool },
}

/// Reads no more than is needed to tell what the input holds.
fn first_bytes(reader: &mut dyn Read, form: Option<Form>) -> io::Result<(Vec<u8>, Kind)> {
    let mut first = Vec::new();
    if form == Some(Form::Raw) {
        return Ok((first, Kind::Bytes));
    }
    let mut chunk = vec![0; 1 << 16];
    loop {
        let count = match reader.read(&mut chunk) {
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        first.extend(chunk.get(..count).unwrap_or_default());
        if count == 0 || first.len() >= TELLING || !is_text(&first) {
            break;
        }
    }
    let kind = match *first {
        [0xFF, 0xFE, ..] if first.get(3) == Some(&0) => Kind::Utf16 { low_first: true },
        [0xFE, 0xFF, ..] if first.get(2) == Some(&0) => Kind::Utf16 { low_first: false },
        [0xEF, 0xBB, 0xBF, ..] => Kind::Text,
        _ if form.is_some() => Kind::Text,
        _ if is_text(&first) && input::not_mqtt(&first).is_none() => Kind::Text,
        _ => Kind::Bytes,
    };
    Ok((first, kind))
}

/// Whether the beginning of the input is text: no control characters, and either all ASCII or UTF-8 from the first
/// byte on. No packet begins so.
fn is_text(first: &[u8]) -> bool {
    let beginning = first.get(..64).unwrap_or(first);
    let is_utf8 = match str::from_utf8(beginning) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none(),
    };
    (is_utf8 || beginning.first().is_none_or(u8::is_ascii))
        && beginning
            .iter()
            .all(|byte| !byte.is_ascii_control() || matches!(byte, b'\t'..=b'\r'))
}

/// Text in two bytes a character as one of one byte each; other characters than ASCII become question marks.
struct Narrow<R> {
    reader: R,
    low_first: bool,
}

impl<R: BufRead> Read for Narrow<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let mut pair = [0; 2];
        for (count, place) in out.iter_mut().enumerate() {
            if count > 0 && self.reader.fill_buf()?.len() < 2 {
                return Ok(count);
            }
            match self.reader.read_exact(&mut pair) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(count),
                Err(error) => return Err(error),
            }
            let [one, two] = pair;
            let (low, high) = if self.low_first {
                (one, two)
            } else {
                (two, one)
            };
            *place = match (high, low) {
                (0, 0..=0x7F) => low,
                // The byte order mark.
                (0xFE, 0xFF) | (0x00, 0xA0) => b' ',
                _ => b'?',
            };
        }
        Ok(out.len())
    }
}

/// Why the input cannot be read.
type ToFailure<'f> = &'f dyn Fn(io::Error) -> Failure;

/// Decodes and reports.
struct Decoder<R> {
    /// The version that was asked for.
    asked: Option<Version>,
    version: Version,
    /// Whether a CONNECT in the input told the version.
    by_connect: bool,
    options: DecodeOptions,
    sender: Option<Side>,
    json: bool,
    report: R,
    verdict: Verdict,
    text: Text,
    /// The bytes of packets that are not complete yet, and how many came before them.
    buffer: Vec<u8>,
    start: usize,
    /// Whether more input has been read than was looked at.
    at_hand: bool,
}

impl<R: Report> Decoder<R> {
    /// Bytes as they come.
    fn raw(&mut self, reader: &mut dyn BufRead, failure: ToFailure<'_>) -> Result<(), Failure> {
        loop {
            // Whoever waits for an answer must get it.
            self.report.flush()?;
            let chunk = match reader.fill_buf() {
                Ok(chunk) => chunk,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(failure(error)),
            };
            let count = chunk.len();
            self.buffer.extend(chunk);
            reader.consume(count);
            if count == 0 || !self.judge(false)? {
                break;
            }
        }
        self.finish()
    }

    /// Text as it comes, line after line.
    fn text(&mut self, reader: &mut dyn BufRead, failure: ToFailure<'_>) -> Result<(), Failure> {
        let mut line = Vec::new();
        loop {
            let more = self.read_line(reader, failure, &mut line)?;
            if !line.is_empty() {
                let (whole, kept) = match more {
                    Piece::Part => cut(&line)?,
                    Piece::Whole | Piece::End => (line.len(), 0),
                };
                if whole > 0 {
                    let text = line.get(..whole).unwrap_or_default();
                    if let Err(error) = self.text.line(text, &mut self.buffer) {
                        return self.unreadable_text(&error);
                    }
                    self.say_remarks()?;
                    if !self.judge(false)? {
                        return Ok(());
                    }
                }
                let end = line.len();
                line.copy_within(whole.min(end).., 0);
                line.truncate(kept);
            }
            if more == Piece::End {
                break;
            }
        }
        if let Err(error) = self.text.end(&mut self.buffer) {
            return self.unreadable_text(&error);
        }
        self.say_remarks()?;
        if self.judge(false)? {
            self.finish()?;
        }
        Ok(())
    }

    /// Appends the rest of a line, or a part of it if it is long.
    fn read_line(
        &mut self,
        reader: &mut dyn BufRead,
        failure: ToFailure<'_>,
        line: &mut Vec<u8>,
    ) -> Result<Piece, Failure> {
        let mut left = LINE;
        loop {
            // Whoever writes line by line and waits for each answer must get it.
            if !self.at_hand {
                self.report.flush()?;
            }
            let buffered = match reader.fill_buf() {
                Ok(buffered) => buffered,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(failure(error)),
            };
            if buffered.is_empty() {
                return Ok(Piece::End);
            }
            let end = buffered.iter().position(|byte| *byte == b'\n');
            let count = end.map_or(buffered.len(), |end| end + 1);
            self.at_hand = count < buffered.len();
            line.extend(buffered.get(..count).unwrap_or_default());
            reader.consume(count);
            if end.is_some() {
                return Ok(Piece::Whole);
            }
            left = left.saturating_sub(count as u64);
            if left == 0 {
                return Ok(Piece::Part);
            }
        }
    }

    /// Line after line, whatever is in them.
    fn lines(&mut self, reader: &mut dyn BufRead, failure: ToFailure<'_>) -> Result<(), Failure> {
        let mut line = Vec::new();
        for number in 1.. {
            line.clear();
            let mut bad = false;
            loop {
                let read = self.read_line(reader, failure, &mut line)?;
                if read != Piece::Part {
                    if !line.is_empty() && !bad {
                        self.line(number, &line)?;
                    }
                    if read == Piece::End {
                        return Ok(());
                    }
                    break;
                }
                // A long line that no form allows is not kept.
                if !bad && (!is_text(&line) || !may_be_long(&line)) {
                    bad = true;
                    self.line(number, line.get(..1 << 10).unwrap_or(&line))?;
                }
                if bad {
                    line.clear();
                }
            }
        }
        Ok(())
    }

    /// One line.
    fn line(&mut self, number: u64, text: &[u8]) -> Result<(), Failure> {
        let trimmed = text.trim_ascii();
        if trimmed.is_empty() || trimmed.starts_with(b"#") {
            return Ok(());
        }
        self.buffer.clear();
        self.start = 0;
        let read = self
            .text
            .line(text, &mut self.buffer)
            .and_then(|()| self.text.end(&mut self.buffer));
        self.say_remarks()?;
        if let Err(error) = read {
            let failed = self.text.failed();
            self.text.restart();
            let line = failed.map_or(String::new(), |(_, line)| line);
            let finding = Finding::Unreadable(Unreadable {
                what: error.to_string(),
                line: error.offset.map(|offset| (line.as_str(), offset)),
                bytes: &[],
            });
            return Ok(self.found(
                Place {
                    at: 0,
                    line: Some(number),
                },
                &finding,
                None,
            )?);
        }
        self.text.restart();
        let buffer = std::mem::take(&mut self.buffer);
        let mut rest = buffer.as_slice();
        while !rest.is_empty() {
            let place = Place {
                at: buffer.len() - rest.len(),
                line: Some(number),
            };
            let (finding, next) = Finding::first(self.version, &self.options, rest);
            self.found(place, &finding, Some(rest))?;
            match next {
                Some(next) => rest = next,
                None => break,
            }
        }
        self.buffer = buffer;
        Ok(())
    }

    /// Judges the packets that are complete; `false` if nobody can tell where the next one starts.
    fn judge(&mut self, all: bool) -> io::Result<bool> {
        let buffer = std::mem::take(&mut self.buffer);
        let mut rest = buffer.as_slice();
        let mut goes_on = true;
        while !rest.is_empty() {
            let (finding, next) = Finding::first(self.version, &self.options, rest);
            if !all && (matches!(finding, Finding::Incomplete { .. }) || self.waits(&finding, rest))
            {
                break;
            }
            let place = Place {
                at: self.start + (buffer.len() - rest.len()),
                line: None,
            };
            self.found(place, &finding, Some(rest))?;
            match next {
                Some(next) => rest = next,
                None => {
                    goes_on = false;
                    if let Finding::Refused(_) = finding {
                        self.remark(
                            "the end of this packet is not known: what follows is not decoded",
                        )?;
                    }
                    rest = &[];
                }
            }
        }
        let done = buffer.len() - rest.len();
        self.start += done;
        self.buffer = buffer;
        self.buffer.drain(..done);
        Ok(goes_on)
    }

    /// Whether a packet that is refused is not all there yet, and short: then the next one is found behind it.
    fn waits(&self, finding: &Finding<'_>, rest: &[u8]) -> bool {
        // What begins like text may still turn out to be a packet.
        if rest.len() < TEXT_TELLS && matches!(finding, Finding::Unreadable { .. }) {
            return input::plain_text(rest).is_some();
        }
        if !matches!(finding, Finding::Refused(_)) {
            return false;
        }
        match total_len(self.version, rest) {
            Some(len) => len > rest.len() && len <= REFUSED,
            None => rest.len() < TELLING,
        }
    }

    /// The end of the input: what is left is incomplete.
    fn finish(&mut self) -> Result<(), Failure> {
        if self.start == 0 && self.buffer.is_empty() && self.verdict == Verdict::Good {
            return self.unreadable("nothing to decode: there is not a single byte", None);
        }
        self.judge(true)?;
        Ok(())
    }

    fn unreadable_text(&mut self, error: &NotHex) -> Result<(), Failure> {
        self.say_remarks()?;
        let (number, line) = self.text.failed().unwrap_or_default();
        let place = match (number, error.offset) {
            (0 | 1, _) => String::new(),
            (number, Some(_)) => format!(" of line {number}"),
            (number, None) => format!(" (line {number})"),
        };
        let message = format!("{error}{place}");
        self.unreadable(&message, error.offset.map(|offset| (line, offset)))
    }

    /// Nothing of the input, or nothing more of it, can be read.
    fn unreadable(&mut self, message: &str, line: Option<(String, usize)>) -> Result<(), Failure> {
        if self.json {
            let finding = Finding::Unreadable(Unreadable {
                what: message.to_owned(),
                line: None,
                bytes: &[],
            });
            let place = Place {
                at: self.start,
                line: None,
            };
            self.found(place, &finding, None)?;
        }
        self.report.flush()?;
        let marked = line.map(|(line, offset)| {
            let marked = mark_text(line.as_bytes(), offset);
            let (lead, mark) = marked.mark;
            format!("\n  {}\n  {lead}{mark}", marked.line)
        });
        Err(usage(format!("{message}{}", marked.unwrap_or_default())))
    }

    fn say_remarks(&mut self) -> io::Result<()> {
        for remark in self.text.remarks() {
            self.remark(&remark)?;
        }
        Ok(())
    }

    fn remark(&mut self, remark: &str) -> io::Result<()> {
        self.report.flush()?;
        anstream::eprintln!("note: {remark}");
        Ok(())
    }

    fn found(
        &mut self,
        place: Place,
        finding: &Finding<'_>,
        rest: Option<&[u8]>,
    ) -> io::Result<()> {
        if !finding.is_good() && self.verdict == Verdict::Good {
            self.verdict = Verdict::Bad;
        }
        if let (Finding::Unreadable(_), None) = (finding, place.line) {
            self.verdict = Verdict::Unusable;
        }
        let hint = rest.and_then(|rest| self.hint(finding, rest));
        if self.asked.is_none()
            && let Some(version) = finding.connect_version()
        {
            self.version = version;
            self.by_connect = true;
        }
        let told = Told {
            version: Some(self.version),
            finding,
            show: Show::ALL,
            sender: self.sender,
            hint,
            advice: None,
        };
        self.report.report(place, &told)
    }

    fn hint(&self, finding: &Finding<'_>, rest: &[u8]) -> Option<String> {
        match finding {
            Finding::Refused(_) => hint(self.version, &self.options, finding, rest),
            Finding::Packet { bytes, .. } | Finding::View { bytes, .. } if !self.by_connect => {
                hint(self.version, &self.options, finding, bytes)
            }
            _ => None,
        }
    }
}

/// How much of a line was read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Piece {
    Whole,
    Part,
    /// The end of the input; what was read is the last line.
    End,
}

/// How much of the beginning of a long line can be read on its own, and how much is left: up to the last separator, or
/// an even number of digits. Nothing, if it is not a plain line; a line that is too long is an error.
fn cut(line: &[u8]) -> Result<(usize, usize), Failure> {
    if line.len() > LONGEST_LINE {
        return Err(usage("a line is too long"));
    }
    if !may_be_long(line) {
        return Ok((0, line.len()));
    }
    let tail = line
        .iter()
        .rev()
        .take_while(|byte| byte.is_ascii_alphanumeric())
        .count();
    let whole = match line.len() - tail {
        0 => line.len() - line.len() % 2,
        separator => separator,
    };
    Ok((whole, line.len() - whole))
}

/// Whether the line is nothing but digits and separators, so that its parts can be read as they come.
fn may_be_long(line: &[u8]) -> bool {
    line.iter().all(|byte| {
        byte.is_ascii_hexdigit() || matches!(byte, b'x' | b'X') || b" \t\r:,;-|_".contains(byte)
    })
}
