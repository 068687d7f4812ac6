-- What a page asks of the books is answered from these alone, so that it hardly matters how much else is in them: the sums of an
-- account, and which of its entries are younger than the creditor's figures and of which kind.
drop index postings_by_account;
create index postings_by_account on postings (account_id, book, component, amount_minor, transaction_id);
drop index ledger_transactions_by_account;
create index ledger_transactions_by_account on ledger_transactions (account_id, posted_at, kind, id);
