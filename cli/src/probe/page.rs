//! The page of `probe --html`: a matrix of scenarios and outcomes, the transcript behind each cell.
//!
//! It has no script and loads nothing: a cell is a `details` element. An outcome is told by its word, not by colour
//! alone. Whatever comes from a target or a file is escaped.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use mqtt_reason_probe::client;
use mqtt_reason_probe::judge::Outcome;
use mqtt_reason_probe::report::{Line, shortened};
use serde::Deserialize;

use super::output::words;
use crate::failure::{Failure, usage};
use crate::html::escape;

const STYLE: &str = concat!(include_str!("../html/style.css"), include_str!("page.css"));

/// The results of one run.
struct Column {
    name: String,
    /// The ids, in the order of the file.
    order: Vec<String>,
    cells: BTreeMap<String, Cell>,
}

/// One scenario, as far as the page shows it; what a line of JSON has of it.
#[derive(Deserialize)]
struct Cell {
    scenario: String,
    title: String,
    mqtt: String,
    outcome: String,
    #[serde(default)]
    demanded: Vec<String>,
    #[serde(default)]
    received: Vec<String>,
    #[serde(default)]
    rules: Vec<String>,
    #[serde(default)]
    why: String,
    #[serde(default)]
    sent: String,
    #[serde(default)]
    bytes: String,
    #[serde(default)]
    known: bool,
    #[serde(default)]
    transcript: Vec<String>,
    violation: Option<Violation>,
}

#[derive(Deserialize)]
struct Violation {
    statement: Option<String>,
    packet: Option<String>,
    offset: Option<usize>,
    reproduce: Option<String>,
}

impl Cell {
    fn of(line: &Line) -> Self {
        Self {
            scenario: line.scenario.to_owned(),
            title: line.title.to_owned(),
            mqtt: line.mqtt.to_owned(),
            outcome: line.outcome.name().to_owned(),
            demanded: line.demanded.clone(),
            received: line.received.clone(),
            rules: line.rules.clone(),
            why: line.why.clone(),
            sent: line.sent.clone(),
            bytes: line.bytes.clone(),
            known: line.known,
            transcript: line.transcript.clone(),
            violation: line.violation.as_ref().map(|violation| Violation {
                statement: violation.statement.map(str::to_owned),
                packet: violation.packet.clone(),
                offset: violation.offset,
                reproduce: violation.reproduce.clone(),
            }),
        }
    }

    /// The outcome; `None` for a word that this command does not know.
    fn outcome(&self) -> Option<Outcome> {
        Outcome::ALL
            .into_iter()
            .find(|outcome| outcome.name() == self.outcome)
    }
}

impl Column {
    /// The results of a file: the lines of `--json`.
    fn read(path: &Path) -> Result<Self, Failure> {
        let shown = path.display();
        let text = fs::read_to_string(path)
            .map_err(|error| usage(format!("cannot read {shown}: {error}")))?;
        let (mut order, mut cells) = (Vec::new(), BTreeMap::new());
        for (number, line) in text.lines().enumerate() {
            if !line.contains("\"scenario\"") {
                continue;
            }
            let cell: Cell = serde_json::from_str(line)
                .map_err(|error| usage(format!("{shown}, line {}: {error}", number + 1)))?;
            order.push(cell.scenario.clone());
            cells.insert(cell.scenario.clone(), cell);
        }
        if cells.is_empty() {
            return Err(usage(format!("{shown} holds no result of probe --json")));
        }
        let name = path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        Ok(Self { name, order, cells })
    }

    /// The name without a version at its end: `client-1.0-5.0` and `client-1.0-3.1.1` are `client-1.0`.
    fn client(&self) -> &str {
        ["-5.0", "-3.1.1", "-3.1"]
            .iter()
            .find_map(|version| self.name.strip_suffix(version))
            .unwrap_or(&self.name)
    }

    fn count(&self, outcome: Outcome) -> usize {
        let cells = self.cells.values();
        cells.filter(|cell| cell.outcome() == Some(outcome)).count()
    }
}

/// Scenarios that were played against one kind of target.
pub(super) struct Table {
    title: String,
    /// The ids, in the order of the rows.
    order: Vec<String>,
    columns: Vec<Column>,
}

impl Table {
    fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            order: Vec::new(),
            columns: Vec::new(),
        }
    }

    /// Adds a column; two runs of one client with different versions, which have no scenario in common, are one.
    fn add(&mut self, column: Column) {
        let new = column.order.iter().filter(|id| !self.order.contains(id));
        let new: Vec<_> = new.cloned().collect();
        self.order.extend(new);
        let same = self.columns.iter_mut().find(|other| {
            other.client() == column.client()
                && other.cells.keys().all(|id| !column.cells.contains_key(id))
        });
        match same {
            Some(same) => {
                same.name = column.client().to_owned();
                same.cells.extend(column.cells);
            }
            None => self.columns.push(column),
        }
    }

    /// Puts the scenarios of 5.0 first.
    fn sort(&mut self) {
        let columns = &self.columns;
        self.order.sort_by_key(|id| {
            let cell = columns.iter().find_map(|column| column.cells.get(id));
            cell.is_none_or(|cell| cell.mqtt != "5.0")
        });
    }

    /// The results of files, brokers and clients apart.
    pub(super) fn read(files: &[PathBuf]) -> Result<Vec<Self>, Failure> {
        let (mut brokers, mut clients) = (Self::new("Brokers"), Self::new("Clients"));
        for file in files {
            let column = Column::read(file)?;
            let of_clients = column.order.iter().filter(|id| client::exists(id)).count();
            if 2 * of_clients > column.order.len() {
                clients.add(column);
            } else {
                brokers.add(column);
            }
        }
        brokers.sort();
        clients.sort();
        Ok([brokers, clients]
            .into_iter()
            .filter(|table| !table.columns.is_empty())
            .collect())
    }

    /// The names of the columns, and how often each outcome is in them.
    pub(super) fn bars(&self) -> impl Iterator<Item = (&str, Vec<(Outcome, usize)>)> {
        self.columns.iter().map(|column| {
            let counts = Outcome::ALL.map(|outcome| (outcome, column.count(outcome)));
            (column.name.as_str(), counts.to_vec())
        })
    }

    pub(super) fn title(&self) -> &str {
        &self.title
    }
}

/// Writes the page: the run that ended now, and those of files beside it.
pub(super) fn write(
    path: &Path,
    target: &str,
    lines: &[Line],
    beside: &[PathBuf],
) -> Result<(), Failure> {
    let mut table = Table::new("");
    table.add(Column {
        name: target.to_owned(),
        order: lines.iter().map(|line| line.scenario.to_owned()).collect(),
        cells: lines
            .iter()
            .map(|line| (line.scenario.to_owned(), Cell::of(line)))
            .collect(),
    });
    for file in beside {
        table.add(Column::read(file)?);
    }
    let names: Vec<_> = table
        .columns
        .iter()
        .map(|column| column.name.as_str())
        .collect();
    let title = names.join(", ");
    save(path, &title, &[table])
}

/// Writes a page of several tables.
pub(super) fn save(path: &Path, title: &str, tables: &[Table]) -> Result<(), Failure> {
    let mut page = Vec::new();
    let written = whole(&mut page, title, tables).and_then(|()| fs::write(path, &page));
    written.map_err(|error| usage(format!("cannot write {}: {error}", path.display())))
}

fn whole(out: &mut impl Write, title: &str, tables: &[Table]) -> io::Result<()> {
    let title = escape(title);
    write!(
        out,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\n\
         <link rel=\"icon\" href=\"data:,\">\n\
         <title>{title}: MQTT scenarios</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
         <header>\n<h1>{title}</h1>\n\
         <p>Choose a cell to see what was sent and what came.</p>\n"
    )?;
    if tables.len() > 1 {
        writeln!(out, "<nav aria-label=\"Tables\">\n<ul>")?;
        for (number, table) in tables.iter().enumerate() {
            let title = escape(&table.title);
            writeln!(out, "<li><a href=\"#table{number}\">{title}</a></li>")?;
        }
        writeln!(out, "</ul>\n</nav>")?;
    }
    writeln!(out, "</header>\n<main>")?;
    for (number, table) in tables.iter().enumerate() {
        writeln!(out, "<section id=\"table{number}\">")?;
        if !table.title.is_empty() {
            writeln!(out, "<h2>{}</h2>", escape(&table.title))?;
        }
        writeln!(out, "<p>{} scenarios.</p>", table.order.len())?;
        counts(out, &table.columns)?;
        violations(out, number, table)?;
        matrix(out, number, table)?;
        writeln!(out, "</section>")?;
    }
    writeln!(
        out,
        "</main>\n<footer>Written by mqtt-reason {}.</footer>\n</body>\n</html>",
        env!("CARGO_PKG_VERSION")
    )
}

/// What an outcome means, for whoever reads the page alone.
const fn meaning(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::AsDemanded => "what the specification names",
        Outcome::OtherCode => "another code of that packet: conformant",
        Outcome::BareClose => "closed without saying why: conformant, a SHOULD is missed",
        Outcome::NotNoticed => "goes on; the specification leaves the check to the receiver",
        Outcome::Wrong => "a statement that binds the target is broken",
        Outcome::Late => "right, after the time allowed",
        Outcome::Observed => "nothing to judge",
        _ => "not played",
    }
}

fn counts(out: &mut impl Write, columns: &[Column]) -> io::Result<()> {
    writeln!(
        out,
        "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"Outcomes\">\n<table class=\"counts\">\n<caption>Outcomes</caption>\n<thead><tr><th scope=\"col\">Outcome</th>"
    )?;
    for column in columns {
        writeln!(out, "<th scope=\"col\">{}</th>", escape(&column.name))?;
    }
    writeln!(
        out,
        "<th scope=\"col\">What it means</th></tr></thead>\n<tbody>"
    )?;
    for outcome in Outcome::ALL {
        write!(
            out,
            "<tr><th scope=\"row\" class=\"{}\">{}</th>",
            outcome.name(),
            words(outcome)
        )?;
        for column in columns {
            write!(out, "<td class=\"number\">{}</td>", column.count(outcome))?;
        }
        writeln!(out, "<td>{}</td></tr>", meaning(outcome))?;
    }
    writeln!(out, "</tbody>\n</table>\n</div>")
}

/// Links to what is wrong or late.
fn violations(out: &mut impl Write, number: usize, table: &Table) -> io::Result<()> {
    let (order, columns) = (&table.order, &table.columns);
    let prefix = number;
    let bad = |cell: &&Cell| matches!(cell.outcome(), Some(Outcome::Wrong | Outcome::Late));
    let any = columns
        .iter()
        .any(|column| column.cells.values().any(|cell| bad(&cell)));
    if !any {
        return Ok(());
    }
    writeln!(
        out,
        "<details class=\"violations\"><summary>What is wrong or late, and against which statement</summary>\n<ul>"
    )?;
    for (number, column) in columns.iter().enumerate() {
        let cells = order
            .iter()
            .filter_map(|id| column.cells.get(id))
            .filter(bad);
        for cell in cells {
            writeln!(
                out,
                "<li><a href=\"#t{prefix}c{number}-{id}\">{id}</a> {name}: {title}: {why} [{rule}]</li>",
                id = escape(&cell.scenario),
                name = escape(&column.name),
                title = escape(&cell.title),
                why = escape(&cell.why),
                rule = escape(cell.rules.first().map_or("", String::as_str)),
            )?;
        }
    }
    writeln!(out, "</ul>\n</details>")
}

fn matrix(out: &mut impl Write, table_number: usize, table: &Table) -> io::Result<()> {
    let (order, columns) = (&table.order, &table.columns);
    writeln!(
        out,
        "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"Scenarios {title}\">\n<table class=\"matrix\">\n<caption>Scenarios</caption>\n<thead><tr><th scope=\"col\">Id</th><th scope=\"col\">MQTT</th><th scope=\"col\">Scenario</th>",
        title = escape(&table.title),
    )?;
    for column in columns {
        writeln!(out, "<th scope=\"col\">{}</th>", escape(&column.name))?;
    }
    writeln!(out, "</tr></thead>\n<tbody>")?;
    for id in order {
        let Some(first) = columns.iter().find_map(|column| column.cells.get(id)) else {
            continue;
        };
        write!(
            out,
            "<tr id=\"{id}\"><th scope=\"row\"><a href=\"#{id}\">{id}</a></th><td>{mqtt}</td><td>{title}<br><span class=\"about\">demanded: {demanded}</span></td>",
            id = escape(id),
            mqtt = escape(&first.mqtt),
            title = escape(&first.title),
            demanded = escape(&first.demanded.join(" or ")),
        )?;
        for (number, column) in columns.iter().enumerate() {
            match column.cells.get(id) {
                Some(cell) => cell_of(out, &format!("t{table_number}c{number}"), cell)?,
                None => write!(out, "<td class=\"skipped\">–</td>")?,
            }
        }
        writeln!(out, "</tr>")?;
    }
    writeln!(out, "</tbody>\n</table>\n</div>")
}

fn cell_of(out: &mut impl Write, prefix: &str, cell: &Cell) -> io::Result<()> {
    let outcome = cell.outcome();
    let (class, word) = outcome.map_or(("skipped", "unknown"), |outcome| {
        (outcome.name(), words(outcome))
    });
    write!(
        out,
        "<td class=\"{class}\" id=\"{prefix}-{}\"><details><summary><b>{word}</b>{}",
        escape(&cell.scenario),
        if cell.known { " (known)" } else { "" },
    )?;
    if outcome == Some(Outcome::Skipped) {
        write!(out, "</summary>{}", escape(&cell.why))?;
        return write!(out, "</details></td>");
    }
    let received = shortened(&cell.received.join(", "));
    write!(out, "<br>{}</summary>", escape(&received))?;
    if !cell.why.is_empty() {
        write!(out, "<p>{}</p>", escape(&cell.why))?;
    }
    write!(
        out,
        "<p class=\"about\">{}</p>",
        escape(&cell.rules.join(", "))
    )?;
    if let Some(violation) = &cell.violation {
        if let Some(statement) = &violation.statement {
            write!(out, "<p>{}</p>", escape(statement))?;
        }
        if let Some(packet) = &violation.packet {
            marked(out, packet, violation.offset)?;
        }
    }
    for (what, hex) in [("sent", &cell.sent), ("answered", &cell.bytes)] {
        if !hex.is_empty() {
            write!(
                out,
                "<p>{what} <code>{}</code></p>",
                escape(&shortened(hex))
            )?;
        }
    }
    if !cell.transcript.is_empty() {
        let lines: Vec<_> = cell.transcript.iter().map(|line| shortened(line)).collect();
        write!(out, "<pre>{}</pre>", escape(&lines.join("\n")))?;
    }
    if let Some(reproduce) = cell.violation.as_ref().and_then(|v| v.reproduce.as_ref()) {
        write!(out, "<pre>{}</pre>", escape(reproduce))?;
    }
    write!(out, "</details></td>")
}

/// The packet that is wrong, with the byte that is to blame marked.
fn marked(out: &mut impl Write, packet: &str, offset: Option<usize>) -> io::Result<()> {
    let at = offset.map(|offset| 2 * offset);
    let parts = at.and_then(|at| {
        Some((
            packet.get(..at)?,
            packet.get(at..at + 2)?,
            packet.get(at + 2..)?,
        ))
    });
    match parts {
        Some((before, byte, after)) => write!(
            out,
            "<p><code>{}<mark>{}</mark>{}</code> byte {}</p>",
            escape(&shortened(before)),
            escape(byte),
            escape(&shortened(after)),
            offset.unwrap_or_default(),
        ),
        None => write!(out, "<p><code>{}</code></p>", escape(&shortened(packet))),
    }
}
