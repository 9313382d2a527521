//! The product from outside: every test starts real processes and speaks HTTP to them.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]
#![allow(
    clippy::disallowed_methods,
    reason = "the tests have a clock of their own"
)]

mod abuse;
mod admin;
mod browser;
mod changes;
mod clients;
mod clock;
mod conformance;
mod crash;
mod databases;
mod deployed;
mod doctor;
mod fence;
mod full_disk;
mod handmade;
mod idp;
mod inputs;
mod issuer;
mod keys;
mod layers;
mod leaks;
mod listing;
mod load;
mod local;
mod login;
mod million;
mod misbehaving;
mod mounted;
mod nodes;
mod options;
mod outages;
mod races;
mod readme;
mod refresh;
mod refused;
mod revoke;
mod ring;
mod schema;
mod served;
mod session;
mod shrinking;
mod skew;
mod start;
mod stdio;
mod stops;
mod stores;
mod support;
mod telemetry;
mod twins;
