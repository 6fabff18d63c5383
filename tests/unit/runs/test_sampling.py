"""Text sampled from models with a prompt."""

import pytest
from networks import continuing, forecasting, model_of

from studio.core.errors import SpecError
from studio.core.prepared.preprocessing import Preprocessing
from studio.core.specs.comparison_spec import ContenderSpec
from studio.core.specs.dataset_spec import Tokens
from studio.core.specs.sampling_spec import SamplingSpec
from studio.data.transform.symbols import detokenize, tokenize
from studio.runs.stored.sampling import prompt_codes, sample_texts

SPEC = ContenderSpec(cell="gru", hidden_size=5)


def of_vocabulary(*symbols: str, tokens: Tokens = "characters") -> Preprocessing:
    names = ("<other>", *symbols)
    update = {"vocabulary": names, "input_names": names, "tokens": tokens}
    return continuing().model_copy(update=update)


def test_the_same_draw_gives_the_same_text_and_another_draw_another_text() -> None:
    model = model_of(SPEC, of_vocabulary(*"abcd"))
    texts = [
        sample_texts([model], SamplingSpec(draw=draw, length=30))[0].text for draw in (1, 1, 2)
    ]
    assert texts[0] == texts[1] != texts[2]
    assert len(texts[0]) == 30


def test_equal_models_sample_the_same_text() -> None:
    preprocessing = of_vocabulary(*"abcd")
    models = [model_of(SPEC, preprocessing, seed) for seed in (1, 1, 2)]
    one, same, other = sample_texts(models, SamplingSpec(length=50, temperature=2))
    assert one.text == same.text != other.text


def test_a_prompt_is_split_into_the_models_tokens() -> None:
    preprocessing = of_vocabulary("the", "king", ",", tokens="words")
    assert prompt_codes("the king, the queen", preprocessing) == ([1, 2, 3, 1, 0], ("queen",))


@pytest.mark.parametrize(
    ("preprocessing", "first"),
    [(of_vocabulary("e", "\n", "a"), 2), (of_vocabulary("e", "a"), 1),
     (of_vocabulary("e", "\\x0a", tokens="bytes"), 2)],
)  # fmt: skip
def test_without_a_prompt_text_starts_after_a_line_end_or_the_most_frequent_symbol(
    preprocessing: Preprocessing, first: int
) -> None:
    assert prompt_codes("", preprocessing) == ([first], ())


def test_letters_of_an_alphabet_may_be_lower_case_and_others_are_left_out() -> None:
    dna = continuing().model_copy(
        update={"vocabulary": None, "tokens": None, "input_names": tuple("ACGT")}
    )
    assert prompt_codes("gaxT", dna) == ([2, 0, 3], ("X",))


@pytest.mark.parametrize(
    ("text", "unit"),
    [("Well, said the king: “no”! (Perhaps.)", "words"), ("Grüße\n\\x\t€", "bytes"),
     ("a b\n", "characters")],
)  # fmt: skip
def test_joined_tokens_split_into_the_same_tokens(text: str, unit: Tokens) -> None:
    tokens = tokenize(text, unit)
    assert tokenize(detokenize(tokens, unit), unit) == tokens
    if unit != "words":
        assert detokenize(tokens, unit) == text


def test_models_of_other_tasks_cannot_be_sampled() -> None:
    model = model_of(SPEC.model_copy(update={"name": "GRU"}), forecasting())
    with pytest.raises(SpecError, match=r"GRU.*task next-token only, not for forecast"):
        sample_texts([model], SamplingSpec())
