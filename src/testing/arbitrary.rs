//! `arbitrary` instances, for fuzzing: the same generators, fed with the fuzzer's bytes.

use ::arbitrary::{Arbitrary, Result, Unstructured};

use super::choices::{Choices, Source};
use super::generate::any_packet;
use super::malformed::Malformed;
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
