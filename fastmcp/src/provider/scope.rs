//! What well-known scopes mean, in words for the consent page.

/// What `scope` allows, completing “The app will be able to …”; `None` for one we do not know.
pub fn scope_meaning(scope: &str) -> Option<&'static str> {
    Some(match scope {
        "openid" => "know that you are the same person at your next visit",
        "profile" | "https://www.googleapis.com/auth/userinfo.profile" => {
            "see your name and basic profile"
        }
        "email" | "user:email" | "https://www.googleapis.com/auth/userinfo.email" => {
            "see your e-mail address"
        }
        "offline_access" => "stay signed in while you are away",
        "read:user" | "User.Read" | "identify" | "read:me" => "read your profile",
        "groups" => "see which groups you belong to",
        "read:org" => "see which organizations and teams you belong to",
        _ => return None,
    })
}
