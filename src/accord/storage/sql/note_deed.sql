-- Put on record what somebody did elsewhere.
INSERT INTO deed (what, things, who, why, at)
VALUES (CAST(:what AS text), CAST(:things AS text[]), CAST(:who AS text), CAST(:why AS text), CAST(:at AS timestamptz))
