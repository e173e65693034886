//! From the fields of the page's forms to a lever.

use std::collections::HashMap;
use std::str::FromStr;

use super::Lever;
use crate::faults::{Does, Fault, FaultId, Malformed, Meets};
use crate::identity::keys::Rotation;
use crate::instance::Answering;
use crate::levers::InFlight;

/// Value and label of an option.
type Choice = (&'static str, &'static str);

/// Requests a fault can be for; those of the second half need a name.
pub(super) const MEETS: &[Choice] = &[
    ("api", "all calls of the Domain API"),
    ("everything", "everything, sign-in too"),
    ("reads", "reads of the Domain API"),
    ("commit", "calls that save"),
    ("token", "the token endpoint"),
    ("discovery", "discovery"),
    ("keys", "the signing keys"),
    ("set", "calls of one set (name it below)"),
    ("call", "one kind of call (name it below)"),
    ("about", "calls about one row (its id below)"),
    ("path", "one path (name it below)"),
];

/// What can happen.
pub(super) const DOES: &[Choice] = &[
    ("slow", "answers late"),
    ("hang", "never answers"),
    ("drip", "answers drop by drop"),
    ("cut", "breaks off inside of the answer"),
    ("lose", "does it and loses the answer"),
    ("drop", "hangs up before anything is done"),
    ("huge", "huge answer"),
    ("half", "half a JSON"),
    ("empty", "empty answer"),
    ("null", "null"),
    ("shape", "JSON of another shape"),
    ("deep", "JSON nested ten thousand deep"),
    ("utf8", "bytes that are no UTF-8"),
    ("html", "a web page instead of JSON"),
    ("401", "401 Unauthorized"),
    ("403", "403 Forbidden"),
    ("429", "429 Too Many Requests"),
    ("500", "500 Internal Server Error"),
    ("502", "502 Bad Gateway"),
    ("503", "503 Service Unavailable"),
    ("licence", "no licence"),
];

type Given = HashMap<String, String>;

fn text<'a>(given: &'a Given, name: &str) -> &'a str {
    given.get(name).map_or("", |value| value.trim())
}

/// A number, if the field is not empty.
fn number<N: FromStr>(given: &Given, name: &str, label: &str) -> Result<Option<N>, String> {
    match text(given, name) {
        "" => Ok(None),
        digits => digits
            .parse()
            .map(Some)
            .map_err(|_| format!("{label}: “{digits}” is no number that fits.")),
    }
}

/// The lever of a form, or what is wrong with it.
pub(super) fn lever(given: &Given) -> Result<Lever, String> {
    Ok(match text(given, "lever") {
        "bring_up" => Lever::BringUp(fault(given)?),
        "clear" => Lever::Clear(FaultId(
            number(given, "id", "Fault")?.ok_or("Which fault?")?,
        )),
        "clear_all" => Lever::ClearAll,
        "restart_finish" => Lever::Restart(InFlight::Finish),
        "restart_cut" => Lever::Restart(InFlight::Cut),
        "rotate_overlap" => Lever::RotateKeys(Rotation::Overlap),
        "rotate_abrupt" => Lever::RotateKeys(Rotation::Abrupt),
        "take_licences" => Lever::TakeLicences(number(given, "taken", "Slots")?.unwrap_or(0)),
        "lose_licence" => Lever::LoseLicence,
        "end_sessions" => Lever::EndSessions,
        "answer" => Lever::Answering(Answering::Normally),
        "pause" => Lever::Answering(Answering::Paused),
        "refuse" => Lever::Answering(Answering::Unavailable),
        "count" => Lever::Count,
        _ => return Err("The form says nothing that is known here.".to_owned()),
    })
}

fn fault(given: &Given) -> Result<Fault, String> {
    Ok(Fault {
        meets: meets(given)?,
        after: number(given, "after", "Let pass first")?.unwrap_or(0),
        times: number(given, "times", "How many")?,
        does: does(given)?,
    })
}

fn meets(given: &Given) -> Result<Meets, String> {
    let name = text(given, "name");
    let named = || {
        if name.is_empty() {
            Err("Name the set, call, row or path.".to_owned())
        } else {
            Ok(name.to_owned())
        }
    };
    Ok(match text(given, "meets") {
        "api" => Meets::Api,
        "everything" => Meets::Everything,
        "reads" => Meets::call("GET *"),
        "commit" => Meets::Commit,
        "token" => Meets::Token,
        "discovery" => Meets::Discovery,
        "keys" => Meets::Keys,
        "set" => Meets::Set(named()?),
        "call" => Meets::Call(named()?),
        "path" => Meets::Path(named()?),
        "about" => Meets::About(
            named()?
                .parse()
                .map_err(|_| format!("“{name}” is no id of a row."))?,
        ),
        _ => return Err("Which requests?".to_owned()),
    })
}

fn does(given: &Given) -> Result<Does, String> {
    let milliseconds = number(given, "milliseconds", "Milliseconds")?;
    let bytes = number(given, "bytes", "Bytes")?;
    let retry_after = text(given, "retry_after");
    Ok(match text(given, "does") {
        "slow" => Does::Slow {
            milliseconds: milliseconds.unwrap_or(10_000),
        },
        "hang" => Does::Hang,
        "drip" => Does::Drip {
            bytes: bytes.unwrap_or(16),
            milliseconds: milliseconds.unwrap_or(250),
        },
        "cut" => Does::Cut {
            after: bytes.unwrap_or(100),
        },
        "lose" => Does::Lose,
        "drop" => Does::Drop,
        "huge" => Does::Huge {
            megabytes: number(given, "megabytes", "MiB")?.unwrap_or(512),
        },
        "half" => Does::Malformed(Malformed::Half),
        "empty" => Does::Malformed(Malformed::Empty),
        "null" => Does::Malformed(Malformed::Null),
        "shape" => Does::Malformed(Malformed::Shape),
        "deep" => Does::Malformed(Malformed::Deep),
        "utf8" => Does::Malformed(Malformed::Utf8),
        "html" => Does::Html,
        "licence" => Does::NoLicence,
        status @ ("401" | "403" | "429" | "500" | "502" | "503") => Does::Refuse {
            status: status.parse().map_err(|_| "Which status?".to_owned())?,
            retry_after: (!retry_after.is_empty()).then(|| retry_after.to_owned()),
        },
        _ => return Err("What should happen?".to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(fields: &str) -> Result<Lever, String> {
        lever(&crate::identity::parameters(fields.as_bytes()).unwrap())
    }

    #[test]
    fn every_choice_of_the_page_is_understood() {
        for (meets, _) in MEETS {
            let id = "name=7b5f6f5e-0000-4000-8000-000000000001";
            let given = format!("lever=bring_up&meets={meets}&does=hang&{id}");
            assert!(form(&given).is_ok(), "{meets}");
        }
        for (does, _) in DOES {
            let given = format!("lever=bring_up&meets=api&does={does}");
            assert!(form(&given).is_ok(), "{does}");
        }
    }

    #[test]
    fn fields_become_a_fault() {
        let given = "lever=bring_up&meets=call&name=POST+EndTransaction&does=429&retry_after=5&times=3&after=1&milliseconds=";
        let fault = Fault::always(
            Meets::call("POST EndTransaction"),
            Does::refuse_for(429, "5"),
        );
        assert_eq!(form(given), Ok(Lever::BringUp(fault.times(3).after(1))));
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (fields, said) in [
            ("lever=", "nothing that is known"),
            ("lever=bring_up&meets=api&does=", "What should happen"),
            ("lever=bring_up&meets=set&does=hang", "Name the set"),
            ("lever=bring_up&meets=api&does=slow&milliseconds=-1", "“-1”"),
            ("lever=clear", "Which fault"),
        ] {
            let mistake = form(fields).unwrap_err();
            assert!(mistake.contains(said), "{fields}: {mistake}");
        }
    }
}
