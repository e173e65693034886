//! The shop in a frame of another site (X1–X8).

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::Duration;

use axum::body::Body;
use http::{
    Method, Request, StatusCode,
    header::{ACCEPT, CONTENT_TYPE, COOKIE, HOST, ORIGIN, SET_COOKIE},
};

use server::layers::source::Peer;

use crate::{
    mirror::plain,
    orders::field,
    test_portal::TestPortal,
    visitor::{Answer, Visitor, form, read},
};

const SHOP: &str = "https://shop.example";
const PARENT: &str = "https://parent.example";
const LAMP: &str = "/en/search?q=lamp";

async fn open() -> TestPortal {
    TestPortal::set(SHOP, &[("VITRINA_FRAME_PARENTS", PARENT)]).await
}

/// The shop in a frame: a jar of cookies of its own, as browsers keep one for each site that frames.
struct Frame<'a> {
    shop: &'a TestPortal,
    cookies: RefCell<BTreeMap<String, String>>,
}

/// Who asks in a frame.
#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    /// The browser, for a document.
    Document,
    /// Script of the page.
    Script,
}

impl<'a> Frame<'a> {
    fn new(shop: &'a TestPortal) -> Self {
        Self {
            shop,
            cookies: RefCell::default(),
        }
    }

    fn request(&self, by: By, method: &Method, path: &str) -> http::request::Builder {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(HOST, self.shop.portal.settings.origin.authority())
            .header("sec-fetch-site", "same-origin")
            .header(ORIGIN, self.shop.origin())
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        request = match by {
            By::Document => request
                .header("sec-fetch-dest", "iframe")
                .header(ACCEPT, "text/html"),
            By::Script => request
                .header("sec-fetch-dest", "empty")
                .header("x-vitrina-frame", "1")
                .header("x-shop-script", "1")
                .header(ACCEPT, "application/json"),
        };
        let cookies = self.cookies.borrow();
        if cookies.is_empty() {
            return request;
        }
        let pairs: Vec<_> = cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        request.header(COOKIE, pairs.join("; "))
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        let answer = read(self.shop.send(request).await).await;
        for cookie in answer.headers.get_all(SET_COOKIE) {
            let text = cookie.to_str().unwrap();
            // That of a window of its own, which a frame does not keep.
            if text.starts_with("__Host-attempt-") {
                continue;
            }
            // X3, X7: whatever a frame is given is its own, also where it is taken away.
            for attribute in [
                "HttpOnly",
                "SameSite=None",
                "Secure",
                "Partitioned",
                "Path=/",
            ] {
                assert!(text.contains(attribute), "{attribute} in {text}");
            }
            assert!(!text.contains("Domain"), "{text}");
            let (name, rest) = text.split_once('=').unwrap();
            assert!(name.starts_with("__Host-"), "{text}");
            let value = rest.split(';').next().unwrap();
            let mut cookies = self.cookies.borrow_mut();
            if text.contains("Max-Age=0") {
                cookies.remove(name);
            } else {
                cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }

    async fn get(&self, path: &str) -> Answer {
        let request = self.request(By::Document, &Method::GET, path);
        self.send(request.body(Body::empty()).unwrap()).await
    }

    async fn post(&self, by: By, path: &str, fields: &[(&str, &str)]) -> Answer {
        let request = self.request(by, &Method::POST, path);
        self.send(request.body(Body::from(form(fields))).unwrap())
            .await
    }

    /// Puts something into the cart, as script does.
    async fn add(&self, product: &str) {
        let fields = [("product", product), ("quantity", "3"), ("back", "/en")];
        let added = self.post(By::Script, "/api/cart/add", &fields).await;
        assert_eq!(added.status, StatusCode::OK, "{}", added.body);
    }

    /// Begins a hand-over: its public id.
    async fn hand_over(&self) -> String {
        let begun = self.post(By::Script, "/sign-in/hand-over", &[]).await;
        assert_eq!(begun.status, StatusCode::OK, "{}", begun.body);
        let id = text(&begun, "id");
        assert!(
            self.cookies
                .borrow()
                .contains_key(&format!("__Host-handover-{id}"))
        );
        id
    }

    async fn take(&self, id: &str, ticket: &str) -> Answer {
        self.post(
            By::Script,
            "/sign-in/take",
            &[("id", id), ("ticket", ticket)],
        )
        .await
    }

    async fn is_signed_in(&self) -> bool {
        // A page that needs no copy of the catalogue: where an answer is a failure no session is saved.
        let page = self.get("/en/signed-out").await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        page.body.contains("Мария Иванова")
    }
}

fn text(answer: &Answer, name: &str) -> String {
    let value: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
    value[name].as_str().unwrap_or_default().to_owned()
}

/// What the window's page tells.
struct Told {
    attempt: String,
    ticket: String,
}

/// Signs in in a window for a hand-over, up to the page that tells the ticket.
async fn sign_in_for(window: &Visitor<'_>, id: &str, back: &str) -> Answer {
    landed_for(window, id, back).await.1
}

/// The same, with that page's address.
async fn landed_for(window: &Visitor<'_>, id: &str, back: &str) -> (String, Answer) {
    let begun = window
        .post("/sign-in", &[("return", back), ("hand_over", id)])
        .await;
    let fields = crate::provider::Provider::new()
        .sign_in(&window.portal.demo, begun.leads_to(), "maria")
        .await;
    let parked = window.call_back(&fields).await;
    let landing = parked.leads_to().to_owned();
    let page = window.get(&landing).await;
    (landing, page)
}

fn told(page: &Answer) -> Told {
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    assert_eq!(page.header("cache-control"), "no-store");
    Told {
        attempt: field(&page.body, "attempt").unwrap(),
        ticket: field(&page.body, "ticket").unwrap(),
    }
}

fn ancestors(answer: &Answer) -> String {
    let policy = answer.header("content-security-policy");
    let (_, rest) = policy.split_once("frame-ancestors ").unwrap();
    rest.split(';').next().unwrap().to_owned()
}

const ADDRESSES: [(&str, &str, bool); 17] = [
    ("GET", "/en", true),
    ("GET", LAMP, true),
    ("GET", "/en/cart", true),
    ("GET", "/en/account/orders", true),
    ("GET", "/en/account/customers", true),
    ("GET", "/en/signed-out", true),
    ("POST", "/api/cart/add", true),
    ("GET", "/en/checkout", false),
    (
        "GET",
        "/en/order/b7d3f1e0-52c4-4c0e-9a77-3f8f1d2c6a90",
        false,
    ),
    ("POST", "/api/checkout/place", false),
    ("POST", "/sign-in", false),
    ("GET", "/sign-in/finish/nothing", false),
    ("POST", "/sign-in/hand-over", false),
    ("POST", "/sign-in/take", false),
    ("POST", "/sign-in/stay", false),
    ("POST", "/signin-callback", false),
    ("GET", "/signout-callback", false),
];

#[tokio::test]
async fn x1_nothing_may_be_framed_unless_a_setting_says_so() {
    let shop = TestPortal::at(SHOP).await;
    let frame = Frame::new(&shop);
    for (method, path, _) in ADDRESSES {
        let request = frame.request(By::Document, &method.parse().unwrap(), path);
        let answer = frame.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(ancestors(&answer), "'none'", "{method} {path}");
    }
}

#[tokio::test]
async fn x1_what_signs_in_or_orders_may_never_be_framed() {
    let shop = open().await;
    let frame = Frame::new(&shop);
    for (method, path, may) in ADDRESSES {
        let request = frame.request(By::Document, &method.parse().unwrap(), path);
        let answer = frame.send(request.body(Body::empty()).unwrap()).await;
        let expected = if may { PARENT } else { "'none'" };
        assert_eq!(ancestors(&answer), expected, "{method} {path}");
    }
    let id = frame.hand_over().await;
    let window = shop.visitor();
    let page = sign_in_for(&window, &id, "/en").await;
    assert_eq!(ancestors(&page), "'none'", "the window's page");
}

/// Test 24 of the forty.
#[tokio::test]
async fn x3_the_opener_policy_of_each_kind_of_page() {
    let shop = open().await;
    let frame = Frame::new(&shop);
    let visitor = shop.visitor();
    let policy = |answer: &Answer| answer.header("cross-origin-opener-policy").to_owned();
    // Pages of a window of their own are cut off from whoever opened them, also where they could be framed.
    for path in ["/en", LAMP, "/en/cart", "/en/checkout", "/en/nowhere", "/"] {
        assert_eq!(policy(&visitor.get(path).await), "same-origin", "{path}");
    }
    // In a frame it counts for nothing, and promises nothing.
    for path in ["/en", "/en/cart"] {
        assert_eq!(policy(&frame.get(path).await), "unsafe-none", "{path}");
    }
    // A window that signs in keeps its opener through every step.
    let id = frame.hand_over().await;
    let fields = [("return", "/en"), ("hand_over", id.as_str())];
    let begun = visitor.post("/sign-in", &fields).await;
    assert_eq!(policy(&begun), "unsafe-none", "beginning");
    let answer = crate::provider::Provider::new()
        .sign_in(&shop.demo, begun.leads_to(), "maria")
        .await;
    let parked = visitor.call_back(&answer).await;
    assert_eq!(policy(&parked), "unsafe-none", "the callback");
    let slashed = visitor.post_from_elsewhere("/signin-callback/", &[]).await;
    assert_eq!(policy(&slashed), "unsafe-none", "the callback with a slash");
    let page = visitor.get(parked.leads_to()).await;
    assert_eq!(policy(&page), "unsafe-none", "the window's page");
    let again = visitor.get(parked.leads_to()).await;
    assert_eq!(policy(&again), "unsafe-none", "the same, reloaded");
    // Who goes on in the window has done with the opener.
    let told = told(&page);
    let stay = [
        ("hand_over", id.as_str()),
        ("attempt", &told.attempt),
        ("ticket", &told.ticket),
    ];
    let stayed = visitor.post("/sign-in/stay", &stay).await;
    assert_eq!(policy(&stayed), "same-origin", "going on in the window");

    // A shop that nobody may frame has no such windows.
    let shut = TestPortal::at(SHOP).await;
    let guest = shut.visitor();
    let begun = guest.post("/sign-in", &[("return", "/en")]).await;
    assert_eq!(policy(&begun), "same-origin");
    let refused = guest.post_from_elsewhere("/signin-callback", &[]).await;
    assert_eq!(policy(&refused), "same-origin");
}

#[tokio::test]
async fn x2_signing_in_leaves_the_frame_and_the_guests_cart_comes_along() {
    let shop = open().await;
    shop.portal.mirror.pull().await.unwrap();
    let (product, number) = plain(&shop, |entry| entry.least == 1.into());
    let frame = Frame::new(&shop);
    let page = frame.get(LAMP).await;
    assert!(page.body.contains("target=\"_top\""), "{}", page.body);
    assert!(page.body.contains("Open it in a new tab"), "{}", page.body);
    frame.add(&product).await;
    // Without script the next page's form carries it, with script the form asks for it.
    let carried = field(&frame.get("/en/cart").await.body, "bring").unwrap();
    let asked = frame.post(By::Script, "/sign-in/bring", &[]).await;
    assert_eq!(text(&asked, "bring"), carried);

    // At the top the frame's cookie is not there.
    let maria = shop.visitor();
    let fields = [("return", LAMP), ("bring", carried.as_str())];
    let begun = maria.post("/sign-in", &fields).await;
    let answer = crate::provider::Provider::new()
        .sign_in(&shop.demo, begun.leads_to(), "maria")
        .await;
    let parked = maria.call_back(&answer).await;
    let finished = maria.get(parked.leads_to()).await;
    assert_eq!(finished.leads_to(), LAMP, "on the page that was framed");
    assert!(maria.get("/en/cart").await.body.contains(&number));
    // It has moved.
    assert!(!frame.get("/en/cart").await.body.contains(&number));
    // A page in a window of its own says nothing of frames.
    let plain = maria.get("/en").await.body;
    assert!(!plain.contains("Open it in a new tab") && !plain.contains("frame-note"));
}

/// Test 23 of the forty, as far as the portal has to do with it.
#[tokio::test]
async fn x3_a_window_signs_in_and_the_frame_takes_the_session() {
    let shop = TestPortal::set(
        SHOP,
        &[
            ("VITRINA_FRAME_PARENTS", PARENT),
            ("VITRINA_FRAME_SIGN_IN", "popup"),
        ],
    )
    .await;
    shop.portal.mirror.pull().await.unwrap();
    let (product, number) = plain(&shop, |entry| entry.least == 1.into());
    let frame = Frame::new(&shop);
    assert!(frame.get("/en").await.body.contains("target=\"_blank\""));
    frame.add(&product).await;
    let guest = frame.cookies.borrow()["__Host-framed"].clone();

    let id = frame.hand_over().await;
    let window = shop.visitor();
    let (landing, page) = landed_for(&window, &id, "/en/checkout").await;
    let told = told(&page);
    assert_eq!(told.ticket.len(), 43, "256 bits");
    // X6: the window has the attempt's cookie, and no session.
    let names = window.cookie_names();
    assert_eq!(names, [format!("__Host-attempt-{}", told.attempt)]);
    assert!(!window.get("/en").await.body.contains("Мария Иванова"));

    let taken = frame.take(&id, &told.ticket).await;
    assert_eq!(taken.status, StatusCode::OK, "{}", taken.body);
    // The checkout may not be framed: the cart leads out to it.
    assert_eq!(text(&taken, "to"), "/en/cart");
    let session = frame.cookies.borrow()["__Host-framed"].clone();
    assert_ne!(session, guest, "a new id (S6)");
    assert_eq!(frame.cookies.borrow().len(), 1, "the hand-over's is gone");
    let cart = frame.get("/en/cart").await.body;
    assert!(cart.contains("Мария Иванова") && cart.contains(&number));
    assert!(
        cart.contains("data-leaves"),
        "the way to the checkout: {cart}"
    );

    // Once (X3); and the window's page, looked at again, is calm and tells nothing.
    assert_eq!(
        frame.take(&id, &told.ticket).await.status,
        StatusCode::FORBIDDEN
    );
    let again = window.get(&landing).await;
    assert_eq!(again.status, StatusCode::OK);
    assert!(again.body.contains("You are signed in") && !again.body.contains("name=\"ticket\""));
}

#[tokio::test]
async fn x3_a_ticket_is_good_for_a_minute() {
    let shop = open().await;
    for (seconds, status) in [(59, StatusCode::OK), (61, StatusCode::FORBIDDEN)] {
        let frame = Frame::new(&shop);
        let id = frame.hand_over().await;
        let told = told(&sign_in_for(&shop.visitor(), &id, "/en").await);
        shop.clock.advance(Duration::from_secs(seconds));
        let taken = frame.take(&id, &told.ticket).await;
        assert_eq!(taken.status, status, "after {seconds} s: {}", taken.body);
    }
}

#[tokio::test]
async fn x3_of_two_takes_at_once_one_succeeds() {
    let shop = open().await;
    let frame = Frame::new(&shop);
    let id = frame.hand_over().await;
    let told = told(&sign_in_for(&shop.visitor(), &id, "/en").await);
    // Side by side, with what the frame had before either was answered.
    let cookie = format!(
        "__Host-handover-{id}={}",
        frame.cookies.borrow()[&format!("__Host-handover-{id}")]
    );
    let take = || async {
        let request = Frame::new(&shop)
            .request(By::Script, &Method::POST, "/sign-in/take")
            .header(COOKIE, &cookie)
            .body(Body::from(form(&[("id", &id), ("ticket", &told.ticket)])))
            .unwrap();
        read(shop.send(request).await).await.status
    };
    let (a, b, c) = futures::join!(take(), take(), take());
    let mut statuses = [a, b, c];
    statuses.sort();
    assert_eq!(
        statuses,
        [StatusCode::OK, StatusCode::FORBIDDEN, StatusCode::FORBIDDEN]
    );
}

#[tokio::test]
async fn x4_neither_ticket_nor_cookie_is_worth_anything_alone() {
    let shop = open().await;
    // Somebody's hand-over id, in the hands of a victim who signs in with it.
    let attacker = Frame::new(&shop);
    let id = attacker.hand_over().await;
    let victim = shop.visitor();
    let told = told(&sign_in_for(&victim, &id, "/en").await);
    // The attacker has the cookie and not the ticket.
    for guess in ["", "guess", &id, &told.attempt] {
        let taken = attacker.take(&id, guess).await;
        assert_eq!(taken.status, StatusCode::FORBIDDEN, "{guess}");
    }
    assert!(!attacker.is_signed_in().await);
    // The victim's own frame has the ticket and not the cookie, also with a cookie of another hand-over.
    let own = Frame::new(&shop);
    assert_eq!(
        own.take(&id, &told.ticket).await.status,
        StatusCode::FORBIDDEN
    );
    let other = own.hand_over().await;
    for named in [&id, &other] {
        let taken = own.take(named, &told.ticket).await;
        assert_eq!(taken.status, StatusCode::FORBIDDEN, "{named}");
    }
    assert!(!own.is_signed_in().await);
    // Failed tries spoil nothing: ticket and cookie together are still good, once.
    assert_eq!(
        attacker.take(&id, &told.ticket).await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn x3_one_address_cannot_fill_the_table_of_hand_overs_for_all_others() {
    let shop = open().await;
    let frame = Frame::new(&shop);
    let begin = async |address: &str| {
        let request = frame.request(By::Script, &Method::POST, "/sign-in/hand-over");
        let mut request = request.body(Body::empty()).unwrap();
        request
            .extensions_mut()
            .insert(Peer(address.parse().unwrap()));
        read(shop.send(request).await).await.status
    };
    let mut begun = 0;
    while begin("198.51.100.9").await == StatusCode::OK {
        begun += 1;
        assert!(begun < 1_000, "no limit");
    }
    assert_eq!(
        begin("198.51.100.9").await,
        StatusCode::TOO_MANY_REQUESTS,
        "after {begun}"
    );
    assert!(begun >= 10, "{begun}");
    // Others are not held up, and a minute later nobody is.
    assert_eq!(begin("198.51.100.10").await, StatusCode::OK);
    shop.clock.advance(Duration::from_mins(1));
    assert_eq!(begin("198.51.100.9").await, StatusCode::OK);
}

#[tokio::test]
async fn x4_an_unknown_hand_over_signs_nobody_in() {
    let shop = open().await;
    let frame = Frame::new(&shop);
    let id = frame.hand_over().await;
    let visitor = shop.visitor();
    let begin = async |id: &str| {
        let fields = [("return", "/en"), ("hand_over", id)];
        visitor.post("/sign-in", &fields).await
    };
    assert_eq!(begin("unknown").await.status, StatusCode::BAD_REQUEST);
    assert_eq!(begin("").await.status, StatusCode::BAD_REQUEST);
    assert_eq!(begin(&id).await.status, StatusCode::SEE_OTHER);
    shop.clock.advance(Duration::from_mins(11));
    assert_eq!(begin(&id).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn x5_who_stays_in_the_window_has_an_ordinary_session() {
    let shop = open().await;
    let frame = Frame::new(&shop);
    let id = frame.hand_over().await;
    let window = shop.visitor();
    let told = told(&sign_in_for(&window, &id, LAMP).await);
    let stay = [
        ("hand_over", id.as_str()),
        ("attempt", &told.attempt),
        ("ticket", &told.ticket),
    ];
    // X6: the ticket alone is worth nothing in another browser.
    let thief = shop.visitor();
    let refused = thief.post("/sign-in/stay", &stay).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert!(refused.body.contains("<h1"), "a page: {}", refused.body);

    assert_eq!(window.post("/sign-in/stay", &stay).await.leads_to(), LAMP);
    assert_eq!(window.cookie_names(), ["__Host-session"]);
    assert!(window.get("/en").await.body.contains("Мария Иванова"));
    // It was handed over once: nothing is left for the frame.
    let taken = frame.take(&id, &told.ticket).await;
    assert_eq!(taken.status, StatusCode::FORBIDDEN);
    // The button pressed again leads on.
    assert_eq!(window.post("/sign-in/stay", &stay).await.leads_to(), "/en");
}

#[tokio::test]
async fn x5_a_sign_in_that_failed_in_the_window_can_be_tried_again_there() {
    let shop = open().await;
    let frame = Frame::new(&shop);
    let id = frame.hand_over().await;
    let window = shop.visitor();
    let fields = [("return", "/en"), ("hand_over", id.as_str())];
    let begun = window.post("/sign-in", &fields).await;
    let (_, state) = begun.leads_to().split_once("state=").unwrap();
    let state = state.split('&').next().unwrap();
    let denied = [
        ("error".to_owned(), "access_denied".to_owned()),
        ("state".to_owned(), state.to_owned()),
    ];
    let parked = window.call_back(&denied).await;
    let page = window.get(parked.leads_to()).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert_eq!(field(&page.body, "hand_over").as_deref(), Some(id.as_str()));
    let told = told(&sign_in_for(&window, &id, "/en").await);
    assert_eq!(frame.take(&id, &told.ticket).await.status, StatusCode::OK);
}

async fn signed_in(shop: &TestPortal) -> Frame<'_> {
    let frame = Frame::new(shop);
    let id = frame.hand_over().await;
    let told = told(&sign_in_for(&shop.visitor(), &id, "/en").await);
    assert_eq!(frame.take(&id, &told.ticket).await.status, StatusCode::OK);
    assert!(frame.is_signed_in().await);
    frame
}

#[tokio::test]
async fn x7_each_session_counts_in_its_own_place_only() {
    let shop = open().await;
    let frame = signed_in(&shop).await;
    let framed = frame.cookies.borrow()["__Host-framed"].clone();
    let maria = shop.visitor();
    maria.sign_in("maria", "/en").await;
    let ordinary = maria.cookie("__Host-session").unwrap();
    let name = "Мария Иванова";
    for (cookie, destination, script, known) in [
        (format!("__Host-framed={framed}"), "iframe", false, true),
        (format!("__Host-framed={framed}"), "empty", true, true),
        (format!("__Host-framed={framed}"), "document", false, false),
        (format!("__Host-framed={framed}"), "document", true, false),
        (format!("__Host-framed={framed}"), "empty", false, false),
        (format!("__Host-session={framed}"), "iframe", false, false),
        (
            format!("__Host-session={ordinary}"),
            "document",
            false,
            true,
        ),
        (format!("__Host-session={ordinary}"), "iframe", false, false),
        (format!("__Host-session={ordinary}"), "empty", true, false),
    ] {
        let mut request = maria
            .request("GET", "/en")
            .header("sec-fetch-site", "same-origin")
            .header("sec-fetch-dest", destination)
            .header(COOKIE, &cookie);
        if script {
            request = request.header("x-vitrina-frame", "1");
        }
        let answer = read(shop.send(request.body(Body::empty()).unwrap()).await).await;
        assert_eq!(answer.body.contains(name), known, "{cookie} {destination}");
    }
    // A shop that is no longer framed knows no framed sessions.
    let shut = TestPortal::at(SHOP).await;
    let lone = Frame::new(&shut);
    let added = lone.post(By::Script, "/sign-in/hand-over", &[]).await;
    assert_eq!(added.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn x7_a_framed_session_is_shorter() {
    let shop = open().await;
    let frame = signed_in(&shop).await;
    let maria = shop.visitor();
    maria.sign_in("maria", "/en").await;
    // Both are busy all the time.
    for round in 0..7 {
        shop.clock.advance(Duration::from_mins(16));
        assert!(frame.is_signed_in().await, "round {round}");
        assert!(
            maria
                .get("/en/signed-out")
                .await
                .body
                .contains("Мария Иванова")
        );
    }
    shop.clock.advance(Duration::from_mins(9));
    assert!(!frame.is_signed_in().await, "two hours at most");
    assert!(
        maria
            .get("/en/signed-out")
            .await
            .body
            .contains("Мария Иванова")
    );
}

#[tokio::test]
async fn x8_no_other_site_acts_through_a_framed_session() {
    let shop = open().await;
    shop.portal.mirror.pull().await.unwrap();
    let (product, number) = plain(&shop, |entry| entry.least == 1.into());
    let frame = signed_in(&shop).await;
    let cookie = format!("__Host-framed={}", frame.cookies.borrow()["__Host-framed"]);
    let fields = [("product", product.as_str()), ("quantity", "1")];
    for path in [
        "/api/cart/add",
        "/api/account/choose",
        "/sign-out",
        "/sign-in",
        "/sign-in/hand-over",
        "/sign-in/take",
        "/sign-in/bring",
        "/sign-in/stay",
    ] {
        // The parent's form, sent into the frame: the cookie travels, and everything else says whose form it is.
        for (site, origin) in [
            ("cross-site", PARENT),
            ("cross-site", "null"),
            ("same-site", "https://other.shop.example"),
        ] {
            let request = Request::builder()
                .method("POST")
                .uri(path)
                .header(HOST, "shop.example")
                .header(ACCEPT, "text/html")
                .header("sec-fetch-site", site)
                .header("sec-fetch-dest", "iframe")
                .header(ORIGIN, origin)
                .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
                .header(COOKIE, &cookie)
                .body(Body::from(form(&fields)))
                .unwrap();
            let answer = read(shop.send(request).await).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} {site}");
        }
    }
    let cart = frame.get("/en/cart").await.body;
    assert!(cart.contains("Мария Иванова") && !cart.contains(&number));
}

#[tokio::test]
async fn x8_only_a_frame_asks_for_what_a_frame_is_given() {
    let shop = open().await;
    let visitor = shop.visitor();
    for path in ["/sign-in/hand-over", "/sign-in/take", "/sign-in/bring"] {
        let answer = visitor.post(path, &[("id", "x"), ("ticket", "y")]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
        let by_get = visitor.get(path).await;
        assert_eq!(by_get.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
    }
    assert!(visitor.cookie_names().is_empty());
}

#[tokio::test]
async fn a_frame_signs_out_here_and_is_not_led_to_the_instance() {
    let shop = open().await;
    let frame = signed_in(&shop).await;
    let page = frame.get("/en").await.body;
    let token = field(&page, "form_token").unwrap_or_default();
    let fields = [("return", "/bg"), ("form_token", token.as_str())];
    let out = frame.post(By::Document, "/sign-out", &fields).await;
    assert_eq!(out.leads_to(), "/bg/signed-out");
    assert!(frame.cookies.borrow().is_empty());
    assert!(!frame.is_signed_in().await);
}

#[tokio::test]
async fn p6_a_frame_keeps_the_cookies_of_eight_hand_overs() {
    let shop = open().await;
    let frame = Frame::new(&shop);
    let first = frame.hand_over().await;
    let second = frame.hand_over().await;
    // Two frames of one page share their cookies, and each takes its own.
    for id in [&second, &first] {
        let told = told(&sign_in_for(&shop.visitor(), id, "/en").await);
        assert_eq!(frame.take(id, &told.ticket).await.status, StatusCode::OK);
    }
    for _ in 0..12 {
        frame.hand_over().await;
    }
    let kept = frame.cookies.borrow().len();
    assert_eq!(kept, 8 + 1, "beside the session's");
}
