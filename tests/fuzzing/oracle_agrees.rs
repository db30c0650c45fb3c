//! The same verdict, class, place and fields as the oracle.

use crate::codec::verdict;
use crate::input;
use crate::oracle::judge;

/// Panics if codec and oracle disagree on `data`.
pub(crate) fn check(data: &[u8]) {
    if let Some((context, bytes)) = input::split(data) {
        assert_eq!(verdict(bytes, &context), judge(bytes, &context));
    }
}
