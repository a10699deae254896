-- Recipients of the queue come and go with their message in one transaction: looking that up again for each of
-- them costs two queries a message.
ALTER TABLE queue_recipient DROP CONSTRAINT queue_recipient_queue_id_fkey;
