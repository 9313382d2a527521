//! Callers of every kind, in process, by every revision.

use fastmcp::auth::TokenUnavailable;
use fastmcp::testing::{Caller, Client, Error, Revision};
use serde_json::json;

use crate::notes;
use crate::notes::Written;

#[tokio::test]
async fn a_caller_may_what_its_session_says() {
    let server = Client::of(notes());
    for revision in Revision::ALL {
        let admin = Caller::new("ada").role("admin");
        let admin = server.signed_in(admin).speaking(revision);
        let answer = admin.call("purge", json!({ "days": 3 })).await.unwrap();
        assert_eq!(answer.text(), "notes of 3 days deleted", "{revision}");

        let refused = admin.call("write", json!({ "text": "x" })).await;
        let refused = refused.unwrap_err();
        assert_eq!(refused.missing_scopes(), ["notes:write"], "{revision}");
        assert!(refused.missing_roles().is_empty(), "{refused}");

        let reader = Caller::new("bob").scope("notes:write");
        let reader = server.signed_in(reader).speaking(revision);
        let answer = reader.call("write", json!({ "text": "four" })).await;
        let written: Written = answer.unwrap().json().unwrap();
        assert_eq!(written, Written { length: 4 });
        let refused = reader.call("purge", json!({ "days": 3 })).await;
        let refused = refused.unwrap_err();
        assert_eq!(refused.refused().unwrap().status(), 403, "{refused}");
        assert_eq!(refused.missing_roles(), ["admin"], "{revision}");

        let stranger = server.anonymous().speaking(revision);
        let refused = stranger.call("purge", json!({ "days": 3 })).await;
        assert!(refused.unwrap_err().is_sign_in(), "{revision}");
    }
}

#[tokio::test]
async fn a_stranger_may_what_is_public() {
    let server = Client::of(notes());
    for revision in Revision::ALL {
        let stranger = server.anonymous().speaking(revision);
        let answer = stranger.call("hello", json!({})).await.unwrap();
        assert_eq!(answer.text(), "hello");
        let refused = stranger.read("docs://style").await;
        assert!(refused.unwrap_err().is_sign_in(), "{revision}");
    }
}

#[tokio::test]
async fn a_list_shows_what_the_caller_may_use() {
    let server = Client::of(notes());
    for revision in Revision::ALL {
        let reader = server.signed_in(Caller::new("bob")).speaking(revision);
        let tools = reader.list_tools().await.unwrap();
        assert!(tools.get("purge").is_none(), "{tools:?}");
        assert!(tools.names().contains(&"hello"), "{tools:?}");
        let admin = server.signed_in(Caller::new("ada").role("admin"));
        let tools = admin.speaking(revision).list_tools().await.unwrap();
        let purge = tools.get("purge").unwrap();
        assert_eq!(purge["annotations"]["destructiveHint"], true);
        assert_eq!(purge["inputSchema"]["required"], json!(["days"]));
    }
}

#[tokio::test]
async fn a_caller_has_a_token_of_the_provider_and_claims() {
    let server = Client::of(notes());
    let ada = Caller::new("ada")
        .upstream_token("s3cret")
        .email("a@example.com");
    let ada = server.signed_in(ada.claim("team", "blue"));
    let answer = ada.call("whoami", json!({})).await.unwrap();
    assert_eq!(answer.text(), "ada s3cret");
    for (claim, value) in [("team", "\"blue\""), ("email_verified", "true")] {
        let answer = ada.call("claim", json!({ "of": claim })).await.unwrap();
        assert_eq!(answer.text(), value);
    }
    let gone = Caller::new("ada").upstream_fails(TokenUnavailable::SignInAgain);
    let failed = server.signed_in(gone).call("whoami", json!({})).await;
    let failed = failed.unwrap_err();
    assert!(matches!(failed, Error::Failed(_)), "{failed}");
    assert!(failed.text().contains("sign in again"), "{failed}");
}

#[tokio::test]
async fn what_fails_is_no_answer() {
    let server = Client::of(notes());
    for revision in Revision::ALL {
        let bob = Caller::new("bob").scope("notes:write");
        let bob = server.signed_in(bob).speaking(revision);
        let failed = bob.call("write", json!({ "text": "" })).await.unwrap_err();
        assert_eq!(failed.text(), "a note needs words");
        assert!(matches!(failed, Error::Failed(_)), "{failed}");
        let unfit = bob.call("write", json!({ "text": 5 })).await.unwrap_err();
        assert!(matches!(unfit, Error::Failed(_)), "{unfit}");
        let unknown = bob.call("wirte", json!({})).await.unwrap_err();
        assert_eq!(unknown.code(), Some(-32602), "{unknown}");
    }
}

#[tokio::test]
async fn what_is_turned_off_is_gone() {
    let server = notes().into_server();
    let control = server.control();
    let bob = Client::of(server).signed_in(Caller::new("bob"));
    control.disable_tool("hello").unwrap();
    assert!(bob.list_tools().await.unwrap().get("hello").is_none());
    assert_eq!(
        bob.call("hello", json!({})).await.unwrap_err().code(),
        Some(-32602)
    );
}

#[test]
#[should_panic(
    expected = "role `admn` is not declared on server `Notes`; declared roles: [\"admin\"]"
)]
fn a_misspelt_role_is_no_refusal() {
    Client::of(notes()).signed_in(Caller::new("ada").role("admn"));
}

#[test]
#[should_panic(expected = "scope `notes:wirte` is not declared on server `Notes`")]
fn a_misspelt_scope_is_no_refusal() {
    Client::of(notes()).signed_in(Caller::new("ada").scope("notes:wirte"));
}

#[test]
fn what_cannot_start_says_why() {
    let problems = Client::try_of(notes().into_server().name("")).unwrap_err();
    assert_eq!(problems.problems().len(), 1, "{problems}");
}
