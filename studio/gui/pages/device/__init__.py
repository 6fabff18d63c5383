"""The card On a device, which the pages Compare and Export show."""
