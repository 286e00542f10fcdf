"""The form that a reader sends, read leniently: what is wrong with it is for `posting` to say."""

from django import forms


class CommentForm(forms.Form):
    """Every field is optional here, so that whatever was typed comes through to be shown again."""

    target = forms.CharField(max_length=200)
    parent = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    name = forms.CharField(required=False)
    email = forms.CharField(required=False)
    text = forms.CharField(required=False, strip=False)
    website = forms.CharField(required=False)
    stamp = forms.CharField(required=False, max_length=200)
