//! One answer in full, for people.

use std::io::{self, Write};

use mqtt_reason::v5::{ConnackReason, SubackReason};
use mqtt_reason::{
    Meaning, PacketType, PropertyId, ReasonCode, SentBy, Version, advice, mapping, v3,
};

use crate::packet::Code;
use crate::style::{FAINT, STRONG};
use crate::table::Table;

use super::ask::{Answer, Found, title};
use super::code_style;

/// Prints all answers.
pub(super) fn print(
    found: &Found,
    packet: Option<PacketType>,
    out: &mut impl Write,
) -> io::Result<()> {
    if let Some(spelling) = found.spelling {
        writeln!(
            out,
            "{FAINT}{} is a spelling of {}{FAINT:#}",
            spelling.text,
            whose(spelling.library, spelling.release)
        )?;
    }
    let mut libraries = Vec::new();
    let mut properties = Vec::new();
    let mut first = true;
    let mut gap = |out: &mut dyn Write| match std::mem::take(&mut first) {
        true => Ok(()),
        false => writeln!(out),
    };
    let mut codes = 0;
    for answer in &found.answers {
        let (version, packet_type, code, in_v5) = match answer {
            Answer::Library(number) => {
                libraries.push(*number);
                continue;
            }
            Answer::Property(id) => {
                properties.push(*id);
                continue;
            }
            Answer::Reason(code) => {
                gap(out)?;
                codes += 1;
                reason(*code, packet, out)?;
                continue;
            }
            Answer::Connack(version, code) => (
                *version,
                PacketType::Connack,
                Code::connack(*version, *code),
                mapping::connack_to_v5(*code).into(),
            ),
            Answer::Suback(version, code) => (
                *version,
                PacketType::Suback,
                Code::suback(*version, *code),
                mapping::suback_to_v5(*code).into(),
            ),
        };
        gap(out)?;
        codes += 1;
        returned(version, packet_type, code, in_v5, out)?;
    }
    if let Some(value) = found.not_in_v5 {
        gap(out)?;
        writeln!(out, "MQTT 5.0 has no code {value:#04x} ({value}).")?;
    }
    for id in properties {
        gap(out)?;
        codes += 1;
        property(id, out)?;
    }
    if let [one, ..] = libraries.as_slice() {
        gap(out)?;
        let number = one.number;
        match codes {
            0 => writeln!(
                out,
                "{STRONG}{number}{STRONG:#} is no code of MQTT, but a number of the library's own:"
            )?,
            _ => writeln!(out, "The number {number} is also a library's own:")?,
        }
        let mut table = Table::new(2, ["LIBRARY", "NAME", "MEANING"], [24, 24, 40]);
        for row in libraries {
            table.row(
                STRONG,
                [
                    whose(row.library, row.release),
                    row.name.into(),
                    row.meaning.into(),
                ],
            );
        }
        table.print(out)?;
    }
    Ok(())
}

/// A library and its release.
pub(super) fn whose(library: &str, release: &str) -> String {
    match release {
        "" => library.to_owned(),
        release => format!("{library} {release}"),
    }
}

/// An answer in a few words.
pub(super) fn heading(answer: &Answer) -> String {
    match answer {
        Answer::Reason(code) => format!("{} of MQTT 5.0", title(code.as_u8(), code.name())),
        Answer::Connack(version, code) => format!(
            "{} of MQTT {}, CONNACK",
            title(code.as_u8(), code.name_in(*version)),
            Version::from(*version)
        ),
        Answer::Suback(version, code) => format!(
            "{} of MQTT {}, SUBACK",
            title(code.as_u8(), code.name_in(*version)),
            Version::from(*version)
        ),
        Answer::Property(id) => format!("the property {:#04x} {id}", id.as_u8()),
        Answer::Library(number) => format!("{} of {}", number.name, number.library),
    }
}

fn kind(is_error: bool) -> &'static str {
    if is_error { "a failure" } else { "no failure" }
}

/// A reason code of 5.0 in every packet.
fn reason(code: ReasonCode, packet: Option<PacketType>, out: &mut impl Write) -> io::Result<()> {
    let meanings: Vec<&Meaning> = code
        .meanings()
        .filter(|meaning| packet.is_none_or(|only| only == meaning.packet))
        .collect();
    let mut names: Vec<&str> = Vec::new();
    for meaning in &meanings {
        if !names.contains(&meaning.name) {
            names.push(meaning.name);
        }
    }
    let value = code.as_u8();
    let style = code_style(code.is_error());
    writeln!(
        out,
        "{style}{value:#04x} {}{style:#} {FAINT}({value}, {}, MQTT 5.0){FAINT:#}",
        names.join(" / "),
        kind(code.is_error())
    )?;
    let header = ["PACKET", "NAME", "SENDER", "MEANING"];
    let mut table = Table::new(2, header, [10, 20, 9, 40]);
    for meaning in &meanings {
        let sender = meaning.sent_by.to_string();
        let help = meaning.help.to_owned();
        let cells = [
            meaning.packet.to_string(),
            meaning.name.into(),
            sender,
            help,
        ];
        table.row(STRONG, cells);
    }
    table.print(out)?;
    writeln!(out)?;
    let mut table = Table::new(2, ["PACKET", "WHAT FOLLOWS", "WHAT TO DO"], [10, 40, 40]);
    for meaning in &meanings {
        if let Some(advice) = advice::of(Version::V5_0, meaning.packet, value) {
            let packet = meaning.packet.to_string();
            table.row(
                STRONG,
                [packet, advice.consequence.into(), advice.action.into()],
            );
        }
    }
    table.print(out)?;
    writeln!(out)?;
    let mut table = Table::new(2, ["IN 3.x", "3.1.1", "3.1"], [10, 40, 40]);
    let mut publish = false;
    for meaning in &meanings {
        let [in_3_1_1, in_3_1] = equivalents(meaning);
        publish |= matches!(meaning.packet, PacketType::Puback | PacketType::Pubrec);
        table.row(STRONG, [meaning.packet.to_string(), in_3_1_1, in_3_1]);
    }
    table.print(out)?;
    if publish && code.is_error() {
        writeln!(out, "  {}", advice::V3_PUBLISH)?;
    }
    Ok(())
}

/// What 3.1.1 and 3.1 say instead.
pub(super) fn equivalents(meaning: &Meaning) -> [String; 2] {
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

/// A return code of 3.x.
fn returned(
    version: v3::Version,
    packet: PacketType,
    code: Code,
    in_v5: Code,
    out: &mut impl Write,
) -> io::Result<()> {
    let style = code_style(code.is_error);
    let value = code.value;
    writeln!(
        out,
        "{style}{value:#04x} {}{style:#} {FAINT}({value}, {}, MQTT {} {packet}, sent by the server){FAINT:#}",
        code.name,
        kind(code.is_error),
        Version::from(version)
    )?;
    let row = |out: &mut dyn Write, name: &str, text: &str| match text.is_empty() {
        true => Ok(()),
        false => writeln!(out, "  {STRONG}{name}{STRONG:#}  {text}"),
    };
    row(out, "meaning     ", code.help)?;
    if let Some(advice) = advice::of(version.into(), packet, value) {
        row(out, "what follows", advice.consequence)?;
        row(out, "what to do  ", advice.action)?;
    }
    row(out, "in 5.0      ", &title(in_v5.value, in_v5.name))
}

/// A property and where it may stand.
fn property(id: PropertyId, out: &mut impl Write) -> io::Result<()> {
    let value = id.as_u8();
    writeln!(
        out,
        "{STRONG}{value:#04x} {id}{STRONG:#} {FAINT}({value}, a property of MQTT 5.0){FAINT:#}"
    )?;
    writeln!(out, "  {}", id.help())?;
    let mut table = Table::new(
        2,
        ["PACKET", "SENDER", "HOW OFTEN", "SECTION"],
        [12, 16, 10, 12],
    );
    for each in id.uses() {
        let often = if each.repeatable {
            "any number"
        } else {
            "once"
        };
        table.row(
            STRONG,
            [
                each.carrier.name().to_owned(),
                each.sent_by.to_string(),
                often.to_owned(),
                format!("§{}", each.section),
            ],
        );
    }
    table.print(out)
}
