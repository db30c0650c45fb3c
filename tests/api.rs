//! The public names of the library are those that `tests/api.txt` lists: a change of them is seen.
//!
//! `MQTT_REASON_WRITE_API=1 cargo test --test api` writes the list. It is made from the sources: each line that declares
//! something public, as far as its name and signature go, and what stands in public enums. What macros make out of tables
//! is listed as the macro has it.
#![expect(
    clippy::unwrap_used,
    reason = "a test that meets something else has failed"
)]

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// The Rust sources below a folder, in the order of their names.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut entries: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

/// The declarations in a source that begin with `pub`, each in one line, without body and value.
fn declarations(text: &str) -> Vec<String> {
    let text = text.split("\n#[cfg(test)]\nmod ").next().unwrap();
    let mut found = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let line = line.trim();
        if !line.starts_with("pub ") {
            continue;
        }
        let is_use = line.starts_with("pub use ");
        let mut declaration = line.to_owned();
        // Up to the body or the value; a list of names that are used goes on to its end.
        let is_whole = |text: &str| match is_use {
            true => text.ends_with(';'),
            false => text.contains('{') || text.ends_with([';', ',', '=']),
        };
        while !is_whole(&declaration) {
            let Some(next) = lines.next() else { break };
            declaration.push(' ');
            declaration.push_str(next.trim());
        }
        let declaration = match is_use {
            true => &declaration,
            false => declaration.split([';', '{']).next().unwrap(),
        };
        let declaration = declaration.split(" = ").next().unwrap();
        let words: Vec<&str> = declaration.split_whitespace().collect();
        found.push(words.join(" ").trim_end_matches([',', ';']).to_owned());
    }
    found
}

#[test]
fn the_public_names_are_those_that_are_listed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut list = String::new();
    for file in sources(&root.join("src")) {
        let declarations = declarations(&fs::read_to_string(&file).unwrap());
        if declarations.is_empty() {
            continue;
        }
        let name = file.strip_prefix(root).unwrap().display().to_string();
        writeln!(list, "{}", name.replace('\\', "/")).unwrap();
        for declaration in declarations {
            writeln!(list, "    {declaration}").unwrap();
        }
    }
    let path = root.join("tests/api.txt");
    if env::var_os("MQTT_REASON_WRITE_API").is_some() {
        fs::write(path, list).unwrap();
        return;
    }
    let listed = fs::read_to_string(path).unwrap();
    for (before, now) in listed.lines().zip(list.lines()) {
        assert_eq!(
            now, before,
            "write the list with MQTT_REASON_WRITE_API=1 cargo test --test api"
        );
    }
    assert_eq!(listed.lines().count(), list.lines().count());
}
