//! `explain`: the tables of codes, and everything known of a code, a property or a library's number.

mod answer;
mod ask;
mod json;

use std::io::{self, Write};

use anstyle::Style;
use clap::Args;
use mqtt_reason::{Meaning, PacketType, ReasonCode, Version, mapping, v3};

use crate::Verdict;
use crate::failure::{Failure, usage};
use crate::options::{packet_parser, version_parser};
use crate::packet::Code;
use crate::style::{BAD, GOOD, human_output, plain_output};
use crate::table::Table;

use self::ask::{Found, Scope, title};

const EXAMPLES: &str = "\
Examples:
  mqtt-reason explain
  mqtt-reason explain --packet suback
  mqtt-reason explain 0x87 135 'Not authorized' MQTT_RC_NOT_AUTHORIZED
  mqtt-reason explain 0x80-0x8f
  mqtt-reason explain --mqtt 3.1.1 5
  mqtt-reason explain 'Receive Maximum'
  mqtt-reason explain 'Client auto-1 disconnected, rc=7'
  mqtt-reason explain --json 0x8e

Exit status: 0 if there is an answer, also if the number is a library's own; 2 if not.";

/// How many codes are named to someone who typed one that does not exist.
const SUGGESTIONS: usize = 5;

/// Explain codes, properties and numbers of libraries: all codes, those of a packet, or some in full
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Explain {
    /// A number (135, 0x87, 87h, -2), a range (0x80-0x8f), a name in any library's spelling, a property, or a line of a
    /// log that holds one of these; without it the whole table
    #[arg(value_name = "WHAT", allow_negative_numbers = true)]
    what: Vec<String>,

    /// Only what this packet carries
    #[arg(long, value_parser = packet_parser(), ignore_case = true)]
    packet: Option<PacketType>,

    /// The protocol version; all of them if it is left out
    #[arg(long, value_name = "VERSION", value_parser = version_parser(), ignore_case = true)]
    mqtt: Option<Version>,

    /// Print one JSON object a line
    #[arg(long)]
    json: bool,
}

impl Explain {
    /// Prints the table or what was asked for.
    pub(crate) fn run(&self) -> Result<Verdict, Failure> {
        if let (Some(packet), Ok(version)) = (
            self.packet,
            self.mqtt.map_or(Err(()), |version| {
                v3::Version::try_from(version).map_err(|_| ())
            }),
        ) && v3_rows(version).all(|row| row.packet != packet)
        {
            let version = self.mqtt.map_or("3.x", Version::name);
            return Err(usage(format!(
                "{packet} carries no code in MQTT {version}; CONNACK and SUBACK do. {}",
                mqtt_reason::advice::V3_PUBLISH
            )));
        }
        if self.what.is_empty() {
            return self.all();
        }
        let found = self.find_all()?;
        if self.json {
            let mut out = plain_output();
            for (what, found) in &found {
                json::found(&mut out, what, found, self.packet)?;
            }
            out.flush()?;
        } else {
            let mut out = human_output();
            for (index, (_, found)) in found.iter().enumerate() {
                if index > 0 {
                    writeln!(out)?;
                }
                match found.range {
                    true => self.range(found, &mut out)?,
                    false => answer::print(found, self.packet, &mut out)?,
                }
            }
            out.flush()?;
        }
        Ok(Verdict::Good)
    }

    const fn scope(&self) -> Scope {
        Scope {
            version: self.mqtt,
            packet: self.packet,
        }
    }

    /// What answers each argument, or all of them together.
    fn find_all(&self) -> Result<Vec<(String, Found)>, Failure> {
        let scope = self.scope();
        let each: Vec<(String, Option<Found>)> = self
            .what
            .iter()
            .map(|what| (what.clone(), scope.find(what)))
            .collect();
        if each.len() > 1 && each.iter().any(|(_, found)| found.is_none()) {
            let line = self.what.join(" ");
            if let Some(found) = scope.find(&line) {
                return Ok(vec![(line, found)]);
            }
        }
        let mut all = Vec::new();
        for (what, found) in each {
            match found {
                Some(found) => all.push((what, found)),
                None => return Err(self.unknown(&what)),
            }
        }
        Ok(all)
    }

    /// There is no such code, but there may be one like it.
    fn unknown(&self, what: &str) -> Failure {
        let scope = self.scope();
        let elsewhere = Scope {
            version: None,
            packet: None,
        };
        let version = self.mqtt.map_or("", |version| version.name());
        let of = match (self.packet, self.mqtt) {
            (Some(packet), Some(_)) => format!("{packet} in MQTT {version}"),
            (Some(packet), None) => packet.to_string(),
            (None, Some(_)) => format!("MQTT {version}"),
            (None, None) => {
                "MQTT, no property and no number of a library that is known here".to_owned()
            }
        };
        let other = elsewhere
            .find(what)
            .filter(|_| self.packet.is_some() || self.mqtt.is_some())
            .and_then(|found| found.answers.first().map(answer::heading));
        let other = other.map_or(String::new(), |heading| {
            format!("; elsewhere it is {heading}")
        });
        let near = scope.near(what);
        let hint = match (self.packet, near.is_empty()) {
            (Some(packet), _) => {
                let codes = self
                    .rows()
                    .into_iter()
                    .map(|row| title(row.value, row.name));
                format!("; these are the codes of {packet}:{}", list(codes))
            }
            (None, true) if matches!(self.mqtt, Some(Version::V3_1_1 | Version::V3_1)) => {
                "; give a number (5, 0x05) or a name (not authorized)".to_owned()
            }
            (None, true) => "; give a number (135, 0x87) or a name (Not authorized)".to_owned(),
            (None, false) => format!("; did you mean{}", list(near.into_iter().take(SUGGESTIONS))),
        };
        let message = format!("{what:?} is no code of {of}{other}{hint}");
        if self.json {
            // The object is printed besides; that it cannot be written is told by the exit status all the same.
            let mut out = plain_output();
            let _ = json::unknown(&mut out, what, &message);
            let _ = out.flush();
        }
        usage(message)
    }

    /// Value and name of every code that is asked for.
    fn rows(&self) -> Vec<Row> {
        let v5 = self
            .meanings()
            .filter(|_| matches!(self.mqtt, None | Some(Version::V5_0)))
            .map(|meaning| Row {
                value: meaning.code.as_u8(),
                name: meaning.name,
            });
        let version = match self.mqtt {
            Some(Version::V5_0) => None,
            Some(Version::V3_1) => Some(v3::Version::V3_1),
            _ => Some(v3::Version::V3_1_1),
        };
        let v3 = version
            .into_iter()
            .flat_map(v3_rows)
            .filter(|row| self.wants(row.packet))
            .map(|row| Row {
                value: row.code.value,
                name: row.code.name,
            });
        v5.chain(v3).collect()
    }

    /// Whether `--packet` lets this one through.
    fn wants(&self, packet: PacketType) -> bool {
        self.packet.is_none_or(|only| only == packet)
    }

    fn meanings(&self) -> impl Iterator<Item = &'static Meaning> {
        ReasonCode::table().filter(|meaning| self.wants(meaning.packet))
    }

    /// The tables of the versions that are asked for.
    fn all(&self) -> Result<Verdict, Failure> {
        let v3 = match self.mqtt {
            Some(version) => v3::Version::try_from(version).ok(),
            None => None,
        };
        if self.json {
            let mut out = plain_output();
            match v3 {
                Some(version) => {
                    for row in v3_rows(version).filter(|row| self.wants(row.packet)) {
                        json::v3_row(&mut out, version, &row)?;
                    }
                }
                None => {
                    for code in ReasonCode::all() {
                        if code.meanings().any(|meaning| self.wants(meaning.packet)) {
                            json::reason(&mut out, None, code, self.packet)?;
                        }
                    }
                }
            }
            out.flush()?;
            return Ok(Verdict::Good);
        }
        let mut out = human_output();
        match v3 {
            Some(version) => {
                let rows: Vec<V3Row> = v3_rows(version)
                    .filter(|row| self.wants(row.packet))
                    .collect();
                v3_table(version, &rows, &mut out)?;
            }
            None => table(self.meanings().collect(), &mut out)?,
        }
        out.flush()?;
        Ok(Verdict::Good)
    }

    /// The codes of a range, as tables.
    fn range(&self, found: &Found, out: &mut impl Write) -> io::Result<()> {
        use self::ask::Answer;
        let meanings: Vec<&Meaning> = found
            .answers
            .iter()
            .filter_map(|answer| match answer {
                Answer::Reason(code) => Some(*code),
                _ => None,
            })
            .flat_map(ReasonCode::meanings)
            .filter(|meaning| self.wants(meaning.packet))
            .collect();
        if !meanings.is_empty() {
            table(meanings, out)?;
        }
        let mut rows = Vec::new();
        let mut version = v3::Version::V3_1_1;
        for answer in &found.answers {
            let (of, packet, value) = match answer {
                Answer::Connack(version, code) => (*version, PacketType::Connack, code.as_u8()),
                Answer::Suback(version, code) => (*version, PacketType::Suback, code.as_u8()),
                _ => continue,
            };
            version = of;
            rows.extend(v3_rows(of).filter(|row| row.packet == packet && row.code.value == value));
        }
        if !rows.is_empty() {
            writeln!(out, "\nin MQTT {}:", Version::from(version))?;
            v3_table(version, &rows, out)?;
        }
        Ok(())
    }
}

struct Row {
    value: u8,
    name: &'static str,
}

/// Table 2-6: a row for each pair of value and name, and a line in it for each thing that the pair can tell.
fn table(mut meanings: Vec<&'static Meaning>, out: &mut impl Write) -> io::Result<()> {
    meanings.sort_by_key(|meaning| meaning.code);
    let header = ["VALUE", "", "NAME", "PACKETS", "SENDER", "MEANING"];
    let mut table = Table::new(0, header, [4, 3, 20, 18, 9, 40]);
    let mut done = Vec::new();
    for Meaning { code, name, .. } in &meanings {
        if done.contains(&(code, name)) {
            continue;
        }
        done.push((code, name));
        let row = meanings
            .iter()
            .filter(|other| other.code == *code && other.name == *name);
        let value = code.as_u8();
        let mut first = [
            format!("{value:#04x}"),
            value.to_string(),
            (*name).to_owned(),
        ];
        for line in by_meaning(row.copied()) {
            let [hex, decimal, name] = std::mem::take(&mut first);
            let Line {
                packets,
                sender,
                help,
            } = line;
            table.row(
                code_style(code.is_error()),
                [hex, decimal, name, packets, sender, help],
            );
        }
    }
    table.print(out)
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

/// A row of the tables of 3.1.1 and 3.1.
pub(crate) struct V3Row {
    packet: PacketType,
    code: Code,
    in_v5: Code,
    note: &'static str,
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

/// The table of 3.1.1 or 3.1.
fn v3_table(version: v3::Version, rows: &[V3Row], out: &mut impl Write) -> io::Result<()> {
    let header = ["VALUE", "", "NAME", "PACKET", "SENDER", "MEANING", "IN 5.0"];
    let mut table = Table::new(0, header, [4, 3, 24, 8, 6, 34, 24]);
    for row in rows {
        let Code {
            value,
            name,
            help,
            is_error,
        } = row.code;
        let cells = [
            format!("{value:#04x}"),
            value.to_string(),
            name.to_owned(),
            row.packet.to_string(),
            Version::from(version).sender_of(row.packet).to_string(),
            format!("{help}{}", row.note),
            title(row.in_v5.value, row.in_v5.name),
        ];
        table.row(code_style(is_error), cells);
    }
    table.print(out)
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
