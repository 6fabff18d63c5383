"""Text sampled from the trained networks of a comparison."""

from collections.abc import Sequence

import numpy as np

from studio.core.errors import SessionError, SpecError
from studio.core.prepared.preprocessing import Preprocessing
from studio.core.results.trained_model import TrainedModel
from studio.core.results.written_text import SampledText
from studio.core.specs.sampling_spec import SamplingSpec
from studio.data.transform.symbols import detokenize, tokenize
from studio.runs.execution.compute import Compute
from studio.runs.stored.models import stored_model
from studio.runs.stored.weights_check import fitting_weights
from studio.sessions import SessionFile

_LINE_ENDS = ("\n", "\\x0a")
_OTHER, _MOST_FREQUENT = 0, 1


def can_sample(preprocessing: Preprocessing) -> bool:
    """Whether models of a task predict the next token, so that text can be sampled."""
    return preprocessing.kind == "next-token"


def models_for_sampling(session: SessionFile, comparison: int) -> list[TrainedModel]:
    """Each contender's model of the best run and epoch so far, where one has finished.

    Raises:
        SessionError: No epoch of any contender has finished.
    """
    return session.together(lambda whole: _models_for_sampling(whole, comparison))


def _models_for_sampling(session: SessionFile, comparison: int) -> list[TrainedModel]:
    contenders = session.history(comparison).contenders
    trained = [
        contender for contender in contenders if any(run.best_epoch for run in contender.runs)
    ]
    if not trained:
        raise SessionError(
            "no epoch has finished yet", remedy="Wait for the first epoch, or train the networks"
        )
    return [stored_model(session, comparison, contender.name) for contender in trained]


def sample_texts(models: Sequence[TrainedModel], spec: SamplingSpec) -> list[SampledText]:
    """Text sampled from each model with the same random numbers; on the compute thread.

    Raises:
        SpecError: The task is not next-token.
    """
    return [_sample(model, spec) for model in models]


def sample_model(model: TrainedModel, spec: SamplingSpec, compute: Compute) -> SampledText:
    """Text sampled from a model, computed on the compute thread.

    Raises:
        SpecError: The task is not next-token.
    """
    return compute.submit(lambda: _sample(model, spec)).result()


def _sample(model: TrainedModel, spec: SamplingSpec) -> SampledText:
    from studio.nn.inference.sampling import sample_tokens
    from studio.nn.networks.load_network import load_network

    preprocessing = model.preprocessing
    if not can_sample(preprocessing):
        raise SpecError(
            f"text can be sampled for the task next-token only, not for {preprocessing.kind}",
            where=model.contender.name,
            remedy="Choose a comparison on a text",
        )
    codes, unknown = prompt_codes(spec.prompt, preprocessing)
    with fitting_weights(model):
        network = load_network(model.contender, preprocessing, model.weights)
    draws = np.random.default_rng(spec.draw).random(spec.length)
    sampled = sample_tokens(network, preprocessing, codes, draws, spec.temperature)
    symbols = preprocessing.outcomes or ()
    text = detokenize([symbols[code] for code in sampled], preprocessing.tokens or "characters")
    return SampledText(model.run, model.epoch, text, unknown)


def prompt_codes(prompt: str, preprocessing: Preprocessing) -> tuple[list[int], tuple[str, ...]]:
    """A prompt as codes, and its symbols that are not in the vocabulary.

    Without a prompt the network reads a line end if there is one, otherwise the most frequent
    symbol. Symbols outside the vocabulary are read as "other"; letters of an alphabet may be lower
    case, and those outside it are left out.
    """
    symbols = preprocessing.outcomes or ()
    code_of = {symbol: code for code, symbol in enumerate(symbols)}
    tokens = tokenize(prompt, preprocessing.tokens or "characters")
    if preprocessing.vocabulary is None:
        tokens = [token.upper() for token in tokens]
    unknown = tuple(dict.fromkeys(token for token in tokens if token not in code_of))
    if preprocessing.vocabulary is None:
        tokens = [token for token in tokens if token in code_of]
    codes = [code_of.get(token, _OTHER) for token in tokens]
    if not codes:
        line_end = next((code_of[end] for end in _LINE_ENDS if end in code_of), None)
        first = min(_MOST_FREQUENT, len(symbols) - 1)
        codes = [first if line_end is None else line_end]
    return codes, unknown
