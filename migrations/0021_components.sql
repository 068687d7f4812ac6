-- Which parts of a debt a payment paid, by the order the policy gave at that moment. What a reversal undid is a line of its
-- own, with a negative amount.

create table payment_components (
  payment_id text not null references payments (id),
  line bigint not null,
  -- The account whose debt it paid: a payment over several has lines of each.
  account_id text not null references accounts (id),
  -- 'principal', 'interest', 'fees', 'credit' (more than was owed).
  component text not null,
  amount_minor bigint not null,
  reversal_id text,
  primary key (payment_id, line)
);
create index payment_components_by_account on payment_components (account_id);
