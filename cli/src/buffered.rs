//! Output that is written out a finding at a time, many of them together.

use std::io::{self, Write};

/// How much may be printed before it is written out.
const BUFFER: usize = 1 << 16;

/// An output with a buffer that is written out behind whole findings only.
pub(crate) struct Buffered<W> {
    out: W,
    buffer: Vec<u8>,
}

impl<W: Write> Buffered<W> {
    pub(crate) fn new(out: W) -> Self {
        Self {
            out,
            buffer: Vec::with_capacity(2 * BUFFER),
        }
    }

    /// What the next finding is printed to.
    pub(crate) const fn buffer(&mut self) -> &mut Vec<u8> {
        &mut self.buffer
    }

    /// A finding has been printed.
    pub(crate) fn end(&mut self) -> io::Result<()> {
        match self.buffer.len() > BUFFER {
            true => self.write_out(),
            false => Ok(()),
        }
    }

    /// Writes out what has been printed.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        if !self.buffer.is_empty() {
            self.write_out()?;
        }
        self.out.flush()
    }

    fn write_out(&mut self) -> io::Result<()> {
        self.out.write_all(&self.buffer)?;
        self.buffer.clear();
        Ok(())
    }
}
