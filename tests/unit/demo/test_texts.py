"""What the demo's people say, and what its files may hold."""

from datetime import date
from pathlib import Path
from random import Random

import pytest

from app.accounts.passwords import password_problems
from app.clients.identity import parse_identity_code
from app.demo.domain import Region
from app.demo.loader import load_followed, load_texts, shaped
from app.demo.people import PeopleMaker, artificial_code, plain_letters
from app.pathways.domain import StageCode
from app.pathways.loader import latest
from app.reference.loader import FileError, reference


def test_every_story_can_be_told_along_each_of_its_models() -> None:
    for story in load_texts().stories:
        assert set(story.promises) == {"worker", "client", "other"}
        assert len(story.parties) >= 2
        assert all(latest(model) for model in story.models)
        assert all(action.owner in {"client", "worker", "other"} for wish in story.goals for action in wish.actions)


def test_goals_are_said_by_the_client() -> None:
    goals = [wish.text for story in load_texts().stories for wish in story.goals]
    assert all(goal.startswith("Haluan") for goal in goals)
    assert len(set(goals)) == len(goals)


def test_codes_of_the_texts_exist() -> None:
    lists, texts = reference(), load_texts()
    for story in texts.stories:
        assert all(lists.parties.get(party) for party in story.parties)
    assert all(lists.parties.get(member["party"]) for member in texts.common.members)
    assert all(lists.contact_sources.get(code) for code in texts.common.contact)
    assert all(lists.outcomes.get(code) for code in texts.common.closings)
    for seed in texts.region.staff:
        assert all(lists.professions.get(code) for code in seed.professions)
    assert all(lists.municipalities.get(town) for team in texts.region.teams for town in team.towns)


def test_codes_of_those_who_are_followed_exist() -> None:
    lists, texts = reference(), load_followed()
    assert set(texts.voices) == {"work_ability_support", "quality_based_coaching", "group_employment"}
    for voice in texts.voices.values():
        assert set(voice.talks) <= set(StageCode)
        for talk in voice.talks.values():
            assert talk.way in lists.hearing_ways.codes
            assert set(talk.told) <= set(lists.told_topics.codes)
            assert set(talk.took_part) <= set(lists.participants.codes)
        assert all(one.about in lists.feedback_topics.codes and one.stage in set(StageCode) for one in voice.feedback)
        for one in voice.measures:
            measure = lists.measures.find(one.measure)
            assert measure is not None
            assert set(one.observations) <= set(measure.aspects)
    assert texts.next_path.outcome in lists.outcomes


def test_lines_fit_a_list_and_end_as_sentences_do() -> None:
    texts = load_texts()
    for story in texts.stories:
        for line in (*story.identification, *story.assessment, *story.progress):
            assert len(line.line) <= 80
            assert line.line.endswith(".")
            assert line.text
            assert line.text.endswith(".")
        for promise in (text for texts_of in story.promises.values() for text in texts_of):
            assert len(promise) <= 45
            assert not promise.endswith(".")


def test_the_password_is_a_good_one_for_everybody() -> None:
    region = load_texts().region
    for seed in region.staff:
        assert password_problems(region.password, username=seed.username, full_name=seed.name) == []


@pytest.mark.parametrize("number", [899, 1000, 2])
def test_a_code_that_might_be_somebodys_is_never_made(number: int) -> None:
    with pytest.raises(ValueError, match="somebody"):
        artificial_code(date(1980, 1, 1), number)


def test_people_have_the_age_of_their_story_and_codes_that_tell_it() -> None:
    texts, today = load_texts(), date(2026, 11, 24)
    people = PeopleMaker(Random(3), texts.names, today)
    codes = set()
    for story in texts.stories * 20:
        person = people.person(story, town="398")
        assert person.birth_on is not None
        born = person.birth_on
        age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
        assert story.age[0] <= age <= story.age[1]
        if person.identity_code:
            code = parse_identity_code(person.identity_code, today)
            assert code.is_artificial
            assert code.birth_on == person.birth_on
            assert person.identity_code not in codes
            codes.add(person.identity_code)


def test_a_user_name_has_plain_letters() -> None:
    assert plain_letters("Äijälä-Östman") == "aijala-ostman"


def test_an_unknown_name_in_a_file_is_refused_with_its_place(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"region.yml: unknown key 'pasword'"):
        shaped(Region, {"pasword": "x"}, "region.yml")


def test_a_missing_name_is_told() -> None:
    with pytest.raises(FileError, match="teams"):
        shaped(Region, {"password": "x"}, "region.yml")


def test_a_sentence_cut_by_a_comma_is_refused() -> None:
    with pytest.raises(FileError, match="expected str"):
        shaped(tuple[str, ...], [{"Sovittiin": None}], "common.yml")
