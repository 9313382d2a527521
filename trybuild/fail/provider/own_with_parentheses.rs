use fastmcp::prelude::*;
use fastmcp::provider::{IdentityProvider, Provider, custom};

struct Acme;

impl IdentityProvider for Acme {
    fn provider(&self) -> Provider {
        custom("https://id.acme.example/authorize", "https://id.acme.example/token")
    }
}

#[server(auth = Acme(realm = "a"))]
struct Notes;

fn main() {}
