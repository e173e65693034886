//! Who has signed in: what the provider tells beyond the ID token, and what the portal keeps of it (identity.md §5.1, §6).

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use url::Url;
use uuid::Uuid;
use vitrina::{
    text::Language,
    visitor::{Person, PersonId},
};

use super::{
    IdentityError, SignInError,
    provider::TIME,
    tokens::{LIMIT, UserTokens},
    verify::{self, Claims},
};
use crate::{config::UserTypes, http::Http};

/// What kind of account a person has (identity.md §6.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserType {
    /// `InternalUser`: works for the seller.
    Internal,
    /// `ExternalCommunityUser`: a customer or partner.
    Community,
    /// The instance did not tell.
    Unknown,
}

/// A person who has signed in.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// Who.
    pub person: Person,
    /// The login name (`sub`), for back-channel sign-out.
    pub login: String,
    /// The session at the provider.
    pub sid: Option<String>,
    /// The hint for signing out; nothing else (S7).
    pub id_token: SecretString,
    /// Their kind of account.
    pub user_type: UserType,
    /// Their language in ERP.net.
    pub language: Option<Language>,
}

/// What the provider tells of a person. Flags travel as text (F7); none of them is needed here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) id: Option<Uuid>,
    pub(crate) name: Option<String>,
    pub(crate) user_type: Option<String>,
    pub(crate) locale: Option<String>,
}

impl Told {
    /// From the members of userinfo or of an access token.
    pub(crate) fn read(members: &Value) -> Self {
        Self::named(members, "user_type", "locale")
    }

    /// From the profile's own page, which uses other names (identity.md §6.2).
    fn of_profile(members: &Value) -> Self {
        Self::named(members, "userType", "preferredLanguage")
    }

    fn named(members: &Value, user_type: &str, locale: &str) -> Self {
        let text = |name: &str| members.get(name).and_then(Value::as_str).map(str::to_owned);
        Self {
            id: text("id").and_then(|id| Uuid::parse_str(&id).ok()),
            name: text("name"),
            user_type: text(user_type),
            locale: text(locale),
        }
    }

    /// What this source left open is taken from another one.
    pub(crate) fn or(self, other: Self) -> Self {
        Self {
            id: self.id.or(other.id),
            name: self.name.or(other.name),
            user_type: self.user_type.or(other.user_type),
            locale: self.locale.or(other.locale),
        }
    }
}

/// Asks userinfo; its `sub` must be the ID token's (V23).
pub(crate) async fn userinfo(
    http: &Http,
    address: &Url,
    access_token: &SecretString,
    subject: &str,
) -> Result<Told, IdentityError> {
    let members = ask(http, "userinfo", address, access_token).await?;
    if members.get("sub").and_then(Value::as_str) != Some(subject) {
        return Err(IdentityError::Document {
            what: "userinfo",
            why: "it is of another person",
        });
    }
    Ok(Told::read(&members))
}

/// Asks the profile site; its `login` must be the ID token's `sub`.
pub(crate) async fn profile(
    http: &Http,
    address: &Url,
    access_token: &SecretString,
    subject: &str,
) -> Result<Told, IdentityError> {
    let members = ask(http, "profile", address, access_token).await?;
    if members.get("login").and_then(Value::as_str) != Some(subject) {
        return Err(IdentityError::Document {
            what: "profile",
            why: "it is of another person",
        });
    }
    Ok(Told::of_profile(&members))
}

/// Asks about the person whose access token this is.
async fn ask(
    http: &Http,
    what: &'static str,
    address: &Url,
    access_token: &SecretString,
) -> Result<Value, IdentityError> {
    let document = |why| IdentityError::Document { what, why };
    let request = http::Request::get(address.as_str())
        .header(
            http::header::AUTHORIZATION,
            format!("Bearer {}", access_token.expose_secret()),
        )
        .header(http::header::ACCEPT, "application/json")
        .body(Vec::new())
        .map_err(|_| document("its address is broken"))?;
    let answer = http
        .send(request, LIMIT, TIME)
        .await
        .map_err(|error| IdentityError::Http { what, error })?;
    if answer.status != http::StatusCode::OK {
        return Err(IdentityError::Status {
            what,
            status: answer.status.as_u16(),
        });
    }
    serde_json::from_slice(&answer.body).map_err(|_| document("no JSON"))
}

/// How long asking about a person may take in all: whoever has signed in does not wait longer for a name (V23).
pub(super) const PATIENCE: Duration = Duration::from_secs(2);

/// Puts together who has signed in.
pub(super) fn signed_in(
    back: Claims,
    tokens: UserTokens,
    told: Told,
    allowed: UserTypes,
) -> Result<SignedIn, SignInError> {
    // V25: types nobody knows here cannot sign in, whatever the setting says.
    let user_type = match told.user_type.as_deref() {
        None => UserType::Unknown,
        Some("InternalUser") => UserType::Internal,
        Some("ExternalCommunityUser") => UserType::Community,
        Some(_) => return Err(SignInError::UserType),
    };
    let may = match user_type {
        UserType::Internal => allowed.internal,
        UserType::Community => allowed.community,
        UserType::Unknown => allowed.untold,
    };
    if !may {
        return Err(SignInError::UserType);
    }
    // V24.
    let name = told
        .name
        .as_deref()
        .map(verify::displayable)
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| verify::displayable(&back.subject));
    Ok(SignedIn {
        person: Person {
            id: match told.id {
                Some(id) => PersonId::User(id),
                None => PersonId::Login(back.subject.clone()),
            },
            name,
            employee: user_type == UserType::Internal,
        },
        login: back.subject,
        sid: back.sid,
        id_token: tokens.id_token,
        user_type,
        language: told.locale.and_then(|locale| locale.parse().ok()),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn maria() -> Claims {
        Claims {
            subject: "maria".to_owned(),
            ..Claims::default()
        }
    }

    fn outcome(user_type: Option<&str>, allowed: UserTypes) -> Result<SignedIn, SignInError> {
        let told = Told {
            user_type: user_type.map(str::to_owned),
            ..Told::default()
        };
        let tokens = UserTokens {
            id_token: "a.b.c".to_owned().into(),
            access_token: None,
        };
        signed_in(maria(), tokens, told, allowed)
    }

    #[test]
    fn v25_types_of_users_are_allowed_by_setting_and_unknown_ones_never() {
        let only = |internal, community, untold| UserTypes {
            internal,
            community,
            untold,
        };
        for (user_type, internal, community, untold) in [
            (Some("InternalUser"), true, false, false),
            (Some("ExternalCommunityUser"), false, true, false),
            (None, false, false, true),
        ] {
            let allowed = [
                (UserTypes::default(), true),
                (only(true, false, false), internal),
                (only(false, true, false), community),
                (only(false, false, true), untold),
            ];
            for (setting, may) in allowed {
                let outcome = outcome(user_type, setting);
                assert_eq!(outcome.is_ok(), may, "{user_type:?} {setting:?}");
                assert!(may || outcome.unwrap_err() == SignInError::UserType);
            }
        }
        for unknown in [
            "SystemUserNoLogin",
            "InvitationExternalNoLogin",
            "internaluser",
            "",
        ] {
            let outcome = outcome(Some(unknown), UserTypes::default());
            assert_eq!(outcome.unwrap_err(), SignInError::UserType, "{unknown:?}");
        }
    }

    #[test]
    fn v24_what_is_shown_of_a_person_is_bounded_and_inert_and_falls_back_to_the_login() {
        for (name, shown) in [
            (Some("Мария\u{202e}\u{0}"), "Мария"),
            (Some(" \u{2066} "), "maria"),
            (None, "maria"),
        ] {
            let told = Told {
                name: name.map(str::to_owned),
                ..Told::default()
            };
            let tokens = UserTokens {
                id_token: "a.b.c".to_owned().into(),
                access_token: None,
            };
            let person = signed_in(maria(), tokens, told, UserTypes::default()).unwrap();
            assert_eq!(person.person.name, shown);
        }
    }

    #[test]
    fn f7_flags_as_text_and_members_of_any_kind_do_no_harm() {
        let id = "15ea3c7f-9086-4cb1-9f4e-c3628a015501";
        let told = Told::read(&json!({
            "id": id, "email_verified": "false", "is_admin": "true", "name": ["no", "text"], "locale": 7,
        }));
        assert_eq!(told.id.unwrap().to_string(), id);
        assert_eq!((told.name, told.locale), (None, None));
        assert_eq!(Told::read(&json!({"id": "admin"})).id, None);
        assert_eq!(Told::read(&json!([])), Told::default());
        let profile = Told::of_profile(
            &json!({"id": id, "userType": "InternalUser", "preferredLanguage": "bg"}),
        );
        assert_eq!(profile.user_type.as_deref(), Some("InternalUser"));
        assert_eq!(profile.locale.as_deref(), Some("bg"));
    }

    #[test]
    fn one_source_fills_what_another_left_open() {
        let thin = Told::read(&json!({"name": "Мария"}));
        let other = Told::read(&json!({"name": "Maria", "user_type": "InternalUser"}));
        let both = thin.or(other);
        assert_eq!(both.name.as_deref(), Some("Мария"));
        assert_eq!(both.user_type.as_deref(), Some("InternalUser"));
    }
}
