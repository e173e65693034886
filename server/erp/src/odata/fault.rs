//! The body of an error: two shapes, both read (domain-api.md §9). `info` is a stack trace and is dropped right here.

use serde_json::Value;

use crate::error::Business;

/// The longest message kept for matching.
const LONGEST: usize = 2000;

/// What the body says; none if it is no error of the instance.
pub(crate) fn read(body: &[u8]) -> Option<Business> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let error = body.get("error").unwrap_or(&body);
    let message: String = error
        .get("message")?
        .as_str()?
        .chars()
        .take(LONGEST)
        .collect();
    Some(Business {
        code: error.get("code").and_then(Value::as_i64),
        // A class is one word; anything longer is not logged.
        class: error
            .get("type")
            .and_then(Value::as_str)
            .and_then(|class| class.rsplit('.').next())
            .filter(|class| class.len() <= 80 && class.chars().all(|c| c.is_ascii_alphanumeric()))
            .unwrap_or_default()
            .to_owned(),
        rule: rule(&message),
        message,
    })
}

/// The first `R` followed by four or five digits, standing alone.
fn rule(message: &str) -> Option<String> {
    message
        .split(|character: char| !character.is_ascii_alphanumeric())
        .find(|word| {
            word.strip_prefix('R').is_some_and(|digits| {
                (4..=5).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
            })
        })
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use vitrina::trouble::Refusal;

    use super::*;

    #[test]
    fn both_shapes_of_errors_are_read_and_the_trace_is_not() {
        let wrapped = br#"{"error":{"message":"An error occurred\r\nThe validation R28364: CheckCustomersValidity failed. (Constraint R28364)","code":2029,"type":"Aloe.Server.Exceptions.EnterpriseOneServerException","info":"at Secret.Trace()","messageFormat":null,"parameters":null}}"#;
        let read_wrapped = read(wrapped).unwrap();
        assert_eq!(read_wrapped.code, Some(2029));
        assert!(read_wrapped.is_refusal());
        assert_eq!(read_wrapped.rule.as_deref(), Some("R28364"));
        assert_eq!(read_wrapped.class, "EnterpriseOneServerException");
        assert_eq!(read_wrapped.refusal(), Refusal::CustomerNotValid);
        assert!(!format!("{read_wrapped:?} {read_wrapped}").contains("Secret"));

        let flat = br#"{"message":"Prohibited duplication in table 'X'.","code":2129,"type":"E","info":"trace"}"#;
        let read_flat = read(flat).unwrap();
        assert!(read_flat.is_refusal());
        assert_eq!((read_flat.code, read_flat.rule), (Some(2129), None));

        // Whether the work was done, such an answer does not say.
        for unclear in [
            r#"{"error":{"message":"Execution Timeout Expired.","code":0,"type":"SqlException"}}"#,
            r#"{"message":"Object reference not set"}"#,
        ] {
            assert!(!read(unclear.as_bytes()).unwrap().is_refusal(), "{unclear}");
        }

        for none in [
            &b"<html>"[..],
            b"",
            b"[]",
            b"{\"value\":[]}",
            b"{\"message\":7}",
        ] {
            assert_eq!(read(none), None);
        }
    }

    #[test]
    fn rules_are_found_in_any_place() {
        for (message, found) in [
            ("(Constraint R17342)", Some("R17342")),
            ("The validation R28344: Name failed", Some("R28344")),
            ("R23171-1 below minimum", Some("R23171")),
            ("rule R123 or XR28364 or R123456", None),
            ("", None),
        ] {
            assert_eq!(rule(message).as_deref(), found, "{message}");
        }
    }
}
