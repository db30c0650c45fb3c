//! Every name that a library has for a code is found, with its value.

use mqtt_reason::spelling::{Means, NUMBERS, PREFIXES, SPELLINGS, find};

/// Library, release, name and what it means.
fn names() -> Vec<(&'static str, &'static str, &'static str, Means)> {
    let mut section = ("", "", "");
    let mut names = Vec::new();
    for line in include_str!("names.txt").lines() {
        if let Some(heading) = line
            .strip_prefix('[')
            .and_then(|line| line.strip_suffix(']'))
        {
            let mut parts = heading.split(" | ");
            let mut next = || parts.next().unwrap_or_default();
            section = (next(), next(), next());
        } else if let Some((name, value)) = line.split_once(" = ") {
            let (library, release, kind) = section;
            let byte = || value.parse().unwrap_or_else(|_| panic!("{line}"));
            let means = match kind {
                "reason" => Means::Reason(byte()),
                "connack" => Means::V3Connack(byte()),
                "suback" => Means::V3Suback(byte()),
                "library" => Means::Library(value.parse().unwrap_or_else(|_| panic!("{line}"))),
                kind => panic!("{kind}"),
            };
            names.push((library, release, name, means));
        }
    }
    names
}

#[test]
fn every_name_of_a_library_is_found() {
    let names = names();
    assert!(names.len() > 1000, "only {} names", names.len());
    let mut missing = Vec::new();
    for (library, _, name, means) in names {
        let found: Vec<Means> = find(name).map(|found| found.means).collect();
        if !found.contains(&means) {
            missing.push(format!("{library}: {name} is {means:?}, found {found:?}"));
        }
    }
    assert!(
        missing.is_empty(),
        "{}\n{}",
        missing.len(),
        missing.join("\n")
    );
}

#[test]
fn every_row_says_whose_it_is() {
    for row in SPELLINGS {
        assert!(!row.library.is_empty(), "{row:?}");
        assert_eq!(
            row.release.is_empty(),
            row.library == "log texts",
            "{row:?}"
        );
    }
    for row in PREFIXES {
        assert_eq!(
            row.release.is_empty(),
            row.library == "usual prefixes",
            "{row:?}"
        );
    }
    for row in NUMBERS {
        assert!(!row.release.is_empty(), "{row:?}");
        assert!(row.meaning.ends_with('.'), "{row:?}");
    }
}
