//! Findings for people: a packet a line, its properties below, errors with the bytes that are to blame.

use std::io::{self, Write};

use mqtt_reason::v5::{Property, PropertyValue};
use mqtt_reason::{QoS, Version};

use crate::bytes::{Marked, first_bytes, mark_byte, mark_text};
use crate::finding::{Finding, Place, Refusal, Report};
use crate::packet::{Code, Codes, List, Packet};
use crate::style::{BAD, ERROR, FAINT, GOOD, STRONG};

/// Prints findings for people.
pub(crate) struct Human<W> {
    out: W,
}

impl<W: Write> Human<W> {
    pub(crate) const fn new(out: W) -> Self {
        Self { out }
    }

    pub(crate) fn packet(&mut self, packet: &Packet<'_>) -> io::Result<()> {
        write!(self.out, "{STRONG}{}{STRONG:#}", packet.packet_type())?;
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

    /// The code and what it tells, to the end of the line.
    fn code(&mut self, code: Code, addition: &str) -> io::Result<()> {
        let Code {
            value, name, help, ..
        } = code;
        let style = if code.is_error { BAD } else { GOOD };
        writeln!(
            self.out,
            "{style}{value:#04x} {name}{style:#}{addition}. {help}"
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
        for (index, code) in first.into_iter().chain(codes).enumerate() {
            write!(self.out, "    {FAINT}{:>2}{FAINT:#}  ", index + 1)?;
            self.code(code, "")?;
        }
        Ok(())
    }

    fn property(&mut self, property: Property<'_>) -> io::Result<()> {
        write!(self.out, "    {FAINT}{}:{FAINT:#} ", property.id())?;
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

    fn incomplete(&mut self, bytes: &[u8], needed: usize, exact: bool) -> io::Result<()> {
        let least = if exact { "" } else { "at least " };
        let there = match bytes.len() {
            0 => "nothing is there",
            1 => "1 byte is there",
            count => &format!("{count} bytes are there"),
        };
        writeln!(
            self.out,
            "{ERROR}incomplete:{ERROR:#} {there}, {least}{needed} more needed"
        )?;
        match bytes {
            [] => Ok(()),
            _ => writeln!(self.out, "    {}", first_bytes(bytes)),
        }
    }

    fn refused(&mut self, version: Version, refusal: &Refusal<'_>) -> io::Result<()> {
        match refusal.packet {
            Some(packet) => write!(self.out, "{STRONG}{packet}{STRONG:#} ")?,
            None => write!(self.out, "packet ")?,
        }
        writeln!(self.out, "{ERROR}refused:{ERROR:#} {}", refusal.fault)?;
        self.marked(mark_byte(refusal.bytes, refusal.offset))?;
        let row =
            |out: &mut W, name, text: &str| writeln!(out, "    {FAINT}{name}{FAINT:#}  {text}");
        let rule = match refusal.rule.starts_with("MQTT-") {
            true => format!("[{}] of MQTT {version}", refusal.rule),
            false => format!("§{} of MQTT {version}", refusal.rule),
        };
        row(&mut self.out, "rule  ", &rule)?;
        row(&mut self.out, "class ", refusal.class.name())?;
        let action = match refusal.answer {
            Some(code) => format!("answer with DISCONNECT {:#04x} {code}", code.as_u8()),
            None => "close the connection".to_owned(),
        };
        row(&mut self.out, "action", &action)?;
        if refusal.fault.is_v3_connack() {
            row(&mut self.out, "hint  ", "read it with --mqtt 3.1.1")?;
        }
        Ok(())
    }

    /// Bytes or text, and the mark below.
    fn marked(&mut self, marked: Marked) -> io::Result<()> {
        let (lead, mark) = marked.mark;
        writeln!(self.out, "    {}", marked.line)?;
        writeln!(self.out, "    {lead}{ERROR}{mark}{ERROR:#}")
    }
}

impl<W: Write> Report for Human<W> {
    fn report(&mut self, version: Version, place: Place, finding: &Finding<'_>) -> io::Result<()> {
        if !finding.is_good() {
            match place {
                Place::Byte(0) => {}
                Place::Byte(offset) => write!(self.out, "{FAINT}at byte {offset}:{FAINT:#} ")?,
                Place::Line(line) => write!(self.out, "{FAINT}line {line}:{FAINT:#} ")?,
            }
        }
        match finding {
            Finding::Packet { packet, .. } => self.packet(packet),
            Finding::Frame(frame) => writeln!(
                self.out,
                "{STRONG}{}{STRONG:#}: {} bytes, carries no reason code",
                frame.packet_type(),
                frame.bytes().len()
            ),
            Finding::Incomplete {
                bytes,
                needed,
                exact,
            } => self.incomplete(bytes, *needed, *exact),
            Finding::Refused(refusal) => self.refused(version, refusal),
            Finding::NotHex { text, error } => {
                writeln!(self.out, "{ERROR}{error}{ERROR:#}")?;
                self.marked(mark_text(text, error.offset))
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
