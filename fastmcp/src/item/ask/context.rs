//! What a call can ask its client.

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{
    AskError, Capability, Elicited, Question, Root, Sampled, Sampling, check, form, roots,
};
use crate::item::{Context, Schema};

const ELICIT: &str = "elicitation/create";

/// Questions. Each answers with an [`AskError`] where the client did not declare that it can be
/// asked; [`Context::client_can`] tells before.
impl Context {
    /// Shows the person a form for `T` and gives back what they sent (`elicitation/create`,
    /// 2026-07-28 client/elicitation). `T` is a struct of text, numbers, `bool`, enums without data
    /// and lists of such enums; `Option` makes a field optional, `#[serde(default)]` fills it, a doc
    /// comment describes it, and on a variant of an enum it is what the person reads. Secrets
    /// (passwords, keys, card numbers) must not be asked for here: [`Context::elicit_url`].
    ///
    /// # Errors
    /// The answer is an [`AskError`] if the client cannot be asked or does not answer, and
    /// [`AskError::Malformed`] if `T` is more than a form can be.
    ///
    /// ```
    /// use fastmcp::prelude::*;
    ///
    /// /// A booking.
    /// #[derive(Deserialize, JsonSchema)]
    /// struct Booking {
    ///     /// How many people come.
    ///     guests: u8,
    ///     /// Anything that the kitchen should know.
    ///     wishes: Option<String>,
    /// }
    ///
    /// /// Book a table.
    /// #[tool]
    /// async fn book(cx: &Context, day: String) -> Result<String> {
    ///     let booking: Booking = cx.elicit(format!("A table on {day}?")).await?.required()?;
    ///     Ok(format!("{day}, {} people, {:?}", booking.guests, booking.wishes))
    /// }
    /// ```
    pub fn elicit<'a, T>(&'a self, message: impl Into<String>) -> Question<'a, Elicited<T>>
    where
        T: JsonSchema + DeserializeOwned + 'a,
    {
        self.form(&message.into(), form::of::<T>(), |content| {
            T::deserialize(Value::Object(content)).map_err(|error| error.to_string())
        })
    }

    /// As [`Context::elicit`], with a schema written by hand; the answer is checked by it.
    ///
    /// # Errors
    /// The answer is [`AskError::Malformed`] if the schema is not that of one flat object.
    pub fn elicit_schema(
        &self,
        message: impl Into<String>,
        schema: Value,
    ) -> Question<'_, Elicited<Schema>> {
        self.form(&message.into(), form::written(schema), Ok)
    }

    fn form<'a, T: 'a>(
        &'a self,
        message: &str,
        form: Result<Schema, String>,
        decode: impl Fn(Schema) -> Result<T, String> + Send + Sync + 'a,
    ) -> Question<'a, Elicited<T>> {
        let params = form.clone().map_err(AskError::Malformed);
        let params = params.map(|form| json!({ "message": message, "requestedSchema": form }));
        let form = form.unwrap_or_default();
        let read = move |result: &Value| {
            Elicited::read(result, |content| decode(check::content(&form, content)?))
        };
        Question::new(self, Capability::Elicitation, ELICIT, params, read)
    }

    /// Asks the person to open a page, for what must not pass through the client: credentials, a
    /// payment, a login elsewhere. `Accepted` says that they agreed to open it, not what they did
    /// there. The address must hold nothing secret and give nobody rights by itself, and whoever
    /// opens it must be checked to be this user (2026-07-28 client/elicitation, "Safe URL Handling"
    /// and "Phishing").
    ///
    /// # Errors
    /// The answer is [`AskError::Malformed`] if `url` is not absolute with `https`, or `http`.
    pub fn elicit_url(
        &self,
        message: impl Into<String>,
        url: impl Into<String>,
    ) -> Question<'_, Elicited<()>> {
        let url = url.into();
        let params = match url.parse::<http::Uri>() {
            Ok(uri) if matches!(uri.scheme_str(), Some("http" | "https")) => {
                Ok(json!({ "mode": "url", "message": message.into(), "url": url }))
            }
            _ => Err(AskError::Malformed(
                "the address of a page begins with `https://` or `http://`".to_owned(),
            )),
        };
        let read = |result: &Value| Elicited::read(result, |_| Ok(()));
        Question::new(self, Capability::UrlElicitation, ELICIT, params, read)
    }

    /// Has the client's model answer (`sampling/createMessage`; 2026-07-28 calls it deprecated).
    ///
    /// ```
    /// use fastmcp::item::Sampling;
    /// use fastmcp::prelude::*;
    ///
    /// /// A title for a text.
    /// #[tool]
    /// async fn title(cx: &Context, text: String) -> Result<String> {
    ///     let request = Sampling::new(format!("A title for: {text}")).max_tokens(30);
    ///     Ok(cx.sample(request).await?.text())
    /// }
    /// ```
    pub fn sample(&self, request: impl Into<Sampling>) -> Question<'_, Sampled> {
        let request = request.into();
        let needs = if request.has_tools() {
            Capability::SamplingTools
        } else {
            Capability::Sampling
        };
        let params = serde_json::to_value(&request);
        let params = params.map_err(|error| AskError::Malformed(error.to_string()));
        Question::new(self, needs, "sampling/createMessage", params, Sampled::read)
    }

    /// The places that the client works on (`roots/list`; 2026-07-28 calls it deprecated).
    pub fn roots(&self) -> Question<'_, Vec<Root>> {
        Question::new(
            self,
            Capability::Roots,
            "roots/list",
            Ok(json!({})),
            roots::read,
        )
    }

    /// Whether the client of this call can be asked for this, so that a tool can do without.
    pub fn client_can(&self, capability: Capability) -> bool {
        let asker = self.asker();
        asker.is_some_and(|asker| asker.capabilities().has(capability))
    }
}
