// The people of the demo instance; its login page lists them with their passwords.

export interface Person {
  login: string;
  password: string;
}

function person(login: string): Person {
  return { login, password: `demo-${login.split('.')[0]}` };
}

export const people = {
  /** Buys for one customer, 000412, and sees prices. */
  buyer: person('maria.ivanova@harbour.example'),
  /** Buys for two customers and has to choose. */
  buyerOfTwo: person('james.porter@studio.example'),
  /** The owner of 000412's account. */
  owner: person('elena.georgieva@harbour.example'),
  /** Orders without seeing prices. */
  withoutPrices: person('petar.dimitrov@lipa.example'),
  /** Registered herself and waits for a customer. */
  newcomer: person('nora.lind@newcomer.example'),
} as const;
