use axum::Router;
use axum::routing::get;

use super::*;
use crate::auth::Principal;

struct Fake;

impl Authenticator for Fake {
    fn authenticate<'a>(
        &'a self,
        token: &'a str,
    ) -> BoxFuture<'a, Result<AuthSession, Unauthenticated>> {
        Box::pin(async move {
            match token {
                "ada" => Ok(AuthSession::new(
                    Principal {
                        subject: "ada".to_owned(),
                        scopes: BTreeSet::from(["read".to_owned()]),
                        ..Principal::default()
                    },
                    None,
                )),
                "later" => Err(Unauthenticated::Unavailable {
                    retry_after: Duration::from_secs(7),
                }),
                _ => Err(Unauthenticated::InvalidToken),
            }
        })
    }

    fn resource_metadata(&self) -> &'static str {
        "https://s.test/.well-known/oauth-protected-resource/mcp"
    }
}

async fn ask(rule: Rule, authorization: &[&str]) -> Response {
    let app = Router::new()
        .route(
            "/x",
            get(|user: Option<axum::Extension<AuthSession>>| async move {
                user.map_or("nobody".to_owned(), |user| user.subject().to_owned())
            }),
        )
        .layer(Guard::new(Arc::new(Fake), rule));
    let mut request = Request::get("/x?access_token=ada").header("cookie", "access_token=ada");
    for value in authorization {
        request = request.header("authorization", *value);
    }
    app.oneshot(request.body(Body::empty()).unwrap())
        .await
        .unwrap()
}

fn challenge(response: &Response) -> &str {
    response.headers()["www-authenticate"].to_str().unwrap()
}

#[tokio::test]
async fn only_one_good_token_of_the_right_kind_gets_in() {
    for good in ["Bearer ada", "bearer ada", "BEARER ada"] {
        assert_eq!(ask(Rule::Default, &[good]).await.status(), 200, "{good}");
    }
    for none in [
        &[][..],
        &["Basic YTpi"],
        &["DPoP ada"],
        &["Bearer"],
        &["Bearer "],
        &["ada"],
    ] {
        let response = ask(Rule::Default, none).await;
        assert_eq!(response.status(), 401, "{none:?}");
        assert!(!challenge(&response).contains("error="), "{none:?}");
    }
    for bad in ["Bearer  ada", "Bearer eve", "Bearer a da", "Bearer \"ada\""] {
        let response = ask(Rule::Public, &[bad]).await;
        assert_eq!(response.status(), 401, "{bad}");
        assert!(
            challenge(&response).contains("error=\"invalid_token\""),
            "{bad}"
        );
    }
    for two in [
        &["Bearer ada", "Bearer ada"][..],
        &["Bearer ada, Bearer eve"],
    ] {
        assert_eq!(ask(Rule::Default, two).await.status(), 400);
    }
}

#[tokio::test]
async fn a_refusal_says_what_would_help() {
    let response = ask(
        Rule::All(&[Rule::Scope("read"), Rule::Scope("write")]),
        &["Bearer ada"],
    )
    .await;
    assert_eq!(response.status(), 403);
    assert!(challenge(&response).contains("scope=\"read write\""));
    let response = ask(Rule::Role("admin"), &["Bearer ada"]).await;
    assert_eq!(response.status(), 403);
    assert!(!response.headers().contains_key("www-authenticate"));
    let response = ask(Rule::SignedIn, &["Bearer later"]).await;
    assert_eq!(response.status(), 503);
    assert_eq!(response.headers()["retry-after"], "7");
    assert_eq!(ask(Rule::Public, &[]).await.status(), 200);
}
