-- Sign-ins under way (S1): every step of one is a compare-and-set on `stage`.
CREATE TABLE attempts (
    id TEXT NOT NULL PRIMARY KEY,
    state_hash TEXT NOT NULL UNIQUE,
    browser_hash TEXT NOT NULL,
    stage TEXT NOT NULL,
    nonce TEXT NOT NULL,
    verifier TEXT NOT NULL,
    return_to TEXT NOT NULL,
    answer TEXT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX attempts_by_expiry ON attempts (expires);

-- Sessions, by a hash of the id in the cookie: whoever reads this table cannot take one over.
CREATE TABLE sessions (
    id_hash TEXT NOT NULL PRIMARY KEY,
    data TEXT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX sessions_by_expiry ON sessions (expires);
