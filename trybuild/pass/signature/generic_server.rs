use fastmcp::prelude::*;

#[server]
struct Notes(String);

fn main() {
    let _server = Notes(String::new()).into_server();
}
