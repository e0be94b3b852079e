from django import forms

from accounts.models import EMAIL_MAX_CHARACTERS, NAME_MAX_CHARACTERS, PASSWORD_MAX_CHARACTERS, PASSWORD_MIN_CHARACTERS


def email_field() -> forms.EmailField:
    widget = forms.EmailInput(attrs={"autocomplete": "email", "autocapitalize": "none", "autofocus": True})
    return forms.EmailField(label="E-mail", widget=widget, max_length=EMAIL_MAX_CHARACTERS)


class SignInForm(forms.Form):
    email = email_field()
    password = forms.CharField(
        max_length=1024, strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )

    def focus_password(self) -> None:
        """The e-mail stands there already; the password is what is typed again."""
        self.fields["email"].widget.attrs.pop("autofocus", None)
        self.fields["password"].widget.attrs["autofocus"] = True


class RegisterForm(forms.Form):
    email = email_field()
    name = forms.CharField(
        label="Name",
        required=False,
        max_length=NAME_MAX_CHARACTERS,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        min_length=PASSWORD_MIN_CHARACTERS,
        max_length=PASSWORD_MAX_CHARACTERS,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=f"{PASSWORD_MIN_CHARACTERS} characters or more.",
    )
