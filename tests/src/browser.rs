//! A person's browser without scripts: a cookie jar, redirects one by one, forms by hand.

use std::sync::Arc;

use reqwest::cookie::{CookieStore as _, Jar};
use url::Url;

use crate::form::Form;
use crate::http::{Answer, Diary, FORM, Http, encode};
use crate::nodes::Nodes;

/// More hops than any honest login has.
const HOPS: usize = 15;

/// One browser; clones share its cookies, as tabs do.
#[derive(Clone)]
pub struct Browser {
    http: Http,
    jar: Arc<Jar>,
}

impl Default for Browser {
    fn default() -> Self {
        Self::new()
    }
}

/// Where a walk ended.
#[derive(Clone, Debug)]
pub enum Landing {
    /// The client was called back here; the browser did not go there.
    Client(Url),
    /// A page to look at.
    Page(Answer),
}

impl Landing {
    /// The call to the client; anything else fails the test.
    pub fn client(self) -> Url {
        match self {
            Self::Client(url) => url,
            Self::Page(page) => panic!("expected a redirect to the client, got {page:?}"),
        }
    }

    /// The page; anything else fails the test.
    pub fn page(self) -> Answer {
        match self {
            Self::Page(page) => page,
            Self::Client(url) => panic!("expected a page, but the client was called at {url}"),
        }
    }
}

impl Browser {
    /// A new one, without cookies.
    pub fn new() -> Self {
        let jar = Arc::new(Jar::default());
        Self {
            http: Http::with_cookies(Arc::clone(&jar)),
            jar,
        }
    }

    /// A new one that reaches the server at one of these nodes by chance.
    pub fn through(nodes: &Nodes) -> Self {
        Self::new().by_way_of(nodes)
    }

    /// The same one, with its cookies, by way of these nodes.
    #[must_use]
    pub fn by_way_of(mut self, nodes: &Nodes) -> Self {
        self.http = self.http.through(nodes);
        self
    }

    /// The same one, in front of which every answer is written down.
    #[must_use]
    pub fn recording(mut self, diary: &Diary) -> Self {
        self.http = self.http.recording(diary);
        self
    }

    /// The `Cookie` header that it would send there.
    pub fn cookies(&self, url: &str) -> Option<String> {
        let url = Url::parse(url).expect("a URL");
        let header = self.jar.cookies(&url)?;
        header.to_str().ok().map(Into::into)
    }

    /// One `GET`, redirects not followed.
    pub async fn get(&self, url: &str) -> Answer {
        self.http.get(url).await
    }

    /// Opens a URL and follows redirects until a page, or until the client is called.
    pub async fn open(&self, url: &str, client: &str) -> Landing {
        self.follow(self.get(url).await, client).await
    }

    /// Presses a button of the page's form (by its value) after filling it in; one answer.
    pub async fn press(
        &self,
        page: &Answer,
        button: Option<&str>,
        fill: impl FnOnce(&mut Form),
    ) -> Answer {
        let mut form = Form::find(&page.body).unwrap_or_else(|| panic!("no form in {page:?}"));
        fill(&mut form);
        let url = page
            .url
            .join(&form.action)
            .expect("a form is sent to a URL");
        let origin = page.url.origin().ascii_serialization();
        let headers = [
            ("content-type", FORM),
            ("accept", "text/html"),
            ("origin", origin.as_str()),
            ("sec-fetch-site", "same-origin"),
        ];
        let body = encode(&form.pressed(button));
        self.http.send("POST", url.as_str(), &headers, body).await
    }

    /// Follows redirects until a page, or until the client is called.
    pub async fn follow(&self, mut answer: Answer, client: &str) -> Landing {
        for _ in 0..HOPS {
            let Some(next) = answer.location() else {
                return Landing::Page(answer);
            };
            if next.as_str().starts_with(client) {
                return Landing::Client(next);
            }
            answer = self.get(next.as_str()).await;
        }
        panic!("a redirect loop; the last answer: {answer:?}");
    }

    /// Goes all the way as a person who agrees: says yes on every page until the client is called.
    pub async fn agree(&self, url: &str, client: &str, fill: impl Fn(&mut Form)) -> Url {
        let mut landing = self.open(url, client).await;
        for _ in 0..4 {
            let page = match landing {
                Landing::Client(url) => return url,
                Landing::Page(page) => page,
            };
            assert_eq!(page.status, 200, "{page:?}");
            let form = Form::find(&page.body).unwrap_or_else(|| panic!("no form in {page:?}"));
            let yes = form.buttons.iter().any(|(_, value)| value == "approve");
            let answer = self
                .press(&page, yes.then_some("approve"), |form| fill(form))
                .await;
            landing = self.follow(answer, client).await;
        }
        panic!("the login has more pages than a person would read: {landing:?}");
    }
}
