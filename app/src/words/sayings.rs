//! Texts without a part that changes.

macro_rules! sayings {
    ($($name:ident: $english:literal, $bulgarian:literal;)*) => {
        /// A text of the interface without a part that changes.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[expect(missing_docs, reason = "each is its own text")]
        pub enum Saying { $($name),* }

        impl Saying {
            /// Every one.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// In English and in Bulgarian.
            pub(super) fn texts(self) -> (&'static str, &'static str) {
                match self { $(Self::$name => ($english, $bulgarian)),* }
            }
        }
    };
}

sayings! {
    // -- around every page
    SkipToContent: "Skip to content", "Към съдържанието";
    Home: "Home", "Начало";
    Groups: "Product groups", "Продуктови групи";
    Search: "Search", "Търсене";
    SearchHint: "Search by name or code", "Търсете по име или код";
    Suggestions: "Suggestions", "Предложения";
    Language: "Language", "Език";
    SignIn: "Sign in", "Вход";
    SignOut: "Sign out", "Изход";
    Account: "Account", "Профил";
    MyOrders: "My orders", "Моите поръчки";
    SwitchCustomer: "Switch company", "Смяна на фирмата";
    ActingFor: "Ordering for", "Поръчвате за";
    Cart: "Cart", "Количка";
    Close: "Close", "Затваряне";
    DemoNotice: "This is a demonstration. The shop runs on a built-in ERP.net demo instance; nothing ordered here is real.",
        "Това е демонстрация. Магазинът работи с вградена демо инстанция на ERP.net и нищо поръчано тук не е истинско.";
    PoweredBy: "Orders go straight to the seller’s ERP.net.", "Поръчките отиват направо в ERP.net на продавача.";
    NetPrices: "Prices are without VAT.", "Цените са без ДДС.";
    Breadcrumb: "You are here", "Вие сте тук";

    // -- first page
    HomeTitle: "Everything your company orders, in one calm place.", "Всичко, което фирмата ви поръчва, на едно спокойно място.";
    HomeLead: "Your prices, your stock, your orders — straight from the seller’s own system.",
        "Вашите цени, наличности и поръчки — направо от системата на продавача.";
    BrowseGroups: "Browse by group", "Разгледайте по групи";
    Featured: "Picked for you", "Подбрано за вас";
    Reduced: "Reduced right now", "С намалена цена сега";
    EmptyShop: "There is nothing on the shelves yet.", "Рафтовете все още са празни.";
    EmptyShopHint: "The seller has not published any products. Please come back a little later.",
        "Продавачът още не е публикувал продукти. Моля, върнете се малко по-късно.";

    // -- lists
    InThisGroup: "In this group", "В тази група";
    SortBy: "Sort by", "Подреждане";
    Apply: "Apply", "Приложи";
    SortRecommended: "Recommended", "Препоръчани";
    SortBestMatch: "Best match", "Най-близки";
    SortName: "Name", "Име";
    SortPriceUp: "Price, low to high", "Цена, възходящо";
    SortPriceDown: "Price, high to low", "Цена, низходящо";
    Pages: "Pages", "Страници";
    Previous: "Previous", "Предишна";
    Next: "Next", "Следваща";
    EmptyGroup: "There is nothing in this group at the moment.", "В момента в тази група няма нищо.";
    EmptyGroupHint: "Have a look at the other groups, or search the whole shop.",
        "Разгледайте другите групи или потърсете в целия магазин.";

    // -- search
    SearchAll: "What are you looking for?", "Какво търсите?";
    SimilarWords: "Nothing matches exactly. These products match similar words.",
        "Няма точно съвпадение. Тези продукти отговарят на подобни думи.";
    NothingFoundHint: "Check the spelling, try a shorter word or the product’s code, or browse the groups below.",
        "Проверете изписването, опитайте с по-кратка дума или с кода на продукта, или разгледайте групите по-долу.";

    // -- product
    Code: "Code", "Код";
    OtherCodes: "Bar codes and other codes", "Баркодове и други кодове";
    Details: "Details", "Подробности";
    Description: "Description", "Описание";
    Pictures: "Pictures", "Снимки";
    NoPicture: "No picture yet", "Все още няма снимка";
    Quantity: "Quantity", "Количество";
    Unit: "Unit", "Мерна единица";
    Variant: "Variant", "Вариант";
    PickVariant: "Choose a variant", "Изберете вариант";
    AddToCart: "Add to cart", "В количката";
    ChooseOptions: "Choose", "Изберете";
    PriceOnRequest: "Price on request", "Цена при запитване";
    OnRequestOnly: "Please ask the seller for a price; it cannot be ordered here yet.",
        "Моля, поискайте цена от продавача; тук все още не може да се поръча.";
    OnRequestGuest: "There may be a price for your company: please sign in.",
        "За вашата фирма може да има цена: моля, влезте в профила си.";
    ReducedMark: "Reduced", "Намалено";
    PriceHidden: "Prices are not shown for your role", "За вашата роля не се показват цени";
    PriceBefore: "Before", "Преди";
    PriceNow: "Now", "Сега";
    PriceBreaks: "The more, the cheaper", "Повече количество, по-ниска цена";
    InStock: "In stock", "В наличност";
    OutOfStock: "Out of stock, can be ordered", "Не е в наличност, може да се поръча";
    StockUnknown: "Availability on request", "Наличност при запитване";
    Similar: "Similar products", "Подобни продукти";
    Accessories: "Goes well with", "Подходящо към този продукт";
    Related: "Related products", "Свързани продукти";
    Warranty: "Warranty", "Гаранция";

    // -- cart
    CartTitle: "Your cart", "Вашата количка";
    EmptyCart: "Your cart is empty.", "Количката ви е празна.";
    EmptyCartHint: "Whatever you add is kept here, also when you sign in later.",
        "Каквото добавите, се пази тук — и когато влезете по-късно.";
    KeepShopping: "Keep shopping", "Към продуктите";
    Update: "Update", "Обнови";
    Less: "Less", "По-малко";
    More: "More", "Повече";
    Remove: "Remove", "Премахване";
    Undo: "Undo", "Връщане";
    Removed: "Removed from your cart.", "Премахнато от количката.";
    Added: "It is in your cart.", "Добавено е в количката.";
    ShowCart: "Show the cart", "Към количката";
    Subtotal: "Subtotal without VAT", "Междинна сума без ДДС";
    SubtotalIncomplete: "Lines without a price are not in the subtotal.",
        "Редовете без цена не са включени в сумата.";
    ToCheckout: "Go to checkout", "Към поръчката";
    VatAtCheckout: "VAT and the binding total follow at checkout.", "ДДС и крайната сума се показват при поръчката.";
    SignInToOrder: "Sign in to order", "Влезте, за да поръчате";
    SignInToOrderHint: "Your cart comes along.", "Количката идва с вас.";
    MendCart: "Please look at the marked lines before you order.", "Моля, прегледайте отбелязаните редове, преди да поръчате.";
    LineWithdrawn: "No longer sold. Please remove it.", "Вече не се продава. Моля, премахнете реда.";
    LineChoiceGone: "This variant or unit is no longer offered. Please remove it and choose again.",
        "Този вариант или мерна единица вече не се предлага. Моля, премахнете реда и изберете отново.";
    LineNotWhole: "Sold whole only. Please change the quantity.", "Продава се само цяло. Моля, променете количеството.";
    LineNoPrice: "There is no price for this yet. Please ask the seller, and remove it to order the rest.",
        "За това все още няма цена. Моля, попитайте продавача и премахнете реда, за да поръчате останалото.";
    WaitForCustomer: "You can order as soon as the seller has connected you to your company.",
        "Ще можете да поръчвате, щом продавачът ви свърже с вашата фирма.";
    ChooseCustomerFirst: "Choose the company you are ordering for", "Изберете фирмата, за която поръчвате";

    // -- checkout
    CheckoutTitle: "Checkout", "Поръчка";
    DeliveryAddress: "Delivery address", "Адрес за доставка";
    UsualAddress: "usual", "обичаен";
    NewAddress: "Another address", "Друг адрес";
    NoAddresses: "Your addresses could not be read just now. You can enter one here.",
        "В момента адресите ви не могат да бъдат прочетени. Можете да въведете адрес тук.";
    Street: "Street and number", "Улица и номер";
    Postcode: "Postcode", "Пощенски код";
    Town: "Town", "Населено място";
    PurchaseOrder: "Your order number", "Ваш номер на поръчка";
    PurchaseOrderHint: "Optional. Appears on the order and the invoice.", "По желание. Изписва се на поръчката и фактурата.";
    RequestedDate: "Requested date", "Желана дата";
    RequestedDateHint: "Optional. Prices are those of that day.", "По желание. Цените са към този ден.";
    Note: "Note to the seller", "Бележка към продавача";
    Optional: "Optional.", "По желание.";
    YourOrder: "Your order", "Вашата поръчка";
    Total: "Total", "Общо";
    SubtotalShort: "Without VAT", "Без ДДС";
    Discount: "Discount", "Отстъпка";
    PlaceOrder: "Place order", "Поръчвам";
    BindingTotal: "This is the binding total.", "Това е обвързващата обща сума.";
    QuoteMissing: "The total cannot be shown right now", "В момента общата сума не може да бъде показана";
    QuoteAgain: "Ask again", "Опитайте отново";
    QuoteSaved: "Everything you typed is kept.", "Всичко, което сте въвели, е запазено.";
    FieldsTitle: "Please check the marked fields.", "Моля, проверете отбелязаните полета.";
    BackToCart: "Back to the cart", "Обратно към количката";
    EditCart: "Change", "Промяна";

    // -- an order that was sent
    PlacingTitle: "Your order is being placed", "Поръчката ви се изпраща";
    PlacingText: "This takes a few seconds. The page looks again by itself; you may also close it, your order is placed once.",
        "Отнема няколко секунди. Страницата се обновява сама; можете и да я затворите, поръчката се изпраща само веднъж.";
    InDoubtTitle: "We are making sure", "Проверяваме";
    InDoubtText: "Your order was sent, but the seller’s system has not confirmed it yet. We keep looking until it is certain. Please do not order again: nothing is lost and nothing is ordered twice.",
        "Поръчката ви е изпратена, но системата на продавача още не я е потвърдила. Проверяваме, докато стане сигурно. Моля, не поръчвайте отново: нищо не се губи и нищо не се поръчва два пъти.";
    PlacedTitle: "Thank you for your order", "Благодарим за поръчката";
    PlacedText: "The seller has received it. You can follow it under your orders.",
        "Продавачът я получи. Можете да я следите в „Моите поръчки“.";
    PlacedBrieflyText: "Its details are not readable just now; they will appear under your orders.",
        "Подробностите не могат да бъдат прочетени в момента; ще се появят в „Моите поръчки“.";
    PriceChangedTitle: "The total has changed", "Общата сума се промени";
    PriceChangedNow: "It is now", "Сега тя е";
    PriceChangedLook: "See the new total and confirm", "Към новата сума и потвърждение";
    NotPlacedTitle: "The order was not placed", "Поръчката не беше направена";
    NotPlacedText: "Nothing was ordered, and everything is still in your cart.",
        "Нищо не е поръчано и всичко е все още в количката ви.";
    LookAgain: "Look again", "Провери отново";

    // -- orders
    EmptyOrders: "There are no orders yet.", "Все още няма поръчки.";
    EmptyOrdersHint: "Your company’s orders appear here, whoever placed them.",
        "Тук се появяват поръчките на вашата фирма, независимо кой ги е направил.";
    OrderDate: "Date", "Дата";
    OrderLines: "Lines", "Редове";
    OrderHistory: "History", "История";
    CannotBeShown: "cannot be shown", "не може да се покаже";
    OrderInPart: "Part of this order cannot be shown here. The seller can tell you all of it.",
        "Част от тази поръчка не може да се покаже тук. Продавачът може да ви каже всичко за нея.";
    Price: "Price", "Цена";
    StateArrived: "Arrived", "Постъпила";
    StateReceived: "Received", "Получена";
    StateConfirmed: "Confirmed", "Потвърдена";
    StateFinished: "Finished", "Приключена";
    StateCancelled: "Cancelled", "Анулирана";
    StateOther: "In progress", "В обработка";

    // -- people
    CustomersTitle: "Who are you ordering for?", "За кого поръчвате?";
    CustomersLead: "You may order for several companies. Prices, addresses and orders are those of the one you choose.",
        "Можете да поръчвате за няколко фирми. Цените, адресите и поръчките са на тази, която изберете.";
    Choose: "Choose", "Избери";
    Chosen: "Chosen", "Избрана";
    CustomerNumber: "Customer number", "Клиентски номер";
    RoleBasic: "sees the company’s profile", "вижда профила на фирмата";
    RoleOrders: "orders, without prices", "поръчва, без цени";
    RoleOrdersWithPrices: "orders, with prices", "поръчва, с цени";
    RoleBilling: "orders and invoices", "поръчки и фактури";
    RoleAdmin: "administrator", "администратор";
    RoleOwner: "owner", "собственик";
    WaitingTitle: "Almost there", "Почти готово";
    WaitingLead: "You are signed in, but not connected to a company yet.", "Влезли сте, но още не сте свързани с фирма.";
    WaitingText: "The seller connects people to their companies by hand. Once that is done you see your prices here and can order. Until then you can look around and fill your cart; it is kept for you.",
        "Продавачът свързва потребителите с техните фирми ръчно. След това тук ще виждате вашите цени и ще можете да поръчвате. Дотогава разгледайте и пълнете количката; тя се пази за вас.";
    CheckAgain: "Check again", "Провери отново";
    LookAround: "Look around", "Разгледай магазина";
    MySessions: "My sessions", "Моите сесии";
    SessionsTitle: "Where you are signed in", "Къде сте влезли";
    SessionsLead: "These are your sessions on all devices. If you do not recognise one, end it.",
        "Това са вашите сесии на всички устройства. Ако не разпознавате някоя, прекратете я.";
    OnlyHere: "You are signed in nowhere else.", "Не сте влезли никъде другаде.";
    SessionHere: "This device", "Това устройство";
    SessionSince: "Signed in", "Влизане";
    SessionSeen: "Last used", "Последно използване";
    UnknownDevice: "Unknown browser", "Непознат браузър";
    SignOutThere: "Sign out there", "Прекрати сесията";
    SignedOutThere: "That session is ended.", "Сесията е прекратена.";
    SignOutEverywhere: "Sign out everywhere", "Изход навсякъде";
    SignOutEverywhereHint: "This ends all of them, the one on this device too.",
        "Така се прекратяват всички сесии, включително на това устройство.";
    EndedTitle: "You are no longer signed in", "Вече не сте в профила си";
    EndedText: "Your session has ended: nothing happened here for a while, or you signed out elsewhere. What you collected and typed is kept; sign in again to go on.",
        "Сесията ви приключи: дълго време нямаше действия или сте излезли от друго място. Събраното и въведеното се пази; влезте отново, за да продължите.";
    SignedOutTitle: "You are signed out", "Излязохте от профила си";
    SignedOutText: "Your cart and your orders are waiting for you.", "Количката и поръчките ви очакват.";
    StaleFormTitle: "Please send this once more", "Моля, изпратете още веднъж";
    StaleFormText: "The page you sent it from was made before you signed in or out or changed company. Nothing was done yet, and what you typed is kept.",
        "Страницата, от която е изпратено, е отворена, преди да влезете, да излезете или да смените фирмата. Нищо още не е направено, а въведеното от вас е запазено.";
    SendAgain: "Send it now", "Изпрати сега";
    SignInAgain: "Sign in again", "Влезте отново";

    // -- in a frame of another site, and in the window that signs in for it
    InAFrame: "This shop is shown inside another page.", "Този магазин се показва вътре в друга страница.";
    OpenInNewTab: "Open it in a new tab", "Отворете го в нов раздел";
    FrameWaiting: "Please sign in in the small window that has opened. This page then goes on by itself.",
        "Моля, влезте в профила си в малкия прозорец, който се отвори. След това тази страница продължава сама.";
    FrameClosed: "The window was closed before anybody signed in here. Nothing is lost.",
        "Прозорецът беше затворен, преди някой да влезе тук. Нищо не е изгубено.";
    FrameFailed: "Signing in did not work out this time. Nothing is lost.", "Този път влизането не успя. Нищо не е изгубено.";
    FrameStuck: "The page around the shop may not let you leave it. There are other ways:",
        "Страницата около магазина може да не ви позволява да я напуснете. Има и други начини:";
    FrameBlocked: "The browser, or the page around the shop, does not allow this here. It works in a tab of its own.",
        "Браузърът или страницата около магазина не позволява това тук. В отделен раздел работи.";
    ShowWindow: "Show the window", "Покажи прозореца";
    SignInBeside: "Sign in in a small window", "Вход в малък прозорец";
    GoOnInNewTab: "Go on in a new tab", "Продължете в нов раздел";
    CopyAddress: "If no tab opens, or it stays empty, copy this address:", "Ако не се отвори раздел или остане празен, копирайте този адрес:";
    SignedInTitle: "You are signed in", "Влязохте в профила си";
    WindowCloses: "The shop goes on where you came from, and this window closes.",
        "Магазинът продължава там, откъдето дойдохте, и този прозорец се затваря.";
    WindowStays: "You can close this window, or go on shopping in it.",
        "Можете да затворите този прозорец или да продължите да пазарувате в него.";
    WindowOnlyClose: "You can close this window, and try again where you came from.",
        "Можете да затворите този прозорец и да опитате отново там, откъдето дойдохте.";
    GoOnHere: "Go on in this window", "Продължете в този прозорец";

    // -- trouble
    NotFoundTitle: "This page does not exist", "Такава страница няма";
    NotFoundText: "The address may be mistyped, or what was here is no longer sold. Search for it, or start from the first page.",
        "Адресът може да е сгрешен или продуктът вече да не се продава. Потърсете го или започнете от началната страница.";
    ToHome: "To the first page", "Към началната страница";
    TryAgain: "Try again", "Опитайте отново";
    Reference: "Reference", "Номер за справка";
    ReferenceHint: "If you write to the seller about this, please add the reference.",
        "Ако пишете на продавача по този повод, моля, добавете номера за справка.";
    StaleSince: "Prices and stock as of", "Цени и наличности към";
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_saying_is_written_in_both_languages() {
        for saying in Saying::ALL {
            let (english, bulgarian) = saying.texts();
            assert!(!english.trim().is_empty() && !bulgarian.trim().is_empty());
            let cyrillic = |text: &str| text.chars().any(|c| ('а'..='я').contains(&c));
            assert!(!cyrillic(english), "{saying:?}: {english}");
            assert!(
                cyrillic(&bulgarian.to_lowercase()),
                "{saying:?}: {bulgarian}"
            );
        }
    }

    #[test]
    fn sayings_are_not_repeated_by_accident() {
        let texts: HashSet<_> = Saying::ALL.iter().map(|saying| saying.texts()).collect();
        assert_eq!(texts.len(), Saying::ALL.len());
    }
}
