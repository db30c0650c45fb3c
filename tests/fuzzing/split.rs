//! A stream cut anywhere gives the same packets as the stream in one piece.

use crate::codec::verdict;
use crate::input;
use crate::oracle::{Context, Verdict};

/// Panics if the packets of `data` depend on how it is cut.
pub(crate) fn check(data: &[u8]) {
    let Some((context, [cuts, stream @ ..])) = input::split(data) else {
        return;
    };
    let whole = packets(&context, stream, usize::MAX);
    let pieces = packets(&context, stream, usize::from(*cuts % 16) + 1);
    assert_eq!(pieces, whole);
}

/// What a stream that arrives `piece` bytes at a time is decoded to, up to the first refusal.
fn packets(context: &Context, stream: &[u8], piece: usize) -> Vec<Verdict> {
    let mut found = Vec::new();
    let mut buffer = Vec::new();
    for arrived in stream.chunks(piece.min(stream.len().max(1))) {
        buffer.extend_from_slice(arrived);
        loop {
            let verdict = verdict(&buffer, context);
            match verdict {
                Verdict::Packet { len, .. } | Verdict::Frame { len, .. } => {
                    buffer.drain(..len);
                    found.push(verdict);
                }
                Verdict::Incomplete { .. } => break,
                Verdict::Refused { .. } => {
                    found.push(verdict);
                    return found;
                }
            }
        }
    }
    found
}
