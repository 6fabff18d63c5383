"""Names of columns that say what they are for."""

LABEL_NAMES = frozenset({"label", "labels", "class", "classes", "category", "target", "y"})
TAG_NAMES = frozenset({"label", "labels", "class", "classes", "category", "tag", "tags"})
TIME_NAMES = frozenset(
    {"time", "date", "datetime", "timestamp", "year", "month", "day", "hour", "t", "index", "step",
     "id", "no", "row", "unnamed: 0", "column 1", "ds", "time_idx"}
)  # fmt: skip
ID_NAMES = frozenset(
    {"id", "series", "series_id", "unique_id", "sequence", "sequence_id", "sample", "sample_id",
     "case", "case_id", "instance", "instance_id", "recording", "recording_id", "trial", "trial_id",
     "item", "item_id", "store", "store_id"}
)  # fmt: skip
GROUP_NAMES = frozenset(
    name + ending
    for name in ("group", "subject", "speaker", "patient", "participant", "person", "user")
    for ending in ("", "_id", "id", " id")
)
TEXT_NAMES = frozenset(
    {"text", "texts", "sentence", "review", "comment", "tweet", "message", "document", "content",
     "title", "phrase", "utterance", "sequence", "dna", "rna", "protein", "seq", "name", "surname"}
)  # fmt: skip
PATH_NAMES = frozenset({"path", "file", "filename", "file_name", "filepath", "file_path", "audio",
                        "wav", "recording"})  # fmt: skip
