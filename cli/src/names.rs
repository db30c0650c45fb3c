//! Names as people type them, and the names closest to one that nobody knows.

/// The name without case, spaces and punctuation.
fn plain(name: &str) -> String {
    name.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| letter.to_ascii_lowercase())
        .collect()
}

/// Whether `typed` is the code's `name`; the words before the comma in "Connection Refused, not authorized" may be left
/// out.
pub(crate) fn same(name: &str, typed: &str) -> bool {
    let (name, typed) = (plain(name), plain(typed));
    name == typed || name.strip_prefix("connectionrefused") == Some(&typed)
}

/// How far a name is from what was typed; `None` if they have nothing in common.
pub(crate) fn distance(typed: &str, name: &str) -> Option<usize> {
    let words: Vec<String> = typed.split_whitespace().map(plain).collect();
    let (typed, name) = (words.concat(), plain(name));
    if typed.len() < 3 {
        return None;
    }
    if typed.contains(&name) || words.iter().all(|word| name.contains(word)) {
        return Some(0);
    }
    let edits = edits(typed.as_bytes(), name.as_bytes());
    (edits <= typed.len() / 3).then_some(edits)
}

/// The number of letters to insert, to delete or to replace to make one word of the other.
fn edits(one: &[u8], other: &[u8]) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (index, letter) in one.iter().enumerate() {
        let mut diagonal = index;
        let mut left = index + 1;
        let mut next = vec![left];
        for (above, other_letter) in row.iter().skip(1).zip(other) {
            let replace = diagonal + usize::from(letter != other_letter);
            left = replace.min(left + 1).min(above + 1);
            diagonal = *above;
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or(one.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_are_counted() {
        for (one, other, count) in [
            ("", "", 0),
            ("", "abc", 3),
            ("abc", "", 3),
            ("banned", "baned", 1),
            ("kitten", "sitting", 3),
        ] {
            assert_eq!(
                edits(one.as_bytes(), other.as_bytes()),
                count,
                "{one} {other}"
            );
        }
    }

    #[test]
    fn the_words_that_all_refusals_share_may_be_left_out() {
        let name = "Connection Refused, not authorized";
        assert!(same(name, "connection refused: NOT authorized"));
        assert!(same(name, "Not authorized"));
        assert!(!same(name, "authorized"));
    }

    #[test]
    fn near_names_are_near_and_others_are_not() {
        assert_eq!(distance("not autorized", "Not authorized"), Some(1));
        assert_eq!(distance("taken over", "Session taken over"), Some(0));
        assert_eq!(distance("packet id", "Packet Identifier in use"), Some(0));
        assert_eq!(distance("banana", "Success"), None);
        assert_eq!(distance("", "Success"), None);
    }
}
