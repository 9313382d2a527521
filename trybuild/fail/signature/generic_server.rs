use fastmcp::prelude::*;

#[server]
struct Notes<T>(T);

fn main() {
    let _server = Notes(String::new()).into_server();
}
