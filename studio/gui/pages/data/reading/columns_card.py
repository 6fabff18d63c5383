"""The columns of a dataset, with roles that are edited in place."""

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from studio.gui.pages.data.table_models import ColumnsModel
from studio.gui.pages.data.view.columns import ROLE_WORDS, ColumnRow
from studio.gui.widgets.basics import Card, em, label
from studio.gui.widgets.table_style import ROW_EM, style_table

_MOST_ROWS_SHOWN = 9


class RoleDelegate(QStyledItemDelegate):
    """Edits a role with a list of the roles that the column can have."""

    def createEditor(  # noqa: N802 - Qt's name
        self,
        parent: QWidget,
        option: QStyleOptionViewItem,  # noqa: ARG002 - Qt's signature
        index: QModelIndex | QPersistentModelIndex,
    ) -> QWidget:
        box = QComboBox(parent)
        box.setAccessibleName("Role")
        model = index.model()
        assert isinstance(model, ColumnsModel)  # noqa: S101 - the only model
        for role in model.row(index.row()).choices:
            box.addItem(ROLE_WORDS[role], role)
        box.activated.connect(lambda _: self._done(box))
        return box

    def setEditorData(  # noqa: N802 - Qt's name
        self, editor: QWidget, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        assert isinstance(editor, QComboBox)  # noqa: S101 - see createEditor
        editor.setCurrentIndex(max(0, editor.findData(index.data(Qt.ItemDataRole.EditRole))))

    def setModelData(  # noqa: N802 - Qt's name
        self,
        editor: QWidget,
        model: QAbstractItemModel,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        assert isinstance(editor, QComboBox)  # noqa: S101 - see createEditor
        model.setData(index, editor.currentData())

    def _done(self, box: QComboBox) -> None:
        self.commitData.emit(box)
        self.closeEditor.emit(box)


class ColumnsCard(Card):
    """Names, units, missing values, roles.

    Signals:
        role_chosen: Name of a column, and the role that the user chose for it.
    """

    role_chosen = Signal(str, str)

    def __init__(self) -> None:
        super().__init__("Columns")
        self.model = ColumnsModel()
        self.table = QTableView()
        self.table.setModel(self.model)
        self.table.setAccessibleName("Columns and their roles")
        self.table.setItemDelegateForColumn(ColumnsModel.role_column, RoleDelegate(self.table))
        self.table.setEditTriggers(
            QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.AnyKeyPressed
            | QAbstractItemView.EditTrigger.DoubleClicked
        )
        self.table.clicked.connect(self._edit)
        style_table(self.table)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.hint = label("Click a role to change it.", tone="muted", size=0.92)
        self.refusal = label("", tone="bad")
        self.refusal.hide()
        self.body.addWidget(self.table)
        self.body.addWidget(self.hint)
        self.body.addWidget(self.refusal)
        self.body.addStretch(1)
        self.model.role_chosen.connect(self.role_chosen)

    def show_rows(self, rows: tuple[ColumnRow, ...]) -> None:
        self.model.show_rows(rows)
        shown = min(len(rows), _MOST_ROWS_SHOWN)
        header = self.table.horizontalHeader().sizeHint().height()
        self.table.setFixedHeight(header + round((shown + 0.3) * em(self, ROW_EM)))
        self.table.setColumnHidden(1, not any(row.unit for row in rows))
        self.hint.setVisible(any(len(row.choices) > 1 for row in rows))

    def show_refusal(self, refusal: str) -> None:
        """Shows why a role was refused; "" hides it."""
        self.refusal.setText(refusal)
        self.refusal.setVisible(bool(refusal))

    def _edit(self, index: QModelIndex) -> None:
        if index.flags() & Qt.ItemFlag.ItemIsEditable:
            self.table.edit(index)
            editor = self.table.indexWidget(index)
            if isinstance(editor, QComboBox):
                editor.showPopup()
