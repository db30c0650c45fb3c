//! Two streams in any pieces: the checker never panics, the pieces change nothing, and generated connections give what
//! they should.

use std::time::Duration;

use arbitrary::Unstructured;
use mqtt_reason::Side;
use mqtt_reason::conversation::{Conversation, Event, Settings, Streams};
use mqtt_reason::testing::Dialogue;

/// One thing that happens.
#[derive(Clone, Debug)]
enum Step {
    Bytes(Side, Vec<u8>),
    Wait(Duration),
    End(Side),
    Lost(Side),
}

/// Panics if something is wrong with what is told of `data`.
pub(crate) fn check(data: &[u8]) {
    let Some((mode, rest)) = data.split_first() else {
        return;
    };
    let mut entropy = Unstructured::new(rest);
    match mode % 4 {
        0 => generated(&Dialogue::arbitrary_correct(&mut entropy)),
        1 => generated(&Dialogue::arbitrary_faulty(&mut entropy)),
        2 => anything(&spoilt(&mut entropy), *mode),
        _ => anything(&raw(rest), *mode),
    }
}

/// A generated connection: nothing is told, or the fault that was planted.
fn generated(dialogue: &Dialogue) {
    let steps: Vec<Step> = dialogue
        .steps
        .iter()
        .map(|step| Step::Bytes(step.from, step.bytes.clone()))
        .collect();
    let told = told(&steps, usize::MAX, false);
    match dialogue.planted {
        None => assert_eq!(told, Vec::<String>::new()),
        Some(planted) => {
            let start = format!("{} {} {} ", planted.step, planted.row, planted.by);
            assert!(
                told.len() == 1 && told[0].starts_with(&start),
                "{start}: {told:?}"
            );
        }
    }
}

/// Whatever it is: the pieces change nothing.
fn anything(steps: &[Step], mode: u8) {
    let middle = mode & 0x80 != 0;
    let piece = usize::from(mode >> 2 & 7) + 1;
    assert_eq!(told(steps, usize::MAX, middle), told(steps, piece, middle));
}

/// A generated connection in which packets are changed, lost, repeated and swapped.
fn spoilt(entropy: &mut Unstructured<'_>) -> Vec<Step> {
    let changes: [u8; 24] = entropy.arbitrary().unwrap_or_default();
    let dialogue = Dialogue::arbitrary_correct(entropy);
    let mut steps: Vec<Step> = dialogue
        .steps
        .iter()
        .map(|step| Step::Bytes(step.from, step.bytes.clone()))
        .collect();
    for change in changes.chunks(3) {
        let [what, at, how] = [change[0], change[1], change[2]].map(usize::from);
        if steps.is_empty() {
            break;
        }
        let index = at % steps.len();
        let side = if how % 2 == 0 {
            Side::Client
        } else {
            Side::Server
        };
        match what % 8 {
            0 => {}
            1 => drop(steps.remove(index)),
            2 => steps.insert(how % steps.len(), steps[index].clone()),
            3 => steps.swap(index, how % (index + 1)),
            4 => steps.insert(index, Step::Wait(Duration::from_secs(how as u64))),
            5 => steps.insert(index, Step::Lost(side)),
            6 => steps.insert(index, Step::End(side)),
            _ => {
                if let Step::Bytes(_, bytes) = &mut steps[index] {
                    let place = how % bytes.len();
                    bytes[place] ^= 1 << (what >> 3 & 7);
                }
            }
        }
    }
    steps
}

/// Steps as the fuzzer's bytes spell them: what, how much, and that much.
fn raw(mut data: &[u8]) -> Vec<Step> {
    let mut steps = Vec::new();
    while let [what, count, rest @ ..] = data {
        let side = if what % 2 == 0 {
            Side::Client
        } else {
            Side::Server
        };
        let taken = usize::from(*count).min(rest.len());
        let (bytes, after) = rest.split_at(taken);
        data = rest;
        steps.push(match what >> 1 & 7 {
            0 => Step::Wait(Duration::from_millis(u64::from(*count) * 100)),
            1 => Step::End(side),
            2 => Step::Lost(side),
            _ => {
                data = after;
                Step::Bytes(side, bytes.to_vec())
            }
        });
    }
    steps
}

/// What is told: the step, the row, who, and the sentence.
fn told(steps: &[Step], piece: usize, middle: bool) -> Vec<String> {
    let settings = Settings::new().max_outstanding(40);
    let conversation = match middle {
        true => Conversation::from_the_middle(settings, None),
        false => Conversation::new(settings),
    };
    let mut streams = Streams::new(conversation);
    let mut told = Vec::new();
    let mut time = Duration::ZERO;
    for (tag, step) in (0..).zip(steps) {
        let tell = &mut |event: Event<'_>| match event {
            Event::Finding(finding) => {
                let tag = finding.seen().map_or(tag, |seen| seen.tag);
                told.push(format!(
                    "{tag} {} {} {finding} {:?}",
                    finding.row(),
                    finding.by(),
                    finding.about()
                ));
            }
            Event::Error(seen, error, _) => {
                told.push(format!("{} error {} {error}", seen.tag, seen.from))
            }
            Event::Packet(_, packet) => drop(format!("{packet:?}")),
            _ => {}
        };
        match step {
            Step::Bytes(side, bytes) => {
                for piece in bytes.chunks(piece.min(bytes.len().max(1))) {
                    streams.receive(*side, time, tag, piece, tell);
                }
            }
            Step::Wait(duration) => {
                time += *duration;
                streams.tick(time, tell);
            }
            Step::End(side) => streams.end(*side, time, tag, tell),
            Step::Lost(side) => streams.conversation_mut().lost(*side, time),
        }
        assert!(streams.conversation().memory() < 100_000);
    }
    told
}
