-- Carts, with what was typed in the checkout; one row for each owner.
CREATE TABLE carts (
    owner TEXT NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    content TEXT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX carts_expires ON carts (expires);

-- Orders that were sent, by their key (K2).
CREATE TABLE orders_underway (
    order_key TEXT NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL,
    customer TEXT NOT NULL,
    stage TEXT NOT NULL,
    request TEXT NOT NULL,
    outcome TEXT NOT NULL,
    began BIGINT NOT NULL,
    looked BIGINT NOT NULL,
    next_look BIGINT NOT NULL
);
CREATE INDEX orders_underway_next_look ON orders_underway (stage, next_look);
CREATE INDEX orders_underway_owner ON orders_underway (owner, began);
