//! The codes of any packet, one after the other.

use core::iter::FusedIterator;
use core::slice;

use crate::codes::CodeList;
use crate::mapping;
use crate::reason::{PacketReason, ReasonCode};
use crate::v3::reason::SubackReturnCode;

/// The reason codes of a packet in wire order: one per Topic Filter in SUBACK and in UNSUBACK of 5.0, none in a packet
/// of 3.x that has none, else one.
///
/// Return codes of 3.1.1 and 3.1 are given as the reason codes of 5.0 that say the same, see [`mapping`].
#[derive(Clone, Debug)]
pub struct ReasonCodes<'a> {
    rest: Rest<'a>,
}

#[derive(Clone, Debug)]
enum Rest<'a> {
    One(Option<ReasonCode>),
    /// Codes of 5.0.
    List(slice::Iter<'a, u8>),
    /// Return codes of a SUBACK of 3.x.
    V3(slice::Iter<'a, u8>),
}

impl<'a> ReasonCodes<'a> {
    /// No code.
    pub(crate) const NONE: Self = Self {
        rest: Rest::One(None),
    };

    pub(crate) fn one(code: impl PacketReason) -> Self {
        let rest = Rest::One(Some(code.into()));
        Self { rest }
    }

    pub(crate) fn list<C: PacketReason>(codes: CodeList<'a, C>) -> Self {
        let rest = Rest::List(codes.as_bytes().iter());
        Self { rest }
    }

    pub(crate) fn v3(codes: CodeList<'a, SubackReturnCode>) -> Self {
        let rest = Rest::V3(codes.as_bytes().iter());
        Self { rest }
    }
}

/// The code of 5.0 that a byte of a SUBACK of 3.x stands for.
fn of_v3(byte: u8) -> Option<ReasonCode> {
    let code = SubackReturnCode::from_u8(byte)?;
    Some(mapping::suback_to_v5(code).into())
}

impl Iterator for ReasonCodes<'_> {
    type Item = ReasonCode;

    #[inline]
    fn next(&mut self) -> Option<ReasonCode> {
        match &mut self.rest {
            Rest::One(code) => code.take(),
            Rest::List(codes) => codes.next().map(|byte| ReasonCode::of(*byte)),
            Rest::V3(codes) => codes.next().and_then(|byte| of_v3(*byte)),
        }
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        let len = match &self.rest {
            Rest::One(code) => usize::from(code.is_some()),
            Rest::List(codes) | Rest::V3(codes) => codes.len(),
        };
        (len, Some(len))
    }
}

impl DoubleEndedIterator for ReasonCodes<'_> {
    #[inline]
    fn next_back(&mut self) -> Option<ReasonCode> {
        match &mut self.rest {
            Rest::One(code) => code.take(),
            Rest::List(codes) => codes.next_back().map(|byte| ReasonCode::of(*byte)),
            Rest::V3(codes) => codes.next_back().and_then(|byte| of_v3(*byte)),
        }
    }
}

impl ExactSizeIterator for ReasonCodes<'_> {}
impl FusedIterator for ReasonCodes<'_> {}
