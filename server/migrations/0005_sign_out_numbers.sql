-- Sign-outs are numbered by the ledger, and what is under way remembers the number it began after: the portals of a fleet need not
-- agree on the time. Whoever signs somebody out holds the counter's row until the sign-out is written down.
CREATE TABLE sign_out_counter (
    number BIGINT NOT NULL
);
INSERT INTO sign_out_counter (number) VALUES (0);
DROP TABLE sign_outs;
CREATE TABLE sign_outs (
    what TEXT NOT NULL PRIMARY KEY,
    number BIGINT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX sign_outs_by_expiry ON sign_outs (expires);
ALTER TABLE attempts DROP COLUMN answered;
ALTER TABLE attempts ADD COLUMN signed_out_before BIGINT NOT NULL DEFAULT 0;
