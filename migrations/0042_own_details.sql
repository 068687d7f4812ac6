-- What customers correct about themselves: e-mail, phone and postal address by their own act, name and date of birth by a person here
-- who saw a proof. A creditor's next file does not undo it, and the creditor is told of it (docs/decisions/0026-own-details.md).

create table own_details (
  id text not null primary key,
  customer_id text not null references customers (id),
  -- 'email', 'phone', 'address', 'name', 'birth_date'.
  detail text not null,
  -- Its parts (JSON, a list of texts; empty: there is none): an address is street, city, state and postal code, a name given and family.
  value text not null,
  -- What a creditor's file may still say without knowing better (JSON, a list of values): the creditor's own at that time first, then
  -- what was corrected before.
  known_before text not null,
  changed_at bigint not null,
  -- 'customer', or who of the team, and why. Nobody but the operator reads these two.
  changed_by text not null,
  reason text not null,
  -- Since when the creditor's files say the same; null: not yet.
  confirmed_at bigint,
  ended_at bigint,
  -- 'corrected' (once more) or 'newer' (the creditor sent something it had not sent before).
  ended_because text,
  -- Given when it is first exported, one after the other: what commits late cannot hide behind a cursor.
  number bigint,
  constraint own_details_number_once unique (number)
);
create unique index own_details_live on own_details (customer_id, detail) where ended_at is null;
create index own_details_by_customer on own_details (customer_id, changed_at);
create index own_details_to_number on own_details (changed_at) where number is null;

-- What was typed and is not yet so: an e-mail address that waits for its code, a postal address that waits to be checked. One of each;
-- the last one typed is the one. The code of an e-mail address is nowhere: it is made from the id and a secret of this portal.
create table pending_details (
  customer_id text not null references customers (id),
  detail text not null,
  id text not null,
  -- As `own_details.value`.
  value text not null,
  made_at bigint not null,
  expires_at bigint not null,
  -- Wrong codes so far.
  tries bigint not null,
  constraint pending_details_one primary key (customer_id, detail)
);

-- It goes to this address and to no other: a code to a new one, and a word to the one before.
alter table outbox add column only_to text;
