//! How fast the product is: a load, the servers it is put on, and a table of ratios.
//!
//! `cargo run --profile production -p bench` makes the table; `--help` lists what can be set. Every
//! contender runs as a process of its own on one core, the load on another, and all contenders of a
//! row take turns in the same run, so that a moody machine treats them alike. An answer that is wrong
//! ends the run.

pub mod contender;
pub mod inside;
pub mod load;
pub mod login;
pub mod message;
pub mod process;
pub mod report;
pub mod rows;
pub mod upstream;
pub mod wire;

/// What can go wrong here ends the run, with its text.
pub type Result<T, E = Box<dyn std::error::Error>> = std::result::Result<T, E>;
