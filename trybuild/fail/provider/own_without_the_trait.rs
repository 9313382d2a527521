use fastmcp::prelude::*;

struct Acme;

#[server(auth = Acme)]
struct Notes;

fn main() {}
