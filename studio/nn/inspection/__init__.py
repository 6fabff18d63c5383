"""Networks computed step by step by hand, to show and to change what happens in a step."""
