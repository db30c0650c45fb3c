//! A capture file, or a transcript: whatever it holds, nothing panics, time does not go back, and how it is read does
//! not matter.

use std::io::Read;
use std::time::Duration;

use mqtt_reason::Side;

use crate::capture::link::{Content, content};
use crate::capture::packets::{Packets, is_capture};
use crate::capture::streams::Streams;
use crate::capture::transcript::Transcript;
use crate::capture::{At, How, Opening, Place, Watcher};

/// What a watcher is told, as text.
#[derive(Default)]
struct Log {
    told: Vec<String>,
    opened: usize,
}

struct Stream {
    number: usize,
    time: Duration,
    ended: [Option<How>; 2],
}

impl Stream {
    fn at(&mut self, at: At) {
        assert!(at.time >= self.time, "time goes back");
        self.time = at.time;
    }

    fn sends(&self, side: Side) {
        assert!(
            self.ended[side as usize].is_none(),
            "{side:?} sends after its end"
        );
    }
}

impl Watcher for Log {
    type Stream = Stream;

    fn open(&mut self, opening: &Opening<'_>) -> Stream {
        self.opened += 1;
        self.told.push(format!("open {opening:?}"));
        Stream {
            number: self.opened,
            time: Duration::ZERO,
            ended: [None; 2],
        }
    }

    fn bytes(&mut self, stream: &mut Stream, side: Side, at: At, bytes: &[u8]) {
        assert!(!bytes.is_empty());
        stream.at(at);
        stream.sends(side);
        self.told
            .push(format!("{} {side:?} {at:?} {bytes:?}", stream.number));
    }

    fn lost(&mut self, stream: &mut Stream, side: Side, at: At, count: u64) {
        assert!(count > 0);
        stream.at(at);
        stream.sends(side);
        self.told
            .push(format!("{} {side:?} {at:?} lost {count}", stream.number));
    }

    fn close(&mut self, stream: &mut Stream, side: Side, how: How, at: At) {
        stream.at(at);
        // Who has sent a FIN may still send a reset.
        match (stream.ended[side as usize], how) {
            (None, _) | (Some(How::Fin), How::Reset) => {}
            (Some(before), how) => panic!("{side:?} ends twice: {before:?}, {how:?}"),
        }
        stream.ended[side as usize] = Some(how);
        self.told
            .push(format!("{} {side:?} {at:?} {how:?}", stream.number));
    }

    fn finish(&mut self, mut stream: Stream, at: At) {
        stream.at(at);
        self.told.push(format!("{} finish {at:?}", stream.number));
    }
}

/// Reads a few bytes at a time.
struct Slow<'a>(&'a [u8], usize);

impl Read for Slow<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.1.min(buffer.len()).min(self.0.len());
        let (now, later) = self.0.split_at(count);
        buffer[..count].copy_from_slice(now);
        self.0 = later;
        Ok(count)
    }
}

fn read_capture(input: impl Read) -> (Vec<String>, Option<String>) {
    let mut log = Log::default();
    let mut packets = Packets::new(&[], input);
    let mut streams = Streams::new(vec![1883]);
    let failed = loop {
        match packets.next(&mut || {}) {
            Ok(Some(captured)) => {
                let at = At {
                    place: Place::Frame(captured.number),
                    time: captured.time,
                };
                if let Content::Segment(segment) = content(captured.link, captured.data) {
                    streams.segment(&mut log, at, &segment);
                }
            }
            Ok(None) => break None,
            Err(error) => break Some(error.to_string()),
        }
    };
    streams.finish(&mut log);
    (log.told, failed)
}

fn read_transcript(text: &[u8]) {
    let mut log = Log::default();
    // Which bytes a text writes is another target's.
    let mut transcript = Transcript::new(|text| Ok(text.as_bytes().to_vec()));
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        if let Err(error) = transcript.line(&mut log, line) {
            let text = error.to_string();
            assert!(text.contains("line ") || text.starts_with("this is neither"));
            break;
        }
    }
    transcript.finish(&mut log);
}

pub(crate) fn check(data: &[u8]) {
    if is_capture(data) {
        assert_eq!(read_capture(data), read_capture(Slow(data, 7)));
    } else {
        read_transcript(data);
    }
}
