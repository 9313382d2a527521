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
mod enterprise {
    #[fastmcp::server(auth = github(host = "github.example.com"))]
    pub struct Notes;
}
mod okta {
    #[fastmcp::server(auth = okta(domain = "acme.okta.com"))]
    pub struct Notes;
}
mod okta_of_the_organization {
    #[fastmcp::server(
        auth = okta(domain = "acme.okta.com", authorization_server = "org"),
        admits = group("staff"),
    )]
    pub struct Notes;
}
mod auth0 {
    #[fastmcp::server(auth = auth0(domain = "acme.eu.auth0.com", scopes = ["openid"]))]
    pub struct Notes;
}
mod gitlab {
    #[fastmcp::server(auth = gitlab)]
    pub struct Notes;
}
mod self_managed {
    #[fastmcp::server(auth = gitlab(host = "gitlab.example.com:8443"))]
    pub struct Notes;
}
mod keycloak {
    #[fastmcp::server(auth = keycloak(url = "https://id.example.com/auth", realm = "staff"))]
    pub struct Notes;
}
mod cognito {
    #[fastmcp::server(auth = cognito(user_pool = "us-gov-west-1_AbCdEfGhI"))]
    pub struct Notes;
}
mod workos {
    #[fastmcp::server(auth = workos(domain = "acme.authkit.app"))]
    pub struct Notes;
}
mod slack {
    #[fastmcp::server(auth = slack)]
    pub struct Notes;
}
mod discord {
    #[fastmcp::server(auth = discord(scopes = ["identify", "guilds"]))]
    pub struct Notes;
}
mod atlassian {
    #[fastmcp::server(auth = atlassian)]
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
