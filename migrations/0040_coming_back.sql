-- Coming back faster: a password or a passkey for customers who want one, and what they see of their own signing in.
-- Nobody needs any of it; reference, date of birth and postal code stay a way in (docs/decisions/0023-coming-back.md).

create table ways_in (
  customer_id text not null primary key references customers (id),
  -- Argon2id, as a PHC string; null for none.
  password_hash text,
  password_set_at bigint,
  -- Since then a password or a passkey is asked for every time, by the customer's own choice; null: date of birth and postal code do.
  always_since bigint
);

-- What a phone or a computer of theirs proves itself with (W3C Web Authentication). Only public keys are here.
create table passkeys (
  id text not null primary key,
  customer_id text not null references customers (id),
  -- As the device named it, base64url.
  credential_id text not null,
  -- The COSE key, as the device sent it.
  public_key bytea not null,
  -- How often it signed, as it says itself; 0 for those that do not count.
  counter bigint not null,
  -- Codes of the browser and the system it was added with, for telling it from others.
  browser text not null,
  system text not null,
  created_at bigint not null,
  last_used_at bigint,
  constraint passkeys_credential_once unique (credential_id)
);
create index passkeys_by_customer on passkeys (customer_id, created_at);

-- What a device is asked to sign: used once, within minutes. Only its digest is kept.
create table passkey_challenges (
  challenge_digest text not null primary key,
  -- 'add', 'sign_in'.
  purpose text not null,
  -- Whose passkey is to be added; null where nobody has signed in.
  customer_id text,
  expires_at bigint not null
);
create index passkey_challenges_by_expiry on passkey_challenges (expires_at);

-- Who tried to come in and how it went, for the customer to look at. Coarse (no address, no device) and deleted after 180 days.
create table sign_in_history (
  id text not null primary key,
  customer_id text not null references customers (id),
  at bigint not null,
  -- 'answers', 'link', 'password', 'passkey'.
  way text not null,
  -- 'accepted', 'refused'.
  outcome text not null
);
create index sign_in_history_by_customer on sign_in_history (customer_id, at);
create index sign_in_history_by_age on sign_in_history (at);
