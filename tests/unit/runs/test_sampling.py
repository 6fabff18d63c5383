"""Text that models write from a prompt."""

import pytest
from networks import continuing, forecasting, model_of

from studio.core.datasets import Tokens
from studio.core.errors import SpecError
from studio.core.preparation import Preparation
from studio.core.sampling import SamplingSpec
from studio.core.spec import ContenderSpec
from studio.data.symbols import cut, joined
from studio.runs.sampling import prompt_codes, write_texts

SPEC = ContenderSpec(cell="gru", hidden_size=5)


def of_vocabulary(*symbols: str, tokens: Tokens = "characters") -> Preparation:
    names = ("<other>", *symbols)
    update = {"vocabulary": names, "input_names": names, "tokens": tokens}
    return continuing().model_copy(update=update)


def test_the_same_draw_gives_the_same_text_and_another_another() -> None:
    model = model_of(SPEC, of_vocabulary(*"abcd"))
    texts = [write_texts([model], SamplingSpec(draw=draw, length=30))[0].text for draw in (1, 1, 2)]
    assert texts[0] == texts[1] != texts[2]
    assert len(texts[0]) == 30


def test_models_that_are_equal_write_the_same() -> None:
    preparation = of_vocabulary(*"abcd")
    models = [model_of(SPEC, preparation, seed) for seed in (1, 1, 2)]
    one, same, other = write_texts(models, SamplingSpec(length=50, temperature=2))
    assert one.text == same.text != other.text


def test_prompt_is_cut_into_the_tokens_that_the_model_knows() -> None:
    preparation = of_vocabulary("the", "king", ",", tokens="words")
    assert prompt_codes("the king, the queen", preparation) == ([1, 2, 3, 1, 0], ("queen",))


@pytest.mark.parametrize(
    ("preparation", "first"),
    [(of_vocabulary("e", "\n", "a"), 2), (of_vocabulary("e", "a"), 1),
     (of_vocabulary("e", "\\x0a", tokens="bytes"), 2)],
)  # fmt: skip
def test_without_a_prompt_a_text_begins_behind_a_line_end_or_the_commonest_symbol(
    preparation: Preparation, first: int
) -> None:
    assert prompt_codes("", preparation) == ([first], ())


def test_letters_of_an_alphabet_may_be_small_and_others_are_left_out() -> None:
    dna = continuing().model_copy(
        update={"vocabulary": None, "tokens": None, "input_names": tuple("ACGT")}
    )
    assert prompt_codes("gaxT", dna) == ([2, 0, 3], ("X",))


@pytest.mark.parametrize(
    ("text", "unit"),
    [("Well, said the king: “no”! (Perhaps.)", "words"), ("Grüße\n\\x\t€", "bytes"),
     ("a b\n", "characters")],
)  # fmt: skip
def test_tokens_joined_and_cut_again_are_the_same(text: str, unit: Tokens) -> None:
    tokens = cut(text, unit)
    assert cut(joined(tokens, unit), unit) == tokens
    if unit != "words":
        assert joined(tokens, unit) == text


def test_model_of_another_task_cannot_write() -> None:
    model = model_of(SPEC.model_copy(update={"name": "GRU"}), forecasting())
    with pytest.raises(SpecError, match=r"GRU.*task is next-token, and this one's is forecast"):
        write_texts([model], SamplingSpec())
