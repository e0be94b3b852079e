import pytest

from accounts.actions import invitations
from accounts.models import User
from tests.conftest import PASSWORD


def join_team_of(admin: User, name: str, role: str = "member") -> User:
    """A new person in the team of `admin`, by an invitation."""
    _, url = invitations.invite(by=admin, role=role)
    email = f"{name}@example.com"
    return invitations.register_with_invitation(
        token=url, email=email, password=PASSWORD, name=name.title(), address=""
    )


@pytest.fixture
def mate(alice: User) -> User:
    """A member of Alice's team."""
    return join_team_of(alice, "mate")


@pytest.fixture
def deputy(alice: User) -> User:
    """Another administrator of Alice's team."""
    return join_team_of(alice, "deputy", role="admin")
