use fastmcp::prelude::*;

#[server]
enum Notes {}

fn main() {}
