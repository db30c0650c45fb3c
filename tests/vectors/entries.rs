//! The golden frames: `README.md` beside this file says what they look like.

use std::fs;
use std::path::{Path, PathBuf};

/// Name and text of every golden frame.
pub(crate) fn entries() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors");
    let mut all = Vec::new();
    for file in ["v3", "v5"]
        .into_iter()
        .flat_map(|it| files(&folder.join(it)))
    {
        let text = fs::read_to_string(&file).expect("a readable file");
        assert!(text.starts_with('['), "{}", file.display());
        for entry in text.split("\n[") {
            let (name, text) = entry.split_once("]\n").expect("a name");
            all.push((name.trim_start_matches('[').to_owned(), text.to_owned()));
        }
    }
    // None is lost: there were 669 when the guard was set.
    assert!(all.len() >= 669, "only {} golden frames", all.len());
    all
}

/// The files of a folder that hold frames, in the order of their names.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a readable folder");
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.expect("a readable folder").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "hex"))
        .collect();
    files.sort();
    files
}
