//! Every id of the catalogue with its severity (critical, high, medium, low) and a title.

use std::sync::OnceLock;

/// A line of the table.
pub(crate) struct Row {
    pub(crate) id: &'static str,
    pub(crate) severity: char,
    pub(crate) title: &'static str,
}

/// All of them, in order.
pub(crate) fn rows() -> &'static [Row] {
    static ROWS: OnceLock<Vec<Row>> = OnceLock::new();
    ROWS.get_or_init(|| TABLE.trim().lines().map(read).collect())
}

/// That of an id.
pub(crate) fn row(id: &str) -> Option<&'static Row> {
    rows().iter().find(|row| row.id == id)
}

fn read(line: &'static str) -> Row {
    let mut words = line.splitn(3, ' ');
    let id = words.next().expect("an id");
    let severity = words.next().and_then(|word| word.chars().next());
    let severity = severity
        .filter(|it| "CHML".contains(*it))
        .expect("a severity");
    let title = words.next().expect("a title");
    Row {
        id,
        severity,
        title,
    }
}

const TABLE: &str = "
REG-01 L a minimal registration is told what will be enforced
REG-02 C our credentials at the provider show up nowhere
REG-03 C user info and lookalike authorities are no redirect URIs
REG-05 H loopback has three spellings and no fourth
REG-06 H a pattern with a path holds against every way out of it
REG-07 M fragments are refused, an escaped hash is a path
REG-09 H clear text leaves this machine for nobody
REG-10 M a custom scheme is welcome only where a pattern names it
REG-11 H control characters and foreign letters are refused
REG-13 H a redirect URI must not answer in our place
REG-14 M redirect URIs that are no short list of texts are refused
REG-15 C a pattern that admits too much stops the start
REG-17 M methods of authentication are those that are enforced
REG-18 H what the server issues cannot be chosen by the client
REG-19 H links of a client are links of the web
REG-21 M a name is short, visible and one line
REG-22 M what is no JSON object is refused fast
REG-23 H a large body is refused and not kept
REG-25 H registrations are limited by address
REG-26 H unused registrations end, used ones live on
REG-27 M a web client is on https and not on loopback
REG-29 L only POST registers, and registration can be off
REG-30 L a software statement buys nothing
MET-01 H the metadata is at every right place and at no wrong one
MET-02 H what a request says of host and scheme changes nothing
MET-03 M the metadata says what is done
MET-05 C published keys are public halves
MET-06 L anyone may read the metadata, nobody with credentials
MET-07 H a base URL that is none stops the start
AUZ-01 H an unknown client gets a page and no fetch
AUZ-02 C our own id at the provider is no client here
AUZ-03 C a redirect URI in doubt gets a page, whatever else is wrong
AUZ-05 H a native client is called back at the port that it chose
AUZ-06 H all but the port of a loopback address is exact
AUZ-07 C user info does not pass for a port
AUZ-09 H what is said twice is not said
AUZ-10 M the response type is code
AUZ-11 C nobody does without PKCE
AUZ-13 M a challenge has one form
AUZ-14 M scopes are known, well formed and few
AUZ-15 H the resource is this server and nothing like it
AUZ-17 H request objects are refused and not fetched
AUZ-18 H nobody is signed in without being asked
AUZ-19 M without a state none comes back
AUZ-21 H no parameter ends a header line
AUZ-22 H pages that nobody decides leave nothing behind
AUZ-23 M asking for the head, or ahead of time, does nothing
AUZ-25 M a client that went away meanwhile gets nothing
AUZ-26 C an earlier yes is no yes to another request
AUZ-27 H nothing of the client reaches the provider
AUZ-29 H state and challenge are new each time
AUZ-30 L a request line without end is refused
CON-01 H the page tells who asks for what and where it goes
CON-02 H what others wrote is inert on the page
CON-03 M a borrowed name is shown as unverified, its host in ASCII
CON-05 H the last hop may be loopback, an app or a hop further
CON-06 C a decision needs the cookie and the token of its page
CON-07 C a page made for one browser is useless in another
CON-09 H only one clear yes is a yes
CON-10 M a no is final
CON-11 H the cookie belongs to this host alone
CON-13 C nothing on the page passes for a state
CON-14 M two tabs are two logins
CON-15 M a page may be rendered again and again
CON-17 M a decision is made once
CON-18 H reading never approves
CON-19 L a page lives for ten minutes
CON-21 H a form that was changed is refused
CON-22 H what was shown is what is decided
CON-23 L an app on this machine is warned of
CBK-01 C the callback belongs to the browser that agreed
CBK-02 H a state is ours, young and whole
CBK-03 C of many equal callbacks one is answered
CBK-05 M a refusal comes back to the browser that asked
CBK-06 M the provider's words never reach the client
CBK-07 M a callback says one thing once
CBK-09 H an error that the provider calls a success is an error
CBK-10 M broken token answers mint nothing
CBK-11 H an ID token that proves nothing signs nobody in
CBK-13 H what the person withheld is not granted
CBK-14 M success is one code, once, to the client alone
CBK-15 M asking for the head burns nothing
CBK-17 C people are told apart by what cannot change
CBK-18 H the wrong tenant or domain is turned away
CBK-19 M the provider's own PKCE is kept up
TOK-01 M a code becomes a token of ours
TOK-02 C of many redemptions one succeeds, and the rest end the login
TOK-03 C the same on two nodes with a slow store
TOK-05 H a replayed code ends all descendants
TOK-06 H a replay that proves nothing ends nothing
TOK-07 M a wrong verifier burns nothing
TOK-09 C a code serves its own client
TOK-10 H the redirect URI is that of the request
TOK-11 M a code lives to the second
TOK-13 C a confidential client proves itself as it registered
TOK-14 M a public client has no secret
TOK-15 M two client ids are none
TOK-17 H only a form in the body of a POST is read
TOK-18 M the type of a form is exact
TOK-19 H no parameter comes twice
TOK-21 L grant types are those of the client
TOK-22 H a wrong resource burns nothing
TOK-23 H a code grants what was agreed to
TOK-25 M a client that went away is told so
TOK-26 M an access token says what it should, briefly
TOK-27 C the provider's claims never replace ours
TOK-29 H an assertion is good once
TOK-30 M a stop leaves every code redeemed or redeemable
REF-01 M a refresh rotates
REF-02 C of many refreshes all get one successor, for one call upstream
REF-03 H a lost answer is answered again
REF-05 C reuse after the window ends the family
REF-06 C so does the reuse of a distant ancestor
REF-07 C and it stays ended, at every node and after a restart
REF-09 C a refresh token serves its own client
REF-10 C no token passes for another kind
REF-11 H scopes may shrink and never grow
REF-13 H a fault of the provider costs time alone
REF-14 M what the provider ends is ended
REF-15 M a fresh upstream token needs no call
REF-17 H who dies in a refresh is succeeded
REF-18 M rotation never prolongs a login
REF-19 M dead tokens look alike
REF-21 H a revocation wins over the refresh beside it
REF-22 M clocks that disagree cost nobody a login
RVK-01 H a revoked login is over and given back to the provider
RVK-02 M a revoked access token ends alone
RVK-03 H nobody revokes for another client
RVK-05 M a revocation is a proper request
RVK-06 H a store that fails is no success
RVK-07 H a revocation outlives the process
STO-01 C nothing secret lies readable on disk
STO-02 H every flipped byte is noticed
STO-03 C records open only where they were put
STO-05 C no key meets a nonce twice
STO-06 H no two ids meet
STO-07 H files are private whatever the mask
STO-09 M a planted link or file is not followed
STO-10 H a damaged file takes down only itself
STO-11 H a full disk refuses, keeps and heals
STO-13 M what expired is removed, in nobody's way
STO-14 M an old copy of a record is of no use after its time
STO-15 H one directory serves one process
STO-17 L memory frees what expired
STO-18 M nothing is stored readable by mistake
KEY-01 C a wrong key over data stops the start and touches nothing
KEY-02 C so does no key at all
KEY-03 H a generated key is private and lasts
KEY-05 H weak secrets stop the start and are not repeated
KEY-06 H one secret gives independent keys
KEY-07 M a passphrase is stretched
KEY-09 H servers that share everything but their address stay strangers
KEY-10 M a key that others can read is not used
KEY-11 H what must not be printed cannot be
RES-01 M without a token there is a challenge without a verdict
RES-02 H a token travels in the header alone
RES-03 M one header, one scheme, one token
RES-05 C only our algorithm and our key
RES-06 C a token does not say where its key is
RES-07 H only an access token is one
RES-09 C the provider's own token opens nothing
RES-10 H dates and claims are exact
RES-11 H a token is as alive as its login
RES-13 M browsers may log in from anywhere and call from where it is allowed
RES-14 C a session belongs to who opened it
RES-15 H every request proves itself anew
RES-17 H a tool that tells the upstream token is overheard
RES-18 M a challenge is one line
ACL-01 H a tool without a rule needs a sign-in
ACL-02 M a list shows what may be called
ACL-03 H a missing scope is answered before the tool, with all of them
ACL-05 M the gate comes before the arguments
ACL-06 C every way to a thing has the same gate
ACL-07 M a name that only looks like a tool is unknown
ACL-09 C a role is a text, whole and at the top
ACL-10 C people cannot write their own rights
ACL-11 H nothing unverified decides
ACL-13 M rights that were taken end within the bound
ACL-14 H a tool acts for its caller alone
ACL-15 H a rule that cannot be met is not written
CIM-01 H a client id that is no clean URL is refused unasked
CIM-02 C addresses of our own networks are never dialled
CIM-03 C nor names that lead to one of them
CIM-05 C redirects are not followed
CIM-06 M only one port is asked
CIM-07 H a host gets no further than one small answer in time
CIM-09 H an id is equal byte by byte
CIM-10 M a document has a name and addresses
CIM-11 H a document holds no secret
CIM-13 H the server's patterns hold for published clients
CIM-14 M a refusal tells nothing of what it met
CIM-15 H a host proves its name
CIM-17 H many who need one document ask once, of many few at a time
CIM-18 M a login goes by what was published when it began
CIM-19 H keys of a client are fetched with the same care
CIM-21 M domains are the operator's choice
CIM-22 M no proxy is used unless it was named
HDR-01 H every page has its headers
HDR-02 M every JSON answer is private
HDR-03 M no other origin reads a page of a login
HDR-05 H nothing that was sent comes back as markup
HDR-06 M no referrer tells a code
HDR-07 L strange methods are refused
PAR-01 C one request is one request
PAR-02 H a path has one spelling
PAR-03 H another protocol has no other rules
PAR-05 M a form is read as browsers write it
PAR-06 L what is unknown is ignored, what is empty is absent
PAR-07 C an accepted redirect URI reads the same everywhere
DOS-01 H slow connections end
DOS-02 H records of approvals are limited
DOS-03 M guessing is limited
DOS-05 H a provider that hangs holds up its own
DOS-06 M large tokens are refused before they cost anything
DOS-07 M nothing grows in the long run
RAC-01 C nothing acknowledged is lost in a kill
RAC-02 C nor at any fault point
RAC-03 H nor in a power cut
RAC-05 H a crash before the answer costs nothing
RAC-06 H a write that comes too late is refused
RAC-07 H every step may meet another node
RAC-09 H a damaged store starts and says what is damaged
RAC-10 M versions live beside each other
RAC-11 H an outage of the store costs time alone
LOG-01 H nothing secret is in any log
LOG-02 H nor in what is logged of a request
LOG-03 M faults are told in our words, with a reference
LOG-05 L metrics have no labels by client
LOG-06 M every decision is one event
LOG-07 M a panic is masked and stays alone
";
