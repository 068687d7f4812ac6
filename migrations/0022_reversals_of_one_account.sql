-- A payment over several accounts: money that one account has back is undone on that account alone.

-- 'payment': of the payment as a whole, undone on each account it paid; account_id is then the payment's first.
-- 'account': asked for account_id, undone there and nowhere else.
alter table reversals add column scope text not null default 'payment';
