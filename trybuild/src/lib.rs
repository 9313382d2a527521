//! What a mistake looks like, to the letter.
//!
//! `fail/<topic>/<the_mistake>.rs` is the mistake in a few lines, and the `.stderr` beside it is
//! everything that the compiler says about it: one error for one mistake, in the user's words,
//! with something to type after `help:`. `pass/*.rs` are examples of this
//! package and must build. The texts belong to one compiler;
//! with another one, the cases are not run. After a change that is meant, `TRYBUILD=overwrite cargo
//! test -p trybuild-cases` writes the texts anew: read every one of them.
