//! The bytes of two directions in one text: whether each packet stands there in one piece.

use super::NotHex;
use super::whole::unframed;

/// What is there of a packet that is not complete, and which side sends it.
#[derive(Default)]
pub(crate) struct Flow {
    side: Option<u32>,
    both: bool,
    tail: Vec<u8>,
}

impl Flow {
    /// Adds what `side` sent; whether this is the first time that the side changes. An error if a packet of the other
    /// side goes on later: the bytes in their order are no packets then.
    pub(crate) fn add(&mut self, side: u32, bytes: &[u8]) -> Result<bool, NotHex> {
        if bytes.is_empty() {
            return Ok(false);
        }
        let changes = self.side.is_some_and(|before| before != side);
        if changes && !self.tail.is_empty() {
            return Err(NotHex::whole(
                "both directions are in this, and a packet of one goes on after the other side has sent: paste the \
                 lines of one side alone (in tshark's output those of the client are not indented), or give the \
                 capture to `check`",
            ));
        }
        self.side = Some(side);
        self.tail.extend(bytes);
        // Of what is no packet nobody knows where it ends.
        let left = unframed(&self.tail).map_or(0, <[u8]>::len);
        let done = self.tail.len() - left;
        self.tail.drain(..done);
        let first = changes && !self.both;
        self.both |= changes;
        Ok(first)
    }
}
