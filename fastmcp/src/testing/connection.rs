//! A client of the server, as somebody.

use std::fmt;
use std::sync::{Arc, Mutex};

use http::HeaderName;
use serde_json::{Map, Value, json};

use super::conversation::{Conversation, Headers, encoded};
use super::line::Line;
use super::questions::{Questions, said};
use super::{Answer, Asked, Error, Listing, Reply, Revision};
use crate::auth::Rule;

/// What a test may know of the server that a client may not.
pub(super) trait Behind: Send + Sync {
    /// The rule of what a request is about.
    fn rule(&self, method: &str, target: &str) -> Option<Rule>;
}

/// One client of a server under test, as a signed-in caller or as nobody.
///
/// Everything it does is a request as any client sends it, and passes the server's own gate.
pub struct Connection {
    conversation: Conversation,
    caller: Option<super::Caller>,
    behind: Option<Arc<dyn Behind>>,
}

impl Connection {
    pub(super) fn new(
        line: Line,
        token: Option<String>,
        caller: Option<super::Caller>,
        behind: Option<Arc<dyn Behind>>,
    ) -> Self {
        Self {
            caller,
            behind,
            ..Self::sharing(line, Arc::new(Mutex::new(token)))
        }
    }

    /// One whose token others may exchange.
    pub(super) fn sharing(line: Line, token: Arc<Mutex<Option<String>>>) -> Self {
        let (revision, questions) = (Revision::default(), Questions::default());
        Self {
            conversation: Conversation::new(line, revision, token, questions),
            caller: None,
            behind: None,
        }
    }

    /// The same caller by another revision of the protocol, default
    /// [`Revision::V2026_07_28`].
    #[must_use]
    pub fn speaking(self, revision: Revision) -> Self {
        self.changed(|_, known| *known = revision)
    }

    /// Answers forms and pages that a tool shows the person. Without it, this client does not say
    /// that it can show any.
    ///
    /// ```
    /// # use fastmcp::{prelude::*, testing::{Client, Reply}};
    /// # use serde_json::json;
    /// # #[derive(Deserialize, JsonSchema)] struct Table { seats: u32 }
    /// # /// Book a table.
    /// # #[tool]
    /// # async fn book(cx: &Context) -> Result<String> {
    /// #     let table: Table = cx.elicit("A table for how many?").await?.required()?;
    /// #     Ok(format!("a table for {}", table.seats))
    /// # }
    /// # /// Books tables.
    /// # #[server]
    /// # struct Tables;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), fastmcp::testing::Error> {
    /// let guest = Client::of(Tables).anonymous().on_elicit(|asked| {
    ///     assert_eq!(asked.message(), "A table for how many?");
    ///     Reply::Accept(json!({ "seats": 2 }))
    /// });
    /// assert_eq!(guest.call("book", json!({})).await?.text(), "a table for 2");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn on_elicit(self, answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        self.changed(|questions, _| questions.elicit = Some(Arc::new(answer)))
    }

    /// Answers for the client's model, in one text.
    #[must_use]
    pub fn on_sample<T: Into<String>>(
        self,
        answer: impl Fn(&Asked) -> T + Send + Sync + 'static,
    ) -> Self {
        self.on_sample_raw(move |asked| {
            let text: String = answer(asked).into();
            said(&text)
        })
    }

    /// Answers for the client's model with a whole `CreateMessageResult` of the schema.
    #[must_use]
    pub fn on_sample_raw(self, answer: impl Fn(&Asked) -> Value + Send + Sync + 'static) -> Self {
        self.changed(|questions, _| questions.sample = Some(Arc::new(answer)))
    }

    /// The roots that this client works on: URI and name of each.
    #[must_use]
    pub fn roots<U: Into<String>, N: Into<String>>(
        self,
        roots: impl IntoIterator<Item = (U, N)>,
    ) -> Self {
        let roots = roots.into_iter().map(|(uri, name)| {
            let (uri, name): (String, String) = (uri.into(), name.into());
            json!({ "uri": uri, "name": name })
        });
        self.changed(|questions, _| questions.roots = Some(roots.collect()))
    }

    /// A client is what it said at the handshake, so a changed one begins anew.
    fn changed(self, change: impl FnOnce(&mut Questions, &mut Revision)) -> Self {
        let old = self.conversation;
        let (mut questions, mut revision) = (old.questions, old.revision);
        change(&mut questions, &mut revision);
        Self {
            conversation: Conversation::new(old.line, revision, old.token, questions),
            ..self
        }
    }

    /// Calls a tool; `arguments` is an object.
    ///
    /// # Errors
    /// The gate refused, the tool failed ([`Error::Failed`]), or there is no such tool.
    pub async fn call(&self, tool: &str, arguments: Value) -> Result<Answer, Error> {
        let params = named([("name", tool.into()), ("arguments", arguments.clone())]);
        let none = Headers::new();
        let called = self.ask("tools/call", tool, params.clone(), &none);
        let answer = match called.await {
            // Some tools have arguments repeated in headers, which a client learns from the list.
            Err(Error::Rpc { code: -32020, .. }) if !self.conversation.revision.has_sessions() => {
                let headers = self.mirrored(tool, &arguments).await?;
                self.ask("tools/call", tool, params, &headers).await?
            }
            other => other?,
        };
        if answer.is_error() {
            return Err(Error::Failed(Box::new(answer)));
        }
        Ok(answer)
    }

    /// Reads a resource.
    ///
    /// # Errors
    /// The gate refused, reading failed, or there is no such resource.
    pub async fn read(&self, uri: &str) -> Result<Answer, Error> {
        let params = named([("uri", uri.into())]);
        let headers = Headers::new();
        self.ask("resources/read", uri, params, &headers).await
    }

    /// Gets a prompt; `arguments` is an object of texts.
    ///
    /// # Errors
    /// The gate refused, getting it failed, or there is no such prompt.
    pub async fn prompt(&self, name: &str, arguments: Value) -> Result<Answer, Error> {
        let params = named([("name", name.into()), ("arguments", arguments)]);
        let headers = Headers::new();
        self.ask("prompts/get", name, params, &headers).await
    }

    /// What `typed` may become as `argument` of a prompt.
    ///
    /// # Errors
    /// The gate refused, or there is no such prompt or argument.
    pub async fn complete_prompt(
        &self,
        prompt: &str,
        argument: &str,
        typed: &str,
    ) -> Result<Vec<String>, Error> {
        let of = json!({ "type": "ref/prompt", "name": prompt });
        self.complete(of, prompt, argument, typed).await
    }

    /// What `typed` may become as a variable of a template, which is written as it is listed.
    ///
    /// # Errors
    /// The gate refused, or there is no such template or variable.
    pub async fn complete_template(
        &self,
        template: &str,
        variable: &str,
        typed: &str,
    ) -> Result<Vec<String>, Error> {
        let of = json!({ "type": "ref/resource", "uri": template });
        self.complete(of, template, variable, typed).await
    }

    async fn complete(
        &self,
        of: Value,
        target: &str,
        argument: &str,
        typed: &str,
    ) -> Result<Vec<String>, Error> {
        let argument = json!({ "name": argument, "value": typed });
        let params = named([("ref", of), ("argument", argument)]);
        let none = Headers::new();
        let asked = self.ask("completion/complete", target, params, &none);
        let answer = asked.await?;
        let values = answer.raw()["completion"]["values"].clone();
        serde_json::from_value(values).map_err(Error::broken)
    }

    /// The tools that this caller is shown.
    ///
    /// # Errors
    /// Somebody has to sign in first.
    pub async fn list_tools(&self) -> Result<Listing, Error> {
        self.list("tools/list", "tools").await
    }

    /// The resources that this caller is shown.
    ///
    /// # Errors
    /// Somebody has to sign in first, or the server has none.
    pub async fn list_resources(&self) -> Result<Listing, Error> {
        self.list("resources/list", "resources").await
    }

    /// The templates of resources that this caller is shown.
    ///
    /// # Errors
    /// Somebody has to sign in first, or the server has none.
    pub async fn list_templates(&self) -> Result<Listing, Error> {
        self.list("resources/templates/list", "resourceTemplates")
            .await
    }

    /// The prompts that this caller is shown.
    ///
    /// # Errors
    /// Somebody has to sign in first, or the server has none.
    pub async fn list_prompts(&self) -> Result<Listing, Error> {
        self.list("prompts/list", "prompts").await
    }

    async fn list(&self, method: &str, member: &str) -> Result<Listing, Error> {
        let mut items = Vec::new();
        let mut params = Map::new();
        loop {
            let page = self.ask(method, "", params, &Headers::new()).await?;
            let found = page.raw()[member].as_array();
            items.extend(found.into_iter().flatten().cloned());
            match page.raw().get("nextCursor") {
                Some(cursor) => params = named([("cursor", cursor.clone())]),
                None => return Ok(Listing::new(items)),
            }
        }
    }

    /// Any request; what the protocol wants beside `params`, an object, is added.
    ///
    /// # Errors
    /// As of the other methods; a tool that failed is an answer here.
    pub async fn request(&self, method: &str, params: Value) -> Result<Answer, Error> {
        let target = params.get("name").or_else(|| params.get("uri"));
        let target = target.and_then(Value::as_str).unwrap_or_default();
        let target = target.to_owned();
        let Value::Object(params) = params else {
            return Err(Error::Broken("`params` must be an object".to_owned()));
        };
        self.ask(method, &target, params, &Headers::new()).await
    }

    async fn ask(
        &self,
        method: &str,
        target: &str,
        params: Map<String, Value>,
        headers: &Headers,
    ) -> Result<Answer, Error> {
        let told = self.conversation.request(method, params, headers).await;
        let told = told.map_err(|error| self.explained(method, target, error))?;
        Ok(Answer::new(told.result, &told.notices))
    }

    /// Adds to a refusal what clients are not told.
    fn explained(&self, method: &str, target: &str, mut error: Error) -> Error {
        if let (Error::Refused(refused), Some(behind), Some(caller)) =
            (&mut error, &self.behind, &self.caller)
            && refused.status == 403
            && let Some(rule) = behind.rule(method, target)
        {
            let lacks = |role: &&str| !caller.roles.contains(*role);
            let roles = rule.roles().into_iter().filter(lacks);
            refused.roles = roles.map(str::to_owned).collect();
        }
        error
    }

    /// The headers that the tool's schema asks for (`x-mcp-header`).
    async fn mirrored(&self, tool: &str, arguments: &Value) -> Result<Headers, Error> {
        let tools = self.list_tools().await?;
        let schema = tools
            .get(tool)
            .map(|tool| &tool["inputSchema"]["properties"]);
        let properties = schema.and_then(Value::as_object).into_iter().flatten();
        let headers = properties.filter_map(|(argument, part)| {
            let header = part.get("x-mcp-header")?.as_str()?;
            let value = match arguments.get(argument)? {
                Value::Null => return None,
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            let name = HeaderName::try_from(format!("mcp-param-{header}"));
            Some((name.ok()?, encoded(&value)))
        });
        Ok(headers.collect())
    }
}

fn named<const N: usize>(params: [(&str, Value); N]) -> Map<String, Value> {
    let params = params.into_iter();
    params
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let caller = self.caller.as_ref().map(|caller| &caller.subject);
        f.debug_struct("Connection")
            .field("caller", &caller)
            .field("revision", &self.conversation.revision)
            .finish_non_exhaustive()
    }
}
