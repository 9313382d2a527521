use fastmcp::prelude::*;

#[server]
struct Notes;

#[server]
struct Tickets;

fn main() {}
