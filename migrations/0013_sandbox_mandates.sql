-- Permissions to collect later that were given on the sandbox processor's page: in its own books, like its charges.

create table sandbox_mandates (
  id text not null primary key,
  idempotency_key text not null,
  merchant_reference text not null,
  currency text not null,
  -- open, given, cancelled, expired, ended.
  state text not null,
  -- How collections under it go: one of the page's test methods.
  method text,
  return_url text not null,
  language text not null,
  expires_at bigint not null,
  created_at bigint not null,
  constraint sandbox_mandates_key_once unique (idempotency_key)
);
