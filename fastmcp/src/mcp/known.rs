//! What a test may know of an endpoint that its clients may not.

use super::Endpoint;
use crate::auth::Rule;

impl Endpoint {
    /// The rule of the item that a request of `method` for `target` (a name or an address) is
    /// about.
    pub(crate) fn rule(&self, method: &str, target: &str) -> Option<Rule> {
        let dispatcher = &self.0.dispatcher;
        let registry = dispatcher.registry();
        let prompt = || Some(dispatcher.rule(registry.prompt(target)?));
        match method {
            "tools/call" => Some(dispatcher.rule(registry.tool(target)?)),
            "resources/read" => Some(dispatcher.rule(registry.resource(target)?.0)),
            "prompts/get" => prompt(),
            "completion/complete" => {
                let template = || Some(dispatcher.rule(registry.template(target)?));
                prompt().or_else(template)
            }
            _ => None,
        }
    }
}
