//! What was tested stays tested: `tested.txt` has the rules, decisions and normative statements that the tests here cited
//! when the guard was set.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The rules (`R11`), decisions (`D3`) and statements (`MQTT-2.1.3-1`) that the sources in this folder cite.
fn cited() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rules");
    let mut found = BTreeSet::new();
    for file in fs::read_dir(folder).expect("this folder") {
        let path = file.expect("this folder").path();
        if path.extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        let text = fs::read_to_string(path).expect("a source");
        let is_part = |c: char| c.is_ascii_alphanumeric() || "-.".contains(c);
        for word in text.split(|c| !is_part(c)) {
            let word = word.trim_end_matches(['.', '-']);
            if word.starts_with("MQTT-") {
                found.insert(word.to_owned());
            }
        }
        // Tests are named after rules and decisions: `r11_…`, `d03_d13_…`.
        for name in text.split("fn ").skip(1) {
            let name = name.split('(').next().unwrap_or_default();
            found.extend(name.split('_').filter_map(rule));
        }
    }
    found
}

/// `r11` as `R11`, `d03` as `D3`.
fn rule(part: &str) -> Option<String> {
    let (letter, number) = part.split_at_checked(1)?;
    let number: u32 = number.parse().ok()?;
    matches!(letter, "r" | "d").then(|| format!("{}{number}", letter.to_uppercase()))
}

#[test]
fn what_was_tested_is_still_tested() {
    let cited = cited();
    let list = include_str!("tested.txt");
    let gone: Vec<_> = list.lines().filter(|line| !cited.contains(*line)).collect();
    assert!(gone.is_empty(), "no test is about them any more: {gone:?}");
    assert!(list.lines().count() > 150, "the list is there");
}
