//! Every diagnostic once: what it is called, why it comes, what to do. The page
//! `docs/diagnostics.md` is made of this and of the cases.

/// One diagnostic.
#[derive(Clone, Copy, Debug)]
pub struct Diagnostic {
    /// Its code, which never changes its meaning.
    pub code: &'static str,
    /// In a few words.
    pub title: &'static str,
    /// Why it comes.
    pub cause: &'static str,
    /// What to do about it.
    pub cure: &'static str,
    /// Whether it stops the build; otherwise the start.
    pub stops: Stops,
}

/// What a diagnostic stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stops {
    /// The build: at least one case shows it.
    Build,
    /// The build, where trybuild cannot go: a release.
    Release,
    /// The start: only the environment or the whole program can tell.
    Start,
}

type Text = &'static str;

const fn build(code: Text, title: Text, cause: Text, cure: Text) -> Diagnostic {
    Diagnostic {
        code,
        title,
        cause,
        cure,
        stops: Stops::Build,
    }
}

const fn start(code: Text, title: Text, cause: Text, cure: Text) -> Diagnostic {
    let stops = Stops::Start;
    Diagnostic {
        stops,
        ..build(code, title, cause, cure)
    }
}

/// The groups: the first two digits of a code, and their heading.
pub const GROUPS: &[(&str, &str)] = &[
    ("FM01", "The attribute itself"),
    ("FM02", "Identity providers"),
    ("FM03", "URLs and patterns"),
    ("FM04", "Keys, lifetimes, sizes"),
    ("FM05", "Who may call"),
    ("FM06", "Items against their server"),
    ("FM07", "Signatures"),
    ("FM08", "Names and words"),
    ("FM09", "When the server starts"),
];

/// All of them, by code.
pub const DIAGNOSTICS: &[Diagnostic] = &[
    build(
        "FM0101",
        "unknown option",
        "The attribute, or a list of options inside it, has no option of this name.",
        "Take the word that the message suggests, or one from its list.",
    ),
    build(
        "FM0102",
        "given twice",
        "An option or a parameter is there twice, and only one could count.",
        "Remove one of the two.",
    ),
    build(
        "FM0103",
        "wrong kind of value",
        "The option takes another kind of value: a text in quotes, a list, a number, a word.",
        "Write it as in the example that the message gives.",
    ),
    build(
        "FM0104",
        "not an option",
        "Something between two commas is no option: a value alone, `:` in place of `=`, a comma \
         too many.",
        "Write `option` or `option = value`, with one comma between two of them.",
    ),
    build(
        "FM0105",
        "on the wrong item",
        "`#[tool]`, `#[resource]` and `#[prompt]` are for functions, `#[server]` is for structs.",
        "Move the attribute.",
    ),
    build(
        "FM0106",
        "two attributes of ours",
        "The item has two of our attributes; each would register it.",
        "Put all options into one.",
    ),
    build(
        "FM0107",
        "`#[arg]` without options",
        "`#[arg]` says something about a parameter, and here it says nothing.",
        "Give it options in parentheses, or remove it.",
    ),
    build(
        "FM0108",
        "a secret in source code",
        "What stands in source code is in every copy of the repository and in the program itself.",
        "Remove it, set the environment variable that the message names, and replace the secret if \
         the code was shared.",
    ),
    build(
        "FM0201",
        "unknown provider",
        "`auth` names no provider that is built in. A type of your own begins with a capital or is \
         a path with `::`.",
        "Take one of the list, or describe yours by `custom(…)` or `oidc(issuer = \"…\")`.",
    ),
    build(
        "FM0202",
        "a provider in quotes",
        "A provider is a word, so that its options can follow in parentheses.",
        "Remove the quotes.",
    ),
    build(
        "FM0203",
        "a provider of your own with options",
        "A type of your own carries its settings itself.",
        "Name it without parentheses.",
    ),
    build(
        "FM0204",
        "an address is missing",
        "`custom` needs both endpoints, `oidc` its issuer, `okta` its domain, and so on.",
        "Add it; bare `custom` reads everything from `OAUTH_…` variables.",
    ),
    build(
        "FM0205",
        "an address too many",
        "This provider's addresses are known, and another one would be ignored.",
        "Remove it, or use `custom(…)` for a provider at other addresses.",
    ),
    build(
        "FM0206",
        "not a tenant",
        "Entra knows tenants by id, by domain, or as `common`, `organizations` and `consumers`.",
        "Copy the tenant id from the registration in Entra.",
    ),
    build(
        "FM0207",
        "`dev` on a public address",
        "The development sign-in asks nobody for a password.",
        "Use a real provider, or a base URL on this machine.",
    ),
    Diagnostic {
        stops: Stops::Release,
        ..build(
            "FM0208",
            "`dev` in a release",
            "A program built for release is likely to be shipped, and `dev` lets anybody be anybody.",
            "Use a real provider, or write `auth = dev(allow_release)` for a demonstration: it still \
             answers on this machine alone.",
        )
    },
    build(
        "FM0209",
        "not an identity provider",
        "The type in `auth` does not implement `IdentityProvider`.",
        "Implement it: one function that gives a `Provider`.",
    ),
    build(
        "FM0210",
        "half of what verifies ID tokens",
        "An ID token is verified with the issuer's name and the issuer's keys; one of the two \
         verifies nothing.",
        "Give both, or neither and `userinfo_endpoint`.",
    ),
    build(
        "FM0211",
        "unknown way to authenticate",
        "Token endpoints take `client_secret_basic` or `client_secret_post`.",
        "Take the one that your provider documents.",
    ),
    build(
        "FM0212",
        "a parameter of the proxy",
        "The proxy sets this parameter in every authorization request; another value would break or \
         weaken the login.",
        "Remove it.",
    ),
    build(
        "FM0213",
        "no effect on `dev`",
        "The development sign-in is part of the process: nothing is asked over the network, and it \
         has no tokens of its own.",
        "Remove the option, or use a real provider.",
    ),
    build(
        "FM0214",
        "OpenID Connect without `openid`",
        "Without this scope the provider gives no ID token, and nobody knows who signs in (OpenID \
         Connect Core section 3.1.2.1).",
        "Add it.",
    ),
    build(
        "FM0215",
        "not what the provider is found by",
        "A domain or a host is a bare name, without scheme and path; realms, authorization servers \
         and user pools have the names and ids that their consoles show.",
        "Write it as in the help.",
    ),
    build(
        "FM0301",
        "not a URL",
        "The text has no scheme and host that a client could reach.",
        "Write it in full, with `https://`.",
    ),
    build(
        "FM0302",
        "without TLS",
        "Codes and tokens would cross the network readable by everyone on the way.",
        "Write `https://`; plain http is for `localhost`, `127.0.0.1` and `[::1]`.",
    ),
    build(
        "FM0303",
        "a user name in a URL",
        "It would be shown to every client.",
        "Remove what stands before `@`.",
    ),
    build(
        "FM0304",
        "a query in a URL that others are made of",
        "Paths are appended to it, and behind a query they would be lost.",
        "Remove `?` and what follows.",
    ),
    build(
        "FM0305",
        "a fragment in a URL",
        "No server ever sees it.",
        "Remove `#` and what follows.",
    ),
    build(
        "FM0306",
        "a path that the base URL cannot have",
        "The endpoint `/mcp` and the metadata are put below the base URL by the server itself; and \
         a path must have one spelling, since clients compare it to the letter.",
        "Write the address without `/mcp`, in plain segments.",
    ),
    build(
        "FM0307",
        "not a path of this server",
        "`redirect_path` is where the provider sends the browser back, below the base URL.",
        "Write it from the root, such as `/oauth/callback`.",
    ),
    build(
        "FM0308",
        "a path that is taken",
        "The server answers something else there.",
        "Write another path, or leave the option out.",
    ),
    build(
        "FM0309",
        "a path that is there twice",
        "`redirect_path` is appended to the base URL, which has that path already.",
        "Write it without the base URL's path.",
    ),
    build(
        "FM0310",
        "a pattern that is too wide",
        "Whoever controls a redirect URI that matches receives the code of a login.",
        "Write scheme and host out; only the port and the last segment of the path can be `*`.",
    ),
    build(
        "FM0311",
        "a pattern without TLS",
        "The code of a login would cross the network readable by everyone on the way.",
        "Write `https://`; plain http is for `localhost`, `127.0.0.1` and `[::1]`.",
    ),
    build(
        "FM0312",
        "a pattern that matches nothing",
        "No redirect URI that is accepted could ever match it.",
        "Correct it as the message says.",
    ),
    build(
        "FM0313",
        "an icon that no client loads",
        "Clients load icons over https, or take them as data.",
        "Write `https://…` or `data:image/…`.",
    ),
    build(
        "FM0314",
        "a resource without URI",
        "A resource is read by its URI.",
        "Write `uri = \"scheme://path\"`; the scheme is yours to choose.",
    ),
    build(
        "FM0315",
        "not a URI",
        "A URI begins with a scheme and holds ASCII characters of RFC 3986; others are written as `%20`.",
        "Write it as the message suggests.",
    ),
    build(
        "FM0316",
        "not a template that can be read back",
        "A server must tell from a URI what the variables were: `{x}` up to the next slash, `{+x}` with slashes, `{/x}` with the slash before it, `{?a,b}` at the end.",
        "Write it as the message suggests.",
    ),
    build(
        "FM0317",
        "a variable twice",
        "Two places of a URI could hold two values, and the parameter has one.",
        "Give one of them another name.",
    ),
    build(
        "FM0318",
        "the size of a template",
        "A template stands for many resources.",
        "Remove `size`.",
    ),
    build(
        "FM0319",
        "not a media type",
        "A media type is a type, a slash and a subtype (RFC 9110, section 8.3.1).",
        "Write it as the message suggests.",
    ),
    build(
        "FM0401",
        "a duration without unit",
        "Seconds to one are milliseconds to another.",
        "Write number and unit in quotes: `\"30s\"`.",
    ),
    build(
        "FM0402",
        "not a duration",
        "A duration is a whole number and `ms`, `s`, `m`, `h` or `d`.",
        "Write it as the message suggests.",
    ),
    build(
        "FM0403",
        "a duration that is too short",
        "It would be over before anybody could use it.",
        "Write at least what the message says.",
    ),
    build(
        "FM0404",
        "a duration that is too long",
        "Beyond this bound a stolen or forgotten credential lives longer than anybody means: ten \
         minutes for a code (RFC 6749 section 4.1.2), an hour for a login under way, a day for an \
         access token.",
        "Write at most what the message says.",
    ),
    build(
        "FM0405",
        "a token that outlives its login",
        "`refresh_token_ttl` is the life of the whole login, and no token of it lives longer.",
        "Shorten `access_token_ttl`, or prolong `refresh_token_ttl`.",
    ),
    build(
        "FM0406",
        "too few rounds of key derivation",
        "Secrets that people choose can be guessed, and each guess must cost something.",
        "Write at least 100,000; the default is 600,000.",
    ),
    build(
        "FM0407",
        "tokens in the clear",
        "The provider's tokens would lie readable in a store that outlives the process.",
        "Leave encryption on; the keys are made by themselves.",
    ),
    build(
        "FM0408",
        "unknown store",
        "`store` is `memory`, or the address of a store.",
        "Write it as the message shows.",
    ),
    build(
        "FM0409",
        "a size of zero",
        "Nothing would fit.",
        "Write a size, or leave the option out.",
    ),
    build(
        "FM0410",
        "a lifetime that is the provider's to say",
        "With `enable_token_swap = false` clients hold the provider's own token, and it ends when \
         the provider says.",
        "Write no more than the provider gives, or leave the swap on.",
    ),
    build(
        "FM0411",
        "claim options that contradict",
        "One option of `custom_claims_passthrough` undoes another.",
        "Remove one of the two.",
    ),
    build(
        "FM0412",
        "a claim of the protocol",
        "Claims such as `sub`, `iss` or `scope` mean something in the server's own tokens, so the \
         provider's never pass.",
        "Remove it; the subject and the scopes are in the session already.",
    ),
    build(
        "FM0413",
        "a grace that outlives the login",
        "`refresh_grace` accepts the last refresh token a while longer, and the login ends before that.",
        "Shorten it, or leave it out.",
    ),
    build(
        "FM0414",
        "not a network",
        "Proxies are trusted by their addresses; a name could come to mean another machine.",
        "Write an address or a network in CIDR notation.",
    ),
    build(
        "FM0415",
        "unknown way to register",
        "Clients register freely, with a token, or not at all.",
        "Write `open`, `limited` or `off`.",
    ),
    build(
        "FM0501",
        "an empty list",
        "Nobody, or everybody, would be meant, and which one is not obvious.",
        "Name at least one, or remove the option.",
    ),
    build(
        "FM0502",
        "an impossible role",
        "Roles are compared to the letter, and no provider gives one with spaces around it.",
        "Write its name as the provider does.",
    ),
    build(
        "FM0503",
        "an impossible scope",
        "Scopes travel in one list with spaces between them (RFC 6749 section 3.3).",
        "Write each by itself, in printable ASCII without quotes and backslashes.",
    ),
    build(
        "FM0504",
        "public, and not",
        "The tool admits everyone and asks for a signed-in user.",
        "Decide which, and remove the other.",
    ),
    build(
        "FM0505",
        "a part that changes nothing",
        "It is there twice, or another part decides already; often something else was meant.",
        "Remove it, or write what was meant.",
    ),
    build(
        "FM0506",
        "not an access rule",
        "A rule is data: `role(\"…\")`, `scope(\"…\")`, `&&`, `||`, parentheses, and names of your \
         functions. Negation is not among them: who lacks a role is not thereby somebody.",
        "Write it with these, or put the question into a function.",
    ),
    build(
        "FM0507",
        "unknown word in `access`",
        "`access` knows `role(…)` and `scope(…)`; functions of your own are named without \
         parentheses.",
        "Take the word that the message suggests.",
    ),
    build(
        "FM0508",
        "a word without its text",
        "`role` and `scope`, and the words of `admits`, take one text each.",
        "Write `role(\"admin\")`, and join several by `||` or `&&`.",
    ),
    build(
        "FM0510",
        "auth denied and asked for",
        "`requires_auth = false` stands beside options that only a signed-in user can satisfy.",
        "Remove one of the two.",
    ),
    build(
        "FM0511",
        "nothing to open",
        "`anonymous` opens a server that has `auth`, and this one has none.",
        "Remove `anonymous`, or add `auth`.",
    ),
    build(
        "FM0512",
        "nobody signs in, or nobody has a role",
        "The option is about logins or roles, and the server has no `auth` or no `roles`.",
        "Add what is missing, or remove the option.",
    ),
    build(
        "FM0513",
        "not a predicate",
        "`access` calls the function with the session, for every call of the tool.",
        "Write `fn name(user: &AuthSession) -> bool`, or the same `async`; its future must be `Send`.",
    ),
    build(
        "FM0514",
        "not a function of roles",
        "`roles_from` is called with the verified identity, and gives names.",
        "Write `fn name(person: &Identity) -> Vec<&'static str>`, or another collection of texts.",
    ),
    build(
        "FM0515",
        "not a rule for who may log in",
        "Such a rule is data: words such as `email_domain(\"…\")`, `&&`, `||`, parentheses, and names \
         of your functions. Negation is not among them: it would admit whoever the provider says \
         nothing about.",
        "Write it with these, or put the question into a function.",
    ),
    build(
        "FM0516",
        "unknown word in `admits`",
        "`admits` knows `email_domain`, `hosted_domain`, `tenant`, `group`, `organization` and `team`; \
         functions of your own are named without parentheses.",
        "Take the word that the message suggests.",
    ),
    build(
        "FM0517",
        "a rule that nobody can meet",
        "The text is no domain, tenant, group, organization or team, so the provider says it of \
         nobody, and nobody could log in.",
        "Write it as the provider does.",
    ),
    build(
        "FM0518",
        "a fact that the provider does not tell",
        "Each provider vouches for some facts alone: Google for the hosted domain, Entra for the \
         tenant, GitHub for organizations and teams. Of the others nobody is known to have it.",
        "Use the provider that tells it, another word, or a function of your own.",
    ),
    build(
        "FM0519",
        "a function that cannot decide who may log in",
        "`admits` asks it about the verified identity, so it takes `&Identity` and gives `bool`.",
        "Write the signature of the message; it may be `async`, if its future is `Send`.",
    ),
    build(
        "FM0520",
        "parts that exclude one another",
        "An account has one e-mail domain, one hosted domain, one tenant: two at once has nobody.",
        "Join them by `||`, or write the same in both places.",
    ),
    build(
        "FM0601",
        "a server without sign-in",
        "The item asks for a signed-in user; the server at the crate's root has no `auth`.",
        "Give the server `auth`, or let the item ask for nobody.",
    ),
    build(
        "FM0602",
        "an undeclared role",
        "The server declares every role that its items may ask for, so that a typing error cannot \
         lock everybody out.",
        "Correct the word, or add it to `roles` of the server.",
    ),
    build(
        "FM0603",
        "an undeclared scope",
        "The server declares its scopes, and this one is not among them: no client could get it.",
        "Correct the word, or add it to `scopes` of the server.",
    ),
    build(
        "FM0604",
        "a role for a scope, or a scope for a role",
        "The word is declared on the server, as the other kind.",
        "Write it under the other option.",
    ),
    build(
        "FM0605",
        "two servers",
        "A module has one server. The one at the root of the crate, or in a module of which the \
         root says `use the_module::*`, is the one that items are checked against in the build.",
        "Put the second into a module or a crate of its own.",
    ),
    build(
        "FM0606",
        "two tools or prompts of one name",
        "A client could not say which it means.",
        "Give one of them another name.",
    ),
    build(
        "FM0607",
        "state that must stay on one thread",
        "Many calls run at the same time, in many threads, and all borrow the one server.",
        "Write `Arc` for `Rc`, `Mutex` for `Cell` and `RefCell`, `dyn Trait + Send + Sync` for `dyn Trait`.",
    ),
    build(
        "FM0608",
        "two resources of one URI",
        "A client could not say which it reads. What variables are called makes no difference.",
        "Give one of them another URI.",
    ),
    build(
        "FM0701",
        "a method",
        "An item is a free function; what a method has in `self` is lent by the server.",
        "Make it a function and borrow the server: `app: &YourServer`.",
    ),
    build(
        "FM0702",
        "generics",
        "A client cannot say which types it means, and a server's tools borrow one type.",
        "Write the types themselves. Lifetimes can be left out.",
    ),
    build(
        "FM0703",
        "a pattern for a parameter",
        "Clients send arguments by name, and a pattern has none.",
        "Name the parameter, and take it apart in the body.",
    ),
    build(
        "FM0704",
        "`impl Trait`",
        "It names no type that a JSON Schema could be made of.",
        "Write the type.",
    ),
    build(
        "FM0705",
        "a mutable loan",
        "Calls run at the same time, so what is lent is shared.",
        "Write `&`, and keep what changes behind a `Mutex` or in a database.",
    ),
    build(
        "FM0706",
        "`#[arg]` on a loan",
        "The server lends this parameter; clients never see it.",
        "Remove `#[arg(…)]`.",
    ),
    build(
        "FM0707",
        "a stranger's loan",
        "The server lends the session, the context and its own struct, nothing else.",
        "Take what the client sends as an owned value.",
    ),
    build(
        "FM0708",
        "a session without sign-in",
        "The item borrows the session, but may be used by somebody who is not signed in.",
        "Add `requires_auth`, or take `Option<&AuthSession>`.",
    ),
    build(
        "FM0709",
        "a loan taken for keeps",
        "What the server lends is borrowed.",
        "Write `&`, or `Option<&…>` where there may be none.",
    ),
    build(
        "FM0710",
        "an argument that cannot be sent",
        "An argument is decoded by `Deserialize`, and one of a tool is described to clients by \
         `JsonSchema`.",
        "Derive what the message names, on the type that it names.",
    ),
    build(
        "FM0711",
        "a default of another type",
        "The default is a text, the argument is not.",
        "Write numbers, `true`, `false` and paths without quotes.",
    ),
    build(
        "FM0712",
        "not an answer",
        "The returned type is neither text nor content nor data; for a prompt, no message.",
        "Return `Json<…>` for data, or one of the types that the message lists.",
    ),
    build(
        "FM0713",
        "data that cannot be described",
        "Data is written by `Serialize`, and that of a tool is described to clients by `JsonSchema`.",
        "Derive what the message names, on the type that it names.",
    ),
    build(
        "FM0714",
        "an error without text",
        "The error of an item is shown to the caller as text.",
        "Implement `Display` for it, or return `ToolError`.",
    ),
    build(
        "FM0715",
        "not a plain function",
        "An item is used by anybody with anything, by name alone.",
        "Remove `unsafe`, the ABI, or what makes it variadic.",
    ),
    build(
        "FM0716",
        "arguments that cannot be told apart",
        "Two arguments have one name, or one has none.",
        "Give each a name of its own.",
    ),
    build(
        "FM0717",
        "a header that cannot carry its argument",
        "`Mcp-Param-…` headers carry texts, numbers and booleans, under a name that is one word.",
        "Remove `header`, or take another type or name.",
    ),
    build(
        "FM0718",
        "an argument that borrows",
        "Arguments are decoded from what the client sends, and nothing keeps that alive for them.",
        "Write the owned type.",
    ),
    build(
        "FM0719",
        "held across `.await`",
        "A call may go on in another thread after each `.await`, so all that it keeps must be `Send`.",
        "End the scope of what must stay before the `.await`, or use its counterpart that is `Send`.",
    ),
    build(
        "FM0720",
        "an argument that must stay on one thread",
        "An `async` item may go on in another thread after each `.await`, with its arguments.",
        "Take the counterpart that is `Send`: `Arc` for `Rc`.",
    ),
    build(
        "FM0721",
        "a variable without parameter",
        "Each variable of a URI is an owned parameter of the function, by name.",
        "Add the parameter, or correct one of the two names; `#[arg(name = \"…\")]` gives a parameter another.",
    ),
    build(
        "FM0722",
        "a parameter without variable",
        "What a client sends to a resource stands in the URI, and this does not.",
        "Write it as a variable, or borrow what the server lends.",
    ),
    build(
        "FM0723",
        "a list sent as one text",
        "Arguments of prompts and variables of URIs are sent as one text each.",
        "Take a `String` and take it apart, or a number, `bool` or an enum.",
    ),
    build(
        "FM0724",
        "a function that suggests nothing",
        "The function of `complete` is called with what is being typed, and gives texts.",
        "Write `fn name(typing: &Completing<'_>) -> Vec<String>`, or another collection of texts.",
    ),
    build(
        "FM0725",
        "not a schema",
        "`input_schema` is a text, data, or a function that gives one of them.",
        "Give the schema as `include_str!(\"search.schema.json\")`, as `json!({ … })`, or by a function.",
    ),
    build(
        "FM0726",
        "described twice",
        "A schema that is written by hand describes the arguments, and `#[arg(description = …)]` of the \
         same tool would not be sent.",
        "Write the description into the schema.",
    ),
    build(
        "FM0801",
        "not a name",
        "Names of tools and prompts have 1 to 128 of the characters `A-Z a-z 0-9 _ . -`; that of a \
         resource must not be blank.",
        "Write `name = \"…\"` as the message suggests.",
    ),
    build(
        "FM0802",
        "no description",
        "A model reads the description to decide whether to use the item.",
        "Write a doc comment above the function.",
    ),
    build(
        "FM0803",
        "contradicting hints",
        "A tool that changes nothing cannot destroy something.",
        "Remove one of the two.",
    ),
    build(
        "FM0804",
        "an empty text",
        "It would say nothing, or change nothing.",
        "Write something, or remove the option.",
    ),
    build(
        "FM0805",
        "nothing to suggest",
        "`complete = []` suggests nothing.",
        "Name at least one value, or remove `complete`.",
    ),
    build(
        "FM0806",
        "an unknown way to become a task",
        "`task` says when a call becomes a task: with the call, for clients that can hold tasks \
         (`task`, or `task = \"optional\"`), with the call and for no other client (`\"required\"`), or \
         where the tool says so (`\"on_demand\"`).",
        "Write one of these.",
    ),
    build(
        "FM0807",
        "a task that never begins",
        "With `task = \"on_demand\"` the tool begins the task by `cx.begin_task().await`, which needs an \
         `async fn` and a loan.",
        "Borrow `cx: &Context` and call it, or write `task` alone.",
    ),
    build(
        "FM0808",
        "no path of a module",
        "`items!` takes paths of modules and crates, with commas between them.",
        "Write them as the message suggests: `items!(crate::notes, crate::admin)`.",
    ),
    build(
        "FM0809",
        "a module below another one",
        "`items!` means all modules below a path as well, so the longer of the two paths adds nothing.",
        "Remove the longer one for all items, or the shorter one for fewer.",
    ),
    build(
        "FM0810",
        "no list of names",
        "`.only(…)` and `.except(…)` of `items!` take a list of names, or of URIs of resources.",
        "Write `[\"list_issues\"]`, of one name as well.",
    ),
    start(
        "FM0901",
        "nothing to offer",
        "No `#[tool]`, `#[resource]` or `#[prompt]` is linked into the program. The linker drops a crate \
         that nothing mentions.",
        "Write one, or `use that_crate as _;`.",
    ),
    start(
        "FM0902",
        "two items of one name or URI",
        "Two tools or prompts of the program have one name, two resources one URI or templates that match \
         the same URIs, in different modules or crates.",
        "Give one of them another name, `#[tool(name = \"…\")]`, or another URI.",
    ),
    start(
        "FM0903",
        "another server's item",
        "The tool, resource or prompt borrows a struct that is not the one that serves.",
        "Borrow this server's struct, or move the item to its own program.",
    ),
    start(
        "FM0904",
        "`anonymous` opens nothing",
        "Everything asks for a signed-in user, so strangers would be let in to nothing.",
        "Remove `anonymous`, or the access options of what should be open.",
    ),
    start(
        "FM0905",
        "a set of items without one",
        "The path in `items!` leads to a module that no `#[tool]`, `#[resource]` or `#[prompt]` was \
         written in: it is empty, or exports again what was written elsewhere.",
        "Name one of the modules that the message lists, or the constant that the library gives.",
    ),
    start(
        "FM0906",
        "an item that is not there",
        "`.only([..])` or `.except([..])` of a set names an item that is not in it.",
        "Write a name from the message's list.",
    ),
    start(
        "FM0907",
        "not a prefix",
        "The prefix becomes part of names, and of the scheme of URIs (RFC 3986 section 3.1).",
        "Write lower case letters and digits, in words that `_` joins.",
    ),
    start(
        "FM0908",
        "a name that gets too long",
        "The prefix and the name together are longer than a name may be (SEP-986).",
        "Write a shorter prefix.",
    ),
    start(
        "FM0909",
        "items that come too late",
        "`.control()` was asked for before the server was told which items it offers.",
        "Ask for it after `.mount(…)`, `.only(…)` and `.except(…)`.",
    ),
    start(
        "FM0910",
        "a base URL in another spelling",
        "Clients compare it byte by byte with what they were told, so it has one spelling: a host in \
         lower case, no default port, nothing that a browser would write differently.",
        "Write it as the message says.",
    ),
    start(
        "FM0911",
        "a schema that does not fit its tool",
        "A schema that is written by hand is an object schema in JSON, whose properties are the \
         parameters of the function; what it lets clients send, the function takes.",
        "Do what the message says, in the schema or in the function.",
    ),
    start(
        "FM0913",
        "not an address",
        "`bind` is `host:port`.",
        "Write for example `127.0.0.1:8000`.",
    ),
    start(
        "FM0914",
        "the address cannot be had",
        "Another process listens there, or this machine has no such address.",
        "Name another one, or stop that process.",
    ),
    start(
        "FM0916",
        "not an origin",
        "A browser sends scheme, host and port of a page, and nothing else, so nothing else is ever \
         equal to it.",
        "Write for example `https://app.example.com`.",
    ),
    start(
        "FM0917",
        "not a domain",
        "A client that is a URL has a name of the public Internet for its host, in lower case, so \
         nothing else is ever equal to it or above it.",
        "Write for example `example.com`.",
    ),
    start(
        "FM0918",
        "no port for clients",
        "`client_id_metadata_ports` leaves nothing to ask, or names port 0.",
        "Name 443, or turn `client_id_metadata_documents` off.",
    ),
    start(
        "FM0920",
        "a provider that cannot work",
        "Nothing of it tells who signed in.",
        "Name the source that the message asks for.",
    ),
    start(
        "FM0921",
        "no client id",
        "The provider knows this server by the client id of its registration; here it is not set, \
         blank, or has white space around it.",
        "Register the server with the provider and set the variable that the message names.",
    ),
    start(
        "FM0922",
        "no client secret",
        "The provider wants proof that it is this server which redeems a code; here it is not set, \
         blank, or has white space around it, often a line's end out of a file.",
        "Set the variable that the message names.",
    ),
    start(
        "FM0923",
        "an endpoint is missing",
        "Bare `auth = custom` reads the provider's addresses from the environment.",
        "Set the variable that the message names.",
    ),
    start(
        "FM0924",
        "a secret in a URL",
        "Addresses are logged by every program on the way, and the server sends the secret by itself.",
        "Remove it from the address, set the variable that the message names, and replace the secret \
         if the address was used.",
    ),
    start(
        "FM0930",
        "unknown store",
        "The address names no store.",
        "Write `memory` or `disk:<directory>`.",
    ),
    start(
        "FM0931",
        "a store that cannot be opened",
        "It is in use, out of reach, damaged, or sealed with another key. Nothing was changed.",
        "Do what the message says; with the wrong key, give back the right one.",
    ),
    start(
        "FM0932",
        "keys that end with the process",
        "The store outlives the process, and without its keys nothing in it could be read again.",
        "Set `FASTMCP_SECRET`.",
    ),
    start(
        "FM0933",
        "no keys",
        "The secret is too short, a placeholder, or no keys can be made of it.",
        "Set `FASTMCP_SECRET` to at least 32 random characters: `openssl rand -base64 32`.",
    ),
    start(
        "FM0934",
        "not a key",
        "A key that was given by itself is not 32 bytes in base64 or hexadecimal.",
        "Give one, or leave it out.",
    ),
    start(
        "FM0935",
        "not a key pair",
        "Tokens are signed with a P-256 private key in PKCS #8 PEM.",
        "Make one as the message says.",
    ),
    start(
        "FM0936",
        "tokens in the clear",
        "`unencrypted_for_development` with a store that outlives the process.",
        "Leave it out, or use the store `memory`.",
    ),
    start(
        "FM0937",
        "a feature is missing",
        "This program was built without the store that its address names, or without TLS.",
        "Turn on the feature that the message names.",
    ),
    start(
        "FM0938",
        "a secret's file",
        "The variable that ends in `_FILE` names a file that is missing or empty, or the secret is \
         given twice.",
        "Name a file that this process may read, or set the variable itself.",
    ),
    start(
        "FM0940",
        "not a limit",
        "A limit is a name and a number in a second, a minute or an hour.",
        "Write it as the message shows, or `off`.",
    ),
    start(
        "FM0941",
        "registration and its token",
        "Limited registration needs a token of at least 16 characters, and no other kind asks for one.",
        "Set both, or neither.",
    ),
    start(
        "FM0942",
        "a client that cannot be one",
        "A client of the configuration has no id, no redirect URI, a short secret, or is there twice.",
        "Write it as the message shows.",
    ),
    start(
        "FM0950",
        "no outgoing TLS",
        "The certificates of this machine cannot be read.",
        "Install them (Debian: `ca-certificates`).",
    ),
    start(
        "FM0951",
        "a guard, or logins, without sign-in",
        "The program asks for a guard or for the logins, and the server has no `auth`.",
        "Give the server `auth`, or leave the route open.",
    ),
    start(
        "FM0952",
        "a connection that broke",
        "The listening socket or the client on standard input failed.",
        "Start the server again.",
    ),
    start(
        "FM0953",
        "not a path",
        "A route of your own begins with `/`, and names its parts like `{id}`.",
        "Write it as the message shows.",
    ),
    start(
        "FM0954",
        "a path that is taken",
        "The server answers it itself, or two routes of yours match the same path.",
        "Answer another path.",
    ),
    start(
        "FM0955",
        "a scope that nobody is offered",
        "A guard that is asked for after the metadata was made names a scope which is not in it, so no \
         client could get it.",
        "Add the scope to `scopes` of `#[server]`, or ask for the guard first.",
    ),
    start(
        "FM0956",
        "not a form of the manifest",
        "`FASTMCP_MANIFEST` has the program describe its server instead of starting it.",
        "Set it to `text` or `json`, or leave it out.",
    ),
    start(
        "FM0960",
        "a file for TLS that cannot be read",
        "The certificate or its key is not there, or not for this process.",
        "Name a file that it may read.",
    ),
    start(
        "FM0961",
        "a file for TLS that holds something else",
        "There is no certificate, or no private key, in PEM in the file.",
        "Name the right one; the certificate comes first, then the key.",
    ),
    start(
        "FM0962",
        "a key of another certificate",
        "Certificate and key do not fit each other, or are of a kind that cannot be used.",
        "Name the key that the certificate was made for; the server's own certificate is the first in \
         its file.",
    ),
    start(
        "FM0963",
        "a certificate that is not valid now",
        "It has expired, or is of the future.",
        "Renew it, or set the clock.",
    ),
    start(
        "FM0964",
        "half of what TLS needs",
        "One of certificate and key is named.",
        "Name both, or neither.",
    ),
    start(
        "FM0965",
        "a base URL without TLS",
        "Clients are told to speak plain http to a socket that speaks TLS.",
        "Write `https:` in the base URL.",
    ),
    start(
        "FM0970",
        "nothing can be sent to the collector",
        "The variables `OTEL_EXPORTER_OTLP_…` ask for what the exporter of traces and metrics cannot do.",
        "Correct the variable that the message names, or remove it.",
    ),
];
