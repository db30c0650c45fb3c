//! `arbitrary` instances, for fuzzing: the same generators, fed with the fuzzer's bytes.

use ::arbitrary::{Arbitrary, Result, Unstructured};

use super::choices::{Choices, Source};
use super::dialogue::Dialogue;
use super::generate::any_packet;
use super::malformed::Malformed;
use super::request::{MalformedRequest, Request};
use super::valid::Valid;
use crate::packet_type::Version;

/// The plainest choice first.
const VERSIONS: [Version; 3] = [Version::V5_0, Version::V3_1_1, Version::V3_1];

/// When the bytes are used up, every further choice is the plainest.
impl Source for Unstructured<'_> {
    fn below(&mut self, count: u32) -> u32 {
        self.int_in_range(0..=count.saturating_sub(1))
            .unwrap_or_default()
    }

    /// A fuzzer keeps what is new to it, and then tries it thousands of times: large packets would be all that it does.
    fn one_large_in(&self) -> usize {
        0x1_0000
    }
}

/// Any packet of any version.
impl<'a> Arbitrary<'a> for Valid {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let c = &mut Choices::new(u);
        let version = c.pick(&VERSIONS);
        Ok(any_packet(version, c))
    }
}

/// A packet of any version with any one defect.
impl<'a> Arbitrary<'a> for Malformed {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let c = &mut Choices::new(u);
        let version = c.pick(&VERSIONS);
        Ok(Self::any(version, c))
    }
}

/// Any of the other six packets of any version.
impl<'a> Arbitrary<'a> for Request {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let c = &mut Choices::new(u);
        let version = c.pick(&VERSIONS);
        Ok(Self::any(version, c))
    }
}

/// One of the other six packets of any version with any one defect.
impl<'a> Arbitrary<'a> for MalformedRequest {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let c = &mut Choices::new(u);
        let version = c.pick(&VERSIONS);
        Ok(Self::any(version, c))
    }
}

impl Dialogue {
    /// A connection of any version without a fault.
    pub fn arbitrary_correct(u: &mut Unstructured<'_>) -> Self {
        Self::correct(&mut Choices::new(u))
    }

    /// A connection of MQTT 5.0 or 3.1.1 with one fault; in rare cases there is no occasion for it, and none is planted.
    pub fn arbitrary_faulty(u: &mut Unstructured<'_>) -> Self {
        Self::faulty(&mut Choices::new(u))
    }
}

/// A connection of any version: without a fault, or half of the time with one.
impl<'a> Arbitrary<'a> for Dialogue {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let c = &mut Choices::new(u);
        Ok(match c.one_in(2) {
            true => Self::faulty(c),
            false => Self::correct(c),
        })
    }
}
