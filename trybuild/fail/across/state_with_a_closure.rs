use fastmcp::prelude::*;

#[server]
struct Notes {
    _clock: Box<dyn Fn() -> u64>,
}

fn main() {}
