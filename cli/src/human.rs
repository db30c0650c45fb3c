//! Findings for people: a packet a line, its properties below, errors with the bytes that are to blame.

use std::io::{self, Write};

use mqtt_reason::v5::{Property, PropertyValue};
use mqtt_reason::view::View;
use mqtt_reason::{PacketType, QoS, Version};

use crate::buffered::Buffered;
use crate::bytes::{Marked, first_bytes, mark_byte, mark_text};
use crate::connection::secrets;
use crate::finding::{Finding, Place, Refusal, Report, Show, Told, Unreadable};
use crate::packet::{Code, Codes, List, Packet};
use crate::remarks::{advice, odd};
use crate::style::{BAD, ERROR, FAINT, GOOD, Paint, STRONG};

/// Prints findings for people.
pub(crate) struct Human<W> {
    out: Buffered<W>,
    paint: Paint,
}

impl<W: Write> Human<W> {
    pub(crate) fn new(out: W, paint: Paint) -> Self {
        Self {
            out: Buffered::new(out),
            paint,
        }
    }
}

impl<W: Write> Report for Human<W> {
    fn report(&mut self, place: Place, told: &Told<'_>) -> io::Result<()> {
        let buffer = self.out.buffer();
        if !told.finding.is_good() {
            let (faint, plain) = self.paint.pair(FAINT);
            match place {
                Place {
                    line: Some(line), ..
                } => write!(buffer, "{faint}line {line}:{plain} ")?,
                Place { at: 0, .. } => {}
                Place { at, .. } => write!(buffer, "{faint}at byte {at}:{plain} ")?,
            }
        }
        write(buffer, told, self.paint)?;
        self.out.end()
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Prints a finding: its line, and the lines below it, each with four spaces in front.
pub(crate) fn write(out: &mut impl Write, told: &Told<'_>, paint: Paint) -> io::Result<()> {
    let mut writer = Writer { out, paint };
    match told.finding {
        Finding::Packet { packet, .. } => writer.packet(packet)?,
        Finding::View { view, len, bytes } => {
            writer.view(view, *len, *len - bytes.len().min(*len))?
        }
        Finding::Unread { packet, len, .. } => writer.unread(*packet, *len)?,
        Finding::Incomplete { .. } => writer.incomplete(told.finding)?,
        Finding::Refused(refusal) => writer.refused(refusal, told.show)?,
        Finding::Unreadable(unreadable) => writer.unreadable(unreadable)?,
    }
    for odd in odd(told) {
        writer.row("odd", &odd)?;
    }
    for sentence in advice(told) {
        writer.row("note", &sentence)?;
    }
    match &told.hint {
        Some(hint) => writer.row("hint", hint),
        None => Ok(()),
    }
}

struct Writer<'o, W> {
    out: &'o mut W,
    paint: Paint,
}

impl<W: Write> Writer<'_, W> {
    fn packet(&mut self, packet: &Packet<'_>) -> io::Result<()> {
        let (strong, plain) = self.paint.pair(STRONG);
        write!(self.out, "{strong}{}{plain}", packet.packet_type().name())?;
        if let Some(id) = packet.packet_id() {
            write!(self.out, " id {id}")?;
        }
        match packet.codes() {
            Codes::None => writeln!(self.out)?,
            Codes::One(code) => {
                let session = match packet.session_present() {
                    Some(true) => ", session present",
                    _ => "",
                };
                self.out.write_all(b": ")?;
                self.code(code, session)?;
            }
            Codes::List(list) => self.codes(list)?,
        }
        for property in packet.properties().into_iter().flatten() {
            self.property(property)?;
        }
        Ok(())
    }

    /// One of the six packets without a code; `missing` bytes of its payload are not there.
    fn view(&mut self, view: &View<'_>, len: usize, missing: usize) -> io::Result<()> {
        let (strong, plain) = self.paint.pair(STRONG);
        write!(self.out, "{strong}{}{plain}", view.packet_type())?;
        let yes = |flag: bool, text: &'static str| if flag { text } else { "" };
        match view {
            View::Connect(connect) => {
                let bridge = yes(connect.bridge(), ", a bridge");
                writeln!(
                    self.out,
                    " MQTT {} (level {}{bridge}): client {:?}, {}, keep alive {} s, {len} bytes",
                    connect.version(),
                    connect.level(),
                    connect.client_id(),
                    match (connect.version(), connect.clean_start()) {
                        (Version::V5_0, true) => "clean start",
                        (_, true) => "clean session",
                        (_, false) => "goes on with its session",
                    },
                    connect.keep_alive(),
                )?;
                if let Some(name) = connect.user_name() {
                    self.row("User Name", &format!("{name:?}"))?;
                }
                if let Some(password) = connect.password() {
                    self.row("Password", &format!("{} bytes", password.len()))?;
                }
                if let Some(will) = connect.will() {
                    let retain = yes(will.retain(), ", retain");
                    let text = format!(
                        "topic {:?}, QoS {}{retain}, {} bytes",
                        will.topic(),
                        will.qos().as_u8(),
                        will.payload().len()
                    );
                    self.row("Will", &text)?;
                    for property in will.properties().iter() {
                        self.property(property)?;
                    }
                }
            }
            View::UnknownConnect(connect) => writeln!(
                self.out,
                " of no known version: protocol name {:?}, level {}",
                connect.protocol_name(),
                connect.level()
            )?,
            View::Publish(publish) => {
                if let Some(id) = publish.packet_id() {
                    write!(self.out, " id {id}")?;
                }
                writeln!(
                    self.out,
                    ": topic {:?}, QoS {}{}{}, payload {} bytes",
                    publish.topic(),
                    publish.qos().as_u8(),
                    yes(publish.retain(), ", retain"),
                    yes(publish.dup(), ", dup"),
                    publish.payload().len() + missing
                )?;
            }
            View::Subscribe(subscribe) => {
                write!(self.out, " id {}:", subscribe.packet_id())?;
                for each in subscribe.subscriptions().iter() {
                    write!(self.out, " {:?} QoS {}", each.filter(), each.qos().as_u8())?;
                    if each.no_local() {
                        write!(self.out, " no local")?;
                    }
                    if each.retain_as_published() {
                        write!(self.out, " retain as published")?;
                    }
                    if each.retain_handling().as_u8() > 0 {
                        write!(
                            self.out,
                            " retain handling {}",
                            each.retain_handling().as_u8()
                        )?;
                    }
                }
                writeln!(self.out)?;
            }
            View::Unsubscribe(unsubscribe) => {
                write!(self.out, " id {}:", unsubscribe.packet_id())?;
                for filter in unsubscribe.filters().iter() {
                    write!(self.out, " {filter:?}")?;
                }
                writeln!(self.out)?;
            }
            View::Pingreq | View::Pingresp => writeln!(self.out)?,
        }
        for property in view.properties().iter() {
            self.property(property)?;
        }
        Ok(())
    }

    /// The code and what it tells, to the end of the line.
    fn code(&mut self, code: Code, addition: &str) -> io::Result<()> {
        let Code {
            value, name, help, ..
        } = code;
        let (style, plain) = self.paint.pair(if code.is_error { BAD } else { GOOD });
        writeln!(
            self.out,
            "{style}{value:#04x} {name}{plain}{addition}. {help}"
        )
    }

    fn codes(&mut self, list: List<'_>) -> io::Result<()> {
        let mut codes = list.iter().peekable();
        let first = codes.next();
        match first {
            Some(code) if codes.peek().is_none() => {
                self.out.write_all(b": ")?;
                return self.code(code, "");
            }
            _ => writeln!(self.out, ": {} codes", list.iter().count())?,
        }
        let (faint, plain) = self.paint.pair(FAINT);
        for (index, code) in first.into_iter().chain(codes).enumerate() {
            write!(self.out, "    {faint}{:>2}{plain}  ", index + 1)?;
            self.code(code, "")?;
        }
        Ok(())
    }

    fn property(&mut self, property: Property<'_>) -> io::Result<()> {
        let (faint, plain) = self.paint.pair(FAINT);
        write!(self.out, "    {faint}{}:{plain} ", property.id())?;
        let yes_or_no = |value| if value { "yes" } else { "no" };
        match property {
            Property::SessionExpiryInterval(u32::MAX) => writeln!(self.out, "never"),
            Property::SessionExpiryInterval(seconds)
            | Property::WillDelayInterval(seconds)
            | Property::MessageExpiryInterval(seconds) => writeln!(self.out, "{seconds} s"),
            Property::ServerKeepAlive(seconds) => writeln!(self.out, "{seconds} s"),
            Property::MaximumPacketSize(bytes) => writeln!(self.out, "{bytes} bytes"),
            Property::MaximumQos(qos) => writeln!(self.out, "{}", QoS::as_u8(qos)),
            _ => match property.value() {
                PropertyValue::Byte(value) => writeln!(self.out, "{}", yes_or_no(value != 0)),
                PropertyValue::TwoByteInteger(value) => writeln!(self.out, "{value}"),
                PropertyValue::FourByteInteger(value)
                | PropertyValue::VariableByteInteger(value) => writeln!(self.out, "{value}"),
                // Text is the peer's: nothing in it may reach the terminal as a control sequence.
                PropertyValue::String(text) => writeln!(self.out, "{text:?}"),
                PropertyValue::StringPair(name, value) => {
                    writeln!(self.out, "{name:?} = {value:?}")
                }
                PropertyValue::BinaryData(data) => {
                    writeln!(self.out, "{} ({} bytes)", hex::encode(data), data.len())
                }
            },
        }
    }

    fn unread(&mut self, packet: PacketType, len: usize) -> io::Result<()> {
        let (strong, plain) = self.paint.pair(STRONG);
        writeln!(
            self.out,
            "{strong}{packet}{plain}: {len} bytes, not looked into: the version is not known"
        )
    }

    fn incomplete(&mut self, finding: &Finding<'_>) -> io::Result<()> {
        let Finding::Incomplete {
            packet,
            bytes,
            there,
            needed,
            exact,
        } = finding
        else {
            return Ok(());
        };
        let least = if *exact { "" } else { "at least " };
        let there = match there {
            0 => "nothing is there",
            1 => "1 byte is there",
            count => &format!("{count} bytes are there"),
        };
        let (strong, plain) = self.paint.pair(STRONG);
        let (error, end) = self.paint.pair(ERROR);
        if let Some(packet) = packet {
            write!(self.out, "{strong}{packet}{plain} ")?;
        }
        write!(self.out, "{error}incomplete:{end} {there}")?;
        match needed {
            Some(needed) => writeln!(self.out, ", {least}{needed} more needed")?,
            None => writeln!(self.out)?,
        }
        // Of what was cut off nobody knows where a Password ends.
        match (packet, bytes) {
            (Some(PacketType::Connect), _) | (_, []) => Ok(()),
            _ => writeln!(self.out, "    {}", first_bytes(bytes)),
        }
    }

    fn refused(&mut self, refusal: &Refusal<'_>, show: Show) -> io::Result<()> {
        let (strong, plain) = self.paint.pair(STRONG);
        match refusal.packet() {
            Some(packet) => write!(self.out, "{strong}{packet}{plain} ")?,
            None => write!(self.out, "packet ")?,
        }
        let (error, plain) = self.paint.pair(ERROR);
        write!(self.out, "{error}refused:{plain} {}", refusal.error)?;
        // Where the message does not name it.
        let message = refusal.error.to_string().to_ascii_lowercase();
        match refusal.field() {
            Some(field)
                if !refusal.is_v3_connack() && !message.contains(&field.to_ascii_lowercase()) =>
            {
                writeln!(self.out, " ({field})")?;
            }
            _ => writeln!(self.out)?,
        }
        let hidden = match show.secrets {
            true => [0..0, 0..0],
            false => secrets::ranges(refusal.bytes),
        };
        let offset = refusal.error.offset();
        self.marked(mark_byte(refusal.bytes, offset, &hidden))?;
        let (rule, version) = (refusal.error.rule(), refusal.error.version());
        let rule = match rule.starts_with("MQTT-") {
            true => format!("[{rule}] of MQTT {version}"),
            false => format!("§{rule} of MQTT {version}"),
        };
        self.row("rule", &rule)?;
        self.row("class", refusal.class().name())?;
        self.row("action", &refusal.action())
    }

    fn unreadable(&mut self, unreadable: &Unreadable<'_>) -> io::Result<()> {
        let (error, plain) = self.paint.pair(ERROR);
        writeln!(self.out, "{error}{}{plain}", unreadable.what)?;
        match unreadable.line {
            Some((line, offset)) => self.marked(mark_text(line.as_bytes(), offset)),
            None if unreadable.bytes.is_empty() => Ok(()),
            None => writeln!(self.out, "    {}", first_bytes(unreadable.bytes)),
        }
    }

    fn row(&mut self, name: &str, text: &str) -> io::Result<()> {
        let (faint, plain) = self.paint.pair(FAINT);
        writeln!(self.out, "    {faint}{name:<6}{plain}  {text}")
    }

    /// Bytes or text, and the mark below.
    fn marked(&mut self, marked: Marked) -> io::Result<()> {
        let (error, plain) = self.paint.pair(ERROR);
        let (lead, mark) = marked.mark;
        writeln!(self.out, "    {}", marked.line)?;
        writeln!(self.out, "    {lead}{error}{mark}{plain}")
    }
}
