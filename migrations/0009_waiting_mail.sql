-- The account page says what is waiting to be sent to its customer. However much waits for others, only theirs is read.
create index outbox_waiting_by_customer on outbox (customer_id) where state in ('waiting', 'sending');
