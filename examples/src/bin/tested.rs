//! A server and its tests: `cargo test -p examples --bin tested`.

use fastmcp::prelude::*;

/// Say hello to whoever is signed in.
#[tool(requires_auth)]
fn hello(user: &AuthSession) -> String {
    format!("Hello, {}!", user.subject())
}

/// Delete every note older than `days`.
#[tool(roles = ["admin"], destructive)]
fn purge(days: u32) -> String {
    format!("notes older than {days} days are gone")
}

/// Notes for a small team.
#[server(auth = dev(allow_release), roles = ["admin"])]
struct Notes;

#[tokio::main]
async fn main() -> fastmcp::Result<()> {
    Notes.serve().await
}

#[cfg(test)]
mod tests {
    use fastmcp::testing::{Caller, Client, Error, TestServer};
    use serde_json::json;

    use super::Notes;

    #[tokio::test]
    async fn only_admins_purge() -> Result<(), Error> {
        let notes = Client::of(Notes); // in this process, without a login
        let admin = notes.signed_in(Caller::new("ada").role("admin"));
        let answer = admin.call("purge", json!({ "days": 3 })).await?;
        assert_eq!(answer.text(), "notes older than 3 days are gone");

        let reader = notes.signed_in(Caller::new("bob"));
        assert_eq!(reader.list_tools().await?.names(), ["hello"]);
        let refused = reader.call("purge", json!({ "days": 3 })).await;
        assert_eq!(refused.unwrap_err().missing_roles(), ["admin"]);
        Ok(())
    }

    #[tokio::test]
    async fn a_login_lasts_as_long_as_the_provider_honours_it() {
        let server = TestServer::start(Notes).await; // on a free port, beside a provider
        let ada = server.log_in(Caller::new("ada")).await.unwrap();
        let answer = ada.connection().call("hello", json!({})).await.unwrap();
        assert_eq!(answer.text(), "Hello, ada!");

        server.clock().by(7200);
        let late = ada.connection().call("hello", json!({})).await;
        assert!(late.unwrap_err().is_sign_in());
        ada.refresh().await.unwrap();
    }
}
