//! The MCP endpoint from outside: HTTP in, HTTP out, tools written by hand.

mod access;
mod fixture;
mod legacy;
mod modern;
mod rules;
mod socket;
