"""Where articles are placed: the sections, tags and authors that an export names, found here or made."""

from collections.abc import Iterable
from itertools import count
from typing import Any

from django.db.models import Model

from newsroom.articles.models import Author, Section, Tag
from newsroom.moving_in import translating, wxr
from newsroom.moving_in.translating import Term

AT_ONCE = 500


class Directory:
    """What the export lists, and what of it stands in the database.

    Whatever is here already stays as it is, names and places in the tree included. `made` holds what
    this directory has written and nobody has taken account of yet.
    """

    def __init__(self) -> None:
        self.listed: dict[type[Model], dict[str, Term]] = {Section: {}, Tag: {}, Author: {}}
        self.found: dict[type[Model], dict[str, Any]] = {Section: {}, Tag: {}, Author: {}}
        self.made: list[tuple[type[Model], str]] = []
        self.unwritten = False

    def take_down(self, record: wxr.Category | wxr.Tag | wxr.Author) -> None:
        """One more line of the list at the beginning of the file."""
        match record:
            case wxr.Category():
                self._list(Section, translating.section(record))
            case wxr.Tag():
                self._list(Tag, translating.tag(record))
            case wxr.Author():
                self._list(Author, translating.author(record))

    def write(self) -> None:
        """All that was listed; sections that nothing stands in yet are part of the newspaper too."""
        self.authors(self.listed[Author].values())
        self.tags(self.listed[Tag].values())
        for term in self.listed[Section].values():
            self.section(term)
        self.unwritten = False

    def forget(self) -> None:
        """A transaction was rolled back: what was made in it is not there, and what was found may not be."""
        self.made.clear()
        for found in self.found.values():
            found.clear()

    def tags(self, terms: Iterable[Term]) -> list[Tag]:
        return self._all(Tag, terms)

    def authors(self, terms: Iterable[Term]) -> list[Author]:
        return self._all(Author, terms)

    def section(self, term: Term) -> Section:
        """The section of this name below those that the list puts it under, each made if it is missing."""
        here, *higher = self._upwards(term)
        above = None
        for one in reversed(higher):
            above = self._section(one, above)
        return self._section(here, above)

    def main(self, categories: Iterable[Term]) -> tuple[Term, list[Term]]:
        """Of an article's categories the one that becomes its section, and those that tell more than it does.

        It is the deepest, of several the first: who files under "World" and under "Middle East" below
        it means the latter, and "World" says nothing more.
        """
        categories = list(categories)
        if not categories:
            return translating.without_category(), []
        chosen = max(categories, key=lambda one: len(self._upwards(one)))
        above = {one.slug for one in self._upwards(chosen)}
        return chosen, [one for one in categories if one.slug not in above]

    def _list(self, model: type[Model], term: Term) -> None:
        if term.slug:
            self.listed[model].setdefault(term.slug, term)
            self.unwritten = True

    def _somebody_else(self, terms: Iterable[Term]) -> dict[str, Author]:
        """For log-ins that are the address of another by-line here: the author of the name that the file says.

        Two papers may both have an "editor"; an article must never come in under a stranger's name.
        """
        others: dict[str, Author] = {}
        for term in terms:
            known = self.found[Author][term.slug].name.casefold()
            if term.name.casefold() in (known, term.slug.casefold()):
                continue  # the same person, or the file knows nobody but by the log-in
            author = Author.objects.filter(name__iexact=term.name).first()
            if author is None:
                numbered = (f"{term.slug[:110]}-{number}" for number in count(2))
                free = next(slug for slug in numbered if not Author.objects.filter(slug=slug).exists())
                author = Author.objects.create(slug=free, name=term.name)
                self.made.append((Author, free))
            others[term.slug] = author
        return others

    def _upwards(self, term: Term) -> list[Term]:
        """The term and those above it; a circle, which a database can hold, is cut where it closes."""
        line = {term.slug: self.listed[Section].get(term.slug, term)}
        while parent := self.listed[Section].get(line[next(reversed(line))].parent):
            if parent.slug in line:
                break
            line[parent.slug] = parent
        return list(line.values())

    def _section(self, term: Term, above: Section | None) -> Section:
        found = self.found[Section]
        if term.slug not in found:
            section, made = Section.objects.get_or_create(
                slug=term.slug, defaults={"name": term.name, "parent": above}
            )
            found[term.slug] = section
            self.made += [(Section, term.slug)] if made else []
        return found[term.slug]

    def _all(self, model: type[Model], terms: Iterable[Term]) -> list[Any]:
        wanted = {term.slug: self.listed[model].get(term.slug, term) for term in terms}
        found = self.found[model]
        missing = [slug for slug in wanted if slug not in found]
        for start in range(0, len(missing), AT_ONCE):
            slugs = missing[start : start + AT_ONCE]
            found |= model._default_manager.in_bulk(slugs, field_name="slug")
            if model is Author:
                found |= self._somebody_else([wanted[slug] for slug in slugs if slug in found])
            new = [slug for slug in slugs if slug not in found]
            made = model._default_manager.bulk_create(model(slug=slug, name=wanted[slug].name) for slug in new)
            found |= dict(zip(new, made, strict=True))
            self.made += [(model, slug) for slug in new]
        return [found[slug] for slug in wanted]
