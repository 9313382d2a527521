//! Every provider, each in a module of its own.

use fastmcp::prelude::*;
use fastmcp::provider::{IdentityProvider, Provider, custom};

mod google {
    #[fastmcp::server(auth = google)]
    pub struct Notes;
}
mod github {
    #[fastmcp::server(auth = github(scopes = ["read:user"]))]
    pub struct Notes;
}
mod azure {
    #[fastmcp::server(auth = azure)]
    pub struct Notes;
}
mod tenant {
    #[fastmcp::server(auth = azure(tenant = "contoso.onmicrosoft.com"))]
    pub struct Notes;
}
mod environment {
    #[fastmcp::server(auth = custom)]
    pub struct Notes;
}
mod dev {
    #[fastmcp::server(auth = dev, base_url = "http://localhost:9000")]
    pub struct Notes;
}

/// A provider of one's own.
struct Acme;

impl IdentityProvider for Acme {
    fn provider(&self) -> Provider {
        custom(
            "https://id.acme.example/authorize",
            "https://id.acme.example/token",
        )
    }
}

#[server(auth = Acme)]
struct Notes;

fn main() {
    let _server = Notes.into_server();
}
