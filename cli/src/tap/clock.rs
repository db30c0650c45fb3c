//! Times: one that never goes back, and the calendar's for people.

use std::fmt;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Time since the tap was started, which never goes back, and what the calendar said then.
#[derive(Clone, Copy)]
pub(super) struct Clock {
    start: Instant,
    calendar: SystemTime,
}

impl Clock {
    pub(super) fn start() -> Self {
        Self {
            start: Instant::now(),
            calendar: SystemTime::now(),
        }
    }

    pub(super) fn now(self) -> Duration {
        self.start.elapsed()
    }

    pub(super) fn calendar(self, time: Duration) -> SystemTime {
        self.calendar.checked_add(time).unwrap_or(self.calendar)
    }
}

/// Days, and milliseconds of the last one, since 1970-01-01 UTC.
fn days_and_millis(time: SystemTime) -> (u64, u64) {
    const DAY: u64 = 24 * 60 * 60 * 1000;
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    let millis = u64::try_from(since.as_millis()).unwrap_or_default();
    (millis / DAY, millis % DAY)
}

/// The time of day, UTC: `12:34:56.789Z`.
pub(super) struct TimeOfDay(pub(super) SystemTime);

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (_, millis) = days_and_millis(self.0);
        let (seconds, millis) = (millis / 1000, millis % 1000);
        let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        write!(f, "{hours:02}:{minutes:02}:{seconds:02}.{millis:03}Z")
    }
}

/// Seconds since 1970-01-01 UTC, to the microsecond.
pub(super) fn unix_seconds(time: SystemTime) -> f64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    (since.as_secs_f64() * 1e6).round() / 1e6
}

/// Date and time of RFC 3339, UTC: `2026-01-02T12:34:56.789Z`.
pub(super) struct Timestamp(pub(super) SystemTime);

impl fmt::Display for Timestamp {
    /// Years are counted from March, so that the day that not all years have is the last.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const FOUR_CENTURIES: u64 = 146_097;
        // From 0000-03-01.
        let days = days_and_millis(self.0).0 + 719_468;
        let (era, day) = (days / FOUR_CENTURIES, days % FOUR_CENTURIES);
        let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
        let day_of_year = day - (365 * year + year / 4 - year / 100);
        let month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month + 2) / 5 + 1;
        let (month, next_year) = if month < 10 {
            (month + 3, 0)
        } else {
            (month - 9, 1)
        };
        let year = 400 * era + year + next_year;
        write!(f, "{year:04}-{month:02}-{day:02}T{}", TimeOfDay(self.0))
    }
}

/// A stretch of time for people: `0.4 ms`, `12 ms`, `3.25 s`, `91 s`.
pub(super) struct Stretch(pub(super) Duration);

impl fmt::Display for Stretch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.as_secs_f64();
        match seconds {
            ..0.01 => write!(f, "{:.1} ms", seconds * 1e3),
            ..1.0 => write!(f, "{:.0} ms", seconds * 1e3),
            ..60.0 => write!(f, "{seconds:.1} s"),
            _ => write!(f, "{seconds:.0} s"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_the_calendar() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_782_399, "2000-02-28T23:59:59.000Z"),
            (951_782_400, "2000-02-29T00:00:00.000Z"),
            (951_868_800, "2000-03-01T00:00:00.000Z"),
            (1_735_689_599, "2024-12-31T23:59:59.000Z"),
            (1_735_689_600, "2025-01-01T00:00:00.000Z"),
            (4_107_542_400, "2100-03-01T00:00:00.000Z"),
        ] {
            let time = UNIX_EPOCH + Duration::from_secs(seconds);
            assert_eq!(Timestamp(time).to_string(), text);
        }
    }

    #[test]
    fn stretches_of_time_are_short() {
        for (millis, text) in [
            (0.37, "0.4 ms"),
            (12.0, "12 ms"),
            (3250.0, "3.2 s"),
            (91_000.0, "91 s"),
        ] {
            let stretch = Stretch(Duration::from_secs_f64(millis / 1e3));
            assert_eq!(stretch.to_string(), text);
        }
    }
}
