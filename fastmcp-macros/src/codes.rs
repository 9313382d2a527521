//! Every code that the macros report, once. A code never changes its meaning: people search for
//! it. Cause and cure of each are in `docs/diagnostics.md`; codes of what only types or several
//! items can tell are in the runtime crate, beside their texts.

macro_rules! codes {
    ($($name:ident = $code:literal;)*) => {
        $(pub(crate) const $name: &str = $code;)*
    };
}

codes! {
    // the attribute itself
    UNKNOWN_OPTION = "FM0101";
    DOUBLED_OPTION = "FM0102";
    WRONG_VALUE = "FM0103";
    UNREADABLE = "FM0104";
    WRONG_ITEM = "FM0105";
    DOUBLED_ATTRIBUTE = "FM0106";
    EMPTY_ARG = "FM0107";
    LITERAL_SECRET = "FM0108";
    // providers
    UNKNOWN_PROVIDER = "FM0201";
    PROVIDER_AS_TEXT = "FM0202";
    PROVIDER_OPTIONS = "FM0203";
    MISSING_ENDPOINT = "FM0204";
    SUPERFLUOUS_ENDPOINT = "FM0205";
    TENANT = "FM0206";
    DEV_IN_PUBLIC = "FM0207";
    HALF_OF_ID_TOKENS = "FM0210";
    AUTH_METHOD = "FM0211";
    OWNED_PARAMETER = "FM0212";
    NO_EFFECT_ON_DEV = "FM0213";
    WITHOUT_OPENID = "FM0214";
    PROVIDER_PART = "FM0215";
    // URLs and patterns
    NOT_A_URL = "FM0301";
    WITHOUT_TLS = "FM0302";
    URL_WITH_USER = "FM0303";
    URL_WITH_QUERY = "FM0304";
    URL_WITH_FRAGMENT = "FM0305";
    BASE_URL_PATH = "FM0306";
    NOT_A_PATH = "FM0307";
    PATH_TAKEN = "FM0308";
    PATH_REPEATS_BASE = "FM0309";
    WIDE_PATTERN = "FM0310";
    CLEARTEXT_PATTERN = "FM0311";
    IDLE_PATTERN = "FM0312";
    ICON = "FM0313";
    WITHOUT_URI = "FM0314";
    NOT_A_URI = "FM0315";
    NOT_A_TEMPLATE = "FM0316";
    DOUBLED_VARIABLE = "FM0317";
    SIZE_OF_A_TEMPLATE = "FM0318";
    MIME_TYPE = "FM0319";
    // keys, lifetimes, sizes
    NO_UNIT = "FM0401";
    NOT_A_DURATION = "FM0402";
    TOO_SHORT = "FM0403";
    TOO_LONG = "FM0404";
    ACCESS_OUTLIVES_LOGIN = "FM0405";
    FEW_ITERATIONS = "FM0406";
    UNENCRYPTED_DISK = "FM0407";
    UNKNOWN_STORE = "FM0408";
    NO_ROOM = "FM0409";
    PROVIDERS_LIFETIME = "FM0410";
    CLAIMS = "FM0411";
    GRACE_OUTLIVES_LOGIN = "FM0413";
    NOT_A_NETWORK = "FM0414";
    REGISTRATION = "FM0415";
    // access
    EMPTY_LIST = "FM0501";
    IMPOSSIBLE_ROLE = "FM0502";
    IMPOSSIBLE_SCOPE = "FM0503";
    PUBLIC_AND_NOT = "FM0504";
    CHANGES_NOTHING = "FM0505";
    NOT_A_RULE = "FM0506";
    UNKNOWN_WORD = "FM0507";
    WORD_WITHOUT_TEXT = "FM0508";
    AUTH_DENIED = "FM0510";
    NOTHING_TO_OPEN = "FM0511";
    NEEDS_AUTH = "FM0512";
    NOT_AN_ADMISSION = "FM0515";
    UNKNOWN_FACT = "FM0516";
    NOBODY = "FM0517";
    NOT_TOLD = "FM0518";
    NOBODY_AT_ALL = "FM0520";
    // signatures
    WITH_SELF = "FM0701";
    GENERIC = "FM0702";
    PATTERN = "FM0703";
    IMPL_TRAIT = "FM0704";
    BORROWED_MUTABLY = "FM0705";
    OPTION_ON_A_LOAN = "FM0706";
    NOT_PLAIN = "FM0715";
    ARGUMENT_NAME = "FM0716";
    HEADER = "FM0717";
    BORROWED_INSIDE = "FM0718";
    WITHOUT_PARAMETER = "FM0721";
    WITHOUT_VARIABLE = "FM0722";
    DESCRIBED_ELSEWHERE = "FM0726";
    // names and words
    ITEM_NAME = "FM0801";
    NO_DESCRIPTION = "FM0802";
    CONTRADICTING_HINTS = "FM0803";
    EMPTY_TEXT = "FM0804";
    NOTHING_TO_SUGGEST = "FM0805";
    TASK = "FM0806";
    TASK_NEVER_BEGINS = "FM0807";
    NOT_A_PLACE = "FM0808";
    PLACE_INSIDE = "FM0809";
}
