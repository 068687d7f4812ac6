-- Documents, never changed once issued, and the keys that sign them.

create table signing_keys (
  id text not null primary key,
  algorithm text not null,
  public_key text not null,
  secret_key text not null,
  created_at bigint not null,
  retired_at bigint
);
-- One key signs; the others are kept so that what they signed can be checked for ever.
create unique index signing_keys_one_live on signing_keys (algorithm) where retired_at is null;

create table documents (
  id text not null primary key,
  reference text not null,
  -- 'confirmation', 'receipt'.
  kind text not null,
  customer_id text not null references customers (id),
  account_id text not null references accounts (id),
  agreement_id text,
  agreement_version bigint,
  payment_id text,
  language text not null,
  issued_at bigint not null,
  -- Canonical JSON of what it says, its SHA-256 (printed on it) and the SHA-256 of the file.
  terms text not null,
  terms_sha256 text not null,
  file_sha256 text not null,
  signing_key_id text not null references signing_keys (id),
  bytes bytea not null,
  constraint documents_reference_once unique (reference)
);
create index documents_by_customer on documents (customer_id, issued_at);
create index documents_by_file on documents (file_sha256);
-- By the code people type: the first 16 digits of the fingerprint.
create index documents_by_code on documents (substr(terms_sha256, 1, 16));
