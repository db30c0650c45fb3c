//! What a subject of the comparison does, and the passes over a workload that are measured.

use std::fmt::Debug;
use std::hint::black_box;
use std::panic::{self, AssertUnwindSafe};
use std::time::{Duration, Instant};

use crate::visit::{Sum, Trace, Visit};
use crate::workloads::{Protocol, Workload};

/// At most this many packets of a workload are encoded, so that the size of somebody's packet type does not turn the
/// encoder's figure into a measurement of the memory.
const ENCODED: usize = 2_000;

/// One codec for one protocol version, through its documented entry points and with its own buffers.
pub trait Codec {
    /// What it decodes from, filled before the clock starts.
    type Input<'a>;
    /// What it decodes to and encodes from.
    type Packet<'a>;
    /// What it encodes into, reused for every packet.
    type Output;

    fn input(bytes: &[u8]) -> Self::Input<'_>;

    /// Decodes the next packet and keeps it.
    fn take<'a>(input: &mut Self::Input<'a>) -> Result<Self::Packet<'a>, String>;

    /// Decodes the next packet, black-boxes it and shows it to `visit`, all in its place. This is what the clock sees.
    fn each<'a>(input: &mut Self::Input<'a>, visit: &mut impl Visit) -> Result<(), String>;

    fn output() -> Self::Output;

    /// Encodes every packet, each from the start of the buffer, in one measured pass.
    fn encode_all(packets: &[Self::Packet<'_>], output: &mut Self::Output, meter: &mut Meter);

    /// Encodes one packet, for comparison.
    fn encode_one(packet: &Self::Packet<'_>) -> Result<Vec<u8>, String>;
}

/// A clock and, where one is installed, a counter of allocations.
#[derive(Debug)]
pub struct Meter {
    pub elapsed: Duration,
    pub allocations: usize,
    count: fn() -> usize,
}

impl Meter {
    /// A clock alone: nothing but the measured code allocates from a plain system allocator.
    pub fn clock() -> Self {
        Self::counting(|| 0)
    }

    /// With a function that tells how many allocations there have been so far.
    pub fn counting(count: fn() -> usize) -> Self {
        Self {
            elapsed: Duration::ZERO,
            allocations: 0,
            count,
        }
    }

    #[inline(always)]
    pub fn run<T>(&mut self, measured: impl FnOnce() -> T) -> T {
        let before = (self.count)();
        let start = Instant::now();
        let result = measured();
        self.elapsed = start.elapsed();
        self.allocations = (self.count)() - before;
        result
    }
}

/// A pass over a workload, ready to be repeated.
pub type Pass<'a> = Box<dyn FnMut(&mut Meter) + 'a>;

/// A [`Codec`] without its types.
pub trait Passes {
    /// Decodes every packet by itself and compares what was read; then encodes it and compares the bytes.
    fn review(&self, workload: &Workload) -> Review;
    fn decoding<'a>(&'a self, workload: &'a Workload) -> Pass<'a>;
    /// What it makes of one packet.
    fn meets(&self, bytes: &[u8]) -> Meeting;
    /// The pass and the number of packets in it.
    fn encoding<'a>(&'a self, workload: &'a Workload) -> (Pass<'a>, usize);
}

/// What a decoder makes of a packet, be it right or wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meeting {
    Accepted,
    /// It refuses the packet, or waits for more of it.
    Refused,
    Panicked,
}

/// What a codec makes of a workload, packet by packet.
#[derive(Debug, Default)]
pub struct Review {
    pub refused: Complaints,
    pub misread: Complaints,
    /// Encoded to an error.
    pub not_encoded: Complaints,
    /// Encoded to bytes that do not decode to the same packet.
    pub miswritten: Complaints,
    /// Encoded to other bytes that mean the same: how many packets, and how many bytes more in all.
    pub rewritten: usize,
    pub surplus: i64,
}

impl Review {
    /// Whether every packet was encoded, be it wrongly.
    pub fn writes(&self) -> bool {
        self.not_encoded.count == 0
    }
}

/// How often, and the first case.
#[derive(Debug, Default)]
pub struct Complaints {
    pub count: usize,
    pub first: String,
}

impl Complaints {
    fn add(&mut self, case: impl FnOnce() -> String) {
        if self.count == 0 {
            self.first = case();
        }
        self.count += 1;
    }
}

impl<C: Codec> Passes for C {
    fn review(&self, workload: &Workload) -> Review {
        let mut review = Review::default();
        for (bytes, expected) in workload.packets().zip(&workload.expected) {
            let mut trace = Trace::default();
            if let Err(error) = caught(|| C::each(&mut C::input(bytes), &mut trace)) {
                review.refused.add(|| format!("`{}`: {error}", hex(bytes)));
                continue;
            }
            if !trace.agrees_with(expected) {
                review.misread.add(|| {
                    let strange: Vec<_> = trace
                        .0
                        .iter()
                        .filter(|field| !expected.0.contains(field))
                        .collect();
                    let missing: Vec<_> = expected
                        .0
                        .iter()
                        .filter(|field| !trace.0.contains(field))
                        .collect();
                    format!("`{}`: reads {strange:?}, not {missing:?}", hex(bytes))
                });
            }
            let packet =
                C::take(&mut C::input(bytes)).expect("a packet is decoded the same way twice");
            match caught(|| C::encode_one(&packet)) {
                Err(error) => review
                    .not_encoded
                    .add(|| format!("`{}`: {error}", hex(bytes))),
                Ok(written) if written == bytes => {}
                Ok(written)
                    if read_by_hand(workload.protocol, &written)
                        .is_some_and(|read| read.agrees_with(expected)) =>
                {
                    review.rewritten += 1;
                    review.surplus += written.len() as i64 - bytes.len() as i64;
                }
                Ok(written) => review
                    .miswritten
                    .add(|| format!("`{}` becomes `{}`", hex(bytes), hex(&written))),
            }
        }
        review
    }

    fn meets(&self, bytes: &[u8]) -> Meeting {
        match caught(|| C::each(&mut C::input(bytes), &mut Sum::default())) {
            Ok(()) => Meeting::Accepted,
            Err(error) if error == PANICS => Meeting::Panicked,
            Err(_) => Meeting::Refused,
        }
    }

    fn decoding<'a>(&'a self, workload: &'a Workload) -> Pass<'a> {
        Box::new(move |meter| {
            let mut input = C::input(&workload.bytes);
            let mut sum = Sum::default();
            let result =
                meter.run(|| (0..workload.len()).try_for_each(|_| C::each(&mut input, &mut sum)));
            black_box(sum);
            if let Err(error) = result {
                panic!("a reviewed workload is refused: {error}");
            }
        })
    }

    fn encoding<'a>(&'a self, workload: &'a Workload) -> (Pass<'a>, usize) {
        let packets: Vec<_> = workload
            .packets()
            .take(ENCODED)
            .map(|bytes| C::take(&mut C::input(bytes)).expect("a reviewed workload is accepted"))
            .collect();
        let count = packets.len();
        let mut output = C::output();
        (
            Box::new(move |meter| C::encode_all(&packets, &mut output, meter)),
            count,
        )
    }
}

/// What a panic says.
const PANICS: &str = "panics";

/// A panic is a refusal too.
fn caught<T>(call: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let result = panic::catch_unwind(AssertUnwindSafe(call));
    panic::set_hook(hook);
    result.unwrap_or_else(|_| Err(PANICS.to_owned()))
}

fn read_by_hand(protocol: Protocol, bytes: &[u8]) -> Option<Trace> {
    use crate::by_hand::decode;
    let mut trace = Trace::default();
    let length = match protocol {
        Protocol::V5 => {
            let (packet, length) = decode::decode(bytes).ok()??;
            decode::walk(&packet, &mut trace);
            length
        }
        Protocol::V311 => {
            let (packet, length) = decode::decode3(bytes).ok()??;
            decode::walk3(&packet, &mut trace);
            length
        }
    };
    (length == bytes.len()).then_some(trace)
}

fn hex(bytes: &[u8]) -> String {
    let mut hex: Vec<_> = bytes
        .iter()
        .take(12)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    if bytes.len() > 12 {
        hex.push("…".to_owned());
    }
    hex.join(" ")
}

/// Turns what a codec says into an error of ours, out of the way of the measured path.
#[cold]
#[inline(never)]
pub fn refusal(error: &dyn Debug) -> String {
    let text = format!("{error:?}");
    text.chars().take(120).collect()
}

/// Takes part in the comparison.
pub struct Subject {
    pub name: &'static str,
    pub version: &'static str,
    /// How it is called, and what that call does less or more than the others.
    pub note: &'static str,
    /// Whether its decoder is measured; not if it is that of another subject.
    pub decodes: bool,
    pub v5: Option<Box<dyn Passes>>,
    pub v311: Option<Box<dyn Passes>>,
}

impl Subject {
    pub fn passes(&self, protocol: Protocol) -> Option<&dyn Passes> {
        match protocol {
            Protocol::V5 => self.v5.as_deref(),
            Protocol::V311 => self.v311.as_deref(),
        }
    }
}

/// Writes `take` and `each` of a [`Codec`] from one call and the pattern of its success.
macro_rules! decode {
    (|$input:ident| $call:expr, $pattern:pat => $packet:ident) => {
        $crate::codec::decode!(|$input| $call, $pattern => $packet, walk);
    };
    (|$input:ident| $call:expr, $pattern:pat => $packet:ident, $walk:ident) => {
        fn take<'a>($input: &mut Self::Input<'a>) -> Result<Self::Packet<'a>, String> {
            match $call {
                $pattern => Ok($packet),
                other => Err($crate::codec::refusal(&other)),
            }
        }

        #[inline(always)]
        fn each<'a>(
            $input: &mut Self::Input<'a>,
            visit: &mut impl $crate::visit::Visit,
        ) -> Result<(), String> {
            // By reference: the packet is neither moved nor copied.
            match &$call {
                $pattern => {
                    $walk(::std::hint::black_box($packet), visit);
                    Ok(())
                }
                other => Err($crate::codec::refusal(other)),
            }
        }
    };
}
pub(crate) use decode;
