//! Kind words for what goes wrong: what happened, and what can be done.

use vitrina::trouble::{Refusal, Trouble};

use super::Words;
use crate::{
    notice::{Notice, Problem},
    pages::trouble::SignInKind,
};

impl Words {
    /// What happened, as a heading.
    pub fn trouble_title(self, trouble: &Trouble) -> &'static str {
        match trouble {
            Trouble::NotFound => self.pick("This page does not exist", "Такава страница няма"),
            Trouble::SignInNeeded => self.pick("Please sign in", "Моля, влезте в профила си"),
            Trouble::NoCustomer => self.pick(
                "You are not connected to a company yet",
                "Още не сте свързани с фирма",
            ),
            Trouble::ChooseCustomer => self.pick(
                "Which company are you ordering for?",
                "За коя фирма поръчвате?",
            ),
            Trouble::NotAllowed => self.pick(
                "Your role does not include this",
                "Ролята ви не включва това",
            ),
            Trouble::Busy => self.pick(
                "The seller’s system is very busy",
                "Системата на продавача е много натоварена",
            ),
            Trouble::TooOften => self.pick("A moment, please", "Един момент, моля"),
            Trouble::Away => self.pick(
                "The seller’s system does not answer",
                "Системата на продавача не отговаря",
            ),
            Trouble::OrdersOff => self.pick(
                "This shop is for looking only",
                "Този магазин е само за разглеждане",
            ),
            Trouble::OrdersPaused => self.pick(
                "Ordering is not possible just now",
                "В момента не може да се поръчва",
            ),
            Trouble::Refused(_) => self.pick(
                "The seller’s system does not accept this",
                "Системата на продавача не приема това",
            ),
            Trouble::Filling => self.pick("The shop is opening", "Магазинът отваря"),
            Trouble::Internal { .. } => self.pick("Something went wrong", "Нещо се обърка"),
        }
    }

    /// What can be done about it.
    pub fn trouble_text(self, trouble: &Trouble) -> &'static str {
        match trouble {
            Trouble::NotFound => self.pick(
                "The address may be mistyped, or what was here is no longer sold.",
                "Адресът може да е сгрешен или това, което беше тук, вече да не се продава.",
            ),
            Trouble::SignInNeeded => self.pick(
                "This page belongs to your account. Once signed in you come straight back here.",
                "Тази страница е част от профила ви. След вход се връщате направо тук.",
            ),
            Trouble::NoCustomer => self.pick(
                "The seller connects people to their companies. Until then you can look around and fill your cart.",
                "Продавачът свързва потребителите с фирмите им. Дотогава можете да разглеждате и да пълните количката.",
            ),
            Trouble::ChooseCustomer => self.pick(
                "You may order for several companies. Choose one to go on.",
                "Можете да поръчвате за няколко фирми. Изберете една, за да продължите.",
            ),
            Trouble::NotAllowed => self.pick(
                "Ask whoever manages your company’s access at the seller to extend your role.",
                "Помолете човека, който управлява достъпа на фирмата ви при продавача, да разшири ролята ви.",
            ),
            Trouble::Busy => self.pick(
                "Please try again in a moment. Nothing you collected or typed is lost.",
                "Моля, опитайте отново след малко. Нищо събрано или въведено не е изгубено.",
            ),
            Trouble::TooOften => self.pick(
                "This was asked for several times within a minute. Please wait a minute and try again. Nothing is lost.",
                "Това беше поискано няколко пъти в рамките на минута. Моля, изчакайте минута и опитайте отново. Нищо не е изгубено.",
            ),
            Trouble::Away => self.pick(
                "You can go on looking and filling your cart; please try this again in a few minutes. Nothing is lost.",
                "Можете да продължите да разглеждате и да пълните количката; моля, опитайте отново след няколко минути. Нищо не е изгубено.",
            ),
            Trouble::OrdersOff => self.pick(
                "Orders are not taken here. Please contact the seller.",
                "Тук не се приемат поръчки. Моля, свържете се с продавача.",
            ),
            Trouble::OrdersPaused => self.pick(
                "Whoever runs the shop has been told. You can go on looking and filling your cart; please try this again later. Nothing is lost.",
                "Поддръжката на магазина е уведомена. Можете да продължите да разглеждате и да пълните количката; моля, опитайте отново по-късно. Нищо не е изгубено.",
            ),
            Trouble::Refused(refusal) => self.refusal(*refusal),
            Trouble::Filling => self.pick(
                "The catalogue is being fetched for the first time. Please look again in a minute.",
                "Каталогът се зарежда за първи път. Моля, погледнете отново след минута.",
            ),
            Trouble::Internal { .. } => self.pick(
                "The fault is ours and has been noted. Please try again; what you collected is still there.",
                "Грешката е наша и е записана. Моля, опитайте отново; събраното от вас е още тук.",
            ),
        }
    }

    fn refusal(self, refusal: Refusal) -> &'static str {
        match refusal {
            Refusal::CustomerNotValid => self.pick(
                "Your company’s account is not active there at the moment. Please contact the seller.",
                "Фирмата ви в момента не е активен клиент. Моля, свържете се с продавача.",
            ),
            Refusal::AddressNotYours => self.pick(
                "The delivery address does not belong to your company. Please choose another one.",
                "Адресът за доставка не е на вашата фирма. Моля, изберете друг.",
            ),
            Refusal::BelowMinimumQuantity => self.pick(
                "One of the quantities is below the least that can be ordered. Please raise it in the cart.",
                "Някое от количествата е под минималното за поръчка. Моля, увеличете го в количката.",
            ),
            Refusal::BelowMinimumAmount => self.pick(
                "The order is below the seller’s least amount. Please add something to it.",
                "Поръчката е под минималната сума на продавача. Моля, добавете още нещо.",
            ),
            Refusal::Credit => self.pick(
                "The credit limit does not allow it, or an invoice is overdue. Please contact the seller.",
                "Кредитният лимит не го позволява или има просрочена фактура. Моля, свържете се с продавача.",
            ),
            Refusal::NotEnoughStock => self.pick(
                "There is not enough in stock for one of the lines. Please lower the quantity in the cart.",
                "За някой от редовете няма достатъчна наличност. Моля, намалете количеството в количката.",
            ),
            Refusal::RegistrationNumber => self.pick(
                "Your company’s registration number is missing there. Please contact the seller.",
                "Липсва регистрационният номер на фирмата ви. Моля, свържете се с продавача.",
            ),
            Refusal::NoPrice => self.pick(
                "One of the lines has no price yet. Please ask the seller for it, or take it out of the cart.",
                "Някой от редовете все още няма цена. Моля, попитайте продавача за нея или премахнете реда от количката.",
            ),
            Refusal::Other => self.pick(
                "One of its rules stops this order. Please contact the seller.",
                "Едно от правилата ѝ спира поръчката. Моля, свържете се с продавача.",
            ),
        }
    }

    /// What a form has to say, in a sentence or two.
    pub(crate) fn problem(self, notice: &Notice) -> Option<String> {
        Some(match notice.problem? {
            Problem::Quantity(problem) => self.quantity_problem(problem),
            Problem::Full => self.cart_full(),
            Problem::PickVariant => self
                .pick(
                    "Please choose a variant first.",
                    "Моля, първо изберете вариант.",
                )
                .to_owned(),
            Problem::Gone => self
                .pick("This is no longer offered.", "Това вече не се предлага.")
                .to_owned(),
            Problem::Cart => self.say(super::Saying::MendCart).to_owned(),
            Problem::Fields => self.say(super::Saying::FieldsTitle).to_owned(),
            Problem::PriceChanged => self.price_changed(None),
            Problem::Ended => self.say(super::Saying::EndedText).to_owned(),
            other => {
                let trouble = other.trouble(&notice.typed)?;
                format!(
                    "{}. {}",
                    self.trouble_title(&trouble),
                    self.trouble_text(&trouble)
                )
            }
        })
    }

    /// Why an answer was given without a page: by its status.
    pub fn failure(self, status: u16) -> (&'static str, &'static str) {
        match status {
            403 => (
                self.pick("This request was stopped", "Заявката беше спряна"),
                self.pick(
                    "It did not come from one of our pages. Please go back to the shop and try again from there.",
                    "Тя не идва от наша страница. Моля, върнете се в магазина и опитайте оттам.",
                ),
            ),
            413 => (
                self.pick("That is too much at once", "Това е твърде много наведнъж"),
                self.pick(
                    "What you sent is larger than the shop takes. Please go back and shorten it.",
                    "Изпратеното е по-голямо, отколкото магазинът приема. Моля, върнете се и го съкратете.",
                ),
            ),
            429 => (
                self.pick("A little too fast", "Малко по-бавно, моля"),
                self.pick(
                    "Too many requests came from your side. Please wait a moment and try again.",
                    "От вас дойдоха твърде много заявки. Моля, изчакайте малко и опитайте отново.",
                ),
            ),
            503 | 504 => (
                self.pick("The shop is very busy", "Магазинът е много натоварен"),
                self.pick(
                    "Please try again in a moment. Nothing you collected is lost.",
                    "Моля, опитайте отново след малко. Нищо събрано не е изгубено.",
                ),
            ),
            400..500 => (
                self.pick("This request makes no sense to us", "Не разбираме тази заявка"),
                self.pick(
                    "Please go back to the shop and try again from there.",
                    "Моля, върнете се в магазина и опитайте оттам.",
                ),
            ),
            _ => (
                self.pick("Something went wrong", "Нещо се обърка"),
                self.pick(
                    "The fault is ours and has been noted. Please try again; what you collected is still there.",
                    "Грешката е наша и е записана. Моля, опитайте отново; събраното от вас е още тук.",
                ),
            ),
        }
    }

    /// Why signing in did not work, and what can be done.
    pub fn sign_in_trouble(self, kind: SignInKind) -> (&'static str, &'static str) {
        match kind {
            SignInKind::Denied => (
                self.pick("Sign-in was cancelled", "Входът беше отказан"),
                self.pick(
                    "You did not finish signing in, or your account may not be used here. Nothing has changed.",
                    "Не завършихте входа или профилът ви не може да се използва тук. Нищо не се е променило.",
                ),
            ),
            SignInKind::Expired => (
                self.pick("Sign-in took too long", "Входът отне твърде дълго"),
                self.pick(
                    "For your safety a sign-in is good for ten minutes. Please start again.",
                    "За ваша сигурност един вход е валиден десет минути. Моля, започнете отново.",
                ),
            ),
            SignInKind::AlreadyUsed => (
                self.pick("This sign-in was already used", "Този вход вече беше използван"),
                self.pick(
                    "The page was opened a second time. You may already be signed in; if not, please start again.",
                    "Страницата беше отворена втори път. Може вече да сте влезли; ако не, моля, започнете отново.",
                ),
            ),
            SignInKind::OtherBrowser => (
                self.pick(
                    "Sign-in was started elsewhere",
                    "Входът е започнат другаде",
                ),
                self.pick(
                    "It must end in the browser it began in, and cookies must be allowed. Please start again here.",
                    "Той трябва да завърши в браузъра, в който е започнал, с разрешени бисквитки. Моля, започнете отново тук.",
                ),
            ),
            SignInKind::Away => (
                self.pick("Sign-in is not reachable", "Входът е недостъпен"),
                self.pick(
                    "The seller’s system does not answer. You can go on looking and filling your cart; please try again in a few minutes.",
                    "Системата на продавача не отговаря. Можете да разглеждате и да пълните количката; моля, опитайте отново след няколко минути.",
                ),
            ),
            SignInKind::CodeRefused => (
                self.pick(
                    "The sign-in could not be completed",
                    "Входът не можа да завърши",
                ),
                self.pick(
                    "It may have taken too long, or your account may be switched off at the seller. Please start again; if it does not work then either, ask the seller.",
                    "Може да е отнел твърде дълго или профилът ви при продавача да е изключен. Моля, започнете отново; ако пак не стане, попитайте продавача.",
                ),
            ),
            SignInKind::Unfinished => (
                self.pick("The sign-in stopped half-way", "Входът спря по средата"),
                self.pick(
                    "The seller’s sign-in service reported a fault of its own. Nothing has changed; please try again.",
                    "Услугата за вход на продавача съобщи за собствена грешка. Нищо не се е променило; моля, опитайте отново.",
                ),
            ),
            SignInKind::UserType => (
                self.pick(
                    "This account cannot be used here",
                    "С този профил тук не може да се влезе",
                ),
                self.pick(
                    "The shop does not admit accounts of this kind. Please sign in with another one, or ask the seller.",
                    "Магазинът не приема профили от този вид. Моля, влезте с друг или попитайте продавача.",
                ),
            ),
            SignInKind::NotSetUp => (
                self.pick(
                    "Nobody can sign in at the moment",
                    "В момента никой не може да влезе",
                ),
                self.pick(
                    "The seller’s system refuses the shop, not you; whoever runs the shop has been told. You can go on looking and filling your cart.",
                    "Системата на продавача отказва на магазина, не на вас; поддръжката му е уведомена. Можете да разглеждате и да пълните количката.",
                ),
            ),
            SignInKind::NotAccepted => (
                self.pick(
                    "The sign-in was not accepted",
                    "Входът не беше приет",
                ),
                self.pick(
                    "The answer of the sign-in service did not pass our checks. Please try again; if it happens again, tell the seller the reference.",
                    "Отговорът на услугата за вход не премина нашите проверки. Моля, опитайте отново; ако се повтори, кажете на продавача номера за справка.",
                ),
            ),
        }
    }
}
