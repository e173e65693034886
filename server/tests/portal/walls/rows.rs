//! The rows: each server function, route and page, and what somebody might try there with ids of others.

use vitrina::places::Page;

/// Ids of somebody's things.
#[derive(Clone)]
pub(super) struct Ids {
    pub(super) order: String,
    /// The key of an order that was placed.
    pub(super) order_key: String,
    /// The key of the checkout that is open.
    pub(super) cart_key: String,
    pub(super) line: String,
    pub(super) removed: String,
    pub(super) address: String,
    pub(super) customer: String,
    /// A session in another browser of theirs.
    pub(super) session: String,
    /// A sign-in under way.
    pub(super) attempt: String,
    /// The key of the asker's own checkout, if there is one.
    pub(super) own_key: String,
}

impl Ids {
    pub(super) fn with_own(&self, key: &str) -> Self {
        Self {
            own_key: key.to_owned(),
            ..self.clone()
        }
    }

    /// Ids of nothing. The sign-in is one that somebody else has begun: whose browser did not begin it learns as much of either.
    pub(super) fn of_nobody(own_key: &str, attempt: &str) -> Self {
        let id = |number| uuid::Uuid::from_u128(number).to_string();
        Self {
            order: id(1),
            order_key: id(2),
            cart_key: id(3),
            line: id(4),
            removed: id(5),
            address: id(6),
            customer: id(7),
            session: id(8),
            attempt: attempt.to_owned(),
            own_key: own_key.to_owned(),
        }
    }
}

/// One try.
pub(super) struct Ask {
    pub(super) method: &'static str,
    pub(super) path: String,
    pub(super) fields: Vec<(&'static str, String)>,
    /// Sent by a page of another site, as the instance's is.
    pub(super) foreign: bool,
}

fn get(path: impl Into<String>) -> Ask {
    Ask {
        method: "GET",
        path: path.into(),
        fields: Vec::new(),
        foreign: false,
    }
}

fn post(path: &str, fields: &[(&'static str, &str)]) -> Ask {
    Ask {
        method: "POST",
        path: path.to_owned(),
        fields: fields
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned()))
            .collect(),
        foreign: false,
    }
}

type Row = (&'static str, fn(&Ids) -> Vec<Ask>);

/// Every server function, route and page.
pub(super) const ROWS: &[Row] = &[
    // -- server functions
    ("/api/cart/add", |ids| {
        [&ids.line, &ids.order, &ids.customer]
            .map(|id| {
                post(
                    "/api/cart/add",
                    &[("product", id), ("quantity", "1"), ("unit", id)],
                )
            })
            .into()
    }),
    ("/api/cart/change", |ids| {
        [&ids.line, &ids.removed]
            .map(|line| post("/api/cart/change", &[("line", line), ("quantity", "9")]))
            .into()
    }),
    ("/api/cart/remove", |ids| {
        vec![post("/api/cart/remove", &[("line", &ids.line)])]
    }),
    ("/api/cart/restore", |ids| {
        vec![post("/api/cart/restore", &[("line", &ids.removed)])]
    }),
    ("/api/cart/badge", |ids| {
        vec![post("/api/cart/badge", &[("customer", &ids.customer)])]
    }),
    ("/api/search/suggest", |ids| {
        vec![post("/api/search/suggest", &[("text", &ids.order)])]
    }),
    ("/api/checkout/keep", |ids| {
        vec![post(
            "/api/checkout/keep",
            &[
                ("key", &ids.cart_key),
                ("customer", &ids.customer),
                ("form[address]", &ids.address),
            ],
        )]
    }),
    ("/api/checkout/place", |ids| {
        [&ids.order_key, &ids.cart_key, &ids.own_key]
            .map(|key| {
                post(
                    "/api/checkout/place",
                    &[
                        ("key", key),
                        ("form[address]", &ids.address),
                        ("customer", &ids.customer),
                        ("seen", "1.00 EUR"),
                    ],
                )
            })
            .into()
    }),
    ("/api/account/choose", |ids| {
        vec![post("/api/account/choose", &[("customer", &ids.customer)])]
    }),
    ("/api/account/end-session", |ids| {
        vec![post(
            "/api/account/end-session",
            &[("session", &ids.session)],
        )]
    }),
    // -- routes
    ("/backchannel-logout", |ids| {
        let word = post("/backchannel-logout", &[("logout_token", &ids.session)]);
        vec![Ask {
            foreign: true,
            ..word
        }]
    }),
    ("/health/live", |_| vec![get("/health/live")]),
    ("/health/ready", |_| vec![get("/health/ready")]),
    ("/", |ids| vec![get(format!("/?customer={}", ids.customer))]),
    ("/signin-callback", |ids| callback("/signin-callback", ids)),
    ("/signin-callback/", |ids| {
        callback("/signin-callback/", ids)
    }),
    ("/signout-callback", |ids| {
        vec![get(format!("/signout-callback?state=en.{}", ids.attempt))]
    }),
    ("/img/{file}", |ids| {
        vec![get(format!("/img/{}-0-320.webp", ids.order))]
    }),
    // Beginning a sign-in is nobody's secret; where it is to return to is looked at by the page that is returned to.
    ("/sign-in", |_| vec![]),
    ("/sign-in/finish/{landing}", |ids| {
        vec![get(format!("/sign-in/finish/{}", ids.attempt))]
    }),
    ("/sign-in/hand-over", |_| {
        vec![post("/sign-in/hand-over", &[])]
    }),
    ("/sign-in/take", |ids| {
        vec![post(
            "/sign-in/take",
            &[("id", &ids.attempt), ("ticket", &ids.session)],
        )]
    }),
    ("/sign-in/bring", |_| vec![post("/sign-in/bring", &[])]),
    ("/sign-in/stay", |ids| {
        vec![post(
            "/sign-in/stay",
            &[
                ("hand_over", &ids.attempt),
                ("attempt", &ids.attempt),
                ("ticket", &ids.session),
            ],
        )]
    }),
    // Ends the asker's own session and names nobody else's.
    ("/sign-out", |_| vec![]),
    ("/api/{*function}", |ids| {
        vec![post("/api/no/such", &[("order", &ids.order)])]
    }),
    // -- pages
    ("/{lang}", |ids| {
        vec![get(format!("/en?customer={}", ids.customer))]
    }),
    ("/{lang}/group/{*codes}", |ids| {
        vec![get(format!("/en/group/{}", ids.order))]
    }),
    ("/{lang}/product/{part_number}", |ids| {
        vec![get(format!("/en/product/{}", ids.order))]
    }),
    ("/{lang}/search", |ids| {
        vec![get(format!("/en/search?q={}", ids.order_key))]
    }),
    ("/{lang}/cart", |ids| {
        vec![get(format!(
            "/en/cart?customer={}&line={}",
            ids.customer, ids.line
        ))]
    }),
    ("/{lang}/checkout", |ids| {
        vec![get(format!(
            "/en/checkout?key={}&customer={}",
            ids.cart_key, ids.customer
        ))]
    }),
    ("/{lang}/order/{key}", |ids| {
        [&ids.order_key, &ids.cart_key]
            .map(|key| get(format!("/en/order/{key}")))
            .into()
    }),
    ("/{lang}/account/orders", |ids| {
        vec![get(format!("/en/account/orders?customer={}", ids.customer))]
    }),
    ("/{lang}/account/orders/{id}", |ids| {
        vec![get(format!("/en/account/orders/{}", ids.order))]
    }),
    ("/{lang}/account/customers", |ids| {
        vec![get(format!(
            "/en/account/customers?customer={}",
            ids.customer
        ))]
    }),
    ("/{lang}/account/sessions", |ids| {
        vec![get(format!("/en/account/sessions?session={}", ids.session))]
    }),
    ("/{lang}/account/waiting", |_| {
        vec![get("/en/account/waiting")]
    }),
    ("/{lang}/signed-out", |_| vec![get("/en/signed-out")]),
];

fn callback(path: &str, ids: &Ids) -> Vec<Ask> {
    let answer = post(path, &[("state", &ids.attempt), ("code", "c")]);
    vec![
        get(format!("{path}?state={}&code=c", ids.attempt)),
        Ask {
            foreign: true,
            ..answer
        },
    ]
}

/// A new kind of page fails to compile here until it has its route above.
#[expect(dead_code, reason = "it only has to compile")]
fn every_page_is_known(page: &Page) -> &'static str {
    match page {
        Page::Home => "/{lang}",
        Page::Group(..) => "/{lang}/group/{*codes}",
        Page::Product(_) => "/{lang}/product/{part_number}",
        Page::Search(..) => "/{lang}/search",
        Page::Cart => "/{lang}/cart",
        Page::Checkout => "/{lang}/checkout",
        Page::Placing(_) => "/{lang}/order/{key}",
        Page::Orders(_) => "/{lang}/account/orders",
        Page::Order(_) => "/{lang}/account/orders/{id}",
        Page::Customers => "/{lang}/account/customers",
        Page::Sessions => "/{lang}/account/sessions",
        Page::Waiting => "/{lang}/account/waiting",
        Page::SignedOut => "/{lang}/signed-out",
    }
}
