// What a shopper does, in the words of a shopper. Things are found by role and label only.

import { type Locator, type Page, type Response, expect } from '@playwright/test';
import type { Person } from './people.ts';
import type { Shop } from './shop.ts';
import { type Language, type Words, words } from './words.ts';

/** What can be typed at the checkout. */
export interface Delivery {
  street: string;
  postcode: string;
  town: string;
  purchaseOrder: string;
  note: string;
  date?: string;
}

export class Shopper {
  readonly words: Words;

  constructor(
    readonly page: Page,
    readonly shop: Shop,
    readonly language: Language,
    /** Whether the pages' script runs. */
    readonly scripted: boolean,
  ) {
    this.words = words[language];
  }

  /** Goes to a page of the shop, e.g. `/cart`. */
  open(path: string): Promise<Response | null> {
    return this.page.goto(`${this.shop.origin}/${this.language}${path}`);
  }

  heading(name: string | RegExp): Locator {
    return this.page.getByRole('heading', { level: 1, name });
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole('button', { name });
  }

  /** The link to the cart, in the header; its name tells the number of lines. */
  get cartLink(): Locator {
    return this.page.getByRole('banner').getByRole('link', { name: new RegExp(`^${this.words.cart}`) });
  }

  async search(text: string): Promise<void> {
    const field = this.page.getByRole('search').getByLabel(this.words.searchField);
    await field.fill(text);
    await this.page.getByRole('search').getByRole('button', { name: this.words.search }).click();
    await this.page.waitForURL(/\/search\?q=/);
  }

  /** The first product of a list whose name holds `name`. */
  card(name: string): Locator {
    return this.page.getByRole('main').getByRole('article').filter({ hasText: name }).first();
  }

  /** Puts what is open in the product page into the cart. */
  async addToCart(quantity?: string): Promise<void> {
    const main = this.page.getByRole('main');
    if (quantity !== undefined) {
      await main.getByLabel(this.words.quantity, { exact: true }).fill(quantity);
    }
    await main.getByRole('button', { name: this.words.addToCart, exact: true }).click();
  }

  async seesAdded(): Promise<void> {
    const said = this.scripted ? this.page.getByRole('status') : this.page.getByRole('main');
    await expect(said.getByText(this.scripted ? this.words.added : /It is in your cart|Добавено е в количката/).first()).toBeVisible();
  }

  async openCart(): Promise<void> {
    await this.open('/cart');
    await expect(this.heading(this.words.cartTitle)).toBeVisible();
  }

  /** Signs in at the instance's own page, wherever that was reached from. */
  async identify(person: Person): Promise<void> {
    await this.page.waitForURL(`${this.shop.instance}/**`);
    await this.page.getByLabel(/^(Login|Потребител)$/).fill(person.login);
    await this.page.getByLabel(/^(Password|Парола)$/).fill(person.password);
    await this.page.getByRole('button', { name: /^(Sign in|Вход)$/ }).click();
    if (!this.scripted) {
      // The instance answers with a form, which script sends by itself.
      await this.page.getByRole('button', { name: 'Continue · Продължете' }).click();
    }
    await this.page.waitForURL(`${this.shop.origin}/**`);
  }

  /** Signs in from the header of the page that is open. */
  async signIn(person: Person): Promise<void> {
    await this.page.getByRole('banner').getByRole('button', { name: this.words.signIn }).click();
    await this.identify(person);
  }

  /** Opens the menu with the person's name. */
  async openAccountMenu(): Promise<Locator> {
    const banner = this.page.getByRole('banner');
    await banner.getByRole('group').filter({ hasText: this.words.signOut }).click();
    return banner;
  }

  /** Comes back to this tab. A browser without windows shows all tabs, so it is told what one with windows would notice. */
  async comesBack(): Promise<void> {
    await this.page.evaluate(() => document.dispatchEvent(new Event('visibilitychange', { bubbles: true })));
  }

  async signOut(): Promise<void> {
    const menu = await this.openAccountMenu();
    await menu.getByRole('button', { name: this.words.signOut }).click();
    await expect(this.heading(this.words.signedOut)).toBeVisible();
  }

  async fillCheckout(delivery: Delivery): Promise<void> {
    const form = this.page.getByRole('main');
    await form.getByLabel(this.words.anotherAddress).check();
    await form.getByLabel(this.words.street).fill(delivery.street);
    await form.getByLabel(this.words.postcode).fill(delivery.postcode);
    await form.getByLabel(this.words.town).fill(delivery.town);
    await form.getByLabel(this.words.purchaseOrder).fill(delivery.purchaseOrder);
    await form.getByLabel(this.words.note).fill(delivery.note);
    if (delivery.date !== undefined) {
      await form.getByLabel(this.words.requestedDate).fill(delivery.date);
    }
  }

  /** The total with VAT is on the page, and the button that orders for it. */
  async seesQuote(): Promise<void> {
    const summary = this.page.getByRole('region', { name: /Your order|Вашата поръчка/ });
    await expect(summary.getByText(this.words.binding)).toBeVisible();
    await expect(summary.getByText(new RegExp(this.words.vat)).first()).toBeVisible();
  }

  async placeOrder(): Promise<void> {
    await this.button(this.words.placeOrder).click();
    await expect(this.heading(this.words.placed)).toBeVisible({ timeout: 30_000 });
  }
}
