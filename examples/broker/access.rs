//! Who may do what: a real broker asks a database.

/// Users and their passwords.
const USERS: [(&str, &str); 3] = [
    ("alice", "wonderland"),
    ("admin", "looking-glass"),
    ("mallory", "barred"),
];

/// Whether user name and password are right.
pub(super) fn is_known(user: Option<&str>, password: Option<&[u8]>) -> bool {
    USERS
        .iter()
        .any(|(name, word)| user == Some(name) && password == Some(word.as_bytes()))
}

/// Whether a known user may connect.
pub(super) fn may_connect(user: &str) -> bool {
    user != "mallory"
}

/// Whether a user may publish to a topic, receive from it, or subscribe to a filter.
pub(super) fn may_use(user: &str, topic: &str) -> bool {
    user == "admin" || !(topic.starts_with("admin/") || topic.starts_with('$'))
}
