//! GitHub organisations and teams: what is asked, and what each answer means.

use serde_json::json;

use super::super::{Memberships, SignedIn, UpstreamError};
use super::stub::{Reply, Stub, code, json, options, upstream};
use crate::provider::github;

const ORGANIZATION: &str = "/user/memberships/orgs/acme";
const TEAM: &str = "/orgs/acme/teams/ops/memberships/octocat";

async fn sign_in(organization: Reply, team: Reply) -> (Stub, Result<SignedIn, UpstreamError>) {
    let stub = Stub::start(move |call| match call.path.as_str() {
        "/token" => json(json!({ "access_token": "at" })),
        "/user" => json(json!({ "id": 583_231, "login": "octocat" })),
        "/emails" => json("").status(404),
        ORGANIZATION => organization.clone(),
        TEAM => team.clone(),
        other => panic!("unexpected call of {other}"),
    })
    .await;
    let provider = github()
        .token_endpoint(stub.at("/token"))
        .userinfo_endpoint(stub.at("/user"))
        .emails_endpoint(stub.at("/emails"))
        .membership_api(&stub.url);
    let mut options = options("read:user read:org");
    options.memberships = Memberships {
        organizations: vec!["acme".to_owned()],
        teams: vec![("acme".to_owned(), "ops".to_owned())],
    };
    let signed_in = upstream(provider, options)
        .exchange(&code(), "s", None)
        .await;
    (stub, signed_in)
}

fn state(state: &str) -> Reply {
    json(json!({ "state": state, "role": "member" }))
}

#[tokio::test]
async fn an_active_member_is_one_and_nobody_else() {
    let (stub, signed_in) = sign_in(state("active"), state("active")).await;
    let identity = signed_in.unwrap().identity;
    assert!(identity.organizations.contains("acme"));
    assert!(identity.teams.contains("acme/ops"));
    for path in [ORGANIZATION, TEAM] {
        assert_eq!(stub.call(path).header("authorization"), Some("Bearer at"));
    }
    let no = |status| json(json!({ "message": "no" })).status(status);
    for other in [state("pending"), no(404), no(403)] {
        let (_, signed_in) = sign_in(other.clone(), other).await;
        let identity = signed_in.unwrap().identity;
        assert!(identity.organizations.is_empty() && identity.teams.is_empty());
    }
}

#[tokio::test]
async fn an_answer_that_is_none_is_no_verdict() {
    let throttled = |name, value| json("{}").status(403).header(name, value);
    for down in [
        json("").status(502),
        throttled("retry-after", "60"),
        throttled("x-ratelimit-remaining", "0"),
    ] {
        let (_, answer) = sign_in(down, state("active")).await;
        assert!(matches!(answer, Err(UpstreamError::Unavailable { .. })));
    }
    for odd in [json("[]"), json("").status(401)] {
        let (_, answer) = sign_in(odd, state("active")).await;
        assert_eq!(answer.unwrap_err(), UpstreamError::BadAnswer);
    }
}
