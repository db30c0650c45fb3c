//! Text as it comes, line after line: which kind of line it is, and the bytes of the lines that are complete.

use mqtt_reason::Version;

use super::base64::{self, Base64};
use super::block;
use super::dump::{self, Base, Layout};
use super::flow::Flow;
use super::stamp::{self, Stamp};
use super::whole::{is_framed, is_whole};
use super::{Form, NotHex, network, plain};

/// How much text may wait for a closing bracket, and how many bytes a dump may repeat or keep back.
const WAITING: usize = 64 << 20;
/// What is said of a time or a counter that is left out.
const STAMP: &str = "what stands in front of the bytes is left out";
/// How many bytes may wait for what tells decimal numbers from hexadecimal ones.
const UNDECIDED: usize = 64 << 10;

/// Reads text line by line.
pub(crate) struct Text {
    form: Option<Form>,
    /// The version that was asked for: what is whole packets depends on it.
    version: Option<Version>,
    base64: Base64,
    /// Lines with an open bracket, or a comment, or a string.
    pending: String,
    pending_line: usize,
    dump: Option<Dump>,
    /// The dump of the other direction, where two are told apart by how far their lines are indented.
    other: Option<Dump>,
    /// The output of tshark's `follow`: what a tab begins was sent by the other side.
    follow: bool,
    flow: Flow,
    /// Whether a time, a counter or the heading of a table may stand in front of the bytes.
    stamps: bool,
    /// Whether one did.
    stamped: bool,
    /// A line that cannot be read: an error, unless it stands before a dump.
    held: Option<(usize, String, NotHex)>,
    /// Lines that may be decimal numbers.
    maybe: Option<Maybe>,
    /// Nothing but text was seen so far, so that a dump may begin.
    fresh: bool,
    line: usize,
    remarks: Vec<String>,
    said: Vec<String>,
    failed: Option<(usize, String)>,
}

/// Bytes of lines that may be decimal numbers, in both readings.
#[derive(Default)]
struct Maybe {
    hex: Vec<u8>,
    decimal: Option<Vec<u8>>,
    /// One number a line so far.
    single: bool,
}

/// A dump that has begun.
struct Dump {
    /// What the offsets can be: the base, and the first offset in it.
    bases: Vec<(Base, u64)>,
    /// How many bytes there were so far.
    count: u64,
    layout: Layout,
    /// The bytes of the last line: repeated where the dump says so with an asterisk.
    last: Vec<u8>,
    repeat: bool,
    frame: Frame,
    /// Whether its lines begin with a space or a tab.
    indented: bool,
}

/// Whether the dump shows whole frames of a network.
enum Frame {
    Unknown(Vec<u8>),
    No,
    Yes(Vec<u8>),
}

impl Text {
    pub(crate) fn new(form: Option<Form>, version: Option<Version>) -> Self {
        Self {
            form,
            version,
            base64: Base64::default(),
            pending: String::new(),
            pending_line: 0,
            dump: None,
            other: None,
            follow: false,
            flow: Flow::default(),
            stamps: true,
            stamped: false,
            held: None,
            maybe: None,
            fresh: true,
            line: 0,
            remarks: Vec::new(),
            said: Vec::new(),
            failed: None,
        }
    }

    /// The same for what is nothing but bytes: 00:01:02 is neither a time nor the heading of a table.
    pub(super) fn bytes_alone(mut self) -> Self {
        self.stamps = false;
        self
    }

    /// Appends the bytes that are complete with this line.
    pub(crate) fn line(&mut self, line: &[u8], out: &mut Vec<u8>) -> Result<(), NotHex> {
        self.line += 1;
        match self.form {
            Some(Form::Raw) => {
                out.extend(line);
                return Ok(());
            }
            Some(Form::Base64) => {
                let read = self.base64.line(line, out);
                return read.map_err(|error| self.fail(self.line, line, error));
            }
            _ => {}
        }
        // The usual line, in the usual state.
        if self.pending.is_empty()
            && self.dump.is_none()
            && self.held.is_none()
            && self.maybe.is_none()
            && !self.follow
            && !(self.stamps && stamp::may_stand_in(line, self.stamped))
            && self.form != Some(Form::Decimal)
            && self.form != Some(Form::Escaped)
            && !(self.fresh && matches!(line.trim_ascii_start(), [b'0', ..]))
            && !(self.fresh && matches!(line, [b' ', ..]))
        {
            let start = out.len();
            match plain::read(line, out) {
                Some(Ok(seen)) if seen.numbers == 0 => return Ok(()),
                Some(Ok(seen)) if !seen.may_be_something_else() => {
                    self.fresh = false;
                    return Ok(());
                }
                _ => out.truncate(start),
            }
        }
        let text = match decode(line) {
            Ok(text) => text,
            Err(error) => return Err(self.fail(self.line, line, error)),
        };
        self.text_line(&text, out)
            .map_err(|error| match self.failed {
                Some(_) => error,
                None => self.fail(self.line, text.as_bytes(), error),
            })
    }

    /// The end of the text: appends what was kept back.
    pub(crate) fn end(&mut self, out: &mut Vec<u8>) -> Result<(), NotHex> {
        self.base64
            .end(out)
            .map_err(|error| self.fail(self.line, b"", error))?;
        if !self.pending.is_empty() {
            self.finish_pending(out)?;
        }
        self.decide(out)?;
        self.end_dump(out)
            .map_err(|error| self.fail(self.line, b"", error))?;
        if self.other.is_some() {
            std::mem::swap(&mut self.dump, &mut self.other);
            self.end_dump(out)
                .map_err(|error| self.fail(self.line, b"", error))?;
        }
        match self.held.take() {
            Some((line, text, error)) => Err(self.fail(line, text.as_bytes(), error)),
            None => Ok(()),
        }
    }

    /// Nothing of the text so far concerns what comes.
    pub(crate) fn restart(&mut self) {
        let said = std::mem::take(&mut self.said);
        let line = self.line;
        *self = Self {
            said,
            line,
            stamps: self.stamps,
            ..Self::new(self.form, self.version)
        };
    }

    /// What is to be said of how the text was read; each remark once.
    pub(crate) fn remarks(&mut self) -> Vec<String> {
        std::mem::take(&mut self.remarks)
    }

    /// The number of the line of the last error, and its text.
    pub(crate) fn failed(&mut self) -> Option<(usize, String)> {
        self.failed.take()
    }

    fn remark(&mut self, remark: impl Into<String>) {
        let remark = remark.into();
        if !self.said.contains(&remark) {
            // Of remarks that differ each time nobody needs hundreds.
            if self.said.len() < 64 {
                self.said.push(remark.clone());
                self.remarks.push(remark);
            }
        }
    }

    /// Remembers where the error is; its offset becomes one in that line.
    fn fail(&mut self, first_line: usize, text: &[u8], mut error: NotHex) -> NotHex {
        let offset = error.offset.unwrap_or(0).min(text.len());
        let before = text.get(..offset).unwrap_or_default();
        let lines = before.iter().filter(|byte| **byte == b'\n').count();
        let start = before
            .iter()
            .rposition(|byte| matches!(byte, b'\r' | b'\n'))
            .map_or(0, |end| end + 1);
        let line = text.get(start..).unwrap_or_default();
        let line = line
            .split(|byte| matches!(byte, b'\r' | b'\n'))
            .next()
            .unwrap_or_default();
        error.offset = error.offset.map(|offset| offset - start.min(offset));
        self.failed = Some((
            first_line + lines,
            String::from_utf8_lossy(line).into_owned(),
        ));
        error
    }

    fn text_line(&mut self, text: &str, out: &mut Vec<u8>) -> Result<(), NotHex> {
        if self.form == Some(Form::Escaped) {
            return self.escaped(text.trim_end_matches(['\r', '\n']), out);
        }
        let quotes = match self.pending.is_empty() && self.stamps {
            true => stamp::quotes(text),
            false => 0,
        };
        if quotes > 0 {
            self.remark("the marks at the beginning of the lines are left out");
        }
        self.part_of_line(text, quotes, out)
    }

    /// What stands behind the first `skip` bytes of the line.
    fn part_of_line(&mut self, text: &str, skip: usize, out: &mut Vec<u8>) -> Result<(), NotHex> {
        let text = text.get(skip..).unwrap_or_default();
        self.unmarked_line(text, out).map_err(|mut error| {
            if self.failed.is_none() {
                error.offset = error.offset.map(|offset| offset + skip);
            }
            error
        })
    }

    fn unmarked_line(&mut self, text: &str, out: &mut Vec<u8>) -> Result<(), NotHex> {
        let trimmed = text.trim();
        if !self.pending.is_empty() {
            if self.pending.len() + text.len() > WAITING {
                return Err(NotHex::whole("a bracket that is never closed"));
            }
            self.pending.push_str(text);
            if !text.ends_with('\n') {
                self.pending.push('\n');
            }
            return match is_open(&self.pending) {
                true => Ok(()),
                false => self.finish_pending(out),
            };
        }
        let comment = trimmed.starts_with('#') || trimmed.starts_with("//");
        if trimmed.is_empty() || comment {
            if trimmed.is_empty() && self.dump.is_some() {
                self.end_frame(out)?;
            }
            return Ok(());
        }
        if is_heading(trimmed) {
            self.fresh = true;
            self.follow |= trimmed.starts_with("Follow: ");
            return Ok(());
        }
        if self.form != Some(Form::Decimal) && self.dump_line(text, trimmed, out)? {
            return Ok(());
        }
        if let Some((line, text, error)) = self.held.take() {
            // Another line that cannot be read may follow.
            match self.readable(trimmed) {
                true => return Err(self.fail(line, text.as_bytes(), error)),
                false => {
                    self.held = Some((line, text, error));
                    return Ok(());
                }
            }
        }
        if self.fresh && self.form.is_none() && dump::is_words_of_od(text) {
            return Err(dump::other_layout());
        }
        let usual = self.stamped;
        if self.stamps && stamp::is_alone(trimmed, usual) {
            return Ok(());
        }
        if self.stamps
            && let Some(stamp) = stamp::stamp(text)
            && self.is_stamp(text, stamp)?
        {
            let shown = text.get(..stamp.len).unwrap_or_default().trim();
            self.stamped = true;
            if !self.said.iter().any(|said| said.starts_with(STAMP)) {
                self.remark(format!("{STAMP}: {shown:?}"));
            }
            return self.part_of_line(text, stamp.len, out);
        }
        if self.form != Some(Form::Decimal) && self.plain_line(text, out)? {
            return Ok(());
        }
        self.decide(out)?;
        if is_open(text) {
            self.pending_line = self.line;
            self.pending = text.to_owned();
            if !text.ends_with('\n') {
                self.pending.push('\n');
            }
            return Ok(());
        }
        match block::read(text, self.form, self.version) {
            Ok(block) => {
                self.fresh = false;
                self.take(block, out);
                Ok(())
            }
            // It may be the heading of a dump.
            Err(error) if self.fresh && !plausible(trimmed) => {
                self.held = Some((self.line, text.to_owned(), error));
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    /// Whether what may be a time or a counter is none of the bytes. An error where that cannot be told.
    fn is_stamp(&self, text: &str, stamp: Stamp) -> Result<bool, NotHex> {
        if stamp.certain {
            return Ok(true);
        }
        let rest = text.get(stamp.len..).unwrap_or_default();
        let read = |text: &str| {
            let mut reader = Self {
                stamps: false,
                ..Self::new(self.form, self.version)
            };
            let mut bytes = Vec::new();
            let read = reader.line(text.as_bytes(), &mut bytes);
            read.and_then(|()| reader.end(&mut bytes))
                .ok()
                .map(|()| bytes)
        };
        let (with, without) = (read(text), read(rest));
        let framed = |bytes: &Option<Vec<u8>>| bytes.as_deref().is_some_and(is_framed);
        let whole = |bytes: &Option<Vec<u8>>| {
            bytes
                .as_deref()
                .is_some_and(|bytes| is_whole(self.version, bytes))
        };
        match (framed(&with), framed(&without)) {
            // It is left out in either way.
            _ if with == without => return Ok(false),
            (true, false) => return Ok(false),
            (false, true) => return Ok(true),
            (true, true) if whole(&with) != whole(&without) => return Ok(whole(&without)),
            (true, true) => {}
            (false, false) if without.as_ref().is_none_or(Vec::is_empty) => return Ok(false),
            // A number alone is a group of bytes as a rule.
            (false, false) if stamp.bare => {
                let pairs = rest.split_whitespace().all(|number| number.len() <= 2);
                if with.is_none() || !pairs {
                    return Ok(false);
                }
            }
            (false, false) if with.is_none() => return Ok(true),
            (false, false) => {}
        }
        let shown = text.get(..stamp.len).unwrap_or_default().trim();
        Err(NotHex::at(
            0,
            format!(
                "{shown:?} can be bytes, or a time or a counter in front of them: paste the bytes alone"
            ),
        ))
    }

    fn take(&mut self, block: block::Block, out: &mut Vec<u8>) {
        out.extend(block.bytes);
        for remark in block.remarks {
            self.remark(remark);
        }
    }

    /// Whether the line writes bytes.
    fn readable(&self, text: &str) -> bool {
        block::read(text, self.form, self.version).is_ok_and(|block| !block.bytes.is_empty())
    }

    fn finish_pending(&mut self, out: &mut Vec<u8>) -> Result<(), NotHex> {
        let text = std::mem::take(&mut self.pending);
        match block::read(&text, self.form, self.version) {
            Ok(block) => {
                self.fresh = false;
                self.take(block, out);
                Ok(())
            }
            Err(error) => Err(self.fail(self.pending_line, text.as_bytes(), error)),
        }
    }

    /// Nothing but numbers and separators.
    fn plain_line(&mut self, text: &str, out: &mut Vec<u8>) -> Result<bool, NotHex> {
        let mut bytes = Vec::new();
        let seen = match plain::read(text.as_bytes(), &mut bytes) {
            None => return Ok(false),
            Some(Err(error)) => return Err(error),
            Some(Ok(seen)) => seen,
        };
        let fresh = self.fresh;
        if seen.numbers > 0 {
            self.fresh = false;
        }
        if self.follow {
            let side = u32::from(text.starts_with('\t'));
            self.flow(side, &bytes, out)?;
            return Ok(true);
        }
        if self.form.is_some() {
            out.extend(bytes);
            return Ok(true);
        }
        if fresh
            && self.stamps
            && let Some(is_heading) = counts(text, &bytes, seen.numbers)
        {
            if !is_heading {
                return Err(NotHex::whole(
                    "this looks like a table of indices and bytes: paste the bytes alone",
                ));
            }
            self.fresh = true;
            self.remark("a first line that counts from 0 is left out: the heading of a table");
            return Ok(true);
        }
        if seen.negative {
            return Err(NotHex::whole(
                "not hex: there is a negative number; if the numbers are decimal, add --as decimal",
            ));
        }
        if seen.may_be_binary() {
            return Err(NotHex::whole(
                "these look like binary numbers: write 0b in front of each; if they are hexadecimal, add --as hex",
            ));
        }
        if seen.may_be_base64()
            && let Some(other) = base64::decode(text.as_bytes())
            && is_whole(self.version, &other)
            && !is_whole(self.version, &bytes)
        {
            return Err(block::two_readings(
                0,
                ("base64", "base64", &other),
                ("hexadecimal", "hex", &bytes),
            ));
        }
        let one = seen.may_be_one_decimal();
        if !seen.may_be_decimal() && !one {
            if self.maybe.as_ref().is_some_and(|maybe| maybe.single) {
                // A number a line, and one of them is hexadecimal.
                let maybe = self.maybe.take().unwrap_or_default();
                out.extend(maybe.hex);
            }
            self.decide(out)?;
            out.extend(bytes);
            return Ok(true);
        }
        let decimal = block::read(text, Some(Form::Decimal), self.version);
        let mut maybe = self.maybe.take().unwrap_or(Maybe {
            decimal: Some(Vec::new()),
            single: true,
            ..Maybe::default()
        });
        maybe.single &= one;
        maybe.hex.extend(bytes);
        maybe.decimal = match (maybe.decimal, decimal) {
            (Some(mut all), Ok(block)) => {
                all.extend(block.bytes);
                Some(all)
            }
            _ => None,
        };
        let decided = maybe.decimal.is_none()
            || maybe.hex.len() > UNDECIDED
            || is_whole(self.version, &maybe.hex);
        self.maybe = Some(maybe);
        if decided {
            self.accept_hex(out);
        }
        Ok(true)
    }

    fn accept_hex(&mut self, out: &mut Vec<u8>) {
        if let Some(maybe) = self.maybe.take() {
            let alone = maybe.hex.len() == 1;
            out.extend(maybe.hex);
            if alone {
                return;
            }
            self.remark(block::taken("hexadecimal", "decimal", "decimal"));
        }
    }

    /// No more lines that may be decimal numbers: hexadecimal, unless only the other reading makes packets.
    fn decide(&mut self, out: &mut Vec<u8>) -> Result<(), NotHex> {
        let Some(maybe) = &self.maybe else {
            return Ok(());
        };
        if let Some(decimal) = &maybe.decimal
            && is_whole(self.version, decimal)
            && !is_whole(self.version, &maybe.hex)
        {
            return Err(block::two_readings(
                0,
                ("decimal", "decimal", decimal),
                ("hexadecimal", "hex", &maybe.hex),
            ));
        }
        self.accept_hex(out);
        Ok(())
    }

    /// Text with escapes, with or without quotes around it.
    fn escaped(&mut self, text: &str, out: &mut Vec<u8>) -> Result<(), NotHex> {
        let body = text.trim();
        let body = body.trim_end_matches(['\\', ',', ';', ')', ' ']);
        let inner = ["b\"", "b'", "\"", "'"].iter().find_map(|open| {
            let quote = open.chars().next_back()?;
            body.strip_prefix(open)?.strip_suffix(quote)
        });
        let text = inner.unwrap_or(text);
        match super::lex::unescape(text) {
            Some((bytes, None, _)) => {
                out.extend(bytes);
                Ok(())
            }
            Some((_, Some(_), _)) => Err(NotHex::whole(
                "a digit after \\0 can belong to an octal number or be a character: write \\x00",
            )),
            None => Err(NotHex::whole("an escape that is not known")),
        }
    }

    /// Takes a line of a dump; `false` if it is none.
    fn dump_line(&mut self, text: &str, trimmed: &str, out: &mut Vec<u8>) -> Result<bool, NotHex> {
        let line = dump::line(text);
        let Some(dump) = &mut self.dump else {
            let Some(line) = line.filter(|line| self.starts_dump(line)) else {
                return Ok(false);
            };
            if let Some((_, text, _)) = self.held.take() {
                let shown: String = text.trim().chars().take(40).collect();
                self.remark(format!("text before the dump is left out: {shown:?}"));
            }
            self.decide(out)?;
            self.start_dump(&line, text.starts_with([' ', '\t']));
            self.add(line, out)?;
            return Ok(true);
        };
        let Some(line) = line else {
            if trimmed == "*" {
                dump.repeat = true;
            } else if plain::read(trimmed.as_bytes(), &mut Vec::new()).is_some() {
                return Err(NotHex::at(
                    text.len() - text.trim_start().len(),
                    "a line without an offset inside a dump",
                ));
            } else {
                self.end_frame(out)?;
                let shown: String = trimmed.chars().take(40).collect();
                self.remark(format!(
                    "text between the lines of dumps is left out: {shown:?}"
                ));
            }
            return Ok(true);
        };
        if line.layout == Layout::Other {
            return Err(dump::other_layout());
        }
        let zero = line.offset.bytes().all(|digit| digit == b'0');
        // The other direction.
        let indented = text.starts_with([' ', '\t']);
        if dump.indented != indented
            && (zero
                || self
                    .other
                    .as_ref()
                    .is_some_and(|other| other.goes_on(&line)))
        {
            self.end_frame(out)?;
            std::mem::swap(&mut self.dump, &mut self.other);
            let Some(dump) = &self.dump else {
                self.start_dump(&line, indented);
                self.add(line, out)?;
                return Ok(true);
            };
            if !zero || dump.count == 0 {
                self.add(line, out)?;
                return Ok(true);
            }
        }
        // Another dump, or the same one goes on.
        let Some(dump) = &mut self.dump else {
            return Ok(true);
        };
        if zero && dump.count > 0 && line.layout != Layout::End {
            self.end_dump(out)?;
            self.start_dump(&line, indented);
        }
        self.add(line, out)?;
        Ok(true)
    }

    /// Whether a dump begins with this line.
    fn starts_dump(&self, line: &dump::Line) -> bool {
        let zeros = line
            .offset
            .bytes()
            .take_while(|digit| *digit == b'0')
            .count();
        match line.layout {
            Layout::End => false,
            _ if line.certain => true,
            // Seven digits are no bytes; three zeros are no beginning of a packet, nor are two.
            _ => {
                let zero = zeros >= 3 || (zeros == 2 && line.offset.len() == 2);
                (self.fresh || self.held.is_some()) && (line.offset.len() % 2 == 1 || zero)
            }
        }
    }

    fn start_dump(&mut self, line: &dump::Line, indented: bool) {
        let bases = [Base::Hexadecimal, Base::Octal, Base::Decimal];
        let bases = bases
            .into_iter()
            .filter_map(|base| Some((base, base.value(&line.offset)?)));
        self.dump = Some(Dump {
            bases: bases.collect(),
            count: 0,
            layout: line.layout,
            last: Vec::new(),
            repeat: false,
            frame: match self.follow {
                true => Frame::No,
                false => Frame::Unknown(Vec::new()),
            },
            indented,
        });
        if !line.certain {
            self.remark("the first column is taken for offsets");
        }
    }

    /// Adds a line to the dump.
    fn add(&mut self, line: dump::Line, out: &mut Vec<u8>) -> Result<(), NotHex> {
        let Some(dump) = &mut self.dump else {
            return Ok(());
        };
        if line.layout == Layout::Other {
            return Err(dump::other_layout());
        }
        if line.layout != Layout::End && line.layout != dump.layout {
            return Err(NotHex::whole(
                "this line of the dump differs from those before it",
            ));
        }
        let mut count = dump.count;
        if dump.repeat {
            // The same line again, until this offset.
            let reaches = |(base, start): &(Base, u64)| {
                base.value(&line.offset)
                    .and_then(|value| value.checked_sub(*start))
                    .filter(|count| *count >= dump.count)
            };
            let hexadecimal = dump.bases.iter().filter_map(reaches).next();
            count = hexadecimal.unwrap_or(count);
            dump.repeat = false;
        }
        let words = dump.layout == Layout::Words;
        // The last byte of hexdump's last word may be none: the last offset tells.
        let least = count - u64::from(words && line.layout == Layout::End && count > 0);
        let fits = |(base, start): &(Base, u64)| {
            let value = base
                .value(&line.offset)
                .and_then(|value| value.checked_sub(*start));
            value.filter(|value| (least..=count).contains(value))
        };
        let found: Vec<((Base, u64), u64)> = dump
            .bases
            .iter()
            .filter_map(|base| Some((*base, fits(base)?)))
            .collect();
        let Some((_, total)) = found.first().copied() else {
            let text = format!(
                "the offset {} does not follow: {} bytes stand before it in this dump",
                line.offset, dump.count
            );
            return Err(NotHex::at(0, text));
        };
        dump.bases = found.into_iter().map(|(base, _)| base).collect();
        if words
            && !dump
                .bases
                .iter()
                .any(|(base, _)| *base == Base::Hexadecimal)
        {
            return Err(dump::other_layout());
        }
        let repeated = count - dump.count;
        if repeated > 0 {
            if repeated > WAITING as u64 || dump.last.is_empty() {
                return Err(NotHex::whole("the dump leaves out too much"));
            }
            let again = dump
                .last
                .iter()
                .copied()
                .cycle()
                .take(usize::try_from(repeated).unwrap_or(0));
            let again: Vec<u8> = again.collect();
            dump.count = count;
            if !words {
                self.emit(&again, out)?;
            } else {
                // The last line stays the one that is kept back.
                let mut bytes = std::mem::take(&mut dump.last);
                let last = bytes.clone();
                bytes.extend(again);
                let keep = bytes.len() - last.len();
                dump.last = last;
                let bytes = bytes.get(..keep).unwrap_or_default().to_vec();
                self.emit(&bytes, out)?;
            }
        }
        let Some(dump) = &mut self.dump else {
            return Ok(());
        };
        if line.layout == Layout::End {
            if words {
                let mut last = std::mem::take(&mut dump.last);
                if total < dump.count {
                    last.pop();
                }
                dump.count = total;
                self.emit(&last, out)?;
            }
            return Ok(());
        }
        dump.count += line.bytes.len() as u64;
        if words {
            // Kept back until the next offset: od and hexdump differ there, and the last byte may be none.
            let swapped = swap(&line.bytes);
            let before = std::mem::replace(&mut dump.last, swapped);
            self.remark("the words of hexdump are swapped back");
            self.emit(&before, out)
        } else {
            dump.last.clone_from(&line.bytes);
            self.emit(&line.bytes, out)
        }
    }

    /// Bytes of a dump: those of a packet, or of a frame that carries packets.
    fn emit(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> Result<(), NotHex> {
        let Some(dump) = &mut self.dump else {
            return Ok(());
        };
        self.fresh = false;
        let side = u32::from(dump.indented);
        match &mut dump.frame {
            Frame::No => self.flow(side, bytes, out)?,
            Frame::Yes(frame) => {
                frame.extend(bytes);
                if frame.len() > WAITING {
                    return Err(NotHex::whole("a frame that is too long"));
                }
            }
            Frame::Unknown(frame) => {
                frame.extend(bytes);
                if network::ip(frame).is_some() {
                    dump.frame = Frame::Yes(std::mem::take(frame));
                } else if frame.len() >= network::HEADERS {
                    let bytes = std::mem::take(frame);
                    dump.frame = Frame::No;
                    self.flow(side, &bytes, out)?;
                }
            }
        }
        Ok(())
    }

    /// The frame that a dump shows is complete.
    fn end_frame(&mut self, out: &mut Vec<u8>) -> Result<(), NotHex> {
        let Some(dump) = &mut self.dump else {
            return Ok(());
        };
        let side = u32::from(dump.indented);
        match std::mem::replace(&mut dump.frame, Frame::No) {
            Frame::No => {}
            Frame::Unknown(bytes) => self.flow(side, &bytes, out)?,
            Frame::Yes(bytes) => match network::payload(&bytes) {
                Some((port, payload)) => {
                    self.flow(u32::from(port) + 2, payload, out)?;
                    self.remark("the dump shows whole frames: only what TCP carries is read");
                }
                None if network::ip(&bytes).is_some_and(|ip| ip.end > bytes.len()) => {
                    return Err(NotHex::whole(
                        "the dump of a network frame ends before the frame does",
                    ));
                }
                None => self.flow(side, &bytes, out)?,
            },
        }
        Ok(())
    }

    /// Bytes of one direction.
    fn flow(&mut self, side: u32, bytes: &[u8], out: &mut Vec<u8>) -> Result<(), NotHex> {
        if self.flow.add(side, bytes)? {
            self.remark("both directions are in this: the packets are read in the order in which they stand here");
        }
        out.extend(bytes);
        Ok(())
    }

    fn end_dump(&mut self, out: &mut Vec<u8>) -> Result<(), NotHex> {
        let Some(dump) = &mut self.dump else {
            return Ok(());
        };
        if dump.layout == Layout::Words && !dump.last.is_empty() {
            let last = std::mem::take(&mut dump.last);
            let only = dump.count == last.len() as u64;
            if last.last() != Some(&0) {
                self.emit(&last, out)?;
            } else {
                let shorter = last.get(..last.len() - 1).unwrap_or_default();
                let (even, odd) = (
                    is_whole(self.version, &last),
                    is_whole(self.version, shorter),
                );
                match (only, even, odd) {
                    (true, true, false) => self.emit(&last, out)?,
                    (true, false, true) => self.emit(shorter, out)?,
                    _ => {
                        return Err(NotHex::whole(
                            "the last line of hexdump is missing, the offset that tells whether the last byte is one",
                        ));
                    }
                }
            }
        }
        self.end_frame(out)?;
        self.dump = None;
        Ok(())
    }
}

impl Dump {
    /// Whether the line has the offset that comes next.
    fn goes_on(&self, line: &dump::Line) -> bool {
        self.bases.iter().any(|(base, start)| {
            base.value(&line.offset)
                .and_then(|value| value.checked_sub(*start))
                == Some(self.count)
        })
    }
}

/// Whether a first line counts: `Some(true)` if it is 0, 1, 2, 3 …, the heading of a table; `Some(false)` if it is 0 and
/// one byte, the first row of a table.
fn counts(text: &str, bytes: &[u8], numbers: usize) -> Option<bool> {
    let zero = text
        .trim_start_matches([' ', '\t', '|'])
        .strip_prefix('0')
        .is_some_and(|rest| !rest.starts_with(|next: char| next.is_ascii_alphanumeric()));
    let words = text.split(|letter: char| !letter.is_ascii_alphanumeric());
    let consecutive = words
        .filter(|word| !word.is_empty())
        .enumerate()
        .all(|(index, word)| {
            word.parse() == Ok(index) || usize::from_str_radix(word, 16) == Ok(index)
        });
    match bytes {
        _ if bytes.len() != numbers => None,
        [_, _, _, ..] if consecutive => Some(true),
        [0, _] if zero => Some(false),
        _ => None,
    }
}

/// The two bytes of each word the other way round.
fn swap(bytes: &[u8]) -> Vec<u8> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let pairs = pairs.iter().flat_map(|&[high, low]| [low, high]);
    pairs.chain(rest.iter().copied()).collect()
}

/// The text of a line: UTF-8, or with no-break spaces of Latin-1.
fn decode(line: &[u8]) -> Result<String, NotHex> {
    let line = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line);
    match str::from_utf8(line) {
        Ok(text) => Ok(text.to_owned()),
        Err(error) => {
            let replaced: Vec<u8> = line
                .iter()
                .map(|byte| if *byte == 0xA0 { b' ' } else { *byte })
                .collect();
            String::from_utf8(replaced).map_err(|_| NotHex::character(line, error.valid_up_to()))
        }
    }
}

/// Whether a bracket or a comment is open at the end of the text.
fn is_open(text: &str) -> bool {
    let mut depth = 0_i64;
    let mut rest = text;
    let mut quote = None;
    while let Some(letter) = rest.chars().next() {
        let after = rest.get(letter.len_utf8()..).unwrap_or_default();
        match (quote, letter) {
            (Some(_), '\\') => {
                let skipped = after.chars().next().map_or(0, char::len_utf8);
                rest = after.get(skipped..).unwrap_or_default();
                continue;
            }
            (Some(open), _) if open == letter => quote = None,
            // A quote that is not closed in its line is none.
            (Some(_), '\n') => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'')
                if after
                    .split('\n')
                    .next()
                    .is_some_and(|line| line.contains(letter)) =>
            {
                quote = Some(letter);
            }
            (None, '[' | '{' | '(') => depth += 1,
            (None, ']' | '}' | ')') => depth -= 1,
            (None, '<') if after.starts_with('<') => {
                depth += 1;
                rest = after.get(1..).unwrap_or_default();
                continue;
            }
            (None, '>') if after.starts_with('>') && depth > 0 => {
                depth -= 1;
                rest = after.get(1..).unwrap_or_default();
                continue;
            }
            (None, '<') if after.starts_with("Buffer") => depth += 1,
            (None, '>') if text.contains("<Buffer") => depth -= 1,
            (None, '/') if after.starts_with('/') => {
                rest = after
                    .find('\n')
                    .and_then(|end| after.get(end..))
                    .unwrap_or_default();
                continue;
            }
            (None, '/') if after.starts_with('*') => {
                let Some(end) = after.find("*/") else {
                    return true;
                };
                rest = after.get(end + 2..).unwrap_or_default();
                continue;
            }
            _ => {}
        }
        rest = after;
    }
    depth > 0
}

/// Lines of the output of tshark that hold no bytes.
fn is_heading(text: &str) -> bool {
    let starts = ["Follow: ", "Filter: ", "Node 0: ", "Node 1: "];
    // socat -x
    let of_socat = text.starts_with("length=") && text.contains(" from=") && text.contains(" to=");
    of_socat
        || text.len() > 3 && text.bytes().all(|byte| byte == b'=')
        || starts.iter().any(|start| text.starts_with(start))
}

/// Whether the text was meant as numbers: an error in it is one, and no heading of something else.
fn plausible(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_hexdigit).count();
    let others = text
        .bytes()
        .filter(|byte| !byte.is_ascii_hexdigit() && !plain::is_separator(*byte))
        .count();
    digits > 4 * others
}
