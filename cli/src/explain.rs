//! `explain`: the tables of codes, and everything known of one code.

use std::io::{self, Write};

use anstyle::Style;
use clap::Args;
use mqtt_reason::v5::{ConnackReason, SubackReason};
use mqtt_reason::{Meaning, PacketType, ReasonCode, SentBy, Version, mapping, v3};

use crate::Verdict;
use crate::failure::{Failure, usage};
use crate::names::{distance, same};
use crate::options::{packet_parser, version_parser};
use crate::packet::Code;
use crate::style::{BAD, FAINT, GOOD, STRONG, human_output};
use crate::table::Table;

const EXAMPLES: &str = "\
Examples:
  mqtt-reason explain
  mqtt-reason explain --packet suback
  mqtt-reason explain 0x87 135 'Not authorized'
  mqtt-reason explain --mqtt 3.1.1 5";

/// How many codes are named to someone who typed one that does not exist.
const SUGGESTIONS: usize = 5;

/// Explain reason codes: all of them, those of a packet, or some in full
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Explain {
    /// Codes by number (135, 0x87) or by name; without them the whole table
    #[arg(value_name = "CODE|NAME")]
    codes: Vec<String>,

    /// Only what this packet carries
    #[arg(long, value_parser = packet_parser(), ignore_case = true)]
    packet: Option<PacketType>,

    /// The protocol version
    #[arg(long, value_name = "VERSION", value_parser = version_parser(), default_value = "5.0")]
    mqtt: Version,
}

impl Explain {
    /// Prints the table or the codes asked for.
    pub(crate) fn run(&self) -> Result<Verdict, Failure> {
        let mut out = human_output();
        match v3::Version::try_from(self.mqtt) {
            Ok(version) => self.v3_table(version, &mut out)?,
            Err(_) if self.codes.is_empty() => self.table(&mut out)?,
            Err(_) => self.explain_codes(&mut out)?,
        }
        out.flush()?;
        Ok(Verdict::Good)
    }

    /// Whether `--packet` lets this one through.
    fn wants(&self, packet: PacketType) -> bool {
        self.packet.is_none_or(|only| only == packet)
    }

    /// Table 2-6: a row for each pair of value and name, and a line in it for each thing that the pair can tell.
    fn table(&self, out: &mut impl Write) -> io::Result<()> {
        let mut meanings: Vec<_> = self.meanings().collect();
        meanings.sort_by_key(|meaning| meaning.code);
        let header = ["VALUE", "NAME", "PACKETS", "SENDER", "MEANING"];
        let mut table = Table::new(0, header, [5, 20, 18, 9, 40]);
        let mut done = Vec::new();
        for Meaning { code, name, .. } in &meanings {
            if done.contains(&(code, name)) {
                continue;
            }
            done.push((code, name));
            let row = meanings
                .iter()
                .filter(|other| other.code == *code && other.name == *name);
            let mut value_and_name = [format!("{:#04x}", code.as_u8()), (*name).to_owned()];
            for line in by_meaning(row.copied()) {
                let [value, name] = std::mem::take(&mut value_and_name);
                let Line {
                    packets,
                    sender,
                    help,
                } = line;
                table.row(
                    code_style(code.is_error()),
                    [value, name, packets, sender, help],
                );
            }
        }
        table.print(out)
    }

    fn meanings(&self) -> impl Iterator<Item = &'static Meaning> {
        ReasonCode::table().filter(|meaning| self.wants(meaning.packet))
    }

    /// Each of the codes asked for, in full.
    fn explain_codes(&self, out: &mut impl Write) -> Result<(), Failure> {
        let codes: Vec<ReasonCode> = self
            .codes
            .iter()
            .map(|text| self.code(text))
            .collect::<Result<_, _>>()?;
        for (index, code) in codes.into_iter().enumerate() {
            if index > 0 {
                writeln!(out)?;
            }
            self.explain(code, out)?;
        }
        Ok(())
    }

    /// The code that `text` names.
    fn code(&self, text: &str) -> Result<ReasonCode, Failure> {
        let Ok(code) = text.parse::<ReasonCode>() else {
            return Err(unknown(text, "MQTT 5.0", self.near(text)));
        };
        match self.packet {
            Some(packet) if code.meaning_in(packet).is_none() => {
                let all = self
                    .meanings()
                    .map(|meaning| title(meaning.code.as_u8(), meaning.name));
                let value = code.as_u8();
                Err(usage(format!(
                    "{packet} never carries {value:#04x} {code}; these are its codes:{}",
                    list(all)
                )))
            }
            _ => Ok(code),
        }
    }

    /// Codes that may have been meant by `text`.
    fn near(&self, text: &str) -> Vec<String> {
        let hex = u8::from_str_radix(text, 16).ok();
        let number = hex.and_then(ReasonCode::from_u8);
        if let Some(code) = number {
            return vec![title(code.as_u8(), code.name())];
        }
        let mut near: Vec<_> = self
            .meanings()
            .filter_map(|meaning| {
                let near = distance(text, meaning.name)?;
                Some((near, title(meaning.code.as_u8(), meaning.name)))
            })
            .collect();
        near.sort();
        near.dedup();
        near.into_iter().map(|(_, name)| name).collect()
    }

    fn explain(&self, code: ReasonCode, out: &mut impl Write) -> io::Result<()> {
        let meanings: Vec<_> = code
            .meanings()
            .filter(|meaning| self.wants(meaning.packet))
            .collect();
        let mut names: Vec<&str> = Vec::new();
        for meaning in &meanings {
            if !names.contains(&meaning.name) {
                names.push(meaning.name);
            }
        }
        let value = code.as_u8();
        let style = code_style(code.is_error());
        let kind = match code.is_error() {
            true => "a failure",
            false => "no failure",
        };
        writeln!(
            out,
            "{style}{value:#04x} {}{style:#} {FAINT}({value}, {kind}){FAINT:#}",
            names.join(" / ")
        )?;
        let header = ["PACKET", "NAME", "SENDER", "MEANING"];
        let mut table = Table::new(2, header, [10, 20, 9, 40]);
        for meaning in &meanings {
            let packet = meaning.packet.to_string();
            let sender = meaning.sent_by.to_string();
            let cells = [packet, meaning.name.into(), sender, meaning.help.into()];
            table.row(STRONG, cells);
        }
        table.print(out)?;
        writeln!(out)?;
        let header = ["IN 3.x", "3.1.1", "3.1"];
        let mut table = Table::new(2, header, [10, 40, 40]);
        for meaning in &meanings {
            let [in_3_1_1, in_3_1] = equivalents(meaning);
            table.row(STRONG, [meaning.packet.to_string(), in_3_1_1, in_3_1]);
        }
        table.print(out)
    }

    /// The tables of 3.1.1 or 3.1, whole or the rows asked for.
    fn v3_table(&self, version: v3::Version, out: &mut impl Write) -> Result<(), Failure> {
        let rows: Vec<_> = v3_rows(version)
            .filter(|row| self.wants(row.packet))
            .collect();
        if let (true, Some(packet)) = (rows.is_empty(), self.packet) {
            let version = self.mqtt;
            return Err(usage(format!(
                "{packet} carries no code in MQTT {version}; CONNACK and SUBACK do"
            )));
        }
        let mut wanted = vec![self.codes.is_empty(); rows.len()];
        for text in &self.codes {
            let named: Vec<_> = rows.iter().map(|row| row.is_named(text)).collect();
            if !named.contains(&true) {
                let names = rows.iter().map(|row| title(row.code.value, row.code.name));
                let near = names
                    .filter(|name| distance(text, name).is_some())
                    .collect();
                return Err(unknown(text, &format!("MQTT {}", self.mqtt), near));
            }
            for (wanted, named) in wanted.iter_mut().zip(named) {
                *wanted |= named;
            }
        }
        let header = ["VALUE", "NAME", "PACKET", "SENDER", "MEANING", "IN 5.0"];
        let mut table = Table::new(0, header, [5, 24, 8, 6, 34, 24]);
        for (row, _) in rows.into_iter().zip(wanted).filter(|(_, wanted)| *wanted) {
            let Code {
                value,
                name,
                help,
                is_error,
            } = row.code;
            let cells = [
                format!("{value:#04x}"),
                name.to_owned(),
                row.packet.to_string(),
                self.mqtt.sender_of(row.packet).to_string(),
                format!("{help}{}", row.note),
                title(row.in_v5.value, row.in_v5.name),
            ];
            table.row(code_style(is_error), cells);
        }
        table.print(out)?;
        Ok(())
    }
}

/// The packets for which a code tells the same and has the same senders.
struct Line {
    packets: String,
    sender: String,
    help: String,
}

/// Puts together what is told in the same words and sent by the same side.
fn by_meaning(meanings: impl Iterator<Item = &'static Meaning>) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for meaning in meanings {
        let (packet, sender) = (meaning.packet, meaning.sent_by.to_string());
        let same = |line: &&mut Line| line.help == meaning.help && line.sender == sender;
        match lines.iter_mut().find(same) {
            Some(line) => line.packets.push_str(&format!(", {packet}")),
            None => lines.push(Line {
                packets: packet.to_string(),
                sender,
                help: meaning.help.to_owned(),
            }),
        }
    }
    lines
}

/// What 3.1.1 and 3.1 say instead.
fn equivalents(meaning: &Meaning) -> [String; 2] {
    [v3::Version::V3_1_1, v3::Version::V3_1].map(|version| {
        let code = match meaning.packet {
            PacketType::Connack => ConnackReason::try_from(meaning.code)
                .ok()
                .and_then(mapping::connack_to_v3)
                .map(|code| Code::connack(version, code)),
            PacketType::Suback => SubackReason::try_from(meaning.code)
                .ok()
                .and_then(|reason| mapping::suback_to_v3(reason, version))
                .map(|code| Code::suback(version, code)),
            PacketType::Disconnect => {
                return match meaning.sent_by {
                    SentBy::Server => "none: the Server closes the connection",
                    _ => "none: DISCONNECT carries nothing, only a Client sends it",
                }
                .to_owned();
            }
            PacketType::Auth => return "none: there is no AUTH".to_owned(),
            packet => return format!("none: {packet} carries no code"),
        };
        match (code, meaning.packet) {
            (Some(code), _) => title(code.value, code.name),
            (None, PacketType::Connack) => "none: close without CONNACK".to_owned(),
            (None, _) => "none".to_owned(),
        }
    })
}

/// A row of the tables of 3.1.1 and 3.1.
struct V3Row {
    packet: PacketType,
    code: Code,
    in_v5: Code,
    note: &'static str,
}

impl V3Row {
    /// Whether `text` is the code's number, or its name in this version or in 3.1.1.
    fn is_named(&self, text: &str) -> bool {
        let value = match self.packet {
            PacketType::Connack => text.parse().map(v3::ConnackReturnCode::as_u8),
            _ => text.parse().map(v3::SubackReturnCode::as_u8),
        };
        value == Ok(self.code.value) || same(self.code.name, text)
    }
}

fn v3_rows(version: v3::Version) -> impl Iterator<Item = V3Row> {
    let connack = v3::ConnackReturnCode::ALL.iter().map(move |code| V3Row {
        packet: PacketType::Connack,
        code: Code::connack(version, *code),
        in_v5: mapping::connack_to_v5(*code).into(),
        note: "",
    });
    let suback = v3::SubackReturnCode::ALL.iter().map(move |code| {
        let in_v5 = mapping::suback_to_v5(*code);
        V3Row {
            packet: PacketType::Suback,
            code: Code::suback(version, *code),
            in_v5: in_v5.into(),
            note: match mapping::suback_to_v3(in_v5, version) {
                Some(_) => "",
                None => " Not in the table of this version: read, but never written.",
            },
        }
    });
    connack.chain(suback)
}

/// Value and name.
fn title(value: u8, name: &str) -> String {
    format!("{value:#04x} {name}")
}

/// The colour of a code.
const fn code_style(is_error: bool) -> Style {
    if is_error { BAD } else { GOOD }
}

/// One line each.
fn list(items: impl IntoIterator<Item = String>) -> String {
    items
        .into_iter()
        .map(|item| format!("\n  {item}"))
        .collect()
}

/// There is no such code, but there may be one like it.
fn unknown(text: &str, version: &str, near: Vec<String>) -> Failure {
    let hint = match near.is_empty() {
        true => "; give a number (135, 0x87) or a name (Not authorized)".to_owned(),
        false => format!("; did you mean{}", list(near.into_iter().take(SUGGESTIONS))),
    };
    usage(format!("{text:?} is no code of {version}{hint}"))
}
