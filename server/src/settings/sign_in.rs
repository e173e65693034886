//! Settings about who may sign in, and how strictly the provider's tokens are read.

use std::time::Duration;

use erp::config::{SignInRules, UserTypes};

use super::reader::{self, Reader};

/// The rules; none only if one of the settings is wrong.
pub(super) fn rules(reader: &mut Reader<'_>) -> Option<SignInRules> {
    // All three are read before any is found wrong, so that all mistakes are told at once.
    let user_types = reader.parsed(
        "VITRINA_USER_TYPES",
        "internal,community,untold",
        user_types,
    );
    let max_age = match reader.text("VITRINA_SIGN_IN_MAX_AGE_MINUTES") {
        None => Some(None),
        Some(_) => reader
            .given("VITRINA_SIGN_IN_MAX_AGE_MINUTES", reader::positive)
            .map(|minutes| Some(Duration::from_secs(60 * u64::from(minutes)))),
    };
    let plain = reader.parsed(
        "VITRINA_LOGOUT_TOKEN_TYPES",
        "logout+jwt,JWT",
        |text| match text {
            "logout+jwt,JWT" | "JWT,logout+jwt" => Ok(true),
            "logout+jwt" => Ok(false),
            _ => Err("write `logout+jwt,JWT`, or `logout+jwt` alone to be strict".to_owned()),
        },
    );
    Some(SignInRules {
        user_types: user_types?,
        max_age: max_age?,
        plain_logout_tokens: plain?,
    })
}

/// V25: the kinds of users that may sign in.
fn user_types(text: &str) -> Result<UserTypes, String> {
    let mut types = UserTypes {
        internal: false,
        community: false,
        untold: false,
    };
    for word in text
        .split(',')
        .map(str::trim)
        .filter(|word| !word.is_empty())
    {
        match word {
            "internal" => types.internal = true,
            "community" => types.community = true,
            "untold" => types.untold = true,
            _ => {
                return Err(format!(
                    "`{word}` is none of `internal`, `community`, `untold`"
                ));
            }
        }
    }
    if types.internal || types.community || types.untold {
        Ok(types)
    } else {
        Err("name at least one of `internal`, `community`, `untold`".to_owned())
    }
}
