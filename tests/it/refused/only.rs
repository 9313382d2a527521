//! Mistakes that the attribute cannot make, or not alone.

use fastmcp::limits::RateLimits;
use fastmcp::oauth::{ConfiguredClient, Registration};
use fastmcp::server::Server;

use super::{CANARY, at, custom, google, open, seconds};

/// What only a builder method can say: code, words, a place, and the server.
pub(super) type Only = (&'static str, &'static str, &'static str, fn() -> Server);

pub(super) const ONLY: &[Only] = &[
    (
        "FM0310",
        "`https://*`",
        ".allowed_redirect_uri_patterns(…)",
        || google().allowed_redirect_uri_patterns(["http://x.test/", "https://*"]),
    ),
    (
        "FM0505",
        "in the list twice",
        ".allowed_redirect_uri_patterns(…)",
        || google().allowed_redirect_uri_patterns(["http://localhost:*", "http://localhost:*"]),
    ),
    (
        "FM0404",
        "longer than `refresh_token_ttl`",
        ".refresh_grace(…)",
        || {
            let server = google().refresh_token_ttl(seconds(60));
            server.refresh_grace(seconds(61))
        },
    ),
    (
        "FM0505",
        "none are derived",
        ".secret_iterations(…)",
        || {
            let keys = fastmcp::keys::Keys::from_master([7; 32]);
            google().keys(keys).secret_iterations(600_000)
        },
    ),
    ("FM0406", "5 rounds", ".secret_iterations(…)", || {
        google()
            .secret("an excellent secret of the operator")
            .secret_iterations(5)
    }),
    ("FM0921", "is blank", "GOOGLE_CLIENT_ID", || {
        google().upstream_client_id(" \n")
    }),
    ("FM0921", "is not set", "GOOGLE_CLIENT_ID", || {
        google().upstream_client_id("")
    }),
    ("FM0922", "is blank", "GOOGLE_CLIENT_SECRET", || {
        google().upstream_client_secret("\t")
    }),
    (
        "FM0922",
        "white space around",
        "GOOGLE_CLIENT_SECRET",
        || google().upstream_client_secret(format!("{CANARY}\n")),
    ),
    (
        "FM0212",
        "`resource`",
        ".extra_authorization_params(…)",
        || google().extra_authorization_params([("resource", "x")]),
    ),
    ("FM0409", "`max_body`", ".max_body(…)", || {
        open().max_body(0)
    }),
    (
        "FM0409",
        "`max_connections`",
        ".max_connections(…)",
        || open().max_connections(0),
    ),
    ("FM0409", "`registrations`", ".rate_limits(…)", || {
        google().rate_limits("registrations=0/min".parse().unwrap())
    }),
    ("FM0512", "`rate_limits`", ".rate_limits(…)", || {
        open().rate_limits(RateLimits::OFF)
    }),
    ("FM0941", "no", "`FASTMCP_REGISTRATION`", || {
        google().registration(Registration::Limited)
    }),
    (
        "FM0941",
        "changes nothing",
        "`FASTMCP_REGISTRATION`",
        || google().initial_access_token(CANARY),
    ),
    ("FM0942", "twice", ".clients(…)", || {
        let desk = || ConfiguredClient::public("desk", ["https://desk.test/cb"]);
        google().clients([desk(), desk()])
    }),
    ("FM0916", "`app.test`", ".allowed_origins(…)", || {
        open().allowed_origins(["app.test"])
    }),
    (
        "FM0917",
        "`Example.com`",
        ".client_id_metadata_allowed_domains(…)",
        || google().client_id_metadata_allowed_domains(["example.com", "Example.com"]),
    ),
    (
        "FM0917",
        "`*.example.com`",
        ".client_id_metadata_denied_domains(…)",
        || google().client_id_metadata_denied_domains(["*.example.com"]),
    ),
    ("FM0918", "port 0", ".client_id_metadata_ports(…)", || {
        google().client_id_metadata_ports([443, 0])
    }),
    (
        "FM0924",
        "`client_secret` in its query",
        ".upstream_token_endpoint(…)",
        || {
            let secret = format!("https://id.example.com/token?client_secret={CANARY}");
            at(custom()).upstream_token_endpoint(secret)
        },
    ),
    (
        "FM0303",
        "`token_endpoint` with a user",
        "OAUTH_TOKEN_ENDPOINT",
        || {
            let secret = format!("https://u:{CANARY}@id.example.com/token");
            at(custom()).upstream_token_endpoint(secret)
        },
    ),
    ("FM0301", "`issuer` is not a URL", "OAUTH_ISSUER", || {
        at(custom()
            .issuer("id")
            .jwks_uri("https://id.example.com/keys"))
    }),
    ("FM0910", "another spelling", ".base_url(…)", || {
        google().base_url("https://Notes.example.com")
    }),
    (
        "FM0512",
        "`secret_previous` without `auth`",
        ".secret_previous(…)",
        || open().secret_previous(CANARY),
    ),
    ("FM0512", "`store` without `auth`", "FASTMCP_STORE", || {
        open().store("memory")
    }),
];
