//! Every message of a server, against the schema of its revision (`tests/schema/`).
//!
//! What a test reads of MCP comes out of one of three, which judge it on the way: a [`Reader`] takes
//! one answer over HTTP, piece by piece; a [`Line`] both directions of a pipe; and [`judged`] puts a
//! reader before everything that a router answers. Who reads by other means is judged by nobody.
//!
//! The revision is the one that the session agreed on, or that the request names; results are
//! judged by the method that was asked for.

mod definitions;
mod judge;
mod layer;
mod line;
mod reader;
mod revision;

// Included by tests of other packages as well, each of which needs some of them.
#[allow(unused_imports)]
pub use self::{
    layer::judged,
    line::Line,
    reader::{Asked, Event, Reader},
};

#[cfg(test)]
mod tests;
