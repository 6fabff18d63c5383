"""How the data is read or generated; a change reads it again and can be undone."""

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox

from studio.core.specs.dataset_spec import DatasetSpec, FileDataset, GeneratedDataset
from studio.core.specs.settings import Spec
from studio.data import GENERATORS
from studio.gui.forms.form import Form
from studio.gui.pages.data.dataset_summary import DatasetSummary
from studio.gui.pages.data.view.reading_fields import reading_fields
from studio.gui.widgets.basics import Card, button, label

_FOLDED = {False: "Change  ▾", True: "Done  ▴"}


class SourceCard(Card):
    """The settings of a file, folded away, or those of a generator.

    Signals:
        edited: The dataset as the user changed it, and the label of what changed.
    """

    edited = Signal(object, str)

    def __init__(self) -> None:
        super().__init__("Settings for reading")
        self._dataset: DatasetSpec | None = None
        self._form: Form | None = None
        self.fold = button(_FOLDED[False], self._fold, tip="Show the settings for reading the file")
        self.fold.setCheckable(True)
        self.header.addWidget(self.fold)
        self.meaning = label("", tone="muted")
        self.generator = QComboBox()
        self.generator.setAccessibleName("Generator")
        for generator in GENERATORS.values():
            self.generator.addItem(generator.label, generator.name)
        self.generator.activated.connect(lambda _: self._choose_generator())
        self.body.addWidget(self.generator)
        self.body.addWidget(self.meaning)

    @property
    def form(self) -> Form | None:
        return self._form

    def show_dataset(self, dataset: DatasetSpec, facts: DatasetSummary) -> None:
        """Shows the settings of a dataset; what the user is typing stays."""
        is_file = isinstance(dataset, FileDataset)
        self.set_heading("Settings for reading" if is_file else "How the data is generated")
        self.fold.setVisible(is_file)
        self.generator.setVisible(not is_file)
        if isinstance(dataset, GeneratedDataset):
            self._show_generated(dataset)
        else:
            fields = reading_fields(dataset.path, facts.schema)
            self.setVisible(bool(fields))
            self._show_form(dataset, fields)
            self.meaning.setText("Blank settings are detected from the file.")
            self._fold()
        self._dataset = dataset

    def _show_generated(self, dataset: GeneratedDataset) -> None:
        generator = GENERATORS[dataset.generator]
        self.setVisible(True)
        with QSignalBlocker(self.generator):
            self.generator.setCurrentIndex(self.generator.findData(dataset.generator))
        self.meaning.setText(generator.meaning)
        self.meaning.show()
        values = generator.parameters.model_validate(dataset.parameters)
        self._show_form(values, tuple(generator.parameters.model_fields))
        if self._form is not None:
            self._form.show()

    def _show_form(self, spec: Spec, fields: tuple[str, ...]) -> None:
        form = self._form
        if form is not None and form.fields == fields and type(spec) is form.kind:
            form.show_spec(spec)
            return
        if form is not None:
            self.body.removeWidget(form)
            form.deleteLater()
        self._form = Form(spec, fields, columns=3, stacked=True) if fields else None
        if self._form is not None:
            self._form.changed.connect(self._take)
            self._form.sought.connect(self._unfold)
            self.body.addWidget(self._form)

    def _take(self, spec: Spec) -> None:
        before = self._dataset
        if isinstance(before, GeneratedDataset):
            usual = type(spec)().model_dump()
            differing = {k: v for k, v in spec.model_dump().items() if v != usual[k]}
            after: DatasetSpec = before.model_copy(update={"parameters": differing})
            shown = type(spec).model_validate(before.parameters)
        elif isinstance(spec, FileDataset) and before is not None:
            after, shown = spec, before
        else:
            return
        self.edited.emit(after, _changed(shown, spec))

    def _choose_generator(self) -> None:
        name = self.generator.currentData()
        if isinstance(self._dataset, GeneratedDataset) and name != self._dataset.generator:
            self.edited.emit(GeneratedDataset(generator=name), "generator")

    def _unfold(self) -> None:
        self.fold.setChecked(True)
        if isinstance(self._dataset, FileDataset):
            self._fold()

    def _fold(self) -> None:
        is_open = self.fold.isChecked()
        self.fold.setText(_FOLDED[is_open])
        self.meaning.setVisible(is_open)
        if self._form is not None:
            self._form.setVisible(is_open)


def _changed(before: Spec, after: Spec) -> str:
    """The label of the first field that differs."""
    for name, field in type(after).model_fields.items():
        if getattr(before, name) != getattr(after, name):
            return (field.title or name).lower()
    return "source"
