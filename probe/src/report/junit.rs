//! A JUnit file: one test case a scenario.

use std::time::Duration;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::line::{Line, shortened};
use crate::judge::Outcome;

/// The file. What fails is what makes the exit status 1.
///
/// # Errors
///
/// If it cannot be written as XML.
pub fn junit(
    target: &str,
    lines: &[Line],
    strict: bool,
) -> Result<String, quick_junit::SerializeError> {
    let mut report = Report::new("mqtt-reason probe");
    let mut suite = TestSuite::new(format!("broker {target}"));
    for line in lines {
        let status = if line.outcome == Outcome::Skipped {
            let mut status = TestCaseStatus::skipped();
            status.set_message(line.why.clone());
            status
        } else if line.outcome.fails(strict) && !line.known {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status
                .set_type(line.outcome.name())
                .set_message(format!("{}: {}", line.rules.join(", "), line.why))
                .set_description(details(line));
            status
        } else {
            TestCaseStatus::success()
        };
        let mut case = TestCase::new(format!("{} {}", line.scenario, line.title), status);
        case.set_classname(format!("mqtt {}", line.mqtt));
        case.set_time(Duration::from_millis(line.ms));
        case.set_system_out(details(line));
        suite.add_test_case(case);
    }
    report.add_test_suite(suite);
    report.to_string()
}

fn details(line: &Line) -> String {
    let mut text = format!(
        "{}\ndemanded: {}\nreceived: {}\nsent: {}\nbytes: {}\n",
        line.outcome.name(),
        line.demanded.join(" or "),
        line.received.join(", "),
        line.sent,
        line.bytes,
    );
    for line in &line.transcript {
        text.push_str(&shortened(line));
        text.push('\n');
    }
    let reproduce = line
        .violation
        .as_ref()
        .and_then(|violation| violation.reproduce.as_ref());
    if let Some(reproduce) = reproduce {
        text.push_str(reproduce);
        text.push('\n');
    }
    text
}
