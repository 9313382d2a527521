//! Secrets stay where they belong: not in a store, not in a log, not in an answer that is not made
//! to hand them over.

use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde_json::json;
use tests::browser::Browser;
use tests::canary::Canaries;
use tests::client::{REDIRECT, Tokens};
use tests::database::Engine;
use tests::http::{Answer, Diary, Http, parameter};
use tests::idp::{Knobs, RefreshTokens, upstream_client};
use tests::mcp::Mcp;
use tests::own::Own;
use tests::server::Storage;
use tests::world::{Kind, World};
use url::Url;

/// What kind of secret, and where an answer hands it over.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Class {
    /// Tokens and codes of the provider, our secret there, our verifiers: nowhere.
    Upstream,
    /// The client's verifier: nowhere.
    Verifier,
    /// The good answer of the token endpoint.
    Token,
    /// The good answer of the registration.
    ClientSecret,
    /// Where the callback leads.
    Code,
    /// Where the callback, or a refusal, leads.
    State,
    /// Where the consent leads.
    UpstreamState,
    /// `Set-Cookie`.
    Cookie,
}

impl Class {
    /// Whether that part of the answer is made to hold it; the body is the part without a name.
    fn belongs(self, answer: &Answer, part: &str) -> bool {
        let place = (answer.url.path(), answer.status, part);
        match self {
            Self::Upstream | Self::Verifier => false,
            Self::Token => place == ("/oauth/token", 200, ""),
            Self::ClientSecret => place == ("/oauth/register", 201, ""),
            Self::Code | Self::State => place == ("/oauth/callback", 303, "location"),
            Self::UpstreamState => place == ("/oauth/consent", 303, "location"),
            Self::Cookie => part == "set-cookie",
        }
    }
}

/// Everything that was secret in a session, and every answer of it.
struct Session {
    secrets: Vec<(Class, String)>,
    answers: Vec<Answer>,
}

impl Session {
    fn canaries(&self, of: impl Fn(Class) -> bool) -> Canaries {
        let chosen = self.secrets.iter().filter(|(class, _)| of(*class));
        Canaries::of(chosen.map(|(_, secret)| secret))
    }

    /// The answers, part by part.
    fn hold_answers(&self) {
        let classes = [
            Class::Upstream,
            Class::Verifier,
            Class::Token,
            Class::ClientSecret,
            Class::Code,
            Class::State,
            Class::UpstreamState,
            Class::Cookie,
        ];
        for class in classes {
            let canaries = self.canaries(|known| known == class);
            let mut handed_over = 0;
            for answer in &self.answers {
                let headers = answer.headers.iter();
                let headers = headers.map(|(name, value)| (name.as_str(), value.as_bytes()));
                for (part, bytes) in headers.chain([("", answer.body.as_bytes())]) {
                    let found = canaries.within(bytes);
                    if class.belongs(answer, part) {
                        handed_over += usize::from(found.is_some());
                    } else {
                        assert_eq!(found, None, "{class:?} in `{part}` of {answer:?}");
                    }
                }
            }
            // Where one belongs it is found, so it would have been found elsewhere.
            let nowhere = matches!(class, Class::Upstream | Class::Verifier);
            assert_eq!(handed_over == 0, nowhere, "{class:?}: {handed_over}");
        }
    }

    fn hold_log(&self, output: &str) {
        assert!(output.contains("TRACE"), "the log is not at trace");
        let found = self.canaries(|_| true).within(output.as_bytes());
        assert_eq!(found, None, "in the log");
    }

    fn hold_files(&self, directory: &Path) {
        assert_eq!(self.canaries(|_| true).below(directory), None, "in a file");
    }
}

/// All that clients do, the wrong things too.
async fn session(world: &World) -> Session {
    let knobs = Knobs {
        expires_in: json!(1),
        refreshed_expires_in: json!(3600),
        refresh_tokens: RefreshTokens::Rotating,
        ..Knobs::default()
    };
    world.idp.turn(&knobs).await;
    let diary = Diary::new(Mutex::default());
    let http = Http::new().recording(&diary);
    let browser = Browser::new().recording(&diary);
    let client = world.client.by(&http);
    let metadata =
        json!({"redirect_uris": [REDIRECT], "token_endpoint_auth_method": "client_secret_post"});
    let url = client.discovered.endpoint("registration_endpoint");
    let registered = http.post_json(&url, &metadata).await.json();
    let text = |name: &str| registered[name].as_str().expect("a text").to_owned();
    let mut confidential = client.clone();
    (confidential.id, confidential.secret) = (text("client_id"), Some(text("client_secret")));

    let attempt = client.begin();
    let page = browser.open(attempt.url.as_str(), REDIRECT).await.page();
    let approved = browser.press(&page, Some("approve"), |_| {}).await;
    let to_provider = approved.location().expect("a way to the provider");
    let called = browser.follow(approved, REDIRECT).await.client();
    let code = client.code(&attempt, &called);
    let made = tests::now();
    client
        .redeem(&code, "a wrong verifier, as long as a verifier has to be")
        .await;
    let first = Tokens::read(&client.redeem(&code, &attempt.verifier).await);
    while tests::now() <= made {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let mcp = Mcp::by(&http, &world.server.mcp(), &first.access);
    for tool in [
        "whoami",
        "upstream_token_hint",
        "admin_only",
        "no_such_tool",
    ] {
        mcp.call(tool, json!({})).await;
    }
    let second = Tokens::read(&client.refresh(&first.refresh).await);
    assert_eq!(
        world.idp.count("refresh").await,
        1,
        "upstream tokens were renewed"
    );
    // What goes wrong must not be told in full either.
    go_wrong(world, &browser, &called).await;
    confidential.refresh(&second.refresh).await;
    let mcp = Mcp::by(&http, &world.server.mcp(), &second.refresh);
    mcp.request("tools/list", json!({})).await;
    client.redeem(&code, &attempt.verifier).await;
    client.refresh(&second.refresh).await;
    // That ended the login; another one lives on in the store.
    let alive = client.begin();
    let called = browser.agree(alive.url.as_str(), REDIRECT, |_| {}).await;
    let alive_code = client.code(&alive, &called);
    let third = Tokens::read(&client.redeem(&alive_code, &alive.verifier).await);
    // A stranger cannot end it, and a login that its client ends is given back to the provider.
    confidential.revoke(&third.refresh).await;
    let short = client.begin();
    let called = browser.agree(short.url.as_str(), REDIRECT, |_| {}).await;
    let short_code = client.code(&short, &called);
    let fourth = Tokens::read(&client.redeem(&short_code, &short.verifier).await);
    assert_eq!(client.revoke(&fourth.refresh).await.status, 200);

    let cookies = browser.cookies(world.server.base()).expect("a cookie");
    let cookies = cookies.split("; ").filter_map(|pair| pair.split_once('='));
    let mut secrets: Vec<_> = world.idp.issued().await;
    secrets.push(upstream_client().1);
    for call in world.idp.calls("token").await {
        secrets.extend(call.parameter("code_verifier").map(ToOwned::to_owned));
    }
    let mut secrets: Vec<_> = secrets
        .into_iter()
        .map(|it| (Class::Upstream, it))
        .collect();
    secrets.extend(cookies.map(|(_, value)| (Class::Cookie, value.to_owned())));
    let upstream_state = parameter(&to_provider, "state").expect("a state");
    secrets.extend([
        (Class::Verifier, attempt.verifier),
        (Class::Verifier, alive.verifier),
        (Class::Token, first.access),
        (Class::Token, first.refresh),
        (Class::Token, second.access),
        (Class::Token, second.refresh),
        (Class::Token, third.access),
        (Class::Token, third.refresh),
        (Class::Token, fourth.access),
        (Class::Token, fourth.refresh),
        (Class::ClientSecret, text("client_secret")),
        (Class::Code, code),
        (Class::Code, alive_code),
        (Class::State, attempt.state),
        (Class::State, alive.state),
        (Class::UpstreamState, upstream_state),
    ]);
    let answers = std::mem::take(&mut *diary.lock().unwrap_or_else(PoisonError::into_inner));
    let ours = |answer: &Answer| answer.url.as_str().starts_with(world.server.base());
    let answers: Vec<_> = answers.into_iter().filter(ours).collect();
    Session { secrets, answers }
}

/// Sends what the client was told to every wrong address.
async fn go_wrong(world: &World, browser: &Browser, called: &Url) {
    let query = called.query().unwrap_or_default();
    for path in [
        "/oauth/callback",
        "/oauth/authorize",
        "/oauth/token",
        "/oauth/revoke",
        "/nothing",
    ] {
        let url = format!("{}?{query}", world.server.at(path));
        browser.get(&url).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_on_disk_in_a_log_or_in_an_answer() {
    let mut world = World::start_with(Kind::Disk, &[("RUST_LOG", "trace")]).await;
    let session = session(&world).await;
    session.hold_answers();
    world.server.kill().await;
    session.hold_log(&world.output());
    session.hold_files(world.directory.path());
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_in_redis_its_files_or_a_log_beside_it() {
    nothing_in(Engine::Redis).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_in_postgres_its_files_or_a_log_beside_it() {
    nothing_in(Engine::Postgres).await;
}

async fn nothing_in(engine: Engine) {
    let Some(mut database) = Own::start(engine).await else {
        return;
    };
    let storage = Storage::Database(database.address(database.port()));
    let mut world = World::over(&[storage], &[("RUST_LOG", "trace")]).await;
    let session = session(&world).await;
    session.hold_answers();
    let content = database.content().await;
    assert!(
        content.len() > 2_000,
        "{} bytes are no session",
        content.len()
    );
    let found = session.canaries(|_| true).within(&content);
    assert_eq!(found, None, "in {engine:?}");
    database.write_down().await;
    world.server.kill().await;
    session.hold_log(&world.output());
    database.kill();
    session.hold_files(database.directory());
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_may_read_the_store() {
    use std::os::unix::fs::PermissionsExt as _;
    let world = World::start(Kind::Disk).await;
    world.login().await;
    let store = world.directory.path().join("store");
    let mode = |path: &Path| {
        std::fs::metadata(path)
            .expect("metadata")
            .permissions()
            .mode()
            & 0o777
    };
    assert_eq!(mode(&store), 0o700);
    for entry in std::fs::read_dir(&store).expect("the store") {
        let path = entry.expect("an entry").path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
}
