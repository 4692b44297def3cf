-- Let nothing be sent until a person resumes it; the first reason stands.
UPDATE send_epoch SET stopped = :why WHERE stopped = ''
