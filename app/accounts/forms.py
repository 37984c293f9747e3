"""Forms of signing in, of one's own settings, and of users and teams."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from wtforms import Field, ValidationError

from app.access.actor import Role
from app.accounts.domain import ROLE_NAMES, Density, Place, Theme, UserView
from app.web.checks import AtMost, Needed
from app.web.forms import (
    ChoiceField,
    DayField,
    ManyField,
    PasswordField,
    PolkuForm,
    SelectField,
    TextField,
)
from app.web.texts import _, _l, _lp, say

LENGTH_HINT = _l("At least 15 characters. Several words of your own make a good password.")


class SignInForm(PolkuForm):
    """The door."""

    username = TextField(_l("User name"), autocomplete="username", validators=[Needed(_l("Write your user name"))])
    password = PasswordField(_l("Password"), validators=[Needed(_l("Write your password"))])


class LookForm(PolkuForm):
    """How the pages look to one user."""

    theme = ChoiceField(
        _l("Theme"),
        choices=[
            (Theme.AUTO.value, _l("As on this machine")),
            (Theme.LIGHT.value, _lp("theme", "Light")),
            (Theme.DARK.value, _lp("theme", "Dark")),
        ],
        inline=True,
        validators=[Needed(_l("Choose the theme"))],
    )
    density = ChoiceField(
        _l("Rows of lists"),
        choices=[
            (Density.COMFORTABLE.value, _lp("density", "Roomy")),
            (Density.COMPACT.value, _lp("density", "Compact")),
        ],
        inline=True,
        validators=[Needed(_l("Choose how close the rows stand"))],
    )


class OwnPasswordForm(PolkuForm):
    """A user's own password, present and new."""

    current_password = PasswordField(_l("Present password"), validators=[Needed(_l("Write your present password"))])
    password = PasswordField(
        _l("New password"),
        hint=LENGTH_HINT,
        autocomplete="new-password",
        validators=[Needed(_l("Write the new password"))],
    )
    password_again = PasswordField(
        _l("New password again"), autocomplete="new-password", validators=[Needed(_l("Write the new password again"))]
    )

    def validate_password_again(self, field: Field) -> None:
        """The two must be the same."""
        if field.data != self.password.data:
            raise ValidationError(_("Write the same new password in both fields"))


class UserForm(PolkuForm):
    """An account: who it is, what they may do, where they work."""

    full_name = TextField(
        _l("Name"), hint=_l("First name and last name"), validators=[Needed(_l("Write the name")), AtMost(120)]
    )
    username = TextField(_l("User name"), width="20", validators=[Needed(_l("Write the user name")), AtMost(80)])
    roles = ManyField(
        _l("Roles"),
        hint=_l("Without a role the user can sign in and change the password, nothing else."),
        choices=[(role.value, name.msgid) for role, name in ROLE_NAMES.items()],
    )
    professions = ManyField(_l("Professions"), hint=_l("A pathway model allows responsibility by profession."))
    teams = ManyField(_l("Teams"))
    leads = ManyField(
        _l("Leads these teams"), hint=_l("The lead is a member too and gets the escalations of the team.")
    )
    email = TextField(_l("E-mail"), hint=_l("Reminders are sent here."), validators=[AtMost(200)])
    phone = TextField(_l("Telephone"), width="20", validators=[AtMost(40)])

    def offer(self, *, professions: Sequence[tuple[str, str]], teams: Iterable[tuple[UUID, str]]) -> None:
        """Set what may be chosen, known only at the request."""
        names = [(str(team_id), name) for team_id, name in teams]
        self.roles.offer([(role.value, say(name)) for role, name in ROLE_NAMES.items()])
        self.professions.offer(professions)
        self.teams.offer(names)
        self.leads.offer(names)

    def places(self) -> list[Place]:
        """The places the form wishes: a lead is a member once, as lead."""
        leads = {UUID(text) for text in self.leads.data or ()}
        members = {UUID(text) for text in self.teams.data or ()} - leads
        return [*(Place(team) for team in sorted(members)), *(Place(team, is_lead=True) for team in sorted(leads))]

    def details(self) -> dict[str, Any]:
        """What the services take."""
        return {
            "username": self.username.data,
            "full_name": self.full_name.data,
            "roles": [Role(text) for text in self.roles.data or ()],
            "professions": self.professions.data or [],
            "email": self.email.data,
            "phone": self.phone.data,
            "places": self.places(),
        }


class FirstPasswordForm(PolkuForm):
    """A password that an administrator gives; the user changes it at the next sign-in."""

    password = PasswordField(
        _l("First password"),
        hint=_l("At least 15 characters. The user changes it at the next sign-in."),
        autocomplete="new-password",
        validators=[Needed(_l("Write the first password"))],
    )


class NewUserForm(UserForm, FirstPasswordForm):
    """An account and its first password."""


class TeamForm(PolkuForm):
    """A team."""

    name = TextField(_l("Name of the team"), validators=[Needed(_l("Write the name of the team")), AtMost(120)])


class AbsenceForm(PolkuForm):
    """Days away, and who stands in."""

    from_on = DayField(
        _l("First day away"), hint=_l("For example 5.2.2026"), validators=[Needed(_l("Write the first day away"))]
    )
    to_on = DayField(
        _l("Last day away"), hint=_l("For example 5.2.2026"), validators=[Needed(_l("Write the last day away"))]
    )
    deputy = SelectField(
        _l("Deputy"),
        hint=_l("Gets the reminders meanwhile. Without a deputy they go to the lead of the team."),
        empty=_l("No deputy"),
    )

    def details(self) -> dict[str, Any]:
        """What the services take."""
        deputy = self.deputy.data
        return {
            "from_on": self.from_on.data,
            "to_on": self.to_on.data,
            "deputy_id": UUID(deputy) if deputy else None,
        }


def standing_values(user: UserView) -> dict[str, Any]:
    """An account as the form shows it."""
    return {
        "full_name": user.full_name,
        "username": user.username,
        "roles": [role.value for role in user.roles],
        "professions": list(user.professions),
        "teams": [str(team) for team in user.team_ids - user.led_team_ids],
        "leads": [str(team) for team in user.led_team_ids],
        "email": user.email,
        "phone": user.phone,
        "version": user.version,
    }
