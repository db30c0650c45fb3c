//! Which Topic Names a Topic Filter matches, MQTT 5.0 §4.7.

/// Whether `filter` matches `topic`, which may be a Topic Name or a Topic Filter; an equal filter always does.
///
/// A Topic Filter is matched as if it were a name; of a Shared Subscription only the filter behind the ShareName
/// counts, §4.8.2.
pub(crate) fn covers(filter: &str, topic: &str) -> bool {
    filter == topic || matches(without_share(filter), without_share(topic))
}

/// Whether `filter` matches the Topic Name `topic`, §4.7.1 and §4.7.2.
pub(crate) fn matches(filter: &str, topic: &str) -> bool {
    // [MQTT-4.7.2-1]
    if topic.starts_with('$') && filter.starts_with(['#', '+']) {
        return false;
    }
    let mut levels = topic.split('/');
    for level in filter.split('/') {
        if level == "#" {
            return true;
        }
        match levels.next() {
            Some(name) if level == "+" || level == name => {}
            _ => return false,
        }
    }
    levels.next().is_none()
}

fn without_share(filter: &str) -> &str {
    filter
        .strip_prefix("$share/")
        .and_then(|rest| rest.split_once('/'))
        .map_or(filter, |(_, filter)| filter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_match_levels() {
        for (filter, topic) in [
            ("a/b", "a/b"),
            ("a/+", "a/b"),
            ("+/+", "/b"),
            ("#", "a/b/c"),
            ("a/#", "a"),
            ("a/#", "a/b/c"),
            ("$SYS/#", "$SYS/x"),
        ] {
            assert!(matches(filter, topic), "{filter} {topic}");
        }
        for (filter, topic) in [
            ("a/b", "a"),
            ("a", "a/b"),
            ("a/+", "a"),
            ("+", "/b"),
            ("#", "$SYS/x"),
            ("+/x", "$SYS/x"),
            ("A", "a"),
        ] {
            assert!(!matches(filter, topic), "{filter} {topic}");
        }
        assert!(covers("a/+", "$share/g/a/b"));
        assert!(covers("a/#", "a/#"));
    }
}
