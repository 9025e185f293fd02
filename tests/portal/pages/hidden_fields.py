"""The hidden fields of a page's form."""

import re


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of the confirmation, or of another form."""
    form = page[max(page.find('class="confirm"'), 0) :]
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form))
