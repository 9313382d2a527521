//! Several nodes behind one base URL, and which of them a request goes to.
//!
//! A balancer deals out connections, so a kept connection stays with its node. A race wants each
//! request at a node of its own choice, over connections that are kept: the client then speaks to
//! the node's port, and the `Host` header says what the balancer would have let through.

use url::Url;

/// The nodes of one server.
#[derive(Clone, Debug)]
pub struct Nodes {
    base: String,
    host: String,
    ports: Vec<u16>,
}

impl Nodes {
    /// The nodes at these ports of this machine, which all call themselves `base`.
    pub fn new(base: &str, ports: Vec<u16>) -> Self {
        let url = Url::parse(base).expect("a base is a URL");
        assert!(!ports.is_empty(), "{base} has no node");
        Self {
            base: base.to_owned(),
            host: url.authority().to_owned(),
            ports,
        }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.ports.len()
    }

    /// Only that one.
    #[must_use]
    pub fn only(&self, node: usize) -> Self {
        Self {
            ports: vec![self.ports[node]],
            ..self.clone()
        }
    }

    /// What the `Host` header says.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// The address of `url` at a node by chance; nothing for a URL of somebody else.
    pub(crate) fn place(&self, url: &str) -> Option<String> {
        let rest = url.strip_prefix(&self.base)?;
        let chance = getrandom::u32().expect("the system has randomness") as usize;
        let port = self.ports[chance % self.ports.len()];
        Some(format!("http://localhost:{port}{rest}"))
    }
}

#[cfg(test)]
mod tests {
    use super::Nodes;

    #[test]
    fn each_request_goes_to_one_of_the_nodes_and_the_rest_of_the_world_is_left_alone() {
        let nodes = Nodes::new("http://localhost:4000", vec![1, 2]);
        let place = || nodes.place("http://localhost:4000/mcp?a=b").expect("ours");
        let places: std::collections::BTreeSet<_> = (0..200).map(|_| place()).collect();
        let expected = [1, 2].map(|port| format!("http://localhost:{port}/mcp?a=b"));
        assert_eq!(places, expected.into());
        let second = nodes.only(1).place("http://localhost:4000/");
        assert_eq!(second.as_deref(), Some("http://localhost:2/"));
        assert_eq!(nodes.place("http://127.0.0.1:4000/"), None);
        let public = Nodes::new("https://s.test", vec![1]);
        assert_eq!(public.host(), "s.test");
        assert_eq!(
            public.place("https://s.test/mcp").as_deref(),
            Some("http://localhost:1/mcp")
        );
    }
}
