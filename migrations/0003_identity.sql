-- Who is at the door. Session ids, link tokens and codes are kept as digests only.

create table sessions (
  id_digest text not null primary key,
  data text not null,
  customer_id text,
  staff_id text,
  created_at bigint not null,
  last_seen_at bigint not null,
  expires_at bigint not null
);
create index sessions_by_expiry on sessions (expires_at);
create index sessions_by_customer on sessions (customer_id);

create table sign_in_links (
  token_digest text not null primary key,
  account_id text not null references accounts (id),
  created_at bigint not null,
  created_by text not null,
  expires_at bigint not null,
  used_at bigint
);

-- Attempts that count towards a limit. The subject is a keyed digest of the reference typed (known or not) or of the
-- address; never the thing itself.
create table sign_in_attempts (
  id text not null primary key,
  subject text not null,
  at bigint not null,
  -- 'refused' counts towards a limit; 'accepted', 'limited' and 'settled' (an acceptance followed) do not.
  outcome text not null
);
create index sign_in_attempts_by_subject on sign_in_attempts (subject, at);

create index sign_in_attempts_by_age on sign_in_attempts (at);

-- Keys the portal makes for itself on first use, such as the one behind the digests above.
create table portal_secrets (
  name text not null primary key,
  value text not null,
  created_at bigint not null
);

-- "I can't get in", "I moved", "this is not for me": words for a person, before any sign-in. And from an account, signed in:
-- "something has changed", "this is not right".
create table contact_requests (
  id text not null primary key,
  reference text not null,
  -- 'cannot_get_in', 'moved', 'not_for_me', 'other'; from an account 'changed', 'not-right', 'other'.
  kind text not null,
  -- Known where the writer was signed in.
  account_id text references accounts (id),
  reply_to text not null,
  message text not null,
  language text not null,
  created_at bigint not null,
  answer_by bigint not null,
  answered_at bigint,
  constraint contact_requests_reference_once unique (reference)
);
create index contact_requests_by_account on contact_requests (account_id, created_at);

create table staff (
  id text not null primary key,
  email text not null unique,
  name text not null,
  -- 'agent', 'reviewer', 'manager', 'administrator', 'auditor', 'partner'.
  role text not null,
  password_hash text not null,
  created_at bigint not null,
  disabled_at bigint
);
