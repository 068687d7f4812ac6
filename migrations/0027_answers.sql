-- What customers write back to our messages waits for a person, as what they write on the site does: contact_requests.kind is also
-- 'answer' and 'perhaps_stop_payment' (it may order that a payment is not taken). A hold of the kind 'stop_asked' keeps collections
-- from being made until a person has answered; its reason is the reference of what was written.

-- Who answered.
alter table contact_requests add column answered_by text;
create index contact_requests_open on contact_requests (answer_by) where answered_at is null;
create index holds_stop_asked on holds (reason) where kind = 'stop_asked';
