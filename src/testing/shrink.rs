//! Values from lists of choices, and their simplification: groups are emptied, numbers taken out or made smaller, and
//! the value is made anew.
//!
//! So one generator serves `proptest` and `arbitrary`, and what is simplified stays valid by construction.

use core::fmt;
use std::vec::Vec;

use ::proptest::num;
use ::proptest::strategy::{NewTree, Strategy, ValueTree};
use ::proptest::test_runner::TestRunner;

use super::choices::{Choices, Source};

/// A strategy that makes its values from choices; made by [`strategy`].
#[derive(Clone, Copy)]
pub(crate) struct Made<F> {
    make: F,
}

/// The strategy of the values that `make` makes.
pub(crate) const fn strategy<T, F>(make: F) -> Made<F>
where
    F: Fn(&mut Choices<'_>) -> T + Copy,
    T: fmt::Debug,
{
    Made { make }
}

impl<F> fmt::Debug for Made<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Made").finish_non_exhaustive()
    }
}

impl<T, F> Strategy for Made<F>
where
    F: Fn(&mut Choices<'_>) -> T + Copy,
    T: fmt::Debug,
{
    type Tree = Tree<F>;
    type Value = T;

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Self> {
        let seed = num::u64::ANY.new_tree(runner)?.current();
        let mut recorder = Recorder {
            state: seed,
            tokens: Vec::new(),
        };
        (self.make)(&mut Choices::new(&mut recorder));
        Ok(Tree {
            make: self.make,
            best: recorder.tokens.clone(),
            tried: recorder.tokens,
            pass: 0,
            at: 0,
            improved: false,
        })
    }
}

/// A choice written down, or a border of a group of them.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Token {
    Number(u32),
    Enter,
    Leave,
}

/// Random choices, written down: SplitMix64.
struct Recorder {
    state: u64,
    tokens: Vec<Token>,
}

impl Source for Recorder {
    fn below(&mut self, count: u32) -> u32 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.state;
        bits = (bits ^ bits >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ bits >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        bits ^= bits >> 31;
        let chosen = bits.checked_rem(count.into()).unwrap_or_default();
        let chosen = u32::try_from(chosen).unwrap_or_default();
        self.tokens.push(Token::Number(chosen));
        chosen
    }

    fn enter(&mut self) {
        self.tokens.push(Token::Enter);
    }

    fn leave(&mut self) {
        self.tokens.push(Token::Leave);
    }
}

/// Choices written down before; the plainest where a group has no more.
struct Replay<'t> {
    rest: &'t [Token],
    /// How many groups were entered that are not in the list.
    missing: usize,
}

impl Source for Replay<'_> {
    fn below(&mut self, count: u32) -> u32 {
        match self.rest {
            [Token::Number(chosen), rest @ ..] if self.missing == 0 => {
                self.rest = rest;
                (*chosen).min(count.saturating_sub(1))
            }
            _ => 0,
        }
    }

    /// Goes on to the next group of this one.
    fn enter(&mut self) {
        if self.missing == 0 {
            let numbers = |token: &&Token| matches!(token, Token::Number(_));
            let skipped = self.rest.iter().take_while(numbers).count();
            if let Some((Token::Enter, rest)) =
                self.rest.get(skipped..).and_then(<[_]>::split_first)
            {
                self.rest = rest;
                return;
            }
        }
        self.missing += 1;
    }

    /// Goes on behind the group.
    fn leave(&mut self) {
        if self.missing > 0 {
            self.missing -= 1;
        } else {
            let len = group_len(self.rest);
            self.rest = self.rest.get(len + 1..).unwrap_or_default();
        }
    }
}

/// How many tokens there are before the end of the group that they are in.
fn group_len(tokens: &[Token]) -> usize {
    let mut depth = 0_usize;
    let inside = |token: &&Token| {
        match token {
            Token::Number(_) => {}
            Token::Enter => depth += 1,
            Token::Leave if depth == 0 => return false,
            Token::Leave => depth -= 1,
        }
        true
    };
    tokens.iter().take_while(inside).count()
}

/// What is tried at each place of the list, in this order.
const PASSES: [Pass; 6] = [
    Pass::Empty,
    Pass::Remove(8),
    Pass::Remove(1),
    Pass::Zero,
    Pass::Halve,
    Pass::Decrement,
];

#[derive(Clone, Copy)]
enum Pass {
    /// Takes everything out of a group.
    Empty,
    /// Takes so many numbers out.
    Remove(usize),
    Zero,
    Halve,
    Decrement,
}

impl Pass {
    /// The list with the place `at` simplified, `None` if there is nothing to simplify in this way.
    fn apply(self, tokens: &[Token], at: usize) -> Option<Vec<Token>> {
        let (before, rest) = tokens.split_at_checked(at)?;
        let (first, after) = rest.split_first()?;
        let number = match first {
            Token::Number(number) => *number,
            Token::Enter | Token::Leave => 0,
        };
        let smaller = |number| Some(([Token::Number(number)].to_vec(), after));
        let (replaced, after) = match self {
            Self::Empty if *first == Token::Enter => {
                let len = group_len(after);
                (len > 0).then(|| {
                    (
                        [Token::Enter].to_vec(),
                        after.get(len..).unwrap_or_default(),
                    )
                })
            }
            Self::Remove(count) => {
                let removed = rest.get(..count)?;
                let are_numbers = removed.iter().all(|it| matches!(it, Token::Number(_)));
                are_numbers.then(|| (Vec::new(), rest.get(count..).unwrap_or_default()))
            }
            Self::Zero if number > 0 => smaller(0),
            Self::Halve if number > 3 => smaller(number / 2),
            Self::Decrement if number > 0 => smaller(number - 1),
            Self::Empty | Self::Zero | Self::Halve | Self::Decrement => None,
        }?;
        Some([before, &replaced, after].concat())
    }
}

/// A list of choices on its way to a simpler one.
pub(crate) struct Tree<F> {
    make: F,
    /// The simplest list whose value has failed so far, or the first one.
    best: Vec<Token>,
    /// The list whose value is being tried.
    tried: Vec<Token>,
    pass: usize,
    at: usize,
    improved: bool,
}

impl<F> Tree<F> {
    /// Goes on to the next list that could be tried.
    fn advance(&mut self) -> bool {
        loop {
            let Some(pass) = PASSES.get(self.pass) else {
                if !core::mem::take(&mut self.improved) {
                    self.tried.clone_from(&self.best);
                    return false;
                }
                self.pass = 0;
                continue;
            };
            if self.at >= self.best.len() {
                self.at = 0;
                self.pass += 1;
                continue;
            }
            match pass.apply(&self.best, self.at) {
                Some(simpler) => {
                    self.tried = simpler;
                    return true;
                }
                None => self.at += 1,
            }
        }
    }
}

impl<T, F> ValueTree for Tree<F>
where
    F: Fn(&mut Choices<'_>) -> T + Copy,
    T: fmt::Debug,
{
    type Value = T;

    fn current(&self) -> T {
        let mut replay = Replay {
            rest: &self.tried,
            missing: 0,
        };
        (self.make)(&mut Choices::new(&mut replay))
    }

    fn simplify(&mut self) -> bool {
        if self.tried != self.best {
            self.best.clone_from(&self.tried);
            self.improved = true;
        }
        self.advance()
    }

    fn complicate(&mut self) -> bool {
        if self.tried == self.best {
            return false;
        }
        self.at += 1;
        self.advance()
    }
}
