"""Changes and repairs that the scheduler names, as facts that can be stored and said in words."""

from typing import Any

from matchmaker.scheduling.changes import Change, Easing
from matchmaker.services.facts import Facts
from matchmaker.services.problems import Built, investor_name, pool_name


class ToldChanges:
    """What the names in a problem's changes stand for."""

    def __init__(self, facts: Facts, built: Built) -> None:
        self.facts = facts
        self.built = built
        self.investors = {investor_name(each): each for each in facts.investors}
        self.projects = {each.code: each for each in facts.projects.values()}
        self.venues = {each.code: each for each in facts.venues}
        self.languages = {pool_name(each.language): each.language for each in facts.pools}

    def told(self, change: Change) -> dict[str, Any] | None:
        """The change as facts: `kind`, and as it needs `who_en` and `who_zh`, `language`, `day` and `half`, `most`.

        None for one that names nobody people know, or a half-day that is none on the edition's days.
        """
        who, when = self._who(change), self._when(change)
        return None if who is None or when is None else {"kind": change.kind.value} | who | when | self._most(change)

    def _who(self, change: Change) -> dict[str, Any] | None:
        match change.kind:
            case Easing.NOTHING:
                return {}
            case Easing.TABLE:
                venue = self.venues[change.who]
                return {"who_en": venue.name_en, "who_zh": venue.name_zh}
            case Easing.INTERPRETER:
                return {"language": self.languages[change.who]}
            case Easing.HOST_HALF_DAY:
                project = self.projects.get(change.who)
                return {"who_en": project.title_en, "who_zh": project.title_zh} if project else None
            case _:
                investor_id = self.investors.get(change.who)
                name = None if investor_id is None else self.facts.investors[investor_id].name
                return None if name is None else {"who_en": name, "who_zh": name}

    def _when(self, change: Change) -> dict[str, Any] | None:
        """The half-day, where the problem and the edition part a day alike."""
        if not change.slots:
            return {}
        first, *others = (self.facts.slots[position] for position in change.slots)
        alike = all((each.day, each.half) == (first.day, first.half) for each in others)
        return {"day": first.day.isoformat(), "half": first.half.value} if alike else None

    def _most(self, change: Change) -> dict[str, Any]:
        """The limit as the investor states it: meetings it has had count, slots offered instead do not."""
        if change.most is None:
            return {}
        investor_id = self.investors[change.who]
        if change.kind is Easing.MEETING_A_DAY:
            return {"most": change.most}
        offers = sum(each.offered_slot is not None and each.investor_id == investor_id for each in self.built.meeting_of.values())
        return {"most": change.most + self.facts.held_by[investor_id] - offers}

    def given_up(self, step: dict[str, Any]) -> dict[str, Any] | None:
        """A pinned meeting that could be given up, by the names of its two sides and the time of its slot."""
        pair = self.built.pair_of.get(str(step["candidate"]).removeprefix("offer:"))
        if pair is None:
            return None
        project = self.facts.projects[pair[1]]
        told = {
            "kind": step["kind"],
            "investor": self.facts.investors[pair[0]].name,
            "project_en": project.title_en,
            "project_zh": project.title_zh,
        }
        slot = step.get("slot")
        return told if slot is None else told | {"starts_at": self.facts.slots[slot].starts_at.isoformat()}
