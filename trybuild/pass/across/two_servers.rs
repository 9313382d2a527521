use fastmcp::prelude::*;

#[server]
struct Notes;

mod tickets {
    #[fastmcp::server]
    struct Tickets;
}

fn main() {}
