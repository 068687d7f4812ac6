-- What the sandbox processor gave back: in its own books, like its charges.

create table sandbox_refunds (
  id text not null primary key,
  idempotency_key text not null,
  charge_id text not null references sandbox_charges (id),
  amount_minor bigint not null,
  currency text not null,
  created_at bigint not null,
  constraint sandbox_refunds_key_once unique (idempotency_key)
);
create index sandbox_refunds_by_charge on sandbox_refunds (charge_id);
