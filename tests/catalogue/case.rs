//! A case as data: which id, over which set-ups, and what is done.

use futures_util::future::BoxFuture;

use crate::setup::Setup;

/// Where a case makes a difference.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum On {
    /// Memory and disk, one node and two.
    Each,
    /// Memory and disk, on two nodes.
    Two,
    /// Once, in memory on one node: it is about reading, not about what is kept.
    Once,
    /// Once, with nothing beside it: it measures.
    Alone,
}

/// A case.
#[derive(Clone, Copy)]
pub(crate) struct Case {
    pub(crate) id: &'static str,
    pub(crate) on: On,
    pub(crate) run: fn(Setup) -> BoxFuture<'static, ()>,
}

/// Ids, set-ups and functions as a list of cases.
macro_rules! cases {
    ($($id:literal $on:ident $run:path),* $(,)?) => {
        pub(crate) const CASES: &[$crate::case::Case] = &[$(
            $crate::case::Case {
                id: $id,
                on: $crate::case::On::$on,
                run: |setup| Box::pin($run(setup)),
            }
        ),*];
    };
}
pub(crate) use cases;

/// How often a case repeats what depends on luck: `TESTS_ROUNDS`, or so many times.
pub(crate) fn rounds(usual: usize) -> usize {
    let asked = std::env::var("TESTS_ROUNDS").ok();
    asked
        .and_then(|rounds| rounds.parse().ok())
        .unwrap_or(usual)
}
