"""The window around the pages: menus, bars, dialogs, opening and saving."""
