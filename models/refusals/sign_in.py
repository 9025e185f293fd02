"""Refusals of people who sign in, and about passwords and sessions."""

from models.refusals.declared import GONE, NOT_FOUND, TOO_MANY, Declared

SIGN_IN = {
    "sign_in_refused": Declared("The address or the password is not right, or the user cannot sign in."),
    "openid_refused": Declared("The sign-in did not succeed, or the user cannot sign in here."),
    "sign_in_too_often": Declared("Too many attempts; try again in {seconds:,} seconds.", TOO_MANY),
    "unknown_session": Declared("There is no such session of yours.", NOT_FOUND),
    "password_wrong": Declared("This is not your password."),
    "password_too_short": Declared("A password has at least {least} characters."),
    "password_too_long": Declared("A password has at most {most} characters."),
    "password_usual": Declared("This password is among the first that are tried; choose another one."),
    "passwords_differ": Declared("The two passwords are not the same."),
    "mailed_link_over": Declared("The link is not valid, has expired or was used; ask for a new one.", GONE),
    "person_needed_to_sign_in": Declared(
        "A service user has API keys and no password; only people are invited."
    ),
}
