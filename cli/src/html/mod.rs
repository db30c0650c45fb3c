//! The page of `check --html`.

use std::path::Path;

use crate::capture::Opening;
use crate::connection::{Item, Show};
use crate::failure::Failure;

pub(crate) struct Page;
impl Page {
    pub(crate) fn create(_: &Path, _: &str, _: Show) -> Result<Self, Failure> {
        Ok(Self)
    }
    pub(crate) fn opened(&mut self, _: &str, _: &Opening<'_>) {}
    pub(crate) fn item(&mut self, _: usize, _: &Item<'_>) {}
    pub(crate) fn finish(self) -> Result<(), Failure> {
        Ok(())
    }
}
