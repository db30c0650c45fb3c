//! Measures and prints: rounds in turn, medians, tables.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::{Duration, SystemTime};

use crate::codec::{Meter, Pass, Review, Subject};
use crate::peers;
use crate::workloads::{self, Protocol, Workload};

/// What is to be measured.
#[derive(Debug, Clone)]
pub struct Choice {
    pub rounds: usize,
    /// Parts of subjects' names; empty is everyone. The yardsticks are always there.
    pub only: Vec<String>,
    /// Names of workloads; empty is all.
    pub workloads: Vec<String>,
}

impl Choice {
    fn subjects(&self) -> Vec<Subject> {
        let mut subjects = peers::all();
        let wanted = |name: &str| {
            self.only.is_empty() || self.only.iter().any(|only| name.contains(only.as_str()))
        };
        let mut index = 0;
        subjects.retain(|subject| {
            index += 1;
            index == 1 || wanted(subject.name)
        });
        subjects
    }

    fn workloads(&self) -> Vec<Workload> {
        let mut workloads = workloads::all();
        workloads.retain(|workload| {
            self.workloads.is_empty() || self.workloads.iter().any(|name| name == workload.name)
        });
        workloads
    }
}

/// Allocations per packet while decoding and while encoding, by workload and subject.
pub type Allocations = BTreeMap<(String, String), [f64; 2]>;

/// Counts allocations: one pass each, after one to warm up. `count` tells how many there have been so far.
pub fn allocations(choice: &Choice, count: fn() -> usize) -> Allocations {
    let mut allocations = Allocations::new();
    let subjects = choice.subjects();
    for workload in choice.workloads() {
        for subject in &subjects {
            let Some(passes) = subject.passes(workload.protocol) else {
                continue;
            };
            let review = passes.review(&workload);
            if review.refused.count > 0 {
                continue;
            }
            let mut meter = Meter::counting(count);
            let mut per_packet = |mut pass: Pass<'_>, packets: usize| {
                pass(&mut meter);
                pass(&mut meter);
                meter.allocations as f64 / packets as f64
            };
            let decoding = per_packet(passes.decoding(&workload), workload.len());
            let encoding = if review.writes() {
                let (pass, packets) = passes.encoding(&workload);
                per_packet(pass, packets)
            } else {
                f64::NAN
            };
            allocations.insert(
                (workload.name.to_owned(), subject.name.to_owned()),
                [decoding, encoding],
            );
        }
    }
    allocations
}

/// One line a workload and subject, for another process to read.
pub fn write_allocations(allocations: &Allocations) -> String {
    allocations.iter().fold(
        String::new(),
        |mut text, ((workload, subject), [decoding, encoding])| {
            _ = writeln!(text, "{workload}\t{subject}\t{decoding}\t{encoding}");
            text
        },
    )
}

/// What [`write_allocations`] wrote; lines that it did not write are passed over.
pub fn read_allocations(text: &str) -> Allocations {
    text.lines()
        .filter_map(|line| {
            let [workload, subject, decoding, encoding] =
                line.split('\t').collect::<Vec<_>>().try_into().ok()?;
            let counts = [decoding.parse().ok()?, encoding.parse().ok()?];
            Some(((workload.to_owned(), subject.to_owned()), counts))
        })
        .collect()
}

/// Nanoseconds per packet, and how many times the yardstick's that is.
#[derive(Debug, Clone, Copy)]
struct Figure {
    nanoseconds: f64,
    ratio: f64,
}

/// Runs everyone `rounds` times in turn, each round from another one on; the first is the yardstick.
fn race(mut runners: Vec<Option<(Pass<'_>, usize)>>, rounds: usize) -> Vec<Option<Figure>> {
    const WARM_UP: usize = 3;
    let mut times = vec![Vec::with_capacity(rounds); runners.len()];
    let mut meter = Meter::clock();
    let count = runners.len();
    for round in 0..WARM_UP + rounds {
        for offset in 0..count {
            let index = (round + offset) % count;
            if let Some((pass, packets)) = &mut runners[index] {
                pass(&mut meter);
                if round >= WARM_UP {
                    times[index].push(meter.elapsed.as_nanos() as f64 / *packets as f64);
                }
            }
        }
    }
    let yardstick = times[0].clone();
    times
        .into_iter()
        .map(|mut times| {
            if times.is_empty() {
                return None;
            }
            let mut ratios: Vec<_> = times
                .iter()
                .zip(&yardstick)
                .map(|(time, yardstick)| time / yardstick)
                .collect();
            Some(Figure {
                nanoseconds: median(&mut times),
                ratio: median(&mut ratios),
            })
        })
        .collect()
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 {
        values[middle]
    } else {
        (values[middle - 1] + values[middle]) / 2.0
    }
}

/// Measures, and writes the tables of one profile as Markdown.
pub fn measure(choice: &Choice, profile: &str, allocations: &Allocations) -> String {
    let subjects = choice.subjects();
    let workloads = choice.workloads();
    let mut columns = Vec::new();
    for workload in &workloads {
        let reviews: Vec<_> = subjects
            .iter()
            .map(|subject| {
                subject
                    .passes(workload.protocol)
                    .map(|passes| passes.review(workload))
            })
            .collect();
        let accepted = |index: usize| {
            reviews[index]
                .as_ref()
                .is_some_and(|review| review.refused.count == 0)
        };
        let decoding = subjects.iter().enumerate().map(|(index, subject)| {
            let passes = subject
                .passes(workload.protocol)
                .filter(|_| accepted(index) && subject.decodes)?;
            Some((passes.decoding(workload), workload.len()))
        });
        let decoding = race(decoding.collect(), choice.rounds);
        let encoding = subjects.iter().enumerate().map(|(index, subject)| {
            let passes = subject
                .passes(workload.protocol)
                .filter(|_| accepted(index))?;
            reviews[index]
                .as_ref()
                .is_some_and(Review::writes)
                .then(|| passes.encoding(workload))
        });
        let encoding = race(encoding.collect(), choice.rounds);
        columns.push(Column {
            workload,
            reviews,
            decoding,
            encoding,
        });
    }

    let mut text = String::new();
    _ = writeln!(text, "## Profile `{profile}`\n");
    table(
        &mut text,
        "Decoding, ns per packet (× *B*)",
        &subjects,
        &columns,
        |subject, column, index| {
            if !subject.decodes {
                return None;
            }
            Some(column.cell(index, column.decoding[index], |review| {
                if review.misread.count > 0 { " †" } else { "" }.to_owned()
            }))
        },
    );
    table(
        &mut text,
        "Encoding, ns per packet (× *R*)",
        &subjects,
        &columns,
        |_, column, index| {
            Some(column.cell(index, column.encoding[index], |review| {
                if review.not_encoded.count > 0 {
                    format!("cannot {}", review.not_encoded.count)
                } else if review.miswritten.count > 0 {
                    " ‡".to_owned()
                } else if review.rewritten > 0 {
                    format!(" ({:+} B)", review.surplus / review.rewritten as i64)
                } else {
                    String::new()
                }
            }))
        },
    );
    if !allocations.is_empty() {
        table(
            &mut text,
            "Allocations per packet, decoding / encoding",
            &subjects,
            &columns,
            |subject, column, _| {
                let counts =
                    allocations.get(&(column.workload.name.to_owned(), subject.name.to_owned()));
                let number = |count: f64| {
                    if count.is_nan() {
                        return "–".to_owned();
                    }
                    let digits = format!("{count:.2}");
                    digits
                        .trim_end_matches('0')
                        .trim_end_matches('.')
                        .to_owned()
                };
                Some(counts.map_or("–".to_owned(), |[decoding, encoding]| {
                    if subject.decodes {
                        format!("{} / {}", number(*decoding), number(*encoding))
                    } else {
                        number(*encoding)
                    }
                }))
            },
        );
    }
    summary(&mut text, &subjects, &columns);
    text
}

/// What was found for a workload.
struct Column<'w> {
    workload: &'w Workload,
    reviews: Vec<Option<Review>>,
    decoding: Vec<Option<Figure>>,
    encoding: Vec<Option<Figure>>,
}

impl Column<'_> {
    fn cell(
        &self,
        index: usize,
        figure: Option<Figure>,
        remark: impl FnOnce(&Review) -> String,
    ) -> String {
        let Some(review) = &self.reviews[index] else {
            return "–".to_owned();
        };
        match figure {
            Some(Figure { nanoseconds, ratio }) => {
                format!("{nanoseconds:.1} ({ratio:.2}){}", remark(review))
            }
            None if review.refused.count == self.workload.len() => "refuses".to_owned(),
            None if review.refused.count > 0 => format!("refuses {}", review.refused.count),
            None => remark(review),
        }
    }
}

fn table(
    text: &mut String,
    title: &str,
    subjects: &[Subject],
    columns: &[Column<'_>],
    cell: impl Fn(&Subject, &Column<'_>, usize) -> Option<String>,
) {
    _ = write!(text, "| {title} |");
    for column in columns {
        _ = write!(text, " {} |", column.workload.name);
    }
    _ = writeln!(text, "\n|---|{}", "---:|".repeat(columns.len()));
    for (index, subject) in subjects.iter().enumerate() {
        let cells: Option<Vec<_>> = columns
            .iter()
            .map(|column| cell(subject, column, index))
            .collect();
        if let Some(cells) = cells {
            _ = writeln!(
                text,
                "| {} {} | {} |",
                subject.name,
                subject.version,
                cells.join(" | ")
            );
        }
    }
    _ = writeln!(text);
}

/// Where mqtt-reason stands.
fn summary(text: &mut String, subjects: &[Subject], columns: &[Column<'_>]) {
    let Some(ours) = subjects
        .iter()
        .position(|subject| subject.name == "mqtt-reason")
    else {
        return;
    };
    let published = |index: &usize| *index > 0 && !subjects[*index].name.starts_with("mqtt-reason");
    let fastest = |figures: &[Option<Figure>]| {
        let crates = (0..subjects.len()).filter(published);
        crates
            .filter_map(|index| Some((figures[index]?.nanoseconds, subjects[index].name)))
            .min_by(|left, right| left.0.total_cmp(&right.0))
    };
    _ = writeln!(
        text,
        "| mqtt-reason | decoding × *B* | fastest crate | times | encoding × *R* | fastest crate | times |"
    );
    _ = writeln!(text, "|---|---:|---|---:|---:|---|---:|");
    for column in columns {
        _ = write!(text, "| {} |", column.workload.name);
        for figures in [&column.decoding, &column.encoding] {
            match (figures[ours], fastest(figures)) {
                (Some(figure), Some((nanoseconds, name))) => {
                    let times = nanoseconds / figure.nanoseconds;
                    _ = write!(
                        text,
                        " {:.2} | {name} {nanoseconds:.1} ns | {times:.1} |",
                        figure.ratio
                    );
                }
                (Some(figure), None) => _ = write!(text, " {:.2} | – | – |", figure.ratio),
                _ => _ = write!(text, " – | – | – |"),
            }
        }
        _ = writeln!(text);
    }
    _ = writeln!(text);
}

/// What the tables mean, who takes part and how, and what was refused, misread and written otherwise.
pub fn notes(choice: &Choice) -> String {
    let mut text = String::new();
    _ = writeln!(text, "## Workloads\n");
    for workload in choice.workloads() {
        let version = if workload.protocol == Protocol::V5 {
            "5.0"
        } else {
            "3.1.1"
        };
        let (packets, bytes) = (workload.len(), workload.bytes.len());
        _ = writeln!(
            text,
            "* {}: {}; MQTT {version}; {packets} packets, {bytes} bytes",
            workload.name, workload.what
        );
    }
    _ = writeln!(
        text,
        "\n–: the crate does not have that version of the protocol. †: some packets are misread, ‡: some are written \
         wrongly, see below. \
         (+n B): correct, but n bytes longer per packet than the shortest form. \
         refuses n, cannot n: so many packets of the workload are not decoded, not encoded.\n"
    );

    _ = writeln!(text, "## How each is called\n");
    for subject in choice.subjects() {
        _ = writeln!(
            text,
            "* {} {}: {}",
            subject.name, subject.version, subject.note
        );
    }

    _ = writeln!(text, "\n## Refused, misread, written otherwise\n");
    let workloads = choice.workloads();
    for subject in choice.subjects() {
        for workload in &workloads {
            let Some(passes) = subject.passes(workload.protocol) else {
                continue;
            };
            let review = passes.review(workload);
            let complaints = [
                ("refuses", review.refused),
                ("misreads", review.misread),
                ("does not encode", review.not_encoded),
                ("writes wrongly", review.miswritten),
            ];
            for (what, complaint) in complaints {
                if complaint.count > 0 {
                    let (of, first) = (workload.len(), complaint.first);
                    _ = writeln!(
                        text,
                        "* {}, {}: {what} {} of {of}; first {first}",
                        subject.name, workload.name, complaint.count
                    );
                }
            }
            if review.rewritten > 0 {
                _ = writeln!(
                    text,
                    "* {}, {}: writes {} of {} in another correct form, {:+} bytes in all",
                    subject.name,
                    workload.name,
                    review.rewritten,
                    workload.len(),
                    review.surplus
                );
            }
        }
    }
    text
}

/// Today, as in the calendar, UTC.
pub fn today() -> String {
    let since = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or(Duration::ZERO);
    // Years that begin in March, so that leap days come last: then months have a regular pattern of lengths.
    let days = since.as_secs() / 86_400 + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let (month, carry) = if month < 10 {
        (month + 3, 0)
    } else {
        (month - 9, 1)
    };
    format!("{}-{month:02}-{day:02}", era * 400 + year_of_era + carry)
}

/// The processor's model, where the system tells.
pub fn processor() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    model.map_or("unknown processor".to_owned(), |(_, model)| {
        model.to_owned()
    })
}
