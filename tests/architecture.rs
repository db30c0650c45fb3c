//! Data flows one way: a file of the library uses those that stand above it in the table of ARCHITECTURE.md, and none
//! below it; so there is no circle among them.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that meets something else has failed"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// The entries of the table in their order: `v5/ack.rs`, or `view/` for all that is in a folder.
fn order() -> Vec<String> {
    let text = fs::read_to_string("ARCHITECTURE.md").unwrap();
    let rows = text.lines().filter(|line| line.starts_with("| `"));
    let files = rows.flat_map(|row| row.split('|').nth(1).unwrap().split('`').skip(1).step_by(2));
    files.map(str::to_owned).collect()
}

/// All Rust files below a folder of `src`, by their paths in it, but for the crate's own.
fn sources(folder: &Path, files: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path.strip_prefix("src").unwrap().to_str().unwrap();
            let name = name.replace(std::path::MAIN_SEPARATOR, "/");
            files.insert(name, fs::read_to_string(&path).unwrap());
        }
    }
}

/// A file's code without comments and unit tests, in one line.
fn code(text: &str) -> String {
    let lines = text.lines().take_while(|line| *line != "#[cfg(test)]");
    let lines = lines.filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join(" ")
}

/// The paths behind `crate::` in a file's code, each as its words; those that macros write are not among them.
fn uses(code: &str) -> Vec<Vec<&str>> {
    let starts = code.match_indices("crate::").map(|(at, _)| at);
    let starts = starts.filter(|at| !code[..*at].ends_with(['$', '_']));
    let paths = starts.flat_map(|at| expanded(&code[at + "crate::".len()..]));
    paths.collect()
}

/// What a path names: one thing, or each of those in its braces.
fn expanded(path: &str) -> Vec<Vec<&str>> {
    let end = path.find(|c: char| !c.is_alphanumeric() && c != '_' && c != ':');
    let (words, rest) = path.split_at(end.unwrap_or(path.len()));
    let words: Vec<&str> = words.split("::").filter(|word| !word.is_empty()).collect();
    let Some(inner) = rest.strip_prefix('{') else {
        return vec![words];
    };
    let mut depth = 0_usize;
    let mut starts = true;
    let mut found = Vec::new();
    for (at, c) in inner.char_indices() {
        match c {
            '}' if depth == 0 => break,
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => starts = true,
            ' ' => {}
            _ if starts => {
                starts = false;
                for more in expanded(&inner[at..]) {
                    found.push([&*words, &*more].concat());
                }
            }
            _ => {}
        }
    }
    found
}

#[test]
fn a_file_uses_only_those_above_it() {
    let order = order();
    let mut files = BTreeMap::new();
    sources(Path::new("src"), &mut files);
    let root = code(&files.remove("lib.rs").unwrap());

    // Where a file stands, or the folder that is listed as a whole.
    let place = |file: &str| {
        order
            .iter()
            .position(|entry| entry == file || entry.ends_with('/') && file.starts_with(&**entry))
    };
    let unlisted: Vec<_> = files
        .keys()
        .filter(|file| place(file).is_none() && !file.ends_with("spec/mod.rs"))
        .collect();
    assert!(unlisted.is_empty(), "not in ARCHITECTURE.md: {unlisted:?}");
    let listed: BTreeSet<_> = files.keys().filter_map(|file| place(file)).collect();
    assert_eq!(
        listed.len(),
        order.len(),
        "ARCHITECTURE.md lists what is not there"
    );

    // What the crate names at its root, with the file it is from.
    let names: Vec<Vec<&str>> = root
        .match_indices("pub use ")
        .flat_map(|(at, text)| expanded(&root[at + text.len()..]))
        .collect();
    let file_of = |path: &[&str]| -> Option<String> {
        (1..=path.len()).rev().find_map(|len| {
            let module = path[..len].join("/");
            let all = [format!("{module}.rs"), format!("{module}/mod.rs")];
            all.into_iter().find(|file| files.contains_key(file))
        })
    };
    let mut wrong = Vec::new();
    let mut count = 0;
    for (file, text) in &files {
        let code = code(text);
        for path in uses(&code) {
            let at_root = names.iter().find(|name| name.last() == path.first());
            let used = file_of(&path).or_else(|| file_of(at_root?));
            let used = used.unwrap_or_else(|| panic!("{file} uses {path:?}, which is in no file"));
            count += 1;
            if used != *file && place(&used) > place(file) {
                wrong.push(format!("{file} uses {used}: {}", path.join("::")));
            }
        }
    }
    assert!(count > 500, "{count} uses are found");
    assert!(wrong.is_empty(), "{wrong:#?}");
}
