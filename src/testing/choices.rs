//! What every generator draws from: a source of small numbers, of which 0 is always the plainest choice.
//!
//! The numbers of a part that does not depend on its neighbours are a group: one part can be simplified, and the
//! others stay what they are.

/// Where the numbers come from: a random generator, a recorded list, a fuzzer's bytes.
pub(crate) trait Source {
    /// A number below `count`; 0 if `count` is 0.
    fn below(&mut self, count: u32) -> u32;

    /// One packet in how many has the largest strings and lists.
    fn one_large_in(&self) -> usize {
        16
    }

    /// A group begins.
    fn enter(&mut self) {}

    /// The innermost group ends.
    fn leave(&mut self) {}
}

/// A source with the questions that the generators ask it.
pub(crate) struct Choices<'s> {
    source: &'s mut dyn Source,
    is_large: bool,
}

impl<'s> Choices<'s> {
    pub(crate) fn new(source: &'s mut dyn Source) -> Self {
        Self {
            source,
            is_large: false,
        }
    }

    /// What `part` draws, as a group.
    pub(crate) fn group<T>(&mut self, part: impl FnOnce(&mut Self) -> T) -> T {
        self.source.enter();
        let drawn = part(self);
        self.source.leave();
        drawn
    }

    /// Whether the packet to be drawn has the largest strings and lists; the plainest answer is no.
    pub(crate) fn draws_large(&mut self) -> bool {
        self.one_in(self.source.one_large_in())
    }

    /// What `part` draws, where the largest strings and lists are allowed or not.
    pub(crate) fn large<T>(&mut self, is_large: bool, part: impl FnOnce(&mut Self) -> T) -> T {
        let before = core::mem::replace(&mut self.is_large, is_large);
        let drawn = part(self);
        self.is_large = before;
        drawn
    }

    /// Whether the largest strings and lists are allowed.
    pub(crate) const fn is_large(&self) -> bool {
        self.is_large
    }

    /// A number up to `high`, and mostly `high` itself; the plainest is 0, and every number is on the way there.
    pub(crate) fn mostly(&mut self, high: usize) -> usize {
        self.below(16 * high).min(high)
    }

    /// A number below `count`.
    pub(crate) fn below(&mut self, count: usize) -> usize {
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        self.source.below(count) as usize
    }

    /// A number from `low` to `high`, both included.
    pub(crate) fn between(&mut self, low: usize, high: usize) -> usize {
        low + self.below(high - low + 1)
    }

    /// Yes once in `count` times; the plainest answer is no.
    pub(crate) fn one_in(&mut self, count: usize) -> bool {
        self.below(count) + 1 == count
    }

    /// One of the items, of which there is at least one; the plainest is the first.
    #[expect(clippy::indexing_slicing, reason = "the index is below the length")]
    pub(crate) fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())]
    }

    /// Any byte.
    pub(crate) fn byte(&mut self) -> u8 {
        self.byte_between(0x00, 0xFF)
    }

    /// A byte from `low` to `high`, both included.
    pub(crate) fn byte_between(&mut self, low: u8, high: u8) -> u8 {
        u8::try_from(self.between(low.into(), high.into())).unwrap_or(high)
    }

    /// Any Two Byte Integer, often one at a limit.
    pub(crate) fn two_bytes(&mut self) -> u16 {
        let [_, _, high, low] = self.four_bytes().to_be_bytes();
        u16::from_be_bytes([high, low])
    }

    /// Any Four Byte Integer, often one at a limit.
    pub(crate) fn four_bytes(&mut self) -> u32 {
        const LIMITS: [u32; 8] = [
            0,
            1,
            0x7FFF,
            0x8000,
            0xFFFF,
            0x1_0000,
            0x7FFF_FFFF,
            u32::MAX,
        ];
        if self.one_in(2) {
            self.pick(&LIMITS)
        } else {
            u32::from_be_bytes([0; 4].map(|_: u8| self.byte()))
        }
    }

    /// At most `most` bytes of any content.
    pub(crate) fn bytes(&mut self, most: usize) -> std::vec::Vec<u8> {
        let len = self.below(most + 1);
        (0..len).map(|_| self.byte()).collect()
    }
}
