//! Settings: every mistake is told, at once, with what to do.
#![expect(clippy::unwrap_used, reason = "tests")]

use server::settings::{Input, LedgerAddress, Mistakes, Settings, Source};
use vitrina::text::Language;

const INSTANCE: [(&str, &str); 3] = [
    ("VITRINA_INSTANCE", "https://shop.my.erp.net"),
    ("VITRINA_CLIENT_ID", "shop.example"),
    ("VITRINA_CLIENT_SECRET", "a plain secret"),
];

fn read(values: &[(&str, &str)]) -> Result<Settings, Mistakes> {
    Settings::read(&Input::new(values.iter().copied()))
}

fn with_instance(more: &[(&str, &str)]) -> Result<Settings, Mistakes> {
    read(&[&INSTANCE, more].concat())
}

fn wrong(result: Result<Settings, Mistakes>) -> Vec<String> {
    let mut names: Vec<_> = result
        .unwrap_err()
        .0
        .into_iter()
        .map(|mistake| mistake.setting)
        .collect();
    names.sort_unstable();
    names
}

#[test]
fn an_instance_needs_nothing_else() {
    let settings = with_instance(&[]).unwrap();
    assert!(
        matches!(&settings.source, Source::Given { root, .. } if root.as_str() == "https://shop.my.erp.net/")
    );
    assert_eq!(settings.origin.as_str(), "http://localhost:3000");
    assert_eq!(settings.listen.to_string(), "127.0.0.1:3000");
    assert_eq!(settings.languages, [Language::ENGLISH, Language::BULGARIAN]);
    assert!(
        matches!(&settings.ledger, LedgerAddress::Sqlite(file) if file.ends_with("data/ledger.sqlite"))
    );
    assert!(settings.dealings.takes_orders() && settings.warnings.is_empty());
    assert!(
        !with_instance(&[("VITRINA_SCOPE", "read")])
            .unwrap()
            .dealings
            .takes_orders()
    );
}

#[test]
fn a_shop_on_another_port_is_at_home_there() {
    let origin = |more: &[(&str, &str)]| with_instance(more).unwrap().origin.as_str().to_owned();
    let elsewhere = ("VITRINA_LISTEN", "127.0.0.1:3100");
    assert_eq!(origin(&[elsewhere]), "http://localhost:3100");
    assert_eq!(
        origin(&[elsewhere, ("VITRINA_ORIGIN", "https://shop.example.com")]),
        "https://shop.example.com"
    );
}

#[test]
fn half_an_instance_is_an_error_and_never_the_demo() {
    for given in 1..7_usize {
        let (values, missing): (Vec<_>, Vec<_>) =
            (0..3).partition(|index| given & (1 << index) != 0);
        let values: Vec<_> = values.into_iter().map(|index| INSTANCE[index]).collect();
        let mut missing: Vec<_> = missing.into_iter().map(|index| INSTANCE[index].0).collect();
        missing.sort_unstable();
        assert_eq!(wrong(read(&values)), missing, "{values:?}");
    }
    let service_only = wrong(read(&[("VITRINA_SERVICE_CLIENT_ID", "x")]));
    assert_eq!(service_only.len(), 3, "{service_only:?}");
}

#[test]
fn without_an_instance_it_is_the_demo_where_there_is_one() {
    let settings = read(&[("VITRINA_CLIENT_ID", "  ")]);
    if cfg!(feature = "demo") {
        let source = settings.unwrap().source;
        assert!(matches!(source, Source::Demo(listen) if listen.to_string() == "127.0.0.1:4000"));
        assert_eq!(
            wrong(read(&[("VITRINA_DEMO_LISTEN", "0.0.0.0:4000")])),
            ["VITRINA_DEMO_LISTEN"]
        );
    } else {
        assert_eq!(wrong(settings), ["VITRINA_INSTANCE"]);
    }
}

#[test]
fn m7_all_mistakes_are_told_at_once_with_what_to_do() {
    let mistakes = with_instance(&[
        ("VITRINA_RESPONSE_TYPE", "token"),
        ("VITRINA_SCOPE", "admin"),
        ("VITRINA_ORIGIN", "shop.example.com"),
        ("VITRINA_LISTEN", "3000"),
        ("VITRINA_LEDGER", "mysql://x"),
        ("VITRINA_DATA", "s3://bucket"),
        ("VITRINA_ORDER_STATE", "Closed"),
        ("VITRINA_CALLS_AT_ONCE", "0"),
        ("VITRINA_CALLS_A_MINUTE", "many"),
        ("VITRINA_LANGUAGES", "en,klingon"),
        ("VITRINA_FRAME_PARENTS", "http://evil.example"),
        ("VITRINA_FRAME_SIGN_IN", "inside"),
        ("VITRINA_STALE_AFTER_MINUTES", "-1"),
        ("VITRINA_PRICES_WITHIN_MINUTES", "0"),
        ("VITRINA_PROXIES", "proxy.example"),
        ("VITRINA_SIGN_INS_A_MINUTE", "0"),
        ("VITRINA_EMPLOYEE_HOURS", "1000"),
        // Longer idle than it lives at all.
        ("VITRINA_CUSTOMER_IDLE_MINUTES", "61"),
        ("VITRINA_CUSTOMER_HOURS", "1"),
        ("VITRINA_GUEST_DAYS", "none"),
        ("VITRINA_SPELING", "x"),
    ])
    .unwrap_err();
    assert_eq!(mistakes.0.len(), 20, "{mistakes}");
    assert!(mistakes.0.iter().all(|mistake| !mistake.remedy.is_empty()));
}

#[test]
fn sessions_live_as_long_as_the_settings_say() {
    use time::Duration;
    let lives = with_instance(&[]).unwrap().lives;
    assert_eq!(lives.employee.idle, Duration::minutes(30));
    assert_eq!(lives.employee.whole, Duration::hours(8));
    assert_eq!(lives.customer.idle, Duration::minutes(30));
    assert_eq!(lives.customer.whole, Duration::hours(12));
    assert_eq!(lives.guest, Duration::days(30));
    let lives = with_instance(&[
        ("VITRINA_EMPLOYEE_IDLE_MINUTES", "15"),
        ("VITRINA_EMPLOYEE_HOURS", "4"),
        ("VITRINA_CUSTOMER_IDLE_MINUTES", "60"),
        ("VITRINA_CUSTOMER_HOURS", "24"),
        ("VITRINA_GUEST_DAYS", "7"),
    ])
    .unwrap()
    .lives;
    assert_eq!(
        (lives.employee.idle, lives.employee.whole),
        (Duration::minutes(15), Duration::hours(4))
    );
    assert_eq!(
        (lives.customer.idle, lives.customer.whole),
        (Duration::hours(1), Duration::hours(24))
    );
    assert_eq!(lives.guest, Duration::days(7));
}

#[test]
fn a_proxy_on_this_machine_is_believed_unless_others_are_named() {
    let of = |settings: &[(&str, &str)], address: &str| {
        let proxies = with_instance(settings).unwrap().proxies;
        proxies.include(address.parse().unwrap())
    };
    assert!(of(&[], "127.0.0.1") && of(&[], "::1") && !of(&[], "10.0.0.7"));
    let named = [("VITRINA_PROXIES", "10.0.0.0/8")];
    assert!(of(&named, "10.0.0.7") && !of(&named, "127.0.0.1"));
}

#[test]
fn origins_are_https_or_this_machine_and_nothing_but_an_origin() {
    for (origin, taken) in [
        ("https://shop.example.com", Some("https://shop.example.com")),
        (
            "https://shop.example.com:443/",
            Some("https://shop.example.com"),
        ),
        (
            "https://shop.example.com:8443",
            Some("https://shop.example.com:8443"),
        ),
        ("http://localhost:3000", Some("http://localhost:3000")),
        ("http://127.0.0.1:8080", Some("http://127.0.0.1:8080")),
        ("http://shop.example.com", None),
        ("https://shop.example.com/shop", None),
        ("https://user:password@shop.example.com", None),
        ("ftp://shop.example.com", None),
        ("javascript:alert(1)", None),
    ] {
        let settings = with_instance(&[("VITRINA_ORIGIN", origin)]).ok();
        let read = settings.as_ref().map(|settings| settings.origin.as_str());
        assert_eq!(read, taken, "{origin}");
    }
}

#[test]
fn z5_a_secret_that_looks_like_its_hash_is_warned_of_and_not_printed() {
    let hash = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
    let settings = read(&[INSTANCE[0], INSTANCE[1], ("VITRINA_CLIENT_SECRET", hash)]).unwrap();
    assert_eq!(settings.warnings.len(), 1);
    assert!(!format!("{settings:?}").contains(hash));
}

#[test]
fn z1_a_secret_may_come_from_a_file() {
    let named = |more: &[(&str, &str)]| {
        let values = [
            INSTANCE[0],
            INSTANCE[1],
            ("VITRINA_CLIENT_SECRET_FILE", "/no/secret"),
        ];
        Input::new([&values, more].concat())
    };
    assert!(Settings::read(&named(&[]).with_file("/no/secret", "plain\n")).is_ok());
    let file = ["VITRINA_CLIENT_SECRET_FILE"];
    assert_eq!(
        wrong(Settings::read(&named(&[]).with_file("/no/secret", " \n"))),
        file
    );
    assert_eq!(
        wrong(Settings::read(&named(&[]))),
        file,
        "a file that is not there"
    );
    let both = named(&[("VITRINA_CLIENT_SECRET", "other")]).with_file("/no/secret", "plain");
    assert_eq!(wrong(Settings::read(&both)), file);
}

#[test]
fn the_environment_wins_over_the_file() {
    let file = "name = \"File\"\nlanguages = [\"bg\", \"en\"]\ncalls_at_once = 3\n";
    let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    let environment = INSTANCE
        .into_iter()
        .chain([("VITRINA_NAME", "Environment")])
        .map(owned)
        .collect();
    let input = Input::layered(environment, |_| Ok(file.to_owned())).unwrap();
    let settings = Settings::read(&input).unwrap();
    assert_eq!(settings.name.as_deref(), Some("Environment"));
    assert_eq!(settings.languages, [Language::BULGARIAN, Language::ENGLISH]);
}

#[test]
fn a_file_that_cannot_be_understood_is_not_repeated() {
    let broken = Input::layered([].into(), |_| Ok("client_secret = \"hush".to_owned()));
    let text = broken.err().unwrap().to_string();
    assert!(
        text.contains("vitrina.toml") && !text.contains("hush"),
        "{text}"
    );
    assert!(Input::layered([].into(), |_| Ok("[instance]\nroot = \"x\"".to_owned())).is_err());
    let named = [("VITRINA_SETTINGS".to_owned(), "there.toml".to_owned())].into();
    let missing = Input::layered(named, |_| Err(std::io::ErrorKind::NotFound.into()));
    assert!(missing.err().unwrap().to_string().contains("there.toml"));
}

#[test]
fn a_misspelt_variable_is_warned_of() {
    let variables = [
        ("VITRINA_CHANEL", "WEB"),
        ("VITRINA_NAME", "Lamps"),
        ("PATH", "/bin"),
    ];
    let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let no_file = |_: &std::path::Path| Err(std::io::ErrorKind::NotFound.into());
    let settings = Settings::read(&Input::of_environment(variables, no_file).unwrap()).unwrap();
    assert_eq!(settings.name.as_deref(), Some("Lamps"));
    assert_eq!(settings.warnings.len(), 1, "{:?}", settings.warnings);
    assert!(settings.warnings[0].contains("VITRINA_CHANEL"));
}

#[test]
fn v25_who_may_sign_in_is_a_setting_with_few_words() {
    use erp::config::{SignInRules, UserTypes};
    let rules = |more: &[(&str, &str)]| with_instance(more).unwrap().config().unwrap().sign_in;
    assert_eq!(rules(&[]), SignInRules::default());
    let staff = rules(&[
        ("VITRINA_USER_TYPES", "internal"),
        ("VITRINA_SIGN_IN_MAX_AGE_MINUTES", "480"),
        ("VITRINA_LOGOUT_TOKEN_TYPES", "logout+jwt"),
    ]);
    assert_eq!(
        staff,
        SignInRules {
            user_types: UserTypes {
                internal: true,
                community: false,
                untold: false
            },
            max_age: Some(std::time::Duration::from_hours(8)),
            plain_logout_tokens: false,
        }
    );
    let mistakes = wrong(with_instance(&[
        ("VITRINA_USER_TYPES", "internal,robots"),
        ("VITRINA_SIGN_IN_MAX_AGE_MINUTES", "0"),
        ("VITRINA_LOGOUT_TOKEN_TYPES", "at+jwt"),
    ]));
    assert_eq!(
        mistakes,
        [
            "VITRINA_LOGOUT_TOKEN_TYPES",
            "VITRINA_SIGN_IN_MAX_AGE_MINUTES",
            "VITRINA_USER_TYPES"
        ]
    );
    assert_eq!(
        wrong(with_instance(&[("VITRINA_USER_TYPES", ",")])),
        ["VITRINA_USER_TYPES"]
    );
}

#[test]
fn x2_signing_in_leaves_a_frame_unless_a_setting_keeps_it() {
    use server::settings::FrameSignIn;
    for (given, meant) in [
        (&[][..], FrameSignIn::Top),
        (&[("VITRINA_FRAME_SIGN_IN", "top")], FrameSignIn::Top),
        (&[("VITRINA_FRAME_SIGN_IN", "popup")], FrameSignIn::Popup),
    ] {
        assert_eq!(with_instance(given).unwrap().frame_sign_in, meant);
    }
}
