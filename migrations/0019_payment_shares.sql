-- What each payment gives to each account. Every payment has at least one share; they sum to its amount and its discount.
-- payments.account_id is the first of them, and payments.purpose its purpose where there is only one (else 'part').

create table payment_shares (
  payment_id text not null references payments (id),
  account_id text not null references accounts (id),
  -- As in payments: 'balance', 'past_due', 'part', 'instalment', 'collection'.
  purpose text not null,
  amount_minor bigint not null,
  discount_minor bigint not null,
  primary key (payment_id, account_id)
);
create index payment_shares_by_account on payment_shares (account_id, payment_id);

insert into payment_shares (payment_id, account_id, purpose, amount_minor, discount_minor)
select id, account_id, purpose, amount_minor, discount_minor
from payments;
