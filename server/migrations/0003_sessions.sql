-- Whose session it is, for the list of one's own sessions and for signing out elsewhere. Persons, logins and the provider's
-- sessions only need to be recognised, so they are stored as hashes; a guest's session has none of them.
ALTER TABLE sessions ADD COLUMN handle TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN person_hash TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN login_hash TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN sid_hash TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN device TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN began BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN seen BIGINT NOT NULL DEFAULT 0;
CREATE INDEX sessions_by_handle ON sessions (handle);
CREATE INDEX sessions_by_person ON sessions (person_hash);
CREATE INDEX sessions_by_login ON sessions (login_hash);
CREATE INDEX sessions_by_sid ON sessions (sid_hash);

-- Sign-outs of the last hours (milliseconds since 1970): what was on its way while somebody was signed out must not outlive it.
CREATE TABLE sign_outs (
    what TEXT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX sign_outs_by_expiry ON sign_outs (expires);

-- Logout tokens that were seen, by the hash of their `jti` (B2). `done` is 1 once their sessions are ended.
CREATE TABLE logout_tokens (
    jti_hash TEXT NOT NULL PRIMARY KEY,
    done BIGINT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX logout_tokens_by_expiry ON logout_tokens (expires);

-- Where an attempt comes from (hashed), when it began (milliseconds since 1970), and when its answer came.
ALTER TABLE attempts ADD COLUMN source_hash TEXT NOT NULL DEFAULT '';
ALTER TABLE attempts ADD COLUMN began BIGINT NOT NULL DEFAULT 0;
ALTER TABLE attempts ADD COLUMN answered BIGINT NOT NULL DEFAULT 0;
CREATE INDEX attempts_by_source ON attempts (source_hash);

-- Orders of the last minute are counted by person.
CREATE INDEX orders_underway_began ON orders_underway (began);
