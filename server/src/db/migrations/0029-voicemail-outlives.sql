-- Messages of an extension that is deleted are deleted by the exchange, row and sound together: with a cascade the rows were gone
-- before anybody could know which files to delete, and what people had said stayed on the disk for ever.
ALTER TABLE voicemail DROP CONSTRAINT voicemail_extension_id_fkey;
